"""What `heedful backtest` tells a person."""

from dataclasses import replace

from chalicelib.cli.backtest import BacktestResult, Told
from chalicelib.domain.spike import Sensitivity
from tests.alert.samples import NOW, an_incident


def a_result(**changes: object) -> BacktestResult:
    result = BacktestResult(
        file="mine.csv",
        reviews=40,
        scored=40,
        unscored=0,
        negative=5,
        per_day=1.0,
        told=(),
        worst_at=None,
        sensitivity=Sensitivity.CALM,
        by_sensitivity={"calm": (NOW,)},
        notes=(),
    )
    return replace(result, **changes)  # type: ignore[arg-type]


def test_a_topic_is_named_as_people_call_it_and_one_false_alarm_is_one() -> None:
    told = Told(incident=an_incident(), location=None, quotes=("We waited.",))

    words = a_result(told=(told,)).in_words()

    assert "4 of the last 6 about waiting and delivery were negative" in words
    assert "topic:" not in words
    assert "told you 1 time that more was negative" in words
    assert "(about 1 false alarm a year)" in words


def test_silence_over_few_reviews_says_that_they_are_few() -> None:
    assert "nothing (sensitivity calm).\n" in a_result().in_words()
    few = a_result(reviews=39).in_words()
    assert "nothing (sensitivity calm). With fewer than 40 reviews it hardly knows" in few
