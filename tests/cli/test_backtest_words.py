"""What `heedful backtest` tells a person."""

from chalicelib.cli.backtest import BacktestResult, Told
from chalicelib.domain.spike import Sensitivity
from tests.alert.samples import NOW, an_incident


def test_a_topic_is_named_as_people_call_it_and_one_false_alarm_is_one() -> None:
    told = Told(incident=an_incident(), location=None, quotes=("We waited.",))
    result = BacktestResult(
        file="mine.csv",
        reviews=30,
        scored=30,
        unscored=0,
        negative=5,
        per_day=1.0,
        told=(told,),
        worst_at=None,
        sensitivity=Sensitivity.CALM,
        by_sensitivity={"calm": (NOW,)},
        notes=(),
    )

    words = result.in_words()

    assert "4 of the last 6 about waiting and delivery were negative" in words
    assert "topic:" not in words
    assert "told you 1 time that more was negative" in words
    assert "(about 1 false alarm a year)" in words
