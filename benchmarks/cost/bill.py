"""From units to dollars: a line for each billable unit, and who used it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.cost.month import Month

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
GB = 1024**3
# Lambda reads a queue with five pollers, each of which waits up to 20 s for a message.
POLLERS, POLL_SECONDS = 5, 20
# DynamoDB asks KMS for the table's key again when a caller's copy is five minutes old.
KEY_KEPT_MINUTES = 5
LOGS_COMPRESSED = 0.15
BUILD_GB, BUILDS_KEPT = 0.06, 2
SCHEDULED = ("plan_pulls", "watch", "write_digests")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a bill: so many units, and what they cost in US dollars."""

    unit: str
    title: str
    amount: float
    dollars: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A month's bill for a 30-day month, dearest line first."""

    items: int
    lines: tuple[Line, ...]
    by_function: Mapping[str, float]

    @property
    def dollars(self) -> float:
        """The sum."""
        return sum(line.dollars for line in self.lines)


def price_list() -> dict[str, Any]:
    """`prices.json`."""
    found: dict[str, Any] = json.loads((HERE / "prices.json").read_text(encoding="utf-8"))
    return found


def bill_of(month: Month, resources: Mapping[str, Any] | None = None) -> Bill:
    """What AWS would ask for that month; a shorter one is stretched to thirty days.

    `resources` are those of the merge template: its queues, alarms and key cost while idle.
    """
    resources = resources or _resources()
    prices = price_list()["prices"]
    stretch = 30 / month.days
    amounts = {
        unit: month.meter.total(unit) * stretch for unit in prices if month.meter.total(unit)
    }
    amounts |= _standing(resources)
    calls = sum(month.meter.calls[one, "lambda request"] for one in SCHEDULED)
    logs = month.meter.total("log bytes") * stretch / GB
    stored = month.stored_bytes * stretch / GB
    amounts |= {
        "log gb": logs,
        "log stored gb": logs * LOGS_COMPRESSED,
        "dynamodb stored gb": stored,
        "dynamodb backup gb": stored,
        "s3 gb": BUILD_GB * BUILDS_KEPT,
        "scheduler call": calls * stretch,
        "kms request": amounts.get("kms request", 0) + _key_requests(month, resources) * stretch,
    }
    lines = [
        Line(
            unit=unit,
            title=prices[unit]["title"],
            amount=amount,
            dollars=amount * prices[unit]["dollars"] / prices[unit]["per"],
        )
        for unit, amount in amounts.items()
    ]
    return Bill(
        items=round(month.items * stretch),
        lines=tuple(sorted(lines, key=lambda line: -line.dollars)),
        by_function=_by_function(month, prices, stretch),
    )


def _resources() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "infra" / "resources.json").read_text())
    return dict(found["Resources"])


def _standing(resources: Mapping[str, Any]) -> dict[str, float]:
    """What costs while nobody writes: polled queues and alarms."""
    polled = json.dumps(resources).count('"FunctionResponseTypes"')
    polls = polled * POLLERS * 30 * 24 * 3600 / POLL_SECONDS
    alarms = sum(one.get("Type") == "AWS::CloudWatch::Alarm" for one in resources.values())
    return {"sqs idle poll": polls, "alarm": float(alarms)}


def _key_requests(month: Month, resources: Mapping[str, Any]) -> float:
    """Requests for the table's key: none for the key that AWS owns."""
    table = resources["Table"]["Properties"]
    if not table.get("SSESpecification", {}).get("SSEEnabled"):
        return 0
    callers = {name for name, unit in month.meter.calls if unit.startswith("dynamodb")}
    most = month.days * 24 * 60 / KEY_KEPT_MINUTES
    return sum(min(month.meter.calls[one, "lambda request"], most) for one in callers)


def _by_function(month: Month, prices: Mapping[str, Any], stretch: float) -> dict[str, float]:
    spent: dict[str, float] = {}
    for (function, unit), amount in month.meter.units.items():
        price = prices.get("log gb" if unit == "log bytes" else unit)
        if price is not None:
            amount = amount / GB if unit == "log bytes" else amount
            dollars = amount * stretch * price["dollars"] / price["per"]
            spent[function] = spent.get(function, 0) + dollars
    return dict(sorted(spent.items(), key=lambda pair: -pair[1]))
