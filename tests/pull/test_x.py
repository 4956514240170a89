"""X: what a post costs is kept, both names of a field are read, and no limit is mistaken."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import (
    SettingsError,
    SourceAuthError,
    SourceContractError,
    SourceCreditsError,
    SourceError,
    SourceRateLimited,
    SourceUnavailable,
)
from chalicelib.pull.x import posted_at
from tests.pull.given import NOW
from tests.pull.played.x import SEARCH, PlayedX, key_at, zulu
from tests.pull.playing import Answer, Stage, playing


@pytest.fixture
def stage() -> Iterator[Stage]:
    """X with nothing written yet."""
    with playing(PlayedX()) as running:
        yield running


def change(stage: Stage, **fields: Any) -> None:
    stage.played.entries[0] |= fields


def test_a_post_is_mapped_field_by_field(stage: Stage) -> None:
    stage.played.write(1)
    key = stage.played.entries[0]["id"]

    report = stage.look()

    one = stage.queued[0]
    assert (one.external_id, one.url) == (key, f"https://x.com/i/web/status/{key}")
    assert one.text == "the rye of rosa bakery was stale & dry, number 1"
    assert (one.author, one.author_id, one.language) == ("Customer 41", "41", "en")
    assert one.written_at == datetime(2026, 3, 27, 10, 1, 1, tzinfo=UTC)
    assert (report.is_complete, report.refused) == (True, 0)


def test_new_names_of_old_fields_are_read(stage: Stage) -> None:
    stage.played.write(1)
    first = key_at(stage.played.moment - timedelta(minutes=9))
    history = [first, stage.played.entries[0].pop("edit_history_tweet_ids")[0]]
    change(stage, edit_history_post_ids=history, referenced_posts=[])

    stage.look()

    one = stage.queued[0]
    assert one.external_id == first
    assert one.written_at == stage.played.moment - timedelta(minutes=9)
    assert one.updated_at == stage.played.moment + timedelta(seconds=1)


def test_a_long_post_is_read_whole(stage: Stage) -> None:
    stage.played.write(1)
    change(stage, note_tweet={"text": "so long " * 60})

    stage.look()

    assert stage.queued[0].text == ("so long " * 60).strip()


def test_a_post_with_next_to_nothing_is_still_a_post(stage: Stage) -> None:
    stage.played.write(1)
    key = stage.played.entries[0]["id"]
    stage.played.entries[0] = {"id": key, "text": "stale", "lang": "und", "odd": {"a": 1}}
    stage.played.answer = lambda asked: Answer(  # type: ignore[method-assign]
        said={"data": stage.played.entries}
    )

    stage.look()

    one = stage.queued[0]
    assert (one.text, one.author, one.author_id, one.language) == ("stale", None, None, None)
    assert one.written_at == stage.played.moment


@pytest.mark.parametrize(
    "odd",
    [{"id": None}, {"id": [1]}, {"text": None}, {"text": ""}, {"id": "x", "created_at": "soon"}],
)
def test_one_odd_post_is_counted_and_loses_no_other(stage: Stage, odd: dict[str, Any]) -> None:
    stage.played.write(3)
    stage.played.entries[1] |= odd
    frame = {"data": stage.played.entries, "errors": [{"title": "partial"}], "meta": None}
    stage.played.answer = lambda asked: Answer(said=frame)  # type: ignore[method-assign]

    report = stage.look()

    assert [one.author_id for one in stage.queued] == ["41", "43"]
    assert report.refused == 1


def test_the_oldest_id_stays_over_all_pages_and_the_newest_of_page_one_is_next(
    stage: Stage,
) -> None:
    stage.played.write(1)
    stage.look()
    mark = stage.played.entries[0]["id"]
    stage.played.write(7)
    newest = stage.played.entries[0]["id"]
    stage.played.asked.clear()

    stage.look()
    stage.look()

    since = [one.query["since_id"] for one in stage.played.asked]
    assert since == [mark, mark, mark, newest]


def test_after_a_long_silence_the_search_begins_where_x_still_remembers(stage: Stage) -> None:
    stage.played.write(1)
    stage.look()
    stage.played.asked.clear()
    stage.now += timedelta(days=8)
    stage.store.state = stage.store.state.__class__(
        business_id="bakery",
        source="talk",
        cursor={"walks": stage.store.state.cursor["walks"]},
    )

    stage.look()

    query = stage.played.asked[0].query
    assert "since_id" not in query
    oldest = stage.now - timedelta(days=7) + timedelta(minutes=10)
    assert query["start_time"] == oldest.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_mentions_and_searches_are_followed_each_on_its_own() -> None:
    played = PlayedX()
    played.options = {"posts_per_month": 100, "search": [SEARCH], "user_id": "7"}
    played.write(2)
    with playing(played) as stage:
        report = stage.look()

        paths = [one.path for one in played.asked]
        assert paths == ["/2/users/7/mentions", "/2/tweets/search/recent"]
        # What both find is one post.
        assert (report.read, len({one.external_id for one in stage.queued})) == (4, 2)
        assert "expansions" not in played.asked[0].query
        fields = played.asked[0].query["tweet.fields"].split(",")
        assert {"created_at", "lang", "author_id", "edit_history_tweet_ids"} <= {*fields}


def test_the_owners_own_posts_are_no_feedback() -> None:
    played = PlayedX()
    played.options = {**played.options, "user_id": "42", "ignore": ["43"]}
    played.write(4)
    with playing(played) as stage:
        stage.look()

        assert {one.author_id for one in stage.queued} == {"41", "44"}


def test_no_more_posts_are_paid_for_than_a_month_may_cost() -> None:
    played = PlayedX()
    played.options = {**played.options, "posts_per_month": 17}
    played.page_size = 5
    played.write(12)
    with playing(played) as stage:
        with pytest.raises(SourceCreditsError, match="limit of 17 posts") as caught:
            stage.look()

        assert "posts_per_month" in caught.value.advice
        assert len(stage.queued) == 10
        assert [one.query["max_results"] for one in played.asked] == ["17", "12"]
        stage.now = NOW + timedelta(days=20)
        stage.look()
        assert len(stage.queued) == 2


class Refuses(PlayedX):
    """Answers with one error."""

    status, said = 403, b""
    headers: dict[str, str]

    def answer(self, asked: Any) -> Answer:
        """The error."""
        return Answer(said=self.said, status=self.status, headers=self.headers)


RESET = str(int((NOW + timedelta(hours=1, minutes=7)).timestamp()))


@pytest.mark.parametrize(
    ("status", "said", "headers", "expected", "advice"),
    [
        (402, {"title": "Credits"}, {}, SourceCreditsError, "Buy credits"),
        (402, b"", {}, SourceCreditsError, "Buy credits"),
        (429, {"type": "about:blank"}, {"x-rate-limit-reset": RESET}, SourceRateLimited, "waits"),
        (429, {"type": "about:blank"}, {}, SourceCreditsError, "billing month"),
        (
            429,
            {"type": "https://api.x.com/2/problems/usage-capped"},
            {"x-rate-limit-reset": RESET},
            SourceCreditsError,
            "billing month",
        ),
        (429, b'"odd"', {"x-rate-limit-reset": "soon"}, SourceRateLimited, "waits"),
        (401, {"title": "Unauthorized"}, {}, SourceAuthError, "Bearer token"),
        (403, {"type": "https://api.x.com/2/problems/client-forbidden"}, {}, SourceAuthError,
         "may read posts"),
        (400, {"errors": [{"message": "x"}]}, {}, SourceContractError, "settings"),
        (400, b'"odd"', {}, SourceContractError, "settings"),
        (304, b"", {}, SourceContractError, "settings"),
        (503, b"<html>", {}, SourceUnavailable, "tries again"),
    ],
)  # fmt: skip
def test_each_refusal_says_what_to_do(
    status: int, said: Any, headers: dict[str, str], expected: type[SourceError], advice: str
) -> None:
    played = Refuses()
    played.status, played.said, played.headers = status, said, headers
    with playing(played) as stage, pytest.raises(SourceError) as caught:
        stage.look()

    assert type(caught.value) is expected
    assert advice in caught.value.advice
    if isinstance(caught.value, SourceRateLimited) and headers["x-rate-limit-reset"] == RESET:
        assert caught.value.retry_at == NOW + timedelta(hours=1, minutes=7)


def test_a_page_token_that_x_refuses_starts_again_from_the_old_mark(stage: Stage) -> None:
    stage.played.write(8)
    stage.look(seconds_left=0)
    cursor = dict(stage.store.state.cursor)
    walks = cursor["walks"]
    assert isinstance(walks, dict)
    cursor["walks"] = {SEARCH: {**walks[SEARCH], "token": "forgotten"}}
    stage.store.state = stage.store.state.__class__(
        business_id="bakery", source="talk", cursor=cursor
    )

    report = stage.look()

    assert report.is_complete
    assert len({one.external_id for one in stage.queued}) == 8


def test_an_id_carries_its_time() -> None:
    assert posted_at(key_at(NOW, 5)) == NOW
    assert zulu(NOW) == "2026-03-29T10:00:00.000Z"
    assert posted_at("20") is None
    assert posted_at("x") is None
    assert posted_at("9" * 40) is None


@pytest.mark.parametrize(
    ("options", "secrets", "message"),
    [
        ({"search": ["x"]}, ("b",), "posts_per_month"),
        ({"search": ["x"], "posts_per_month": True}, ("b",), "posts_per_month"),
        ({"posts_per_month": 10}, ("b",), "user_id"),
        ({"search": ["x"], "posts_per_month": 10}, (), "Bearer token"),
    ],
)
def test_settings_that_make_no_sense_say_what_to_write(
    options: dict[str, object], secrets: tuple[str, ...], message: str
) -> None:
    played = PlayedX()
    played.options, played.secrets = options, secrets
    with playing(played) as stage, pytest.raises(SettingsError, match=message):
        stage.look()


def test_an_answer_that_holds_no_page_is_not_taken_for_an_empty_one(stage: Stage) -> None:
    stage.played.answer = lambda asked: Answer(  # type: ignore[method-assign]
        said={"errors": [{"title": "odd"}]}
    )

    with pytest.raises(SourceContractError, match="neither posts"):
        stage.look()
