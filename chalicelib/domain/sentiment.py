"""What the bundled model says of one text: polarity, emotions, topics, stage, and why.

A `Reading` is the model's whole answer. It never guesses: what it cannot read is UNSCORED with a
reason, and then the stars speak alone or nothing does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Polarity(StrEnum):
    """The direction of a text."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


class Emotion(StrEnum):
    """The eight emotions the model names; several may be present at once."""

    ANGER = "anger"
    DISAPPOINTMENT = "disappointment"
    FEAR = "fear"
    SADNESS = "sadness"
    CONFUSION = "confusion"
    JOY = "joy"
    GRATITUDE = "gratitude"
    NEUTRAL = "neutral"


class Topic(StrEnum):
    """What a text is about. Owners may add topics of their own in plain words."""

    PRODUCT_QUALITY = "product_quality"
    STAFF_SERVICE = "staff_service"
    WAIT_DELIVERY = "wait_delivery"
    PRICE_VALUE = "price_value"
    CLEANLINESS_PLACE = "cleanliness_place"
    BOOKING_WEBSITE = "booking_website"
    REFUND_BILLING = "refund_billing"
    COMMUNICATION = "communication"
    LOCATION_ACCESS = "location_access"
    SAFETY_PRIVACY = "safety_privacy"


class JourneyStage(StrEnum):
    """Where on the customer's way the text belongs."""

    DISCOVERING = "discovering"
    BOOKING_ORDERING = "booking_ordering"
    WAITING_DELIVERY = "waiting_delivery"
    EXPERIENCE = "experience"
    PAYING = "paying"
    SUPPORT_RETURNS = "support_returns"
    RETURNING_TELLING = "returning_telling"


class CriticalKind(StrEnum):
    """Matters that go out at once, outside the spike detector."""

    SAFETY = "safety"
    ALLERGY_ILLNESS = "allergy_illness"
    INJURY = "injury"
    LEGAL_THREAT = "legal_threat"
    DISCRIMINATION = "discrimination"
    DATA_LEAK = "data_leak"
    SELF_HARM = "self_harm"


class ReadingStatus(StrEnum):
    """Whether the model could read the text."""

    SCORED = "scored"
    UNSCORED = "unscored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentiment:
    """Calibrated probabilities of the three polarities; they sum to 1."""

    negative: float
    neutral: float
    positive: float

    @property
    def score(self) -> float:
        """From -1 (surely negative) to 1 (surely positive)."""
        return self.positive - self.negative

    @property
    def polarity(self) -> Polarity:
        """The most probable polarity; on a tie the more negative one: silence costs more."""
        ranked = (
            (self.negative, Polarity.NEGATIVE),
            (self.neutral, Polarity.NEUTRAL),
            (self.positive, Polarity.POSITIVE),
        )
        return max(ranked, key=lambda pair: pair[0])[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class AspectReading:
    """One topic or stage found in a text: how sure (0..1), and what is said of it."""

    name: str
    strength: float
    polarity: Polarity


@dataclass(frozen=True, slots=True, kw_only=True)
class TextToRead:
    """One text for the model, with what is known beside it.

    `stars` are on a scale of 1 to 5, or None; `language` is a code such as "en" when the source
    says it, or None when the model is to find out.
    """

    text: str
    stars: float | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The model's answer for one text.

    `evidence` is P(negative against not negative) at even odds, stars included: what the detector
    eats. It is None when neither text nor stars say anything. `because` holds the words or
    sentences that led to a negative reading, longest effect first.
    """

    status: ReadingStatus
    reason: str | None = None
    language: str | None = None
    sentiment: Sentiment | None = None
    evidence: float | None = None
    emotions: Mapping[Emotion, float] = field(default_factory=lambda: MappingProxyType({}))
    topics: tuple[AspectReading, ...] = ()
    stages: tuple[AspectReading, ...] = ()
    critical: tuple[CriticalKind, ...] = ()
    because: tuple[str, ...] = ()
    model_version: str = ""

    @property
    def is_scored(self) -> bool:
        """True when the model read the text."""
        return self.status is ReadingStatus.SCORED

    @property
    def strongest_emotion(self) -> Emotion | None:
        """The emotion with the greatest strength, or None when none was read."""
        if not self.emotions:
            return None
        return max(self.emotions, key=lambda emotion: self.emotions[emotion])
