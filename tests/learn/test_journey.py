"""The journey map against sums worked out by hand."""

from datetime import date

import pytest

from chalicelib.domain.digest import FEWEST, Change, Period
from chalicelib.domain.journey import Named
from chalicelib.domain.sentiment import Emotion, JourneyStage
from chalicelib.learn.journey import journey_of
from chalicelib.learn.shares import share_of

PERIOD = Period(first=date(2026, 4, 1), last=date(2026, 4, 28))
NOW, BEFORE = ("2026-04-10", "main"), ("2026-03-10", "main")
PAYING = {
    "n": 20,
    "negative": 8,
    "positive": 10,
    "neutral": 2,
    "stage.paying": 10,
    "stage.paying.negative": 6,
    "stage.paying.positive": 3,
    "stage.paying.emotion.anger": 4,
    "stage.paying.emotion.joy": 3,
    "stage.paying.emotion.fear": 1,
    "stage.paying.topic.price_value": 8,
    "stage.paying.topic.price_value.negative": 5,
    "stage.paying.topic.staff_service": 3,
    "stage.paying.topic.refund_billing": 1,
    "stage.paying.topic.refund_billing.negative": 1,
}


def test_a_stage_shows_its_voices_moods_pains_and_gains() -> None:
    journey = journey_of({NOW: PAYING}, PERIOD)

    (paying,) = [one for one in journey.stages if one.n]
    assert paying.stage is JourneyStage.PAYING
    assert paying.negative == share_of(6, 10)
    assert paying.mood == pytest.approx(-0.3)
    assert paying.emotions == ((Emotion.ANGER, 4), (Emotion.JOY, 3))
    # One voice about a bill is an anecdote.
    assert paying.pains == (Named(topic="price_value", n=8, negative=5),)
    assert paying.gains == (Named(topic="staff_service", n=3, negative=0),)
    assert (journey.n, journey.negative, journey.hardest) == (20, share_of(8, 20), paying.stage)


def test_stages_stand_in_the_order_of_the_way_spoken_of_or_not() -> None:
    assert [one.stage for one in journey_of({}, PERIOD).stages] == list(JourneyStage)


def test_the_period_before_is_compared_and_not_counted() -> None:
    before = {"n": 20, "negative": 1, "stage.paying": 10, "stage.paying.negative": 1}

    journey = journey_of({NOW: PAYING, BEFORE: before}, PERIOD)

    paying = next(one for one in journey.stages if one.stage is JourneyStage.PAYING)
    assert (paying.n, paying.n_before, paying.change) == (10, 10, Change.UP)
    assert (journey.n, journey.n_before, journey.change) == (20, 20, Change.UP)


def test_one_location_is_counted_alone() -> None:
    counts = {NOW: PAYING, ("2026-04-10", "tor"): {"n": 3, "negative": 1}}

    assert journey_of(counts, PERIOD).n == 23
    assert journey_of(counts, PERIOD, "tor").n == 3
    assert journey_of(counts, PERIOD, "elsewhere").n == 0


@pytest.mark.parametrize(("n", "mood"), [(0, None), (FEWEST - 1, None), (FEWEST, 1.0)])
def test_below_the_minimum_there_is_no_mood(n: int, mood: float | None) -> None:
    counts = {NOW: {"n": n, "positive": n, "stage.paying": n, "stage.paying.positive": n}}

    paying = journey_of(counts, PERIOD).stages[4]

    assert (paying.stage, paying.n, paying.mood) == (JourneyStage.PAYING, n, mood)


def test_texts_that_nobody_read_are_no_voices() -> None:
    journey = journey_of({NOW: {"n": 9, "unscored": 9}}, PERIOD)

    assert (journey.n, journey.negative.value, journey.hardest) == (0, None, None)


def test_the_hardest_stage_is_the_one_that_is_surely_hard() -> None:
    counts = {
        NOW: {
            "n": 60,
            "negative": 28,
            "stage.paying": 5,
            "stage.paying.negative": 3,
            "stage.experience": 50,
            "stage.experience.negative": 25,
        }
    }

    assert journey_of(counts, PERIOD).hardest is JourneyStage.EXPERIENCE


@pytest.mark.parametrize(
    ("part", "n", "low", "high"),
    [
        # Wilson's interval: by hand, with z = 1.959964.
        (0, 0, 0.0, 1.0),
        (0, 1, 0.0, 0.7935),
        (1, 1, 0.2065, 1.0),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (5, 10, 0.2366, 0.7634),
        (500, 1000, 0.4691, 0.5309),
    ],
)
def test_a_share_has_wilsons_interval(part: int, n: int, low: float, high: float) -> None:
    share = share_of(part, n)

    assert share.low == pytest.approx(low, abs=5e-5)
    assert share.high == pytest.approx(high, abs=5e-5)
    assert share.value == (part / n if n >= FEWEST else None)


@pytest.mark.parametrize(("part", "n"), [(2, 1), (-1, 5)])
def test_what_is_no_part_is_refused(part: int, n: int) -> None:
    with pytest.raises(ValueError, match="no part"):
        share_of(part, n)
