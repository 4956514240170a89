"""An approved reply on its way into a site: in the site's own form, once, over nobody's words."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.domain.errors import (
    ReplyRefused,
    SettingsError,
    SourceAuthError,
    SourceError,
    SourceUnavailable,
)
from chalicelib.domain.feedback import Feedback
from chalicelib.domain.reply import Reply, approve, text_hash
from chalicelib.ports import PullContext
from chalicelib.pull.posting.bluesky import key_of
from chalicelib.recover.channels import posted_kinds
from chalicelib.wiring import POSTED, Posters
from tests.pull.direct import Direct
from tests.pull.played.answering import ANSWERING, ONE_ANSWER
from tests.pull.playing import context_for

TEXT = "We are sorry, Kim.\n\nThe bread was cold, and that is ours to mend."
NOW = datetime(2026, 3, 29, 11, tzinfo=UTC)


def a_reply(feedback: Feedback, text: str = TEXT) -> Reply:
    draft = Reply(
        business_id="bakery",
        feedback_id=feedback.feedback_id,
        source="talk",
        language="en",
        text=text,
        drafted_at=NOW,
    )
    return approve(draft, text, text_hash(text), "Rosa", NOW)


class Site:
    """A played site with one review, and the way into it."""

    def __init__(self, kind: str) -> None:
        self.kind, self.played = kind, ANSWERING[kind]()
        self.played.write(1)
        self.feedback = self.look()

    @property
    def context(self) -> PullContext:
        return context_for(self.played, Direct(self.played), NOW)

    def look(self) -> Feedback:
        build = self.played.kind.build
        cursor: Mapping[str, object] = {}
        while not (page := build(self.context).fetch(cursor)).feedback:
            cursor = page.cursor
        feedback: Feedback = page.feedback[0]
        return feedback

    def post(self, text: str = TEXT, **changes: Any) -> str | None:
        reply = replace(a_reply(self.feedback, text), **changes)
        return Posters()[self.kind](self.context).post(self.feedback, reply)

    @property
    def writes(self) -> list[Any]:
        found: list[Any] = self.played.writes
        return found

    @property
    def shown(self) -> list[str]:
        found: list[str] = self.played.shown()
        return found


def test_there_is_a_way_in_for_each_kind_that_says_so() -> None:
    assert set(ANSWERING) == set(POSTED) == set(posted_kinds()) == set(Posters())
    assert "x" not in Posters()
    with pytest.raises(KeyError):
        Posters()["x"]


@pytest.mark.parametrize("kind", ANSWERING)
def test_the_approved_text_is_shown_at_its_site_word_for_word(kind: str) -> None:
    one = Site(kind)
    posted_as = one.post()

    assert one.shown == [TEXT]
    assert posted_as


@pytest.mark.parametrize("kind", ANSWERING)
def test_what_a_site_took_before_a_crash_is_not_posted_twice(kind: str) -> None:
    one = Site(kind)
    first = one.post()
    again = one.post()

    assert one.shown == [TEXT]
    assert again == first


@pytest.mark.parametrize("kind", [*ONE_ANSWER, "mastodon"])
def test_a_site_that_shows_the_reply_is_written_to_no_more(kind: str) -> None:
    one = Site(kind)
    one.post()
    one.post()

    assert len(one.writes) == 1


@pytest.mark.parametrize("kind", ONE_ANSWER)
def test_an_answer_that_somebody_gave_by_hand_is_not_written_over(kind: str) -> None:
    one = Site(kind)
    one.played.show("Call us, please.")

    with pytest.raises(ReplyRefused, match="another answer"):
        one.post()

    assert (one.shown, one.writes) == (["Call us, please."], [])


@pytest.mark.parametrize("kind", set(ANSWERING) - {"google_play"})
def test_a_review_that_is_gone_is_not_answered(kind: str) -> None:
    one = Site(kind)
    one.played.delete()

    with pytest.raises(ReplyRefused, match="no longer shows"):
        one.post()

    assert one.writes == []


@pytest.mark.parametrize("kind", ANSWERING)
@pytest.mark.parametrize("status", [400, 422])
def test_a_text_that_a_site_does_not_take_is_a_persons_to_change(kind: str, status: int) -> None:
    one = Site(kind)
    one.played.broken = status

    with pytest.raises(ReplyRefused) as refused:
        one.post()

    assert "post it there yourself" in refused.value.advice
    assert one.shown == []


@pytest.mark.parametrize("kind", ANSWERING)
def test_a_site_in_trouble_is_asked_again_later(kind: str) -> None:
    one = Site(kind)
    one.played.broken = 503

    with pytest.raises(SourceUnavailable):
        one.post()


@pytest.mark.parametrize("kind", ANSWERING)
def test_a_credential_that_may_not_write_says_so(kind: str) -> None:
    one = Site(kind)
    one.played.broken = 403

    with pytest.raises(SourceError) as refused:
        one.post()

    assert isinstance(refused.value, SourceAuthError | ReplyRefused)


def test_google_is_asked_for_the_place_of_the_review() -> None:
    one = Site("google_business")
    two = {"accounts/1/locations/9": "elsewhere", "accounts/1/locations/2": "station"}
    one.played.options = {"places": two}

    assert one.post() == "accounts/1/locations/2/reviews/r1"
    assert [write.method for write in one.writes] == ["PUT"]


def test_mastodon_is_answered_no_more_openly_than_the_customer_wrote() -> None:
    one = Site("mastodon")
    one.played.entries[0]["visibility"] = "direct"

    one.post()

    said = json.loads(one.writes[0].body)
    assert (said["visibility"], said["in_reply_to_id"]) == ("direct", one.feedback.external_id)
    assert said["status"].startswith("@customer1@elsewhere.example We are sorry, Kim.")
    assert said["language"] == "en"


def test_a_visibility_that_nobody_knows_is_answered_in_private() -> None:
    one = Site("mastodon")
    one.played.entries[0]["visibility"] = "everywhere"

    one.post()

    assert json.loads(one.writes[0].body)["visibility"] == "direct"


def test_mastodon_knows_a_repeat_by_its_key_while_it_does_not_show_the_post_yet() -> None:
    one = Site("mastodon")
    one.played.shows_below = False
    one.post()
    one.post()

    assert one.shown == [TEXT]
    keys = {write.headers["idempotency-key"] for write in one.writes}
    assert (len(one.writes), len(keys)) == (2, 1)


def test_another_text_has_another_key_and_another_approval_the_same() -> None:
    one = Site("bluesky")
    reply = a_reply(one.feedback)
    again = replace(reply, approved_by="Ben", approved_at=datetime(2026, 3, 30, tzinfo=UTC))
    other = a_reply(one.feedback, "We are sorry.")

    assert key_of(reply) == key_of(again) != key_of(other)
    assert len(key_of(reply)) == 13
    assert set(key_of(reply)) <= set("234567abcdefghijklmnopqrstuvwxyz")


@pytest.mark.parametrize("kind", ["mastodon", "bluesky"])
def test_what_a_second_person_approves_after_a_crash_is_the_same_post(kind: str) -> None:
    one = Site(kind)
    one.post()

    one.post(approved_by="Ben", approved_at=datetime(2026, 3, 30, tzinfo=UTC))

    assert one.shown == [TEXT]


def test_a_key_of_bluesky_says_when_it_was_made() -> None:
    # Two and a half days after 1970, worked out by hand: 216,000,000,000 µs, no clock bits.
    reply = replace(
        a_reply(_any_feedback()),
        drafted_at=datetime(1970, 1, 3, 12, tzinfo=UTC),
        approved_text_hash="0" * 32,
    )
    value = 216_000_000_000 * 1024
    digits = []
    while value:
        value, rest = divmod(value, 32)
        digits.append("234567abcdefghijklmnopqrstuvwxyz"[rest])

    assert key_of(reply) == "".join(reversed(digits)).rjust(13, "2")


def test_below_a_thread_bluesky_is_told_its_root() -> None:
    one = Site("bluesky")
    root = {"uri": "at://did:plc:r/app.bsky.feed.post/3a", "cid": "bafyroot"}
    one.played.entries[0]["record"]["reply"] = {"root": root, "parent": root}

    one.post()

    record = json.loads(one.writes[0].body)["record"]
    parent = {"uri": one.feedback.external_id, "cid": "bafy1"}
    assert record["reply"] == {"root": root, "parent": parent}
    assert (record["createdAt"], record["langs"]) == ("2026-03-29T11:00:00.000000Z", ["en"])


def test_a_trustpilot_key_that_only_reads_leaves_it_to_the_person() -> None:
    one = Site("trustpilot")
    one.played.secrets = ("key",)

    with pytest.raises(ReplyRefused, match="reads and cannot answer"):
        one.post()


def test_trustpilot_is_read_with_either_form_of_the_secret() -> None:
    one = Site("trustpilot")
    one.played.secrets = ('{"api_secret": "s"}',)

    with pytest.raises(SettingsError, match="api_key"):
        one.look()


def test_a_mastodon_source_without_a_token_leaves_it_to_the_person() -> None:
    one = Site("mastodon")
    one.played.secrets = ()

    with pytest.raises(ReplyRefused, match="no access token"):
        one.post()


def _any_feedback() -> Feedback:
    one = Site("google_play")
    return one.feedback
