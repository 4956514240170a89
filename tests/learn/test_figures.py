"""The figures of a digest: every one with its n, and no change that chance explains."""

from datetime import date, timedelta

import pytest

from chalicelib.domain.business import SourceSettings
from chalicelib.domain.digest import Change, SuggestionKind, TroubleKind
from chalicelib.domain.feedback import ScoredFeedback, SurveyMetric
from chalicelib.domain.incident import (
    Incident,
    IncidentKind,
    Outcome,
    acknowledge,
    record_outcome,
    resolve,
)
from chalicelib.domain.sentiment import Topic
from chalicelib.domain.source import SourceState
from chalicelib.learn.change import change_of_counts, change_of_means, change_of_shares
from chalicelib.learn.figures import Known, digest_of
from tests.learn.samples import NOW, WEEK, a_business, a_voice, counts_from

LOOKED_AT = {
    "sheet": SourceState(business_id="bakery", source="sheet", looked_at=NOW - timedelta(hours=1))
}
THANKFUL = "The rye bread is the best in town, and the lady at the counter knew every name."


def a_week(first: date, bad: int, good: int, **more: object) -> list[ScoredFeedback]:
    return [
        a_voice(number, first + timedelta(days=number % 7), is_bad=number < bad, **more)  # type: ignore[arg-type]
        for number in range(bad + good)
    ]


def test_shares_and_averages_carry_their_n_and_those_of_the_week_before() -> None:
    said = a_week(WEEK.first, 3, 9, stars=4)
    before = a_week(WEEK.before.first, 1, 7, stars=5)

    digest = digest_of(
        a_business(), WEEK, Known(counts=counts_from(said + before), sources=LOOKED_AT), NOW
    )

    assert (digest.n, digest.n_before, digest.n_change) == (12, 8, Change.STEADY)
    assert (digest.negative.value, digest.negative.n) == (0.25, 12)
    assert (digest.negative.value_before, digest.negative.n_before) == (0.125, 8)
    assert digest.negative.change is Change.STEADY
    assert (digest.stars.value, digest.stars.n, digest.stars.value_before) == (4.0, 12, 5.0)
    assert digest.stars.change is Change.DOWN
    assert (digest.stars_of_year.value, digest.stars_of_year.n) == (4.4, 20)
    assert dict(digest.star_table) == {5: 0, 4: 12, 3: 0, 2: 0, 1: 0}
    assert [(one.name, one.n, one.n_before) for one in digest.sources] == [("sheet", 12, 8)]


@pytest.mark.parametrize(
    ("part", "n", "part_before", "n_before", "change"),
    [
        (4, 4, 0, 30, Change.TOO_FEW),
        (5, 5, 0, 4, Change.TOO_FEW),
        (3, 12, 1, 8, Change.STEADY),
        (12, 20, 3, 20, Change.UP),
        (3, 20, 12, 20, Change.DOWN),
        (10, 10, 10, 10, Change.STEADY),
        (0, 5, 1, 5, Change.STEADY),
    ],
)
def test_a_share_changed_only_when_chance_does_not_explain_it(
    part: int, n: int, part_before: int, n_before: int, change: Change
) -> None:
    assert change_of_shares(part, n, part_before, n_before) is change


def test_counts_and_averages_change_only_beyond_chance() -> None:
    assert change_of_counts(2, 1) is Change.TOO_FEW
    assert change_of_counts(12, 8) is Change.STEADY
    assert change_of_counts(30, 8) is Change.UP
    assert change_of_counts(0, 8) is Change.DOWN
    assert change_of_means([5] * 6, [4] * 6) is Change.UP
    assert change_of_means([5, 1, 5, 1, 4], [4, 2, 4, 2, 5]) is Change.STEADY


def test_topics_come_worst_first_and_a_new_one_is_called_new() -> None:
    said = [
        *(a_voice(n, WEEK.first, is_bad=n < 3, topic=Topic.WAIT_DELIVERY) for n in range(4)),
        *(a_voice(n, WEEK.first, topic=Topic.PRICE_VALUE) for n in range(10, 15)),
    ]
    before = [
        a_voice(n, WEEK.before.first, is_bad=True, topic=Topic.PRICE_VALUE) for n in range(20, 25)
    ]

    digest = digest_of(
        a_business(), WEEK, Known(counts=counts_from(said + before), sources=LOOKED_AT), NOW
    )

    waiting, price = digest.topics
    assert (waiting.name, waiting.negative, waiting.n, waiting.is_new) == (
        "wait_delivery",
        3,
        4,
        True,
    )
    assert (price.name, price.negative, price.n, price.is_new) == ("price_value", 0, 5, False)
    assert (price.negative_before, price.n_before, price.change) == (5, 5, Change.DOWN)
    assert digest.suggestion.kind is SuggestionKind.TOPIC
    assert (digest.suggestion.name, digest.suggestion.count, digest.suggestion.of) == (
        "wait_delivery",
        3,
        4,
    )


def test_surveys_are_counted_as_their_scales_ask() -> None:
    nps, csat = SurveyMetric.NPS, SurveyMetric.CSAT
    said = [
        a_voice(n, WEEK.first, source="survey", survey={nps: score, csat: stars})
        for n, (score, stars) in enumerate([(10, 5), (9, 4), (8, 3), (6, 2), (9.5, 4)])
    ]

    digest = digest_of(
        a_business(), WEEK, Known(counts=counts_from(said), said=said, sources=LOOKED_AT), NOW
    )

    assert (digest.surveys[nps].value, digest.surveys[nps].n) == (0.4, 5)
    assert (digest.surveys[csat].value, digest.surveys[csat].n) == (0.6, 5)
    assert SurveyMetric.CES not in digest.surveys


def test_the_clearest_unhappy_and_the_longest_kind_voices_are_quoted() -> None:
    said = [
        a_voice(1, WEEK.first, is_bad=True, text="cold coffee"),
        a_voice(2, WEEK.first, text="great"),
        a_voice(3, WEEK.first, text=THANKFUL, stars=5),
        a_voice(4, WEEK.first, text=THANKFUL, stars=2),
    ]

    digest = digest_of(
        a_business(), WEEK, Known(counts=counts_from(said), said=said, sources=LOOKED_AT), NOW
    )

    assert [one.feedback.text for one in digest.unhappy] == ["cold coffee"]
    assert [one.feedback.external_id for one in digest.kind] == ["sheet-3"]
    assert digest.suggestion.kind is SuggestionKind.THANK


def test_matters_are_counted_in_their_period_and_told_how_they_ended() -> None:
    opened = NOW - timedelta(days=5)
    one = Incident(
        business_id="bakery",
        kind=IncidentKind.SPIKE,
        generation=1,
        opened_at=opened,
        sentence="4 of 6",
        feedback_ids=("a", "b"),
    )
    ended = resolve(record_outcome(one, "a", Outcome.RECOVERED), "Rosa", NOW - timedelta(days=2))
    still = Incident(
        business_id="bakery",
        kind=IncidentKind.CRITICAL,
        generation=2,
        opened_at=NOW - timedelta(days=20),
        sentence="urgent",
    )
    source = Incident(
        business_id="bakery",
        kind=IncidentKind.SOURCE,
        generation=3,
        opened_at=opened,
        sentence="sheet cannot be read",
        source="sheet",
    )

    known = Known(counts={}, incidents=(ended, still, source), sources=LOOKED_AT)
    digest = digest_of(a_business(), WEEK, known, NOW)
    taken = Known(counts={}, incidents=(acknowledge(still, "Rosa", NOW),), sources=LOOKED_AT)

    assert (digest.opened, digest.closed) == (1, 1)
    assert dict(digest.outcomes) == {Outcome.RECOVERED: 1}
    assert [one.generation for one in digest.still_open] == [2]
    assert digest.suggestion.kind is SuggestionKind.OPEN
    assert not digest.is_quiet
    assert digest_of(a_business(), WEEK, taken, NOW).suggestion.kind is SuggestionKind.NOTHING


def test_a_failing_source_stands_first_in_everything() -> None:
    failing = SourceState(
        business_id="bakery",
        source="sheet",
        looked_at=NOW,
        failures=4,
        failing_since=NOW - timedelta(days=1),
        trouble="403",
        advice="Share the sheet again.",
    )

    digest = digest_of(a_business(), WEEK, Known(counts={}, sources={"sheet": failing}), NOW)

    (trouble,) = digest.troubles
    assert (trouble.source, trouble.kind, trouble.detail) == ("sheet", TroubleKind.FAILING, "403")
    assert digest.suggestion.kind is SuggestionKind.SOURCE
    assert not digest.is_quiet


@pytest.mark.parametrize(
    ("last_days_ago", "kinds"), [(4, []), (6, [TroubleKind.SILENT]), (200, [TroubleKind.SILENT])]
)
def test_a_source_that_used_to_bring_one_a_day_is_silent_after_five_days_and_stays_so(
    last_days_ago: int, kinds: list[TroubleKind]
) -> None:
    last = WEEK.last - timedelta(days=last_days_ago)
    voices = [a_voice(n, last - timedelta(days=n)) for n in range(60)]

    known = Known(counts=counts_from(voices), sources=LOOKED_AT)
    digest = digest_of(a_business(), WEEK, known, NOW)

    assert [one.kind for one in digest.troubles] == kinds
    assert all(one.days == last_days_ago for one in digest.troubles)


def test_one_busy_day_and_five_empty_ones_are_no_silence() -> None:
    voices = [a_voice(n, WEEK.last - timedelta(days=6)) for n in range(40)]

    digest = digest_of(
        a_business(), WEEK, Known(counts=counts_from(voices), sources=LOOKED_AT), NOW
    )

    assert digest.troubles == ()


def test_files_brought_by_hand_are_never_called_silent() -> None:
    last = date(2026, 3, 1)
    voices = [a_voice(n, last - timedelta(days=n), source="exports") for n in range(60)]

    digest = digest_of(
        a_business(), WEEK, Known(counts=counts_from(voices), sources=LOOKED_AT), NOW
    )

    assert digest.troubles == ()
    assert digest.is_quiet


@pytest.mark.parametrize(("hours", "is_told"), [(47, False), (49, True)])
def test_a_source_nobody_looked_at_for_two_days_is_told(hours: int, is_told: bool) -> None:
    state = SourceState(
        business_id="bakery", source="sheet", looked_at=NOW - timedelta(hours=hours)
    )

    digest = digest_of(a_business(), WEEK, Known(counts={}, sources={"sheet": state}), NOW)

    assert [one.kind for one in digest.troubles] == [TroubleKind.NOT_LOOKED_AT] * is_told


def test_the_digest_counts_answers_where_a_source_tells_of_them() -> None:
    maps = SourceSettings(name="maps", kind="google_business")
    row = {"n": 4, "source.maps": 3, "source.sheet": 1, "answered": 2, "answered.1d": 2}
    known = Known(counts={(WEEK.last.isoformat(), "main"): row}, sources=LOOKED_AT)

    told = digest_of(a_business(sources=(maps,)), WEEK, known, NOW).answered
    untold = digest_of(a_business(), WEEK, known, NOW).answered

    assert told is not None
    assert (told.part, told.n, untold) == (2, 3, None)
