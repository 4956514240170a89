"""The bad days: found where they are planted, and nowhere when there are none."""

from collections.abc import Mapping
from datetime import date, timedelta
from math import log

import pytest

from chalicelib.domain.digest import Period
from chalicelib.domain.journey import Sign
from chalicelib.domain.sentiment import JourneyStage, Topic
from chalicelib.learn.shares import share_of
from chalicelib.learn.stretch import Days, find_stretch, surprise

PERIOD = Period(first=date(2026, 4, 1), last=date(2026, 4, 28))
FIRST = PERIOD.before.first


def days_with(bad: Mapping[date, Mapping[str, int]], usual: Mapping[str, int]) -> Days:
    """Two periods of the same usual day, but for the bad ones."""
    dates = [FIRST + timedelta(days=step) for step in range(2 * PERIOD.days)]
    return [(one.isoformat(), bad.get(one, usual)) for one in dates]


def planted(first: date, length: int, **counts: int) -> dict[date, dict[str, int]]:
    named = {name.replace("__", "."): n for name, n in counts.items()}
    return {first + timedelta(days=step): named for step in range(length)}


# Every day five voices; a usual day has a complaint now and then (here: none, and one elsewhere).
USUAL = {"n": 5, "negative": 1, "positive": 4, "stars.1": 1, "stars.5": 4}


def test_planted_days_are_found_with_their_dates_and_what_would_have_been_usual() -> None:
    bad = planted(date(2026, 4, 10), 5, n=5, negative=5, stars__1=1, stars__5=4)

    found = find_stretch(days_with(bad, USUAL), PERIOD)

    assert found is not None
    assert (found.first, found.last) == (date(2026, 4, 10), date(2026, 4, 14))
    assert (found.sign, found.part, found.n) == (Sign.WORDS, 25, 25)
    assert found.usual == pytest.approx(5.0)


def test_stars_tell_where_words_do_not() -> None:
    bad = planted(date(2026, 4, 10), 5, n=5, negative=1, stars__1=3, stars__2=2)

    found = find_stretch(days_with(bad, USUAL), PERIOD)

    assert found is not None
    assert (found.sign, found.part, found.n) == (Sign.STARS, 25, 25)


def test_where_it_grew_is_the_stage_and_a_topic_of_that_stage() -> None:
    usual = USUAL | {
        "stage.paying": 1,
        "stage.experience": 4,
        "stage.experience.negative": 1,
        "stage.experience.topic.product_quality": 2,
        "stage.experience.topic.product_quality.negative": 1,
    }
    bad = planted(
        date(2026, 4, 10),
        5,
        n=5,
        negative=5,
        stage__experience=2,
        stage__experience__negative=1,
        stage__paying=5,
        stage__paying__negative=4,
        topic__price_value__negative=5,
        stage__paying__topic__refund_billing=5,
        stage__paying__topic__refund_billing__negative=4,
    )

    found = find_stretch(days_with(bad, usual), PERIOD)

    assert found is not None
    assert found.stage is JourneyStage.PAYING
    assert found.stage_share == share_of(20, 25)
    assert found.topic == Topic.REFUND_BILLING
    assert found.topic_share == share_of(20, 25)


def test_an_owners_own_topic_is_named() -> None:
    bad = planted(
        date(2026, 4, 10), 5, n=5, negative=5, topic__vegan_cake=5, topic__vegan_cake__negative=5
    )

    found = find_stretch(days_with(bad, USUAL), PERIOD)

    assert found is not None
    assert (found.stage, found.topic) == (None, "vegan_cake")


def test_days_that_are_all_alike_have_no_bad_ones() -> None:
    assert find_stretch(days_with({}, USUAL), PERIOD) is None


def test_bad_days_before_the_period_are_not_of_it() -> None:
    bad = planted(date(2026, 3, 10), 5, n=5, negative=5)

    assert find_stretch(days_with(bad, USUAL), PERIOD) is None


@pytest.mark.parametrize("counts", [{}, {"n": 3, "unscored": 3}])
def test_silence_is_no_trouble(counts: Mapping[str, int]) -> None:
    assert find_stretch(days_with({}, counts), PERIOD) is None


def test_two_complaints_on_quiet_days_are_too_few() -> None:
    bad = planted(date(2026, 4, 10), 2, n=1, negative=1)

    assert find_stretch(days_with(bad, {"n": 0}), PERIOD) is None


def test_surprise_is_the_log_likelihood_ratio_worked_out_by_hand() -> None:
    # 4 of 5 inside, 1 of 5 outside, against 5 of 10 everywhere.
    by_hand = 2 * (4 * log(0.8 / 0.5) + 1 * log(0.2 / 0.5))

    assert surprise(4, 5, 5, 10) == pytest.approx(by_hand)


@pytest.mark.parametrize(
    ("part", "n", "of_part", "of_n"),
    [(0, 0, 3, 9), (3, 9, 3, 9), (1, 5, 5, 10), (5, 5, 10, 10), (2, 4, 5, 10)],
)
def test_what_is_no_worse_inside_than_outside_is_no_surprise(
    part: int, n: int, of_part: int, of_n: int
) -> None:
    assert surprise(part, n, of_part, of_n) == 0.0
