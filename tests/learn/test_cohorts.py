"""Who came back, with and without a contact: hand-computed curves, and no bias by construction."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from chalicelib.domain.case import CaseOrigin, CaseState, RecoveryCase, Severity
from chalicelib.learn.cohorts import FollowUp, compare, follow_ups
from chalicelib.learn.survival import Wait, happened_at, waiting_at, waiting_curve

BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
NOW = BEGAN + 300 * DAY

# Eight customers by hand; + is still waiting: 2, 3, 3+, 5, 5, 8+, 9, 12+. The products are
# 7/8, 7/8 * 6/7, that * 3/5, that * 1/2.
EIGHT = [
    Wait(days=days, has_happened=happened)
    for days, happened in [
        (12, False),
        (5, True),
        (3, False),
        (2, True),
        (9, True),
        (3, True),
        (8, False),
        (5, True),
    ]
]


def followed(
    n: int,
    *,
    contact: float | None = None,
    back: float | None = None,
    severity: Severity = Severity.NORMAL,
) -> list[FollowUp]:
    """`n` customers alike; days after the beginning."""
    return [
        FollowUp(
            began_at=BEGAN,
            seen_until=NOW,
            severity=severity,
            contacted_at=None if contact is None else BEGAN + contact * DAY,
            returned_at=None if back is None else BEGAN + back * DAY,
        )
        for _ in range(n)
    ]


def a_case(customer: str, **changes: object) -> RecoveryCase:
    case: dict[str, object] = {
        "business_id": "bakery",
        "case_id": f"{customer}-1",
        "customer": customer,
        "cause": "wait_delivery",
        "origin": CaseOrigin.SURVEY,
        "severity": Severity.HIGH,
        "opened_at": BEGAN,
        **changes,
    }
    return RecoveryCase(**case)  # type: ignore[arg-type]


def test_a_curve_is_the_product_of_what_stayed_at_each_step() -> None:
    steps = waiting_curve(EIGHT)

    assert [(one.day, one.at_risk, one.happened) for one in steps] == [
        (2, 8, 1),
        (3, 7, 1),
        (5, 5, 2),
        (9, 2, 1),
    ]
    assert [one.waiting.value for one in steps] == pytest.approx([7 / 8, 6 / 8, 9 / 20, 9 / 40])
    assert [one.waiting.low for one in steps[1:]] == pytest.approx(
        [0.3148, 0.1076, 0.0124], abs=1e-4
    )
    assert [one.waiting.high for one in steps[1:]] == pytest.approx(
        [0.9309, 0.7513, 0.6024], abs=1e-4
    )


def test_before_anything_happened_nobody_is_taken_for_certain() -> None:
    steps = waiting_curve(EIGHT)

    assert (waiting_at(steps, 1.9, 8).value, round(waiting_at(steps, 1.9, 8).low, 4)) == (1, 0.6756)
    assert happened_at((), 90, 8).value == 0
    assert 0 < happened_at((), 90, 8).high < 0.4


def test_when_it_has_happened_to_all_the_range_does_not_shrink_to_nothing() -> None:
    steps = waiting_curve([Wait(days=1, has_happened=True), Wait(days=2, has_happened=True)])

    assert (steps[-1].waiting.value, steps[-1].waiting.low) == (0, 0)
    assert steps[0].waiting.high > steps[1].waiting.high > 0.5
    assert waiting_curve([Wait(days=1, has_happened=True)])[0].waiting.high > 0.7
    assert waiting_curve([]) == ()


def test_groups_of_nineteen_say_nothing_and_groups_of_twenty_do() -> None:
    few = compare(followed(19, contact=2, back=40) + followed(60))
    enough = compare(followed(20, contact=2, back=40) + followed(20))

    assert (few.contacted.n, few.others.n, few.readings) == (19, 60, ())
    assert [one.days for one in enough.readings] == [30, 90, 180]
    assert [one.difference.value for one in enough.readings] == [0, 1, 1]
    assert enough.readings[0].difference.low < 0 < enough.readings[0].difference.high
    assert 0.5 < enough.readings[1].difference.low < 1


def test_a_contact_after_the_first_week_makes_nobody_one_of_the_contacted() -> None:
    compared = compare(followed(20, contact=6.9, back=30) + followed(20, contact=7.1, back=50))

    assert (compared.contacted.n, compared.others.n) == (20, 20)


def test_who_was_back_within_the_week_is_in_neither_group() -> None:
    """Else nobody could be contacted late and back early, and contact would look bad."""
    compared = compare(
        followed(20, contact=1, back=3)
        + followed(25, contact=1)
        + followed(21)
        + followed(4, back=7)
    )

    assert (compared.contacted.n, compared.others.n, compared.left_out) == (25, 21, 24)


def test_where_contact_does_nothing_no_difference_is_found() -> None:
    """Return and contact by separate coins: a difference would be one of the method's."""
    chance, differences = Random(5), []  # noqa: S311  the same every time
    for _ in range(20):
        customers: list[FollowUp] = []
        for _ in range(120):
            contact = chance.uniform(0, 20)
            back = chance.expovariate(1 / 60)
            customers += followed(1, contact=contact, back=back if back < 290 else None)
        differences.append(compare(customers).readings[1].difference)

    mean = sum(one.value for one in differences) / len(differences)
    assert abs(mean) < 0.03
    assert sum(one.low <= 0 <= one.high for one in differences) >= 18


def test_an_even_mix_of_severities_takes_away_what_severity_explains() -> None:
    """Urgent ones come back less and are spoken to more: contact itself changes nothing here."""
    urgent, normal = Severity.URGENT, Severity.NORMAL
    customers = (
        followed(30, contact=1, severity=urgent)
        + followed(10, contact=1, back=20, severity=urgent)
        + followed(6, severity=urgent)
        + followed(2, back=20, severity=urgent)
        + followed(2, contact=1, severity=normal)
        + followed(6, contact=1, back=20, severity=normal)
        + followed(10, severity=normal)
        + followed(30, back=20, severity=normal)
    )

    reading = compare(customers).readings[0]

    assert reading.difference.value == pytest.approx(16 / 48 - 32 / 48)
    assert reading.difference.high < 0
    assert reading.even is not None
    assert reading.even.value == pytest.approx(0)
    assert reading.even.low < 0 < reading.even.high


def test_a_severity_in_one_group_alone_is_in_no_even_mix() -> None:
    customers = followed(20, contact=1, severity=Severity.URGENT) + followed(20)

    assert compare(customers).readings[0].even is None


def test_a_customer_is_followed_from_the_first_case_to_the_first_sign_of_return() -> None:
    cases = [
        a_case("kim", first_contacted_at=BEGAN + DAY, closed_at=BEGAN + 9 * DAY),
        a_case("kim", case_id="kim-2", opened_at=BEGAN + 40 * DAY, severity=Severity.URGENT),
        a_case("lee", state=CaseState.RECOVERED, closed_at=BEGAN + 12 * DAY),
        a_case("ola", state=CaseState.LOST, closed_at=BEGAN + 12 * DAY),
        a_case("", case_id="forgotten"),
    ]

    found = follow_ups(cases, NOW)

    assert [(one.severity, one.contacted_at, one.returned_at) for one in found] == [
        (Severity.HIGH, BEGAN + DAY, BEGAN + 40 * DAY),
        (Severity.HIGH, None, BEGAN + 12 * DAY),
        (Severity.HIGH, None, None),
    ]


def test_nobody_followed_is_nothing_to_compare() -> None:
    nobody: Iterable[RecoveryCase] = ()

    compared = compare(follow_ups(nobody, NOW))

    assert (compared.contacted.n, compared.others.n, compared.readings) == (0, 0, ())
