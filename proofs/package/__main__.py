"""Build the package twice into fresh folders and compare every file."""

import sys
import tempfile
from pathlib import Path

from chalicelib.cli.package import build_package


def main() -> int:
    """0 when both builds are the same to the byte."""
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        one = build_package(stage="prod", out=Path(first))
        two = build_package(stage="prod", out=Path(second))
        hashes, again = one.hashes(), two.hashes()
        for name, value in hashes.items():
            sys.stdout.write(f"{name:16} {value}\n")
        sys.stdout.write(f"{one.sizes()}\n")
        same = sum(hashes[name] == again.get(name) for name in hashes)
        sys.stdout.write(f"package: {same} of {len(hashes)} files the same in two builds\n")
        return 0 if same == len(hashes) == len(again) else 1


if __name__ == "__main__":
    sys.exit(main())
