"""A small business on paper: when feedback comes, how much of it is negative, what a model sees.

Arrivals: a Gamma factor a day (coefficient of variation 0.5), weekdays from 0.8 to 1.4, an hour
profile. Negatives: log odds of the business, of its source, location and topic, and a drift
(Ornstein-Uhlenbeck, standard deviation 0.25, time constant 30 days). The model's score is binormal
with 90 % sensitivity and specificity at even odds. Times are days since the beginning.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WEEKDAYS = np.array([0.8, 0.8, 0.85, 0.95, 1.1, 1.4, 1.1])
# Nothing at night, a hump after lunch, a higher one in the evening.
HOURS = np.array(
    [2, 1, 1, 1, 1, 2, 4, 8, 12, 15, 16, 18, 22, 24, 22, 19, 18, 20, 24, 28, 28, 22, 12, 5],
    dtype=float,
)
SOURCE_SHARES = np.array([0.6, 0.3, 0.1])
SOURCE_LOG_ODDS = np.array([0.0, -0.5, 0.9])
# Distance of the two normal curves that cross at 90 % sensitivity and specificity.
SEPARATION = 2.563
DRIFT_DEVIATION = 0.25
DRIFT_DAYS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """Feedbacks in order of arrival; every array has one entry a feedback.

    `at` when written, `now` when it arrived, `seen_since` the look before (days); `negative` the
    score at even odds, `is_bad` the truth; `source`, `location`, `topic` are numbers (-1: none).
    """

    at: Floats
    now: Floats
    seen_since: Floats
    negative: Floats
    is_bad: NDArray[np.bool_]
    source: Ints
    location: Ints
    topic: Ints
    days: float
    event_at: float | None = None
    share: Floats = field(default_factory=lambda: np.empty(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """What a business is like on quiet days. Log odds are added up."""

    per_day: float
    share: float
    days: float
    source_shares: Floats = field(default_factory=lambda: SOURCE_SHARES)
    source_log_odds: Floats = field(default_factory=lambda: SOURCE_LOG_ODDS)
    location_shares: Floats = field(default_factory=lambda: np.full(5, 0.2))
    location_log_odds: Floats = field(default_factory=lambda: np.zeros(5))
    topic_shares: Floats = field(default_factory=lambda: np.empty(0))
    topic_log_odds: Floats = field(default_factory=lambda: np.empty(0))


def logit(share: float) -> float:
    """Log odds."""
    return float(np.log(share / (1.0 - share)))


def arrival_times(rng: np.random.Generator, per_day: Floats) -> Floats:
    """Sorted times for a mean number a day (one entry a day)."""
    days = len(per_day)
    mood = rng.gamma(4.0, 0.25, days)
    weekday = WEEKDAYS[(np.arange(days) + rng.integers(7)) % 7]
    counts = rng.poisson(per_day * mood * weekday)
    day = np.repeat(np.arange(days), counts)
    hour = rng.choice(24, size=len(day), p=HOURS / HOURS.sum())
    return np.sort(day + (hour + rng.random(len(day))) / 24.0)


def drift(rng: np.random.Generator, days: float) -> Floats:
    """The slow wandering of the log odds, one value a day."""
    kept = np.exp(-1.0 / DRIFT_DAYS)
    steps = rng.normal(0.0, DRIFT_DEVIATION * np.sqrt(1.0 - kept**2), int(days) + 1)
    wander = np.empty(int(days) + 1)
    wander[0] = rng.normal(0.0, DRIFT_DEVIATION)
    for day in range(1, len(wander)):
        wander[day] = kept * wander[day - 1] + steps[day]
    return wander


def score(rng: np.random.Generator, is_bad: NDArray[np.bool_]) -> Floats:
    """What the model says: P(negative) at even odds, calibrated."""
    seen = rng.normal(0.0, 1.0, len(is_bad)) + np.where(is_bad, 0.5, -0.5) * SEPARATION
    return np.asarray(1.0 / (1.0 + np.exp(-SEPARATION * seen)))


def pick(rng: np.random.Generator, count: int, shares: Floats) -> Ints:
    """Numbers drawn by their shares; -1 where there are none."""
    if len(shares) == 0:
        return np.full(count, -1)
    return rng.choice(len(shares), size=count, p=shares / shares.sum())


def make_stream(
    rng: np.random.Generator,
    shop: Shop,
    times: Floats,
    *,
    more: Floats | float = 0.0,
    source: Ints | None = None,
    location_more: tuple[int, float, float, float] | None = None,
) -> Stream:
    """Feedbacks at `times`, as they arrive live. `more` is added to the log odds of each.

    `location_more` is (location, from day, to day, log odds) of trouble at one place.
    """
    count = len(times)
    source = pick(rng, count, shop.source_shares) if source is None else source
    location = pick(rng, count, shop.location_shares)
    topic = pick(rng, count, shop.topic_shares)
    wander = drift(rng, shop.days + 60.0)
    log_odds = logit(shop.share) + wander[np.clip(times.astype(int), 0, None)]
    log_odds = log_odds + shop.source_log_odds[source] + more
    if len(shop.location_shares):
        log_odds = log_odds + shop.location_log_odds[location]
    if len(shop.topic_shares):
        log_odds = log_odds + shop.topic_log_odds[topic]
    if location_more is not None:
        place, begin, end, shift = location_more
        hit = (location == place) & (times >= begin) & (times < end)
        log_odds = log_odds + shift * hit
    share = 1.0 / (1.0 + np.exp(-log_odds))
    is_bad = rng.random(count) < share
    return Stream(
        at=times,
        now=times,
        seen_since=times,
        negative=score(rng, is_bad),
        is_bad=is_bad,
        source=source,
        location=location,
        topic=topic,
        days=shop.days,
        share=share,
    )


def joined(one: Stream, other: Stream) -> Stream:
    """Two streams as one, in order of arrival (then of writing)."""
    at = np.concatenate([one.at, other.at])
    now = np.concatenate([one.now, other.now])
    order = np.lexsort((at, now))
    return replace(
        one,
        at=at[order],
        now=now[order],
        seen_since=np.concatenate([one.seen_since, other.seen_since])[order],
        negative=np.concatenate([one.negative, other.negative])[order],
        is_bad=np.concatenate([one.is_bad, other.is_bad])[order],
        source=np.concatenate([one.source, other.source])[order],
        location=np.concatenate([one.location, other.location])[order],
        topic=np.concatenate([one.topic, other.topic])[order],
        share=np.concatenate([one.share, other.share])[order],
    )


def polled(stream: Stream, every_days: float, phase: float) -> Stream:
    """The same, heard of at polls only: at `phase`, and every so many days from then on."""
    now = phase + np.ceil((stream.at - phase) / every_days) * every_days
    # Written times are sorted, so the order of arrival is that of writing.
    return replace(stream, now=now, seen_since=now - every_days)


def caught_up(stream: Stream, begin: float, end: float) -> Stream:
    """The same, with an outage of ours: what was written in it is heard of at its end."""
    missed = (stream.at >= begin) & (stream.at < end)
    now = np.where(missed, end, stream.now)
    seen_since = np.where(missed, begin, stream.seen_since)
    return replace(stream, now=now, seen_since=seen_since)
