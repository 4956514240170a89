"""Turn alarms into figures: false alarms a quarter, shares found, and how long it took."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np

from benchmarks.detection.ours import Alarms, Grouping, run_ours
from benchmarks.detection.rules import Rule, alarms
from benchmarks.detection.scenarios import (
    ALL,
    COLD_DAYS,
    LEARNING_DAYS,
    QUIET_DAYS,
    SHARES,
    Scenario,
    build,
)
from benchmarks.detection.world import Stream

QUARTER = 90.0
# A stream that alarmed in the week before its trouble says nothing about the trouble.
_WEEK = 7.0
_BUDGET = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietFigures:
    """False alarms per 90 days after the learning time, and in the first 14 days."""

    per_quarter: float
    first_days: float
    streams: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The share of streams with an alarm in time; median feedbacks and hours (None: not half)."""

    share: float
    feedbacks: float | None
    hours: float | None
    streams: int


Run = Callable[[Stream, int, float], Alarms]


def ours(grouping: Grouping) -> Run:
    """Our detector, told of these groups."""
    return lambda stream, _, until: run_ours(stream, grouping, until=until)


def ruled(rule: Rule, threshold: float) -> Run:
    """A rule at a threshold."""

    def run(stream: Stream, number: int, until: float) -> Alarms:
        share = SHARES[number % len(SHARES)]
        days = alarms(stream, rule.statistic(stream, share), threshold)
        days = days[days <= until]
        arrivals = np.searchsorted(stream.now, days, side="left") + 1
        when = tuple(days.tolist())
        return Alarms(days=when, told=when, arrivals=tuple(arrivals.tolist()))

    return run


def quiet_figures(
    run: Run, scenario: Scenario, per_day: float, count: int, seed: int
) -> QuietFigures:
    """What a rule says where there is nothing to say."""
    late = early = 0
    for number in range(count):
        heard = run(build(scenario, per_day, number, seed), number, np.inf)
        late += sum(day >= LEARNING_DAYS for day in heard.days)
        early += sum(day < COLD_DAYS for day in heard.days)
    quarters = count * (QUIET_DAYS - LEARNING_DAYS) / QUARTER
    return QuietFigures(per_quarter=late / quarters, first_days=early / count, streams=count)


def found(run: Run, scenario: Scenario, per_day: float, count: int, seed: int) -> Found:
    """How often, and after how much, a rule speaks once something happened."""
    feedbacks, hours = [], []
    for number in range(count):
        stream = build(scenario, per_day, number, seed)
        begin = stream.event_at if stream.event_at is not None else 0.0
        heard = run(stream, number, begin + scenario.horizon)
        if any(begin - _WEEK <= day < begin for day in heard.days):
            continue
        before = int(np.searchsorted(stream.now, begin))
        first = [
            (arrival - before, 24.0 * (day - begin))
            for day, arrival in zip(heard.told, heard.arrivals, strict=True)
            if day >= begin
        ]
        feedbacks.append(first[0][0] if first else np.inf)
        hours.append(first[0][1] if first else np.inf)
    share = float(np.mean(np.isfinite(feedbacks)))
    return Found(
        share=share,
        feedbacks=_finite(float(np.median(feedbacks))),
        hours=_finite(float(np.median(hours))),
        streams=len(feedbacks),
    )


def at_equal_budget(rule: Rule, per_day: float, count: int, seed: int) -> float:
    """The threshold at which a rule gives one false alarm per 90 quiet days at this pace."""
    quiet = ALL["quiet"]
    streams = [build(quiet, per_day, number, seed) for number in range(count)]
    values = [
        rule.statistic(stream, SHARES[number % len(SHARES)])
        for number, stream in enumerate(streams)
    ]
    quarters = count * (QUIET_DAYS - LEARNING_DAYS) / QUARTER
    low, high = rule.lowest, rule.highest
    for _ in range(14):
        middle = (low + high) / 2.0
        wrong = sum(
            int((alarms(stream, value, middle) >= LEARNING_DAYS).sum())
            for stream, value in zip(streams, values, strict=True)
        )
        if wrong > _BUDGET * quarters:
            low = middle
        else:
            high = middle
    return high


def as_numbers(figures: QuietFigures | Found) -> dict[str, float | None]:
    """The figures for JSON, rounded to what they are worth."""
    return {
        name: None if value is None else round(float(value), 3)
        for name, value in asdict(figures).items()
    }


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
