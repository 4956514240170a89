"""A concern: what may lead to a recovery case, noted in the transaction that made it so.

Opening a case needs rows that judging does not read. So judging (and a person who corrects
something) leaves a concern beside what it writes, and whoever comes next acts on it: at once where
there is time, else the watch. A concern is acted on as often as it takes and ends when all of it
is done; so a quoted customer has a case whatever crashed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from chalicelib.domain.incident import Incident, IncidentKind, Outcome
from chalicelib.domain.judging import Change, JudgeState, Unjudged

# P(negative) at even odds: as likely unhappy as not.
UNHAPPY = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """Feedback and incidents to look at, by id; `outcomes` are what `by` said of whom.

    `concern_id` is the ledger's number (twelve digits) or a name of what a person did, so that
    noting it twice is noting it once.
    """

    business_id: str
    concern_id: str
    since: datetime
    feedback_ids: tuple[str, ...] = ()
    incident_ids: tuple[str, ...] = ()
    outcomes: Mapping[str, Outcome] = field(default_factory=lambda: MappingProxyType({}))
    by: str = ""


def concern_of(
    state: JudgeState, judged: Sequence[Unjudged], incidents: Sequence[Incident]
) -> Concern | None:
    """What one judgement leaves to look at: whoever is unhappy or was and may be so no more, and
    the incidents that now quote somebody. None when nobody is concerned."""
    moving = [
        one.feedback_id
        for one in judged
        if one.change is not Change.NEW or (not one.is_history and is_unhappy(one))
    ]
    quoting = [
        one.incident_id
        for one in incidents
        if one.kind is not IncidentKind.SOURCE and one.feedback_ids
    ]
    if not judged or not (moving or quoting):
        return None
    return Concern(
        business_id=state.business_id,
        concern_id=f"{state.sequence:012d}",
        since=max(one.received_at for one in judged),
        feedback_ids=tuple(dict.fromkeys(moving)),
        incident_ids=tuple(quoting),
    )


def is_unhappy(change: Unjudged) -> bool:
    """Whether the change is of somebody who may have to be won back."""
    is_negative = change.negative is not None and change.negative >= UNHAPPY
    return is_negative or change.is_low_score or bool(change.critical)


def correction_of(business_id: str, feedback_id: str, now: datetime) -> Concern:
    """What is left to look at when a person says that somebody was not unhappy at all."""
    return Concern(
        business_id=business_id,
        concern_id=f"not-negative-{feedback_id}",
        since=now,
        feedback_ids=(feedback_id,),
    )


def outcomes_of(
    incident: Incident, outcomes: Mapping[str, Outcome], by: str, now: datetime
) -> Concern | None:
    """What is left to do when a person says on the incident's page how it ended with whom: only
    what is new or different is acted on. None when nothing is."""
    fresh = {
        feedback_id: outcome
        for feedback_id, outcome in outcomes.items()
        if feedback_id in incident.feedback_ids and incident.outcomes.get(feedback_id) != outcome
    }
    if not fresh:
        return None
    return Concern(
        business_id=incident.business_id,
        # Two people may act before the first one's word was acted on.
        concern_id=f"outcomes-{incident.incident_id}-{incident.version}",
        since=now,
        outcomes=MappingProxyType(fresh),
        by=by,
    )
