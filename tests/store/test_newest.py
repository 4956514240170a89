"""Whatever order versions come in, however often, and whoever else writes: the newest stays."""

from collections.abc import Iterable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.errors import ConflictError
from chalicelib.domain.feedback import Feedback, ScoredFeedback
from chalicelib.domain.judging import Change, unjudged_from
from chalicelib.store.memory import MemoryStore
from chalicelib.store.newest import TRIES, is_newer, store_newest
from tests.contracts.builders import HAPPY, HOUR, MINUTE, NOW, UNHAPPY, a_feedback, scored


def life_of(external_id: str) -> list[ScoredFeedback]:
    """A feedback, its edit, its deletion (which is dated when it was seen), and its return."""
    return [
        scored(a_feedback(external_id), UNHAPPY),
        scored(
            a_feedback(external_id, text="better", stars=5, location="tor", updated_at=NOW), HAPPY
        ),
        scored(a_feedback(external_id, updated_at=NOW, is_deleted=True), day="2026-03-30"),
        scored(a_feedback(external_id, text="again", stars=3, updated_at=NOW + MINUTE)),
    ]


def all_of(store: MemoryStore) -> tuple[object, ...]:
    """Everything that must not depend on order."""
    ids = [a_feedback(f"r{number}").feedback_id for number in range(4)]
    rows = {
        feedback_id: (found.feedback.version, found.feedback.text, found.reading)
        for feedback_id, found in store.find("bakery", ids).items()
    }
    return rows, store.counts("bakery", "2026-01-01", "2026-12-31")


def stored_in(order: Iterable[ScoredFeedback]) -> MemoryStore:
    """A store that got these one after the other."""
    store = MemoryStore()
    for version in order:
        store_newest(store, version, delivery_id=None)
    return store


@settings(max_examples=100)
@given(st.integers(0, 2**32), st.integers(1, 4))
def test_any_order_with_any_repeats_leaves_the_same(seed: int, until: int) -> None:
    versions = [one for n in range(4) for one in life_of(f"r{n}")[:until]]
    random = Random(seed)  # noqa: S311
    order = versions + random.choices(versions, k=6)
    random.shuffle(order)

    assert all_of(stored_in(order)) == all_of(stored_in(versions))


def test_a_version_that_is_there_is_not_stored_again() -> None:
    store = MemoryStore()
    first, edited, *_ = life_of("r1")

    assert store_newest(store, edited, delivery_id=None)
    assert not store_newest(store, edited, delivery_id=None)
    assert not store_newest(store, first, delivery_id=None)
    assert [one.change for one in store.unjudged("bakery", 10)] == [Change.NEW]


def test_an_edit_stays_on_the_day_it_was_counted_on() -> None:
    store = MemoryStore()
    store_newest(store, scored(a_feedback(), day="2026-03-28"), delivery_id=None)

    # The owner has moved to another time zone since.
    later = scored(a_feedback(text="two", updated_at=NOW), day="2026-03-29")
    store_newest(store, later, delivery_id=None)

    assert store.counts("bakery", "2026-01-01", "2026-12-31").keys() == {("2026-03-28", "main")}


def test_a_tombstone_outlives_every_look_at_the_source() -> None:
    store = MemoryStore()
    gone = scored(a_feedback(author_id="c-1", updated_at=NOW, is_deleted=True))
    store_newest(store, gone, delivery_id=None)
    stored = store.find("bakery", [gone.feedback.feedback_id])[gone.feedback.feedback_id]

    assert not is_newer(gone.feedback, stored)
    assert not is_newer(a_feedback(updated_at=NOW - HOUR), stored)
    assert is_newer(a_feedback(updated_at=NOW + MINUTE), stored)


class RacedStore(MemoryStore):
    """Somebody else stores a version between each reading and writing, some times."""

    def __init__(self, others: list[Feedback]) -> None:
        super().__init__()
        self.others = others

    def find(self, business_id: str, feedback_ids: Iterable[str]) -> dict[str, ScoredFeedback]:
        found = super().find(business_id, feedback_ids)
        if self.others:
            other = scored(self.others.pop(0))
            previous = super().find(business_id, [other.feedback.feedback_id])
            before = previous.get(other.feedback.feedback_id)
            super().store(other, before, unjudged_from(other, before))
        return found


def test_whoever_loses_a_race_decides_again() -> None:
    older = [a_feedback(text=str(n), updated_at=NOW + n * MINUTE) for n in range(TRIES - 1)]
    store = RacedStore(older)
    mine = scored(a_feedback(text="mine", updated_at=NOW + HOUR))

    assert store_newest(store, mine, delivery_id=None)

    found = store.find("bakery", [mine.feedback.feedback_id])
    assert found[mine.feedback.feedback_id].feedback.text == "mine"
    assert store.counts("bakery", "2026-03-29", "2026-03-29")["2026-03-29", "main"]["n"] == 1


def test_whoever_loses_to_a_newer_version_leaves_it() -> None:
    store = RacedStore([a_feedback(text="newer", updated_at=NOW + HOUR)])

    assert not store_newest(store, scored(a_feedback(text="mine")), delivery_id=None)

    (found,) = store.find("bakery", [a_feedback().feedback_id]).values()
    assert found.feedback.text == "newer"


def test_five_lost_races_are_the_callers_to_decide() -> None:
    store = RacedStore([a_feedback(text=str(n), updated_at=NOW + n * MINUTE) for n in range(9)])

    with pytest.raises(ConflictError):
        store_newest(
            store, scored(a_feedback(text="mine", updated_at=NOW + HOUR)), delivery_id=None
        )
