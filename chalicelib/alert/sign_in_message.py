"""The mail with the link that signs in. It tells nothing of any customer."""

from datetime import datetime

from chalicelib.alert.short_mail import render_short_mail
from chalicelib.domain.alert import Email
from chalicelib.domain.business import Business, Contact
from chalicelib.wording import story
from chalicelib.wording.clean import one_line
from chalicelib.wording.words import words_in


def render_sign_in_mail(
    business: Business, contact: Contact, *, until: datetime, link: str, tag: str
) -> Email:
    """The mail to one contact; `until` is when the link runs out.

    Raises ValueError when there is nobody to write to.
    """
    if not contact.email:
        raise ValueError("the contact has no address any more")
    words = words_in(contact.language)
    moment = words.moment(until, contact.time_zone or business.time_zone)
    named = {
        "business": one_line(business.name, story.NAME_LIMIT),
        "contact": one_line(contact.name, story.NAME_LIMIT),
        "until": moment,
    }
    said = {
        name: words.say(f"sign_in.mail.{name}", **named)
        for name in ("subject", "title", "lead", "action", "note")
    }
    return render_short_mail(
        said, words, business_name=named["business"], to=contact.email, link=link, tag=tag
    )
