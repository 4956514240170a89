"""Silence is no good news: feeds that fell silent, and answers that are empty for no good reason.

Two pure rules beside the connectors' own health. The first asks whether a source that speaks often
enough has been silent for longer than chance explains; the second whether an answer with nothing in
it can be believed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import log
from typing import Any

# Below one feedback a day silence says nothing within a month; connector health must do there.
LEAST_PER_DAY = 1.0
# Two weeks are two of each weekday: before that the rhythm is a guess.
LEAST_HEARD = 30
LEAST_DAYS = 14.0
# One wrong alarm in 360 quiet days, times the daily unevenness that the simulator shows.
QUARTERS_PER_ALARM = 4.0
UNEVENNESS = 1.5
# Above this many a day, day-to-day moods matter more than chance (detection.md, dead feed).
FAST_PER_DAY = 20.0
FAST_UNEVENNESS = 2.0
_HALF_LIFE_DAYS = 28.0
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
# Each hour and weekday begins as if it had been heard of this often, so that none counts as dead.
_PRIOR = 2.0
_BLOCK = 3
_LONGEST_SILENCE_HOURS = 24 * 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """When a source speaks: `hours` in blocks of three (UTC), `weekdays` from Monday, all faded."""

    heard: float = 0.0
    days: float = 0.0
    total: int = 0
    last: datetime | None = None
    hours: tuple[float, ...] = (0.0,) * (24 // _BLOCK)
    weekdays: tuple[float, ...] = (0.0,) * 7

    def per_day(self) -> float:
        """Feedbacks a day; 0 before anything was heard."""
        return self.heard / max(self.days, 1.0)


def to_document(rhythm: Rhythm) -> dict[str, Any]:
    """The rhythm as plain numbers and texts; survives JSON to the last bit."""
    return {
        "heard": rhythm.heard,
        "days": rhythm.days,
        "total": rhythm.total,
        "last": rhythm.last.isoformat() if rhythm.last else None,
        "hours": list(rhythm.hours),
        "weekdays": list(rhythm.weekdays),
    }


def from_document(document: Mapping[str, Any]) -> Rhythm:
    """The rhythm that was written."""
    last = document["last"]
    return Rhythm(
        heard=document["heard"],
        days=document["days"],
        total=document["total"],
        last=datetime.fromisoformat(last) if last else None,
        hours=tuple(document["hours"]),
        weekdays=tuple(document["weekdays"]),
    )


class FeedVerdict(StrEnum):
    """What silence means."""

    ALIVE = "alive"
    TOO_SLOW_TO_TELL = "too_slow_to_tell"
    SILENT = "silent"


class AnswerVerdict(StrEnum):
    """What an answer of a source means."""

    BELIEVED = "believed"
    EMPTY_AFTER_FULL = "empty_after_full"


def beat(rhythm: Rhythm, at: datetime) -> Rhythm:
    """The rhythm after one more feedback written at `at`; what is older than the newest is noted
    without moving the clock."""
    at = at.astimezone(UTC)
    gap = 0.0 if rhythm.last is None else max(0.0, (at - rhythm.last) / _DAY)
    kept = 0.5 ** (gap / _HALF_LIFE_DAYS)
    hours = [kept * value for value in rhythm.hours]
    weekdays = [kept * value for value in rhythm.weekdays]
    hours[at.hour // _BLOCK] += 1.0
    weekdays[at.weekday()] += 1.0
    return replace(
        rhythm,
        heard=rhythm.heard * kept + 1.0,
        days=rhythm.days * kept + gap,
        total=rhythm.total + 1,
        last=at if rhythm.last is None else max(at, rhythm.last),
        hours=tuple(hours),
        weekdays=tuple(weekdays),
    )


def judge_silence(rhythm: Rhythm, now: datetime) -> FeedVerdict:
    """Whether nothing since the newest feedback is more than chance.

    The number of feedbacks that the rhythm lets expect since then is compared with
    ln(90 x pace x quarters), times a factor for days that are livelier than others.
    """
    pace = rhythm.per_day()
    if rhythm.last is None or rhythm.total < LEAST_HEARD or rhythm.days < LEAST_DAYS:
        return FeedVerdict.TOO_SLOW_TO_TELL
    if pace < LEAST_PER_DAY:
        return FeedVerdict.TOO_SLOW_TO_TELL
    factor = FAST_UNEVENNESS if pace >= FAST_PER_DAY else UNEVENNESS
    limit = factor * log(90.0 * pace * QUARTERS_PER_ALARM)
    return FeedVerdict.SILENT if expected_since(rhythm, now) > limit else FeedVerdict.ALIVE


def expected_since(rhythm: Rhythm, now: datetime) -> float:
    """How many feedbacks the rhythm lets expect between the newest one and `now`."""
    if rhythm.last is None:
        return 0.0
    hours = _weights(rhythm.hours)
    weekdays = _weights(rhythm.weekdays)
    hourly = rhythm.per_day() / 24.0
    expected = 0.0
    moment = rhythm.last
    end = min(now.astimezone(UTC), moment + _HOUR * _LONGEST_SILENCE_HOURS)
    while moment < end:
        step = min(_HOUR, end - moment)
        weight = hours[moment.hour // _BLOCK] * weekdays[moment.weekday()]
        expected += hourly * weight * (step / _HOUR)
        moment += step
    return expected


def judge_answer(*, listed: int, listed_before: int) -> AnswerVerdict:
    """Whether an answer may be taken at its word.

    `listed` counts everything in a complete answer before any filter by cursor, `listed_before` the
    same of the last answer that was believed. Reviews do not all vanish at once: nothing, where
    there was something, is a changed page, a lost right or a silent limit.
    """
    if listed == 0 and listed_before > 0:
        return AnswerVerdict.EMPTY_AFTER_FULL
    return AnswerVerdict.BELIEVED


def _weights(counts: tuple[float, ...]) -> tuple[float, ...]:
    """Counts as factors with mean 1, drawn towards 1 while little is known."""
    mean = sum(counts) / len(counts) + _PRIOR
    return tuple((count + _PRIOR) / mean for count in counts)
