"""The numbers around an incident: the last weeks, and what is not moving."""

from datetime import date

import pytest

from chalicelib.alert.trend import steady_topics, weeks_of
from chalicelib.domain.briefing import SteadyTopic

TODAY = date(2026, 11, 10)
MAIN, STATION = "main-street", "station"


def test_the_last_week_ends_today_and_both_its_ends_count() -> None:
    counts = {
        ("2026-11-10", MAIN): {"n": 3, "negative": 2},
        ("2026-11-04", MAIN): {"n": 2, "negative": 1},
        ("2026-11-03", MAIN): {"n": 5, "negative": 4},
    }

    weeks = weeks_of(counts, TODAY)

    assert [(week.negative, week.n) for week in weeks] == [(4, 5), (3, 5)]
    assert (weeks[-1].first, weeks[-1].last) == (date(2026, 11, 4), TODAY)
    assert (weeks[0].first, weeks[0].last) == (date(2026, 10, 28), date(2026, 11, 3))


def test_weeks_before_the_first_feedback_are_left_out_and_silent_ones_after_it_are_not() -> None:
    counts = {("2026-10-20", MAIN): {"n": 1}, ("2026-11-10", MAIN): {"n": 1, "negative": 1}}

    weeks = weeks_of(counts, TODAY)

    assert [week.n for week in weeks] == [1, 0, 0, 1]


def test_six_weeks_at_most_and_nothing_without_feedback() -> None:
    every_day = {(f"2026-{month:02}-10", MAIN): {"n": 1} for month in range(1, 12)}

    assert len(weeks_of(every_day, TODAY)) <= 6
    assert weeks_of({}, TODAY) == ()


def test_one_location_is_counted_alone_and_without_one_all_are() -> None:
    counts = {
        ("2026-11-10", MAIN): {"n": 3, "negative": 2},
        ("2026-11-10", STATION): {"n": 4, "negative": 1},
    }

    assert [week.n for week in weeks_of(counts, TODAY, STATION)] == [4]
    assert [week.negative for week in weeks_of(counts, TODAY)] == [3]


def lately(**topics: tuple[int, int]) -> dict[tuple[str, str], dict[str, int]]:
    """So many of so many negative for each topic yesterday."""
    row: dict[str, int] = {}
    for topic, (negative, n) in topics.items():
        row |= {f"topic.{topic}": n, f"topic.{topic}.negative": negative}
    return {("2026-11-09", MAIN): row}


@pytest.mark.parametrize(
    ("negative", "n", "is_steady"), [(1, 3, True), (2, 3, False), (0, 2, False), (0, 3, True)]
)
def test_a_topic_with_little_trouble_and_enough_voices_is_steady(
    negative: int, n: int, is_steady: bool
) -> None:
    found = steady_topics(lately(price_value=(negative, n)), TODAY, frozenset())

    assert [one.topic for one in found] == (["price_value"] if is_steady else [])


def test_usual_is_the_mean_of_the_five_weeks_before() -> None:
    counts = lately(price_value=(3, 9)) | {
        ("2026-10-10", MAIN): {"topic.price_value": 20, "topic.price_value.negative": 10},
        ("2026-09-01", MAIN): {"topic.price_value": 90, "topic.price_value.negative": 90},
    }

    assert steady_topics(counts, TODAY, frozenset()) == (
        SteadyTopic(topic="price_value", negative=3, n=9, usual=2.0),
    )


def test_the_moving_topic_is_left_out_and_the_most_spoken_of_come_first() -> None:
    counts = lately(
        wait_delivery=(0, 50),
        price_value=(0, 4),
        staff_service=(0, 9),
        product_quality=(0, 7),
        communication=(0, 5),
    )

    found = steady_topics(counts, TODAY, frozenset({"wait_delivery"}))

    assert [one.topic for one in found] == ["staff_service", "product_quality", "communication"]
