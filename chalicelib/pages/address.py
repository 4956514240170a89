"""The pages behind the two mails about an address: yes, use it; no, back to the old one."""

from chalicelib.domain.address import Standin, is_about_move, is_to_be_told
from chalicelib.domain.business import Business, Contact
from chalicelib.pages.actions import read_form
from chalicelib.pages.frame import render
from chalicelib.wording.clean import one_line
from chalicelib.wording.words import words_in

ADDRESS_LIMIT, NAME_LIMIT = 254, 60
CONFIRM, TAKE_BACK = "confirm", "back"


def read_address_wish(body: str) -> str | None:
    """`confirm` or `back`, when the form asks for it."""
    wish = read_form(body).get("wish", "")
    return wish if wish in (CONFIRM, TAKE_BACK) else None


def render_address_page(
    standin: Standin, *, about: str, contact: Contact, business: Business, action: str
) -> str:
    """The page of the mail named `about`, as things stand; `action` is its path with the token."""
    words = words_in(contact.language)
    is_last_word = is_about_move(about)
    if not is_to_be_told(standin, about):
        form = "address.back" if is_last_word else "address.in_use"
    else:
        form = "address.moved" if is_last_word else "address.confirm"
    wish = {"address.moved": TAKE_BACK, "address.confirm": CONFIRM}.get(form)
    address = standin.address if form in ("address.moved", "address.in_use") else standin.asked
    named = {
        "business": one_line(business.name, NAME_LIMIT),
        "contact": one_line(contact.name, NAME_LIMIT),
        "old": one_line(standin.instead_of, ADDRESS_LIMIT),
        "address": one_line(address or "?", ADDRESS_LIMIT),
    }
    return render(
        "unsubscribe.html",
        words,
        title=words.say(f"{form}_title", **named),
        business_name=named["business"],
        lines=[words.say(f"{form}_page", **named)],
        buttons=[(wish, words.say(f"{form}_button", **named))] if wish else [],
        asks_other=False,
        is_bad_address=False,
        action=action,
    )
