"""One table row, one line: how the benchmark prints."""

import sys
from collections.abc import Iterable


def row(name: str, cells: Iterable[str]) -> str:
    """A name and its cells, one below the other."""
    return f"{name:30}" + "".join(f"{cell:>16}" for cell in cells)


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
