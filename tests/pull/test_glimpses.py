"""Yelp, Google Places and Tripadvisor: a few reviews, and terms that forbid to keep them."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.domain.business import StoragePolicy
from chalicelib.domain.errors import (
    SettingsError,
    SourceAuthError,
    SourceContractError,
    SourceError,
    SourceRateLimited,
)
from chalicelib.domain.feedback import Feedback
from tests.pull.played.glimpses import PLACE, PlayedGooglePlaces, PlayedTripadvisor, PlayedYelp
from tests.pull.playing import Answer, Played, playing

ALL = [PlayedYelp, PlayedGooglePlaces, PlayedTripadvisor]
SAID_AT = datetime(2026, 3, 28, 10, tzinfo=UTC)


def only_one(played: Played, **changed: Any) -> Feedback:
    with playing(played) as stage:
        played.write(1)
        played.entries[0] |= changed
        report = stage.look()
        assert (report.is_complete, report.refused) == (True, 0)
        return stage.queued[0]


def test_what_the_terms_allow_is_said_with_each() -> None:
    assert [played.kind.keeps for played in ALL] == [
        StoragePolicy.TTL_24H,
        StoragePolicy.NONE,
        StoragePolicy.NONE,
    ]


def test_an_excerpt_of_yelp_is_mapped_field_by_field() -> None:
    one = only_one(PlayedYelp(), time_created="2026-03-28 10:00:00")

    assert (one.external_id, one.stars, one.text) == ("y1", 2.0, "The bread was cold, number 1...")
    assert (one.author, one.author_id) == ("Customer 1", "u1")
    assert (one.url, one.written_at) == ("https://yelp.example/biz/rosa?hrid=y1", SAID_AT)


def test_a_review_of_a_place_is_mapped_and_its_name_leads_nowhere() -> None:
    one = only_one(PlayedGooglePlaces(), publishTime="2026-03-28T10:00:00Z")

    name = f"places/{PLACE}/reviews/r1"
    assert one.external_id == hashlib.sha256(name.encode()).hexdigest()
    assert (one.stars, one.text, one.language) == (2.0, "Das Brot war kalt, 1", "de")
    assert (one.author, one.url, one.written_at) == (
        "Customer 1",
        "https://maps.example/1",
        SAID_AT,
    )


def test_a_place_without_original_words_gives_its_translation() -> None:
    one = only_one(PlayedGooglePlaces(), originalText=None)

    assert (one.text, one.language) == ("Translated, number 1", "en")


def test_a_review_of_tripadvisor_is_mapped_and_its_number_leads_nowhere() -> None:
    one = only_one(PlayedTripadvisor(), published_date="2026-03-28T10:00:00Z")

    assert one.external_id == hashlib.sha256(b"1234567 8001").hexdigest()
    assert (one.stars, one.text) == (2.0, "Cold\nThe bread was cold, number 1")
    assert (one.author, one.language, one.url) == ("Customer 1", "en", "https://trips.example/1")
    assert one.written_at == SAID_AT


@pytest.mark.parametrize("make", ALL)
def test_what_was_shown_before_is_not_queued_again(make: type[Played]) -> None:
    with playing(make()) as stage:
        stage.played.write(3)
        stage.look()
        stage.played.write(2)

        stage.look()

        assert len(stage.queued) == 2


@pytest.mark.parametrize("make", ALL)
def test_no_reviews_where_there_were_some_is_trouble(make: type[Played]) -> None:
    with playing(make()) as stage:
        assert stage.look().queued == 0
        stage.played.write(1)
        stage.look()
        stage.played.entries.clear()

        with pytest.raises(SourceContractError, match="answers empty"):
            stage.look()


def test_a_total_without_reviews_is_trouble() -> None:
    with playing(PlayedYelp()) as stage:
        stage.played.answer = lambda asked: Answer(  # type: ignore[method-assign]
            said={"reviews": [], "total": 12}
        )

        with pytest.raises(SourceContractError, match="answers empty"):
            stage.look()


@pytest.mark.parametrize(
    ("make", "odd"),
    [
        (PlayedYelp, None),
        (PlayedYelp, {"id": None}),
        (PlayedYelp, {"time_created": "yesterday"}),
        (PlayedYelp, {"text": None, "rating": None}),
        (PlayedGooglePlaces, "review"),
        (PlayedGooglePlaces, {"name": None}),
        (PlayedGooglePlaces, {"publishTime": None}),
        (PlayedGooglePlaces, {"originalText": None, "text": None, "rating": "many"}),
        (PlayedTripadvisor, 5),
        (PlayedTripadvisor, {"id": {}}),
        (PlayedTripadvisor, {"published_date": ""}),
        (PlayedTripadvisor, {"text": None, "title": None, "rating": None}),
    ],
)
def test_one_odd_review_is_counted_and_loses_no_other(make: type[Played], odd: Any) -> None:
    with playing(make()) as stage:
        stage.played.write(3)
        entries = stage.played.entries
        entries[1] = entries[1] | odd if isinstance(odd, dict) else odd

        report = stage.look()

        assert (len(stage.queued), report.refused) == (2, 1)


@pytest.mark.parametrize(
    ("make", "status", "body", "expected"),
    [
        (PlayedYelp, 429, {"error": {"code": "ACCESS_LIMIT_REACHED"}}, SourceRateLimited),
        (PlayedYelp, 401, {"error": {"code": "TOKEN_INVALID"}}, SourceAuthError),
        (
            PlayedGooglePlaces,
            400,
            {"error": {"status": "INVALID_ARGUMENT", "details": [{"reason": "API_KEY_INVALID"}]}},
            SourceAuthError,
        ),
        (PlayedTripadvisor, 403, {"Message": "no"}, SourceAuthError),
    ],
)
def test_a_refusal_names_no_key(
    make: type[Played], status: int, body: object, expected: type[SourceError]
) -> None:
    with playing(make()) as stage:
        stage.played.answer = lambda asked: Answer(said=body, status=status)  # type: ignore[method-assign]

        with pytest.raises(SourceError) as caught:
            stage.look()

    assert type(caught.value) is expected
    assert "key=" not in f"{caught.value} {caught.value.advice}"


def test_the_day_s_limit_of_yelp_is_waited_for() -> None:
    with playing(PlayedYelp()) as stage:
        reset = {"RateLimit-ResetTime": "2026-03-30T00:00:00+00:00"}
        stage.played.answer = lambda asked: Answer(status=429, headers=reset)  # type: ignore[method-assign]

        with pytest.raises(SourceRateLimited) as caught:
            stage.look()

    assert caught.value.retry_at == datetime(2026, 3, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("make", "options", "message"),
    [
        (PlayedYelp, {"business": "a/b"}, "/biz/"),
        (PlayedYelp, {"business": "rosa", "locale": "german"}, "locale"),
        (PlayedGooglePlaces, {"place": "x"}, "Place ID"),
        (PlayedTripadvisor, {"place": "g1-d2"}, "number"),
        (PlayedTripadvisor, {}, "place"),
    ],
)
def test_odd_settings_say_what_to_write(
    make: type[Played], options: dict[str, object], message: str
) -> None:
    played = make()
    played.options = options
    with playing(played) as stage, pytest.raises(SettingsError, match=message):
        stage.look()


@pytest.mark.parametrize("make", ALL)
def test_without_a_key_nothing_is_asked(make: type[Played]) -> None:
    played = make()
    played.secrets = ()
    with playing(played) as stage, pytest.raises(SettingsError, match="API key"):
        stage.look()
