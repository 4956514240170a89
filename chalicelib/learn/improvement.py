"""What came of an improvement: complaints before against complaints since, with the interval.

Complaints are counted against all voices and not against those that name the matter: who has
nothing to complain of any more does not name it. The difference of two shares gets Newcombe's
hybrid score interval (R. G. Newcombe 1998, Statistics in Medicine 17, 873-890, method 10).
Before and after is no experiment: something else may have changed on the same day.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from math import sqrt

from chalicelib.domain.digest import Period
from chalicelib.domain.improvement import Effect, Improvement, Verdict
from chalicelib.domain.journey import Share
from chalicelib.domain.step import BlueprintStep
from chalicelib.learn.journey import days_of, summed
from chalicelib.learn.shares import share_of
from chalicelib.learn.silence import Counts

# Four whole weeks on each side hold every day of the week equally often.
LONGEST_DAYS = 28


def periods_of(improvement: Improvement, today: date) -> tuple[Period, Period] | None:
    """The dates before and since, as many on both sides; None before its first day is over."""
    since = date.fromisoformat(improvement.since)
    days = min(LONGEST_DAYS, (today - since).days)
    if days < 1:
        return None
    after = Period(first=since, last=since + timedelta(days=days - 1))
    return after.before, after


def effect_of(
    improvement: Improvement,
    counts: Counts,
    periods: tuple[Period, Period],
    steps: Iterable[BlueprintStep] = (),
) -> Effect:
    """What the counts of both periods say."""
    before, after = periods
    days = days_of(counts, Period(first=before.first, last=after.last), None)
    names = _names(improvement, steps)
    shares = [_complaints(summed(days, one), names) for one in (before, after)]
    low, high = difference(shares[1], shares[0])
    return Effect(
        days=after.days,
        before=shares[0],
        after=shares[1],
        low=low,
        high=high,
        verdict=_verdict(shares, low, high),
    )


def difference(one: Share, other: Share) -> tuple[float, float]:
    """Between which values `one` less `other` lies; anywhere when one of them is of nobody."""
    if not one.n or not other.n:
        return -1.0, 1.0
    p, q = one.part / one.n, other.part / other.n
    low = p - q - sqrt((p - one.low) ** 2 + (other.high - q) ** 2)
    high = p - q + sqrt((one.high - p) ** 2 + (q - other.low) ** 2)
    return max(-1.0, low), min(1.0, high)


def _verdict(shares: list[Share], low: float, high: float) -> Verdict:
    if not all(one.is_firm for one in shares):
        return Verdict.TOO_FEW
    if high < 0:
        return Verdict.LESS
    return Verdict.MORE if low > 0 else Verdict.OPEN


def _names(improvement: Improvement, steps: Iterable[BlueprintStep]) -> list[str]:
    """What is counted: the topic, or the topics of the step at its stage, or all of the stage."""
    if improvement.topic:
        return [f"topic.{improvement.topic}.negative"]
    step = next((one for one in steps if one.step == improvement.step), None)
    if step is None:
        return []
    stage = f"stage.{step.stage}"
    return [f"{stage}.topic.{topic}.negative" for topic in step.topics] or [f"{stage}.negative"]


def _complaints(counts: Mapping[str, int], names: list[str]) -> Share:
    read = counts.get("n", 0) - counts.get("unscored", 0)
    # A voice that names two topics of a step is one voice, as far as the counts can tell.
    return share_of(min(read, sum(counts.get(name, 0) for name in names)), read)
