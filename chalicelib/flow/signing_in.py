"""Signing in: an address is asked for, the watch mails a link, its button begins a session.

What a stranger sees is the same whether the business or the address is known or not. A GET never
changes anything: mail scanners follow links, and press no button. The cookie's token is drawn when
the link is used, never before, so that nobody can plant a session; only hashes are kept.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from chalicelib.domain.alert import ChannelKind, Notification, NotifyReason, PageLink, hash_of
from chalicelib.domain.audit import Act, ActKind
from chalicelib.domain.business import Business, Contact
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.session import (
    MAILS_A_DAY,
    SESSION_LIVES,
    Session,
    Visitor,
    about_sign_in,
    is_about_sign_in,
)
from chalicelib.flow.links import PageAnswer
from chalicelib.ports import Services

Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who looks, at whose business; `epoch` is the contact's when this was found out."""

    visitor: Visitor
    business: Business
    epoch: int


def sign_in_page(services: Services, business_id: str, headers: Headers) -> PageAnswer:
    """The question for an address; the same for every business, known or not."""
    from chalicelib.pages import sign_in as page

    shown = page.render_sign_in(business_id, language=page.language_of(headers), is_asked=False)
    return public_answer(200, shown)


def ask_to_sign_in(
    services: Services, business_id: str, headers: Headers, body: bytes, now: datetime
) -> PageAnswer:
    """Have the watch mail a link to the contact with this address; the answer tells nothing."""
    from chalicelib.pages import sign_in as page

    address = page.read_address(body.decode("utf-8", "replace"))
    business = services.store.load_business(business_id) if address else None
    if business is not None:
        # heedful.toml alone says who comes in: a stand-in hears alerts, and whoever holds the link
        # of an alert can name one.
        for contact in business.contacts:
            if contact.email and contact.email.casefold() == address.casefold():
                _mail_link(services, business_id, contact, now)
    shown = page.render_sign_in(business_id, language=page.language_of(headers), is_asked=True)
    return public_answer(200, shown)


def sign_in_link_page(
    services: Services, token: str, headers: Headers, now: datetime
) -> PageAnswer:
    """The page behind the link in the mail: a button, and no change."""
    from chalicelib.pages import sign_in as page

    found = _behind(services, token, now)
    if found is None:
        return _used(services, token, headers)
    business, contact = found
    shown = page.render_link(business, contact.name, contact.language, action=quote(token, safe=""))
    return public_answer(200, shown)


def sign_in(services: Services, token: str, headers: Headers, now: datetime) -> PageAnswer:
    """The button: the link is used up, and a session begins in this browser."""
    from chalicelib.pages import sign_in as page

    if not page.comes_from_us(headers):
        return _foreign(headers)
    found = _behind(services, token, now)
    if found is None:
        return _used(services, token, headers)
    business, contact = found
    fresh = services.new_token()
    session = Session(
        token_hash=hash_of(fresh),
        business_id=business.business_id,
        contact=contact.name,
        begun_at=now,
        expires_at=now + SESSION_LIVES,
        epoch=services.store.session_epoch(business.business_id, contact.name),
    )
    act = Act(
        business_id=business.business_id,
        at=now,
        who=contact.name,
        what=ActKind.SIGN_IN,
        about="session",
    )
    try:
        services.store.begin_session(session, hash_of(token), act)
    except ConflictError:
        # Pressed twice: whoever is in already goes on, anybody else comes too late.
        signed_in = find_visitor(services, headers, now)
        if signed_in is not None and signed_in.visitor.contact == contact.name:
            return public_answer(303, "", Location="../o/today")
        return _used(services, token, headers)
    cookie = page.set_cookie(fresh, services.page_address)
    return public_answer(303, "", **{"Location": "../o/today", "Set-Cookie": cookie})


def sign_out(services: Services, headers: Headers, now: datetime) -> PageAnswer:
    """End every session of this contact, on all devices."""
    from chalicelib.pages import sign_in as page

    if not page.comes_from_us(headers):
        return _foreign(headers)
    signed_in = find_visitor(services, headers, now)
    if signed_in is None:
        return signed_out_page(services, headers, depth=1)
    visitor = signed_in.visitor
    act = Act(
        business_id=visitor.business_id,
        at=now,
        who=visitor.contact,
        what=ActKind.SIGN_OUT,
        about="session",
    )
    services.store.end_sessions(visitor.business_id, visitor.contact, signed_in.epoch, act)
    shown = page.render_signed_out(
        "out", language=visitor.language, again=_way_in(visitor.business_id, depth=1)
    )
    return public_answer(200, shown, **{"Set-Cookie": page.set_cookie("", services.page_address)})


def find_visitor(services: Services, headers: Headers, now: datetime) -> SignedIn | None:
    """Who is behind a request's cookie; None when nobody is, or not any more.

    The session names the business, the contact's line in heedful.toml the role as it is now.
    """
    from chalicelib.pages.sign_in import read_cookie

    token = read_cookie(headers, services.page_address)
    session = services.store.find_session(hash_of(token)) if token else None
    if session is None:
        return None
    epoch = services.store.session_epoch(session.business_id, session.contact)
    business = services.store.load_business(session.business_id)
    contact = _contact_of(business, session.contact)
    if business is None or contact is None or not session.holds(epoch, now):
        return None
    visitor = Visitor(
        business_id=session.business_id,
        contact=contact.name,
        role=contact.role,
        language=contact.language,
    )
    return SignedIn(visitor=visitor, business=business, epoch=epoch)


def signed_out_page(services: Services, headers: Headers, *, depth: int) -> PageAnswer:
    """To whoever is not signed in, `depth` folders below the root of the pages."""
    from chalicelib.pages import sign_in as page

    token = page.read_cookie(headers, services.page_address)
    session = services.store.find_session(hash_of(token)) if token else None
    if session is not None:
        whose = session.business_id
    else:
        # Of many businesses nobody shall learn the names here.
        known = services.store.list_businesses()
        whose = known[0] if len(known) == 1 else ""
    shown = page.render_signed_out(
        "needed",
        language=page.language_of(headers),
        again=_way_in(whose, depth=depth) if whose else "",
    )
    return public_answer(403, shown)


def _mail_link(services: Services, business_id: str, contact: Contact, now: datetime) -> None:
    told = Notification(
        business_id=business_id,
        incident_id=about_sign_in(now),
        reason=NotifyReason.SIGN_IN,
        channel=ChannelKind.EMAIL,
        contact=contact.name,
        due=now,
        created_at=now,
    )
    budget = f"sign-ins.{hash_of(contact.name)[:16]}.{now:%Y-%m-%d}"
    if services.store.take_from_budget(
        business_id, budget, 1, MAILS_A_DAY, paid_for=told.notification_id
    ):
        with contextlib.suppress(ConflictError):
            services.store.save_notification(told)


def _behind(services: Services, token: str, now: datetime) -> tuple[Business, Contact] | None:
    link = services.store.find_link(hash_of(token))
    if link is None or not _opens(link, now):
        return None
    business = services.store.load_business(link.business_id)
    contact = _contact_of(business, link.contact)
    return None if business is None or contact is None else (business, contact)


def _opens(link: PageLink, now: datetime) -> bool:
    return is_about_sign_in(link.incident_id) and now < link.expires_at


def _contact_of(business: Business | None, name: str) -> Contact | None:
    contacts = business.contacts if business else ()
    return next((one for one in contacts if one.name == name), None)


def _used(services: Services, token: str, headers: Headers) -> PageAnswer:
    """A link that opens nothing: used, run out, or never one for signing in."""
    from chalicelib.pages import sign_in as page

    link = services.store.find_link(hash_of(token))
    known = link is not None and is_about_sign_in(link.incident_id)
    shown = page.render_signed_out(
        "used",
        language=page.language_of(headers),
        again=_way_in(link.business_id, depth=1) if link and known else "",
    )
    return public_answer(410 if known else 404, shown)


def _foreign(headers: Headers) -> PageAnswer:
    from chalicelib.pages import sign_in as page

    shown = page.render_signed_out("foreign", language=page.language_of(headers), again="")
    return public_answer(403, shown)


def _way_in(business_id: str, *, depth: int) -> str:
    return "../" * depth + f"sign-in/{quote(business_id, safe='')}"


def public_answer(status: int, body: str, **more: str) -> PageAnswer:
    """A page to whoever is not signed in."""
    from chalicelib.pages.headers import PAGE_HEADERS

    # So that our own form may say where it comes from (see `pages.owner_frame`).
    headers = {**PAGE_HEADERS, "Referrer-Policy": "same-origin", **more}
    return PageAnswer(status=status, body=body, headers=headers)
