"""Another address for a contact's alerts: asked for on a page, in use once somebody confirmed it.

heedful.toml names one address per contact. Whoever ends the last living one may name another on
the page: a stand-in. It is used only when its own reader confirmed it, and only as long as
heedful.toml names the address that it stands in for.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.business import Business, Contact

ABOUT_CONFIRMING = "confirm-"
ABOUT_MOVE = "moved-"
# A second wish for the same address within this time is the same wish: buttons are pressed twice.
SAME_WISH = timedelta(hours=1)
# The page takes any address: so many mails a day it can make us send to strangers, and no more.
ASKED_A_DAY = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Standin:
    """The stand-in of one contact (by name) for `instead_of`, the address in heedful.toml.

    `address` is in use, after `before`; `asked` waits to be confirmed since `asked_at`. `number`
    counts what was asked for, so that an old mail confirms nothing new.
    """

    business_id: str
    contact: str
    instead_of: str
    address: str | None = None
    before: str | None = None
    asked: str | None = None
    asked_at: datetime | None = None
    number: int = 0


def ask_for(
    address: str, contact: Contact, business_id: str, before: Standin | None, now: datetime
) -> Standin:
    """The stand-in with this address waiting to be confirmed; the same when it waits already."""
    own = before or Standin(
        business_id=business_id, contact=contact.name, instead_of=contact.email or ""
    )
    if own.asked == address and own.asked_at and now < own.asked_at + SAME_WISH:
        return own
    return replace(own, asked=address, asked_at=now, number=own.number + 1)


def confirm(standin: Standin) -> Standin:
    """What waited is in use; nothing changes when nothing waits."""
    if standin.asked is None:
        return standin
    return replace(
        standin,
        address=standin.asked,
        before=standin.address or standin.instead_of,
        asked=None,
        asked_at=None,
    )


def take_back(standin: Standin) -> Standin:
    """The address in heedful.toml is in use again, and nothing waits."""
    return replace(standin, address=None, asked=None, asked_at=None)


def about_confirming(standin: Standin) -> str:
    """What stands in the confirming mail's notification where others have their incident."""
    return f"{ABOUT_CONFIRMING}{_mark(standin)}"


def about_move(standin: Standin) -> str:
    """The same for the last mail to the address before."""
    return f"{ABOUT_MOVE}{_mark(standin)}"


def is_about_address(incident_id: str) -> bool:
    """True when a notification or a link is about an address and no incident."""
    return incident_id.startswith((ABOUT_CONFIRMING, ABOUT_MOVE))


def is_about_move(incident_id: str) -> bool:
    """True for the last mail to an address, and for the link in it."""
    return incident_id.startswith(ABOUT_MOVE)


def is_to_be_told(standin: Standin, incident_id: str) -> bool:
    """True while the mail of that name still has somebody to ask or something to tell."""
    if standin.asked is not None and incident_id == about_confirming(standin):
        return True
    # Whoever asks for a third address now must not silence the word about the second.
    return standin.address is not None and is_about_move(incident_id)


def standin_of(contact: Contact, standins: Iterable[Standin]) -> Standin | None:
    """The contact's stand-in, while heedful.toml still names the address it stands in for.

    `contact` is as heedful.toml has it.
    """
    return next(
        (
            one
            for one in standins
            if one.contact == contact.name and one.instead_of == contact.email
        ),
        None,
    )


def in_force(business: Business, standins: Iterable[Standin]) -> Business:
    """The business with every confirmed stand-in in the place of its contact's own address."""
    known = tuple(standins)
    moved = {one.name: standin_of(one, known) for one in business.contacts}
    return replace(
        business,
        contacts=tuple(
            replace(contact, email=standin.address)
            if (standin := moved[contact.name]) is not None and standin.address
            else contact
            for contact in business.contacts
        ),
    )


def _mark(standin: Standin) -> str:
    told = f"{standin.contact}\n{standin.instead_of}\n{standin.number}"
    return hashlib.sha256(told.encode(errors="surrogatepass")).hexdigest()[:16]
