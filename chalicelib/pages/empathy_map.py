"""The empathy map: customers' own sentences in six fields, to be moved and hidden by the owner."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.business import Business
from chalicelib.domain.empathy import EmpathyMap, MapField, Saying
from chalicelib.domain.journey import Journey
from chalicelib.domain.sentiment import Polarity
from chalicelib.domain.session import Visitor
from chalicelib.pages import map_words
from chalicelib.pages.map_words import Chosen
from chalicelib.pages.owner_frame import notice_of, render_owner
from chalicelib.wording.clean import one_line, without_links
from chalicelib.wording.words import Words, words_in

SAYING_LIMIT = 240
HIDE = "hide"
_QUOTE_ID = re.compile(r"[0-9a-f]{32}-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a form asks for: that sentence to that place, or nowhere when `place` is None."""

    feedback_id: str
    sentence: str
    place: MapField | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSaying:
    """One sentence as the template shows it."""

    quote_id: str
    text: str
    tone: str
    day: str
    is_moved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownField:
    """One field as the template shows it."""

    place: MapField
    name: str
    count: str
    sayings: tuple[ShownSaying, ...]


def read_wish(quote_id: str, form: Mapping[str, str]) -> Wish | None:
    """What the form of a sentence asks for, or None when it is none of ours."""
    if not _QUOTE_ID.fullmatch(quote_id):
        return None
    feedback_id, sentence = quote_id.split("-")
    if form.get("act") == HIDE:
        return Wish(feedback_id=feedback_id, sentence=sentence, place=None)
    places = {str(place): place for place in MapField}
    place = places.get(form.get("place", ""))
    if place is None:
        return None
    return Wish(feedback_id=feedback_id, sentence=sentence, place=place)


def render_empathy_map(
    drawn: EmpathyMap,
    *,
    journey: Journey,
    chosen: Chosen,
    query: Mapping[str, str],
    visitor: Visitor,
    business: Business,
) -> str:
    """The page; the journey of the same period says what stands out."""
    words = words_in(visitor.language)
    stretch = journey.stretch
    return render_owner(
        "empathy_map.html",
        words,
        visitor,
        business,
        here="empathy-map",
        title=words.say("empathy.title"),
        notice=notice_of(query, words),
        choices=map_words.choices(chosen, business, words, is_only_place=True),
        headline=map_words.headline(journey, words),
        is_alarm=stretch is not None,
        read_stretch=map_words.stretch_query(stretch, chosen) if stretch else "",
        period=map_words.period_line(chosen.period, words),
        lead=words.count("empathy.lead", drawn.voices),
        fields=[_shown(place, drawn, words) for place in MapField],
        hidden=words.count("empathy.hidden", drawn.hidden) if drawn.hidden else "",
        may_move=visitor.may_act,
    )


def _shown(place: MapField, drawn: EmpathyMap, words: Words) -> ShownField:
    sayings = drawn.fields[place]
    return ShownField(
        place=place,
        name=words.say(f"empathy.{place}"),
        count=words.say("empathy.of_found", shown=len(sayings), n=drawn.found[place]),
        sayings=tuple(_saying(one, words) for one in sayings),
    )


def _saying(saying: Saying, words: Words) -> ShownSaying:
    tones = {Polarity.NEGATIVE: "bad", Polarity.POSITIVE: "good", Polarity.NEUTRAL: ""}
    return ShownSaying(
        quote_id=saying.quote_id,
        text=without_links(one_line(saying.text, SAYING_LIMIT)),
        tone=tones[saying.polarity],
        day=words.day(saying.said_in.feedback.written_at.date()),
        is_moved=saying.is_moved,
    )
