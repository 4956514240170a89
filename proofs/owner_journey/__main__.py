"""`./dev prove owner-journey [FOLDER]`: the visit, with pictures of every page in the folder."""

import sys
import tempfile
from pathlib import Path

from chalicelib.cli.demo import run_demo
from proofs.owner_journey.browser import Trouble
from proofs.owner_journey.journey import walk

# The pages are the same however often the sheet was looked at before.
LOOKS = 45


def main(arguments: list[str]) -> int:
    """0 when every step was seen."""

    def say(line: str) -> None:
        sys.stdout.write(f"{line}\n")

    pictures = Path(arguments[0]) if arguments else None
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as out:
        try:
            run_demo(
                out=Path(out) / "out",
                stream=None,
                is_served=False,
                say=lambda line: None,
                most_looks=LOOKS,
                visit=walk(pictures, say),
            )
        except Trouble as trouble:
            say(f"owner-journey: {trouble}")
            return 1
    say("owner-journey: every step was seen")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
