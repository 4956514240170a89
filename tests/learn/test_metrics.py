"""Metrics from count rows: the right numbers, and at the edges no figure where there is none."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from math import inf
from pathlib import Path

import pytest

from chalicelib.domain.business import SourceSettings
from chalicelib.domain.digest import Period
from chalicelib.domain.feedback import SurveyMetric
from chalicelib.domain.metric import Metric, MetricName, Missing, Unit, VoiceFilter
from chalicelib.learn import answers, metrics
from chalicelib.learn.metrics import Total
from tests.learn.samples import WEEK, a_voice, counts_from

DAY = date(2026, 5, 6)
PULL = Path(__file__).resolve().parents[2] / "chalicelib" / "pull"


def figures(metric: Metric) -> tuple[int, float | None, float | None, float | None]:
    def rounded(one: float | None) -> float | None:
        return None if one is None else round(one, 4)

    return metric.n, rounded(metric.value), rounded(metric.low), rounded(metric.high)


def test_the_nps_is_promoters_less_detractors() -> None:
    total = {"nps.promoter": 20, "nps.passive": 16, "nps.detractor": 12}

    found = metrics.net_promoter_score(total)

    assert (found.unit, figures(found)) == (Unit.BALANCE, (48, 0.1667, -0.0649, 0.3792))


def test_csat_is_the_share_of_satisfied_answers() -> None:
    found = metrics.satisfaction({"csat.n": 10, "csat.satisfied": 8, "csat.sum": 4_000})

    assert (found.part, figures(found)) == (8, (10, 0.8, 0.4902, 0.9433))


def test_ces_is_an_average_of_hundredths() -> None:
    found = metrics.effort({"ces.n": 10, "ces.sum": 5_500, "ces.squares": 3_190_000})

    assert (found.unit, figures(found)) == (Unit.SCALE, (10, 5.5, 4.0652, 6.4348))


def test_the_sentiment_index_weighs_what_was_read() -> None:
    total = {"n": 20, "unscored": 9, "positive": 5, "negative": 5, "neutral": 1}

    assert figures(metrics.sentiment_index(total))[:2] == (11, 0.0)


def test_the_emotion_mix_is_of_what_was_read_and_names_no_neutral() -> None:
    total = {"positive": 6, "negative": 4, "emotion.joy": 5, "emotion.anger": 4}
    total |= {"emotion.neutral": 9, "emotion.fear": 4}

    found = metrics.emotion_mix(total)

    assert [(one.about, one.part, one.n) for one in found[:3]] == [
        ("joy", 5, 10),
        ("anger", 4, 10),
        ("fear", 4, 10),
    ]
    assert len(found) == 7


def test_advocacy_is_what_is_said_well_of_coming_back() -> None:
    total = {"positive": 30, "negative": 10, "stage.returning_telling": 9}
    total |= {"stage.returning_telling.positive": 8, "stage.returning_telling.negative": 1}

    found = metrics.advocacy_rate(total)

    assert (found.part, found.n, found.value) == (8, 40, 0.2)


def test_the_empathy_quotient_is_a_range_without_a_point() -> None:
    total = {"topic.staff_service": 10, "topic.staff_service.positive": 8}

    found = metrics.empathy_quotient(total)

    assert figures(found) == (10, None, 0.4902, 0.9433)


def test_the_response_rate_asks_only_sources_that_tell_of_answers() -> None:
    sources = [
        SourceSettings(name="maps", kind="google_business"),
        SourceSettings(name="sheet", kind="published_csv"),
    ]
    total = {"source.maps": 10, "source.sheet": 90, "answered": 8}

    telling = answers.telling_sources(sources)

    assert telling == {"maps"}
    assert figures(answers.response_rate(total, telling)) == (10, 0.8, 0.4902, 0.9433)
    assert answers.response_rate(total, frozenset()).missing is Missing.NOT_KNOWN


def test_every_source_that_tells_of_answers_is_asked() -> None:
    telling = {path.stem for path in PULL.glob("*.py") if "answered_at=" in path.read_text()}

    assert telling == set(answers.TELL_OF_ANSWERS)


@pytest.mark.parametrize(
    ("waited", "low", "high"),
    [
        ({"1h": 10}, 0.0, 1.0),
        ({"1h": 50, "7d": 50}, 0.0, 168.0),
        ({"4h": 5, "1d": 90, "later": 5}, 4.0, 24.0),
        ({"later": 10}, 168.0, inf),
    ],
)
def test_the_response_time_lies_between_two_classes(
    waited: dict[str, int], low: float, high: float
) -> None:
    found = answers.response_time({f"answered.{name}": n for name, n in waited.items()})

    assert (found.value, found.low, found.high) == (None, low, high)
    assert found.n == sum(waited.values())


def test_answers_dated_before_their_question_have_no_waiting_time() -> None:
    """They are answered all the same: only how long it took is unknown."""
    assert answers.response_time({"answered": 40}).missing is Missing.NOT_KNOWN


FROM_N: list[tuple[Callable[[Total], Metric], Callable[[int], dict[str, int]]]] = [
    (metrics.net_promoter_score, lambda n: {"nps.promoter": n}),
    (metrics.net_promoter_score, lambda n: {"nps.detractor": n}),
    (metrics.net_promoter_score, lambda n: {"nps.passive": n}),
    (metrics.satisfaction, lambda n: {"csat.n": n, "csat.satisfied": n}),
    (metrics.satisfaction, lambda n: {"csat.n": n}),
    (metrics.effort, lambda n: {"ces.n": n, "ces.sum": 700 * n, "ces.squares": 490_000 * n}),
    (metrics.effort, lambda n: {"ces.n": n, "ces.sum": 100 * n, "ces.squares": 10_000 * n}),
    (metrics.sentiment_index, lambda n: {"negative": n}),
    (lambda total: metrics.emotion_mix(total)[0], lambda n: {"negative": n, "emotion.fear": n}),
    (metrics.advocacy_rate, lambda n: {"positive": n}),
    (metrics.empathy_quotient, lambda n: {"topic.staff_service": n}),
    (
        lambda total: answers.response_rate(total, frozenset({"maps"})),
        lambda n: {"source.maps": n, "answered": n},
    ),
    (answers.response_time, lambda n: {"answered.1d": n}),
]


@pytest.mark.parametrize(("metric_of", "total_of"), FROM_N)
def test_no_figure_below_the_minimum_and_a_sound_one_from_there_on(
    metric_of: Callable[[Total], Metric], total_of: Callable[[int], dict[str, int]]
) -> None:
    none, one, nine = (metric_of(total_of(n)) for n in (0, 1, 9))
    ten, many = (metric_of(total_of(n)) for n in (10, 1_000_000))

    assert none.missing is Missing.NOT_KNOWN
    assert (one.missing, nine.missing) == (Missing.TOO_FEW, Missing.TOO_FEW)
    assert (one.value, one.low, one.high) == (None, None, None)
    assert (one.n, nine.n, ten.n, many.n) == (1, 9, 10, 1_000_000)
    for firm in (ten, many):
        assert firm.missing is None
        assert firm.low is not None
        assert firm.high is not None
        assert firm.low < firm.high


def test_rows_that_a_deletion_reached_first_make_no_figure_wrong() -> None:
    total = {"csat.n": 10, "csat.satisfied": 12, "nps.promoter": 10, "nps.detractor": -1}

    assert metrics.satisfaction(total).part == 10
    assert metrics.net_promoter_score(total).n == 10


def test_a_total_holds_the_dates_and_the_place_asked_for() -> None:
    counts = {
        ("2026-05-03", "main"): {"n": 1},
        ("2026-05-04", "main"): {"n": 2},
        ("2026-05-10", "harbour"): {"n": 4},
        ("2026-05-11", "main"): {"n": 8},
    }

    assert metrics.total_of(counts, WEEK) == Counter(n=6)
    assert metrics.total_of(counts, WEEK, "harbour") == Counter(n=4)


def test_a_curve_has_whole_weeks_that_end_with_the_period() -> None:
    period = Period(first=WEEK.last - timedelta(days=27), last=WEEK.last)
    voices = [
        a_voice(number, DAY, survey={SurveyMetric.NPS: 9.0 if number < 6 else 3.0})
        for number in range(8)
    ]

    points = metrics.by_week(counts_from(voices), period, metrics.net_promoter_score)

    assert [(one.first, one.last) for one in points] == [
        (WEEK.first - timedelta(days=7 * back), WEEK.last - timedelta(days=7 * back))
        for back in (3, 2, 1, 0)
    ]
    assert [one.metric.n for one in points] == [0, 0, 0, 8]
    assert [one.metric.value for one in points] == [None, None, None, 0.5]


def test_each_metric_opens_onto_the_words_it_was_counted_from() -> None:
    joy = metrics.emotion_mix({"positive": 10, "emotion.joy": 5})[0]
    nobody = metrics.net_promoter_score({})
    dates = VoiceFilter(first=WEEK.first, last=WEEK.last, place="harbour")

    opened = metrics.with_voices(joy, dates).voices

    assert opened is not None
    assert opened.as_query() == {
        "days": "7",
        "to": "2026-05-10",
        "place": "harbour",
        "emotion": "joy",
    }
    assert metrics.with_voices(nobody, dates).voices is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": 0.5, "low": 0.6, "high": 0.9},
        {"value": 0.5},
        {"low": 0.1},
        {"low": 0.1, "high": 0.2, "missing": Missing.TOO_FEW},
        {},
    ],
)
def test_a_metric_that_contradicts_itself_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"interval|missing"):
        Metric(name=MetricName.NPS, unit=Unit.BALANCE, n=10, **wrong)  # type: ignore[arg-type]


def test_every_metric_is_defined_in_the_docs() -> None:
    page = (PULL.parents[1] / "docs" / "metrics.md").read_text(encoding="utf-8").lower()
    said_as = {
        MetricName.EMOTION_SHARE: "emotion mix",
        MetricName.FIRST_CONTACT: "time to first contact",
        MetricName.EMPATHY_QUOTIENT: "employee empathy quotient",
        MetricName.EMPATHY_RETURN: "return on empathy investment",
        MetricName.LIFETIME_VALUE: "customer lifetime value",
    }

    undefined = [
        name
        for name in MetricName
        if f"| **{said_as.get(name, name.replace('_', ' '))}** |" not in page
    ]

    assert undefined == []
