"""A spike: more negative feedback than usual, with the evidence for it, in words and numbers.

`Evidence` goes into the detector, a `Notice` comes out of it. Both hold ids and numbers only, never
a customer's words.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from math import isfinite


class NoticeKind(StrEnum):
    """What the detector has to say, at most once per feedback."""

    ALARM = "alarm"
    ESCALATED = "escalated"
    RESOLVED = "resolved"
    NEW_NORMAL = "new_normal"


class Sensitivity(Enum):
    """How much evidence an alarm takes, in the owner's words.

    `threshold` is compared with the score of a notice; `false_alarms_per_year` is what quiet years
    cost at that setting at most, at any volume from two a week to thirty a day
    (measured: docs/detection.md).
    """

    CALM = ("calm", 0.94, 1)
    BALANCED = ("balanced", -0.45, 4)
    WATCHFUL = ("watchful", -1.1, 8)

    def __init__(self, word: str, threshold: float, false_alarms_per_year: int) -> None:
        self.word = word
        self.threshold = threshold
        self.false_alarms_per_year = false_alarms_per_year

    @classmethod
    def from_word(cls, word: str) -> "Sensitivity":
        """The setting of that name (`calm`, `balanced`, `watchful`); ValueError on any other."""
        for setting in cls:
            if setting.word == word:
                return setting
        known = ", ".join(setting.word for setting in cls)
        raise ValueError(f"unknown sensitivity {word!r}; known are {known}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What one feedback says about the mood, told to the detector once, in order of arrival.

    `at` is when it was written, `now` when it is judged (both aware). `negative` is P(negative) at
    even odds, 0 to 1, None when nothing is known. `groups` look like `location:main` or
    `topic:wait_delivery`. `seen_since` is the last successful look at this source before the one
    that brought it, not counting an outage of ours; None for what is pushed to us (surveys).
    `is_history` marks what the first look at a source, or an import, brought: it teaches what is
    usual and can never alarm.
    """

    feedback_id: str
    at: datetime
    now: datetime
    negative: float | None
    source: str
    groups: tuple[str, ...] = ()
    seen_since: datetime | None = None
    is_history: bool = False

    def __post_init__(self) -> None:
        moments = {"at": self.at, "now": self.now, "seen_since": self.seen_since}
        for name, moment in moments.items():
            if moment is not None and moment.tzinfo is None:
                raise ValueError(f"{name} has no time zone")
        if not self.feedback_id:
            raise ValueError("feedback_id is empty")
        if self.negative is not None and not is_probability(self.negative):
            raise ValueError(f"negative is not between 0 and 1: {self.negative!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A feedback that was judged before has been edited or deleted since.

    `negative` is its new P(negative) at even odds; None when it was deleted or says nothing now.
    """

    feedback_id: str
    negative: float | None
    now: datetime

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise ValueError("now has no time zone")
        if self.negative is not None and not is_probability(self.negative):
            raise ValueError(f"negative is not between 0 and 1: {self.negative!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What the detector found: `negative` of the last `of` were negative, where `usual` are.

    `usual` is a number of feedbacks, not a share. `score` is the evidence (natural logarithm)
    against the budget of one false alarm in a quiet quarter; a difference of 3 is twenty times the
    evidence. `leading_group` is where it happens, None when it is everywhere. `feedback_ids` are
    the negative ones of the window, oldest first. `is_about_past` is True when even the newest of
    the window was written more than three days before it was judged: an outage was caught up.
    `is_urgent` is True when the evidence is worth waking somebody (an SMS).
    """

    kind: NoticeKind
    at: datetime
    score: float
    sentence: str
    negative: int
    of: int
    usual: float
    leading_group: str | None
    feedback_ids: tuple[str, ...]
    is_about_past: bool
    is_urgent: bool


def is_probability(value: float) -> bool:
    """Whether it is a finite number from 0 to 1."""
    return isfinite(value) and 0.0 <= value <= 1.0


def describe_spike(negative: int, of: int, usual: float, where: str | None = None) -> str:
    """The finding in one sentence: `4 of the last 6 about location:1 were negative; usually …`."""
    about = f" about {where}" if where else ""
    verb = "was" if negative == 1 else "were"
    usually = f"fewer than 1 of {of}" if usual < 1 else f"about {usual:.0f} of {of}"
    return f"{negative} of the last {of}{about} {verb} negative; usually {usually}"
