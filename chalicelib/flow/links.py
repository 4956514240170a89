"""Links: what a token leads to, how long it does, and what a browser gets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.alert import PageLink, hash_of
from chalicelib.domain.business import Business, Contact
from chalicelib.domain.incident import Incident
from chalicelib.flow.telling import load_in_force
from chalicelib.ports import Services

LINK_LIVES_AFTER_END = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAnswer:
    """What a browser gets."""

    status: int
    body: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """What an owner's page gives to keep instead of to look at, as a file of that name."""

    file_name: str
    content_type: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoTo:
    """Where a form of an owner's page leads when it was done, below `/o/`; `notice` names the
    message (`notice.<name>` of the catalogue) that the page then shows."""

    path: str
    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What a link leads to."""

    link: PageLink
    business: Business
    incident: Incident
    contact: Contact


def open_link(
    services: Services, token: str, now: datetime, *, may_be_old: bool = False
) -> "Behind | PageAnswer":
    """What a token leads to, or the page that says that it leads nowhere any more."""
    from chalicelib.pages.headers import PAGE_HEADERS
    from chalicelib.pages.notes import render_expired_page, render_unknown_page

    link = services.store.find_link(hash_of(token))
    business = load_in_force(services, link.business_id) if link else None
    if link is None or business is None:
        return PageAnswer(status=404, body=render_unknown_page("en"), headers=PAGE_HEADERS)
    contact = next((one for one in business.contacts if one.name == link.contact), None)
    incident = services.store.load_incident(link.business_id, link.incident_id)
    if contact is None or incident is None:
        return PageAnswer(status=404, body=render_unknown_page("en"), headers=PAGE_HEADERS)
    if not may_be_old and now >= _expiry(link, incident):
        page = render_expired_page(contact.language)
        return PageAnswer(status=410, body=page, headers=PAGE_HEADERS)
    return Behind(link=link, business=business, incident=incident, contact=contact)


def _expiry(link: PageLink, incident: Incident) -> datetime:
    if incident.resolved_at is None:
        return link.expires_at
    return min(link.expires_at, incident.resolved_at + LINK_LIVES_AFTER_END)
