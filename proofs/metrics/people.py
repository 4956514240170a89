"""Metrics that rest on cases and customers, from a few numbers of a line of the table."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from chalicelib.domain.case import CaseOrigin, CaseState, RecoveryCase, Severity
from chalicelib.domain.metric import Metric
from chalicelib.domain.worth import Worth
from chalicelib.learn import recovery_rate, worth

NOW = datetime(2026, 5, 10, 12, tzinfo=UTC)
OPENED = NOW - timedelta(days=60)
Numbers = Mapping[str, int]


def recovered(numbers: Numbers) -> Metric:
    """From `recovered` and `lost`."""
    return recovery_rate.recovery_rate(_ended(numbers))


def unhappy_again(numbers: Numbers) -> Metric:
    """From `once` and `again`: cases that ended, and those of them that had been opened anew."""
    cases = [*_cases(numbers, "once"), *_cases(numbers, "again", reopened=1)]
    return recovery_rate.reopened(cases, [])


def first_contact(numbers: Numbers) -> Metric:
    """From `after.<hours>` and `never`: so many were spoken to so many hours after opening."""
    cases = _cases(numbers, "never")
    for name in numbers:
        if name.startswith("after."):
            hours = timedelta(hours=int(name.removeprefix("after.")))
            cases += _cases(numbers, name, first_contacted_at=OPENED + hours)
    return recovery_rate.first_contact(cases, [], NOW)


def retention(numbers: Numbers) -> Metric:
    """From `customers` and how many `returned`."""
    counts = Counter(numbers)
    return worth.retention(counts["returned"], counts["customers"])


def churn(numbers: Numbers) -> Metric:
    """From the same."""
    return worth.churn(retention(numbers))


def lifetime_value(numbers: Numbers) -> Metric:
    """From the same, with a worth of `from` to `to` a year."""
    return worth.lifetime_value(_worth(numbers), churn(numbers))


def empathy_return(numbers: Numbers) -> Metric:
    """From `recovered`, `lost`, the `cents` that each cost, and a worth of `from` to `to`."""
    return worth.empathy_return(_worth(numbers), _ended(numbers))


def _worth(numbers: Numbers) -> Worth | None:
    return Worth(low=numbers["from"], high=numbers["to"]) if "from" in numbers else None


def _ended(numbers: Numbers) -> list[RecoveryCase]:
    cents = numbers.get("cents", 0)
    return [
        *_cases(numbers, "recovered", cost_cents=cents),
        *_cases(numbers, "lost", cost_cents=cents, state=CaseState.LOST),
    ]


def _cases(numbers: Numbers, name: str, **changes: object) -> list[RecoveryCase]:
    plain: dict[str, object] = {
        "business_id": "bakery",
        "case_id": name,
        "customer": name,
        "cause": "",
        "origin": CaseOrigin.HAND,
        "severity": Severity.NORMAL,
        "opened_at": OPENED,
        "closed_at": NOW,
        "state": CaseState.RECOVERED,
    }
    return [RecoveryCase(**(plain | changes))] * numbers.get(name, 0)  # type: ignore[arg-type]
