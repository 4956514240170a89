"""The page that ends the mails: of alerts or of digests alone, to this address."""

from datetime import datetime

from chalicelib.domain.address import is_about_address
from chalicelib.domain.alert import PageLink, hash_of
from chalicelib.domain.digest import digest_address, is_about_digest, wants_digest
from chalicelib.flow.links import PageAnswer, open_link
from chalicelib.flow.standins import answer_address, ask_address
from chalicelib.flow.telling import load_in_force
from chalicelib.ports import Services


def unsubscribe_page(services: Services, token: str, now: datetime) -> PageAnswer:
    """The question before an address is used no more. Shows and never changes anything."""
    return _answer_unsubscribe(services, token, None, now)


def unsubscribe(services: Services, token: str, body: bytes, now: datetime) -> PageAnswer:
    """One click in the mail program, or the button: this address hears no more.

    The last live address is not switched off by one click: the page asks first.
    """
    return _answer_unsubscribe(services, token, body, now)


def _answer_unsubscribe(
    services: Services, token: str, body: bytes | None, now: datetime
) -> PageAnswer:
    from chalicelib.pages import unsubscribe as page
    from chalicelib.pages.headers import PAGE_HEADERS

    link = services.store.find_link(hash_of(token))
    # An old mail shows nothing of its incident any more, and still ends the mails, digests too.
    if link is not None and is_about_digest(link.incident_id):
        return _answer_digest(services, link, token, body, now)
    if link is not None and now < link.expires_at and is_about_address(link.incident_id):
        return answer_address(services, link, token, body, now)
    behind = open_link(services, token, now, may_be_old=True)
    if isinstance(behind, PageAnswer):
        return behind
    business, contact = behind.business, behind.contact
    request = None if body is None else page.read_unsubscribe(body.decode("utf-8", "replace"))
    dead = services.store.dead_addresses(business.business_id)
    decision = page.decide_unsubscribe(request, contact, business, dead)
    ends = decision.step in (page.UnsubscribeStep.STOPPED, page.UnsubscribeStep.ALL_OFF)
    if request is not None and ends and contact.email:
        services.store.mark_dead(business.business_id, contact.email, page.UNSUBSCRIBED, now)
    if decision.step is page.UnsubscribeStep.STARTED and contact.email:
        services.store.revive(business.business_id, contact.email, now)
    if decision.new_address and not ask_address(services, behind, decision.new_address, now):
        decision = page.UnsubscribeDecision(step=page.UnsubscribeStep.TOO_OFTEN)
    shown = page.render_unsubscribe_page(decision, contact=contact, business=business, action=token)
    return PageAnswer(status=200, body=shown, headers=PAGE_HEADERS)


def _answer_digest(
    services: Services, link: PageLink, token: str, body: bytes | None, now: datetime
) -> PageAnswer:
    """The same question for the digest alone; alerts go on."""
    from chalicelib.pages import unsubscribe as page
    from chalicelib.pages.digest import render_digest_page
    from chalicelib.pages.headers import PAGE_HEADERS
    from chalicelib.pages.notes import render_unknown_page

    business = load_in_force(services, link.business_id)
    contacts = business.contacts if business else ()
    contact = next((one for one in contacts if one.name == link.contact), None)
    if business is None or contact is None:
        return PageAnswer(status=404, body=render_unknown_page("en"), headers=PAGE_HEADERS)
    request = None if body is None else page.read_unsubscribe(body.decode("utf-8", "replace"))
    ended = digest_address(contact)
    if request is not None and request.wish == "start":
        services.store.revive(business.business_id, ended, now)
    elif request is not None:
        services.store.mark_dead(business.business_id, ended, page.UNSUBSCRIBED, now)
    dead = services.store.dead_addresses(business.business_id)
    shown = render_digest_page(
        is_ended=not wants_digest(contact, dead),
        contact=contact,
        business=business,
        action=token,
    )
    return PageAnswer(status=200, body=shown, headers=PAGE_HEADERS)
