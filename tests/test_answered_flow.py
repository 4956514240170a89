"""An answer of the business reaches the stored row, and nobody is judged or told again for it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.feedback import Feedback
from tests.house import House, house

EVER = ("0000-00-00", "9999-99-99")


def said(bakery: House) -> Feedback:
    return bakery.feedback("waited, bad", stars=1)


def stored(bakery: House, feedback: Feedback) -> Feedback:
    return bakery.store.find("bakery", [feedback.feedback_id])[feedback.feedback_id].feedback


def counted(bakery: House) -> dict[str, int]:
    rows = bakery.store.counts("bakery", *EVER).values()
    return {
        name: number for row in rows for name, number in row.items() if name.startswith("answered")
    }


def test_an_answer_is_noted_and_counted_and_nobody_is_judged_again() -> None:
    with house() as bakery:
        one = said(bakery)
        bakery.hear(one)
        judged, mails = len([*bakery.store.ledger("bakery")]), len(bakery.outbox.emails)
        at = one.written_at + timedelta(hours=3)
        bakery.wait(hours=4)

        bakery.hear(replace(one, answered_at=at))
        bakery.hear(replace(one, answered_at=at + timedelta(hours=1)))

        assert stored(bakery, one) == replace(stored(bakery, one), answered_at=at)
        assert counted(bakery) == {"answered": 1, "answered.4h": 1}
        assert len([*bakery.store.ledger("bakery")]) == judged
        assert len(bakery.outbox.emails) == mails


def test_a_source_that_dates_the_review_by_its_answer_makes_no_edit_of_it() -> None:
    with house() as bakery:
        one = said(bakery)
        bakery.hear(one)
        judged = len([*bakery.store.ledger("bakery")])
        bakery.wait(hours=1)

        moved = replace(one, updated_at=bakery.now, answered_at=bakery.now)
        bakery.hear(moved)

        assert stored(bakery, one).answered_at == bakery.now
        assert stored(bakery, one).version == one.version
        assert len([*bakery.store.ledger("bakery")]) == judged


def test_a_review_that_comes_with_its_answer_is_stored_with_it() -> None:
    with house() as bakery:
        one = replace(said(bakery), answered_at=bakery.now)

        bakery.hear(one)

        assert counted(bakery) == {"answered": 1, "answered.1h": 1}


def test_review_and_answer_in_one_batch_are_both_stored() -> None:
    with house() as bakery:
        one = said(bakery)

        bakery.hear(one, replace(one, answered_at=bakery.now))

        assert stored(bakery, one).answered_at == bakery.now
        assert counted(bakery) == {"answered": 1, "answered.1h": 1}


def test_an_edit_keeps_the_first_answer_and_its_count() -> None:
    with house() as bakery:
        one = replace(said(bakery), answered_at=bakery.now)
        bakery.hear(one)
        bakery.wait(hours=1)

        bakery.hear(
            replace(one, text="waited even longer, bad", updated_at=bakery.now, answered_at=None)
        )

        assert stored(bakery, one).answered_at == one.answered_at
        assert counted(bakery) == {"answered": 1, "answered.1h": 1}


def test_a_deleted_review_is_counted_as_answered_no_more() -> None:
    with house() as bakery:
        one = replace(said(bakery), answered_at=bakery.now)
        bakery.hear(one)
        bakery.wait(hours=1)

        bakery.hear(replace(one, text="", updated_at=bakery.now, is_deleted=True))

        assert counted(bakery) == {}


@pytest.mark.parametrize("hours", [2, -2])
def test_an_erasure_moves_no_answer_from_one_count_to_another(hours: int) -> None:
    from chalicelib import flow
    from chalicelib.privacy.person import Person
    from tests.house import BAKERY

    with house() as bakery:
        one = said(bakery)
        one = replace(one, answered_at=one.written_at + timedelta(hours=hours))
        bakery.wait(hours=3)
        bakery.hear(one)
        before = counted(bakery)

        flow.erase_customer(
            bakery.services, BAKERY, Person(feedback_ids=(one.feedback_id,)), bakery.now
        )

        assert stored(bakery, one).is_erased
        assert counted(bakery) == before
        assert before["answered"] == 1
