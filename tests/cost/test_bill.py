"""The cost benchmark at a small size: it stays in its budget, and notices what would not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.cost import __main__ as cost
from benchmarks.cost.bill import Bill, bill_of, price_list
from benchmarks.cost.month import Month, simulate
from chalicelib.domain.source import SourceState
from chalicelib.store.dynamodb import DynamoStore
from tests.fakes import WordModel

ROOT = Path(__file__).resolve().parents[2]
# A day of a business with a thousand feedbacks a month.
ITEMS, DAYS = 34, 1
# Dollars a month. The run's own budget is lower; this one keeps what was saved from coming back.
CEILING = 1.12


@pytest.fixture(scope="module")
def day() -> Month:
    """One day, through the true handlers."""
    return simulate(ITEMS, WordModel(), days=DAYS)


class Spendthrift(DynamoStore):
    """Writes all that a source holds at every look, as ours once did."""

    def _note_held(self, state: SourceState) -> None:
        """Remembers nothing."""


def resources() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "infra" / "resources.json").read_text())
    return dict(found["Resources"])


def dollars(bill: Bill, unit: str) -> float:
    return next(line.dollars for line in bill.lines if line.unit == unit)


def test_every_feedback_is_stored_once_whatever_comes_twice(day: Month) -> None:
    assert day.counts["n"] == ITEMS
    assert day.meter.total("source page") >= 3 * 24 * 4 - 30


def test_a_day_costs_no_more_than_it_did(day: Month) -> None:
    assert bill_of(day).dollars <= CEILING


def test_what_stands_is_one_polled_queue_and_three_alarms(day: Month) -> None:
    bill = bill_of(day)

    assert dollars(bill, "sqs idle poll") == pytest.approx(0.2592)
    assert dollars(bill, "alarm") == pytest.approx(0.30)
    assert bill.lines[0].unit == "alarm"


def test_a_planted_store_that_writes_too_much_is_noticed(day: Month) -> None:
    planted = simulate(ITEMS, WordModel(), days=DAYS, store=Spendthrift)

    more = dollars(bill_of(planted), "dynamodb write") - dollars(bill_of(day), "dynamodb write")
    assert more > 0.10
    assert bill_of(planted).dollars > CEILING


def test_a_fourth_alarm_a_third_queue_and_a_charged_key_are_noticed(day: Month) -> None:
    plain = bill_of(day).dollars
    alarm = resources() | {"Another": {"Type": "AWS::CloudWatch::Alarm"}}
    queue = resources() | {"Another": {"FunctionResponseTypes": []}}
    key = resources()
    key["Table"]["Properties"]["SSESpecification"] = {"SSEEnabled": True}

    assert bill_of(day, alarm).dollars == pytest.approx(plain + 0.10)
    assert bill_of(day, queue).dollars == pytest.approx(plain + 0.2592)
    assert bill_of(day, key).dollars > plain + 0.03


@pytest.mark.parametrize(
    ("small", "large", "marginal", "ok"),
    [(1.0, 3.0, 20.0, True), (1.01, 3, 20, False), (1, 3.01, 20, False), (1, 3, 20.01, False)],
)
def test_each_budget_alone_fails_the_run(
    small: float, large: float, marginal: float, ok: bool
) -> None:
    assert cost.within(small, large, marginal) is ok


def test_every_price_says_where_it_comes_from_and_when_it_was_read() -> None:
    prices = price_list()

    assert prices["region"] == "us-east-1"
    for one in [*prices["prices"].values(), *prices["beside"]]:
        assert "2026" in one["source"]
    assert {one["what"].split(",")[0] for one in prices["beside"]} >= {
        "Amazon Comprehend",
        "ReviewTrackers",
    }
