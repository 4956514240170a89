"""The mail with the link that signs in. It tells nothing of any customer."""

from datetime import datetime

from chalicelib.alert.message import mail_templates
from chalicelib.alert.plain import headed
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
    subject = one_line(said["subject"], story.SUBJECT_LIMIT)
    shown = said | {
        "say": words.say,
        "language": words.language,
        "subject": subject,
        "business_name": named["business"],
        "link": link,
        "unsubscribe_link": "",
    }
    parts = [
        headed("", [said["title"], "", said["lead"]]),
        f"{said['action']}: {link}",
        headed("", [said["note"]]),
        words.say("mail.sent_for", business=named["business"]),
    ]
    return Email(
        to=contact.email,
        subject=subject,
        text="\n\n".join(parts) + "\n",
        html=mail_templates().get_template("address.html").render(shown),
        tag=tag,
    )
