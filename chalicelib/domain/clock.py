"""The clock. Only `wiring` hands it out; everything else is told the time."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def to_text(moment: datetime) -> str:
    """ISO 8601 in UTC with microseconds and `Z`: sorts as text in the order of time."""
    # Not strftime: it leaves the zeros out of a year before 1000, and those sort last.
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def from_text(text: str) -> datetime:
    """The moment that `to_text` wrote. Raises ValueError on anything else without an offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"time without an offset: {text!r}")
    return moment.astimezone(UTC)


def local_date(moment: datetime, time_zone: str) -> str:
    """The calendar date (`2026-03-29`) of a moment on the owner's wall."""
    return moment.astimezone(ZoneInfo(time_zone)).date().isoformat()
