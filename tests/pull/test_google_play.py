"""Google Play's reviews: title and text, odd fields, forgotten pages, and what is refused."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.domain.errors import SettingsError
from tests.pull.played.google_play import PlayedGooglePlay
from tests.pull.playing import Stage, playing


@pytest.fixture
def stage() -> Iterator[Stage]:
    """An app with no reviews yet."""
    with playing(PlayedGooglePlay()) as running:
        yield running


def comment_of(stage: Stage, place: int) -> dict[str, Any]:
    found: dict[str, Any] = stage.played.entries[place]["comments"]["first"]["userComment"]
    return found


def test_a_review_is_mapped_field_by_field(stage: Stage) -> None:
    stage.played.write(1)
    comment_of(stage, 0)["lastModified"] = {"seconds": "1774780200", "nanos": 250_000_000}

    report = stage.look()

    one = stage.queued[0]
    assert (one.external_id, one.stars, one.text) == (
        "r1",
        2.0,
        "Cold\nThe bread was cold, number 1",
    )
    assert (one.author, one.language) == ("Customer 1", "en")
    assert one.updated_at == datetime(2026, 3, 29, 10, 30, 0, 250_000, tzinfo=UTC)
    assert one.url == "https://play.google.com/store/apps/details?id=com.shop.app&reviewId=r1"
    assert (report.is_complete, report.refused) == (True, 0)


def test_a_text_without_title_and_an_answer_that_stands_first_are_read(stage: Stage) -> None:
    stage.played.write(1)
    comment_of(stage, 0)["text"] = "\tCold bread"
    comments = stage.played.entries[0]["comments"]
    stage.played.entries[0]["comments"] = dict(reversed(comments.items()))

    stage.look()

    assert stage.queued[0].text == "Cold bread"


def test_an_app_without_reviews_this_week_is_no_trouble(stage: Stage) -> None:
    stage.played.write(2)
    stage.look()
    stage.played.entries.clear()

    report = stage.look()

    assert (report.is_complete, stage.queued) == (True, [])


@pytest.mark.parametrize(
    "odd",
    [
        None,
        "review",
        {"reviewId": None},
        {"comments": None},
        {"comments": {"first": {"developerComment": {"text": "Sorry"}}}},
        {"comments": {"first": {"userComment": {"text": "a", "lastModified": {"seconds": "x"}}}}},
        {"comments": {"first": {"userComment": {"lastModified": {"seconds": "1774780200"}}}}},
        {"comments": {"first": {"userComment": {"text": "a"}}}},
    ],
)
def test_one_odd_review_is_counted_and_loses_no_other(stage: Stage, odd: Any) -> None:
    stage.played.write(3)
    stage.played.entries[1] = stage.played.entries[1] | odd if isinstance(odd, dict) else odd

    report = stage.look()

    assert ([one.external_id for one in stage.queued], report.refused) == (["r1", "r3"], 1)


@pytest.mark.parametrize("nanos", [None, "x", -1, 5e9])
def test_odd_nanoseconds_cost_themselves_alone(stage: Stage, nanos: Any) -> None:
    stage.played.write(1)
    comment_of(stage, 0)["lastModified"] = {"seconds": 1774780200, "nanos": nanos}

    stage.look()

    assert stage.queued[0].updated_at == datetime(2026, 3, 29, 10, 30, tzinfo=UTC)


def test_a_page_token_that_google_forgot_starts_again_and_loses_nothing(stage: Stage) -> None:
    stage.played.write(8)
    stage.look(seconds_left=0)
    first = [one.external_id for one in stage.queued]
    cursor = {**stage.store.state.cursor, "token": "forgotten"}
    stage.store.state = replace(stage.store.state, cursor=cursor)

    report = stage.look()

    came = first + [one.external_id for one in stage.queued]
    assert report.is_complete
    assert sorted(came) == [f"r{number}" for number in range(1, 9)]


@pytest.mark.parametrize("package", [None, "", "app", "com.shop.app/../x", ["a.b", "c.d"]])
def test_a_package_of_another_form_is_refused(package: object) -> None:
    played = PlayedGooglePlay()
    played.options = {"package": package}
    with playing(played) as stage, pytest.raises(SettingsError, match="package"):
        stage.look()
