"""A mail with one matter and one link: what is asked, the button, a note. No customer's word."""

from collections.abc import Mapping

from chalicelib.alert.message import mail_templates
from chalicelib.alert.plain import headed
from chalicelib.domain.alert import Email
from chalicelib.wording import story
from chalicelib.wording.clean import one_line
from chalicelib.wording.words import Words


def render_short_mail(
    said: Mapping[str, str], words: Words, *, business_name: str, to: str, link: str, tag: str
) -> Email:
    """`said` are its parts in the reader's language: `subject`, `title`, `lead`, `action` (what the
    button says) and `note`."""
    subject = one_line(said["subject"], story.SUBJECT_LIMIT)
    shown = {
        **said,
        "say": words.say,
        "language": words.language,
        "subject": subject,
        "business_name": business_name,
        "link": link,
        "unsubscribe_link": "",
    }
    parts = [
        headed("", [said["title"], "", said["lead"]]),
        f"{said['action']}: {link}",
        headed("", [said["note"]]),
        words.say("mail.sent_for", business=business_name),
    ]
    return Email(
        to=to,
        subject=subject,
        text="\n\n".join(parts) + "\n",
        html=mail_templates().get_template("short.html").render(shown),
        tag=tag,
    )
