"""A draft reply: a start for a human, marked as a draft, sent by nobody.

It takes up what the customer spoke of and promises nothing: we cannot know what was agreed. Where
legal or medical words fall there is none; whoever answers then should have asked somebody.
"""

from collections.abc import Sequence

from chalicelib.domain.briefing import Draft
from chalicelib.domain.business import Business
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.sentiment import Polarity
from chalicelib.recover.playbook import (
    DEFAULT_EMOTION,
    OTHER,
    playbook_for,
    playbook_in,
    playbook_languages,
)
from chalicelib.recover.root_cause import leading_emotion
from chalicelib.wording.clean import one_line

AUTHOR_LIMIT = 40
NAME_LIMIT = 60


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
    emotion = leading_emotion([scored]) or DEFAULT_EMOTION
    author = one_line(scored.feedback.author or "", AUTHOR_LIMIT)
    greeting = book.reply("greeting", "named" if author else OTHER).format(author=author)
    sentences = [
        book.reply("opening", emotion),
        book.reply("about", _topic(scored)),
        book.reply("next", emotion),
    ]
    name = one_line(business.name, NAME_LIMIT)
    text = "\n\n".join([greeting, " ".join(sentences), name])
    return Draft(
        feedback_id=scored.feedback.feedback_id,
        language=book.language,
        text=text,
    )


def worth_a_draft(quotes: Sequence[ScoredFeedback]) -> ScoredFeedback | None:
    """The first of the quotes with words to answer, else the first; but none where an expert should
    be asked, and none that a person called not negative."""
    fit = [one for one in quotes if not one.is_not_negative and not needs_expert(one)]
    with_text = (quote for quote in fit if quote.feedback.text.strip())
    return next(with_text, fit[0] if fit else None)


def _topic(scored: ScoredFeedback) -> str:
    """The topic the customer speaks ill of most clearly."""
    ill = [one for one in scored.reading.topics if one.polarity is Polarity.NEGATIVE]
    return max(ill, key=lambda one: one.strength).name if ill else OTHER
