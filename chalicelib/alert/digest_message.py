"""The digest as an e-mail: what was heard, what changed, and one thing to do.

Sources in trouble come before everything, because figures without them mislead. The look is that
of the alert e-mail; so are the rules for what customers wrote.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib.alert import digest_words as told
from chalicelib.alert.message import broken_lines, mail_templates
from chalicelib.alert.plain import headed, titled, wrapped
from chalicelib.domain.alert import Email
from chalicelib.domain.business import Business, Contact
from chalicelib.domain.digest import Digest
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.incident import Incident, IncidentState
from chalicelib.wording import story
from chalicelib.wording.clean import one_line
from chalicelib.wording.quote import Quote, quote_of
from chalicelib.wording.words import Words, words_in

QUOTE_LIMIT = 600
INCIDENTS_SHOWN = 5


def render_digest(
    digest: Digest,
    *,
    contact: Contact,
    links: Mapping[str, str],
    unsubscribe_link: str,
    tag: str,
) -> Email:
    """The digest for one contact, in the contact's language and on the contact's wall.

    `links` maps the ids of open incidents to their pages; `unsubscribe_link` opens the page that
    ends the digest and nothing else. Raises ValueError when the contact has no e-mail address.
    """
    if not contact.email:
        raise ValueError(f"contact {contact.name!r} has no e-mail address")
    if contact.time_zone:
        digest = replace(digest, business=replace(digest.business, time_zone=contact.time_zone))
    words = words_in(contact.language)
    shown = _shown(digest, contact, links, words) | {"unsubscribe_link": unsubscribe_link}
    return Email(
        to=contact.email,
        subject=str(shown["subject"]),
        text=_plain(shown),
        html=mail_templates().get_template("digest.html").render(shown),
        tag=tag,
        unsubscribe_url=unsubscribe_link,
    )


def _shown(
    digest: Digest, contact: Contact, links: Mapping[str, str], words: Words
) -> dict[str, Any]:
    """Everything the two forms need, in words."""
    business = digest.business
    return {
        "say": words.say,
        "lines": broken_lines,
        "language": words.language,
        "subject": told.subject(digest, words),
        "title": told.title(digest, words),
        "lead": told.lead(digest, words),
        "business_name": one_line(business.name, story.NAME_LIMIT),
        "troubles": told.troubles(digest, words),
        "tiles": told.tiles(digest, words),
        "suggestion": told.suggestion(digest, words),
        "star_bars": told.star_bars(digest),
        "topics": told.topics(digest, words),
        "emotions": told.emotions(digest, words),
        "sources": told.sources(digest, words),
        "unhappy": [_quote(one, digest, words) for one in digest.unhappy],
        "kind": [_quote(one, digest, words) for one in digest.kind],
        "lives": told.lives(digest, words),
        "still_open": [
            (
                story.headline(one, business, words),
                _since(one, business, words),
                links.get(one.incident_id, ""),
            )
            for one in digest.still_open[:INCIDENTS_SHOWN]
        ],
        "dead": told.reached(digest, words),
        "foot": told.foot(digest, contact.digest, contact.digest_hour, words),
    }


def _since(incident: Incident, business: Business, words: Words) -> str:
    """Since when, and whether it is among those that wait for somebody."""
    opened = words.moment(incident.opened_at, business.time_zone)
    since = words.say("numbers.since", moment=opened)
    is_waiting = incident.state is IncidentState.OPEN
    return f"{since}. {words.say('told.nobody')}" if is_waiting else since


def _quote(scored: ScoredFeedback, digest: Digest, words: Words) -> Quote:
    return quote_of(scored, None, digest.business, words, text_limit=QUOTE_LIMIT)


def _plain(shown: Mapping[str, Any]) -> str:
    say = shown["say"]
    parts = [
        headed("", [shown["title"]]),
        *(headed(title, [detail]) for title, detail in shown["troubles"]),
        headed("", [shown["lead"]]),
        "\n".join(f"{one.label}: {one.value} ({'; '.join(one.notes)})" for one in shown["tiles"]),
        headed(say("digest.do.title"), [shown["suggestion"]]),
        _open(shown),
        headed(say("digest.star_table"), [f"{one.stars} ★: {one.n}" for one in shown["star_bars"]]),
        headed(say("digest.topics"), told.numbered(shown["topics"])),
        headed(say("digest.emotions"), told.numbered(shown["emotions"])),
        headed(say("digest.sources"), told.numbered(shown["sources"])),
        _quotes(say("digest.unhappy_quotes"), shown["unhappy"], shown),
        _quotes(say("digest.kind_quotes"), shown["kind"], shown),
        headed(say("digest.dead"), shown["dead"]),
        headed(say("why.title"), shown["foot"]),
        f"{say('digest.stop')}: {shown['unsubscribe_link']}\n"
        f"{say('mail.sent_for', business=shown['business_name'])}",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _open(shown: Mapping[str, Any]) -> str:
    lines = [*shown["lives"]]
    for headline, since, link in shown["still_open"]:
        lines += [f"- {headline}. {since}", *filter(None, [link])]
    return headed(shown["say"]("digest.matters"), lines)


def _quotes(title: str, quotes: list[Quote], shown: Mapping[str, Any]) -> str:
    if not quotes:
        return ""
    parts = []
    for quote in quotes:
        lines = [" ".join(filter(None, [quote.stars, quote.author])), quote.from_line]
        lines += [f"> {line}" for line in wrapped(quote.text)]
        if quote.url:
            lines.append(f"{shown['say']('quote.answer', host=quote.host)}: {quote.url}")
        parts.append("\n".join(lines))
    return "\n\n".join([titled(title), *parts])
