"""When a business is open: promises are kept in its hours, not at night.

Standard library only. A day that ends after midnight (18:00 to 02:00) belongs to the day on which
it began.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# Whoever is closed for longer has nobody to keep a promise.
LONGEST_SEARCH = timedelta(days=400)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Open from `opens` to `closes` on a day of the week (Monday is 0); over midnight when it
    closes no later than it opens."""

    weekday: int
    opens: time
    closes: time

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ValueError(f"a weekday is 0 to 6, not {self.weekday}")


def _every_day() -> tuple[Span, ...]:
    return tuple(Span(weekday=day, opens=time(9), closes=time(18)) for day in range(7))


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours:
    """All spans of a week; every day from nine to six unless heedful.toml says otherwise."""

    spans: tuple[Span, ...] = _every_day()

    def after(self, moment: datetime, open_for: timedelta, time_zone: str) -> datetime:
        """The moment (UTC) at which the business was open for so long since `moment`.

        It lies within opening hours or at their very end. Without any opening hours within a year
        it is simply so much later.
        """
        left = open_for
        for opens, closes in self._from(moment, ZoneInfo(time_zone)):
            begins = max(opens, moment)
            if begins + left <= closes:
                return begins + left
            left -= max(closes - begins, timedelta())
        return moment + open_for

    def _from(self, moment: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
        """The spans that end after the moment, in their order, joined where they overlap."""
        if not self.spans:
            return
        # A span of yesterday may go on after midnight.
        day = moment.astimezone(zone).date() - _DAY
        last = day + LONGEST_SEARCH
        reached = moment
        while day <= last:
            for opens, closes in self._of(day, zone):
                if closes > reached:
                    yield max(opens, reached), closes
                    reached = closes
            day += _DAY

    def _of(self, day: date, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
        found = []
        for span in self.spans:
            if span.weekday == day.weekday():
                last = day if span.closes > span.opens else day + _DAY
                opens = datetime.combine(day, span.opens, zone).astimezone(UTC)
                found.append((opens, datetime.combine(last, span.closes, zone).astimezone(UTC)))
        return sorted(found)
