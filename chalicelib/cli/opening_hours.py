"""Opening hours as heedful.toml writes them: `mon = "09:00-12:00, 14:00-18:00"`."""

import re
from collections.abc import Mapping
from datetime import time

from chalicelib.domain.opening_hours import OpeningHours, Span

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLOSED = "closed"
HOW = 'must be times like "09:00-18:00" or "09:00-12:00, 14:00-18:00", or "closed"'
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d) ?- ?([01]\d|2[0-3]):([0-5]\d)")


def read_opening_hours(written: Mapping[str, str]) -> OpeningHours:
    """The hours of a week; a day that is not named is closed, and without any day it is open
    every day from nine to six. Raises ValueError saying what is wrong with which day."""
    if not written:
        return OpeningHours()
    for day in written:
        if day not in DAYS:
            raise ValueError(f"{day!r} is no day; days are {', '.join(DAYS)}")
    spans = tuple(
        span for place, day in enumerate(DAYS) for span in _spans(place, day, written.get(day, ""))
    )
    if not spans:
        raise ValueError("is closed on every day; name a day on which somebody answers customers")
    return OpeningHours(spans=spans)


def _spans(weekday: int, day: str, written: str) -> list[Span]:
    if written.strip() in ("", CLOSED):
        return []
    found = [_SPAN.fullmatch(part.strip()) for part in written.split(",")]
    spans = []
    for match in found:
        if match is None:
            raise ValueError(f"{day} {HOW}")
        opens, closes = time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
        if opens == closes:
            raise ValueError(f"{day} opens and closes at the same time")
        spans.append(Span(weekday=weekday, opens=opens, closes=closes))
    return spans
