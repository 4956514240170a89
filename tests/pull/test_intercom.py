"""Intercom's ratings: stars, remarks that follow, and nothing of the conversation itself."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import SettingsError, SourceAuthError
from chalicelib.domain.feedback import FeedbackKind, SurveyMetric
from tests.pull.given import NOW
from tests.pull.played.intercom import PlayedIntercom
from tests.pull.playing import EVERY, Answer, Stage, playing


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A workspace with no ratings yet."""
    with playing(PlayedIntercom()) as running:
        yield running


def queued_ids(stage: Stage) -> list[str]:
    return [one.external_id for one in stage.queued]


def test_a_rating_is_mapped_field_by_field_and_the_conversation_stays_out(stage: Stage) -> None:
    stage.played.write(1)
    stage.played.entries[0]["conversation_rating"]["created_at"] = 1774692000

    stage.look()

    one = stage.queued[0]
    assert (one.external_id, one.kind, one.stars) == ("301", FeedbackKind.SURVEY, 2.0)
    assert one.survey_scores == {SurveyMetric.CSAT: 2.0}
    assert one.text == "The bread was cold, number 1"
    assert (one.author, one.author_id) == (None, "c1")
    assert one.written_at == datetime(2026, 3, 28, 10, tzinfo=UTC)


def test_stars_without_a_remark_count(stage: Stage) -> None:
    stage.played.write(1)
    stage.played.entries[0]["conversation_rating"]["remark"] = None

    stage.look()

    assert (stage.queued[0].text, stage.queued[0].stars) == ("", 2.0)


@pytest.mark.parametrize(
    "odd",
    [
        None,
        "conversation",
        {"id": None},
        {"conversation_rating": None},
        {"conversation_rating": {"rating": None, "created_at": 1774692000}},
        {"conversation_rating": {"rating": 7, "created_at": 1774692000}},
        {"conversation_rating": {"rating": 2}, "updated_at": "soon"},
    ],
)
def test_one_odd_rating_is_counted_and_loses_no_other(stage: Stage, odd: Any) -> None:
    stage.played.write(3)
    stage.played.entries[1] = stage.played.entries[1] | odd if isinstance(odd, dict) else odd

    report = stage.look()

    assert (sorted(queued_ids(stage)), report.refused) == (["301", "303"], 1)


def test_the_first_look_asks_for_a_year_and_the_next_for_a_week_before_the_newest(
    stage: Stage,
) -> None:
    stage.played.write(1)
    stage.look()
    stage.look()

    since = [json.loads(one.body)["query"]["value"][0]["value"] for one in stage.played.asked]
    newest = stage.played.moment
    assert since == [
        int((NOW + EVERY - timedelta(days=365)).timestamp()),
        int((newest - timedelta(days=7)).timestamp()),
    ]


def test_a_workspace_in_europe_is_asked_there() -> None:
    played = PlayedIntercom()
    played.options = {"region": "eu"}
    with playing(played) as stage:
        stage.look()

    assert [asked.host for asked in played.asked] == ["api.eu.intercom.io"]


def test_a_refused_token_says_what_the_app_must_be_allowed(stage: Stage) -> None:
    stage.played.answer = lambda asked: Answer(status=403)  # type: ignore[method-assign]

    with pytest.raises(SourceAuthError) as caught:
        stage.look()

    assert "read conversations" in caught.value.advice


def test_an_unknown_region_and_a_missing_token_are_told() -> None:
    played = PlayedIntercom()
    played.options = {"region": "mars"}
    with playing(played) as stage, pytest.raises(SettingsError, match="region"):
        stage.look()
    played.options, played.secrets = {}, ()
    with playing(played) as stage, pytest.raises(SettingsError, match="access token"):
        stage.look()


def test_a_page_that_is_forgotten_starts_again_and_loses_nothing(stage: Stage) -> None:
    stage.played.write(8)
    stage.look(seconds_left=0)
    first = queued_ids(stage)
    cursor = {**stage.store.state.cursor, "token": "gone"}
    stage.store.state = replace(stage.store.state, cursor=cursor)

    report = stage.look()

    assert report.is_complete
    assert len({*first, *queued_ids(stage)}) == len(first) + len(stage.queued) == 8
