"""The page of the two groups: who was spoken to, who was not, and who came back."""

from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.domain.business import Business
from chalicelib.domain.comparison import (
    LANDMARK_DAYS,
    MINIMUM_OF_A_GROUP,
    Cohort,
    Comparison,
    Interval,
)
from chalicelib.domain.session import Visitor
from chalicelib.pages.curve import BOTTOM, LEFT, RIGHT, TOP
from chalicelib.pages.metric_words import MINUS
from chalicelib.pages.owner_frame import render_owner
from chalicelib.wording.words import Words, words_in

HERE = "metrics/cohorts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of the table, in words."""

    days: str
    contacted: str
    others: str
    difference: str
    even: str


def render_cohorts_page(comparison: Comparison, *, visitor: Visitor, business: Business) -> str:
    """The page in the visitor's language."""
    words = words_in(visitor.language)
    groups = (comparison.contacted, comparison.others)
    return render_owner(
        "cohorts.html",
        words,
        visitor,
        business,
        here=HERE,
        title=words.say("cohorts.title"),
        how=words.say("cohorts.how", days=LANDMARK_DAYS),
        sizes=[
            words.count(f"cohorts.{name}", group.n)
            for name, group in zip(("contacted", "others"), groups, strict=True)
        ],
        left_out=words.count("cohorts.left_out", comparison.left_out, days=LANDMARK_DAYS),
        too_few=words.say("cohorts.too_few", minimum=MINIMUM_OF_A_GROUP),
        lines=list(_lines(comparison, words)),
        answer=_answer(comparison, words),
        steps=[_steps(group, comparison) for group in groups] if comparison.readings else [],
        last_day=comparison.readings[-1].days if comparison.readings else 0,
    )


def _answer(comparison: Comparison, words: Words) -> str:
    """In a sentence what the middle reading says; "" when there is none."""
    if not comparison.readings:
        return ""
    reading = comparison.readings[len(comparison.readings) // 2]
    shown = reading.even or reading.difference
    name = "more" if shown.low > 0 else "fewer" if shown.high < 0 else "same"
    return words.say(f"cohorts.answer_{name}", days=reading.days)


def _lines(comparison: Comparison, words: Words) -> Iterator[Line]:
    for one in comparison.readings:
        yield Line(
            days=words.say("cohorts.days", n=one.days),
            contacted=_share(one.contacted, words),
            others=_share(one.others, words),
            difference=_points(one.difference, words),
            even=_points(one.even, words) if one.even else words.say("cohorts.no_even"),
        )


def _share(one: Interval, words: Words) -> str:
    low, high, value = (round(100 * each) for each in (one.low, one.high, one.value))
    return words.say("cohorts.share", value=value, low=low, high=high)


def _points(one: Interval, words: Words) -> str:
    value, low, high = (_signed(each) for each in (one.value, one.low, one.high))
    return words.say("cohorts.points", value=value, low=low, high=high)


def _signed(value: float) -> str:
    number = round(100 * value)
    return "0" if number == 0 else f"+{number}" if number > 0 else f"{MINUS}{-number}"


def _steps(group: Cohort, comparison: Comparison) -> str:
    """The share that is back, as the points of a staircase in the picture's units."""
    last_day = comparison.readings[-1].days
    back, points = 0.0, [_place(0, 0.0, last_day)]
    for step in group.curve:
        if step.day > last_day:
            break
        points.append(_place(step.day, back, last_day))
        back = 1 - step.waiting.value
        points.append(_place(step.day, back, last_day))
    points.append(_place(last_day, back, last_day))
    return " ".join(points)


def _place(day: float, share: float, last_day: int) -> str:
    x = LEFT + (RIGHT - LEFT) * day / last_day
    return f"{x:.1f},{BOTTOM - share * (BOTTOM - TOP):.1f}"
