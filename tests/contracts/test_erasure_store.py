"""What every store must do with what is to be forgotten."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import ConflictError
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.forgetting import Receipt, erased, erased_unseen, without_person
from chalicelib.domain.judging import Change
from chalicelib.ports import Store
from chalicelib.store.newest import store_newest
from tests.contracts.builders import DAY, HAPPY, HOUR, NOW, a_feedback, put, scored

SURE: dict[str, Any] = {
    "traces": ("trace-author", "trace-mail"),
    "author_id": "c-1",
    "order_reference": "#7",
}


def a_stored(store: Store, external_id: str = "r1", **changes: Any) -> ScoredFeedback:
    """A feedback with a person behind it, stored and judged."""
    feedback = a_feedback(external_id, url="https://example.org/1", **SURE)
    stored = scored(feedback, **changes)
    unjudged = put(store, stored)
    judge = store.load_judge("bakery")
    store.commit_judged(replace(judge, sequence=judge.sequence + 1), [unjudged], [], [])
    return stored


def found(store: Store, stored: ScoredFeedback) -> ScoredFeedback:
    """The row as it is now."""
    return store.find("bakery", [stored.feedback.feedback_id])[stored.feedback.feedback_id]


def test_traces_and_the_end_of_words_are_kept_with_the_feedback(store: Store) -> None:
    stored = a_stored(store, words_until=NOW + HOUR)

    assert found(store, stored) == stored
    assert found(store, stored).feedback.traces == ("trace-author", "trace-mail")
    assert found(store, stored).words_until == NOW + HOUR


def test_what_is_forgotten_stays_counted_and_listed_without_its_person(store: Store) -> None:
    stored = a_stored(store)
    counts = store.counts("bakery", DAY, DAY)

    store.forget(erased(stored), stored)

    left = found(store, stored)
    assert left == erased(stored)
    assert (left.feedback.text, left.feedback.author, left.feedback.url) == ("", None, None)
    assert left.feedback.stars == 1
    assert left.reading.sentiment == stored.reading.sentiment
    assert store.counts("bakery", DAY, DAY) == counts
    assert store.scored_between("bakery", DAY, DAY) == [left]
    assert store.unjudged("bakery", 10) == []


def test_forgetting_twice_is_forgetting_once(store: Store) -> None:
    stored = a_stored(store)

    store.forget(erased(stored), stored)
    store.forget(erased(stored), stored)

    assert found(store, stored) == erased(stored)


def test_forgetting_what_changed_meanwhile_is_refused(store: Store) -> None:
    stored = a_stored(store)
    edited = scored(replace(stored.feedback, text="Still cold.", updated_at=NOW), day=DAY)
    put(store, edited, stored, Change.EDITED)

    with pytest.raises(ConflictError):
        store.forget(erased(stored), stored)

    assert found(store, stored).feedback.text == "Still cold."


def test_forgetting_may_move_no_count(store: Store) -> None:
    stored = a_stored(store)

    with pytest.raises(ValueError, match="count"):
        store.forget(replace(erased(stored), reading=HAPPY), stored)

    assert found(store, stored) == stored


def test_a_writer_that_read_before_the_erasure_must_read_again(store: Store) -> None:
    stored = a_stored(store)
    store.forget(erased(stored), stored)
    edited = scored(replace(stored.feedback, text="Still cold.", updated_at=NOW), day=DAY)

    with pytest.raises(ConflictError):
        put(store, edited, stored, Change.EDITED)

    assert found(store, stored) == erased(stored)


def test_what_was_erased_takes_nothing_more_from_its_source(store: Store) -> None:
    stored = a_stored(store)
    store.forget(erased(stored), stored)
    counts = store.counts("bakery", DAY, DAY)

    for later in (
        stored,
        scored(replace(stored.feedback, text="Edited.", updated_at=NOW + HOUR)),
        scored(replace(stored.feedback, is_deleted=True, updated_at=NOW + HOUR)),
    ):
        assert not store_newest(store, later, delivery_id=None)

    assert found(store, stored) == erased(stored)
    assert store.counts("bakery", DAY, DAY) == counts
    assert store.unjudged("bakery", 10) == []


def test_what_was_erased_before_it_was_stored_is_kept_out(store: Store) -> None:
    feedback = a_feedback(**SURE)
    store.forget(erased_unseen(feedback, DAY), None)

    assert not store_newest(store, scored(feedback), delivery_id=None)

    assert store.counts("bakery", DAY, DAY) == {}
    assert store.scored_between("bakery", DAY, DAY) == []
    assert found(store, scored(feedback)).feedback.text == ""


def test_words_are_outlived_at_their_time_and_not_before(store: Store) -> None:
    first = a_stored(store, "r1", words_until=NOW - HOUR)
    second = a_stored(store, "r2", words_until=NOW)
    a_stored(store, "r3", words_until=NOW + timedelta(microseconds=1))
    a_stored(store, "r4")

    assert store.outlived(NOW, 10) == [first, second]
    assert store.outlived(NOW, 1) == [first]


def test_what_has_gone_waits_no_longer_and_is_known_again(store: Store) -> None:
    stored = a_stored(store, words_until=NOW)

    store.forget(without_person(stored), stored)

    assert store.outlived(NOW, 10) == []
    assert not store_newest(store, stored, delivery_id=None)
    edited = scored(replace(stored.feedback, text="New words.", updated_at=NOW + HOUR))
    assert store_newest(store, edited, delivery_id=None)
    assert found(store, stored).feedback.text == "New words."


def test_a_deletion_at_the_source_leaves_no_trace_and_no_waiting(store: Store) -> None:
    stored = a_stored(store, words_until=NOW)
    gone = scored(
        replace(stored.feedback, is_deleted=True, updated_at=NOW + HOUR), words_until=NOW + HOUR
    )

    put(store, gone, stored, Change.DELETED)

    assert store.outlived(NOW + HOUR, 10) == []
    assert found(store, stored).feedback.traces == ()
    assert found(store, stored).feedback.external_id == "gone"
    assert found(store, stored).feedback.version == gone.feedback.version


def test_tombstones_are_told_apart_by_business_and_trace(store: Store) -> None:
    store.save_tombstones("bakery", ["t1", "t2"], NOW)
    store.save_tombstones("clinic", ["t3"], NOW)
    store.save_tombstones("bakery", ["t2"], NOW + HOUR)

    assert store.tombstones("bakery", ["t1", "t2", "t3", "t4"]) == {"t1": NOW, "t2": NOW + HOUR}
    assert store.tombstones("bakery", []) == {}


def test_receipts_are_kept_and_replaced_under_their_id(store: Store) -> None:
    begun = Receipt(business_id="bakery", receipt_id="e-2", begun_at=NOW, traces=("t1",))
    done = replace(begun, done_at=NOW + HOUR, feedback=("f1", "f2"), messages=("m1",), hidden=1)
    other = Receipt(business_id="bakery", receipt_id="e-1", begun_at=NOW + HOUR)

    for receipt in (other, begun, done):
        store.save_receipt(receipt)

    assert store.receipts("bakery") == [done, other]
    assert store.receipts("clinic") == []
