"""An incident in words: what, where, how many, and against what is usual.

The same sentences head the e-mail and the page, in the reader's language, made from the numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.alert import ChannelKind, NotificationState, NotifyReason
from chalicelib.domain.briefing import Briefing, Draft, RootCause, SteadyTopic
from chalicelib.domain.business import Business, Contact
from chalicelib.domain.feedback import MAIN_LOCATION
from chalicelib.domain.incident import CANNOT_BE_READ, Incident, IncidentKind
from chalicelib.wording.clean import clean, one_line, without_links
from chalicelib.wording.trouble import in_words
from chalicelib.wording.words import Words

SUBJECT_LIMIT = 120
NAME_LIMIT = 60
ADVICE_LIMIT = 300
# Most people who complain in public look for an answer within a day or two; the urgent at once.
ANSWER_WITHIN = timedelta(hours=24)
ANSWER_URGENT_WITHIN = timedelta(hours=4)


def for_reader(briefing: Briefing, contact: Contact) -> Briefing:
    """The same briefing with all times on the contact's own wall."""
    if contact.time_zone is None:
        return briefing
    business = replace(briefing.business, time_zone=contact.time_zone)
    return replace(briefing, business=business)


def place_of(incident: Incident, business: Business) -> str:
    """The location's name where the business has several, else the business's own."""
    if incident.location in (None, MAIN_LOCATION) or len(business.locations) < 2:
        return one_line(business.name, NAME_LIMIT)
    return one_line(business.location_name(incident.location), NAME_LIMIT)


def usual_words(usual: float, words: Words) -> str:
    """`fewer than 1` or `about 5`; `usual` is a number of feedbacks."""
    if usual < 1:
        return words.say("usual.few")
    return words.say("usual.many", usual=round(usual))


def headline(incident: Incident, business: Business, words: Words) -> str:
    """What, where and how many, in one line."""
    place = place_of(incident, business)
    if incident.kind is IncidentKind.SOURCE:
        source = one_line(incident.source or "?", NAME_LIMIT)
        return words.say("headline.source", source=source, place=place)
    if incident.kind is IncidentKind.CRITICAL:
        if not incident.critical:
            return words.say("headline.rage", place=place)
        kinds = words.joined([words.label("critical", kind) for kind in incident.critical])
        voices = max(1, len(incident.feedback_ids))
        return words.count("headline.critical", voices, kinds=kinds, place=place)
    form = "headline.spike_topic" if incident.topic else "headline.spike"
    return words.say(
        form,
        negative=incident.negative,
        of=incident.of,
        place=place,
        topic=topic_label(incident, words),
    )


def topic_label(incident: Incident, words: Words) -> str:
    """The incident's topic as people call it, or nothing."""
    return one_line(words.label("topic", incident.topic), NAME_LIMIT) if incident.topic else ""


def about(incident: Incident, business: Business, words: Words) -> str:
    """What an ended incident was about, without numbers."""
    form = {
        IncidentKind.SOURCE: "about.source",
        IncidentKind.CRITICAL: "about.critical",
    }.get(incident.kind, "about.spike_topic" if incident.topic else "about.spike")
    return words.say(
        form,
        place=place_of(incident, business),
        topic=topic_label(incident, words),
        source=one_line(incident.source or "?", NAME_LIMIT),
    )


def subject(incident: Incident, business: Business, reason: NotifyReason, words: Words) -> str:
    """One line of at most 120 characters that says it all on a locked screen."""
    if reason in (NotifyReason.RESOLVED, NotifyReason.CORRECTED):
        form = f"ending.{ending_of(incident)}"
        line = words.say(form, about=about(incident, business, words))
        return one_line(line, SUBJECT_LIMIT)
    told = headline(incident, business, words)
    if incident.kind is IncidentKind.SPIKE:
        usual = usual_words(incident.usual, words)
        told = words.say("headline.spike_usual", what=told, usual=usual)
    form = f"subject.{reason}"
    if reason is NotifyReason.FIRST and incident.kind is IncidentKind.CRITICAL:
        form = "subject.urgent"
    return one_line(words.say(form, headline=told), SUBJECT_LIMIT)


def lead(briefing: Briefing, reason: NotifyReason, words: Words) -> str:
    """The sentence under the headline: why one hears of it now."""
    incident = briefing.incident
    if reason in (NotifyReason.RESOLVED, NotifyReason.CORRECTED):
        return ending_line(briefing, words)
    if reason is NotifyReason.ESCALATION:
        asked, was_lost = _asked_before(briefing)
        return words.say("lead.escalation_lost" if was_lost else "lead.escalation", asked=asked)
    if reason is NotifyReason.FIRST and incident.kind is not IncidentKind.SPIKE:
        return words.say(f"lead.first_{incident.kind}")
    return words.say(f"lead.{reason}")


def ending_of(incident: Incident) -> str:
    """How it ended: one of the endings of the numbers, or `person`."""
    return incident.ending or "person"


def ending_line(briefing: Briefing, words: Words) -> str:
    """How it ended, in a sentence."""
    incident = briefing.incident
    return words.say(
        f"lead.{ending_of(incident)}",
        by=one_line(incident.resolved_by or "?", NAME_LIMIT),
        moment=_moment(incident.resolved_at, briefing.business, words),
    )


def answer_by_line(briefing: Briefing, words: Words, now: datetime) -> str:
    """Until when to answer, while that is still ahead and there is somebody to answer."""
    until = answer_by(briefing.incident)
    if not briefing.quotes or not briefing.incident.is_open or until <= now:
        return ""
    return words.say("numbers.answer_by", moment=_moment(until, briefing.business, words))


def answer_by(incident: Incident) -> datetime:
    """Until when an answer still finds the customer listening."""
    is_urgent = incident.kind is IncidentKind.CRITICAL
    return incident.opened_at + (ANSWER_URGENT_WITHIN if is_urgent else ANSWER_WITHIN)


def who_knows(briefing: Briefing, reader: str, words: Words) -> list[str]:
    """One line for each time somebody else was told, and who took it on."""
    lines = []
    incident, business = briefing.incident, briefing.business
    for one in briefing.told:
        if one.contact == reader or one.state is NotificationState.CANCELLED:
            continue
        form = "told.waiting" if one.is_waiting else "told.sent"
        if one.state is NotificationState.UNDELIVERABLE:
            form = "told.undeliverable"
        lines.append(
            words.say(
                form,
                contact=one_line(one.contact, NAME_LIMIT),
                channel=words.say(f"channel.{one.channel}"),
                moment=_moment(one.sent_at or one.due, business, words),
            )
        )
    lines = lines or [words.say("told.only_you")]
    if incident.acknowledged_by:
        by = one_line(incident.acknowledged_by, NAME_LIMIT)
        moment = _moment(incident.acknowledged_at, business, words)
        lines.append(words.say("told.acknowledged", by=by, moment=moment))
    elif incident.is_open:
        lines.append(words.say("told.nobody"))
    return lines


def dead_lines(briefing: Briefing, words: Words) -> list[str]:
    """One line for each address of a contact that is not used any more."""
    return dead_addresses(briefing.business, briefing.dead_addresses, words)


def dead_addresses(business: Business, dead: Mapping[str, str], words: Words) -> list[str]:
    """The same; `dead` maps an address to the reason."""
    addresses = [
        address
        for contact in business.contacts
        for address in (contact.email, contact.phone)
        if address and address in dead
    ]
    return [
        words.say(
            "told.dead",
            address=one_line(address, NAME_LIMIT),
            reason=words.label("dead", dead[address]),
        )
        for address in addresses
    ]


def cause_line(cause: RootCause | None, words: Words) -> str:
    """The likely root cause with its count, or nothing."""
    if cause is None:
        return ""
    topic = _capital(one_line(words.label("topic", cause.topic), NAME_LIMIT))
    if cause.of == 1:
        # One review is no count.
        return topic
    form = "cause.line_emotion" if cause.emotion else "cause.line"
    emotion = words.label("emotion", cause.emotion) if cause.emotion else ""
    return words.say(form, topic=topic, count=cause.count, of=cause.of, emotion=emotion)


def first_steps(briefing: Briefing, words: Words) -> tuple[str, ...]:
    """What to do first; for a source that cannot be read, what its own trouble asks for."""
    if briefing.incident.kind is IncidentKind.SOURCE and briefing.incident.advice:
        return (trouble_in_words(briefing.incident.advice, words),)
    return briefing.advice.first_steps


def trouble_line(incident: Incident, words: Words) -> str:
    """What is wrong with a source, in the reader's words; nothing for other incidents."""
    if incident.kind is not IncidentKind.SOURCE:
        return ""
    trouble = incident.sentence.removeprefix(f"{incident.source}{CANNOT_BE_READ}")
    if trouble == incident.sentence:
        return trouble_in_words(trouble, words)
    return words.say(
        "trouble.line",
        source=without_links(one_line(incident.source or "?", NAME_LIMIT)),
        trouble=trouble_in_words(trouble, words),
    )


def trouble_in_words(text: str, words: Words) -> str:
    """A source's own sentence in the reader's language, harmless to show."""
    return without_links(one_line(in_words(text, words), ADVICE_LIMIT))


def draft_shown(briefing: Briefing) -> Draft | None:
    """The draft, harmless to show."""
    draft = briefing.advice.draft
    return replace(draft, text=without_links(clean(draft.text))) if draft else None


def steady_lines(steady: Sequence[SteadyTopic], words: Words) -> list[str]:
    """One line for each topic that is not moving."""
    return [
        words.say(
            "steady.line",
            topic=_capital(one_line(words.label("topic", one.topic), NAME_LIMIT)),
            negative=one.negative,
            n=one.n,
            usual=usual_words(one.usual, words),
        )
        for one in steady
    ]


def _asked_before(briefing: Briefing) -> tuple[str, bool]:
    """Who was asked last before this, and whether that failed."""
    asking = (NotifyReason.FIRST, NotifyReason.ESCALATION)
    asked = [one for one in briefing.told if one.reason in asking]
    moment = max((one.created_at for one in asked), default=None)
    before = [one for one in asked if one.created_at != moment] or asked
    if not before:
        return "?", False
    last = max(before, key=lambda one: one.created_at)
    of_last = [one for one in before if one.contact == last.contact]
    # The e-mail is what counts: it may well have come though the SMS beside it did not.
    carriers = [one for one in of_last if one.channel is ChannelKind.EMAIL] or of_last
    was_lost = all(one.state is NotificationState.UNDELIVERABLE for one in carriers)
    return one_line(last.contact, NAME_LIMIT), was_lost


def _moment(moment: datetime | None, business: Business, words: Words) -> str:
    return words.moment(moment, business.time_zone) if moment else "?"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
