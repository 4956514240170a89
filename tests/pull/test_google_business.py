"""Google's reviews: each field, both orders of a translation, several places, and its refusals."""

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
)
from chalicelib.pull.google_business import original_text
from tests.pull.played.google_business import PLACE, PlayedGoogleBusiness
from tests.pull.playing import Answer, Asked, Stage, playing


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Google with nothing written yet."""
    with playing(PlayedGoogleBusiness()) as running:
        yield running


def queued_ids(stage: Stage) -> list[str]:
    return [one.external_id for one in stage.queued]


class Refuses(PlayedGoogleBusiness):
    """Answers everything but the login with one error."""

    status = 403
    body: object = b""

    def answer(self, asked: Asked) -> Answer:
        """The error."""
        if asked.host == "oauth2.googleapis.com":
            return super().answer(asked)
        return Answer(said=self.body, status=self.status)


def refusal(status: int, body: object) -> SourceError:
    played = Refuses()
    played.status, played.body = status, body
    with playing(played) as stage, pytest.raises(SourceError) as caught:
        stage.look()
    return caught.value


def test_a_review_is_mapped_field_by_field(stage: Stage) -> None:
    stage.played.entries.append(
        {
            "name": f"{PLACE}/reviews/rA",
            "reviewId": "rA",
            "reviewer": {"displayName": "Customer One", "profilePhotoUrl": "x"},
            "starRating": "TWO",
            "comment": "Waited 40 minutes",
            "createTime": "2026-03-01T10:00:00Z",
            "updateTime": "2026-03-02T09:00:00.123456789+01:00",
            "reviewReply": {"comment": "Sorry", "updateTime": "2026-03-02T09:00:00Z"},
            "reviewMediaItems": [{"name": "x"}],
        }
    )

    report = stage.look()

    one = stage.queued[0]
    assert (one.external_id, one.stars, one.text) == ("rA", 2.0, "Waited 40 minutes")
    assert (one.author, one.location, one.url) == (
        "Customer One",
        "station",
        "https://maps.example/?cid=7",
    )
    assert one.written_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert one.updated_at == datetime(2026, 3, 2, 8, 0, 0, 123456, tzinfo=UTC)
    assert (report.is_complete, report.refused) == (True, 0)


@pytest.mark.parametrize(
    "comment",
    [
        "Das Brot war kalt.",
        "(Translated by Google) The bread was cold.\n\n(Original)\nDas Brot war kalt.",
        "Das Brot war kalt.\n\n(Translated by Google)\nThe bread was cold.",
        "(Original)\nDas Brot war kalt.\n\n(Translated by Google)\nThe bread was cold.",
    ],
)
def test_the_customers_own_words_are_kept_and_not_the_translation(comment: str) -> None:
    assert original_text(comment) == "Das Brot war kalt."


def test_a_translation_without_its_original_is_better_than_nothing() -> None:
    assert original_text("(Translated by Google) The bread was cold.") == "The bread was cold."
    assert original_text(None) == ""


def change(stage: Stage, **fields: Any) -> None:
    stage.played.entries[0] |= fields


def test_a_rating_without_words_counts(stage: Stage) -> None:
    stage.played.write(1)
    del stage.played.entries[0]["comment"]

    stage.look()

    assert (stage.queued[0].text, stage.queued[0].stars) == ("", 2.0)


def test_words_without_a_rating_count(stage: Stage) -> None:
    stage.played.write(1)
    change(stage, starRating="STAR_RATING_UNSPECIFIED")

    stage.look()

    assert (stage.queued[0].text, stage.queued[0].stars) == (
        "The bread was cold, number 1",
        None,
    )


@pytest.mark.parametrize(
    "odd",
    [
        {"updateTime": None, "createTime": None},
        {"updateTime": "soon", "createTime": 5.5e99},
        {"reviewId": None, "name": None},
        {"comment": None, "starRating": None},
        {"comment": {"text": "x"}, "starRating": "SIX"},
    ],
)
def test_one_odd_review_is_counted_and_loses_no_other(stage: Stage, odd: dict[str, Any]) -> None:
    stage.played.write(3)
    stage.played.entries[1] |= odd

    report = stage.look()

    assert (sorted(queued_ids(stage)), report.refused) == (["r1", "r3"], 1)


@pytest.mark.parametrize("entry", [None, "review", 5, []])
def test_what_is_no_review_is_counted(stage: Stage, entry: Any) -> None:
    stage.played.write(2)
    stage.played.entries.insert(1, entry)

    report = stage.look()

    assert (sorted(queued_ids(stage)), report.refused) == (["r1", "r2"], 1)


def test_one_sign_in_serves_all_pages_of_a_look(stage: Stage) -> None:
    stage.played.write(8)

    stage.look()

    hosts = [asked.host for asked in stage.played.asked]
    assert hosts.count("oauth2.googleapis.com") == 1
    assert hosts.count("mybusiness.googleapis.com") == 3


def test_a_page_token_that_google_forgot_starts_again_and_loses_nothing(stage: Stage) -> None:
    stage.played.write(8)
    stage.look(seconds_left=0)
    first = queued_ids(stage)
    cursor = dict(stage.store.state.cursor)
    walks = cursor["walks"]
    assert isinstance(walks, dict)
    cursor["walks"] = {PLACE: {**walks[PLACE], "token": "forgotten"}}
    stage.store.state = stage.store.state.__class__(
        business_id="bakery", source="talk", cursor=cursor, held=stage.store.state.held
    )

    report = stage.look()

    assert report.is_complete
    assert sorted(first + queued_ids(stage)) == [f"r{number}" for number in range(1, 9)]


def test_each_place_has_its_own_walk_and_its_own_location() -> None:
    played = PlayedGoogleBusiness()
    played.options = {"places": {"accounts/1/locations/9": "main", PLACE: "station"}}
    with playing(played) as stage:
        other = PlayedGoogleBusiness()
        other.write(5)
        for entry in other.entries:
            entry["reviewId"] = "other-" + entry["reviewId"]
            entry["name"] = f"accounts/1/locations/9/reviews/{entry['reviewId']}"
        plain = played.answer

        def both(asked: Asked) -> Answer:
            if "/locations/9/" in asked.path:
                start = int(asked.query.get("pageToken", "0"))
                more = {"nextPageToken": str(start + 3)} if start + 3 < 5 else {}
                return Answer(said={"reviews": other.entries[start : start + 3], **more})
            return plain(asked)

        played.answer = both  # type: ignore[method-assign]
        played.write(4)

        report = stage.look()

        places = {one.external_id: one.location for one in stage.queued}
        assert report.is_complete
        assert report.pages == 4
        assert places == {
            **{f"other-r{number}": "main" for number in range(1, 6)},
            **{f"r{number}": "station" for number in range(1, 5)},
        }
        played.write(1)
        stage.look()
        assert queued_ids(stage) == ["r5"]


def test_reviews_of_several_places_in_one_answer_keep_their_places() -> None:
    played = PlayedGoogleBusiness()
    played.options = {"places": {"accounts/1/locations/9": "main", PLACE: "station"}}
    played.write(2)
    played.entries[0]["name"] = "accounts/1/locations/9/reviews/r2"
    wrapped = [{"name": one["name"], "review": one} for one in played.entries]
    plain = played.answer
    played.answer = lambda asked: (  # type: ignore[method-assign]
        Answer(said={"locationReviews": wrapped}) if "/reviews" in asked.path else plain(asked)
    )
    with playing(played) as stage:
        stage.look()

        places = {one.external_id: one.location for one in stage.queued}
        assert places == {"r1": "station", "r2": "main"}


def test_no_reviews_where_there_were_some_is_trouble(stage: Stage) -> None:
    assert stage.look().queued == 0
    stage.played.write(2)
    stage.look()
    stage.played.entries.clear()

    with pytest.raises(SourceContractError, match="answers empty"):
        stage.look()


def test_a_total_without_reviews_is_trouble(stage: Stage) -> None:
    stage.played.answer = lambda asked: (  # type: ignore[method-assign]
        Answer(said={"access_token": "t"})
        if asked.host == "oauth2.googleapis.com"
        else Answer(said={"totalReviewCount": 7})
    )

    with pytest.raises(SourceContractError, match="answers empty"):
        stage.look()


def with_reason(reason: str, **metadata: str) -> object:
    details = [{"@type": "ErrorInfo", "reason": reason, "metadata": metadata}]
    return {"error": {"code": 403, "status": "PERMISSION_DENIED", "details": details}}


@pytest.mark.parametrize(
    ("status", "body", "expected", "advice"),
    [
        (401, {"error": {"status": "UNAUTHENTICATED"}}, SourceAuthError, "Renew"),
        (403, {"error": {"status": "PERMISSION_DENIED"}}, SourceAuthError, "Renew"),
        (403, with_reason("SERVICE_DISABLED"), SourceAuthError, "Enable this API"),
        (403, with_reason("ACCESS_TOKEN_SCOPE_INSUFFICIENT"), SourceAuthError, "allow everything"),
        (
            429,
            with_reason("RATE_LIMIT_EXCEEDED", quota_limit_value="0"),
            SourceAuthError,
            "Basic API Access",
        ),
        (
            429,
            with_reason("RATE_LIMIT_EXCEEDED", quota_limit_value="300"),
            SourceRateLimited,
            "waits",
        ),
        (429, {"error": {"status": "RESOURCE_EXHAUSTED"}}, SourceRateLimited, "waits"),
        (403, {"error": {"errors": [{"reason": "quotaExceeded"}]}}, SourceCreditsError, "midnight"),
        (400, with_reason("API_KEY_INVALID"), SourceAuthError, "new API key"),
        (400, {"error": {"status": "INVALID_ARGUMENT"}}, SourceContractError, "settings"),
        (403, {"error": "odd"}, SourceAuthError, "Renew"),
        (403, {"error": {"details": 5, "errors": [None, "x"]}}, SourceAuthError, "Renew"),
    ],
)
def test_each_refusal_says_what_to_do(
    status: int, body: object, expected: type[SourceError], advice: str
) -> None:
    error = refusal(status, body)

    assert type(error) is expected
    assert advice in error.advice


class SignsNobodyIn(PlayedGoogleBusiness):
    """A login that refuses."""

    reason = ""

    def answer(self, asked: Asked) -> Answer:
        """The refusal."""
        return Answer(said={"error": self.reason}, status=400)


@pytest.mark.parametrize(
    ("reason", "expected", "advice"),
    [
        ("invalid_grant", SourceAuthError, "seven days"),
        ("invalid_client", SourceAuthError, "client secret"),
        ("invalid_request", SourceContractError, "settings"),
    ],
)
def test_a_refused_sign_in_says_what_to_do(
    reason: str, expected: type[SourceError], advice: str
) -> None:
    played = SignsNobodyIn()
    played.reason = reason
    with playing(played) as stage, pytest.raises(SourceError) as caught:
        stage.look()

    assert type(caught.value) is expected
    assert advice in caught.value.advice


@pytest.mark.parametrize("secret", ["", "token", "{}", '{"client_id": 5}', "[]"])
def test_a_secret_of_another_form_says_which_form_it_needs(secret: str) -> None:
    played = PlayedGoogleBusiness()
    played.secrets = (secret,)
    with playing(played) as stage, pytest.raises(SettingsError, match="refresh_token"):
        stage.look()


@pytest.mark.parametrize("places", [None, {}, [], "locations/2", {"accounts/1": "main"}, 5])
def test_places_that_google_does_not_name_so_are_refused(places: object) -> None:
    played = PlayedGoogleBusiness()
    played.options = {"places": places}
    with playing(played) as stage, pytest.raises(SettingsError, match="accounts/1/locations/2"):
        stage.look()


def test_gone_reviews_are_asked_for_a_few_at_a_time(stage: Stage) -> None:
    stage.played.write(30)
    stage.look()
    stage.played.asked.clear()
    stage.now += timedelta(hours=6)

    stage.look()

    single = [a.path for a in stage.played.asked if "/reviews/" in a.path]
    assert len(single) == 10
