"""What a case allows, and what it refuses."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.case import (
    FEEDBACK_KEPT,
    CaseState,
    Severity,
    Withdrawal,
    about_overdue,
    case_id_of,
    close,
    contact,
    escalate,
    forget,
    is_about_overdue,
    is_to_be_told_of,
    join,
    pause,
    reopen,
    settle,
    take,
    withdraw,
    without_customer,
)
from chalicelib.domain.errors import TransitionError
from tests.contracts.builders import HOUR, NOW
from tests.contracts.test_case_store import a_case

OPEN = a_case(due=NOW, looked_at_next=NOW)
SPOKEN = contact(OPEN, "Rosa", NOW)
LOST = close(SPOKEN, CaseState.LOST, "Rosa", NOW, root_cause="late")
RECOVERED = close(SPOKEN, CaseState.RECOVERED, "Rosa", NOW, root_cause="late", cost_cents=500)


def test_an_id_says_whose_it_is_and_of_what_and_nothing_else() -> None:
    one = case_id_of("bakery", "trace-1", "wait_delivery")

    assert one == case_id_of("bakery", "trace-1", "wait_delivery")
    assert one.split("-")[0] == case_id_of("bakery", "trace-1", "").split("-")[0]
    assert one.split("-")[0] != case_id_of("clinic", "trace-1", "").split("-")[0]
    assert one.removesuffix("1") + "2" == case_id_of("bakery", "trace-1", "wait_delivery", 2)
    assert "trace" not in one


def test_whoever_speaks_to_a_customer_looks_after_the_case_and_stops_the_clock() -> None:
    assert (SPOKEN.owner, SPOKEN.state) == ("Rosa", CaseState.CONTACTED)
    assert (SPOKEN.first_contacted_at, SPOKEN.due, SPOKEN.looked_at_next) == (NOW, None, None)
    assert contact(SPOKEN, "Jonas", NOW + HOUR) == SPOKEN
    assert contact(take(OPEN, "Jonas"), "Rosa", NOW).owner == "Jonas"


def test_a_pause_has_a_reason_and_an_end_at_which_somebody_must_look() -> None:
    held = pause(SPOKEN, NOW + HOUR, "  the new oven ")

    assert (held.pause_reason, held.due, held.looked_at_next) == (
        "the new oven",
        NOW + HOUR,
        NOW + HOUR,
    )
    assert not held.is_overdue(NOW)
    assert held.is_overdue(NOW + HOUR)
    with pytest.raises(TransitionError, match="no reason"):
        pause(SPOKEN, NOW + HOUR, "  ")
    # Spoken to once more: what it waited for is done.
    again = contact(held, "Rosa", NOW + HOUR)
    assert (again.due, again.paused_until, again.first_contacted_at) == (None, None, NOW)


def test_a_case_ends_with_a_root_cause_and_may_be_corrected() -> None:
    assert (RECOVERED.state, RECOVERED.cost_cents, RECOVERED.closed_at) == (
        CaseState.RECOVERED,
        500,
        NOW,
    )
    corrected = close(RECOVERED, CaseState.LOST, "Jonas", NOW + HOUR, root_cause="oven")
    assert (corrected.state, corrected.root_cause) == (CaseState.LOST, "oven")
    assert corrected.closed_at == NOW
    for state, cause, cost in (
        (CaseState.LOST, " ", 0),
        (CaseState.OPEN, "late", 0),
        (CaseState.WITHDRAWN, "late", 0),
        (CaseState.LOST, "late", -1),
    ):
        with pytest.raises(TransitionError):
            close(OPEN, state, "Rosa", NOW, root_cause=cause, cost_cents=cost)


def test_what_ended_is_neither_taken_nor_contacted_nor_paused() -> None:
    with pytest.raises(TransitionError, match="ended"):
        take(LOST, "Rosa")
    with pytest.raises(TransitionError, match="ended"):
        contact(LOST, "Rosa", NOW)
    with pytest.raises(TransitionError, match="ended"):
        pause(LOST, NOW + HOUR, "why")


def test_a_tap_on_the_incidents_page_ends_it_and_still_asks_why() -> None:
    won = settle(OPEN, CaseState.RECOVERED, "Rosa", NOW)
    lost = settle(OPEN, CaseState.LOST, "Rosa", NOW)

    assert (won.state, won.first_contacted_at, won.lacks_root_cause) == (
        CaseState.RECOVERED,
        NOW,
        True,
    )
    # Nobody says that a lost customer was ever spoken to.
    assert (lost.state, lost.first_contacted_at) == (CaseState.LOST, None)
    assert settle(won, CaseState.LOST, "Jonas", NOW).state is CaseState.LOST
    assert settle(RECOVERED, CaseState.LOST, "Jonas", NOW) == RECOVERED
    assert not RECOVERED.lacks_root_cause
    with pytest.raises(TransitionError):
        settle(OPEN, CaseState.OPEN, "Rosa", NOW)


def test_only_an_untouched_case_is_withdrawn() -> None:
    gone = withdraw(OPEN, Withdrawal.EDITED, NOW)

    assert (gone.state, gone.withdrawal, gone.looked_at_next) == (
        CaseState.WITHDRAWN,
        Withdrawal.EDITED,
        None,
    )
    assert withdraw(SPOKEN, Withdrawal.EDITED, NOW) == SPOKEN
    assert withdraw(gone, Withdrawal.DELETED, NOW + HOUR) == gone
    assert not gone.lacks_root_cause


def test_a_reopened_case_begins_its_clock_anew_and_keeps_its_first_contact() -> None:
    told = escalate(RECOVERED, "Rosa", NOW, next_look=NOW)
    again = reopen(told, NOW + HOUR, severity=Severity.URGENT, due=NOW + 2 * HOUR)

    assert (again.state, again.reopened, again.due, again.told_to) == (
        CaseState.OPEN,
        1,
        NOW + 2 * HOUR,
        (),
    )
    assert (again.first_contacted_at, again.contacted_at, again.closed_by) == (NOW, None, None)
    twice = close(again, CaseState.LOST, "Rosa", NOW, root_cause="late")
    assert reopen(twice, NOW, severity=Severity.HIGH, due=NOW).reopened == 2


def test_of_many_voices_the_newest_are_kept() -> None:
    case = a_case()
    for number in range(FEEDBACK_KEPT + 3):
        case = join(case, f"f{number}")

    assert len(case.feedback_ids) == FEEDBACK_KEPT
    assert (case.feedback_ids[0], case.feedback_ids[-1]) == ("f3", f"f{FEEDBACK_KEPT + 2}")
    assert join(case, "f9") == case


def test_who_is_told_of_a_late_case_is_told_once_and_only_while_it_is_late() -> None:
    told = escalate(OPEN, "Rosa", NOW, next_look=NOW + HOUR)

    assert escalate(told, "Rosa", NOW, next_look=None).told_to == ("Rosa",)
    assert is_to_be_told_of(told, "Rosa", NOW)
    assert not is_to_be_told_of(told, "Jonas", NOW)
    assert not is_to_be_told_of(contact(told, "Rosa", NOW), "Rosa", NOW)
    assert not is_to_be_told_of(replace(told, due=NOW + HOUR), "Rosa", NOW)
    assert about_overdue(NOW) == "overdue-20260329T1015"
    assert is_about_overdue(about_overdue(NOW))
    assert not is_about_overdue("spike-000001")


def test_who_is_forgotten_leaves_a_case_without_words_or_ways() -> None:
    ended, begun = forget(LOST, NOW), forget(pause(SPOKEN, NOW + HOUR, "ill"), NOW)

    assert (ended.state, ended.root_cause, ended.customer) == (CaseState.LOST, "", "")
    assert (begun.state, begun.withdrawal) == (CaseState.WITHDRAWN, Withdrawal.ERASED)
    assert (begun.pause_reason, begun.looked_at_next) == ("", None)
    assert forget(ended, NOW + timedelta(days=1)) == ended
    assert without_customer(ended) == ended
