"""What winning back returns: ranges from ranges, and nothing from nothing."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.domain.case import CaseOrigin, CaseState, RecoveryCase, Severity
from chalicelib.domain.comparison import Interval
from chalicelib.domain.metric import Missing
from chalicelib.domain.worth import Worth
from chalicelib.learn.worth import churn, empathy_return, lifetime_value, retention

NOW = datetime(2026, 5, 10, tzinfo=UTC)
WORTH = Worth(low=200, high=400)
CASE = RecoveryCase(
    business_id="bakery",
    case_id="c",
    customer="kim",
    cause="",
    origin=CaseOrigin.HAND,
    severity=Severity.NORMAL,
    opened_at=NOW,
)


def ended(won: int, lost: int, cost_cents: int = 1_000) -> list[RecoveryCase]:
    case = replace(CASE, cost_cents=cost_cents)
    return [
        *[replace(case, state=CaseState.RECOVERED)] * won,
        *[replace(case, state=CaseState.LOST)] * lost,
    ]


def test_retention_and_churn_add_up_to_all() -> None:
    stayed = retention(8, 10)
    left = churn(stayed)

    assert (stayed.part, stayed.value) == (8, 0.8)
    assert (left.part, left.n) == (2, 10)
    assert (left.value, left.low, left.high) == pytest.approx((0.2, 0.0567, 0.5098), abs=1e-4)


@pytest.mark.parametrize(("n", "why"), [(0, Missing.NOT_KNOWN), (9, Missing.TOO_FEW)])
def test_of_too_few_customers_nobody_knows_who_stays(n: int, why: Missing) -> None:
    stayed = retention(n, n)

    assert [one.missing for one in (stayed, churn(stayed))] == [why, why]
    assert lifetime_value(WORTH, churn(stayed)).missing is why


def test_the_lifetime_value_goes_from_the_short_stay_to_the_long_one() -> None:
    """A churn of 0.0567 to 0.5098 a year is a stay of 1.96 years to at most ten."""
    found = lifetime_value(WORTH, churn(retention(8, 10)))

    assert found.value is None
    assert (found.low, found.high) == pytest.approx((200 / 0.50984, 400 * 10), rel=1e-3)


def test_nobody_stays_for_ever() -> None:
    found = lifetime_value(WORTH, churn(retention(100, 100)))

    assert found.high == 4_000
    assert lifetime_value(None, churn(retention(100, 100))).missing is Missing.NOT_KNOWN


def test_what_winning_back_returns_is_between_nothing_and_all_of_it() -> None:
    """Six won of ten, ten spent on each: 6 * 400 / 100 at best."""
    found = empathy_return(WORTH, ended(6, 4))

    assert (found.n, found.value, found.low, found.high) == (10, None, 0.0, 24.0)


def test_a_comparison_of_the_groups_narrows_the_range() -> None:
    because = Interval(value=0.36, low=0.17, high=0.52)

    found = empathy_return(WORTH, ended(6, 4), because)

    assert (found.low, found.high) == pytest.approx((6 * 200 * 0.17 / 100, 6 * 400 * 0.52 / 100))


def test_a_contact_that_seems_to_harm_returns_nothing_and_not_less() -> None:
    because = Interval(value=-0.2, low=-0.4, high=-0.05)

    found = empathy_return(WORTH, ended(6, 4), because)

    assert (found.low, found.high) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("worth", "cases", "why"),
    [
        (None, ended(6, 4), Missing.NOT_KNOWN),
        (WORTH, ended(6, 4, cost_cents=0), Missing.NOT_KNOWN),
        (WORTH, [], Missing.NOT_KNOWN),
        (WORTH, ended(4, 0), Missing.TOO_FEW),
        (WORTH, [replace(CASE, cost_cents=900)], Missing.NOT_KNOWN),
    ],
)
def test_without_a_cost_or_an_estimate_there_is_no_return(
    worth: Worth | None, cases: list[RecoveryCase], why: Missing
) -> None:
    assert empathy_return(worth, cases).missing is why


@pytest.mark.parametrize(("low", "high"), [(0, 5), (-1, 5), (6, 5)])
def test_an_estimate_goes_from_something_to_more(low: int, high: int) -> None:
    with pytest.raises(ValueError, match="what a customer brings"):
        Worth(low=low, high=high)
