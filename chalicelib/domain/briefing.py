"""What one needs to tell somebody about an incident: the e-mail, the SMS and the page read this.

`flow` puts it together from the store and from `recover`; nothing here is looked up later.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

from chalicelib.domain.alert import Notification
from chalicelib.domain.business import Business
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.incident import Incident
from chalicelib.domain.sentiment import Emotion


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekCount:
    """One bar of the picture: `negative` of `n` feedbacks in the seven days that end on `last`."""

    first: date
    last: date
    negative: int
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SteadyTopic:
    """A topic that is not moving: `negative` of `n` lately, where about `usual` are expected."""

    topic: str
    negative: int
    n: int
    usual: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RootCause:
    """What most of the unhappy say: `count` of `of` are about the topic; the emotion that leads."""

    topic: str
    emotion: Emotion | None
    count: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A reply that nobody sent, for one feedback, in `language`."""

    feedback_id: str
    language: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """The likely root cause, what to do first (in the reader's language), and a draft reply.

    `needs_expert` is True when a customer used legal or medical words: a careless sentence to that
    one may cost more than none. The draft is then to another, or there is none.
    """

    cause: RootCause | None = None
    first_steps: tuple[str, ...] = ()
    draft: Draft | None = None
    needs_expert: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What the alert policy will do next if nothing changes. Times are aware; None: not planned."""

    escalates_at: datetime | None = None
    escalates_to: str | None = None
    reminds_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefing:
    """One incident, ready to be told. `told` are all its notifications; `dead_addresses` maps an
    address that is not used any more to the reason. `gathered` are other incidents that the same
    message carries, because the caps allow no message of their own."""

    incident: Incident
    business: Business
    quotes: tuple[ScoredFeedback, ...] = ()
    weeks: tuple[WeekCount, ...] = ()
    steady: tuple[SteadyTopic, ...] = ()
    advice: Advice = Advice()
    told: tuple[Notification, ...] = ()
    outlook: Outlook = Outlook()
    dead_addresses: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    gathered: tuple[Incident, ...] = ()
