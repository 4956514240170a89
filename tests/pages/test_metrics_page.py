"""The page of figures: each with its range, its n and its words; never a figure where none is."""

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import inf

import pytest

from chalicelib.domain.business import Location, SourceSettings
from chalicelib.domain.digest import Period
from chalicelib.domain.metric import Metric, MetricName, Missing, Unit, not_known, too_few
from chalicelib.domain.session import Role, Visitor
from chalicelib.learn.metrics import by_week, net_promoter_score
from chalicelib.learn.sheet import sheet_of
from chalicelib.pages.curve import curve_of
from chalicelib.pages.metric_words import range_words, value_words
from chalicelib.pages.metrics import metrics_table, render_metrics_page
from chalicelib.wording.words import words_in
from tests.learn.samples import a_business

LAST = date(2026, 5, 10)
MONTH = Period(first=LAST - timedelta(days=27), last=LAST)
NOW = datetime(2026, 5, 10, 18, tzinfo=UTC)
BUSINESS = a_business(
    name="Rosa & <Sons>",
    sources=(SourceSettings(name="maps", kind="google_business"),),
    locations=(
        Location(location_id="main", name="Old <Town>"),
        Location(location_id="harbour", name="Harbour"),
    ),
)
ROSA = Visitor(business_id="bakery", contact="Rosa", role=Role.OWNER, language="en")
WEEK_OF_ANSWERS: Mapping[str, int] = {
    "n": 20,
    "positive": 9,
    "negative": 6,
    "neutral": 3,
    "unscored": 2,
    "source.maps": 10,
    "answered": 8,
    "answered.4h": 4,
    "answered.1d": 4,
    "nps.n": 12,
    "nps.promoter": 5,
    "nps.passive": 4,
    "nps.detractor": 3,
    "emotion.joy": 7,
    "emotion.anger": 5,
    "topic.staff_service": 3,
    "topic.staff_service.positive": 2,
}
COUNTS = {
    ((LAST - timedelta(days=7 * back)).isoformat(), "main"): WEEK_OF_ANSWERS for back in range(4)
}


def page(language: str = "en", counts: Mapping[tuple[str, str], Mapping[str, int]] = COUNTS) -> str:
    sheet = sheet_of(counts, MONTH, BUSINESS.sources)
    visitor = replace(ROSA, language=language)
    return render_metrics_page(sheet, visitor=visitor, business=BUSINESS)


def a_metric(**changes: object) -> Metric:
    metric = Metric(name=MetricName.CSAT, unit=Unit.SHARE, n=48, value=0.4, low=0.314, high=0.512)
    return replace(metric, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("metric", "value", "said"),
    [
        (a_metric(), "40%", "between 31% and 52%, from 48 answers"),
        (a_metric(n=1), "40%", "between 31% and 52%, from one answer"),
        (a_metric(value=0.0, low=0.0, high=0.2775), "0%", "between 0% and 28%, from 48 answers"),
        (
            a_metric(value=1.0, low=0.7225, high=1.0),
            "100%",
            "between 72% and 100%, from 48 answers",
        ),
        (
            a_metric(n=1_000_000, value=0.81, low=0.80923, high=0.81077),
            "81%",
            "between 80.9% and 81.1%, from 1,000,000 answers",
        ),
        (
            a_metric(unit=Unit.BALANCE, value=-0.06, low=-0.31, high=0.19),
            "−6",
            "between −31 and +19, from 48 answers",
        ),
        (
            a_metric(unit=Unit.BALANCE, value=0.0, low=-0.0001, high=0.0),
            "0",
            "between −0.1 and 0, from 48 answers",
        ),
        (
            a_metric(unit=Unit.SCALE, value=5.54, low=4.06, high=6.43),
            "5.5 of 7",
            "between 4.0 and 6.5, from 48 answers",
        ),
        (a_metric(name=MetricName.EMPATHY_QUOTIENT, value=None), "31% to 52%", "from 48 voices"),
        (
            a_metric(unit=Unit.HOURS, value=None, low=0.0, high=1.0),
            "within an hour",
            "from 48 answers",
        ),
        (
            a_metric(unit=Unit.HOURS, value=None, low=4.0, high=24.0),
            "between 4 hours and a day",
            "from 48 answers",
        ),
        (
            a_metric(unit=Unit.HOURS, value=None, low=168.0, high=inf),
            "more than a week",
            "from 48 answers",
        ),
        (
            a_metric(
                name=MetricName.FIRST_CONTACT, unit=Unit.HOURS, value=None, low=2.9, high=50.5
            ),
            "between 2 hours and 3 days",
            "from 48 cases",
        ),
        (
            a_metric(name=MetricName.FIRST_CONTACT, unit=Unit.HOURS, value=None, low=0.2, high=0.7),
            "within an hour",
            "from 48 cases",
        ),
        (
            a_metric(name=MetricName.FIRST_CONTACT, unit=Unit.HOURS, value=None, low=0.0, high=inf),
            "many still wait",
            "from 48 cases",
        ),
        (
            too_few(MetricName.NPS, Unit.BALANCE, 1),
            "",
            "Too few to say: one so far, a figure from 10 on.",
        ),
        (not_known(MetricName.NPS, Unit.BALANCE), "", "No survey asks this yet."),
    ],
)
def test_each_figure_is_said_with_its_range_and_its_n(
    metric: Metric, value: str, said: str
) -> None:
    words = words_in("en")

    assert (value_words(metric, words), range_words(metric, words)) == (value, said)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", list(MetricName))
def test_every_metric_has_words_in_every_language(name: MetricName, language: str) -> None:
    words = words_in(language)

    for message in (f"metrics.name.{name}", f"metrics.missing.{name}"):
        assert message in words.messages
    assert name is MetricName.EMOTION_SHARE or f"metrics.about.{name}" in words.messages


def test_german_numbers_are_german() -> None:
    metric = a_metric(n=100_000, value=0.81, low=0.80757, high=0.81241)
    words = words_in("de")

    assert value_words(metric, words) == "81\N{NO-BREAK SPACE}%"
    assert range_words(metric, words) == (
        "zwischen 80,7\N{NO-BREAK SPACE}% und 81,3\N{NO-BREAK SPACE}%, aus 100.000 Antworten"
    )


def test_the_page_shows_figures_with_ranges_and_the_way_to_their_words() -> None:
    html = page()

    assert "Would recommend you (NPS)" in html
    assert "between −7 and +38, from 48 answers" in html
    assert "80 voices from 13 Apr to 10 May" in html
    assert 'href="voices?days=28&amp;to=2026-05-10&amp;survey=nps"' in html
    assert 'href="voices?days=28&amp;to=2026-05-10&amp;emotion=joy"' in html
    assert "between an hour and a day" in html


def test_what_is_not_heard_of_is_one_line_and_no_figure() -> None:
    html = page()

    assert "<strong>How easy it was (CES):</strong> No survey asks this yet." in html


def test_an_empty_month_has_no_figure_at_all() -> None:
    html = page(counts={})

    assert 'class="figure"' not in html
    assert "<svg" not in html
    assert "Nothing was heard in this time." in html
    assert "0 voices" in html


@pytest.mark.parametrize("language", ["en", "de"])
def test_nothing_on_the_page_is_unfilled_or_unescaped(language: str) -> None:
    for counts in (COUNTS, {}, {(LAST.isoformat(), "main"): {"n": 1, "negative": 1}}):
        html = page(language, counts)

        assert "None" not in html
        assert "nan" not in html.lower().replace("finance", "")
        assert "{" not in html.split("</style>")[1]
        assert "<Sons>" not in html
        assert "<Town>" not in html
        assert len(html.encode()) < 100_000


def test_a_curve_is_on_the_whole_scale_and_broken_where_too_few_spoke() -> None:
    quiet = LAST - timedelta(days=14)
    counts = {key: row for key, row in COUNTS.items() if key[0] != quiet.isoformat()}

    curve = curve_of(by_week(counts, MONTH, net_promoter_score), words_in("en"))

    assert curve is not None
    assert [one.x for one in curve.points] == [48, 218.7, 304]
    assert {one.y for one in curve.points} == {round(96 - 86 * (1 + 2 / 12) / 2, 1)}
    assert curve.zero == 53
    assert [line.count(",") for line in curve.lines] == [2]
    assert "week from 20 Apr: too few to say" in curve.summary
    assert all(one.high < one.y < one.low for one in curve.points)


def test_one_week_is_no_curve() -> None:
    counts = {(LAST.isoformat(), "main"): WEEK_OF_ANSWERS}

    assert curve_of(by_week(counts, MONTH, net_promoter_score), words_in("en")) is None
    assert curve_of((), words_in("en")) is None


def test_the_table_holds_every_figure_unrounded_and_says_why_one_is_missing() -> None:
    text = metrics_table(sheet_of(COUNTS, MONTH, BUSINESS.sources), visitor=ROSA)

    rows = {
        row[0] + row[1]: row
        for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    }
    nps = rows["Would recommend you (NPS)"]
    assert nps[2:6] == ["2026-04-13", "2026-05-10", "balance of -1 to 1", str(8 / 48)]
    assert float(nps[6]) < 8 / 48 < float(nps[7])
    assert nps[8:] == ["48", "10", ""]
    assert rows["How easy it was (CES)"][5:] == ["", "", "", "0", "10", "No survey asks this yet."]
    assert rows["Emotionjoy"][8] == "72"
    assert {one.missing for one in sheet_of({}, MONTH, ()).emotions} == {Missing.NOT_KNOWN}
