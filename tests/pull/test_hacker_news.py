"""Hacker News: stories and comments as readers see them, and pages parted by time."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.domain.errors import SettingsError
from tests.pull.played.hacker_news import PlayedHackerNews
from tests.pull.playing import Answer, Stage, playing


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A search that finds nothing yet."""
    with playing(PlayedHackerNews()) as running:
        yield running


def test_a_comment_is_mapped_field_by_field(stage: Stage) -> None:
    stage.played.write(1)

    report = stage.look()

    one = stage.queued[0]
    assert (one.external_id, one.author) == ("4000001", "customer1")
    assert one.text == "Rosa bakery's rye\nwas stale, number 1"
    assert one.written_at == one.updated_at == datetime(2026, 3, 27, 10, 1, tzinfo=UTC)
    assert one.url == "https://news.ycombinator.com/item?id=4000001"
    assert (report.is_complete, report.refused) == (True, 0)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"title": "Rosa bakery", "comment_text": None}, "Rosa bakery"),
        (
            {"title": "Ask HN: rosa", "story_text": "Is it <i>good</i>?", "comment_text": None},
            "Ask HN: rosa\nIs it good?",
        ),
    ],
)
def test_a_story_is_its_title_and_its_text(stage: Stage, fields: dict[str, Any], text: str) -> None:
    stage.played.write(1)
    stage.played.entries[0] |= fields

    stage.look()

    assert stage.queued[0].text == text


@pytest.mark.parametrize(
    "odd",
    [
        {"objectID": None},
        {"comment_text": None},
        {"comment_text": "<p></p>"},
        {"created_at": None, "created_at_i": None},
    ],
)
def test_one_odd_hit_is_counted_and_loses_no_other(stage: Stage, odd: dict[str, Any]) -> None:
    stage.played.write(3)
    stage.played.entries[1] |= odd
    frame = {"hits": stage.played.entries, "nbPages": 1}
    stage.played.answer = lambda asked: Answer(said=frame)  # type: ignore[method-assign]

    report = stage.look()

    assert [one.author for one in stage.queued] == ["customer1", "customer3"]
    assert report.refused == 1


def test_a_search_with_more_than_a_thousand_hits_is_read_to_its_end(stage: Stage) -> None:
    stage.played.page_size = 100  # type: ignore[attr-defined]
    stage.played.write(1_150)

    stage.look()

    assert len({one.external_id for one in stage.queued}) == 1_150
    assert len({one.query["numericFilters"] for one in stage.played.asked}) == 12


def test_authors_to_ignore_are_no_feedback() -> None:
    played = PlayedHackerNews()
    played.options = {**played.options, "ignore": "customer2"}
    played.write(3)
    with playing(played) as stage:
        report = stage.look()

        assert [one.author for one in stage.queued] == ["customer1", "customer3"]
        assert report.refused == 0


def test_each_search_is_followed_on_its_own() -> None:
    played = PlayedHackerNews()
    played.options = {"search": ["rosa", "rye"]}
    played.write(4)
    with playing(played) as stage:
        report = stage.look()

        queries = [one.query["query"] for one in played.asked]
        assert report.is_complete
        assert queries == ["rosa", "rosa", "rye", "rye"]
        assert len({one.external_id for one in stage.queued}) == 4


def test_a_source_without_a_search_says_what_to_write() -> None:
    played = PlayedHackerNews()
    played.options = {}
    with playing(played) as stage, pytest.raises(SettingsError, match="needs search"):
        stage.look()
