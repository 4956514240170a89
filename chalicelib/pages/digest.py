"""Ending the digest: one click, and only the digest. Alerts go on, so no address is too many.

The same page begins it again.
"""

from chalicelib.domain.business import Business, Contact
from chalicelib.pages.frame import render
from chalicelib.wording.clean import one_line
from chalicelib.wording.words import words_in

NAME_LIMIT, ADDRESS_LIMIT = 60, 254


def render_digest_page(*, is_ended: bool, contact: Contact, business: Business, action: str) -> str:
    """The question, or that it is done; `action` is the page's own path with the token."""
    words = words_in(contact.language)
    named = {
        "business": one_line(business.name, NAME_LIMIT),
        "address": one_line(contact.email or "?", ADDRESS_LIMIT),
    }
    wish = "digest_start" if is_ended else "digest_stop"
    return render(
        "unsubscribe.html",
        words,
        title=words.say(f"unsubscribe.digest_{'done_' if is_ended else ''}title"),
        business_name=named["business"],
        lines=[
            words.say(f"unsubscribe.{one}", **named)
            for one in (["digest_done"] if is_ended else ["digest_ask", "keep"])
        ],
        buttons=[("start" if is_ended else "stop", words.say(f"unsubscribe.{wish}", **named))],
        asks_other=False,
        is_bad_address=False,
        action=action,
    )
