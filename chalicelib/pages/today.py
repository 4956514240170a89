"""Today: what waits for this person, the most urgent first, each thing one tap away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.business import Business
from chalicelib.domain.incident import Incident, IncidentKind
from chalicelib.domain.session import Visitor
from chalicelib.pages.owner_frame import render_owner
from chalicelib.wording import story
from chalicelib.wording.words import Words, words_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One thing that waits: where a tap leads (below `/o/`), what it is, what to know beside it."""

    path: str
    what: str
    sub: str
    pill: str = ""
    is_late: bool = False


def render_today(
    visitor: Visitor,
    business: Business,
    *,
    incidents: Sequence[Incident],
    now: datetime,
    notice: str = "",
) -> str:
    """The page."""
    words = words_in(visitor.language)
    told = [one for one in incidents if one.kind is not IncidentKind.SOURCE]
    broken = [one for one in incidents if one.kind is IncidentKind.SOURCE]
    sections = [
        ("incidents", [incident_waits(one, business, words) for one in told]),
        ("sources", [incident_waits(one, business, words) for one in broken]),
    ]
    shown = [(name, rows) for name, rows in sections if rows]
    return render_owner(
        "today.html",
        words,
        visitor,
        business,
        here="today",
        title=words.say("today.title"),
        notice=notice,
        sections=shown,
        count=sum(len(rows) for _, rows in shown),
    )


def incident_waits(incident: Incident, business: Business, words: Words) -> Waiting:
    """An incident as one line of a list."""
    since = words.moment(incident.opened_at, business.time_zone)
    return Waiting(
        path=f"incidents/{incident.incident_id}",
        what=story.headline(incident, business, words),
        sub=words.say("numbers.since", moment=since),
        pill=words.say(f"state.{incident.state}"),
        is_late=incident.kind is IncidentKind.CRITICAL and incident.is_open,
    )
