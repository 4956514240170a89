"""Judge.me: reviews without what must not be read of a customer, and pages until one is empty."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import SettingsError, SourceAuthError, SourceContractError
from tests.pull.played.judge_me import PlayedJudgeMe
from tests.pull.playing import Answer, Stage, playing


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A shop with nothing written yet."""
    with playing(PlayedJudgeMe()) as running:
        yield running


def change(stage: Stage, **fields: Any) -> None:
    stage.played.entries[0] |= fields


def test_a_review_is_mapped_field_by_field(stage: Stage) -> None:
    stage.played.write(1)

    report = stage.look()

    one = stage.queued[0]
    assert (one.external_id, one.stars) == ("9001", 2.0)
    assert one.text == "Stale\nThe rye was stale, number 1"
    assert (one.author, one.author_id) == ("Customer 1", "501")
    assert one.url == "https://rosa.myshopify.com/products/rye-bread"
    assert one.written_at == datetime(2026, 3, 27, 10, 1, tzinfo=UTC)
    assert one.updated_at == datetime(2026, 3, 27, 10, 1, 3, tzinfo=UTC)
    assert (report.is_complete, report.refused) == (True, 0)


def test_no_address_number_or_network_of_a_customer_is_read(stage: Stage) -> None:
    stage.played.write(1)

    stage.look()

    everything = repr(stage.queued[0])
    assert not any(one in everything for one in ("mail.example", "+4930", "192.0.2.7"))


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"title": None}, "The rye was stale, number 1"),
        ({"title": "The rye"}, "The rye was stale, number 1"),
        ({"body": None}, "Stale"),
        ({"title": "", "body": "<p>Cold &amp; late<br>again</p>"}, "Cold & late\nagain"),
        ({"title": None, "body": None}, ""),
    ],
)
def test_title_and_words_are_one_text(stage: Stage, fields: dict[str, Any], text: str) -> None:
    stage.played.write(1)
    change(stage, **fields)

    stage.look()

    assert stage.queued[0].text == text


@pytest.mark.parametrize("rating", [None, 0, 6, "five", True])
def test_a_rating_that_is_none_leaves_the_words(stage: Stage, rating: object) -> None:
    stage.played.write(1)
    change(stage, rating=rating)

    stage.look()

    assert (stage.queued[0].stars, stage.queued[0].author) == (None, "Customer 1")


@pytest.mark.parametrize(
    "odd",
    [
        {"id": None},
        {"created_at": None, "updated_at": None},
        {"rating": None, "title": None, "body": None},
        {"created_at": "soon", "updated_at": 5.5e99},
    ],
)
def test_one_odd_review_is_counted_and_loses_no_other(stage: Stage, odd: dict[str, Any]) -> None:
    stage.played.write(3)
    stage.played.entries[1] |= odd

    report = stage.look()

    assert [one.external_id for one in stage.queued] == ["9001", "9003"]
    assert report.refused == 1


def test_pages_are_read_until_the_mark_and_at_first_until_one_is_empty(stage: Stage) -> None:
    for _ in range(7):
        stage.played.moment += timedelta(hours=1)
        stage.played.write(1)
    stage.look()
    first = [one.query["page"] for one in stage.played.asked]
    stage.played.asked.clear()
    stage.played.moment += timedelta(hours=1)
    stage.played.write(1)

    stage.look()

    assert first == ["1", "2", "3", "4"]
    assert [page for one in stage.played.asked if (page := one.query.get("page"))] == ["1"]
    assert [one.external_id for one in stage.queued] == ["9008"]


def test_what_the_shop_calls_spam_is_no_feedback_and_leaves_it_when_it_was(stage: Stage) -> None:
    stage.played.write(2)
    change(stage, curated="spam")
    report = stage.look()
    assert ([one.external_id for one in stage.queued], report.refused) == (["9001"], 0)

    stage.played.entries[1]["curated"] = "spam"
    stage.now += timedelta(days=1)
    stage.look()

    assert [(one.external_id, one.is_deleted) for one in stage.queued] == [("9001", True)]


def test_no_reviews_where_there_were_some_is_trouble(stage: Stage) -> None:
    assert stage.look().queued == 0
    stage.played.write(2)
    stage.look()
    stage.played.entries.clear()

    with pytest.raises(SourceContractError, match="answers empty"):
        stage.look()


def test_a_refused_token_says_which_one_is_needed_and_is_not_shown(stage: Stage) -> None:
    stage.played.answer = lambda asked: Answer(status=401)  # type: ignore[method-assign]

    with pytest.raises(SourceAuthError) as caught:
        stage.look()

    assert "private API token" in caught.value.advice
    assert "private" not in str(caught.value)


def test_settings_that_make_no_sense_say_what_to_write() -> None:
    played = PlayedJudgeMe()
    played.secrets = ()
    with playing(played) as stage, pytest.raises(SettingsError, match="private API token"):
        stage.look()
