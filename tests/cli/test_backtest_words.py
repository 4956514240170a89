"""What `heedful backtest` tells a person."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from chalicelib.cli.backtest import BacktestResult, Told, replay_file
from chalicelib.domain.incident import IncidentKind
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


def test_times_are_those_on_the_owners_wall_and_of_a_file_of_dates_only_dates() -> None:
    opened = datetime(2026, 6, 10, 22, 30, tzinfo=UTC)
    ended = datetime(2026, 6, 20, 22, 30, tzinfo=UTC)
    told = Told(
        incident=replace(an_incident(), opened_at=opened, resolved_at=ended),
        location=None,
        quotes=(),
    )
    result = a_result(
        told=(told,), by_sensitivity={"calm": (opened,)}, time_zone="Europe/Berlin", has_hours=False
    )

    with_hours = replace(result, has_hours=True).in_words()
    dates = result.in_words()

    assert "1. 2026-06-11 00:30 Europe/Berlin: 4 of the last 6" in with_hours
    assert "1. 2026-06-11: 4 of the last 6" in dates
    for words in (with_hours, dates):
        assert ", over on 2026-06-21." in words
        assert "1 alert: 2026-06-11  (about" in words


def test_a_quote_is_told_once_however_many_alerts_it_is_in() -> None:
    spike = Told(incident=an_incident(), location=None, quotes=("We waited.", "Cold."))
    later = Told(incident=an_incident(), location=None, quotes=("Cold.", "Rude."))
    single = Told(
        incident=replace(an_incident(), kind=IncidentKind.CRITICAL),
        location=None,
        quotes=("We waited.",),
    )

    words = a_result(told=(spike, later, single)).in_words()

    quotes = [line.strip() for line in words.splitlines() if line.startswith("   ")]
    assert quotes == ["“We waited.”", "“Cold.”", "“Rude.”", "(quoted above)"]


def test_a_file_of_dates_is_told_in_dates_and_the_same_words_once(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    calm = [f"2026-03-{day:02d},5,lovely fresh bread again" for day in range(1, 29)]
    bad = ["2026-04-01,1,The bread was stale and the staff was very rude to us"] * 6
    path.write_text("\n".join(["date,stars,review", *calm, *calm, *bad]))

    result = replay_file(
        path, sensitivity="balanced", time_zone="Europe/Berlin", columns={}, show_progress=False
    )

    spikes = result.of(IncidentKind.SPIKE)
    assert "1. 2026-04-01: " in result.in_words()
    assert [one.quotes for one in spikes] == [
        ("The bread was stale and the staff was very rude to us",)
    ]
