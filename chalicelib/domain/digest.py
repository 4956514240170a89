"""The digest: what a week or a day brought, every figure with its n; told by e-mail."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from chalicelib.domain.address import Standin
from chalicelib.domain.business import Business, Contact, DigestWish
from chalicelib.domain.feedback import ScoredFeedback, SurveyMetric
from chalicelib.domain.incident import Incident, Outcome

ABOUT_DIGEST = "digest-"
# Below this many voices a share or an average says more about chance than about the shop.
FEWEST = 5


def about(day: date) -> str:
    """What stands in a notification where others have their incident: `digest-2026-03-29`."""
    return f"{ABOUT_DIGEST}{day.isoformat()}"


def about_silence(last_heard: date | None) -> str:
    """The same for "nothing to report": named by the last day on which there was something, so
    that it can be said only once until there is something again."""
    return f"{ABOUT_DIGEST}quiet-since-{last_heard.isoformat() if last_heard else 'ever'}"


def is_about_digest(incident_id: str) -> bool:
    """True when a notification or a link belongs to a digest and to no incident."""
    return incident_id.startswith(ABOUT_DIGEST)


def digest_address(contact: Contact) -> str:
    """What is kept among the dead addresses when somebody ends the digest and not the alerts."""
    return f"digest:{contact.email}"


def wants_digest(contact: Contact, dead_addresses: Mapping[str, str]) -> bool:
    """True for a contact with a living e-mail address who has not ended the digest."""
    if contact.digest is DigestWish.OFF or not contact.email:
        return False
    return not {contact.email, digest_address(contact)} & dead_addresses.keys()


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Whole local dates, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many dates."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        """The same number of dates, right before."""
        return Period(
            first=self.first - timedelta(days=self.days), last=self.first - timedelta(days=1)
        )

    def holds(self, day: date) -> bool:
        """True when the date is one of them."""
        return self.first <= day <= self.last


class Change(StrEnum):
    """A figure against the period before: only what chance does not explain is up or down."""

    UP = "up"
    DOWN = "down"
    STEADY = "steady"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """An average or a share over `n` voices, beside that of the period before; None over none."""

    value: float | None
    n: int
    value_before: float | None
    n_before: int
    change: Change

    @property
    def is_firm(self) -> bool:
        """True when there are enough voices to name it."""
        return self.n >= FEWEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How often something was named, and by how many unhappy voices, now and before."""

    name: str
    n: int
    n_before: int = 0
    negative: int = 0
    negative_before: int = 0
    change: Change = Change.TOO_FEW
    is_new: bool = False


class TroubleKind(StrEnum):
    """What is wrong with a source."""

    FAILING = "failing"
    NOT_LOOKED_AT = "not_looked_at"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTrouble:
    """A source that failed, was not looked at, or fell silent.

    `since` is the moment it began (None: never looked at). For a silent one `days` have brought
    nothing where its own pace had `expected` so many.
    """

    source: str
    kind: TroubleKind
    since: datetime | None = None
    detail: str = ""
    advice: str = ""
    days: int = 0
    expected: float = 0.0


class SuggestionKind(StrEnum):
    """The one thing to do: the first of these that applies."""

    SOURCE = "source"
    OPEN = "open"
    TOPIC = "topic"
    THANK = "thank"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One suggestion: `name` is the source or the topic, `count` of `of` are its voices."""

    kind: SuggestionKind
    name: str = ""
    count: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """So many of n, and between which shares the truth lies by chance."""

    part: int
    n: int
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """All that the digest tells. `negative` is a share of the voices that were read, `stars` an
    average; `star_table` maps 1..5 to counts. `surveys` hold the NPS (-1..1), the share of
    satisfied answers for CSAT (0..1), the average for CES (1..7). `opened`, `closed` and
    `outcomes` are of this period, `still_open` is as of now. `answered` are the voices of the
    period that the business answered, None where no source tells of it; `won_back` are the
    customers of the cases that ended in ninety days, None when they are too few."""

    business: Business
    period: Period
    n: int
    n_before: int
    n_change: Change
    unread: int
    negative: Figure
    stars: Figure
    stars_of_year: Figure
    star_table: Mapping[int, int]
    low_stars: int
    surveys: Mapping[SurveyMetric, Figure]
    sources: tuple[Tally, ...]
    topics: tuple[Tally, ...]
    emotions: tuple[Tally, ...]
    unhappy: tuple[ScoredFeedback, ...]
    kind: tuple[ScoredFeedback, ...]
    opened: int
    closed: int
    outcomes: Mapping[Outcome, int]
    still_open: tuple[Incident, ...]
    troubles: tuple[SourceTrouble, ...]
    suggestion: Suggestion
    answered: Part | None = None
    won_back: Part | None = None
    last_heard: date | None = None
    dead_addresses: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    standins: tuple[Standin, ...] = ()

    @property
    def is_quiet(self) -> bool:
        """True when there is nothing to report."""
        return not (self.n or self.opened or self.closed or self.still_open or self.troubles)
