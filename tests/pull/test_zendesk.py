"""Zendesk's ratings: scores, reasons, both ways of paging, and a credential that stays home."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import SettingsError, SourceAuthError, SourceContractError
from chalicelib.domain.feedback import FeedbackKind, SurveyMetric
from tests.pull.given import NOW
from tests.pull.played.zendesk import PATH, PlayedZendesk
from tests.pull.playing import EVERY, Answer, Asked, Stage, playing


@pytest.fixture
def stage() -> Iterator[Stage]:
    """An account with no ratings yet."""
    with playing(PlayedZendesk()) as running:
        yield running


def queued_ids(stage: Stage) -> list[str]:
    return [one.external_id for one in stage.queued]


def test_a_rating_is_mapped_field_by_field(stage: Stage) -> None:
    stage.played.write(1)
    stage.played.entries[0] |= {
        "created_at": "2026-03-28T10:00:00Z",
        "updated_at": "2026-03-28T11:00:00Z",
    }

    stage.look()

    one = stage.queued[0]
    assert (one.external_id, one.kind, one.stars) == ("501", FeedbackKind.SURVEY, 1.0)
    assert one.survey_scores == {SurveyMetric.CSAT: 1.0}
    assert (one.text, one.author, one.author_id) == ("The bread was cold, number 1", None, "91")
    assert one.written_at == datetime(2026, 3, 28, 10, tzinfo=UTC)
    assert one.updated_at == datetime(2026, 3, 28, 11, tzinfo=UTC)
    assert one.url == "https://bakery.zendesk.com/agent/tickets/71"


def test_a_reason_speaks_where_there_is_no_comment(stage: Stage) -> None:
    stage.played.write(1)
    stage.played.entries[0] |= {"comment": None, "reason": "It took too long"}

    stage.look()

    assert (stage.queued[0].text, stage.queued[0].stars) == ("It took too long", 1.0)


def test_a_survey_that_nobody_answered_says_nothing(stage: Stage) -> None:
    stage.played.write(3)
    stage.played.entries[1]["score"] = "offered"

    report = stage.look()

    assert (queued_ids(stage), report.refused) == (["501", "503"], 0)


@pytest.mark.parametrize(
    "odd",
    [
        None,
        [],
        {"id": None},
        {"score": None},
        {"score": "meh"},
        {"score": {}},
        {"created_at": {"at": 5}},
    ],
)
def test_one_odd_rating_is_counted_and_loses_no_other(stage: Stage, odd: Any) -> None:
    stage.played.write(3)
    stage.played.entries[1] = stage.played.entries[1] | odd if isinstance(odd, dict) else odd

    report = stage.look()

    assert (sorted(queued_ids(stage)), report.refused) == (["501", "503"], 1)


def test_pages_by_cursor_are_followed_too(stage: Stage) -> None:
    stage.played.write(2)
    first, second = reversed(stage.played.entries)

    def answer(asked: Asked) -> Answer:
        if "page[after]" in asked.query:
            return Answer(said={"satisfaction_ratings": [second], "meta": {"has_more": False}})
        following = f"https://bakery.zendesk.com{PATH}?page[after]=x"
        return Answer(
            said={
                "satisfaction_ratings": [first],
                "meta": {"has_more": True},
                "links": {"next": following},
            }
        )

    stage.played.answer = answer  # type: ignore[method-assign]

    report = stage.look()

    assert (queued_ids(stage), report.pages) == (["501", "502"], 2)


def test_the_credential_goes_to_no_other_host(stage: Stage) -> None:
    stage.played.write(1)
    stage.played.answer = lambda asked: Answer(  # type: ignore[method-assign]
        said={
            "satisfaction_ratings": stage.played.entries,
            "next_page": "https://bakery.zendesk.com.evil.example/next",
        }
    )

    with pytest.raises(SourceContractError, match="another host"):
        stage.look()

    assert {asked.host for asked in stage.played.asked} == {"bakery.zendesk.com"}


def test_an_oauth_token_is_a_secret_too() -> None:
    played = PlayedZendesk()
    played.secrets = ("oauth",)
    played.answer = lambda asked: Answer(  # type: ignore[method-assign]
        said={"satisfaction_ratings": []}
    )
    with playing(played) as stage:
        assert stage.look().is_complete

    assert [asked.headers["authorization"] for asked in played.asked] == ["Bearer oauth"]


def test_a_refused_token_says_in_which_form_it_is_stored(stage: Stage) -> None:
    stage.played.answer = lambda asked: Answer(status=401)  # type: ignore[method-assign]

    with pytest.raises(SourceAuthError) as caught:
        stage.look()

    assert "/token:TOKEN" in caught.value.advice


@pytest.mark.parametrize("subdomain", [None, "", "bakery.zendesk.com", "a/b", "-a"])
def test_a_subdomain_of_another_form_is_refused(subdomain: object) -> None:
    played = PlayedZendesk()
    played.options = {"subdomain": subdomain}
    with playing(played) as stage, pytest.raises(SettingsError, match="subdomain"):
        stage.look()


def test_without_a_secret_its_form_is_told() -> None:
    played = PlayedZendesk()
    played.secrets = ()
    with playing(played) as stage, pytest.raises(SettingsError, match="/token:TOKEN"):
        stage.look()


def test_a_page_that_is_forgotten_starts_again_and_loses_nothing(stage: Stage) -> None:
    stage.played.write(8)
    stage.look(seconds_left=0)
    first = queued_ids(stage)
    cursor = {
        **stage.store.state.cursor,
        "token": f"https://bakery.zendesk.com{PATH}?score=received&start_time=0&page=gone",
    }
    stage.store.state = replace(stage.store.state, cursor=cursor)

    report = stage.look()

    assert report.is_complete
    assert len({*first, *queued_ids(stage)}) == len(first) + len(stage.queued) == 8


def test_the_first_look_asks_for_a_year_and_the_next_for_a_week_before_the_newest(
    stage: Stage,
) -> None:
    stage.played.write(1)
    stage.look()
    stage.look()

    since = [int(asked.query["start_time"]) for asked in stage.played.asked]
    newest = stage.played.moment.replace(second=30)
    assert since == [
        int((NOW + EVERY - timedelta(days=365)).timestamp()),
        int((newest - timedelta(days=7)).timestamp()),
    ]
