"""Apple's public feed: three shapes of an answer, and an empty one that is never silence."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.domain.errors import SettingsError, SourceContractError
from tests.pull.played.app_store_feed import THE_APP, PlayedAppStoreFeed
from tests.pull.playing import Answer, Stage, playing


@pytest.fixture
def stage() -> Iterator[Stage]:
    """An app with no reviews yet."""
    with playing(PlayedAppStoreFeed()) as running:
        yield running


def test_a_review_is_mapped_field_by_field(stage: Stage) -> None:
    stage.played.write(1)
    stage.played.entries[0]["updated"] = {"label": "2026-03-28T23:10:34-07:00"}

    report = stage.look()

    one = stage.queued[0]
    assert (one.external_id, one.stars) == ("9001", 2.0)
    assert one.text == "Cold\nThe bread was cold, number 1"
    assert (one.author, one.url) == ("C 1", "https://apps.example/1")
    assert one.written_at == datetime(2026, 3, 29, 6, 10, 34, tzinfo=UTC)
    assert (report.is_complete, report.refused) == (True, 0)


@pytest.mark.parametrize("entry", [None, THE_APP, [THE_APP], []])
def test_an_empty_feed_is_trouble_and_never_silence(stage: Stage, entry: Any) -> None:
    stage.played.answer = lambda asked: Answer(  # type: ignore[method-assign]
        said={"feed": {} if entry is None else {"entry": entry}}
    )

    with pytest.raises(SourceContractError, match="no reviews") as caught:
        stage.look()

    assert "app_store_connect" in caught.value.advice


@pytest.mark.parametrize("frame", [{}, {"feed": None}, {"feed": []}, {"feed": "x"}])
def test_an_answer_without_a_feed_is_trouble(stage: Stage, frame: Any) -> None:
    stage.played.answer = lambda asked: Answer(said=frame)  # type: ignore[method-assign]

    with pytest.raises(SourceContractError, match="no feed"):
        stage.look()


@pytest.mark.parametrize(
    "odd",
    [
        None,
        "review",
        {"id": None},
        {"id": {"label": None}},
        {"updated": {"label": "soon"}},
        {"title": "x", "content": [], "im:rating": {"label": "many"}},
    ],
)
def test_one_odd_review_is_counted_and_loses_no_other(stage: Stage, odd: Any) -> None:
    stage.played.write(3)
    stage.played.entries[1] = stage.played.entries[1] | odd if isinstance(odd, dict) else odd

    report = stage.look()

    assert ([one.external_id for one in stage.queued], report.refused) == (["9001", "9003"], 1)


def test_no_page_after_the_tenth_is_asked_for(stage: Stage) -> None:
    stage.played.write(40)

    report = stage.look()

    assert (report.is_complete, report.pages, len(stage.queued)) == (True, 10, 30)


@pytest.mark.parametrize(
    "options",
    [{}, {"app": "abc"}, {"app": 123456789}, {"app": "123456789", "country": "germany"}],
)
def test_odd_settings_say_what_to_write(options: dict[str, object]) -> None:
    played = PlayedAppStoreFeed()
    played.options = options
    with playing(played) as stage, pytest.raises(SettingsError, match="such as"):
        stage.look()


@pytest.mark.parametrize("status", [400, 404])
def test_a_page_beyond_the_last_may_be_refused(stage: Stage, status: int) -> None:
    stage.played.write(4)
    plain = stage.played.answer
    stage.played.answer = lambda asked: (  # type: ignore[method-assign]
        Answer(status=status) if "page=3" in asked.path else plain(asked)
    )

    report = stage.look()

    assert (report.is_complete, len(stage.queued)) == (True, 4)
    stage.played.write(1)
    stage.look()
    assert [one.external_id for one in stage.queued] == ["9005"]
