"""Bluesky: a session that is kept, posts as they stand on the wire, and what a server refuses."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.clock import to_text
from chalicelib.domain.errors import (
    SettingsError,
    SourceAuthError,
    SourceContractError,
    SourceError,
    SourceRateLimited,
)
from tests.pull.played.bluesky import PlayedBluesky
from tests.pull.playing import Answer, Asked, Stage, playing


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A server with nothing written yet."""
    with playing(PlayedBluesky()) as running:
        yield running


def server(stage: Stage) -> PlayedBluesky:
    assert isinstance(stage.played, PlayedBluesky)
    return stage.played


def test_a_post_is_mapped_field_by_field(stage: Stage) -> None:
    stage.played.write(1)

    report = stage.look()

    one = stage.queued[0]
    assert one.external_id == "at://did:plc:customer1/app.bsky.feed.post/3k1"
    assert one.text == "The rye of rosa bakery was stale, number 1"
    assert (one.author, one.author_id, one.language) == ("Customer 1", "did:plc:customer1", "en")
    assert one.written_at == datetime(2026, 3, 27, 10, 0, 58, tzinfo=UTC)
    assert one.updated_at == datetime(2026, 3, 27, 10, 1, tzinfo=UTC)
    assert one.url == "https://bsky.app/profile/did:plc:customer1/post/3k1"
    assert (report.is_complete, report.refused) == (True, 0)


def test_one_session_serves_every_look(stage: Stage) -> None:
    for _ in range(5):
        stage.played.write(1)
        assert stage.look().queued == 1

    assert (server(stage).sign_ins, server(stage).refreshes) == (1, 0)


def test_an_expired_session_is_refreshed_and_a_forgotten_one_made_anew(stage: Stage) -> None:
    stage.look()
    server(stage).expire()
    stage.played.write(1)
    assert stage.look().queued == 1
    assert (server(stage).sign_ins, server(stage).refreshes) == (1, 1)

    server(stage).forget()
    stage.played.write(1)

    assert stage.look().queued == 1
    assert (server(stage).sign_ins, server(stage).refreshes) == (2, 1)


def test_a_session_is_saved_before_it_is_used(stage: Stage) -> None:
    report = stage.look(seconds_left=0)

    assert (report.pages, report.read, report.is_complete) == (1, 0, False)
    session = stage.store.state.cursor["session"]
    assert session == {
        "access": "access1",
        "refresh": "refresh1",
        "since": to_text(stage.now),
    }


def test_a_server_that_takes_back_each_session_is_asked_once_a_look(stage: Stage) -> None:
    plain = server(stage).answer

    def refuse(asked: Asked) -> Answer:
        if "searchPosts" in asked.path:
            return Answer(said={"error": "ExpiredToken"}, status=400)
        return plain(asked)

    stage.played.answer = refuse  # type: ignore[method-assign]

    with pytest.raises(SourceAuthError, match="the session it just gave"):
        stage.look()

    assert (server(stage).sign_ins, server(stage).refreshes) == (1, 0)


def test_the_first_look_reaches_back_a_month_and_later_ones_a_little(stage: Stage) -> None:
    stage.played.write(1)
    stage.look()
    first = stage.now
    stage.look()

    asked = [one.query for one in stage.played.asked if "searchPosts" in one.path]
    assert asked[0]["since"] == to_text(first - timedelta(days=30, minutes=10))
    assert asked[1]["since"] == to_text(stage.played.moment - timedelta(minutes=10))


def test_own_posts_and_those_of_ignored_accounts_are_no_feedback() -> None:
    played = PlayedBluesky()
    played.options = {**played.options, "ignore": ["did:plc:customer2"]}
    played.write(3)
    played.entries[0]["author"]["handle"] = "Rosa.bsky.social"
    with playing(played) as stage:
        report = stage.look()

        assert [one.author for one in stage.queued] == ["Customer 1"]
        assert report.refused == 0


@pytest.mark.parametrize(
    "odd",
    [
        {"uri": None},
        {"record": None},
        {"record": {"text": "", "createdAt": "2026-03-27T10:00:00Z"}},
        {"record": {"text": ["x"], "createdAt": "2026-03-27T10:00:00Z"}},
        {"record": {"text": "x", "createdAt": "soon"}, "indexedAt": "2026-99"},
    ],
)
def test_one_odd_post_is_counted_and_loses_no_other(stage: Stage, odd: dict[str, Any]) -> None:
    stage.played.write(3)
    stage.played.entries[1] |= odd
    frame = {"posts": stage.played.entries}
    plain = stage.played.answer
    stage.played.answer = lambda asked: (  # type: ignore[method-assign]
        Answer(said=frame) if "searchPosts" in asked.path else plain(asked)
    )

    report = stage.look()

    assert [one.author for one in stage.queued] == ["Customer 1", "Customer 3"]
    assert report.refused == 1


def test_what_a_post_lacks_it_lacks(stage: Stage) -> None:
    stage.played.write(1)
    post = stage.played.entries[0]
    post["author"] = {"handle": "somebody.example"}
    post["record"]["langs"] = []
    post["record"]["createdAt"] = "2031-01-01T00:00:00Z"

    stage.look()

    one = stage.queued[0]
    assert (one.author, one.author_id, one.language) == ("somebody.example", None, None)
    assert one.url == "https://bsky.app/profile/did:plc:customer1/post/3k1"
    assert one.written_at == one.updated_at == datetime(2026, 3, 27, 10, 1, tzinfo=UTC)


def refusal(stage: Stage, said: object, status: int, headers: dict[str, str]) -> SourceError:
    plain = stage.played.answer
    stage.played.answer = lambda asked: (  # type: ignore[method-assign]
        Answer(said=said, status=status, headers=headers)
        if "searchPosts" in asked.path
        else plain(asked)
    )
    with pytest.raises(SourceError) as caught:
        stage.look()
    return caught.value


@pytest.mark.parametrize(
    ("status", "said", "expected", "advice"),
    [
        (400, {"error": "BadQueryString"}, SourceContractError, "phrase in quotes"),
        (401, {"error": "AuthMissing"}, SourceAuthError, "app password"),
        (403, b"<html>Forbidden</html>", SourceAuthError, "address"),
        (400, {"error": "Unknown"}, SourceContractError, "settings"),
    ],
)
def test_each_refusal_says_what_to_do(
    stage: Stage, status: int, said: object, expected: type[SourceError], advice: str
) -> None:
    error = refusal(stage, said, status, {})

    assert type(error) is expected
    assert advice in error.advice


def test_a_limit_ends_when_its_header_says(stage: Stage) -> None:
    stage.look()
    ends = stage.now + timedelta(hours=1, minutes=20)

    headers = {"ratelimit-reset": str(int(ends.timestamp()))}
    error = refusal(stage, {"error": "RateLimitExceeded"}, 429, headers)

    assert isinstance(error, SourceRateLimited)
    assert error.retry_at == ends


def test_a_page_behind_the_last_post_ends_the_walk(stage: Stage) -> None:
    plain = server(stage).answer
    numbers = iter(range(1, 100))

    def go_on(asked: Asked) -> Answer:
        if "searchPosts" in asked.path:
            return Answer(said={"posts": [], "cursor": str(next(numbers))})
        return plain(asked)

    stage.played.answer = go_on  # type: ignore[method-assign]

    report = stage.look()

    assert (report.pages, report.is_complete) == (2, True)


def test_an_answer_without_any_known_post_takes_nothing_back(stage: Stage) -> None:
    stage.played.write(6)
    stage.look()
    stage.played.entries.clear()
    stage.now += timedelta(days=1)

    stage.look()

    assert stage.queued == []


@pytest.mark.parametrize(
    ("options", "secrets", "message"),
    [
        ({"search": ["x"]}, ("p",), "handle is one text"),
        ({"handle": "a.example"}, ("p",), "needs search"),
        ({"handle": "a.example", "search": "x"}, (), "app password"),
    ],
)
def test_settings_that_make_no_sense_say_what_to_write(
    options: dict[str, object], secrets: tuple[str, ...], message: str
) -> None:
    played = PlayedBluesky()
    played.options, played.secrets = options, secrets
    with playing(played) as stage, pytest.raises(SettingsError, match=message):
        stage.look()
