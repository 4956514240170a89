"""Customers whom a person spoke to after they were unhappy, against those whom nobody did.

A comparison of what happened, and no proof of cause: whom one speaks to first is no accident. Two
errors that would make contact look good by themselves are kept out. Who came back on the first
day cannot have been spoken to on the third, so the groups are made at a fixed day after the case
began (a landmark: Anderson, Cain and Gelber 1983), and only those who had not come back by then
are followed from there. And urgent cases are spoken to more often, so the groups are also compared
with the same mix of severities in both.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from types import MappingProxyType

from chalicelib.domain.case import CaseState, RecoveryCase, Severity
from chalicelib.domain.comparison import LANDMARK_DAYS, Cohort, Comparison, Interval, Reading
from chalicelib.learn.survival import Wait, happened_at, waiting_curve

DAY = timedelta(days=1)
# A severity counts in the even mix when both groups have this many of it.
MINIMUM_OF_A_STRATUM = 5
# Days after the landmark at which the curves are read.
READ_AT = (30, 90, 180)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """One unhappy customer, from the moment the case began to the last at which we looked.

    `returned_at` is the first sign that the customer is back: noted by a person, or heard.
    """

    began_at: datetime
    seen_until: datetime
    severity: Severity
    contacted_at: datetime | None = None
    returned_at: datetime | None = None


def follow_ups(cases: Iterable[RecoveryCase], now: datetime) -> list[FollowUp]:
    """One for each customer, from their first case among these.

    Back is who was noted as recovered, or who spoke up again in a later case: a weak sign, for
    somebody may come back in silence, and who complains again is at least still a customer.
    Cases of people who were forgotten are nobody's and are left out.
    """
    by_customer: dict[str, list[RecoveryCase]] = {}
    for case in cases:
        if case.customer:
            by_customer.setdefault(case.customer, []).append(case)
    return [_follow_up(of_one, now) for of_one in by_customer.values()]


def compare(followed: Sequence[FollowUp]) -> Comparison:
    """Who came back, with and without a contact within the first week."""
    spoken_to: list[tuple[Severity, Wait]] = []
    others: list[tuple[Severity, Wait]] = []
    for one in followed:
        wait = _wait(one)
        if wait is not None:
            (spoken_to if _was_contacted(one) else others).append((one.severity, wait))
    first, second = (_cohort([wait for _, wait in group]) for group in (spoken_to, others))
    is_firm = first.is_firm and second.is_firm
    return Comparison(
        contacted=first,
        others=second,
        left_out=len(followed) - first.n - second.n,
        readings=tuple(
            _reading(days, first, second, _strata(spoken_to, others)) for days in READ_AT
        )
        if is_firm
        else (),
    )


def _follow_up(cases: Sequence[RecoveryCase], now: datetime) -> FollowUp:
    ordered = sorted(cases, key=lambda one: (one.opened_at, one.case_id))
    first = ordered[0]
    signs = [one.closed_at for one in ordered if one.state is CaseState.RECOVERED]
    signs += [one.reopened_at for one in ordered]
    signs += [one.opened_at for one in ordered[1:]]
    later = sorted(sign for sign in signs if sign is not None and sign > first.opened_at)
    contacts = sorted(one.first_contacted_at for one in ordered if one.first_contacted_at)
    return FollowUp(
        began_at=first.opened_at,
        seen_until=max(now, first.opened_at),
        severity=first.severity,
        contacted_at=contacts[0] if contacts else None,
        returned_at=later[0] if later else None,
    )


def _wait(one: FollowUp) -> Wait | None:
    """From the landmark on; None for whoever had come back by then, or was not watched so long."""
    landmark = one.began_at + LANDMARK_DAYS * DAY
    until = one.returned_at or one.seen_until
    if until <= landmark:
        return None
    days = (until - landmark) / DAY
    return Wait(days=days, has_happened=one.returned_at is not None)


def _was_contacted(one: FollowUp) -> bool:
    return one.contacted_at is not None and one.contacted_at <= one.began_at + LANDMARK_DAYS * DAY


def _cohort(waits: Sequence[Wait]) -> Cohort:
    return Cohort(
        n=len(waits),
        returned=sum(one.has_happened for one in waits),
        curve=waiting_curve(waits),
    )


Strata = Mapping[Severity, tuple[Cohort, Cohort]]


def _strata(
    spoken_to: Sequence[tuple[Severity, Wait]], others: Sequence[tuple[Severity, Wait]]
) -> Strata:
    """The groups by severity, of those severities that are in both often enough."""
    found = {
        severity: (
            _cohort([wait for of, wait in spoken_to if of is severity]),
            _cohort([wait for of, wait in others if of is severity]),
        )
        for severity in Severity
    }
    return MappingProxyType(
        {
            severity: pair
            for severity, pair in found.items()
            if min(pair[0].n, pair[1].n) >= MINIMUM_OF_A_STRATUM
        }
    )


def _reading(days: int, contacted: Cohort, others: Cohort, strata: Strata) -> Reading:
    first = happened_at(contacted.curve, days, contacted.n)
    second = happened_at(others.curve, days, others.n)
    return Reading(
        days=days,
        contacted=first,
        others=second,
        difference=_less(first, second),
        even=_evenly(days, strata),
    )


def _evenly(days: int, strata: Strata) -> Interval | None:
    """The difference if both groups had the mix of severities that they have together."""
    n = sum(one.n + other.n for one, other in strata.values())
    if not n:
        return None
    sides = []
    for side in (0, 1):
        weighed = [
            ((pair[0].n + pair[1].n) / n, happened_at(pair[side].curve, days, pair[side].n))
            for pair in strata.values()
        ]
        sides.append(_sum(weighed))
    return _less(sides[0], sides[1])


def _sum(weighed: Sequence[tuple[float, Interval]]) -> Interval:
    """A weighed sum with the bounds of its parts put together (Zou and Donner 2008)."""
    value = sum(weight * one.value for weight, one in weighed)
    below = sqrt(sum((weight * (one.value - one.low)) ** 2 for weight, one in weighed))
    above = sqrt(sum((weight * (one.high - one.value)) ** 2 for weight, one in weighed))
    return Interval(value=value, low=max(0.0, value - below), high=min(1.0, value + above))


def _less(one: Interval, other: Interval) -> Interval:
    """The difference of two independent shares from their own bounds (Newcombe 1998, method 10)."""
    value = one.value - other.value
    below = sqrt((one.value - one.low) ** 2 + (other.high - other.value) ** 2)
    above = sqrt((one.high - one.value) ** 2 + (other.value - other.low) ** 2)
    return Interval(value=value, low=max(-1.0, value - below), high=min(1.0, value + above))
