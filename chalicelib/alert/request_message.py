"""The mail about a request: a customer asks about their own words, and by when the law wants an
answer. Nothing of what the customer wrote is in it: a mail lies for ever where it was delivered.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from chalicelib.alert.short_mail import render_short_mail
from chalicelib.domain.alert import Email
from chalicelib.domain.business import Business, Contact
from chalicelib.domain.request import PersonRequest
from chalicelib.wording import story
from chalicelib.wording.clean import one_line
from chalicelib.wording.words import words_in


def render_request_mail(
    request: PersonRequest,
    *,
    business: Business,
    contact: Contact,
    link: str,
    tag: str,
    now: datetime,
) -> Email:
    """The mail to one contact; `link` opens the owner's page with the request. Raises ValueError
    when the contact has no address."""
    if not contact.email:
        raise ValueError("the contact has no e-mail address")
    words = words_in(contact.language)
    zone = contact.time_zone or business.time_zone
    name = one_line(business.name, story.NAME_LIMIT)
    due = date.fromisoformat(request.due_day)
    is_late = now.astimezone(ZoneInfo(business.time_zone)).date() > due
    step = "late" if is_late else ("again" if request.told > 1 else "new")
    day = words.day(due)
    came = words.say(
        "request.mail.came",
        kind=words.say(f"request.kind.{request.kind}"),
        received=words.day(request.received_at.astimezone(ZoneInfo(zone)).date()),
        business=name,
    )
    limit = words.say("request.mail.late" if is_late else "request.mail.due", day=day)
    said = {
        "subject": words.say(f"request.subject.{step}", day=day),
        "title": words.say(f"request.mail.title_{step}"),
        "lead": f"{came} {limit}",
        "action": words.say("request.mail.action"),
        "note": words.say("request.mail.note"),
    }
    return render_short_mail(said, words, business_name=name, to=contact.email, link=link, tag=tag)
