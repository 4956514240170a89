"""The journey map: what customers meet and feel at each stage of their way, and where it hurts.

Every figure here is a part of a number of voices with its interval; below `FEWEST` voices it is no
figure but "too few to say".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from chalicelib.domain.digest import FEWEST, Change, Period
from chalicelib.domain.feedback import MAIN_LOCATION, ScoredFeedback, SurveyMetric
from chalicelib.domain.sentiment import AspectReading, Emotion, JourneyStage, Polarity, Sentiment


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """A voice without its words: what the list of a day says of it, enough to choose by."""

    feedback_id: str
    day: str
    written_at: datetime
    source: str
    location: str = MAIN_LOCATION
    stars: float | None = None
    sentiment: Sentiment | None = None
    evidence: float | None = None
    emotions: Mapping[Emotion, float] = field(default_factory=lambda: MappingProxyType({}))
    topics: tuple[AspectReading, ...] = ()
    stages: tuple[AspectReading, ...] = ()
    survey_scores: Mapping[SurveyMetric, float] = field(
        default_factory=lambda: MappingProxyType({})
    )
    is_not_negative: bool = False

    @property
    def polarity(self) -> Polarity | None:
        """Of the whole text; None when it was not read. What a person called not negative is
        neutral."""
        if self.sentiment is None:
            return None
        read = self.sentiment.polarity
        if self.is_not_negative and read is Polarity.NEGATIVE:
            return Polarity.NEUTRAL
        return read


def glimpse_of(scored: ScoredFeedback) -> Glimpse:
    """What the list of its day says of a stored feedback."""
    feedback, reading = scored.feedback, scored.reading
    return Glimpse(
        feedback_id=feedback.feedback_id,
        day=scored.day,
        written_at=feedback.written_at,
        source=feedback.source,
        location=feedback.location,
        stars=feedback.stars,
        sentiment=reading.sentiment,
        evidence=reading.evidence,
        emotions=reading.emotions,
        topics=reading.topics,
        stages=reading.stages,
        survey_scores=feedback.survey_scores,
        is_not_negative=scored.is_not_negative,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """`part` of `n` voices, and between which shares the truth lies with 95 percent: `low` and
    `high` run from 0 to 1."""

    part: int
    n: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        """From 0 to 1, or None when there are too few to say."""
        return self.part / self.n if self.is_firm else None

    @property
    def is_firm(self) -> bool:
        """True when there are enough voices to name it."""
        return self.n >= FEWEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A topic at a stage: in so many voices, and in so many of them unhappily."""

    topic: str
    n: int
    negative: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StageView:
    """One stage of the way.

    `mood` runs from -1 (everybody unhappy) to 1 (everybody happy), None below `FEWEST` voices.
    `emotions` are the most frequent ones with their voices; `pains` are topics that hurt here,
    the worst first, `gains` those spoken of without complaint, the most frequent first.
    """

    stage: JourneyStage
    negative: Share
    positive: int
    n_before: int
    change: Change
    emotions: tuple[tuple[Emotion, int], ...] = ()
    pains: tuple[Named, ...] = ()
    gains: tuple[Named, ...] = ()

    @property
    def n(self) -> int:
        """How many voices speak of this stage."""
        return self.negative.n

    @property
    def mood(self) -> float | None:
        """Happy less unhappy voices, as a share of all of them."""
        if not self.negative.is_firm:
            return None
        return (self.positive - self.negative.part) / self.n


class Sign(StrEnum):
    """By what a bad stretch shows."""

    WORDS = "words"
    STARS = "stars"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Dates in a row on which clearly more customers were unhappy than on all others known.

    `part` of `n` by that sign, where `usual` would have been usual. `stage` and `topic` are where
    it grew most, each with its unhappy voices among all those that name it; None when it grew
    nowhere in particular.
    """

    period: Period
    sign: Sign
    part: int
    n: int
    usual: float
    stage: JourneyStage | None = None
    stage_share: Share | None = None
    topic: str | None = None
    topic_share: Share | None = None

    @property
    def first(self) -> date:
        """Its first date."""
        return self.period.first

    @property
    def last(self) -> date:
        """Its last date."""
        return self.period.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """The whole map of a period. `n` voices were read; `stages` stand in the order of the way."""

    period: Period
    n: int
    n_before: int
    negative: Share
    change: Change
    stages: tuple[StageView, ...]
    stretch: Stretch | None = None
    hardest: JourneyStage | None = None
