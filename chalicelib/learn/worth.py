"""Who stays, what a customer brings, and what winning back returns: ranges from ranges.

What is not known is not made up: without visits or orders nobody knows who stays, and without the
owner's estimate nobody knows what a customer brings.
"""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.domain.case import CaseState, RecoveryCase
from chalicelib.domain.comparison import Interval
from chalicelib.domain.digest import FEWEST
from chalicelib.domain.metric import (
    MINIMUM,
    Metric,
    MetricName,
    Unit,
    not_known,
    too_few,
)
from chalicelib.domain.worth import Worth
from chalicelib.learn.intervals import share_interval

CENTS = 100
# Nobody knows what a customer brings in ten years; a churn of nearly nothing would say a hundred.
MOST_YEARS = 10.0
# Without a comparison of the two groups, none or all may be back because somebody spoke to them.
ANYTHING = Interval(value=0.5, low=0.0, high=1.0)


def retention(returned: int, customers: int, minimum: int = MINIMUM) -> Metric:
    """Of the customers of the year before, the share that came back within the year."""
    name, unit = MetricName.RETENTION, Unit.SHARE
    if not customers:
        return not_known(name, unit)
    if customers < minimum:
        return too_few(name, unit, customers, minimum)
    found = share_interval(returned, customers)
    return Metric(
        name=name,
        unit=unit,
        n=customers,
        minimum=minimum,
        part=returned,
        value=found.value,
        low=found.low,
        high=found.high,
    )


def churn(stayed: Metric) -> Metric:
    """Those who did not come back: one less the retention, its bounds turned round."""
    if stayed.low is None or stayed.high is None or stayed.value is None:
        return replace(stayed, name=MetricName.CHURN)
    return replace(
        stayed,
        name=MetricName.CHURN,
        part=stayed.n - (stayed.part or 0),
        value=1 - stayed.value,
        low=1 - stayed.high,
        high=1 - stayed.low,
    )


def lifetime_value(worth: Worth | None, left: Metric) -> Metric:
    """What a customer brings a year, times the years until they leave at that churn a year."""
    name, unit = MetricName.LIFETIME_VALUE, Unit.MONEY
    if left.missing is not None and left.n:
        return too_few(name, unit, left.n, left.minimum)
    if worth is None or left.low is None or left.high is None:
        return not_known(name, unit)
    return Metric(
        name=name,
        unit=unit,
        n=left.n,
        minimum=left.minimum,
        low=worth.low * _years(left.high),
        high=worth.high * _years(left.low),
    )


def empathy_return(
    worth: Worth | None,
    ended: Sequence[RecoveryCase],
    because: Interval = ANYTHING,
    minimum: int = FEWEST,
) -> Metric:
    """For each unit spent on making it right, how much came back within a year.

    `because` is the share of the recovered who are back because somebody spoke to them: at best
    all of them, at worst (and without a comparison) none.
    """
    name, unit = MetricName.EMPATHY_RETURN, Unit.MULTIPLE
    closed = [one for one in ended if one.state in (CaseState.RECOVERED, CaseState.LOST)]
    spent = sum(one.cost_cents for one in closed) / CENTS
    if worth is None or not spent:
        return not_known(name, unit)
    if len(closed) < minimum:
        return too_few(name, unit, len(closed), minimum)
    won = sum(one.state is CaseState.RECOVERED for one in closed)
    return Metric(
        name=name,
        unit=unit,
        n=len(closed),
        minimum=minimum,
        low=won * worth.low * max(0.0, because.low) / spent,
        high=won * worth.high * max(0.0, because.high) / spent,
    )


def _years(left_a_year: float) -> float:
    return min(MOST_YEARS, 1 / left_a_year) if left_a_year > 0 else MOST_YEARS
