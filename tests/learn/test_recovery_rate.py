"""What became of cases, against tables worked out by hand."""

from dataclasses import replace
from datetime import timedelta
from math import inf
from typing import Any

import pytest

from chalicelib.domain.case import CaseState, RecoveryCase, Withdrawal, close, contact, withdraw
from chalicelib.domain.metric import Missing
from chalicelib.learn.recovery_rate import first_contact, recovery_metrics, recovery_rate, reopened
from tests.contracts.builders import NOW
from tests.contracts.test_case_store import a_case

HOUR = timedelta(hours=1)


def an_ended(state: CaseState, hours: float | None = None, **changes: Any) -> RecoveryCase:
    """A case that ended now, whose customer was first spoken to so many hours after opening."""
    opened = replace(a_case(), opened_at=NOW - timedelta(days=9))
    if hours is not None:
        opened = contact(opened, "Rosa", opened.opened_at + hours * HOUR)
    return replace(close(opened, state, "Rosa", NOW, root_cause="late"), **changes)


def ended(won: int, lost: int) -> list[RecoveryCase]:
    """So many that were won back, so many that were not."""
    return [
        *(an_ended(CaseState.RECOVERED, 1) for _ in range(won)),
        *(an_ended(CaseState.LOST, 1) for _ in range(lost)),
    ]


@pytest.mark.parametrize(
    ("won", "lost", "low", "high"),
    [
        # Wilson's interval, worked out with 1.959964 by hand.
        (5, 0, 0.5655, 1.0),
        (0, 5, 0.0, 0.4345),
        (6, 4, 0.3127, 0.8318),
        (70, 30, 0.6042, 0.7811),
    ],
)
def test_the_rate_is_that_of_the_table(won: int, lost: int, low: float, high: float) -> None:
    found = recovery_rate(ended(won, lost))

    assert (found.n, found.part) == (won + lost, won)
    assert found.value == pytest.approx(won / (won + lost))
    assert found.low == pytest.approx(low, abs=0.0001)
    assert found.high == pytest.approx(high, abs=0.0001)


@pytest.mark.parametrize(
    ("n", "why"), [(0, Missing.NOT_KNOWN), (1, Missing.TOO_FEW), (4, Missing.TOO_FEW)]
)
def test_too_few_cases_say_nothing(n: int, why: Missing) -> None:
    for found in recovery_metrics(ended(n, 0), [], NOW):
        assert (found.n, found.missing, found.value, found.low) == (n, why, None, None)


def test_who_had_nothing_to_be_won_back_from_counts_nowhere() -> None:
    gone = withdraw(a_case(), Withdrawal.DELETED, NOW)

    rate, wait, again = recovery_metrics([*ended(3, 2), gone], [], NOW)

    assert (rate.n, wait.n, again.n) == (5, 5, 5)
    assert rate.value == pytest.approx(0.6)


def test_who_was_unhappy_again_counts_whether_it_ended_once_more_or_not() -> None:
    back = an_ended(CaseState.RECOVERED, 1, reopened=2)
    open_again = replace(a_case(), reopened=1)

    found = reopened([*ended(6, 2), back], [open_again, a_case("never ended")])

    assert (found.part, found.n) == (2, 10)
    assert found.value == pytest.approx(0.2)


def test_the_median_wait_is_that_of_the_middle_case() -> None:
    cases = [an_ended(CaseState.RECOVERED, hours) for hours in (1, 2, 3, 4, 50)]

    found = first_contact(cases, [], NOW)

    # Of five the median lies by chance anywhere between the first and the last.
    assert (found.value, found.low, found.high, found.n) == (3.0, 1.0, 50.0, 5)
    assert first_contact([*cases, an_ended(CaseState.LOST, 5)], [], NOW).value == pytest.approx(3.5)


def test_who_was_never_spoken_to_is_the_longest_wait() -> None:
    silent = [an_ended(CaseState.LOST) for _ in range(2)]
    late = replace(a_case(), due=NOW - HOUR)
    young = replace(a_case(), due=NOW + HOUR)
    spoken = [an_ended(CaseState.RECOVERED, hours) for hours in (1, 2, 3, 4)]

    found = first_contact([*spoken, *silent], [late, young], NOW)

    assert (found.n, found.value, found.low, found.high) == (7, 4.0, 1.0, inf)


def test_where_most_still_wait_there_is_no_middle_and_no_upper_end() -> None:
    found = first_contact([an_ended(CaseState.LOST) for _ in range(40)] + ended(2, 0), [], NOW)

    assert (found.value, found.low, found.high) == (None, 1.0, inf)
    nobody = first_contact([an_ended(CaseState.LOST) for _ in range(6)], [], NOW)
    assert (nobody.value, nobody.low, nobody.high) == (None, 0.0, inf)
