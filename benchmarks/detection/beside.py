"""What runs beside the detector: dead feeds, and the angry review that goes out at once."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from benchmarks.detection.scenarios import LEARNING_DAYS, QUIET_DAYS, SHARES
from benchmarks.detection.world import arrival_times
from chalicelib.detect.feed import FeedVerdict, Rhythm, beat, judge_silence
from chalicelib.detect.rage import LEAST_ANGER, Rage, judge_rage

_BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
_DEATH = 90.0
_QUARTERS = (QUIET_DAYS - LEARNING_DAYS) / 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadFeed:
    """Wrong alarms per 90 days, and the median hours from death to alarm (None: not in 30 days)."""

    per_quarter: float
    hours: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Anger:
    """Angry reviews told at once per 90 quiet days: by the fixed threshold, and by rarity."""

    fixed: float
    rare: float


def dead_feeds(per_day: float, count: int, seed: int) -> DeadFeed:
    """Silence judged at every gap of a living feed, and hourly after its death on day 90."""
    wrong = 0
    delays = []
    for number in range(count):
        rng = np.random.default_rng([seed, number, int(10 * per_day), 77])
        rhythm = Rhythm()
        dead: Rhythm | None = None
        for time in arrival_times(rng, np.full(int(QUIET_DAYS), float(per_day))):
            if time > _DEATH and dead is None:
                dead = rhythm
            at = _BEGIN + timedelta(days=float(time))
            if time >= LEARNING_DAYS and judge_silence(rhythm, at) is FeedVerdict.SILENT:
                wrong += 1
            rhythm = beat(rhythm, at)
        delays.append(_hours_to_alarm(dead or rhythm))
    median = float(np.median(delays))
    return DeadFeed(
        per_quarter=wrong / count / _QUARTERS, hours=median if np.isfinite(median) else None
    )


def _hours_to_alarm(rhythm: Rhythm) -> float:
    low, high = 0, 24 * 30
    death = _BEGIN + timedelta(days=_DEATH)
    if judge_silence(rhythm, death + timedelta(hours=high)) is not FeedVerdict.SILENT:
        return float("inf")
    while low < high:
        middle = (low + high) // 2
        if judge_silence(rhythm, death + timedelta(hours=middle)) is FeedVerdict.SILENT:
            high = middle
        else:
            low = middle + 1
    return float(low)


def anger(per_day: float, count: int, seed: int) -> Anger:
    """Every negative has one star; log odds of anger are normal (0.5, 1.5): 28 % reach 0.8."""
    fixed = rare = 0
    for number in range(count):
        rng = np.random.default_rng([seed, number, int(10 * per_day), 78])
        times = arrival_times(rng, np.full(int(QUIET_DAYS), float(per_day)))
        is_bad = rng.random(len(times)) < SHARES[number % len(SHARES)]
        angers = 1.0 / (1.0 + np.exp(-rng.normal(0.5, 1.5, len(times))))
        rage = Rage()
        for time, bad, value in zip(times, is_bad, angers, strict=True):
            rage, is_rare = judge_rage(
                rage,
                stars=1.0 if bad else 5.0,
                anger=float(value),
                at=_BEGIN + timedelta(days=float(time)),
            )
            if time >= LEARNING_DAYS:
                fixed += int(bad and value >= LEAST_ANGER)
                rare += int(is_rare)
    return Anger(fixed=fixed / count / _QUARTERS, rare=rare / count / _QUARTERS)
