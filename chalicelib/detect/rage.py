"""Which angry review goes out at once: the angriest of one or two stars in the last 225 days.

A fixed threshold on anger would call thirty times as often at thirty reviews a day as at one. Being
the greatest of the last 225 days happens by chance once in 225 days, at every volume and for every
model: 0.4 times in 90 days. While a business is known for less, the margin makes up for it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from math import log
from typing import Any

from chalicelib.detect.parameters import SECONDS_A_DAY

RAGE_STARS = 2.0
LEAST_ANGER = 0.8
RARE_DAYS = 225.0
# How slowly the log odds of anger thin out at their upper end: each 0.75 more is e times rarer.
TAIL = 0.75
_SUREST = 0.9999


@dataclass(frozen=True, slots=True, kw_only=True)
class Rage:
    """The peaks of anger still in memory, as (seconds since 1970, anger), falling in time.

    `since` is when the first feedback was heard of.
    """

    since: int | None = None
    peaks: tuple[tuple[int, float], ...] = ()


def judge_rage(rage: Rage, *, stars: float | None, anger: float, at: datetime) -> tuple[Rage, bool]:
    """The memory with one more feedback, and whether its anger is that rare. History teaches too:
    the caller leaves its answer aside."""
    written = int(at.timestamp())
    since = written if rage.since is None else min(rage.since, written)
    rage = replace(rage, since=since)
    if stars is None or stars > RAGE_STARS or anger < LEAST_ANGER:
        return rage, False
    oldest = written - int(RARE_DAYS * SECONDS_A_DAY)
    peaks = tuple(peak for peak in rage.peaks if peak[0] >= oldest)
    highest = max((peak[1] for peak in peaks), default=LEAST_ANGER)
    known_days = max(1.0, (written - since) / SECONDS_A_DAY)
    margin = max(0.0, TAIL * log(RARE_DAYS / known_days))
    is_rare = anger > highest and _log_odds(anger) > _log_odds(highest) + margin
    earlier = tuple(peak for peak in peaks if peak[0] <= written and peak[1] > anger)
    later = tuple(peak for peak in peaks if peak[0] > written)
    if any(peak[1] >= anger for peak in later):
        return replace(rage, peaks=peaks), is_rare
    return replace(rage, peaks=(*earlier, (written, round(anger, 4)), *later)), is_rare


def to_document(rage: Rage) -> list[Any]:
    """The memory as plain numbers."""
    return [rage.since, [list(peak) for peak in rage.peaks]]


def from_document(document: list[Any]) -> Rage:
    """The memory that was written; an empty list is that of a new business."""
    if not document:
        return Rage()
    since, peaks = document
    return Rage(since=since, peaks=tuple((int(at), float(anger)) for at, anger in peaks))


def _log_odds(anger: float) -> float:
    bounded = min(_SUREST, anger)
    return log(bounded / (1.0 - bounded))
