"""Trustpilot's reviews: each field, edits that keep their place, and what is taken down."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import SettingsError, SourceAuthError, SourceContractError
from tests.pull.played.trustpilot import UNIT, PlayedTrustpilot
from tests.pull.playing import Answer, Stage, playing


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A company with no reviews yet."""
    with playing(PlayedTrustpilot()) as running:
        yield running


def queued_ids(stage: Stage) -> list[int]:
    return [int(one.external_id) for one in stage.queued]


def test_a_review_is_mapped_field_by_field(stage: Stage) -> None:
    stage.played.write(1)
    stage.played.entries[0] |= {
        "createdAt": "2026-03-28T10:00:00.000Z",
        "updatedAt": None,
        "language": "de",
    }

    stage.look()

    one = stage.queued[0]
    assert (one.stars, one.text) == (2.0, "Cold\nThe bread was cold, number 1")
    assert (one.author, one.author_id, one.language) == ("Customer 1", "c1", "de")
    assert one.written_at == one.updated_at == datetime(2026, 3, 28, 10, tzinfo=UTC)
    assert one.url == f"https://www.trustpilot.com/reviews/{1:024}"


@pytest.mark.parametrize(
    "odd",
    [
        None,
        5,
        {"id": None},
        {"createdAt": None},
        {"createdAt": "soon"},
        {"stars": None, "text": None, "title": ""},
        {"stars": {}, "text": [], "title": None},
    ],
)
def test_one_odd_review_is_counted_and_loses_no_other(stage: Stage, odd: Any) -> None:
    stage.played.write(3)
    stage.played.entries[1] = stage.played.entries[1] | odd if isinstance(odd, dict) else odd

    report = stage.look()

    assert (queued_ids(stage), report.refused) == ([1, 3], 1)


@pytest.mark.parametrize("odd", [{"consumer": None}, {"language": 5}, {"stars": 9}])
def test_an_odd_field_costs_itself_alone(stage: Stage, odd: dict[str, Any]) -> None:
    stage.played.write(1)
    stage.played.entries[0] |= odd

    assert stage.look().refused == 0
    assert queued_ids(stage) == [1]


def test_no_reviews_where_there_were_some_is_trouble(stage: Stage) -> None:
    assert stage.look().queued == 0
    stage.played.write(2)
    stage.look()
    stage.played.entries.clear()

    with pytest.raises(SourceContractError, match="answers empty"):
        stage.look()


def test_an_edit_of_an_old_review_is_found_by_asking_for_it(stage: Stage) -> None:
    stage.played.write(1)
    stage.played.moment += timedelta(days=3)
    stage.played.entries[0]["createdAt"] = "2026-01-03T10:00:00Z"
    stage.played.write(3)
    stage.look()
    stage.played.entries[3] |= {"text": "Warm now", "updatedAt": "2026-03-29T10:00:00Z"}
    stage.now += timedelta(hours=6)

    stage.look()

    assert [one.text for one in stage.queued] == ["Cold\nWarm now"]


def test_a_service_that_forgets_all_reviews_at_once_is_not_believed(stage: Stage) -> None:
    stage.played.write(8)
    stage.look()
    plain = stage.played.answer
    stage.played.answer = lambda asked: (  # type: ignore[method-assign]
        Answer(status=404) if "/v1/reviews/" in asked.path else plain(asked)
    )
    stage.now += timedelta(hours=6)

    stage.look()

    assert stage.queued == []


def test_a_refused_key_says_which_plan_it_needs(stage: Stage) -> None:
    stage.played.answer = lambda asked: Answer(status=403)  # type: ignore[method-assign]

    with pytest.raises(SourceAuthError) as caught:
        stage.look()

    assert "plan must include" in caught.value.advice


@pytest.mark.parametrize("unit", [None, "", "bakery.example", UNIT.upper() + "/x"])
def test_a_company_of_another_form_is_refused(unit: object) -> None:
    played = PlayedTrustpilot()
    played.options = {"business_unit": unit}
    with playing(played) as stage, pytest.raises(SettingsError, match="business_unit"):
        stage.look()


def test_without_a_key_nothing_is_asked() -> None:
    played = PlayedTrustpilot()
    played.secrets = ()
    with playing(played) as stage, pytest.raises(SettingsError, match="API key"):
        stage.look()
