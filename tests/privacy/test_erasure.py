"""Somebody asks for their words or their end: through the flow, on queues and a store in memory."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import flow
from chalicelib.domain.errors import UserError
from chalicelib.domain.feedback import Arrival, Feedback
from chalicelib.domain.forgetting import Receipt
from chalicelib.flow import protecting
from chalicelib.privacy.person import Person
from chalicelib.store.envelopes import write_arrival
from chalicelib.store.letters import FEEDBACK, FEEDBACK_LOST
from proofs.erase.__main__ import prove
from tests.house import BAKERY, House, house
from tests.privacy.deaths import Dying

EVER = ("0000-00-00", "9999-99-99")
EMAIL, PHONE = "quirina@post.example", "030 23125 042"
WAYS = {
    "email": (f"write to {EMAIL}", {}, Person(emails=(EMAIL.upper(),))),
    "phone": (f"ring {PHONE} now", {}, Person(phones=("+49 (30) 23125042",))),
    "order": ("cold bread", {"order_reference": "#A-77"}, Person(orders=("a-77",))),
    "author": ("cold bread", {"author_id": "m-1"}, Person(author_ids=("m-1",))),
    "address as id": ("cold bread", {"author_id": EMAIL}, Person(emails=(EMAIL,))),
}


@pytest.fixture
def bakery() -> Iterator[House]:
    """A bakery with what a stranger said."""
    with house() as one:
        bring(one, one.feedback("good bread", author="Guest", author_id="g-1"))
        one.run.settle()
        yield one


def bring(bakery: House, *feedback: Feedback) -> None:
    """A file of feedback comes in and waits in the queue."""
    source = BAKERY.source("exports")
    assert source is not None
    flow.import_feedback(bakery.services, BAKERY, source, feedback, bakery.now)


def erase(bakery: House, person: Person) -> Receipt:
    """One pass."""
    return flow.erase_customer(bakery.services, BAKERY, person, bakery.now)


def texts(bakery: House) -> list[str]:
    """What is left of what was said, sorted."""
    return sorted(one.feedback.text for one in bakery.store.scored_between("bakery", *EVER))


@pytest.mark.parametrize("way", WAYS)
def test_a_customer_is_found_by_whatever_they_are_known_by(bakery: House, way: str) -> None:
    said, more, person = WAYS[way]
    bring(bakery, bakery.feedback(said, author="Quirina", **more))
    bakery.run.settle()
    counts = bakery.store.counts("bakery", *EVER)

    exported: Any = flow.export_customer(bakery.services, BAKERY, person, bakery.now)
    receipt = erase(bakery, person)

    assert [one["said"]["author"] for one in exported["feedback"]] == ["Quirina"]
    assert len(receipt.feedback) == 1
    assert texts(bakery) == ["", "good bread"]
    assert bakery.store.counts("bakery", *EVER) == counts
    nobody: Any = flow.export_customer(bakery.services, BAKERY, person, bakery.now)
    assert nobody["feedback"] == []


def test_a_feedback_is_found_by_its_id_whatever_is_known_of_its_author(bakery: House) -> None:
    said = bakery.feedback("cold bread")
    bring(bakery, said)
    bakery.run.settle()

    receipt = erase(bakery, Person(feedback_ids=(said.feedback_id,)))

    assert len(receipt.feedback) == 1
    assert texts(bakery) == ["", "good bread"]


def test_a_feedback_that_no_source_has_brought_yet_stays_out_by_its_id(bakery: House) -> None:
    late = bakery.feedback("cold bread", author="Quirina")
    counts = bakery.store.counts("bakery", *EVER)
    receipt = erase(bakery, Person(feedback_ids=(late.feedback_id,)))
    assert (receipt.feedback, receipt.kept_out) == ((), (late.feedback_id,))
    assert erase(bakery, Person(feedback_ids=(late.feedback_id,))).kept_out == receipt.kept_out

    bring(bakery, late)
    bakery.run.settle()
    bakery.wait(days=1)
    bring(bakery, replace(late, text="still cold", updated_at=bakery.now, answered_at=bakery.now))
    bakery.run.settle()

    assert texts(bakery) == ["good bread"]
    assert bakery.store.counts("bakery", *EVER) == counts


def test_after_a_restore_it_stays_out_again(bakery: House) -> None:
    late = bakery.feedback("cold bread", author="Quirina")
    receipt = erase(bakery, Person(feedback_ids=(late.feedback_id,)))
    bakery.store._feedback.pop(("bakery", late.feedback_id))

    flow.replay_erasure(bakery.services, BAKERY, receipt, bakery.now)
    bring(bakery, late)
    bakery.run.settle()

    assert texts(bakery) == ["good bread"]


def test_what_waits_or_failed_goes_and_does_not_come_back(bakery: House) -> None:
    said = bakery.feedback("cold bread", author_id="m-1")
    bring(bakery, said, bakery.feedback("fine bread", author_id="g-2"))
    protected = protecting.protected(bakery.services, BAKERY, replace(said, external_id="lost"))
    lost = bakery.services.letters[FEEDBACK_LOST]
    lost.put([write_arrival(Arrival(feedback=protected, received_at=bakery.now)), "not m-2", "m-1"])

    receipt = erase(bakery, Person(author_ids=("m-1",)))

    assert len(receipt.messages) == 3
    assert [one.body for one in lost.take()] == ["not m-2"]
    assert len(bakery.queues.feedback.waiting) == 1
    bring(bakery, said)
    bakery.run.settle()
    assert texts(bakery) == ["fine bread", "good bread"]


def test_what_was_on_its_way_through_a_function_is_not_stored(bakery: House) -> None:
    said = bakery.feedback("cold bread", author_id="m-1")
    bring(bakery, said)
    (in_flight,) = bakery.queues.feedback.take()
    erase(bakery, Person(author_ids=("m-1",)))

    bakery.services.feedback_queue.put([in_flight])
    bakery.run.settle()

    assert texts(bakery) == ["good bread"]


def test_what_a_function_stores_that_had_read_before_goes_with_the_second_pass(
    bakery: House,
) -> None:
    said = bakery.feedback("cold bread", author_id="m-1")
    first = erase(bakery, Person(author_ids=("m-1",)))
    # As a function would that asked for tombstones a moment before there were any.
    bakery.store._tombstones.clear()
    bring(bakery, said)
    bakery.run.settle()
    assert "cold bread" in texts(bakery)
    bakery.wait(seconds=131)

    second = erase(bakery, Person(author_ids=("m-1",)))

    assert first.done_at is None
    assert second.done_at == bakery.now
    assert texts(bakery) == ["", "good bread"]


def test_a_message_that_is_being_handled_keeps_the_receipt_open(bakery: House) -> None:
    queue: Any = bakery.services.letters[FEEDBACK]
    queue.handled_elsewhere = 1
    erase(bakery, Person(author_ids=("m-1",)))
    bakery.wait(seconds=131)

    open_one = erase(bakery, Person(author_ids=("m-1",)))
    queue.handled_elsewhere = 0
    done = erase(bakery, Person(author_ids=("m-1",)))

    assert (open_one.done_at, open_one.hidden) == (None, 1)
    assert done.done_at == bakery.now


def test_erasing_twice_is_erasing_once_with_one_receipt(bakery: House) -> None:
    bring(bakery, bakery.feedback("cold bread", author_id="m-1"))
    bakery.run.settle()

    first = erase(bakery, Person(author_ids=("m-1",)))
    bakery.wait(seconds=131)
    second = erase(bakery, Person(author_ids=("m-1",)))

    assert second.feedback == first.feedback
    assert bakery.store.receipts("bakery") == [second]
    assert "m-1" not in str(second)


def test_what_somebody_writes_after_their_erasure_is_theirs_to_say(bakery: House) -> None:
    bring(bakery, bakery.feedback("cold bread", author_id="m-1"))
    bakery.run.settle()
    erase(bakery, Person(author_ids=("m-1",)))
    bakery.wait(days=1)

    bring(bakery, bakery.feedback("warm bread", author_id="m-1"))
    bakery.run.settle()

    assert texts(bakery) == ["", "good bread", "warm bread"]


def test_an_id_that_two_sources_know_must_be_told_with_its_source(bakery: House) -> None:
    bring(
        bakery,
        bakery.feedback("cold bread", author_id="7"),
        bakery.feedback("stale bread", author_id="7", source="sheet"),
    )
    bakery.run.settle()

    with pytest.raises(UserError, match="exports, sheet"):
        erase(bakery, Person(author_ids=("7",)))
    erase(bakery, Person(author_ids=("7",), source="sheet"))

    assert texts(bakery) == ["", "cold bread", "good bread"]


@pytest.mark.parametrize(
    ("person", "word"),
    [
        (Person(), "name the customer"),
        (Person(emails=("nobody",)), "no @"),
        (Person(phones=("7",)), "phone number"),
        (Person(feedback_ids=("7",)), "32 signs"),
    ],
)
def test_a_person_that_makes_no_sense_is_refused(bakery: House, person: Person, word: str) -> None:
    with pytest.raises(UserError, match=word):
        erase(bakery, person)


@pytest.mark.parametrize("place", range(12))
def test_a_pass_that_dies_anywhere_may_be_run_again(bakery: House, place: int) -> None:
    said = bakery.feedback("cold bread", author_id="m-1")
    bring(bakery, said, bakery.feedback("old bread", author_id="m-1"))
    bakery.run.settle()
    bring(bakery, bakery.feedback("late bread", author_id="m-1"))
    counts = bakery.store.counts("bakery", *EVER)
    services = bakery.services
    dying: Any = Dying(bakery.store, place)

    try:
        person = Person(author_ids=("m-1",))
        flow.erase_customer(replace(services, store=dying), BAKERY, person, bakery.now)
        has_died = False
    except KeyboardInterrupt:
        has_died = True
    receipt = erase(bakery, Person(author_ids=("m-1",)))

    assert has_died == (place < dying.calls)
    assert texts(bakery) == ["", "", "good bread"]
    assert (len(receipt.feedback), len(receipt.messages)) == (2, 1)
    assert list(bakery.queues.feedback.waiting) == []
    assert bakery.store.counts("bakery", *EVER) == counts


def test_nothing_is_left_anywhere_on_table_and_queues() -> None:
    lines: list[str] = []

    assert prove(lines.append, others=3), lines
    assert lines[-1].startswith("erase: 0 hits of 12 identifiers in 10 places")
    assert lines[-1].endswith("figures unchanged, planted misses seen 6 of 6")


def test_words_are_shown_no_longer_than_they_are_kept(bakery: House) -> None:
    said = bakery.feedback("bad allergy after the cake", author="Quirina", author_id="m-1")
    bring(bakery, said)
    bakery.run.settle()
    person = Person(author_ids=("m-1",))
    end = bakery.now + BAKERY.privacy.keep_words

    def exported(now: Any) -> int:
        plain: Any = flow.export_customer(bakery.services, BAKERY, person, now)
        return len(plain["feedback"])

    assert exported(end - timedelta(microseconds=1)) == 1
    assert exported(end) == 0
    assert "bad allergy after the cake" in texts(bakery)
    report = flow.apply_retention(bakery.services, end, lambda: 100.0)
    assert (report.forgotten, report.is_complete) == (2, True)
    assert texts(bakery) == ["", ""]


def test_an_older_copy_of_the_table_loses_again_who_was_erased_and_nobody_since(
    bakery: House,
) -> None:
    bring(
        bakery,
        bakery.feedback("cold bread", author_id="m-1"),
        bakery.feedback("stale bread", author_id="m-2"),
    )
    bakery.run.settle()
    by_id = bakery.feedback("no name on it")
    bring(bakery, by_id)
    bakery.run.settle()
    copy = dict(bakery.store._feedback)
    person = Person(author_ids=("m-1",), feedback_ids=(by_id.feedback_id,))
    receipt = erase(bakery, person)
    bakery.wait(days=1)
    since = bakery.feedback("warm bread", author_id="m-1")
    bring(bakery, since)
    bakery.run.settle()
    copy["bakery", since.feedback_id] = bakery.store._feedback["bakery", since.feedback_id]
    bakery.store._feedback = copy
    assert "cold bread" in texts(bakery)

    again = flow.replay_erasure(bakery.services, BAKERY, receipt, bakery.now)

    assert texts(bakery) == ["", "", "good bread", "stale bread", "warm bread"]
    assert sorted(again.feedback) == sorted(receipt.feedback)


def test_a_source_forgets_the_ids_it_would_have_asked_for_again(bakery: House) -> None:
    said = bakery.feedback("cold bread", author_id="m-1")
    bring(bakery, said)
    bakery.run.settle()
    state = bakery.store.load_source("bakery", "exports")
    assert state is not None
    shown = {said.external_id: "2026-05-04", "r-0": "2026-05-03"}
    cursor = {"since": said.external_id, "shown": shown, "ask": ["r-0", said.external_id]}
    bakery.store.save_source(replace(state, cursor=cursor))

    erase(bakery, Person(author_ids=("m-1",)))

    after = bakery.store.load_source("bakery", "exports")
    assert after is not None
    assert dict(after.cursor) == {
        "since": said.external_id,
        "shown": {"r-0": "2026-05-03"},
        "ask": ["r-0"],
    }
