"""The dates of a column: one form for all of them, found by trying, day-first noticed and said."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from chalicelib.domain.errors import FeedbackFileError

_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", ", %H:%M", ", %I:%M %p",
          ", %H:%M:%S")  # fmt: skip
_DAYS_FIRST = ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%y", "%d/%m/%y")
_MONTHS_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y")
# What a cell and a pattern have in common before anything is tried: `9/9/9 9:9`.
_DIGITS, _LETTERS = re.compile(r"\d+"), re.compile(r"[^\W\d_]+")
_ZONE_APART = re.compile(r"(?<=\d) ?(UTC|GMT|Z|[+-]\d{2}:?\d{2})$")
_SPELLED = ("%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%Y/%m/%d", "%d. %B %Y", "%d-%b-%Y",
            "%b %d %Y")  # fmt: skip

_EXAMPLE = datetime(2026, 3, 29, 14, 30, 15)  # noqa: DTZ001 - only its shape is used


@dataclass(frozen=True, slots=True, kw_only=True)
class DateForm:
    """How to read the column: ISO 8601, else the first pattern that fits.

    `patterns` are sorted by the shape of what they can read: 100,000 dates would be tried against
    120 patterns each otherwise.
    """

    patterns: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def moment(self, cell: str) -> datetime:
        """Naive unless the cell names an offset. Raises ValueError without quoting the cell."""
        text = cell.strip()
        if not text:
            raise ValueError("the date is empty")
        parsed = _iso(text) or _first(text, self.patterns.get(_shape(text), ()))
        if parsed is None:
            raise ValueError("the date is in no form that is known")
        return parsed


def _iso(text: str) -> datetime | None:
    zone = _ZONE_APART.search(text) if "T" in text or ":" in text else None
    if zone is not None:
        offset = "+00:00" if zone.group(1) in ("UTC", "GMT", "Z") else zone.group(1)
        text = text[: zone.start()] + offset
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _first(text: str, patterns: Sequence[str]) -> datetime | None:
    for pattern in patterns:
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007 - the caller adds the zone
        except ValueError:
            continue
    return None


def _shape(text: str) -> str:
    return _LETTERS.sub("a", _DIGITS.sub("9", text))


def _with_times(days: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    patterns: dict[str, tuple[str, ...]] = {}
    for pattern in (day + time for day in days for time in _TIMES):
        shape = _shape(_EXAMPLE.strftime(pattern))
        patterns[shape] = (*patterns.get(shape, ()), pattern)
    return MappingProxyType(patterns)


def read_dates(cells: Sequence[tuple[int, str]]) -> tuple[DateForm, str]:
    """The form of a column of (line, cell), and what was assumed, in words ("" when nothing).

    Raises FeedbackFileError when not one cell is a date.
    """
    texts = [cell.strip() for _, cell in cells if cell.strip()]
    if texts and all(_iso(text) for text in texts):
        return DateForm(), ""
    days_first = DateForm(patterns=_with_times(_DAYS_FIRST + _SPELLED))
    months_first = DateForm(patterns=_with_times(_MONTHS_FIRST + _SPELLED))
    fits_days = sum(_read(days_first, text) is not None for text in texts)
    fits_months = sum(_read(months_first, text) is not None for text in texts)
    if texts and not fits_days and not fits_months:
        line = next(line for line, cell in cells if cell.strip())
        raise FeedbackFileError(
            f"line {line}: the date is in no form that is known; "
            "use 2026-03-29 or 2026-03-29 14:30 or 29.03.2026"
        )
    if fits_days > fits_months:
        return days_first, "dates are read with the day first (29/03/2026)"
    if fits_months > fits_days:
        return months_first, "dates are read with the month first (03/29/2026)"
    differs = any(_read(days_first, text) != _read(months_first, text) for text in texts)
    note = (
        "dates fit both orders and are read with the day first (29/03/2026); "
        "write them as 2026-03-29 if that is wrong"
    )
    return days_first, note if differs else ""


def _read(form: DateForm, text: str) -> datetime | None:
    try:
        return form.moment(text)
    except ValueError:
        return None
