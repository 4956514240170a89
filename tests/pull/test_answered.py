"""The owner's own answers: where a source shows them they are noted, once, as nobody's words."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.domain.feedback import Feedback
from tests.pull.played.app_store_connect import PlayedAppStoreConnect
from tests.pull.played.google_business import PlayedGoogleBusiness
from tests.pull.played.google_play import PlayedGooglePlay
from tests.pull.played.trustpilot import PlayedTrustpilot
from tests.pull.playing import Played, Stage, playing

ANSWERED = datetime(2026, 3, 29, 9, tzinfo=UTC)


def google_business(entry: dict[str, Any], answered: bool) -> None:
    reply = {"comment": "Sorry", "updateTime": "2026-03-29T09:00:00Z"}
    entry.pop("reviewReply", None)
    entry.update({"reviewReply": reply} if answered else {})


def google_play(entry: dict[str, Any], answered: bool) -> None:
    seconds = str(int(ANSWERED.timestamp()))
    reply = {"developerComment": {"text": "Sorry", "lastModified": {"seconds": seconds}}}
    entry["comments"].pop("second", None)
    entry["comments"].update({"second": reply} if answered else {})


def trustpilot(entry: dict[str, Any], answered: bool) -> None:
    reply = {"text": "Sorry", "createdAt": "2026-03-29T09:00:00Z", "updatedAt": None}
    entry["companyReply"] = reply if answered else None


def app_store_connect(entry: dict[str, Any], answered: bool) -> None:
    reply = {"type": "customerReviewResponses", "id": "a1"}
    entry["relationships"]["response"]["data"] = reply if answered else None


SITES: list[tuple[type[Played], Callable[[dict[str, Any], bool], None]]] = [
    (PlayedGoogleBusiness, google_business),
    (PlayedGooglePlay, google_play),
    (PlayedTrustpilot, trustpilot),
    (PlayedAppStoreConnect, app_store_connect),
]


def told(stage: Stage) -> list[tuple[str, datetime | None]]:
    return [(one.external_id, one.answered_at) for one in stage.queued]


def answer_oldest(stage: Stage, say: Callable[[dict[str, Any], bool], None]) -> str:
    for entry in stage.played.entries:
        say(entry, False)
    stage.look()
    say(stage.played.entries[-1], True)
    return min(one.external_id for one in stage.queued)


@pytest.mark.parametrize(("make", "say"), SITES)
def test_an_answer_given_after_the_look_comes_with_the_next_one_and_once(
    make: type[Played], say: Callable[[dict[str, Any], bool], None]
) -> None:
    with playing(make()) as stage:
        stage.played.write(3)
        oldest = answer_oldest(stage, say)

        stage.look()
        first = told(stage)
        stage.look()

        assert first == [(oldest, ANSWERED)]
        assert told(stage) == []


@pytest.mark.parametrize(("make", "say"), SITES)
def test_an_answer_moves_neither_version_nor_content_hash(
    make: type[Played], say: Callable[[dict[str, Any], bool], None]
) -> None:
    def seen(answered: bool) -> Feedback:
        with playing(make()) as stage:
            stage.played.write(1)
            say(stage.played.entries[0], answered)
            stage.look()
            return stage.queued[0]

    unanswered, answered = seen(False), seen(True)

    assert (unanswered.answered_at, answered.answered_at) == (None, ANSWERED)
    assert answered.version == unanswered.version


def test_an_answer_far_down_is_found_when_its_review_is_asked_for_again() -> None:
    with playing(PlayedGoogleBusiness()) as stage:
        stage.played.write(5)
        oldest = answer_oldest(stage, google_business)
        found: list[tuple[str, datetime | None]] = []
        for _ in range(8):
            stage.look()
            found += told(stage)

    assert found == [(oldest, ANSWERED)]


def test_an_answer_that_apple_has_not_published_yet_is_none() -> None:
    with playing(PlayedAppStoreConnect()) as stage:
        stage.played.write(1)
        app_store_connect(stage.played.entries[0], True)
        real = stage.played.answer

        def pending(asked: Any) -> Any:
            found: Any = real(asked)
            for one in found.said.get("included", []):
                one["attributes"]["state"] = "PENDING_PUBLISH"
            return found

        stage.played.answer = pending  # type: ignore[method-assign]
        stage.look()

        assert told(stage) == [(stage.queued[0].external_id, None)]
