"""A reply's life: no text without a person's yes to just that text."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain import reply as replies
from chalicelib.domain.business import Business, Contact
from chalicelib.domain.errors import TransitionError
from chalicelib.domain.reply import (
    MOST_TRIES,
    POSTING_LEASE,
    Posting,
    Reply,
    ReplyState,
    posting_of,
    text_hash,
)
from chalicelib.domain.session import Role

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
TEXT = "Dear Kim,\n\nwe are sorry."
HOUSE = Business(
    business_id="bakery",
    name="Bakery",
    time_zone="Europe/Berlin",
    country="DE",
    contacts=(
        Contact(name="Rosa", email="rosa@bakery.example"),
        Contact(name="Ben", email="ben@bakery.example", role=Role.STAFF),
        Contact(name="Eve", email="eve@bakery.example", role=Role.READ_ONLY),
    ),
)


def a_reply(**changes: object) -> Reply:
    plain = Reply(
        business_id="bakery",
        feedback_id="f" * 32,
        source="google",
        language="en",
        text=TEXT,
        drafted_at=NOW,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def approved(by: str = "Rosa") -> Reply:
    return replies.approve(a_reply(), TEXT, text_hash(TEXT), by, NOW)


def test_an_approval_names_the_person_and_the_very_text() -> None:
    reply = approved()

    assert reply.state is ReplyState.APPROVED
    assert (reply.approved_by, reply.approved_at, reply.due) == ("Rosa", NOW, NOW)
    assert reply.approved_text_hash == text_hash(TEXT)
    assert posting_of(reply, HOUSE, NOW) is Posting.POST


def test_line_ends_of_a_browser_are_no_change_of_the_text() -> None:
    reply = replies.approve(
        a_reply(), TEXT.replace("\n", "\r\n") + "\r\n", text_hash(TEXT), "Rosa", NOW
    )

    assert reply.state is ReplyState.APPROVED


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (TEXT + " Really.", text_hash(TEXT)),
        (TEXT, text_hash(TEXT + " Really.")),
        (TEXT, ""),
        ("", text_hash(TEXT)),
        (TEXT + " Really.", text_hash(TEXT + " Really.")),
    ],
)
def test_another_text_than_the_one_that_is_stored_is_not_approved(text: str, shown: str) -> None:
    with pytest.raises(TransitionError, match="the text changed"):
        replies.approve(a_reply(), text, shown, "Rosa", NOW)


def test_nobody_and_nothing_is_approved() -> None:
    with pytest.raises(TransitionError, match="a person with a name"):
        replies.approve(a_reply(), TEXT, text_hash(TEXT), " ", NOW)
    with pytest.raises(TransitionError, match="nothing to approve"):
        replies.approve(a_reply(text=""), "", text_hash(""), "Rosa", NOW)


def test_a_second_yes_changes_nothing_and_that_of_another_is_theirs() -> None:
    later = NOW + timedelta(hours=1)

    assert replies.approve(approved(), TEXT, text_hash(TEXT), "Rosa", later) == approved()
    others = replies.approve(approved("Gone"), TEXT, text_hash(TEXT), "Ben", later)
    assert (others.approved_by, others.approved_at) == ("Ben", later)


def test_an_edit_takes_the_approval_back() -> None:
    edited = replies.edit(approved(), "Dear Kim, sorry.", "Ben", NOW)

    assert (edited.state, edited.text, edited.edited_by) == (
        ReplyState.DRAFT,
        "Dear Kim, sorry.",
        "Ben",
    )
    assert (edited.approved_by, edited.approved_text_hash, edited.due) == (None, "", None)
    assert posting_of(edited, HOUSE, NOW) is Posting.NOT_APPROVED


def test_the_same_text_again_is_no_edit() -> None:
    assert replies.edit(approved(), TEXT + "\r\n", "Ben", NOW) == approved()


def test_a_text_that_shows_less_than_it_holds_is_kept_without_it() -> None:
    edited = replies.edit(a_reply(), "So\u202erry\x00, Kim", "Ben", NOW)

    assert edited.text == "Sorry, Kim"


def test_too_long_a_text_is_refused() -> None:
    with pytest.raises(TransitionError, match="longer than"):
        replies.edit(a_reply(), "a" * (replies.TEXT_LIMIT + 1), "Ben", NOW)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (a_reply(), Posting.NOT_APPROVED),
        (replace(approved(), text=TEXT + " And a refund."), Posting.TEXT_CHANGED),
        (replace(approved(), approved_text_hash=""), Posting.TEXT_CHANGED),
        (replace(approved(), state=ReplyState.DRAFT), Posting.NOT_APPROVED),
        (replace(approved(), text="", approved_text_hash=text_hash("")), Posting.NOT_APPROVED),
        (approved("Mallory"), Posting.NOBODY_APPROVED),
        (replace(approved(), approved_by=None), Posting.NOBODY_APPROVED),
        (approved("Eve"), Posting.NOBODY_APPROVED),
        (replies.hold(approved(), NOW), Posting.HELD_BY_ANOTHER),
        (replies.posted(approved(), "id", NOW), Posting.NOT_APPROVED),
        (replies.failed(approved(), "no", "look"), Posting.NOT_APPROVED),
        (replies.copied(approved()), Posting.NOT_APPROVED),
    ],
)
def test_nothing_is_posted_without_a_known_persons_yes_to_it(reply: Reply, reason: Posting) -> None:
    assert posting_of(reply, HOUSE, NOW) is reason


def test_staff_may_approve() -> None:
    assert posting_of(approved("Ben"), HOUSE, NOW) is Posting.POST


def test_a_function_that_died_leaves_the_reply_due_again() -> None:
    held = replies.hold(approved(), NOW)
    later = NOW + POSTING_LEASE

    assert (held.held_until, held.due, held.tries) == (later, later, 1)
    assert posting_of(held, HOUSE, later) is Posting.POST


def test_what_is_being_posted_is_not_changed_meanwhile() -> None:
    held = replies.hold(approved(), NOW)

    with pytest.raises(TransitionError, match="being posted"):
        replies.edit(held, "Another text", "Ben", NOW)
    assert replies.edit(held, "Another text", "Ben", NOW + POSTING_LEASE).state is ReplyState.DRAFT


@pytest.mark.parametrize(
    "done", [replies.posted(approved(), "id", NOW), replies.copied(approved())]
)
def test_what_is_done_stays_as_it_is(done: Reply) -> None:
    with pytest.raises(TransitionError, match="cannot be changed"):
        replies.edit(done, "Another text", "Ben", NOW)
    with pytest.raises(TransitionError, match="cannot be approved"):
        replies.approve(done, TEXT, text_hash(TEXT), "Rosa", NOW)


def test_only_an_approved_text_is_handed_over_to_be_copied() -> None:
    with pytest.raises(TransitionError, match="after somebody approved"):
        replies.copied(a_reply())
    assert replies.copied(replies.failed(approved(), "no", "look")).state is ReplyState.COPIED


def test_a_site_in_trouble_is_asked_again_and_not_for_ever() -> None:
    reply = approved()
    at = NOW
    for _ in range(MOST_TRIES - 1):
        reply = replies.try_again(replies.hold(reply, at), "down", "wait", at)
        assert (reply.state, reply.due, reply.held_until) == (ReplyState.APPROVED, at, None)

    reply = replies.try_again(replies.hold(reply, at), "down", "wait", at)

    assert (reply.state, reply.trouble, reply.due) == (ReplyState.FAILED, "down", None)


def test_a_failed_reply_may_be_approved_once_more() -> None:
    reply = replies.approve(
        replies.failed(approved(), "no", "look"), TEXT, text_hash(TEXT), "Rosa", NOW
    )

    assert (reply.state, reply.trouble, reply.tries) == (ReplyState.APPROVED, "", 0)


def test_a_job_of_the_pulls_queue_is_a_reply_or_a_source() -> None:
    assert replies.reply_in(replies.job_of("f1")) == "f1"
    assert replies.reply_in("google") is None
