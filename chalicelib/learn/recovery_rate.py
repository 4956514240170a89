"""What became of cases: how many customers were won back, how long they waited for a first word,
and how many were unhappy again. Pure functions over cases; below five they say nothing.

A case that was withdrawn had nobody to win back and counts nowhere.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import inf, isfinite

from chalicelib.domain.case import CaseState, RecoveryCase
from chalicelib.domain.digest import FEWEST
from chalicelib.domain.metric import Metric, MetricName, Unit, not_known, too_few
from chalicelib.learn.intervals import median_ranks, share_interval

HOUR = timedelta(hours=1)


def recovery_metrics(
    ended: Sequence[RecoveryCase], open_now: Sequence[RecoveryCase], now: datetime
) -> tuple[Metric, ...]:
    """All three, of the cases that ended in a period and of those that are open now."""
    return (recovery_rate(ended), first_contact(ended, open_now, now), reopened(ended, open_now))


def recovery_rate(ended: Sequence[RecoveryCase], minimum: int = FEWEST) -> Metric:
    """RECOVERED of all that ended RECOVERED or LOST, with Wilson's interval."""
    closed = _closed(ended)
    part = sum(case.state is CaseState.RECOVERED for case in closed)
    return _share(MetricName.RECOVERY_RATE, part, len(closed), minimum)


def reopened(
    ended: Sequence[RecoveryCase], open_now: Sequence[RecoveryCase], minimum: int = FEWEST
) -> Metric:
    """Of all cases that ended at least once, those whose customer was unhappy again."""
    again = [case for case in open_now if case.reopened]
    closed = _closed(ended)
    part = len(again) + sum(case.reopened > 0 for case in closed)
    return _share(MetricName.REOPENED, part, len(again) + len(closed), minimum)


def first_contact(
    ended: Sequence[RecoveryCase],
    open_now: Sequence[RecoveryCase],
    now: datetime,
    minimum: int = FEWEST,
) -> Metric:
    """The median of the hours from opening to the first word, between the ranks at which it may
    lie by chance.

    Whoever nobody spoke to is in it as the longest wait of all: a median of the lucky would be a
    lie. A case whose time has not come yet is left out. `value` is None, and `high` infinite, where
    that many wait still.
    """
    name, unit = MetricName.FIRST_CONTACT, Unit.HOURS
    counted = [
        *_closed(ended),
        *(one for one in open_now if one.first_contacted_at is not None or one.is_overdue(now)),
    ]
    n = len(counted)
    if not n:
        return not_known(name, unit)
    if n < minimum:
        return too_few(name, unit, n, minimum)
    waits = sorted(_wait(case) for case in counted)
    first, last = median_ranks(n)
    median = (waits[(n - 1) // 2] + waits[n // 2]) / 2
    # It lies beyond all that is known: at least as long as the longest wait that ended.
    known = max((one for one in waits if isfinite(one)), default=0.0)
    low, high = min(waits[first - 1], known), waits[last - 1]
    value = median if isfinite(median) else None
    return Metric(name=name, unit=unit, n=n, minimum=minimum, value=value, low=low, high=high)


def _closed(cases: Sequence[RecoveryCase]) -> list[RecoveryCase]:
    return [one for one in cases if one.state in (CaseState.RECOVERED, CaseState.LOST)]


def _wait(case: RecoveryCase) -> float:
    if case.first_contacted_at is None:
        return inf
    return max(0.0, (case.first_contacted_at - case.opened_at) / HOUR)


def _share(name: MetricName, part: int, n: int, minimum: int) -> Metric:
    if not n:
        return not_known(name, Unit.SHARE)
    if n < minimum:
        return too_few(name, Unit.SHARE, n, minimum)
    found = share_interval(part, n)
    return Metric(
        name=name,
        unit=Unit.SHARE,
        n=n,
        minimum=minimum,
        part=part,
        value=found.value,
        low=found.low,
        high=found.high,
    )
