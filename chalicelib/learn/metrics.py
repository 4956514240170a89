"""The metrics that count rows give: each a function of one total, so that a week, a quarter and a
place are asked in the same way. docs/metrics.md defines each and names its source."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from chalicelib.domain.comparison import Interval
from chalicelib.domain.digest import Period
from chalicelib.domain.metric import (
    MINIMUM,
    MINIMUM_OF_A_WEEK,
    Metric,
    MetricName,
    Unit,
    VoiceFilter,
    WeekPoint,
    not_known,
    too_few,
)
from chalicelib.domain.sentiment import Emotion, JourneyStage, Polarity, Topic
from chalicelib.learn.intervals import (
    balance_interval,
    mean_interval,
    share_interval,
)

Counts = Mapping[tuple[str, str], Mapping[str, int]]
Total = Mapping[str, int]
# A metric from a total, "too few to say" below a minimum.
MetricOf = Callable[[Total, int], Metric]

CES_SCALE = (1.0, 7.0)
# Sums are kept in hundredths, squares in ten-thousandths (`domain.counts`).
HUNDREDTHS = 100
ADVOCACY_STAGE = JourneyStage.RETURNING_TELLING
EMPATHY_TOPIC = Topic.STAFF_SERVICE


def total_of(counts: Counts, period: Period, location: str | None = None) -> Total:
    """The sum of the count rows of the period; with `location` only that place's."""
    total: Counter[str] = Counter()
    first, last = period.first.isoformat(), period.last.isoformat()
    for (day, place), row in counts.items():
        if first <= day <= last and location in (None, place):
            total.update(row)
    return total


def net_promoter_score(total: Total, minimum: int = MINIMUM) -> Metric:
    """Promoters less detractors, as a share of all who answered."""
    for_us, against = _number(total, "nps.promoter"), _number(total, "nps.detractor")
    n = for_us + against + _number(total, "nps.passive")
    return _balance(MetricName.NPS, for_us, against, n, minimum)


def satisfaction(total: Total, minimum: int = MINIMUM) -> Metric:
    """CSAT: the share of answers 4 and 5 of 5."""
    n = _number(total, "csat.n")
    return _share(MetricName.CSAT, _number(total, "csat.satisfied"), n, minimum)


def effort(total: Total, minimum: int = MINIMUM) -> Metric:
    """CES: the average answer from 1 to 7, where 7 is easy."""
    n = _number(total, "ces.n")
    if n < minimum:
        return _missing(MetricName.CES, Unit.SCALE, n, minimum)
    found = mean_interval(
        _number(total, "ces.sum") / HUNDREDTHS,
        _number(total, "ces.squares") / HUNDREDTHS**2,
        n,
        CES_SCALE,
    )
    return _metric(MetricName.CES, Unit.SCALE, n, found, minimum)


def sentiment_index(total: Total, minimum: int = MINIMUM) -> Metric:
    """Good voices less bad ones, as a share of all that were read."""
    good, bad = _number(total, Polarity.POSITIVE), _number(total, Polarity.NEGATIVE)
    return _balance(MetricName.SENTIMENT_INDEX, good, bad, read_of(total), minimum)


def emotion_mix(total: Total, minimum: int = MINIMUM) -> tuple[Metric, ...]:
    """Of the voices that were read, the share in which each emotion was found, the most frequent
    first. A voice may hold several, so the shares do not add up to one."""
    read = read_of(total)
    found = [
        replace(
            _share(MetricName.EMOTION_SHARE, _number(total, f"emotion.{one}"), read, minimum),
            about=str(one),
        )
        for one in Emotion
        if one is not Emotion.NEUTRAL
    ]
    return tuple(sorted(found, key=lambda one: (-(one.part or 0), one.about)))


def advocacy_rate(total: Total, minimum: int = MINIMUM) -> Metric:
    """Of the voices that were read, the share that speaks well of coming back or recommends."""
    part = _number(total, f"stage.{ADVOCACY_STAGE}.{Polarity.POSITIVE}")
    return _share(MetricName.ADVOCACY_RATE, part, read_of(total), minimum)


def empathy_quotient(total: Total, minimum: int = MINIMUM) -> Metric:
    """Of the voices that speak of the people and how they treated them, the share that does so
    well. A range and no point: there is no agreed definition to which a point could be compared."""
    about_people = _number(total, f"topic.{EMPATHY_TOPIC}")
    part = _number(total, f"topic.{EMPATHY_TOPIC}.{Polarity.POSITIVE}")
    found = _share(MetricName.EMPATHY_QUOTIENT, part, about_people, minimum)
    return replace(found, value=None)


def read_of(total: Total) -> int:
    """How many voices of a total were read."""
    return sum(_number(total, one) for one in Polarity)


def by_week(
    counts: Counts, period: Period, metric_of: MetricOf, location: str | None = None
) -> tuple[WeekPoint, ...]:
    """The metric in each whole week of the period, oldest first; the last ends with the period."""
    weeks = [
        Period(first=last - timedelta(days=6), last=last)
        for last in (
            period.last - timedelta(days=7 * back) for back in range(period.days // 7 - 1, -1, -1)
        )
    ]
    return tuple(
        WeekPoint(
            first=week.first,
            last=week.last,
            metric=metric_of(total_of(counts, week, location), MINIMUM_OF_A_WEEK),
        )
        for week in weeks
    )


def with_voices(
    metric: Metric, dates: VoiceFilter, telling: frozenset[str] = frozenset()
) -> Metric:
    """The same with the way to the words it was counted from, where it was counted from words.
    `dates` is the filter of all voices; `telling` are the sources that tell of answers."""
    found = {
        MetricName.SENTIMENT_INDEX: dates,
        MetricName.NPS: replace(dates, survey="nps"),
        MetricName.CSAT: replace(dates, survey="csat"),
        MetricName.CES: replace(dates, survey="ces"),
        MetricName.EMOTION_SHARE: replace(dates, emotion=metric.about),
        MetricName.ADVOCACY_RATE: replace(dates, stage=ADVOCACY_STAGE, polarity=Polarity.POSITIVE),
        MetricName.EMPATHY_QUOTIENT: replace(dates, topic=EMPATHY_TOPIC),
        MetricName.RESPONSE_RATE: replace(dates, sources=tuple(sorted(telling))),
    }.get(metric.name)
    return replace(metric, voices=found) if metric.n and found else metric


# --- how each kind is made ------------------------------------------------------------------------


def _share(name: MetricName, part: int, n: int, minimum: int) -> Metric:
    if n < minimum:
        return _missing(name, Unit.SHARE, n, minimum)
    # A deletion may reach a row before what it takes back: never more than all.
    part = min(part, n)
    return replace(_metric(name, Unit.SHARE, n, share_interval(part, n), minimum), part=part)


def _balance(name: MetricName, above: int, below: int, n: int, minimum: int) -> Metric:
    if n < minimum:
        return _missing(name, Unit.BALANCE, n, minimum)
    return _metric(name, Unit.BALANCE, n, balance_interval(above, below, n), minimum)


def _metric(name: MetricName, unit: Unit, n: int, found: Interval, minimum: int) -> Metric:
    return Metric(
        name=name,
        unit=unit,
        n=n,
        minimum=minimum,
        value=found.value,
        low=found.low,
        high=found.high,
    )


def _missing(name: MetricName, unit: Unit, n: int, minimum: int) -> Metric:
    return too_few(name, unit, n, minimum) if n else not_known(name, unit)


def _number(total: Total, name: str) -> int:
    return max(0, total.get(name, 0))
