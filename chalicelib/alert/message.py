"""The e-mail about an incident: made to be read in ten seconds by someone behind a counter.

Rendered when it is sent, from the rows as they are then. Styles are inline and the bars are table
cells, because mail programs show no style sheets and no pictures unasked. The plain text says the
same. What customers wrote is cleaned before and escaped by the templates; it is never markup.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from chalicelib.alert.plain import plain_text
from chalicelib.domain.alert import Email, NotifyReason
from chalicelib.domain.briefing import Briefing
from chalicelib.domain.business import Contact
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.incident import IncidentKind, IncidentState
from chalicelib.wording import story
from chalicelib.wording.clean import one_line
from chalicelib.wording.quote import Quote, quote_of, worst_first
from chalicelib.wording.weeks import bars_of
from chalicelib.wording.words import Words, words_in

TEMPLATES = Path(__file__).parent / "templates"
# Five texts at their fullest stay below the 102 kB at which large mail providers cut a mail.
QUOTES_SHOWN = 5
QUOTE_LIMIT = 6_000
GATHERED_SHOWN = 20
ENDINGS = (NotifyReason.RESOLVED, NotifyReason.CORRECTED)


def render_email(
    briefing: Briefing,
    *,
    contact: Contact,
    reason: NotifyReason,
    link: str,
    unsubscribe_link: str,
    tag: str,
    now: datetime,
) -> Email:
    """The e-mail to one contact, in the contact's language.

    `link` opens the incident page, `unsubscribe_link` the page that ends these mails; `tag` is the
    notification's id. Raises ValueError when the contact has no e-mail address.
    """
    if not contact.email:
        raise ValueError(f"contact {contact.name!r} has no e-mail address")
    words = words_in(contact.language)
    shown = _shown(story.for_reader(briefing, contact), contact, reason, words, now) | {
        "link": link,
        "unsubscribe_link": unsubscribe_link,
    }
    return Email(
        to=contact.email,
        subject=str(shown["subject"]),
        text=plain_text(shown),
        html=mail_templates().get_template("email.html").render(shown),
        tag=tag,
        unsubscribe_url=unsubscribe_link,
    )


def _shown(
    briefing: Briefing, contact: Contact, reason: NotifyReason, words: Words, now: datetime
) -> dict[str, object]:
    """Everything the two templates need, in words."""
    incident, business, advice = briefing.incident, briefing.business, briefing.advice
    quotes = worst_first(briefing.quotes)
    is_over = reason in ENDINGS
    return {
        "words": words,
        "say": words.say,
        "lines": broken_lines,
        "language": words.language,
        "subject": _subject(briefing, reason, words),
        "title": _title(briefing, reason, words),
        "lead": story.lead(briefing, reason, words),
        "incident": incident,
        "business_name": one_line(business.name, story.NAME_LIMIT),
        "is_over": is_over,
        "is_urgent": incident.kind is IncidentKind.CRITICAL and not is_over,
        "has_numbers": incident.kind is IncidentKind.SPIKE,
        "is_open": incident.state is IncidentState.OPEN,
        "usual": story.usual_words(incident.usual, words),
        "since": words.moment(incident.opened_at, business.time_zone),
        "answer_by": story.answer_by_line(briefing, words, now),
        "detail": story.trouble_line(incident, words),
        "bars": bars_of(briefing.weeks, words),
        "quotes": [_quote(one, briefing, words) for one in quotes[:QUOTES_SHOWN]],
        "quotes_left": max(0, len(quotes) - QUOTES_SHOWN),
        "cause": story.cause_line(advice.cause, words),
        "first_steps": story.first_steps(briefing, words),
        "draft": story.draft_shown(briefing),
        "draft_to": _draft_to(briefing, words),
        "needs_expert": advice.needs_expert,
        "steady": story.steady_lines(briefing.steady, words),
        "who_knows": story.who_knows(briefing, contact.name, words),
        "dead": story.dead_lines(briefing, words),
        "why": _why(briefing, reason, words),
        "gathered": [
            story.headline(one, business, words) for one in briefing.gathered[:GATHERED_SHOWN]
        ],
        "gathered_count": len(briefing.gathered),
    }


def _subject(briefing: Briefing, reason: NotifyReason, words: Words) -> str:
    line = story.subject(briefing.incident, briefing.business, reason, words)
    if not briefing.gathered:
        return line
    more = len(briefing.gathered)
    short = one_line(line, story.SUBJECT_LIMIT - 16)
    return words.say("subject.gathered", subject=short, n=more)


def _title(briefing: Briefing, reason: NotifyReason, words: Words) -> str:
    if reason in ENDINGS:
        return story.subject(briefing.incident, briefing.business, reason, words)
    return story.headline(briefing.incident, briefing.business, words)


def _quote(scored: ScoredFeedback, briefing: Briefing, words: Words) -> Quote:
    return quote_of(scored, briefing.incident, briefing.business, words, text_limit=QUOTE_LIMIT)


def _draft_to(briefing: Briefing, words: Words) -> str:
    draft = briefing.advice.draft
    of_draft = (
        one for one in briefing.quotes if draft and one.feedback.feedback_id == draft.feedback_id
    )
    scored = next(of_draft, None)
    return _quote(scored, briefing, words).whose if scored else words.say("quote.anonymous")


def _why(briefing: Briefing, reason: NotifyReason, words: Words) -> list[str]:
    """Why this mail came, and when the next may."""
    business, outlook = briefing.business, briefing.outlook
    form = "ending" if reason in ENDINGS else str(reason)
    lines = [words.say(f"why.{form}", business=one_line(business.name, story.NAME_LIMIT))]
    if reason in ENDINGS:
        return [*lines, words.say("why.next_over")]
    if outlook.escalates_at and outlook.escalates_to:
        lines.append(
            words.say(
                "why.next_escalation",
                contact=one_line(outlook.escalates_to, story.NAME_LIMIT),
                moment=words.moment(outlook.escalates_at, business.time_zone),
            )
        )
    if outlook.reminds_at:
        moment = words.moment(outlook.reminds_at, business.time_zone)
        lines.append(words.say("why.next_reminder", moment=moment))
    else:
        lines.append(words.say("why.next_none"))
    return lines


# The colours of every mail by what they mean, and its typeface: what the reader's device has.
LOOK: Mapping[str, str] = MappingProxyType(
    {
        "ink": "#221d18",
        "soft": "#5f574e",
        "ground": "#f3f0ea",
        "card": "#fffefc",
        "line": "#e2dcd2",
        "quiet": "#f8f5ef",
        "bad": "#a5281b",
        "warm": "#b1480c",
        "good": "#2c6b46",
        "font": "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif",
    }
)


def broken_lines(text: str) -> Markup:
    """The text escaped, with `<br>` at its line ends."""
    return Markup("<br>").join(escape(text).split("\n"))


@cache
def mail_templates() -> Environment:
    """The templates of all mails; what is put into them is escaped."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(LOOK)
    return environment
