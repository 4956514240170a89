"""What others do: the rules of alerting products and of disease surveillance, and two oracles.

Each rule turns a stream into one number a feedback. It alarms when the number passes a threshold,
stays silent for seven days, and is armed again once the number has fallen back. `usual` is the
threshold as products ship it, None for what nobody ships.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.detection.world import SOURCE_LOG_ODDS, Floats, Stream, logit

COOL_DOWN_DAYS = 7.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A name, the statistic, where thresholds are looked for, and the one that is shipped."""

    name: str
    statistic: Callable[[Stream, float], Floats]
    lowest: float
    highest: float
    usual: float | None = None


def alarms(stream: Stream, statistic: Floats, threshold: float) -> Floats:
    """The times of the alarms of one stream."""
    times: list[float] = []
    is_armed = True
    silent_until = -np.inf
    above = statistic > threshold
    for index in np.flatnonzero(above | np.append(above[-1:], above[:-1])):
        if not above[index]:
            is_armed = True
        elif is_armed and stream.now[index] >= silent_until:
            times.append(float(stream.now[index]))
            is_armed = False
            silent_until = stream.now[index] + COOL_DOWN_DAYS
    return np.array(times)


def _negatives(stream: Stream) -> Floats:
    """1 for what the model calls negative; old feedback that arrives late is left out."""
    return np.where(stream.now - stream.at > 3.0, 0.0, stream.negative >= 0.5).astype(float)


def _between(stream: Stream, values: Floats, begin: float, end: float) -> Floats:
    """For each feedback, the sum of `values` from `begin` to `end` days before it."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    upper = np.arange(1, len(values) + 1)
    if end > 0.0:
        upper = np.searchsorted(stream.now, stream.now - end, side="right")
    lower = np.searchsorted(stream.now, stream.now - begin, side="right")
    return np.asarray(total[upper] - total[lower])


def _share_of_last_20(stream: Stream, share: float) -> Floats:
    del share
    total = np.concatenate([[0.0], np.cumsum(stream.negative >= 0.5)])
    shares = np.zeros(len(stream.now))
    shares[19:] = (total[20:] - total[:-20]) / 20.0
    return shares


def _share_of_week(stream: Stream, share: float) -> Floats:
    del share
    negative = _between(stream, _negatives(stream), 7.0, 0.0)
    every = _between(stream, np.ones(len(stream.now)), 7.0, 0.0)
    return np.where(every >= 5, negative / np.maximum(every, 1.0), 0.0)


def _count_of_day(stream: Stream, share: float) -> Floats:
    del share
    return _between(stream, _negatives(stream), 1.0, 0.0)


def _daily(stream: Stream, days: int, gap: int = 0) -> Floats:
    """Negatives of each of the `days` days before the last day, a row a day."""
    negatives = _negatives(stream)
    return np.array(
        [_between(stream, negatives, gap + day + 2.0, gap + day + 1.0) for day in range(days)]
    )


def _z_score(stream: Stream, share: float) -> Floats:
    del share
    before = _daily(stream, 28)
    today = _between(stream, _negatives(stream), 1.0, 0.0)
    score = (today - before.mean(axis=0)) / np.maximum(before.std(axis=0), 0.5)
    return np.where(stream.now >= 8.0, score, 0.0)


def _ears_c2(stream: Stream, share: float) -> Floats:
    del share
    before = _daily(stream, 7, gap=2)
    today = _between(stream, _negatives(stream), 1.0, 0.0)
    score = (today - before.mean(axis=0)) / np.maximum(before.std(axis=0, ddof=1), 0.5)
    return np.where(stream.now >= 10.0, score, 0.0)


def _day_over_week(stream: Stream, share: float) -> Floats:
    del share
    before = _daily(stream, 7)
    today = _between(stream, _negatives(stream), 1.0, 0.0)
    score = (today - before.mean(axis=0)) / np.maximum(before.std(axis=0), 0.2)
    return np.where(stream.now >= 8.0, score, 0.0)


def _week_over_week(stream: Stream, share: float) -> Floats:
    del share
    this = _between(stream, _negatives(stream), 7.0, 0.0)
    last = _between(stream, _negatives(stream), 14.0, 7.0)
    return np.where(stream.now >= 14.0, (this - last) / np.maximum(last, 1.0), 0.0)


def _cusum(log_ratio: Floats) -> Floats:
    total = np.cumsum(log_ratio)
    return np.asarray(total - np.minimum.accumulate(np.minimum(total, 0.0)))


def _known_share(stream: Stream, share: float) -> Floats:
    offsets = np.append(SOURCE_LOG_ODDS, 1.2)
    return np.asarray(1.0 / (1.0 + np.exp(-(logit(share) + offsets[stream.source]))))


def _oracle(stream: Stream, share: float, evidence: Floats) -> Floats:
    usual = _known_share(stream, share)
    worse = 4.0 * usual / (1.0 - usual + 4.0 * usual)
    ratio = evidence * worse / usual + (1.0 - evidence) * (1.0 - worse) / (1.0 - usual)
    late = stream.now - stream.at > 3.0
    return _cusum(np.where(late, 0.0, np.log(ratio)))


def _oracle_soft(stream: Stream, share: float) -> Floats:
    usual = _known_share(stream, share)
    for_it = usual * stream.negative
    return _oracle(stream, share, for_it / (for_it + (1.0 - usual) * (1.0 - stream.negative)))


def _oracle_perfect(stream: Stream, share: float) -> Floats:
    return _oracle(stream, share, stream.is_bad.astype(float))


RULES = (
    Rule(name="share of last 20", statistic=_share_of_last_20, lowest=0, highest=1, usual=0.30),
    Rule(name="share of 7 days", statistic=_share_of_week, lowest=0, highest=1, usual=0.40),
    # "3 in 24 hours" is reached at 3, so the threshold lies just below.
    Rule(name="count in 24 hours", statistic=_count_of_day, lowest=0, highest=80, usual=2.5),
    Rule(name="z-score of 28 days", statistic=_z_score, lowest=0, highest=30, usual=3.0),
    Rule(name="day above week + k sd", statistic=_day_over_week, lowest=0, highest=30, usual=2.0),
    Rule(name="% change week to week", statistic=_week_over_week, lowest=0, highest=30, usual=1.0),
    Rule(name="EARS C2", statistic=_ears_c2, lowest=0, highest=30, usual=3.0),
    Rule(name="oracle CUSUM, soft scores", statistic=_oracle_soft, lowest=0, highest=15),
    Rule(name="oracle CUSUM, perfect labels", statistic=_oracle_perfect, lowest=0, highest=15),
)
