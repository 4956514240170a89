"""What the count rows say beside the incident: the last weeks, and what is not moving."""

from collections.abc import Mapping
from datetime import date, timedelta

from chalicelib.domain.briefing import SteadyTopic, WeekCount

WEEKS_SHOWN = 8
DAYS_LATELY = 14
DAYS_BEFORE = 56
# Below this nothing can be said of a topic.
LEAST_LATELY = 3
STEADY_SHOWN = 3
# A topic's usual share leans on this prior until it has a history (detection: Beta, mean .15, 8).
PRIOR_SHARE = 0.15
PRIOR_WEIGHT = 8

Counts = Mapping[tuple[str, str], Mapping[str, int]]


def first_day_needed(last: date) -> date:
    """From which local date on the count rows are needed."""
    return last - timedelta(days=DAYS_LATELY + DAYS_BEFORE - 1)


def weeks_until(
    counts: Counts, last: date, location: str | None, weeks: int = WEEKS_SHOWN
) -> tuple[WeekCount, ...]:
    """Negative and all feedback of the seven days that end on `last`, and of the weeks before,
    oldest first. Weeks before the first feedback are left out. `counts` is what the store gives:
    (local date, location) to flat counts; a location of None means all of them."""
    rows = []
    for back in range(weeks - 1, -1, -1):
        end = last - timedelta(weeks=back)
        first = end - timedelta(days=6)
        summed = _sum(counts, first, end, location)
        rows.append(
            WeekCount(
                first=first, last=end, negative=summed.get("negative", 0), n=summed.get("n", 0)
            )
        )
    begun = next((place for place, row in enumerate(rows) if row.n), len(rows))
    return tuple(rows[begun:])


def steady_topics(
    counts: Counts, last: date, location: str | None, leading_topic: str | None
) -> tuple[SteadyTopic, ...]:
    """The topics most spoken of lately whose negatives stay within what is usual.

    Usual is the share of negatives in the eight weeks before, times how often the topic came up in
    the last fourteen days; one standard deviation (Poisson) above it still counts as steady.
    """
    split = last - timedelta(days=DAYS_LATELY)
    lately = _sum(counts, split + timedelta(days=1), last, location)
    before = _sum(counts, split - timedelta(days=DAYS_BEFORE - 1), split, location)
    steady = []
    for topic in _topics(lately):
        n, negative = lately[f"topic.{topic}"], lately.get(f"topic.{topic}.negative", 0)
        share = (before.get(f"topic.{topic}.negative", 0) + PRIOR_SHARE * PRIOR_WEIGHT) / (
            before.get(f"topic.{topic}", 0) + PRIOR_WEIGHT
        )
        usual = n * share
        if topic != leading_topic and n >= LEAST_LATELY and negative <= usual + usual**0.5:
            steady.append(SteadyTopic(topic=topic, negative=negative, n=n, usual=usual))
    steady.sort(key=lambda one: (-one.n, one.topic))
    return tuple(steady[:STEADY_SHOWN])


def _topics(summed: Mapping[str, int]) -> list[str]:
    names = [name.removeprefix("topic.") for name in summed if name.startswith("topic.")]
    return sorted(name for name in names if not name.endswith(".negative"))


def _sum(counts: Counts, first: date, last: date, location: str | None) -> dict[str, int]:
    summed: dict[str, int] = {}
    for (day, place), row in counts.items():
        if first.isoformat() <= day <= last.isoformat() and location in (None, place):
            for name, value in row.items():
                summed[name] = summed.get(name, 0) + value
    return summed
