"""A metric week by week as a picture: points with their ranges, on the whole scale of the unit.

The scale is always the whole one, so that a small step never looks like a cliff. Weeks with too
few to say are gaps: the line does not cross them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.domain.metric import Metric, Unit, WeekPoint
from chalicelib.pages.metric_words import from_words, value_words
from chalicelib.wording.words import Words

WIDTH, HEIGHT = 320, 120
# Room for the labels of the scale at the left, of the dates below.
LEFT, RIGHT, TOP, BOTTOM = 40, 312, 10, 96
SCALES: dict[Unit, tuple[float, float, str, str]] = {
    Unit.SHARE: (0.0, 1.0, "0", "100"),
    Unit.BALANCE: (-1.0, 1.0, "\N{MINUS SIGN}100", "+100"),
    Unit.SCALE: (1.0, 7.0, "1", "7"),
}
# One point is no curve.
FEWEST_POINTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A week's figure and the ends of its range, in the picture's units."""

    x: float
    y: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """What a template draws. `lines` are stretches of weeks without a gap, as SVG points; `zero`
    is where a balance is even; `summary` says all of it in words."""

    width: int
    height: int
    points: tuple[Point, ...]
    lines: tuple[str, ...]
    zero: float | None
    bottom_label: str
    top_label: str
    first_label: str
    last_label: str
    summary: str


def curve_of(weeks: Sequence[WeekPoint], words: Words) -> Curve | None:
    """The picture of these weeks, oldest first; None when fewer than two have a figure."""
    known = [week for week in weeks if week.metric.value is not None]
    if len(known) < FEWEST_POINTS:
        return None
    unit = known[0].metric.unit
    lowest, highest, bottom, top = SCALES[unit]
    placed = [
        _point(number, len(weeks), week.metric, lowest, highest)
        for number, week in enumerate(weeks)
    ]
    return Curve(
        width=WIDTH,
        height=HEIGHT,
        points=tuple(one for one in placed if one is not None),
        lines=_lines(placed),
        zero=_height(0.0, lowest, highest) if unit is Unit.BALANCE else None,
        bottom_label=bottom,
        top_label=top,
        first_label=words.short_day(weeks[0].first),
        last_label=words.short_day(weeks[-1].last),
        summary="; ".join(_said(week, words) for week in weeks),
    )


def _point(number: int, of: int, metric: Metric, lowest: float, highest: float) -> Point | None:
    if metric.value is None or metric.low is None or metric.high is None:
        return None
    step = (RIGHT - LEFT - 16) / max(1, of - 1)
    return Point(
        x=round(LEFT + 8 + number * step, 1),
        y=_height(metric.value, lowest, highest),
        low=_height(metric.low, lowest, highest),
        high=_height(metric.high, lowest, highest),
    )


def _height(value: float, lowest: float, highest: float) -> float:
    share = (value - lowest) / (highest - lowest)
    return round(BOTTOM - share * (BOTTOM - TOP), 1)


def _lines(placed: Sequence[Point | None]) -> tuple[str, ...]:
    stretches: list[list[str]] = [[]]
    for one in placed:
        if one is None:
            stretches.append([])
        else:
            stretches[-1].append(f"{one.x},{one.y}")
    return tuple(" ".join(one) for one in stretches if len(one) > 1)


def _said(week: WeekPoint, words: Words) -> str:
    day = words.short_day(week.first)
    if not week.metric.is_known:
        return words.say("metrics.curve.gap", day=day)
    return words.say(
        "metrics.curve.point",
        day=day,
        value=value_words(week.metric, words),
        source=from_words(week.metric, words),
    )
