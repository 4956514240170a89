"""The picture of the last weeks: how high each bar is, and what it says."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.domain.briefing import WeekCount
from chalicelib.wording.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar. `share` is its height from 0 to 1 against the highest of the picture."""

    share: float
    negative: int
    n: int
    label: str
    summary: str
    is_latest: bool


def bars_of(weeks: Sequence[WeekCount], words: Words) -> tuple[Bar, ...]:
    """The bars, oldest first; none when there is nothing to see."""
    highest = max((week.negative for week in weeks), default=0)
    if highest == 0:
        return ()
    return tuple(
        Bar(
            share=week.negative / highest,
            negative=week.negative,
            n=week.n,
            label=words.short_day(week.first),
            summary=words.say(
                "weeks.summary",
                first=words.short_day(week.first),
                negative=week.negative,
                n=week.n,
            ),
            is_latest=number == len(weeks),
        )
        for number, week in enumerate(weeks, 1)
    )
