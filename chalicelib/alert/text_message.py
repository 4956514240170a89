"""The SMS about an incident: business, count, topic, worst star, link; one segment.

No customer's name or word is in it: an SMS lies open on a counter and is stored by carriers.
"""

from collections.abc import Iterator

from chalicelib.alert.gsm7 import SEGMENT, cut, septets, to_gsm7
from chalicelib.domain.alert import NotifyReason, Sms
from chalicelib.domain.briefing import Briefing
from chalicelib.domain.business import Contact
from chalicelib.domain.incident import Incident, IncidentKind
from chalicelib.wording.clean import one_line
from chalicelib.wording.story import ending_of, place_of
from chalicelib.wording.words import Words, words_in

NAME_LIMIT = 40
SHORTEST_NAME = 8
ENDINGS = (NotifyReason.RESOLVED, NotifyReason.CORRECTED)


def render_sms(
    briefing: Briefing, *, contact: Contact, reason: NotifyReason, link: str, tag: str
) -> Sms:
    """The SMS to one contact: at most 160 signs of the GSM-7 alphabet with the link in full.

    What does not fit is left out, the least important first; the link and the first words stay.
    Raises ValueError when the contact has no phone, or when the link leaves no room for words.
    """
    if not contact.phone:
        raise ValueError(f"contact {contact.name!r} has no phone")
    room = SEGMENT - septets(link) - 1
    if room < SHORTEST_NAME:
        raise ValueError("the page's address is too long for an SMS")
    words = words_in(contact.language)
    told = next(
        (text for text in _ever_shorter(briefing, contact, reason, words) if septets(text) <= room),
        None,
    )
    if told is None:
        told = cut(to_gsm7(_what(briefing.incident, reason, words)), room)
    return Sms(to=contact.phone, text=f"{told} {link}", tag=tag)


def _ever_shorter(
    briefing: Briefing, contact: Contact, reason: NotifyReason, words: Words
) -> Iterator[str]:
    """Ways to say it, the fullest first."""
    incident, business = briefing.incident, briefing.business
    name, place = to_gsm7(business.name), to_gsm7(place_of(incident, business))
    what = to_gsm7(_what(incident, reason, words))
    extras = [to_gsm7(extra) for extra in _extras(briefing, contact, reason, words)]
    for count in range(len(extras), -1, -1):
        tail = ", ".join([what, *extras[:count]])
        if place != name:
            yield f"{name}, {place}: {tail}"
        yield f"{cut(name, NAME_LIMIT)}: {tail}"
        yield f"{cut(name, NAME_LIMIT // 2)}: {tail}"
    for places in range(NAME_LIMIT // 2, SHORTEST_NAME - 1, -1):
        yield f"{cut(name, places)}: {what}"
    yield what


def _what(incident: Incident, reason: NotifyReason, words: Words) -> str:
    if reason in ENDINGS:
        return words.say(f"sms.{ending_of(incident)}")
    told = _finding(incident, words)
    if reason is NotifyReason.FIRST:
        return told
    return f"{words.say(f'sms.{reason}')}: {told}"


def _finding(incident: Incident, words: Words) -> str:
    if incident.kind is IncidentKind.SOURCE:
        return words.say("sms.source", source=one_line(incident.source or "?", NAME_LIMIT // 2))
    if incident.kind is IncidentKind.CRITICAL:
        if not incident.critical:
            return words.say("sms.rage")
        return words.say("sms.critical", kind=words.label("sms_critical", incident.critical[0]))
    if not incident.topic:
        return words.say("sms.spike", negative=incident.negative, of=incident.of)
    return words.say(
        "sms.spike_topic",
        negative=incident.negative,
        of=incident.of,
        topic=one_line(words.label("sms_topic", incident.topic), NAME_LIMIT // 2),
    )


def _extras(briefing: Briefing, contact: Contact, reason: NotifyReason, words: Words) -> list[str]:
    """What is said if there is room, the most important first."""
    incident, extras = briefing.incident, []
    if contact.email in briefing.dead_addresses:
        extras.append(words.say("sms.dead"))
    if briefing.gathered:
        extras.append(words.say("sms.more", n=len(briefing.gathered)))
    if reason in ENDINGS:
        return extras
    if incident.kind is IncidentKind.SPIKE:
        few = incident.usual < 1
        usual = words.say("sms.few") if few else str(round(incident.usual))
        extras.append(words.say("sms.usual", usual=usual))
    stars = [one.feedback.stars for one in briefing.quotes if one.feedback.stars is not None]
    if stars:
        extras.append(words.say("sms.worst", n=words.number(min(stars))))
    return extras
