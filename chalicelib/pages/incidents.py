"""The list of incidents, and one of them in the owner's frame."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from chalicelib.domain.briefing import Briefing
from chalicelib.domain.business import Business, Contact
from chalicelib.domain.clock import to_text
from chalicelib.domain.incident import Incident, IncidentKind
from chalicelib.domain.session import Visitor
from chalicelib.pages.incident import incident_shown
from chalicelib.pages.lines import Line
from chalicelib.pages.owner_frame import render_owner
from chalicelib.wording import story
from chalicelib.wording.words import Words, words_in

# What the page of an alert says after a press (`page.<name>`).
NOTICES = (
    "done_acknowledge",
    "done_snooze",
    "done_resolve",
    "done_outcomes",
    "done_not_negative",
    "not_understood",
    "refused",
)


def render_incidents(
    visitor: Visitor,
    business: Business,
    *,
    open_ones: Sequence[Incident],
    ended: Sequence[Incident],
    is_all: bool,
) -> str:
    """The list: what is open, then what ended, newest first."""
    words = words_in(visitor.language)
    return render_owner(
        "incidents.html",
        words,
        visitor,
        business,
        here="incidents",
        title=words.say("incidents.title"),
        open=[line_of(one, business, words) for one in open_ones],
        ended=[line_of(one, business, words) for one in ended],
        older="" if is_all or not ended else to_text(ended[-1].opened_at),
    )


def render_owner_incident(
    visitor: Visitor,
    briefing: Briefing,
    contact: Contact,
    *,
    cases: Sequence[Line],
    query: Mapping[str, str],
    now: datetime,
) -> str:
    """One incident, with the way to the cases of those who are quoted."""
    incident = briefing.incident
    said = query.get("notice", "")
    shown = incident_shown(
        briefing,
        contact=contact,
        action=incident.incident_id,
        now=now,
        notice=said if said in NOTICES else "",
    )
    title, notice = str(shown.pop("title")), str(shown.pop("notice"))
    shown.pop("business_name")
    return render_owner(
        "owner_incident.html",
        words_in(visitor.language),
        visitor,
        briefing.business,
        here=f"incidents/{incident.incident_id}",
        title=title,
        notice=notice,
        **shown,
        cases=cases,
    )


def line_of(incident: Incident, business: Business, words: Words) -> Line:
    """An incident as one line of a list."""
    since = words.moment(incident.opened_at, business.time_zone)
    what = story.headline if incident.is_open else story.about
    return Line(
        path=f"incidents/{incident.incident_id}",
        what=what(incident, business, words),
        sub=words.say("numbers.since", moment=since),
        pill=words.say(f"state.{incident.state}"),
        is_late=incident.kind is IncidentKind.CRITICAL and incident.is_open,
        is_good=not incident.is_open,
    )
