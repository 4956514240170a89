"""Our detector on a simulated stream: one judgement per arrival, in order of arrival."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from benchmarks.detection.world import Stream
from chalicelib.detect.detector import judge, new_state
from chalicelib.domain.spike import Evidence, NoticeKind, Sensitivity

_BEGIN = datetime(2026, 1, 5, tzinfo=UTC)


class Grouping(Enum):
    """Which groups the detector is told of."""

    NONE = "pooled"
    LOCATIONS = "locations"
    TOPICS = "topics"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """Days of the alarms; days on which the owner is told (alarms and escalations), and after how
    many arrivals (from 1) each of those came."""

    days: tuple[float, ...]
    told: tuple[float, ...]
    arrivals: tuple[int, ...]


def run_ours(
    stream: Stream,
    grouping: Grouping,
    *,
    sensitivity: Sensitivity = Sensitivity.BALANCED,
    until: float = float("inf"),
) -> Alarms:
    """The alarms of our detector up to a day."""
    state = new_state()
    days, told, arrivals = [], [], []
    for number in range(len(stream.at)):
        now = float(stream.now[number])
        if now > until:
            break
        evidence = evidence_at(stream, number, grouping)
        state, notice = judge(state, evidence, sensitivity=sensitivity)
        if notice is None or notice.kind not in (NoticeKind.ALARM, NoticeKind.ESCALATED):
            continue
        told.append(now)
        arrivals.append(number + 1)
        if notice.kind is NoticeKind.ALARM:
            days.append(now)
    return Alarms(days=tuple(days), told=tuple(told), arrivals=tuple(arrivals))


def evidence_at(stream: Stream, number: int, grouping: Grouping = Grouping.LOCATIONS) -> Evidence:
    """One feedback of a stream as the detector is told of it."""
    return Evidence(
        feedback_id=str(number),
        at=moment(float(stream.at[number])),
        now=moment(float(stream.now[number])),
        negative=float(stream.negative[number]),
        source=str(stream.source[number]),
        groups=_groups(stream, number, grouping),
        seen_since=moment(float(stream.seen_since[number])),
    )


def moment(day: float) -> datetime:
    """A day of the simulation as a moment."""
    return _BEGIN + timedelta(days=day)


def _groups(stream: Stream, number: int, grouping: Grouping) -> tuple[str, ...]:
    if grouping is Grouping.NONE:
        return ()
    groups = (f"location:{stream.location[number]}",)
    if grouping is Grouping.LOCATIONS:
        return groups
    return (*groups, f"topic:{stream.topic[number]}")
