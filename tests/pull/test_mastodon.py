"""Mastodon: what a reader sees, whose words they are, streams without gaps, and its refusals."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.domain.errors import SettingsError, SourceAuthError
from chalicelib.domain.feedback import FeedbackKind
from tests.pull.played.mastodon import ROOT, PlayedMastodon
from tests.pull.playing import Answer, Asked, Stage, iso, playing


class PlayedMentions(PlayedMastodon):
    """The same instance, asked for mentions as well."""

    options = {"address": ROOT, "tags": ["rosabakery"], "mentions": True}  # noqa: RUF012
    notifications: list[dict[str, Any]]

    def __init__(self) -> None:
        super().__init__()
        self.notifications = []

    def answer(self, asked: Asked) -> Answer:
        """Notifications too, and the posts in them."""
        for one in self.notifications:
            if one["status"] and asked.path == f"/api/v1/statuses/{one['status']['id']}":
                return Answer(said=one["status"])
        if asked.path != "/api/v1/notifications":
            return super().answer(asked)
        assert asked.query["types[]"] == "mention"
        after = int(asked.query.get("min_id", "0"))
        found = [one for one in self.notifications if int(one["id"]) > after]
        return self.page(asked, found[-3:])


@pytest.fixture
def stage() -> Iterator[Stage]:
    """An instance with nothing written yet."""
    with playing(PlayedMastodon()) as running:
        yield running


def change(stage: Stage, **fields: Any) -> None:
    stage.played.entries[0] |= fields


def test_a_post_is_mapped_field_by_field(stage: Stage) -> None:
    stage.played.write(1)

    report = stage.look()

    one = stage.queued[0]
    assert one.external_id == "116000000000000001"
    assert one.text == "food\nCold bread\nnumber 1 #rosabakery"
    assert (one.kind, one.author, one.author_id, one.language) == (
        FeedbackKind.MENTION,
        "Customer 1",
        "customer1@elsewhere.example",
        "en",
    )
    assert one.written_at == datetime(2026, 3, 27, 10, 1, tzinfo=UTC)
    assert one.updated_at == datetime(2026, 3, 27, 10, 1, 5, tzinfo=UTC)
    assert one.url == "https://elsewhere.example/@customer1/1"
    assert (report.is_complete, report.refused) == (True, 0)


def test_what_a_post_lacks_it_lacks(stage: Stage) -> None:
    stage.played.write(1)
    change(
        stage,
        edited_at=None,
        spoiler_text="",
        language=None,
        url=None,
        account={"acct": "neighbour", "display_name": ""},
        novelty={"quote": {}},
    )

    stage.look()

    one = stage.queued[0]
    assert (one.text, one.language) == ("Cold bread\nnumber 1 #rosabakery", None)
    assert one.updated_at == one.written_at
    assert (one.author, one.author_id) == ("neighbour", "neighbour@social.example")
    assert one.url == "https://elsewhere.example/users/customer1/statuses/1"


@pytest.mark.parametrize("acct", ["rosa", "Rosa", "rosa@social.example", "rosa@SOCIAL.example"])
def test_posts_of_ignored_accounts_are_no_feedback(stage: Stage, acct: str) -> None:
    stage.played.write(2)
    change(stage, account={"acct": acct})

    report = stage.look()

    assert [one.author for one in stage.queued] == ["Customer 1"]
    assert report.refused == 0


def test_an_account_of_the_same_name_elsewhere_is_somebody_else(stage: Stage) -> None:
    stage.played.write(1)
    change(stage, account={"acct": "rosa@elsewhere.example"})

    assert stage.look().queued == 1


def test_a_boost_is_what_was_boosted_by_who_said_it(stage: Stage) -> None:
    stage.played.write(1)
    inner = stage.played.entry(7, stage.played.moment)
    change(stage, content="", reblog=inner)

    stage.look()

    assert [(one.external_id, one.author) for one in stage.queued] == [(inner["id"], "Customer 7")]


@pytest.mark.parametrize(
    "odd",
    [
        {"content": None, "spoiler_text": None},
        {"content": "<p></p>", "spoiler_text": ""},
        {"created_at": None},
        {"created_at": "soon"},
        {"id": None},
        {"id": {}},
    ],
)
def test_one_odd_post_is_counted_and_loses_no_other(stage: Stage, odd: dict[str, Any]) -> None:
    stage.played.write(3)
    stage.played.entries[1] |= odd
    stage.played.answer = lambda asked: Answer(  # type: ignore[method-assign]
        said=stage.played.entries if "min_id" not in asked.query else []
    )

    report = stage.look()

    assert [one.author for one in stage.queued] == ["Customer 1", "Customer 3"]
    assert report.refused == 1


def test_mentions_and_a_tag_are_followed_each_on_its_own() -> None:
    played = PlayedMentions()
    played.write(4)
    for number in range(1, 6):
        status = played.entry(100 + number, played.moment)
        mention = {"id": str(number), "type": "mention", "status": status}
        played.notifications.insert(0, mention | {"created_at": iso(played.moment)})
    other = {"id": "6", "type": "favourite", "status": None, "created_at": iso(played.moment)}
    played.notifications.insert(0, other)
    with playing(played) as stage:
        report = stage.look()

        assert report.is_complete
        assert sorted(one.author or "" for one in stage.queued) == [
            "Customer 1",
            *(f"Customer {number}" for number in range(101, 106)),
            *(f"Customer {number}" for number in range(2, 5)),
        ]
        played.write(1)
        stage.look()
        assert [one.author for one in stage.queued] == ["Customer 5"]


def test_a_private_mention_is_a_message(stage: Stage) -> None:
    stage.played.write(1)
    change(stage, visibility="direct")

    stage.look()

    assert stage.queued[0].kind is FeedbackKind.MESSAGE


def test_a_link_header_without_a_previous_page_is_done_without(stage: Stage) -> None:
    stage.played.page = lambda asked, found: Answer(said=found)  # type: ignore[attr-defined]
    stage.played.write(2)
    stage.look()
    stage.played.write(4)

    stage.look()

    assert len(stage.queued) == 4


@pytest.mark.parametrize("status", [401, 403, 422])
def test_a_stream_for_signed_in_accounts_says_how_to_sign_in(stage: Stage, status: int) -> None:
    stage.played.answer = lambda asked: Answer(  # type: ignore[method-assign]
        said={"error": "This method requires an authenticated user"}, status=status
    )

    with pytest.raises(SourceAuthError) as caught:
        stage.look()

    assert "read:notifications" in caught.value.advice


@pytest.mark.parametrize(
    ("options", "secrets", "message"),
    [
        ({"address": ROOT}, (), "needs tags"),
        ({"address": ROOT, "tags": []}, (), "needs tags"),
        ({"address": ROOT, "mentions": True}, (), "need a secret"),
        ({"address": ROOT, "mentions": "yes"}, (), "true or false"),
        ({"address": ROOT, "tags": 5}, (), "a text or a list of texts"),
        ({"tags": ["a"]}, (), "address is one text"),
    ],
)
def test_settings_that_make_no_sense_say_what_to_write(
    options: dict[str, object], secrets: tuple[str, ...], message: str
) -> None:
    played = PlayedMastodon()
    played.options, played.secrets = options, secrets
    with playing(played) as stage, pytest.raises(SettingsError, match=message):
        stage.look()
