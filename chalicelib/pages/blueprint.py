"""The service blueprint: step by step what the business does, with what customers say beside it."""

from dataclasses import dataclass

from chalicelib.domain.blueprint import Blueprint, StepView
from chalicelib.domain.business import Business
from chalicelib.domain.journey import Journey
from chalicelib.domain.sentiment import Polarity
from chalicelib.domain.session import Visitor
from chalicelib.pages import map_words
from chalicelib.pages.map_words import Chosen
from chalicelib.pages.owner_frame import render_owner
from chalicelib.wording.clean import one_line
from chalicelib.wording.words import Words, words_in

TEXT_LIMIT = 160
ROWS = ("front", "back", "support", "evidence")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStep:
    """One step as the template shows it; `rows` are a name and a text each."""

    name: str
    stage: str
    rows: tuple[tuple[str, str], ...]
    share: str
    is_heard: bool
    feelings: str
    about: str
    fails: bool
    is_of_bad_days: bool
    read_words: str


def render_blueprint(
    drawn: Blueprint,
    journey: Journey,
    *,
    chosen: Chosen,
    visitor: Visitor,
    business: Business,
) -> str:
    """The page; the journey of the same period says what stands out."""
    words = words_in(visitor.language)
    stretch = journey.stretch
    return render_owner(
        "blueprint.html",
        words,
        visitor,
        business,
        here="blueprint",
        title=words.say("blueprint.title"),
        headline=[*map_words.headline(journey, words), *_weak_points(drawn, words)],
        is_alarm=stretch is not None or bool(drawn.failing),
        read_stretch=map_words.stretch_query(stretch, chosen) if stretch else "",
        choices=map_words.choices(chosen, business, words),
        period=map_words.period_line(journey.period, words),
        counted=words.count("maps.counted", journey.n),
        steps=[_shown(one, drawn, chosen, words) for one in drawn.steps],
        is_template=drawn.is_template,
    )


def _weak_points(drawn: Blueprint, words: Words) -> list[str]:
    lines = []
    if drawn.bad_days:
        lines.append(words.say("blueprint.lead_stretch", step=_text(drawn.bad_days)))
    failing = [_text(one.step.step) for one in drawn.failing]
    if failing:
        lines.append(words.say("blueprint.lead_fails", steps=", ".join(failing)))
    elif not drawn.bad_days:
        lines.append(words.say("blueprint.lead_none"))
    return lines


def _shown(view: StepView, drawn: Blueprint, chosen: Chosen, words: Words) -> ShownStep:
    step, share = view.step, view.negative
    topics = [map_words.topic_name(one, words) for one in step.topics]
    mentions = words.say("blueprint.mentions", part=share.part, n=share.n)
    return ShownStep(
        name=_text(step.step),
        stage=words.say(f"stage.{step.stage}"),
        rows=tuple(
            (words.say(f"blueprint.{row}"), _text(text))
            for row, text in zip(
                ROWS, (step.front, step.back, step.support, step.evidence), strict=True
            )
            if text
        ),
        share=(
            f"{mentions}, {map_words.sure_line(share, words)}"
            if share.is_firm
            else map_words.share_line(share, words)
        ),
        is_heard=share.n > 0,
        feelings=map_words.emotions_line(view.emotions, words),
        about=words.say("blueprint.about", topics=words.joined(topics)) if topics else "",
        fails=view.fails,
        is_of_bad_days=step.step == drawn.bad_days,
        read_words=map_words.voices_query(
            chosen,
            stage=step.stage,
            topic=step.topics[0] if len(step.topics) == 1 else "",
            polarity=Polarity.NEGATIVE if share.part else "",
        ),
    )


def _text(text: str) -> str:
    return one_line(text, TEXT_LIMIT)
