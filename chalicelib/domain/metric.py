"""A metric: a figure with its n, its interval, and the way to the words it was counted from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from chalicelib.domain.digest import Period

# Below this many answers a figure is "too few to say": a share's 95 % interval is then up to 55
# points wide, and one customer more moves it by ten.
MINIMUM = 10
# A week's point in a curve may say less than a figure that stands alone.
MINIMUM_OF_A_WEEK = 5


class MetricName(StrEnum):
    """Each is defined, with its source and its limits, in docs/metrics.md."""

    NPS = "nps"
    CSAT = "csat"
    CES = "ces"
    SENTIMENT_INDEX = "sentiment_index"
    EMOTION_SHARE = "emotion_share"
    RESPONSE_RATE = "response_rate"
    RESPONSE_TIME = "response_time"
    RECOVERY_RATE = "recovery_rate"
    FIRST_CONTACT = "first_contact"
    REOPENED = "reopened"
    RETENTION = "retention"
    CHURN = "churn"
    ADVOCACY_RATE = "advocacy_rate"
    EMPATHY_QUOTIENT = "empathy_quotient"
    LIFETIME_VALUE = "lifetime_value"
    EMPATHY_RETURN = "empathy_return"


class Unit(StrEnum):
    """What a value is: a share of 0..1, a balance of shares of -1..1, an average on a scale of
    answers, hours, money (whole units of the business's currency), or a multiple."""

    SHARE = "share"
    BALANCE = "balance"
    SCALE = "scale"
    HOURS = "hours"
    MONEY = "money"
    MULTIPLE = "multiple"


class Missing(StrEnum):
    """Why there is no figure."""

    TOO_FEW = "too_few"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceFilter:
    """Which voices a figure was counted from: whole local dates, both included, and the names of
    what they have in common ("" for any; `sources` is any when it is empty). `place` is a
    location's id."""

    first: date
    last: date
    polarity: str = ""
    emotion: str = ""
    topic: str = ""
    stage: str = ""
    survey: str = ""
    sources: tuple[str, ...] = ()
    place: str = ""

    def as_query(self) -> dict[str, str]:
        """The filter as the query of the voices page's address, without what is any."""
        asked = {
            "days": str((self.last - self.first).days + 1),
            "to": self.last.isoformat(),
            "place": self.place,
            "polarity": self.polarity,
            "emotion": self.emotion,
            "topic": self.topic,
            "stage": self.stage,
            "survey": self.survey,
            "sources": ",".join(self.sources),
        }
        return {name: value for name, value in asked.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One figure over `n` answers, with the bounds of its 95 % interval.

    All three are None when there is no figure, and `missing` says why. `value` alone is None for
    what is known only as a range: nobody should quote a point that is not there. `part` is how
    many of the n were counted, where it is a share; `about` names the emotion or the like.
    """

    name: MetricName
    unit: Unit
    n: int
    minimum: int = MINIMUM
    about: str = ""
    part: int | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    missing: Missing | None = None
    voices: VoiceFilter | None = None

    def __post_init__(self) -> None:
        if (self.low is None) is not (self.high is None):
            raise ValueError(f"{self.name} has half an interval")
        if (self.low is None) is not (self.missing is not None):
            raise ValueError(f"{self.name} is either known or missing")
        if self.value is not None and (
            self.low is None or self.high is None or not self.low <= self.value <= self.high
        ):
            raise ValueError(f"{self.name} lies outside its interval")

    @property
    def is_known(self) -> bool:
        """True when there is something to say."""
        return self.missing is None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekPoint:
    """One week of a curve: its seven local dates, and the metric as it was then."""

    first: date
    last: date
    metric: Metric


class Group(StrEnum):
    """What belongs together on the page, in the order in which it stands there."""

    FEELING = "feeling"
    SURVEYS = "surveys"
    ANSWERS = "answers"
    RECOVERY = "recovery"
    EMPATHY = "empathy"
    WORTH = "worth"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSheet:
    """All metrics of one period: those of each group, the shares of the emotions, and the weeks
    of those that are drawn as a curve. `n` is how many voices were heard, `read` how many of them
    could be read. `location` is None for all places."""

    period: Period
    n: int
    read: int
    groups: Mapping[Group, tuple[Metric, ...]]
    emotions: tuple[Metric, ...] = ()
    location: str | None = None
    curves: Mapping[MetricName, tuple[WeekPoint, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )


def too_few(name: MetricName, unit: Unit, n: int, minimum: int = MINIMUM) -> Metric:
    """A metric below its minimum."""
    return Metric(name=name, unit=unit, n=n, minimum=minimum, missing=Missing.TOO_FEW)


def not_known(name: MetricName, unit: Unit) -> Metric:
    """A metric for which nothing is heard that it could be counted from."""
    return Metric(name=name, unit=unit, n=0, missing=Missing.NOT_KNOWN)
