"""The stars of a column: on 5, 10 or 100, as digits, words or signs, or none at all."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

# Not a part of a longer number, and not one below nought.
_NUMBER = re.compile(r"(?<![\d.,-])\d{1,3}(?:[.,]\d{1,2})?(?!\d|[.,]\d)")
_OF = re.compile(r"^\s*(\d{1,3}(?:[.,]\d{1,2})?)\s*(?:/|of|von|out of)\s*(\d{1,3})\b")
_WORDS = {"one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0}
_EMPTY = frozenset({"", "-", "n/a", "na", "none", "null", "nan"})


# Up to one mark in so many may lie beyond a scale and be a slip.
FEW = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class StarScale:
    """The best mark of the scale: 5, 10 or 100."""

    best: int = 5


def guess_scale(cells: Sequence[str]) -> tuple[StarScale, str]:
    """The scale that the marks of a whole column fit, and what was assumed ("" for five)."""
    marks = [mark for cell in cells if (mark := _mark(cell)) is not None]
    # One mistyped mark among many must not turn every five stars into half of the scale.
    beyond = {best: sum(mark > best for mark in marks) for best in (5, 10)}
    if beyond[5] * FEW <= len(marks):
        return StarScale(best=5), ""
    best = 10 if beyond[10] * FEW <= len(marks) else 100
    return StarScale(best=best), f"marks go beyond 5, so they are read as marks out of {best}"


def _mark(cell: str) -> float | None:
    text = cell.strip()
    if text.lower() in _EMPTY or _OF.match(text):
        return None
    found = _NUMBER.search(text)
    return float(found.group().replace(",", ".")) if found else None


def read_stars(cell: str, scale: StarScale) -> float | None:
    """Stars from 1 to 5, or None for an empty cell. Raises ValueError for anything else."""
    text = cell.strip()
    if text.lower() in _EMPTY:
        return None
    if set(text) <= {"★", "☆", "⭐", "\ufe0f", " "}:
        # Signs are their own scale.
        return _on_five(float(text.count("★") + text.count("⭐")), 5)
    of = _OF.match(text)
    if of:
        return _on_five(float(of.group(1).replace(",", ".")), int(of.group(2)))
    word = text.lower().removesuffix("s").removesuffix(" star")
    if word in _WORDS:
        return _WORDS[word]
    mark = _mark(text)
    if mark is None:
        raise ValueError("the stars are not a number")
    return _on_five(mark, scale.best)


def _on_five(mark: float, best: int) -> float:
    if not 0 <= mark <= best or best == 0:
        raise ValueError(f"the stars lie outside 0 to {best}")
    return min(5.0, max(1.0, mark * 5 / best))
