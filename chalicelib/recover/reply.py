"""A draft reply: a start for a human, marked as a draft, sent by nobody.

It takes up what the customer said and felt, in the business's tone and no longer than the place
takes, and it promises only what the owner allows: we cannot know what was agreed. Where legal or
medical words fall there is none; whoever answers then should have asked somebody.
"""

from collections.abc import Mapping, Sequence
from unicodedata import category

from chalicelib.domain.briefing import Draft
from chalicelib.domain.business import Business, StoragePolicy
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.sentiment import AspectReading, Polarity
from chalicelib.domain.tone import Promise
from chalicelib.recover.channels import Channel, channel_of
from chalicelib.recover.playbook import (
    DEFAULT_EMOTION,
    OTHER,
    Playbook,
    playbook_for,
    playbook_in,
    playbook_languages,
)
from chalicelib.recover.root_cause import leading_emotion
from chalicelib.wording.clean import one_line

AUTHOR_LIMIT = 40
NAME_LIMIT = 60
# Shorter words say nothing, longer ones are the whole review again.
SHORTEST_QUOTE, LONGEST_QUOTE = 8, 60
# What is left out first where a site takes few characters.
_ORDER = ("opening", "said", "about", "promise", "next", "public")
_DISPENSABLE = ("said", "about", "public", "promise")


def needs_expert(scored: ScoredFeedback) -> bool:
    """True when the feedback is critical or holds a legal or medical word."""
    if scored.reading.critical:
        return True
    language = scored.reading.language or scored.feedback.language
    own = playbook_in(language)
    books = [own] if own else [playbook_for(one) for one in playbook_languages()]
    return any(book.careful.search(scored.feedback.text) for book in books)


def draft_reply(scored: ScoredFeedback, business: Business, reader_language: str) -> Draft | None:
    """A reply in the customer's language where we have it, else in the reader's; None where an
    expert should be asked first."""
    if needs_expert(scored):
        return None
    book = playbook_in(scored.reading.language) or playbook_for(reader_language)
    channel = channel_of_feedback(scored, business)
    return Draft(
        feedback_id=scored.feedback.feedback_id,
        language=book.language,
        text=_fitting(_sentences(scored, business, book, channel), scored, business, book, channel),
    )


def channel_of_feedback(scored: ScoredFeedback, business: Business) -> Channel:
    """Where an answer to this feedback is read."""
    source = business.source(scored.feedback.source)
    return channel_of(source.kind if source else "")


def forbidden_promises(text: str, business: Business) -> frozenset[Promise]:
    """What a text promises, in any language we have, though the owner has not allowed it."""
    books = [playbook_for(language) for language in playbook_languages()]
    seen = " ".join("".join(one for one in text if category(one) != "Cf").split())
    promised = frozenset[Promise]().union(*(book.promises_in(seen) for book in books))
    return promised - frozenset(business.promises)


def worth_a_draft(quotes: Sequence[ScoredFeedback]) -> ScoredFeedback | None:
    """The first of the quotes with words to answer, else the first; but none where an expert should
    be asked, and none that a person called not negative."""
    fit = [one for one in quotes if not one.is_not_negative and not needs_expert(one)]
    with_text = (quote for quote in fit if quote.feedback.text.strip())
    return next(with_text, fit[0] if fit else None)


def _sentences(
    scored: ScoredFeedback, business: Business, book: Playbook, channel: Channel
) -> dict[str, str]:
    """The sentences by what each is for; "" for one that has no place here."""
    emotion = leading_emotion([scored]) or DEFAULT_EMOTION
    topic, stage = _worst(scored.reading.topics), _worst(scored.reading.stages)
    words = _own_words(scored, business, book)
    promise = _promise(topic, business, book)
    return {
        "opening": book.reply("opening", emotion, business.tone),
        "said": book.reply("said", "words").format(words=words) if words else "",
        "about": book.reply("about", topic) if topic != OTHER else book.reply("stage", stage),
        "promise": book.reply("promise", promise) if promise else "",
        "next": book.reply("next", emotion, business.tone),
        "public": book.reply("public", OTHER) if channel.is_public else "",
    }


def _fitting(
    sentences: Mapping[str, str],
    scored: ScoredFeedback,
    business: Business,
    book: Playbook,
    channel: Channel,
) -> str:
    """As much of it as the place takes, greeted and signed."""
    author = _author(scored, business)
    greeting = book.reply("greeting", "named" if author else OTHER, business.tone)
    closing = book.reply("closing", OTHER, business.tone)
    name = one_line(business.name, NAME_LIMIT)
    kept = {part: sentences[part] for part in _ORDER if sentences[part]}
    text = ""
    for part in (None, *_DISPENSABLE, "next"):
        kept.pop(part or "", None)
        text = "\n\n".join(
            [greeting.format(author=author), " ".join(kept.values()), closing.format(business=name)]
        )
        if len(text) <= channel.limit:
            return text
    return text[: channel.limit]


def _author(scored: ScoredFeedback, business: Business) -> str:
    return (
        one_line(scored.feedback.author or "", AUTHOR_LIMIT) if _may_name(scored, business) else ""
    )


def _own_words(scored: ScoredFeedback, business: Business, book: Playbook) -> str:
    """A few of the customer's own words in the language of the reply; "" where none are fit."""
    if book.language != scored.reading.language or not _may_name(scored, business):
        return ""
    found = [one_line(passage, LONGEST_QUOTE + 1) for passage in scored.reading.because]
    # Where something was taken out of a text a word in brackets stands.
    fit = [
        passage.strip(" .,;:!?-")
        for passage in found
        if SHORTEST_QUOTE <= len(passage) <= LONGEST_QUOTE and not set('[]{}<>"“”„') & set(passage)
    ]
    return fit[0] if fit else ""


def _may_name(scored: ScoredFeedback, business: Business) -> bool:
    """Where a site lets us keep nothing, no draft keeps it either."""
    source = business.source(scored.feedback.source)
    return source is None or source.storage_policy is StoragePolicy.FULL


def _promise(topic: str, business: Business, book: Playbook) -> Promise | None:
    fitting = book.fitting_promises(topic)
    return next((one for one in fitting if one in business.promises), None)


def _worst(aspects: Sequence[AspectReading]) -> str:
    """The one the customer speaks ill of most clearly."""
    ill = [one for one in aspects if one.polarity is Polarity.NEGATIVE]
    return max(ill, key=lambda one: one.strength).name if ill else OTHER
