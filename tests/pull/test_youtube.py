"""YouTube: threads and their replies, a walk by the first comment's time, and its refusals."""

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
)
from tests.pull.played.youtube import PlayedYouTube, comment
from tests.pull.playing import Answer, Stage, playing


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A channel with nothing written yet."""
    with playing(PlayedYouTube()) as running:
        yield running


def top(stage: Stage, place: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = stage.played.entries[place]["snippet"]["topLevelComment"]
    return found


def test_a_comment_is_mapped_field_by_field(stage: Stage) -> None:
    stage.played.write(1)

    report = stage.look()

    one = stage.queued[0]
    assert (one.external_id, one.text) == ("t1", "Stale rye, number 1")
    assert (one.author, one.author_id) == ("@customer1", "UCcustomer1")
    assert one.url == "https://www.youtube.com/watch?v=v1&lc=t1"
    assert one.written_at == datetime(2026, 3, 27, 10, 1, tzinfo=UTC)
    assert one.updated_at == datetime(2026, 3, 27, 10, 1, 3, tzinfo=UTC)
    assert (report.is_complete, report.refused) == (True, 0)


def test_the_key_is_in_no_address(stage: Stage) -> None:
    stage.look()

    assert "key" not in stage.played.asked[0].query
    assert stage.played.asked[0].headers["x-goog-api-key"] == "key"


def test_replies_are_comments_and_the_channels_own_are_none(stage: Stage) -> None:
    stage.played.write(2)
    later = stage.played.moment + timedelta(hours=1)
    stage.played.entries[1]["replies"] = {
        "comments": [
            comment("t1.a", "neighbour", "Mine too", later),
            comment("t1.b", "rosa", "We are sorry", later),
        ]
    }

    stage.look()

    assert {one.external_id: one.url for one in stage.queued} == {
        "t1": "https://www.youtube.com/watch?v=v1&lc=t1",
        "t1.a": "https://www.youtube.com/watch?v=v1&lc=t1.a",
        "t2": "https://www.youtube.com/watch?v=v1&lc=t2",
    }


def test_a_late_reply_does_not_end_a_walk_early(stage: Stage) -> None:
    stage.played.write(8)
    for entry in stage.played.entries:
        late = comment(f"{entry['id']}.a", "neighbour", "Mine too", stage.now)
        entry["replies"] = {"comments": [late]}

    stage.look()

    assert len(stage.queued) == 16


def test_the_displayed_text_stands_in_for_the_original(stage: Stage) -> None:
    stage.played.write(1)
    said = top(stage)["snippet"]
    said |= {"textOriginal": None, "textDisplay": "Stale &amp; dry<br>again"}

    stage.look()

    assert stage.queued[0].text == "Stale & dry\nagain"


@pytest.mark.parametrize(
    "odd",
    [
        {"textOriginal": "", "textDisplay": ""},
        {"textOriginal": 5},
        {"publishedAt": None},
        {"publishedAt": "soon"},
    ],
)
def test_one_odd_comment_is_counted_and_loses_no_other(stage: Stage, odd: dict[str, Any]) -> None:
    stage.played.write(3)
    top(stage, 1)["snippet"].update(odd)

    report = stage.look()

    assert [one.external_id for one in stage.queued] == ["t1", "t3"]
    assert report.refused == 1


@pytest.mark.parametrize("odd", [None, "thread", {}, {"snippet": {"topLevelComment": []}}])
def test_what_is_no_thread_is_counted(stage: Stage, odd: Any) -> None:
    stage.played.write(2)
    stage.played.entries.insert(1, odd)
    stage.played.page_size = 9  # type: ignore[attr-defined]

    report = stage.look()

    assert ([one.external_id for one in stage.queued], report.refused) == (["t1", "t2"], 1)


def test_the_first_look_stops_three_months_back_and_loses_nothing_of_its_page(
    stage: Stage,
) -> None:
    stage.played.moment -= timedelta(days=200)
    stage.played.write(6)
    stage.played.moment += timedelta(days=200)
    stage.played.write(2)

    stage.look()

    assert [one.external_id for one in stage.queued] == ["t6", "t7", "t8"]


def test_a_forgotten_page_token_starts_again_from_the_old_mark(stage: Stage) -> None:
    stage.played.write(8)
    stage.look(seconds_left=0)
    walk = stage.store.state.cursor["walk"]
    assert isinstance(walk, dict)
    cursor = {**stage.store.state.cursor, "walk": {**walk, "token": "forgotten"}}
    stage.store.state = stage.store.state.__class__(
        business_id="bakery", source="talk", cursor=cursor
    )

    report = stage.look()

    assert report.is_complete
    assert len(stage.queued) == 8


@pytest.mark.parametrize(
    ("status", "reason", "expected", "advice"),
    [
        (403, "commentsDisabled", SourceContractError, "YouTube Studio"),
        (403, "quotaExceeded", SourceCreditsError, "midnight Pacific"),
        (403, "forbidden", SourceAuthError, "Renew"),
        (400, "keyInvalid", SourceAuthError, "new API key"),
        (403, "accessNotConfigured", SourceAuthError, "Enable this API"),
        (404, "channelNotFound", SourceContractError, "heedful.toml"),
    ],
)
def test_each_refusal_says_what_to_do(
    stage: Stage, status: int, reason: str, expected: type[SourceError], advice: str
) -> None:
    stage.played.answer = lambda asked: Answer(  # type: ignore[method-assign]
        said={"error": {"code": status, "errors": [{"reason": reason}]}}, status=status
    )

    with pytest.raises(SourceError) as caught:
        stage.look()

    assert type(caught.value) is expected
    assert advice in caught.value.advice


def test_no_threads_where_there_were_some_is_trouble(stage: Stage) -> None:
    stage.played.write(1)
    stage.look()
    stage.played.entries.clear()

    with pytest.raises(SourceContractError, match="answers empty"):
        stage.look()


def test_settings_that_make_no_sense_say_what_to_write() -> None:
    played = PlayedYouTube()
    played.secrets = ()
    with playing(played) as stage, pytest.raises(SettingsError, match="API key"):
        stage.look()


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("I <3 this > that", "I <3 this > that"),
        ("Salt &#39;n&#39; rye", "Salt 'n' rye"),
        ("<b>Cold</b>", "Cold"),
    ],
)
def test_plain_text_is_not_taken_for_markup(stage: Stage, shown: str, text: str) -> None:
    stage.played.write(1)
    top(stage)["snippet"] |= {"textOriginal": None, "textDisplay": shown}

    stage.look()

    assert stage.queued[0].text == text
