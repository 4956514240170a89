"""Instagram's comments and tags: replies, the owner's own words, long threads, and Meta's codes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import (
    SettingsError,
    SourceAuthError,
    SourceContractError,
    SourceError,
    SourceRateLimited,
)
from tests.pull.played.instagram import ACCOUNT, GONE, PlayedInstagram
from tests.pull.playing import Answer, Asked, Stage, playing


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A post without comments."""
    with playing(PlayedInstagram()) as running:
        yield running


def instagram(stage: Stage) -> PlayedInstagram:
    assert isinstance(stage.played, PlayedInstagram)
    return stage.played


def queued_ids(stage: Stage) -> list[str]:
    return [one.external_id for one in stage.queued]


def a_tag(number: int) -> dict[str, Any]:
    return {
        "id": str(500 + number),
        "caption": f"Cold bread at @rosa.bakery, number {number}",
        "username": f"guest.{number}",
        "timestamp": f"2026-03-28T10:{number:02}:00+0000",
        "permalink": f"https://ig.example/p/{number}/",
    }


def test_a_comment_is_mapped_field_by_field(stage: Stage) -> None:
    stage.played.write(1)
    stage.played.entries[0]["timestamp"] = "2026-03-28T10:00:00+0000"

    report = stage.look()

    one = stage.queued[0]
    assert (one.external_id, one.text) == ("17901", "The bread was cold, number 1")
    assert (one.author, one.url) == ("customer.1", "https://ig.example/p/1/")
    assert one.written_at == one.updated_at == datetime(2026, 3, 28, 10, tzinfo=UTC)
    assert (report.is_complete, report.refused) == (True, 0)


def test_replies_of_customers_count_and_the_owners_own_words_do_not(stage: Stage) -> None:
    stage.played.write(2)
    reply = {"id": "1", "text": "Mine too", "username": "c", "timestamp": "2026-03-28T10:00:00Z"}
    own = {**reply, "id": "2", "text": "So sorry!", "username": "rosa.bakery"}
    stage.played.entries[0]["replies"] = {"data": [reply, own]}
    stage.played.entries[1]["username"] = "rosa.bakery"

    stage.look()

    assert sorted(queued_ids(stage)) == ["1", "17902"]


def test_posts_that_tag_the_business_come_with_their_own_link(stage: Stage) -> None:
    instagram(stage).tags = [a_tag(number) for number in range(5, 0, -1)]

    stage.look()

    assert sorted(queued_ids(stage)) == ["501", "502", "503", "504", "505"]
    assert {one.url for one in stage.queued} == {f"https://ig.example/p/{n}/" for n in range(1, 6)}
    instagram(stage).tags.insert(0, a_tag(6))
    stage.look()
    assert queued_ids(stage) == ["506"]


def test_a_long_thread_is_read_to_its_end_once_and_then_only_its_top(stage: Stage) -> None:
    for _ in range(10):
        stage.played.moment += timedelta(hours=2)
        stage.played.write(1)
    stage.look()
    assert len(stage.queued) == 10
    stage.played.moment += timedelta(hours=2)
    stage.played.write(2)
    stage.played.asked.clear()

    stage.look()

    assert sorted(queued_ids(stage)) == ["17911", "17912"]
    further = [asked for asked in stage.played.asked if asked.path.endswith("/comments")]
    assert len(further) <= 1


def test_the_secret_never_stands_in_an_address(stage: Stage) -> None:
    stage.played.write(10)
    stage.look()

    assert not any("token" in asked.raw or "secret" in asked.raw for asked in stage.played.asked)


@pytest.mark.parametrize(
    "odd",
    [None, 5, {"id": None}, {"text": None}, {"text": ""}, {"timestamp": "soon"}, {"timestamp": {}}],
)
def test_one_odd_comment_is_counted_and_loses_no_other(stage: Stage, odd: Any) -> None:
    stage.played.write(3)
    stage.played.entries[1] = stage.played.entries[1] | odd if isinstance(odd, dict) else odd

    report = stage.look()

    assert (sorted(queued_ids(stage)), report.refused) == (["17901", "17903"], 1)


@pytest.mark.parametrize("post", [None, "x", {}, {"id": "1", "comments": 5}, {"comments": []}])
def test_an_odd_post_loses_no_other(stage: Stage, post: Any) -> None:
    stage.played.write(1)
    plain = stage.played.answer

    def answer(asked: Asked) -> Answer:
        found = plain(asked)
        if asked.path.endswith("/media") and isinstance(found.said, dict):
            found.said["data"].insert(0, post)
        return found

    stage.played.answer = answer  # type: ignore[method-assign]

    assert stage.look().is_complete
    assert queued_ids(stage) == ["17901"]


def test_a_post_that_is_gone_while_its_comments_are_read_ends_nothing(stage: Stage) -> None:
    stage.played.write(8)
    plain = stage.played.answer
    stage.played.answer = lambda asked: (  # type: ignore[method-assign]
        Answer(said=GONE, status=400) if asked.path.endswith("/comments") else plain(asked)
    )

    report = stage.look()

    assert (report.is_complete, len(stage.queued)) == (True, 3)


def test_no_posts_where_there_were_some_is_trouble(stage: Stage) -> None:
    stage.played.write(1)
    stage.look()
    stage.played.answer = lambda asked: Answer(said={"data": []})  # type: ignore[method-assign]

    with pytest.raises(SourceContractError, match="answers empty"):
        stage.look()


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (400, 190, SourceAuthError),
        (400, 10, SourceAuthError),
        (400, 200, SourceAuthError),
        (403, 4, SourceRateLimited),
        (400, 32, SourceRateLimited),
        (400, 613, SourceRateLimited),
        (400, 100, SourceContractError),
        (400, None, SourceContractError),
        (403, "x", SourceAuthError),
    ],
)
def test_metas_codes_say_what_a_status_does_not(
    stage: Stage, status: int, code: Any, expected: type[SourceError]
) -> None:
    body = {"error": {"message": "x", "type": "OAuthException", "code": code}}
    stage.played.answer = lambda asked: Answer(said=body, status=status)  # type: ignore[method-assign]

    with pytest.raises(SourceError) as caught:
        stage.look()

    assert type(caught.value) is expected


def test_an_account_by_its_name_and_a_missing_token_are_told() -> None:
    played = PlayedInstagram()
    played.options = {"account": "rosa.bakery"}
    with playing(played) as stage, pytest.raises(SettingsError, match="account"):
        stage.look()
    played.options, played.secrets = {"account": ACCOUNT}, ()
    with playing(played) as stage, pytest.raises(SettingsError, match="access token"):
        stage.look()


def test_a_page_of_comments_that_is_forgotten_starts_again_and_loses_nothing(stage: Stage) -> None:
    stage.played.write(8)
    stage.look(seconds_left=0)
    first = queued_ids(stage)
    waiting: Any = stage.store.state.cursor["waiting"]
    forgotten = [[waiting[0][0], "gone", *waiting[0][2:]]]
    cursor = {**stage.store.state.cursor, "waiting": forgotten}
    stage.store.state = replace(stage.store.state, cursor=cursor)

    report = stage.look()

    assert report.is_complete
    assert len({*first, *queued_ids(stage)}) == len(first) + len(stage.queued) == 8


def test_a_page_of_tags_that_is_forgotten_starts_again_and_loses_nothing(stage: Stage) -> None:
    instagram(stage).tags = [a_tag(number) for number in range(8, 0, -1)]
    stage.look(seconds_left=0)
    stage.look(seconds_left=0)
    first = queued_ids(stage)
    tags: Any = stage.store.state.cursor["tags"]
    cursor = {**stage.store.state.cursor, "tags": {**tags, "token": "gone"}}
    stage.store.state = replace(stage.store.state, cursor=cursor)

    report = stage.look()

    assert report.is_complete
    assert len({*first, *queued_ids(stage)}) == len(first) + len(stage.queued) == 8


def test_comments_that_are_never_given_are_trouble(stage: Stage) -> None:
    stage.played.write(8)
    plain = stage.played.answer
    stage.played.answer = lambda asked: (  # type: ignore[method-assign]
        Answer(status=400) if asked.path.endswith("/comments") else plain(asked)
    )

    with pytest.raises(SourceContractError, match="400"):
        stage.look()
