"""All metrics of a period on one sheet, each in its group."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from chalicelib.domain.business import SourceSettings
from chalicelib.domain.digest import Period
from chalicelib.domain.metric import (
    Group,
    Metric,
    MetricName,
    MetricSheet,
    VoiceFilter,
)
from chalicelib.learn import metrics
from chalicelib.learn.answers import response_rate, response_time, telling_sources

# Those that mean something week by week; each is worked out from one total.
CURVES: Mapping[MetricName, metrics.MetricOf] = {
    MetricName.SENTIMENT_INDEX: metrics.sentiment_index,
    MetricName.NPS: metrics.net_promoter_score,
    MetricName.CSAT: metrics.satisfaction,
    MetricName.CES: metrics.effort,
}


def sheet_of(
    counts: metrics.Counts,
    period: Period,
    sources: Sequence[SourceSettings],
    *,
    location: str | None = None,
    beside: Mapping[Group, Iterable[Metric]] = MappingProxyType({}),
) -> MetricSheet:
    """The sheet of a period from its count rows, of one place or of all. `beside` are metrics that
    rest on cases, to stand in their groups after those of the voices."""
    total, telling = metrics.total_of(counts, period, location), telling_sources(sources)
    dates = VoiceFilter(first=period.first, last=period.last, place=location or "")
    groups: Mapping[Group, Sequence[Metric]] = {
        Group.FEELING: (metrics.sentiment_index(total), metrics.advocacy_rate(total)),
        Group.SURVEYS: (
            metrics.net_promoter_score(total),
            metrics.satisfaction(total),
            metrics.effort(total),
        ),
        Group.ANSWERS: (response_rate(total, telling), response_time(total)),
        Group.EMPATHY: (metrics.empathy_quotient(total),),
    }
    return MetricSheet(
        period=period,
        n=max(0, total.get("n", 0)),
        read=metrics.read_of(total),
        location=location,
        groups=MappingProxyType(
            {
                group: tuple(
                    metrics.with_voices(one, dates, telling)
                    for one in (*groups.get(group, ()), *beside.get(group, ()))
                )
                for group in Group
            }
        ),
        emotions=tuple(metrics.with_voices(one, dates) for one in metrics.emotion_mix(total)),
        curves=MappingProxyType(
            {name: metrics.by_week(counts, period, one, location) for name, one in CURVES.items()}
        ),
    )
