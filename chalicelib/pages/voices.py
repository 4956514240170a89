"""The words behind a figure: the newest texts that fit what it was counted from."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.domain.business import Business
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.session import Visitor
from chalicelib.pages import map_words
from chalicelib.pages.map_words import Chosen
from chalicelib.pages.owner_frame import render_owner
from chalicelib.wording.quote import quote_of
from chalicelib.wording.words import Words, words_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a voice must be to be shown; None is whatever. `survey` is a score it must bring, and
    `sources` those it must come from when any are named."""

    stage: str | None = None
    topic: str | None = None
    emotion: str | None = None
    polarity: str | None = None
    survey: str | None = None
    sources: frozenset[str] = frozenset()

    def line(self, words: Words) -> str:
        """`Paying, price and value, unhappy`."""
        parts = [words.say(f"stage.{self.stage}")] if self.stage else []
        parts += [map_words.topic_name(self.topic, words)] if self.topic else []
        parts += [words.label("emotion", self.emotion)] if self.emotion else []
        parts += [words.say(f"polarity.{self.polarity}")] if self.polarity else []
        parts += [words.say(f"metrics.name.{self.survey}")] if self.survey else []
        parts += [map_words.source_name(one) for one in sorted(self.sources)]
        return ", ".join(parts)


def render_voices(
    voices: Sequence[ScoredFeedback],
    wanted: Wanted,
    *,
    of: int,
    looked_through: int,
    chosen: Chosen,
    visitor: Visitor,
    business: Business,
) -> str:
    """The page. `of` is how many fit among the `looked_through` newest of the period."""
    words = words_in(visitor.language)
    about = wanted.line(words)
    return render_owner(
        "voices.html",
        words,
        visitor,
        business,
        here="voices",
        title=words.say("voices.title"),
        about=words.say("voices.about", what=about) if about else "",
        period=map_words.period_line(chosen.period, words),
        of_line=words.say("voices.of", shown=len(voices), n=of),
        looked=words.say("voices.looked", n=looked_through),
        quotes=[quote_of(one, None, business, words) for one in voices],
    )
