"""Incidents on the owner's pages: the list, one of them, and its buttons."""

from collections.abc import Mapping
from datetime import datetime

from chalicelib.domain.address import in_force
from chalicelib.domain.business import Business
from chalicelib.domain.clock import from_text
from chalicelib.domain.session import Visitor
from chalicelib.flow.acting import act_on
from chalicelib.flow.briefing import brief
from chalicelib.flow.links import GoTo
from chalicelib.ports import Services

OPEN_SHOWN = 50
ENDED_SHOWN = 20
# What a page may read: a quote is half a unit; of the open cases those that are due first.
QUOTED, CASES_LOOKED_AT = 4, 20


def incidents_page(
    services: Services,
    visitor: Visitor,
    business: Business,
    query: Mapping[str, str],
    now: datetime,
) -> str:
    """What is open, and what ended before `?before=` (a moment), newest first."""
    from chalicelib.pages.incidents import render_incidents

    store, business_id = services.store, business.business_id
    before = _moment(query.get("before", ""))
    ended = store.listed_incidents(business_id, is_open=False, limit=ENDED_SHOWN + 1, before=before)
    open_ones = (
        store.listed_incidents(business_id, is_open=True, limit=OPEN_SHOWN) if not before else []
    )
    return render_incidents(
        visitor,
        business,
        open_ones=open_ones,
        ended=ended[:ENDED_SHOWN],
        is_all=len(ended) <= ENDED_SHOWN,
    )


def incident_of_name(
    services: Services,
    visitor: Visitor,
    business: Business,
    name: str,
    query: Mapping[str, str],
    now: datetime,
) -> str | None:
    """One incident with all that one can do about it."""
    from chalicelib.pages.cases import line_of
    from chalicelib.pages.incidents import render_owner_incident
    from chalicelib.wording.words import words_in

    store = services.store
    incident = store.load_incident(business.business_id, name)
    if incident is None:
        return None
    contact = next(one for one in business.contacts if one.name == visitor.contact)
    voices = store.voices(business.business_id, incident.feedback_ids[-QUOTED:])
    cases = store.open_cases(business.business_id, CASES_LOOKED_AT)
    words = words_in(visitor.language)
    return render_owner_incident(
        visitor,
        brief(services, now, business, incident, (), contact, voices=voices),
        contact,
        cases=[line_of(one, business, words, now) for one in cases if one.incident_id == name],
        query=query,
        now=now,
    )


def act_on_named_incident(
    services: Services,
    visitor: Visitor,
    business: Business,
    name: str,
    form: Mapping[str, str],
    now: datetime,
) -> GoTo | None:
    """A button on that page."""
    incident = services.store.load_incident(business.business_id, name)
    if incident is None:
        return None
    known = in_force(business, services.store.standins(business.business_id))
    notice, _ = act_on(services, known, incident, visitor.contact, form, now)
    return GoTo(path=f"incidents/{name}", notice=notice)


def _moment(text: str) -> datetime | None:
    try:
        return from_text(text) if text else None
    except (OverflowError, ValueError):
        return None
