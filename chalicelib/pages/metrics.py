"""The page of figures: each with its range, its n and the way to its words; and as a table."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf
from urllib.parse import urlencode

from chalicelib.domain.business import Business
from chalicelib.domain.digest import FEWEST
from chalicelib.domain.metric import MINIMUM, Group, Metric, MetricSheet, Missing
from chalicelib.domain.session import Visitor
from chalicelib.pages.curve import Curve, curve_of
from chalicelib.pages.metric_words import (
    bounds_words,
    name_words,
    range_words,
    value_words,
    whole,
)
from chalicelib.pages.owner_frame import render_owner
from chalicelib.pages.spreadsheet import spreadsheet_of
from chalicelib.wording.clean import one_line
from chalicelib.wording.words import Words, words_in

PERIODS = (28, 90)
HERE = "metrics"
NAME_LIMIT = 60
BAR_WIDTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure as the template shows it. `voices` is the query of the page of its words, or ""
    when there are none."""

    name: str
    value: str
    range: str
    about: str
    voices: str
    curve: Curve | None
    is_heard_of: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EmotionRow:
    """One line of the emotion mix; the numbers are of 100, for its bar."""

    name: str
    share: str
    between: str
    voices: str
    width: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One link of a row of which one is taken."""

    label: str
    query: str
    is_taken: bool


def render_metrics_page(sheet: MetricSheet, *, visitor: Visitor, business: Business) -> str:
    """The page in the visitor's language."""
    words = words_in(visitor.language)
    shown = {
        group: [_figure(one, sheet, words) for one in sheet.groups.get(group, ())]
        for group in Group
    }
    return render_owner(
        "metrics.html",
        words,
        visitor,
        business,
        here=HERE,
        title=words.say("metrics.title"),
        heard=_heard(sheet, words),
        minimum=words.say("metrics.minimum", minimum=MINIMUM, cases=FEWEST),
        choices=_choices(sheet, business, words),
        table=_address(sheet, {"as": "csv"}),
        groups=[(group, figures) for group, figures in shown.items() if figures],
        emotions=[_emotion(one, words) for one in sheet.emotions if one.part],
        mix_range=range_words(sheet.emotions[0], words) if sheet.emotions else "",
    )


def table_name(sheet: MetricSheet, *, visitor: Visitor) -> str:
    """What the table to keep is called: `figures-2026-05-11.csv`."""
    return f"{words_in(visitor.language).say('metrics.file')}-{sheet.period.last}.csv"


def metrics_table(sheet: MetricSheet, *, visitor: Visitor) -> str:
    """The same as CSV: values unrounded, so that one can go on calculating."""
    words = words_in(visitor.language)
    columns = (
        "metric",
        "about",
        "first",
        "last",
        "unit",
        "value",
        "low",
        "high",
        "n",
        "minimum",
        "note",
    )
    header = [words.say(f"metrics.table.{one}") for one in columns]
    return spreadsheet_of([header, *_rows(sheet, words)])


def _rows(sheet: MetricSheet, words: Words) -> Iterator[list[str | int | float | None]]:
    for metric in (*_all(sheet), *sheet.emotions):
        yield [
            words.say(f"metrics.name.{metric.name}"),
            words.label("emotion", metric.about) if metric.about else "",
            sheet.period.first.isoformat(),
            sheet.period.last.isoformat(),
            words.say(f"metrics.unit.{metric.unit}"),
            metric.value,
            metric.low,
            # Beyond a week is beyond every class.
            None if metric.high == inf else metric.high,
            metric.n,
            metric.minimum,
            "" if metric.is_known else range_words(metric, words),
        ]


def _choices(sheet: MetricSheet, business: Business, words: Words) -> list[list[Choice]]:
    """The rows of links: for how long, and where when there are several places."""
    rows = [
        [
            Choice(
                label=words.say("metrics.days", n=days),
                query=_address(sheet, {"days": str(days)}),
                is_taken=days == sheet.period.days,
            )
            for days in PERIODS
        ]
    ]
    if len(business.locations) > 1:
        places = [(one.location_id, one_line(one.name, NAME_LIMIT)) for one in business.locations]
        rows.append(
            [
                Choice(
                    label=label,
                    query=_address(sheet, {"place": place}),
                    is_taken=(sheet.location or "") == place,
                )
                for place, label in [("", words.say("metrics.all_places")), *places]
            ]
        )
    return rows


def _address(sheet: MetricSheet, more: dict[str, str]) -> str:
    """The query of this page with something changed."""
    asked = {"days": str(sheet.period.days), "place": sheet.location or ""} | more
    return urlencode({name: value for name, value in asked.items() if value})


def _all(sheet: MetricSheet) -> Iterable[Metric]:
    return (one for group in Group for one in sheet.groups.get(group, ()))


def _heard(sheet: MetricSheet, words: Words) -> str:
    form = "one" if sheet.n == 1 else "other"
    return words.say(
        f"metrics.heard.{form}",
        n=whole(sheet.n, words),
        first=words.short_day(sheet.period.first),
        last=words.short_day(sheet.period.last),
    )


def _figure(metric: Metric, sheet: MetricSheet, words: Words) -> Figure:
    return Figure(
        name=name_words(metric, words),
        value=value_words(metric, words),
        range=range_words(metric, words),
        about=words.say(f"metrics.about.{metric.name}"),
        voices=_query(metric),
        curve=curve_of(sheet.curves.get(metric.name, ()), words) if metric.is_known else None,
        is_heard_of=metric.missing is not Missing.NOT_KNOWN,
    )


def _emotion(metric: Metric, words: Words) -> EmotionRow:
    low, high = bounds_words(metric, words) if metric.is_known else ("", "")
    return EmotionRow(
        name=name_words(metric, words),
        share=value_words(metric, words),
        between=words.say("metrics.only_between", low=low, high=high) if low else "",
        voices=_query(metric),
        width=_of_hundred(metric.value),
        low=_of_hundred(metric.low),
        high=_of_hundred(metric.high),
    )


def _of_hundred(value: float | None) -> float:
    return round(BAR_WIDTH * (value or 0.0), 1)


def _query(metric: Metric) -> str:
    return urlencode(metric.voices.as_query()) if metric.voices else ""
