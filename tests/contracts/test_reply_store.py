"""What every store must do with replies."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.audit import Act, ActKind
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.reply import Reply, approve, posted, text_hash
from chalicelib.ports import Store
from tests.contracts.builders import MINUTE, NOW

TEXT = "Dear Kim,\n\nwe are sorry – “really”."


def a_reply(feedback_id: str = "f1", **changes: object) -> Reply:
    plain = Reply(
        business_id="bakery",
        feedback_id=feedback_id,
        source="google",
        language="en",
        text=TEXT,
        drafted_at=NOW,
        keep_until=NOW + timedelta(days=395),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def approved(reply: Reply) -> Reply:
    return approve(reply, TEXT, text_hash(TEXT), "Rosa", NOW)


def an_act() -> Act:
    return Act(
        business_id="bakery", at=NOW, who="Rosa", what=ActKind.APPROVE_REPLY, about="reply:f1"
    )


def test_a_reply_is_read_as_it_was_saved(store: Store) -> None:
    saved = store.save_reply(approved(a_reply(edited_by="Ben", edited_at=NOW)))

    assert saved.version == 1
    assert store.load_reply("bakery", "f1") == saved
    assert store.load_reply("bakery", "f2") is None
    assert store.load_reply("other", "f1") is None


def test_whoever_saves_over_anothers_change_must_read_again(store: Store) -> None:
    first = store.save_reply(a_reply())
    store.save_reply(replace(first, text="Another text"), an_act())

    with pytest.raises(ConflictError):
        store.save_reply(replace(first, text="A third text"))
    with pytest.raises(ConflictError):
        store.save_reply(a_reply())

    found = store.load_reply("bakery", "f1")
    assert found is not None
    assert (found.text, found.version) == ("Another text", 2)


def test_an_act_is_written_with_its_reply_or_not_at_all(store: Store) -> None:
    first = store.save_reply(a_reply())
    store.save_reply(first)

    with pytest.raises(ConflictError):
        store.save_reply(replace(first, text="Lost"), an_act())
    assert store.acts("bakery", NOW - MINUTE, NOW + MINUTE, 10) == []

    now = store.load_reply("bakery", "f1")
    assert now is not None
    store.save_reply(approved(now), an_act())
    assert store.acts("bakery", NOW - MINUTE, NOW + MINUTE, 10) == [an_act()]


def test_only_what_is_approved_and_waits_is_due(store: Store) -> None:
    store.save_reply(a_reply("draft"))
    waits = store.save_reply(approved(a_reply("waits")))
    store.save_reply(replace(approved(a_reply("later")), due=NOW + 5 * MINUTE))
    store.save_reply(posted(approved(a_reply("posted")), "id", NOW))

    assert store.due_replies(NOW, 10) == [("bakery", "waits")]
    assert store.due_replies(NOW + 5 * MINUTE, 10) == [("bakery", "waits"), ("bakery", "later")]
    assert store.due_replies(NOW + 5 * MINUTE, 1) == [("bakery", "waits")]

    store.save_reply(posted(waits, "id", NOW))
    assert store.due_replies(NOW, 10) == []


def test_a_forgotten_reply_is_gone_and_nobody_saves_over_the_gap(store: Store) -> None:
    one = store.save_reply(approved(a_reply("f1")))
    other = store.save_reply(a_reply("f2"))
    store.save_reply(a_reply("f1", business_id="other"))

    store.forget_reply("bakery", "f1")
    store.forget_reply("bakery", "f1")

    assert store.load_reply("bakery", "f1") is None
    assert store.replies_of("bakery") == [other]
    assert store.due_replies(NOW, 10) == []
    with pytest.raises(ConflictError):
        store.save_reply(one)
