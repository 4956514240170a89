"""How many customers got an answer in public, and how long they waited: two figures, kept apart.

A shop that answers one in ten within the hour and one that answers all after a week would look
alike in any figure that mixes the two.
"""

from collections.abc import Iterable
from math import inf

from chalicelib.domain.business import SourceSettings
from chalicelib.domain.counts import ANSWERED_LATER, ANSWERED_WITHIN
from chalicelib.domain.metric import (
    MINIMUM,
    Metric,
    MetricName,
    Unit,
    not_known,
    too_few,
)
from chalicelib.learn.intervals import median_ranks, placed, share_interval
from chalicelib.learn.metrics import Total

# Kinds of sources that tell us when the business answered; of all others we cannot know it.
TELL_OF_ANSWERS = frozenset({"google_business", "google_play", "app_store_connect", "trustpilot"})
HOUR = 3600.0
# The bounds of the classes in which waiting is counted, in hours, shortest first.
CLASSES: tuple[tuple[str, float], ...] = (
    *((name, longest.total_seconds() / HOUR) for name, longest in ANSWERED_WITHIN.items()),
    (ANSWERED_LATER, inf),
)


def telling_sources(sources: Iterable[SourceSettings]) -> frozenset[str]:
    """The names of those that tell us of answers."""
    return frozenset(one.name for one in sources if one.kind in TELL_OF_ANSWERS)


def response_rate(total: Total, telling: frozenset[str], minimum: int = MINIMUM) -> Metric:
    """Of the voices at sources that tell of answers, the share that was answered."""
    name, unit = MetricName.RESPONSE_RATE, Unit.SHARE
    n = sum(max(0, total.get(f"source.{source}", 0)) for source in telling)
    if not n:
        return not_known(name, unit)
    if n < minimum:
        return too_few(name, unit, n, minimum)
    part = min(n, max(0, total.get("answered", 0)))
    found = share_interval(part, n)
    return Metric(
        name=name,
        unit=unit,
        n=n,
        minimum=minimum,
        part=part,
        value=found.value,
        low=found.low,
        high=found.high,
    )


def response_time(total: Total, minimum: int = MINIMUM) -> Metric:
    """Within how many hours half of the answered customers had their answer.

    A range of whole classes: from the shortest wait at which the median may lie by chance to the
    longest. `high` is infinite when that is beyond a week. Who was not answered is not in it.
    """
    name, unit = MetricName.RESPONSE_TIME, Unit.HOURS
    counts = [max(0, total.get(f"answered.{one}", 0)) for one, _ in CLASSES]
    n = sum(counts)
    if not n:
        return not_known(name, unit)
    if n < minimum:
        return too_few(name, unit, n, minimum)
    first, last = (placed(rank, counts) for rank in median_ranks(n))
    low = CLASSES[first - 1][1] if first else 0.0
    return Metric(name=name, unit=unit, n=n, minimum=minimum, low=low, high=CLASSES[last][1])
