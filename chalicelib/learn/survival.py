"""How long something has not happened yet: the product-limit estimate of Kaplan and Meier (1958).

Who is still waiting when we stop looking counts for as long as we looked, and is not taken for
somebody to whom it never happens. The bounds are Greenwood's (1926), on the scale of log(-log)
(Kalbfleisch and Prentice), so that they stay between 0 and 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import exp, log, sqrt

from chalicelib.domain.comparison import Interval, Step
from chalicelib.learn.intervals import Z, share_interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One customer: for how many days we looked, and whether it happened at their end."""

    days: float
    has_happened: bool


def waiting_curve(waits: Sequence[Wait]) -> tuple[Step, ...]:
    """The steps of the curve, earliest first: one for each day on which it happened to somebody.
    Who stopped being watched on the very day is counted as still waiting on it."""
    ordered = sorted(waits, key=lambda one: (one.days, not one.has_happened))
    steps: list[Step] = []
    at_risk, share, spread, last_high = len(ordered), 1.0, 0.0, 1.0
    for day, together in groupby(ordered, key=lambda one: one.days):
        same_day = list(together)
        happened = sum(one.has_happened for one in same_day)
        if happened:
            share *= 1 - happened / at_risk
            if happened == at_risk:
                bounds = _end(at_risk, last_high)
            else:
                spread += happened / (at_risk * (at_risk - happened))
                bounds = _bounds(share, spread)
            last_high = bounds.high
            steps.append(Step(day=day, at_risk=at_risk, happened=happened, waiting=bounds))
        at_risk -= len(same_day)
    return tuple(steps)


def waiting_at(steps: Sequence[Step], day: float, n: int) -> Interval:
    """The share still waiting at that day, of `n` >= 1 in all.

    Before anything happened everybody waits, and the lower bound is that of a share of all of n:
    Greenwood's formula would claim that it cannot be otherwise.
    """
    reached = [step for step in steps if step.day <= day]
    return reached[-1].waiting if reached else share_interval(n, n)


def happened_at(steps: Sequence[Step], day: float, n: int) -> Interval:
    """The share to whom it had happened by that day, of `n` >= 1 in all."""
    waiting = waiting_at(steps, day, n)
    return Interval(value=1 - waiting.value, low=1 - waiting.high, high=1 - waiting.low)


def _bounds(share: float, spread: float) -> Interval:
    reach = Z * sqrt(spread) / abs(log(share))
    return Interval(value=share, low=share ** exp(reach), high=share ** exp(-reach))


def _end(at_risk: int, last_high: float) -> Interval:
    """Nobody waits any more, and the formula has no value: of what was possible a step ago, as
    much may still wait as "none of so many" leaves open."""
    return Interval(value=0.0, low=0.0, high=last_high * share_interval(0, at_risk).high)
