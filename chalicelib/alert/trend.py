"""The numbers around an incident: the last weeks as bars, and the topics that are not moving."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

from chalicelib.domain.briefing import SteadyTopic, WeekCount
from chalicelib.domain.sentiment import Topic

WEEKS = 6
DAYS = 7 * WEEKS
# A topic is worth a line when this many spoke of it lately, and steady when it stays this near.
FEWEST_MENTIONS = 3
STEADY_FACTOR = 1.5

Counts = Mapping[tuple[str, str], Mapping[str, int]]


def weeks_of(counts: Counts, today: date, location: str | None = None) -> tuple[WeekCount, ...]:
    """One count a week, oldest first; the last week ends today, and weeks before the first
    feedback are left out. `counts` maps (local date, location) to flat counts; with `location`
    only that place counts."""
    weeks = []
    for back in range(WEEKS - 1, -1, -1):
        last = today - timedelta(days=7 * back)
        first = last - timedelta(days=6)
        total = _sum(counts, first, last, location)
        weeks.append(WeekCount(first=first, last=last, negative=total["negative"], n=total["n"]))
    begun = next((number for number, week in enumerate(weeks) if week.n), len(weeks))
    return tuple(weeks[begun:])


def steady_topics(
    counts: Counts, today: date, moving: frozenset[str], *, most: int = 3
) -> tuple[SteadyTopic, ...]:
    """Topics of the last seven days that are about as negative as in the weeks before; those that
    the message names as `moving` are left out."""
    lately = _sum(counts, today - timedelta(days=6), today, None)
    before = _sum(counts, today - timedelta(days=DAYS - 1), today - timedelta(days=7), None)
    weeks_before = WEEKS - 1
    steady = []
    for topic in Topic:
        n, negative = lately[f"topic.{topic}"], lately[f"topic.{topic}.negative"]
        usual = before[f"topic.{topic}.negative"] / weeks_before
        if topic in moving or n < FEWEST_MENTIONS or negative > usual * STEADY_FACTOR + 1:
            continue
        steady.append(SteadyTopic(topic=topic, negative=negative, n=n, usual=usual))
    return tuple(sorted(steady, key=lambda one: -one.n)[:most])


def _sum(counts: Counts, first: date, last: date, location: str | None) -> Counter[str]:
    total: Counter[str] = Counter()
    for (day, place), row in counts.items():
        if first.isoformat() <= day <= last.isoformat() and location in (None, place):
            total.update(row)
    return total
