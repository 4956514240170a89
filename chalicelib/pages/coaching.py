"""Coaching as a page to read with the team: praise first, then one or two things to practise."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.domain.business import Business
from chalicelib.domain.coaching import Coaching, ToPractise
from chalicelib.domain.digest import FEWEST, Period
from chalicelib.domain.session import Visitor
from chalicelib.pages import map_words
from chalicelib.pages.map_words import Chosen
from chalicelib.pages.owner_frame import render_owner
from chalicelib.wording.clean import one_line, without_links
from chalicelib.wording.words import Words, words_in

PRAISE_SHOWN, PRAISE_LIMIT = 3, 220


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPractice:
    """One thing to practise, as the template shows it."""

    topic: str
    share: str
    advice: str
    read_words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPlace:
    """One place, as the template shows it."""

    name: str
    voices: str
    is_few: bool
    thanked: tuple[str, ...]
    praise: tuple[str, ...]
    practise: tuple[ShownPractice, ...]


def render_coaching(
    places: Sequence[Coaching],
    *,
    praise: Mapping[str, Sequence[str]],
    advice: Callable[[ToPractise], str],
    period: Period,
    visitor: Visitor,
    business: Business,
) -> str:
    """The page. `praise` are sentences by location; `advice` says what to do first."""
    words = words_in(visitor.language)

    def shown(one: Coaching) -> ShownPlace:
        heard = [one.location] if one.location else sorted(praise)
        # People write the same thanks in the same words.
        said = list(dict.fromkeys(each for place in heard for each in praise.get(place, ())))
        chosen = Chosen(period=period, location=one.location)
        return ShownPlace(
            name=one_line(
                business.location_name(one.location) if one.location else business.name,
                map_words.NAME_LIMIT,
            ),
            voices=words.count("maps.voices", one.n),
            is_few=one.n < FEWEST,
            thanked=tuple(_thanked(one, words)),
            praise=tuple(
                without_links(one_line(each, PRAISE_LIMIT)) for each in said[:PRAISE_SHOWN]
            ),
            practise=tuple(
                ShownPractice(
                    topic=map_words.topic_name(each.topic, words),
                    share=map_words.share_line(each.negative, words),
                    advice=advice(each),
                    read_words=map_words.voices_query(
                        chosen, topic=each.topic, polarity="negative"
                    ),
                )
                for each in one.practise
            ),
        )

    return render_owner(
        "coaching.html",
        words,
        visitor,
        business,
        here="coaching",
        title=words.say("coaching.title"),
        period=map_words.period_line(period, words),
        places=[shown(one) for one in places],
        fewest=FEWEST,
    )


def _thanked(place: Coaching, words: Words) -> list[str]:
    return [
        words.say(
            "coaching.thanked_for",
            topic=map_words.topic_name(one.topic, words),
            part=one.positive.part,
            n=one.positive.n,
            sure=map_words.sure_line(one.positive, words),
        )
        for one in place.thanked
    ]
