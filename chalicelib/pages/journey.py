"""The journey map: the way of a customer as a list of stages, and how they feel along it."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from chalicelib.domain.business import Business
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.journey import Journey, StageView
from chalicelib.domain.sentiment import JourneyStage, Polarity
from chalicelib.domain.session import Visitor
from chalicelib.pages import map_words
from chalicelib.pages.map_words import Chosen
from chalicelib.pages.owner_frame import render_owner
from chalicelib.wording.clean import one_line, without_links
from chalicelib.wording.words import Words, words_in

QUOTE_LIMIT = 220
# The picture: rows of so many pixels, the mood from left to right.
WIDE, ROW, TOP, LEFT, RIGHT = 320, 46, 26, 24, 296
SMALL_DOT, LARGE_DOT, LARGE_FROM = 5, 10, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One stage in the picture; a hollow one has too few voices to stand anywhere."""

    label: str
    x: float
    y: float
    radius: float
    mood: str

    @property
    def is_hollow(self) -> bool:
        """True when there are too few voices."""
        return self.mood == "few"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One stage as the template shows it; every string is ready."""

    name: str
    stage: JourneyStage
    n: int
    voices: str
    share: str
    is_hard: bool
    is_firm: bool
    change: str
    feelings: str
    pains: tuple[str, ...]
    gains: tuple[str, ...]
    unhappy_quote: str
    happy_quote: str
    read_unhappy: str
    read_all: str


Quotes = Mapping[tuple[JourneyStage, Polarity], tuple[ScoredFeedback, str]]


def render_journey(
    journey: Journey,
    quotes: Quotes,
    *,
    chosen: Chosen,
    visitor: Visitor,
    business: Business,
) -> str:
    """The page. `quotes` are a voice and its most telling sentence, by stage and mood."""
    words = words_in(visitor.language)
    shown = [_shown(one, journey, quotes, chosen, words) for one in journey.stages]
    dots = dots_of(journey.stages, words)
    stretch = journey.stretch
    return render_owner(
        "journey.html",
        words,
        visitor,
        business,
        here="journey",
        title=words.say("journey.title"),
        headline=map_words.headline(journey, words),
        is_alarm=stretch is not None,
        read_stretch=map_words.stretch_query(stretch, chosen) if stretch else "",
        choices=map_words.choices(chosen, business, words),
        period=map_words.period_line(journey.period, words),
        counted=words.count("maps.counted", journey.n),
        is_few=not journey.negative.is_firm,
        stages=shown,
        dots=dots,
        curve=curve_through(dots),
        wide=WIDE,
        high=TOP + ROW * len(dots) + 8,
        left=LEFT,
        right=RIGHT,
        middle=(LEFT + RIGHT) / 2,
        summary="; ".join(_summary(one, words) for one in journey.stages),
    )


def dots_of(stages: tuple[StageView, ...], words: Words) -> list[Dot]:
    """Where each stage stands in the picture."""
    return [
        Dot(
            label=words.say(f"stage.{one.stage}"),
            x=_x(one.mood),
            y=TOP + ROW * place + 30,
            radius=SMALL_DOT + (LARGE_DOT - SMALL_DOT) * min(1.0, one.n / LARGE_FROM),
            mood=_mood(one.mood),
        )
        for place, one in enumerate(stages)
    ]


def curve_through(dots: list[Dot]) -> str:
    """The path through the dots that stand somewhere, bending without overshooting."""
    firm = [one for one in dots if not one.is_hollow]
    if len(firm) < 2:
        return ""
    path = f"M{firm[0].x:.0f} {firm[0].y:.0f}"
    for before, dot in pairwise(firm):
        half = (before.y + dot.y) / 2
        path += f"C{before.x:.0f} {half:.0f} {dot.x:.0f} {half:.0f} {dot.x:.0f} {dot.y:.0f}"
    return path


def _x(mood: float | None) -> float:
    return LEFT + (RIGHT - LEFT) * ((mood or 0.0) + 1) / 2


def _mood(mood: float | None) -> str:
    if mood is None:
        return "few"
    return "bad" if mood < 0 else "good" if mood > 0.34 else "mixed"


def _summary(view: StageView, words: Words) -> str:
    stage = words.say(f"stage.{view.stage}")
    if view.mood is None:
        return words.say("journey.curve_few", stage=stage)
    unhappy = view.negative.part
    return words.say(
        "journey.curve_stage", stage=stage, happy=view.positive, n=view.n, unhappy=unhappy
    )


def _shown(
    view: StageView, journey: Journey, quotes: Quotes, chosen: Chosen, words: Words
) -> Shown:
    stretch = journey.stretch
    hard = stretch.stage if stretch else journey.hardest
    return Shown(
        name=words.say(f"stage.{view.stage}"),
        stage=view.stage,
        n=view.n,
        voices=words.count("maps.voices", view.n),
        share=map_words.share_line(view.negative, words),
        is_hard=view.stage is hard and not (stretch is None and view.negative.part == 0),
        is_firm=view.negative.is_firm,
        change=words.say(f"maps.change_{view.change}", days=journey.period.days),
        feelings=map_words.emotions_line(view.emotions, words),
        pains=tuple(
            words.say(
                "journey.pain",
                topic=map_words.topic_name(one.topic, words),
                negative=one.negative,
                n=one.n,
            )
            for one in view.pains
        ),
        gains=tuple(
            words.say(
                "journey.gain",
                topic=map_words.topic_name(one.topic, words),
                good=one.n - one.negative,
                n=one.n,
            )
            for one in view.gains
        ),
        unhappy_quote=_quote(quotes, view.stage, Polarity.NEGATIVE),
        happy_quote=_quote(quotes, view.stage, Polarity.POSITIVE),
        read_unhappy=map_words.voices_query(chosen, stage=view.stage, polarity=Polarity.NEGATIVE),
        read_all=map_words.voices_query(chosen, stage=view.stage),
    )


def _quote(quotes: Quotes, stage: JourneyStage, polarity: Polarity) -> str:
    found = quotes.get((stage, polarity))
    return without_links(one_line(found[1], QUOTE_LIMIT)) if found else ""
