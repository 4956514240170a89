"""Take the pictures of this folder from what `./dev demo` left: README.md here says how.

A browser without a window is given each page inside a frame of the client's width, because its own
window is never narrower than 500 px. Whatever is wider than its frame is an error.
"""

import html
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
TALLEST = 1_700
MEASURE = """<script>
const frame = document.querySelector("iframe");
frame.onload = () => {
  const page = frame.contentDocument.documentElement;
  document.title = page.scrollWidth + " " + page.scrollHeight;
};
</script>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One page at one width."""

    name: str
    page: str
    width: int


def pictures(out: Path) -> list[Picture]:
    """The pictures of a demo's out folder. Raises ValueError when it holds no whole demo."""
    emails = [path.read_text(encoding="utf-8") for path in sorted(out.glob("email-*.html"))]
    weekly = [one for one in emails if "<title>Your week" in one]
    page = out / "page.html"
    if not emails or not weekly or not page.exists():
        raise ValueError(f"{out} holds no whole demo; run ./dev demo --no-serve --out {out} first")
    alert = next((one for one in emails if " of the last " in one), emails[0])
    sizes = {
        "alert": (alert, (360, 600, 1024)),
        "page": (page.read_text(encoding="utf-8"), (360, 1280)),
        "digest": (weekly[-1], (360, 1024)),
    }
    return [
        Picture(name=f"{name}-{width}", page=text, width=width)
        for name, (text, widths) in sizes.items()
        for width in widths
    ]


def take(picture: Picture, folder: Path, tallest: int = TALLEST) -> str:
    """Write the picture, no taller than `tallest` px; says what is wrong with its width, if
    anything."""
    with tempfile.TemporaryDirectory() as scratch:
        frame = Path(scratch) / "frame.html"
        frame.write_text(_framed(picture, 100), encoding="utf-8")
        seen = re.search(r"<title>(\d+) (\d+)</title>", _browse(frame, "--dump-dom"))
        if seen is None:
            return f"{picture.name}: the browser did not show it"
        wide, high = int(seen[1]), min(int(seen[2]), tallest)
        frame.write_text(_framed(picture, high), encoding="utf-8")
        png = (folder / f"{picture.name}.png").resolve()
        _browse(frame, f"--screenshot={png}", f"--window-size={picture.width},{high}")
    if wide > picture.width:
        return f"{picture.name}: {wide} px wide in a frame of {picture.width} px"
    return ""


def _framed(picture: Picture, height: int) -> str:
    style = f"border:0;display:block;width:{picture.width}px;height:{height}px"
    inside = html.escape(picture.page, quote=True)
    return (
        '<!DOCTYPE html><meta charset="utf-8"><title>?</title><body style="margin:0">'
        f'<iframe scrolling="no" style="{style}" srcdoc="{inside}"></iframe>{MEASURE}'
    )


def _browse(page: Path, *arguments: str) -> str:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise FileNotFoundError(f"there is none of {', '.join(BROWSERS)} on this machine")
    quiet = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")
    done = subprocess.run(  # noqa: S603  our own files in a browser of this machine
        [browser, *quiet, *arguments, page.as_uri()], capture_output=True, text=True, timeout=120
    )
    return done.stdout


def main(arguments: list[str]) -> int:
    """0 when every picture is taken and none is wider than its frame."""
    try:
        wanted = pictures(Path(arguments[0] if arguments else "demo-out"))
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    troubles = list(filter(None, (take(one, HERE) for one in wanted)))
    sys.stdout.write("".join(f"{trouble}\n" for trouble in troubles))
    sys.stdout.write(f"pictures: {len(wanted)} taken, {len(troubles)} too wide\n")
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
