"""The blueprint with its weak points, from the same count rows as the journey.

The steps are the owner's own, or those of the trade: plain files in `blueprints/`, one a trade.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from chalicelib.domain.blueprint import Blueprint, StepView
from chalicelib.domain.business import Business
from chalicelib.domain.digest import Period
from chalicelib.domain.journey import Journey
from chalicelib.domain.sentiment import Emotion, JourneyStage, Polarity
from chalicelib.domain.step import BlueprintStep
from chalicelib.learn.journey import days_of, felt_at, summed
from chalicelib.learn.shares import share_of
from chalicelib.learn.silence import Counts

FILES = Path(__file__).parent / "blueprints"
DEFAULT_LANGUAGE = "en"
GENERAL = "general"
FEWEST_UNHAPPY = 3
# What else owners call their trade.
ALSO: Mapping[str, str] = {
    "bar": "restaurant", "café": "restaurant", "cafe": "restaurant", "bistro": "restaurant",
    "pub": "restaurant", "pizzeria": "restaurant", "gasthaus": "restaurant",
    "bäckerei": "bakery", "konditorei": "bakery", "pastry": "bakery",
    "boutique": "shop", "store": "shop", "retail": "shop", "laden": "shop", "fashion": "shop",
    "dentist": "clinic", "doctor": "clinic", "praxis": "clinic", "practice": "clinic",
    "physio": "clinic", "vet": "clinic", "klinik": "clinic",
    "online": "online_shop", "webshop": "online_shop", "onlineshop": "online_shop",
    "e-commerce": "online_shop", "guesthouse": "hotel", "pension": "hotel", "b&b": "hotel",
    "hairdresser": "salon", "barber": "salon", "spa": "salon", "friseur": "salon",
}  # fmt: skip


def blueprint_of(
    business: Business, counts: Counts, journey: Journey, location: str | None, language: str
) -> Blueprint:
    """The owner's steps, or those of the trade, with the figures of the journey's period."""
    steps = business.blueprint or template_of(business.trade, language)
    known = Period(first=journey.period.first, last=journey.period.last)
    ours = summed(days_of(counts, known, location), known)
    return Blueprint(
        steps=tuple(_view(one, ours) for one in steps),
        is_template=not business.blueprint,
        bad_days=_of_bad_days(steps, journey),
    )


@cache
def template_of(trade: str, language: str) -> tuple[BlueprintStep, ...]:
    """The steps of a trade in a language, else in English; a trade we do not know gets general
    ones."""
    name = trade.strip().lower().replace(" ", "_")
    name = ALSO.get(name, name)
    path = FILES / f"{name if name in trades() else GENERAL}.toml"
    tree = tomllib.loads(path.read_text(encoding="utf-8"))

    def said(row: Mapping[str, Mapping[str, str]], part: str) -> str:
        texts = row[part]
        return texts.get(language, texts[DEFAULT_LANGUAGE])

    return tuple(
        BlueprintStep(
            step=said(row, "step"),
            stage=JourneyStage(row["stage"]),
            topics=tuple(row["topics"]),
            front=said(row, "front"),
            back=said(row, "back"),
            support=said(row, "support"),
            evidence=said(row, "evidence"),
        )
        for row in tree["steps"]
    )


@cache
def trades() -> tuple[str, ...]:
    """The trades there is a template of."""
    return tuple(sorted(path.stem for path in FILES.glob("*.toml")))


def _view(step: BlueprintStep, ours: Mapping[str, int]) -> StepView:
    negative, n = _mentions(step, ours)
    share = share_of(negative, n)
    return StepView(
        step=step,
        negative=share,
        emotions=_felt(step, ours),
        fails=share.is_firm and negative >= FEWEST_UNHAPPY and share.low > _usual(ours),
    )


def _mentions(step: BlueprintStep, ours: Mapping[str, int]) -> tuple[int, int]:
    """How many of how many mentions are unhappy."""
    names = [f"stage.{step.stage}.topic.{topic}" for topic in step.topics]
    names = names or [f"stage.{step.stage}"]
    negative, n = (sum(ours.get(f"{name}{end}", 0) for name in names) for end in (".negative", ""))
    return negative, n


def _felt(step: BlueprintStep, ours: Mapping[str, int]) -> tuple[tuple[Emotion, int], ...]:
    return felt_at(f"stage.{step.stage}", ours)


def _usual(ours: Mapping[str, int]) -> float:
    """The unhappy share of all voices."""
    read = ours.get("n", 0) - ours.get("unscored", 0)
    return ours.get(Polarity.NEGATIVE, 0) / read if read else 0.0


def _of_bad_days(steps: tuple[BlueprintStep, ...], journey: Journey) -> str | None:
    """The step at which the bad days grew: of its stage with its topic, else of its stage."""
    stretch = journey.stretch
    if stretch is None:
        return None
    there = [one for one in steps if stretch.stage in (None, one.stage)]
    about = [one for one in there if stretch.topic in one.topics]
    if stretch.stage is None:
        return about[0].step if about else None
    found = about or there
    return found[0].step if found else None
