"""What people wrote into a case goes with its customer, or when its time is up."""

from dataclasses import replace

from chalicelib.domain.case import CaseState, RecoveryCase, Withdrawal, close, pause
from chalicelib.domain.errors import ConflictError
from chalicelib.privacy.erase_cases import as_exported, cases_of_person, forget_cases
from chalicelib.privacy.person import Wanted
from chalicelib.privacy.retention import take_outlived_cases
from chalicelib.store.memory import MemoryStore
from tests.contracts.builders import HOUR, NOW, a_feedback, scored
from tests.contracts.test_case_store import a_case

NOBODY = Wanted(traces=frozenset(), feedback_ids=frozenset())


def an_ended(customer: str = "trace-1", cause: str = "wait_delivery") -> RecoveryCase:
    """A case that ended with words of ours in it, which must be gone in an hour."""
    spoken = close(
        a_case(customer, cause, feedback_ids=("f1",)),
        CaseState.LOST,
        "Rosa",
        NOW,
        root_cause="the oven",
        note="rang twice",
    )
    return replace(spoken, words_until=NOW + HOUR)


def load(store: MemoryStore, case: RecoveryCase) -> RecoveryCase:
    """The case as it is stored."""
    found = store.load_case(case.business_id, case.case_id)
    assert found is not None
    return found


def test_a_persons_cases_are_those_of_their_feedback_and_of_their_traces() -> None:
    store = MemoryStore()
    by_trace = store.save_case(a_case("trace-1"))
    said = scored(a_feedback("r1"))
    by_feedback = store.save_case(a_case("trace-2"), claims=[said.feedback.feedback_id])
    store.save_case(a_case("trace-3"), claims=["somebody else's"])
    wanted = replace(NOBODY, traces=frozenset({"trace-1", "trace-9"}))

    found = cases_of_person(store, "bakery", wanted, [said])

    assert {one.case_id for one in found} == {by_trace.case_id, by_feedback.case_id}


def test_an_erased_customer_leaves_a_case_that_leads_to_nobody() -> None:
    store = MemoryStore()
    ended = store.save_case(an_ended())
    held = pause(a_case("trace-1", "price_value"), NOW + HOUR, "she is on holiday")
    still_open = store.save_case(held)

    forget_cases(store, [ended, still_open], NOW)

    left = load(store, ended)
    assert (left.state, left.closed_by) == (CaseState.LOST, "Rosa")
    assert (left.customer, left.root_cause, left.note, left.feedback_ids) == ("", "", "", ())
    assert left.words_until is None
    gone = load(store, still_open)
    assert (gone.state, gone.withdrawal) == (CaseState.WITHDRAWN, Withdrawal.ERASED)
    assert (gone.customer, gone.pause_reason, gone.looked_at_next) == ("", "", None)
    assert store.cases_of_customer("bakery", "trace-1") == []


def test_somebody_who_writes_meanwhile_does_not_bring_the_words_back() -> None:
    class Changing(MemoryStore):
        """Somebody is faster, once."""

        def save_case(self, case: RecoveryCase, *given: object, **named: object) -> RecoveryCase:
            stored = self._cases.get((case.business_id, case.case_id))
            if stored is not None and stored.version == 1:
                super().save_case(replace(stored, note="and again"))
                raise ConflictError("somebody was faster")
            return super().save_case(case)

    store = Changing()
    case = store.save_case(an_ended())

    forget_cases(store, [case], NOW)

    assert (load(store, case).note, load(store, case).version) == ("", 3)


def test_words_of_an_ended_case_go_when_their_time_is_up() -> None:
    store = MemoryStore()
    case = store.save_case(an_ended())
    store.save_case(replace(an_ended("trace-2"), words_until=NOW + 2 * HOUR))

    assert take_outlived_cases(store, NOW, lambda: True) == 0
    assert take_outlived_cases(store, NOW + HOUR, lambda: False) == 0
    assert take_outlived_cases(store, NOW + HOUR, lambda: True) == 1
    assert take_outlived_cases(store, NOW + HOUR, lambda: True) == 0

    left = load(store, case)
    assert (left.state, left.note, left.customer) == (CaseState.LOST, "", "")
    assert load(store, a_case("trace-2")).note == "rang twice"


def test_an_export_says_what_was_written_down_and_until_when() -> None:
    told = as_exported(an_ended())

    assert (told["note"], told["root_cause"], told["state"]) == ("rang twice", "the oven", "lost")
    assert told["kept_until"] == "2026-03-29T11:15:30.123456Z"
    assert told["first_contacted_at"] is None
