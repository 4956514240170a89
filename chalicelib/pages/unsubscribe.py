"""Ending alerts to an address: one click where others still hear, a question where nobody would.

A mail program's one-click POST ends alerts to an address at once, but not to the last live one: an
accidental tap must not make the business deaf. Then the page asks for another address or for "no
alerts at all". What was ended here can be begun again here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from chalicelib.domain.business import Business, Contact
from chalicelib.pages.actions import read_form
from chalicelib.pages.frame import render
from chalicelib.wording.clean import one_line
from chalicelib.wording.words import Words, words_in

ADDRESS_LIMIT = 254
NAME_LIMIT = 60
UNSUBSCRIBED = "unsubscribed"
# A mail program's form is a few lines; the pattern's time grows with the square of what it reads.
ONE_CLICK_LIMIT = 2_048
# The one click as a part of a multipart form, which is how mail programs should send it.
_ONE_CLICK = re.compile(
    r'name="?List-Unsubscribe"?[^\r\n]*(?:\r?\n[^\r\n]+)*\r?\n\r?\nOne-Click\s', re.IGNORECASE
)


class UnsubscribeStep(StrEnum):
    """What follows from a request; the name of the page that says so."""

    ASK = "ask"
    STOPPED = "done"
    ASK_LAST = "last"
    ASKED_OTHER = "asked"
    TOO_OFTEN = "too_often"
    ALL_OFF = "off"
    STARTED = "started"
    DEAD = "dead"


BUTTONS: Mapping[UnsubscribeStep, tuple[str, ...]] = MappingProxyType(
    {
        UnsubscribeStep.ASK: ("stop",),
        UnsubscribeStep.STOPPED: ("start",),
        UnsubscribeStep.ALL_OFF: ("start",),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsubscribeRequest:
    """What was asked: `stop` (the one-click header or the button), `other` (an address to use
    instead), `none` (no alerts at all) or `start` (alerts again)."""

    wish: str
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsubscribeDecision:
    """The step, and the address to ask when it is ASKED_OTHER. STOPPED and ALL_OFF mark the
    contact's address `unsubscribed`, STARTED revives it. ASKED_OTHER changes nothing yet: the new
    address is asked by mail, and the old one is told when it was exchanged, because whoever holds
    a forwarded mail holds this link. TOO_OFTEN: no more addresses are asked today."""

    step: UnsubscribeStep
    new_address: str | None = None
    is_bad_address: bool = False


def read_unsubscribe(body: str) -> UnsubscribeRequest | None:
    """The request in a POST's body; RFC 8058's `List-Unsubscribe=One-Click` is `stop`."""
    fields = read_form(body)
    if fields.get("List-Unsubscribe") == "One-Click" or _ONE_CLICK.search(body[:ONE_CLICK_LIMIT]):
        return UnsubscribeRequest(wish="stop")
    wish = fields.get("wish", "")
    if wish not in ("stop", "other", "none", "start"):
        return None
    return UnsubscribeRequest(wish=wish, address=fields.get("address", "").strip())


def decide_unsubscribe(
    request: UnsubscribeRequest | None,
    contact: Contact,
    business: Business,
    dead_addresses: Mapping[str, str],
) -> UnsubscribeDecision:
    """What follows from the request of this contact; None only shows the question."""
    is_last = not _others_live(contact, business, dead_addresses)
    reason = dead_addresses.get(contact.email or "")
    if reason is not None and reason != UNSUBSCRIBED:
        return UnsubscribeDecision(step=UnsubscribeStep.DEAD)
    is_stopped = reason is not None
    if request is None:
        if is_stopped:
            step = UnsubscribeStep.ALL_OFF if is_last else UnsubscribeStep.STOPPED
            return UnsubscribeDecision(step=step)
        step = UnsubscribeStep.ASK_LAST if is_last else UnsubscribeStep.ASK
        return UnsubscribeDecision(step=step)
    if request.wish == "start":
        return UnsubscribeDecision(step=UnsubscribeStep.STARTED)
    if request.wish == "none":
        return UnsubscribeDecision(step=UnsubscribeStep.ALL_OFF)
    if request.wish == "other":
        if not looks_like_address(request.address):
            return UnsubscribeDecision(step=UnsubscribeStep.ASK_LAST, is_bad_address=True)
        return UnsubscribeDecision(step=UnsubscribeStep.ASKED_OTHER, new_address=request.address)
    if is_last and not is_stopped:
        return UnsubscribeDecision(step=UnsubscribeStep.ASK_LAST)
    return UnsubscribeDecision(step=UnsubscribeStep.STOPPED)


def render_unsubscribe_page(
    decision: UnsubscribeDecision, *, contact: Contact, business: Business, action: str
) -> str:
    """The page for a decision; `action` is its own path with the token."""
    words = words_in(contact.language)
    step = decision.step
    named = {
        "business": one_line(business.name, NAME_LIMIT),
        "contact": one_line(contact.name, NAME_LIMIT),
        "address": one_line(decision.new_address or contact.email or "?", ADDRESS_LIMIT),
    }
    title = "title" if step is UnsubscribeStep.ASK else f"{step}_title"
    return render(
        "unsubscribe.html",
        words,
        title=words.say(f"unsubscribe.{title}"),
        business_name=named["business"],
        lines=_lines(step, words, named),
        buttons=[
            (wish, words.say(f"unsubscribe.{wish}", **named)) for wish in BUTTONS.get(step, ())
        ],
        asks_other=step is UnsubscribeStep.ASK_LAST,
        is_bad_address=decision.is_bad_address,
        action=action,
    )


def looks_like_address(text: str) -> bool:
    """True when it has the form of an e-mail address; whether it lives shows when it is used."""
    local, at, domain = text.rpartition("@")
    if not at or not local or "." not in domain or len(text) > ADDRESS_LIMIT:
        return False
    has_odd_signs = any(not sign.isprintable() or sign in " <>\"',;:()[]\\" for sign in text)
    return not has_odd_signs and not domain.startswith(".") and not domain.endswith(".")


def _others_live(contact: Contact, business: Business, dead_addresses: Mapping[str, str]) -> bool:
    """True when an e-mail still reaches somebody else; an SMS alone is no guarantee."""
    return any(
        other.email and other.email != contact.email and other.email not in dead_addresses
        for other in business.contacts
    )


def _lines(step: UnsubscribeStep, words: Words, named: Mapping[str, str]) -> list[str]:
    lines = [words.say(f"unsubscribe.{step}", **named)]
    if step is UnsubscribeStep.ASK:
        lines.append(words.say("unsubscribe.keep"))
    return lines
