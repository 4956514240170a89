"""Stand-ins: another address for a contact, asked for on the page and confirmed there by mail."""

import contextlib
from datetime import datetime

from chalicelib.domain.address import (
    ASKED_A_DAY,
    Standin,
    about_confirming,
    about_move,
    ask_for,
    confirm,
    is_about_move,
    standin_of,
    take_back,
)
from chalicelib.domain.alert import ChannelKind, Notification, NotifyReason, PageLink
from chalicelib.domain.errors import ConflictError
from chalicelib.flow.links import Behind, PageAnswer
from chalicelib.ports import Services


def ask_address(services: Services, behind: Behind, address: str, now: datetime) -> bool:
    """Have the watch ask a new address whether alerts may go there; False when that is enough for
    today. Twice for the same address in an hour is once."""
    store, business_id = services.store, behind.business.business_id
    applied = store.load_business(business_id)
    contacts = applied.contacts if applied else ()
    contact = next((one for one in contacts if one.name == behind.contact.name), None)
    if contact is None:
        return False
    before = standin_of(contact, store.standins(business_id))
    standin = ask_for(address, contact, business_id, before, now)
    told = _about_address(standin, about_confirming(standin), NotifyReason.CONFIRM, now)
    day = f"addresses.{now:%Y-%m-%d}"
    if not store.take_from_budget(business_id, day, 1, ASKED_A_DAY, paid_for=told.notification_id):
        return False
    # First the wish, then its mail: whoever dies between them is asked to press again.
    store.save_standin(standin)
    with contextlib.suppress(ConflictError):
        store.save_notification(told)
    return True


def _about_address(
    standin: Standin, about: str, reason: NotifyReason, now: datetime
) -> Notification:
    return Notification(
        business_id=standin.business_id,
        incident_id=about,
        reason=reason,
        channel=ChannelKind.EMAIL,
        contact=standin.contact,
        due=now,
        created_at=now,
    )


def answer_address(
    services: Services, link: PageLink, token: str, body: bytes | None, now: datetime
) -> PageAnswer:
    """Behind the mail to a new address: yes. Behind the last one to the old: take it back."""
    from chalicelib.pages import address as page
    from chalicelib.pages.headers import PAGE_HEADERS
    from chalicelib.pages.notes import render_unknown_page

    store, about = services.store, link.incident_id
    business = store.load_business(link.business_id)
    contacts = business.contacts if business else ()
    contact = next((one for one in contacts if one.name == link.contact), None)
    standin = standin_of(contact, store.standins(link.business_id)) if contact else None
    if business is None or contact is None or standin is None:
        return PageAnswer(status=404, body=render_unknown_page("en"), headers=PAGE_HEADERS)
    wish = None if body is None else page.read_address_wish(body.decode("utf-8", "replace"))
    if wish == page.TAKE_BACK and is_about_move(about):
        standin = take_back(standin)
        store.save_standin(standin)
    elif wish == page.CONFIRM and about == about_confirming(standin):
        # Pressed again it does it all again: the first may have died on the way.
        standin = _confirm(services, standin, now)
    shown = page.render_address_page(
        standin, about=about, contact=contact, business=business, action=token
    )
    return PageAnswer(status=200, body=shown, headers=PAGE_HEADERS)


def _confirm(services: Services, standin: Standin, now: datetime) -> Standin:
    standin = confirm(standin)
    if standin.address is None:
        # It was taken back since.
        return standin
    services.store.save_standin(standin)
    # Whoever says yes from that very address wants its mail, whatever was before.
    services.store.revive(standin.business_id, standin.address, now)
    last_word = _about_address(standin, about_move(standin), NotifyReason.MOVED, now)
    with contextlib.suppress(ConflictError):
        services.store.save_notification(last_word)
    return standin
