"""The page behind the link in a message: the incident live, with everything one can do about it.

Showing never changes anything, because mail scanners follow links; every change is a form's POST.
The link's token stands in the address the forms post to, and nowhere else.
"""

from datetime import datetime

from chalicelib.domain.briefing import Briefing
from chalicelib.domain.business import Contact
from chalicelib.domain.incident import Incident, IncidentKind, IncidentState, Outcome
from chalicelib.pages.actions import SNOOZE_HOURS
from chalicelib.pages.frame import render
from chalicelib.wording import story
from chalicelib.wording.clean import one_line
from chalicelib.wording.quote import Quote, quote_of, worst_first
from chalicelib.wording.weeks import bars_of
from chalicelib.wording.words import Words, words_in

QUOTES_SHOWN = 50


def render_incident_page(
    briefing: Briefing, *, contact: Contact, action: str, now: datetime, notice: str = ""
) -> str:
    """The page for the contact the link was sent to, in that contact's language.

    `action` is the path of this page with its token, to which the forms post. `notice` names what
    was just done: the part of a message's name after `page.` (`done_acknowledge`, `refused`).
    """
    shown = incident_shown(briefing, contact=contact, action=action, now=now, notice=notice)
    return render("incident.html", words_in(contact.language), **shown)


def incident_shown(
    briefing: Briefing, *, contact: Contact, action: str, now: datetime, notice: str
) -> dict[str, object]:
    """What the template of an incident shows, in whichever frame it stands."""
    words = words_in(contact.language)
    briefing = story.for_reader(briefing, contact)
    incident, business, advice = briefing.incident, briefing.business, briefing.advice
    quotes = [
        quote_of(one, incident, business, words)
        for one in worst_first(briefing.quotes)[:QUOTES_SHOWN]
    ]
    return {
        "mood": _mood(incident),
        "title": story.headline(incident, business, words),
        "business_name": one_line(business.name, story.NAME_LIMIT),
        "incident": incident,
        "state": words.say(f"state.{incident.state}"),
        "notice": _notice(notice, briefing, words),
        "leads": _leads(briefing, words),
        "detail": story.trouble_line(incident, words),
        "has_numbers": incident.kind is IncidentKind.SPIKE,
        "usual": story.usual_words(incident.usual, words),
        "since": words.moment(incident.opened_at, business.time_zone),
        "answer_by": story.answer_by_line(briefing, words, now),
        "is_live": incident.is_open,
        "is_open": incident.state is IncidentState.OPEN,
        "action": action,
        "snooze_hours": SNOOZE_HOURS,
        "snoozed": _snoozed(incident, business.time_zone, words, now),
        "quotes": quotes,
        "first_steps": story.first_steps(briefing, words),
        "cause": story.cause_line(advice.cause, words),
        "draft": story.draft_shown(briefing),
        "draft_to": _draft_to(briefing, quotes, words),
        "needs_expert": advice.needs_expert,
        "bars": bars_of(briefing.weeks, words),
        "steady": story.steady_lines(briefing.steady, words),
        "outcomes": tuple(Outcome),
        "who_knows": story.who_knows(briefing, contact.name, words),
        "dead": story.dead_lines(briefing, words),
        "as_of": words.moment(now, business.time_zone),
    }


def _mood(incident: Incident) -> str:
    if not incident.is_open:
        return "over"
    return "urgent" if incident.kind is IncidentKind.CRITICAL else ""


def _leads(briefing: Briefing, words: Words) -> list[str]:
    incident = briefing.incident
    lines = [words.say("lead.past")] if incident.is_about_past else []
    if not incident.is_open:
        lines.append(story.ending_line(briefing, words))
    return lines


def _notice(name: str, briefing: Briefing, words: Words) -> str:
    if not name:
        return ""
    until = briefing.incident.snoozed_until
    moment = words.moment(until, briefing.business.time_zone) if until else ""
    return words.say(f"page.{name}", moment=moment)


def _snoozed(incident: Incident, time_zone: str, words: Words, now: datetime) -> str:
    until = incident.snoozed_until
    if until is None or until <= now:
        return ""
    return words.say("page.snoozed", moment=words.moment(until, time_zone))


def _draft_to(briefing: Briefing, quotes: list[Quote], words: Words) -> str:
    draft = briefing.advice.draft
    authors = (one.whose for one in quotes if draft and one.feedback_id == draft.feedback_id)
    return next(authors, words.say("quote.anonymous"))
