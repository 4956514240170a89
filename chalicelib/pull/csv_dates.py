"""The dates of a column: one form for all of them, found by trying, day-first noticed and said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.errors import FeedbackFileError

_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", ", %H:%M", ", %I:%M %p",
          ", %H:%M:%S")  # fmt: skip
_DAYS_FIRST = ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%y", "%d/%m/%y")
_MONTHS_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y")
_SPELLED = ("%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%Y/%m/%d", "%d. %B %Y", "%d-%b-%Y",
            "%b %d %Y")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DateForm:
    """How to read the column: ISO 8601 when `patterns` is empty, else the first that fits."""

    patterns: tuple[str, ...] = ()

    def moment(self, cell: str) -> datetime:
        """Naive unless the cell names an offset. Raises ValueError without quoting the cell."""
        text = cell.strip()
        if not text:
            raise ValueError("the date is empty")
        parsed = _iso(text) or _first(text, self.patterns)
        if parsed is None:
            raise ValueError("the date is in no form that is known")
        return parsed


def _iso(text: str) -> datetime | None:
    # A Unix time is not ISO, and "20260105" as a number of seconds would be 1970.
    try:
        return datetime.fromisoformat(text.replace(" UTC", "+00:00"))
    except ValueError:
        return None


def _first(text: str, patterns: Sequence[str]) -> datetime | None:
    for pattern in patterns:
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007 - the caller adds the zone
        except ValueError:
            continue
    return None


def _with_times(days: Sequence[str]) -> tuple[str, ...]:
    return tuple(day + time for day in days for time in _TIMES)


def read_dates(cells: Sequence[tuple[int, str]]) -> tuple[DateForm, str]:
    """The form of a column of (line, cell), and what was assumed, in words ("" when nothing).

    Raises FeedbackFileError when not one cell is a date.
    """
    texts = [cell.strip() for _, cell in cells if cell.strip()]
    if texts and all(_iso(text) for text in texts):
        return DateForm(), ""
    days_first = DateForm(patterns=_with_times(_DAYS_FIRST + _SPELLED))
    months_first = DateForm(patterns=_with_times(_MONTHS_FIRST + _SPELLED))
    fits_days = sum(_fits(days_first, text) for text in texts)
    fits_months = sum(_fits(months_first, text) for text in texts)
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
    numeric = any(_first(text, _with_times(_DAYS_FIRST + _MONTHS_FIRST)) for text in texts)
    note = (
        "dates fit both orders and are read with the day first (29/03/2026); "
        "write them as 2026-03-29 if that is wrong"
    )
    return days_first, note if numeric else ""


def _fits(form: DateForm, text: str) -> bool:
    try:
        form.moment(text)
    except ValueError:
        return False
    return True
