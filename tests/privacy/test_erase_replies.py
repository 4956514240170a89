"""An erasure takes every word of replies to the person, and those that name them to others."""

from datetime import timedelta

import pytest

from chalicelib.domain.reply import Reply
from chalicelib.privacy.erase_replies import as_exported, forget_replies, replies_of_person
from chalicelib.privacy.person import Wanted
from chalicelib.store.memory import MemoryStore
from tests.contracts.builders import NOW, a_feedback, put, scored

THEIRS, OTHERS = a_feedback("r1"), a_feedback("r2")


def reply_to(feedback_id: str, text: str) -> Reply:
    return Reply(
        business_id="bakery",
        feedback_id=feedback_id,
        source="reviews",
        language="en",
        text=text,
        drafted_at=NOW,
        keep_until=NOW + timedelta(days=1),
    )


@pytest.fixture
def store() -> MemoryStore:
    """Two reviews, each with a reply."""
    store = MemoryStore()
    put(store, scored(THEIRS))
    put(store, scored(OTHERS))
    store.save_reply(reply_to(THEIRS.feedback_id, "Dear Kim, sorry."))
    store.save_reply(reply_to(OTHERS.feedback_id, "We told Quirina@Post.example so, at 12."))
    return store


def left_after(store: MemoryStore, wanted: Wanted) -> list[str]:
    found = list(store.find("bakery", wanted.feedback_ids).values())
    forget_replies(store, replies_of_person(store, "bakery", wanted, found))
    return sorted(one.feedback_id for one in store.replies_of("bakery"))


def wanted(*feedback_ids: str, words: tuple[str, ...] = ()) -> Wanted:
    return Wanted(traces=frozenset(), feedback_ids=frozenset(feedback_ids), words=words)


def test_the_reply_to_the_person_goes_and_that_to_another_stays(store: MemoryStore) -> None:
    assert left_after(store, wanted(THEIRS.feedback_id)) == [OTHERS.feedback_id]


def test_a_reply_to_another_goes_when_it_names_the_person(store: MemoryStore) -> None:
    left = left_after(store, wanted(words=("quirina@post.example",)))

    assert left == [THEIRS.feedback_id]


def test_a_word_so_short_that_it_stands_anywhere_takes_nothing(store: MemoryStore) -> None:
    assert len(left_after(store, wanted(words=("12",)))) == 2


def test_a_reply_whose_feedback_was_never_stored_goes_by_its_id(store: MemoryStore) -> None:
    store.save_reply(reply_to("unseen", "Dear Kim"))

    assert "unseen" not in left_after(store, wanted("unseen"))


def test_a_reply_that_a_page_saved_meanwhile_goes_with_the_next_pass(store: MemoryStore) -> None:
    from chalicelib.domain.forgetting import erased

    previous = store.find("bakery", [THEIRS.feedback_id])[THEIRS.feedback_id]
    store.forget(erased(previous), previous)

    # The second pass finds nobody by their traces any more.
    assert left_after(store, wanted()) == [OTHERS.feedback_id]


def test_the_person_gets_the_words_and_not_who_wrote_them() -> None:
    exported = as_exported(reply_to("f1", "Dear Kim, sorry."))

    assert (exported["text"], exported["state"], exported["answers"]) == (
        "Dear Kim, sorry.",
        "draft",
        "f1",
    )
    assert not {"edited_by", "approved_by"} & set(exported)
