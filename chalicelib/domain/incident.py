"""An incident: the life of a spike or of a critical feedback, OPEN → ACKNOWLEDGED → RESOLVED.

Every change is a function from one value to the next. A change that is not allowed raises
`TransitionError`; asking twice for the same change returns the incident as it is, because links
are clicked twice and messages are delivered twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from chalicelib.domain.errors import TransitionError
from chalicelib.domain.judging import Unjudged
from chalicelib.domain.sentiment import CriticalKind
from chalicelib.domain.source import SourceState
from chalicelib.domain.spike import Notice

# More than anybody reads on a page; the counts go on counting beyond it.
FEEDBACK_KEPT = 200
# Stands between the source's name and what it says of its trouble.
CANNOT_BE_READ = " cannot be read: "


CRITICAL_WORDS: Mapping[CriticalKind, str] = MappingProxyType(
    {
        CriticalKind.SAFETY: "a danger",
        CriticalKind.ALLERGY_ILLNESS: "an allergy or illness",
        CriticalKind.INJURY: "an injury",
        CriticalKind.LEGAL_THREAT: "legal steps",
        CriticalKind.DISCRIMINATION: "discrimination",
        CriticalKind.DATA_LEAK: "a leak of personal data",
        CriticalKind.SELF_HARM: "not wanting to live",
    }
)


class IncidentKind(StrEnum):
    """Why it was opened: more negatives than usual, or one feedback that cannot wait."""

    SPIKE = "spike"
    CRITICAL = "critical"
    SOURCE = "source"


class IncidentState(StrEnum):
    """Where in its life an incident is."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class Outcome(StrEnum):
    """How it ended with one customer quoted in the incident: the first form of a case."""

    RECOVERED = "recovered"
    LOST = "lost"
    NO_CONTACT = "no_contact"


class Ending(StrEnum):
    """Who or what resolved it when it was no person: `resolved_by` then holds one of these."""

    BACK_TO_USUAL = "back_to_usual"
    NEW_NORMAL = "new_normal"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What happened, since when, on what evidence, and who knows.

    `generation` counts the incidents of a business; with the kind it makes the `incident_id`, so
    that opening it twice is opening it once. `location` is None when it is not about one place.
    `worse_count` counts the times it got worse. `also_at` are the other sources where a feedback of
    it stands too (see `echoes`), by the feedback's id.
    `escalation_step` is the place in the list of contacts of the last person told. `due` is when
    the alert policy looks at it next (escalation, reminder), None when nothing is waited for.
    """

    business_id: str
    kind: IncidentKind
    generation: int
    opened_at: datetime
    sentence: str
    state: IncidentState = IncidentState.OPEN
    negative: int = 0
    of: int = 0
    usual: float = 0.0
    location: str | None = None
    topic: str | None = None
    critical: tuple[CriticalKind, ...] = ()
    source: str | None = None
    advice: str | None = None
    feedback_ids: tuple[str, ...] = ()
    is_about_past: bool = False
    worse_count: int = 0
    escalation_step: int = 0
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    snoozed_until: datetime | None = None
    last_told_at: datetime | None = None
    last_worse_at: datetime | None = None
    due: datetime | None = None
    outcomes: Mapping[str, Outcome] = field(default_factory=lambda: MappingProxyType({}))
    also_at: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    version: int = 0

    @property
    def incident_id(self) -> str:
        """`spike-000012`: unique within the business, the same however often it is opened."""
        about = f"-{self.source}" if self.source else ""
        return f"{self.kind}{about}-{self.generation:06d}"

    @property
    def is_open(self) -> bool:
        """True until it is resolved."""
        return self.state is not IncidentState.RESOLVED

    @property
    def ending(self) -> Ending | None:
        """How the numbers ended it (`CORRECTED`: edits and deletions undid it), or None when a
        person did or when it is not over."""
        return next((ending for ending in Ending if ending == self.resolved_by), None)


def acknowledge(incident: Incident, by: str, now: datetime) -> Incident:
    """Somebody takes it on. Raises TransitionError when it is resolved already."""
    if incident.state is IncidentState.ACKNOWLEDGED:
        return incident
    if incident.state is IncidentState.RESOLVED:
        raise TransitionError(f"{incident.incident_id} is resolved and cannot be acknowledged")
    return replace(
        incident, state=IncidentState.ACKNOWLEDGED, acknowledged_at=now, acknowledged_by=by
    )


def resolve(incident: Incident, by: str, now: datetime) -> Incident:
    """It is over, because a person says so (`by` is a name) or the numbers do (an `Ending`)."""
    if incident.state is IncidentState.RESOLVED:
        return incident
    return replace(incident, state=IncidentState.RESOLVED, resolved_at=now, resolved_by=by)


def snooze(incident: Incident, until: datetime) -> Incident:
    """Say nothing more about it until then. Raises TransitionError when it is resolved."""
    if incident.state is IncidentState.RESOLVED:
        raise TransitionError(f"{incident.incident_id} is resolved and cannot be snoozed")
    return replace(incident, snoozed_until=until)


def record_outcome(incident: Incident, feedback_id: str, outcome: Outcome) -> Incident:
    """How it ended with the customer of one quoted feedback; may be corrected later."""
    if feedback_id not in incident.feedback_ids:
        raise TransitionError(f"{feedback_id} is not part of {incident.incident_id}")
    outcomes = {**incident.outcomes, feedback_id: outcome}
    return replace(incident, outcomes=MappingProxyType(outcomes))


def worsen(incident: Incident, notice: Notice, now: datetime) -> Incident:
    """The same trouble, with more evidence. Raises TransitionError when it is resolved."""
    if incident.state is IncidentState.RESOLVED:
        raise TransitionError(f"{incident.incident_id} is resolved and cannot get worse")
    return replace(
        incident,
        sentence=notice.sentence,
        negative=notice.negative,
        of=notice.of,
        usual=notice.usual,
        feedback_ids=_joined(incident.feedback_ids, notice.feedback_ids),
        worse_count=incident.worse_count + 1,
        last_worse_at=now,
    )


def _joined(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
    """The newest of both, and no more than a row should hold: a storm brings thousands."""
    return (old + tuple(one for one in new if one not in old))[-FEEDBACK_KEPT:]


def spike_incident(business_id: str, notice: Notice, *, generation: int, now: datetime) -> Incident:
    """What a notice of the detector opens. A leading group says where or about what."""
    kind, _, name = (notice.leading_group or "").partition(":")
    return Incident(
        business_id=business_id,
        kind=IncidentKind.SPIKE,
        generation=generation,
        opened_at=now,
        sentence=notice.sentence,
        negative=notice.negative,
        of=notice.of,
        usual=notice.usual,
        location=name if kind == "location" else None,
        topic=name if kind == "topic" else None,
        feedback_ids=notice.feedback_ids,
        is_about_past=notice.is_about_past,
    )


def critical_incident(change: Unjudged, *, generation: int, now: datetime) -> Incident:
    """What one critical feedback opens."""
    kinds = " and ".join(CRITICAL_WORDS[kind] for kind in change.critical)
    what = f"speaks of {kinds}" if kinds else "is furious, with the fewest stars"
    return Incident(
        business_id=change.business_id,
        kind=IncidentKind.CRITICAL,
        generation=generation,
        opened_at=now,
        sentence=f"One customer {what}",
        negative=1,
        of=1,
        location=location_of(change),
        critical=change.critical,
        feedback_ids=(change.feedback_id,),
    )


def location_of(change: Unjudged) -> str | None:
    """The place a change belongs to, from its groups."""
    places = (group.partition(":") for group in change.groups)
    return next((name for kind, _, name in places if kind == "location"), None)


def gather(incident: Incident, change: Unjudged, now: datetime) -> Incident:
    """One more critical feedback in an open incident, when the day's own ones are used up.

    Raises TransitionError when it is resolved.
    """
    if incident.state is IncidentState.RESOLVED:
        raise TransitionError(f"{incident.incident_id} is resolved and cannot take more")
    if change.feedback_id in incident.feedback_ids:
        return incident
    count = incident.of + 1
    return replace(
        incident,
        sentence=f"{count} customers wrote of matters that cannot wait",
        negative=count,
        of=count,
        critical=_joined_kinds(incident.critical, change.critical),
        feedback_ids=_joined(incident.feedback_ids, (change.feedback_id,)),
        worse_count=incident.worse_count + 1,
        last_worse_at=now,
    )


def _joined_kinds(
    old: tuple[CriticalKind, ...], new: tuple[CriticalKind, ...]
) -> tuple[CriticalKind, ...]:
    return old + tuple(kind for kind in new if kind not in old)


def quote_instead(incident: Incident, gone: str, stands_in: str) -> Incident:
    """The same, with one feedback quoted in the place of another that says the same."""
    ids = tuple(stands_in if one == gone else one for one in incident.feedback_ids)
    outcomes = {
        stands_in if one == gone else one: outcome for one, outcome in incident.outcomes.items()
    }
    return replace(
        incident,
        feedback_ids=tuple(dict.fromkeys(ids)),
        outcomes=MappingProxyType(outcomes),
    )


def source_incident(state: SourceState, now: datetime) -> Incident:
    """A source that cannot be read. The moment it began to fail numbers it."""
    since = state.failing_since or now
    return Incident(
        business_id=state.business_id,
        kind=IncidentKind.SOURCE,
        generation=int(since.timestamp()),
        opened_at=now,
        sentence=f"{state.source}{CANNOT_BE_READ}{state.trouble}",
        source=state.source,
        advice=state.advice,
    )
