"""What a source holds is a row of its own: written when it changed, and never lost."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from benchmarks.cost.table import MeteredTable
from benchmarks.cost.units import Meter
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.source import SourceState
from chalicelib.store.dynamodb import DynamoStore

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
SEEDED = Random(1)  # noqa: S311  marks of writes, no secrets
MANY = {
    digest[:32]: digest[32:48]
    for digest in (hashlib.sha256(str(number).encode()).hexdigest() for number in range(500))
}


class Table:
    """A table that charges, and stores of several processes over it."""

    def __init__(self) -> None:
        self.meter = Meter()
        self.client = MeteredTable(self.meter, [])

    def process(self) -> DynamoStore:
        """The store of a process that has just begun."""
        return DynamoStore("t", self.client, random=SEEDED, sleep=lambda _: None)

    def paid(self) -> float:
        """Write units since last asked."""
        units = self.meter.total("dynamodb write")
        self.meter.units.clear()
        return units


def a_source() -> SourceState:
    return SourceState(business_id="bakery", source="reviews", held=MANY, due=NOW)


def test_a_look_without_news_writes_one_unit_and_one_with_news_all_that_is_held() -> None:
    table = Table()
    table.process().save_source(a_source())
    store = table.process()
    first = table.paid()

    read = store.load_source("bakery", "reviews")
    assert read is not None
    assert dict(read.held) == MANY
    again = store.save_source(replace(read, due=NOW + timedelta(minutes=5)))
    leased = table.paid()
    store.save_source(replace(again, held={**MANY, "f" * 32: "1" * 16}))
    with_news = table.paid()

    assert leased == 1
    assert first > 10
    assert with_news > 10


def test_what_is_held_comes_back_in_its_order_in_another_process() -> None:
    table = Table()
    store = table.process()
    saved = store.save_source(a_source())
    news = {"f" * 32: "1" * 16, **MANY}
    store.save_source(replace(saved, held=news))

    read = table.process().load_source("bakery", "reviews")

    assert read is not None
    assert list(read.held.items()) == list(news.items())
    assert read.version == 2


def test_of_two_looks_at_once_the_slower_changes_nothing() -> None:
    table = Table()
    one, other = table.process(), table.process()
    one.save_source(a_source())
    mine, theirs = one.load_source("bakery", "reviews"), other.load_source("bakery", "reviews")
    assert mine is not None
    assert theirs is not None
    other.save_source(replace(theirs, held={"a" * 32: "1" * 16}))

    with pytest.raises(ConflictError):
        one.save_source(replace(mine, held={"b" * 32: "1" * 16}))

    read = one.load_source("bakery", "reviews")
    assert read is not None
    assert dict(read.held) == {"a" * 32: "1" * 16}


def test_a_process_that_did_not_read_the_row_writes_what_it_holds() -> None:
    table = Table()
    saved = table.process().save_source(a_source())
    table.process().save_source(replace(saved, held={"c" * 32: "1" * 16}))

    read = table.process().load_source("bakery", "reviews")

    assert read is not None
    assert dict(read.held) == {"c" * 32: "1" * 16}


def test_a_source_that_is_removed_and_comes_back_holds_nothing() -> None:
    table = Table()
    store = table.process()
    store.save_source(a_source())
    store.remove_source("bakery", "reviews")
    store.save_source(SourceState(business_id="bakery", source="reviews"))

    read = store.load_source("bakery", "reviews")

    assert read is not None
    assert dict(read.held) == {}
