"""Coaching: what customers thank a team for, and what to practise; nobody is blamed by name."""

from dataclasses import dataclass

from chalicelib.domain.journey import Share
from chalicelib.domain.sentiment import Emotion


@dataclass(frozen=True, slots=True, kw_only=True)
class Thanked:
    """A topic that customers praise: happy voices of those that name it."""

    topic: str
    positive: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class ToPractise:
    """A topic that a team can practise: unhappy voices of those that name it, and the emotion that
    is felt most among the unhappy of the place."""

    topic: str
    negative: Share
    emotion: Emotion | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coaching:
    """One place: `n` voices were read there. `practise` is empty when nothing is surely worse than
    the place as a whole."""

    location: str | None
    n: int
    thanked: tuple[Thanked, ...]
    practise: tuple[ToPractise, ...]
