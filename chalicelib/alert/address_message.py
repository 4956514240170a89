"""The two mails about an address: may alerts go here? And the last word to the one before.

No customer's name or word is in them: the first goes to an address that nobody has vouched for.
"""

from chalicelib.alert.short_mail import render_short_mail
from chalicelib.domain.address import Standin
from chalicelib.domain.alert import Email, NotifyReason
from chalicelib.domain.business import Business, Contact
from chalicelib.wording import story
from chalicelib.wording.clean import one_line
from chalicelib.wording.words import words_in

ADDRESS_LIMIT = 254


def render_address_mail(
    standin: Standin,
    *,
    business: Business,
    contact: Contact,
    reason: NotifyReason,
    link: str,
    tag: str,
) -> Email:
    """CONFIRM goes to the address that was asked for, MOVED to the one that was used before.

    `link` opens the page that confirms or takes it back. Raises ValueError when there is nobody to
    write to: what was asked for is confirmed or taken back by now.
    """
    to = standin.asked if reason is NotifyReason.CONFIRM else standin.before
    new = standin.asked if reason is NotifyReason.CONFIRM else standin.address
    if not to or not new:
        raise ValueError("nothing waits to be told about this address any more")
    words = words_in(contact.language)
    named = {
        "business": one_line(business.name, story.NAME_LIMIT),
        "contact": one_line(contact.name, story.NAME_LIMIT),
        "address": one_line(new, ADDRESS_LIMIT),
        "old": one_line(standin.instead_of, ADDRESS_LIMIT),
    }
    said = {
        name: words.say(f"address.{reason}_{name}", **named)
        for name in ("subject", "title", "lead", "action", "note")
    }
    return render_short_mail(
        said, words, business_name=named["business"], to=to, link=link, tag=tag
    )
