"""The unit calculator against the rules of DynamoDB's documentation, and the table against moto."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from moto import mock_aws

from benchmarks.cost.clients import MeteredQueues
from benchmarks.cost.expressions import holds, updated
from benchmarks.cost.table import MeteredTable
from benchmarks.cost.units import Meter, item_bytes, read_units, value_bytes, write_units
from chalicelib.domain.errors import ConflictError
from chalicelib.store.dynamodb import DynamoStore
from tests.contracts.builders import (
    DAY,
    HAPPY,
    MINUTE,
    NOW,
    a_business,
    a_feedback,
    a_notification,
    a_source,
    an_incident,
    put,
    scored,
)
from tests.contracts.engines import create_table, dynamodb_client, table_definition


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "abc"}, 3),
        ({"S": "é€"}, 5),
        ({"N": "7"}, 2),
        ({"N": "1234"}, 3),
        ({"N": "-1234"}, 4),
        ({"N": "0.9375"}, 3),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"B": b"12345"}, 5),
        ({"L": [{"S": "ab"}, {"N": "1"}]}, 3 + (1 + 2) + (1 + 2)),
        ({"M": {"k": {"S": "ab"}}}, 3 + (1 + 1 + 2)),
    ],
)
def test_a_value_has_the_size_that_is_documented(value: dict[str, Any], size: int) -> None:
    assert value_bytes(value) == size


def test_an_item_is_its_names_and_values() -> None:
    assert item_bytes({"pk": {"S": "T#b"}, "n": {"N": "12"}}) == 2 + 3 + 1 + 2


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [(0, 1, 1), (0, 1_024, 1), (0, 1_025, 2), (5_000, 10, 5), (0, 0, 1)],
)
def test_a_write_is_charged_by_the_larger_of_before_and_after(
    before: int, after: int, units: int
) -> None:
    rows = [{"": {"S": "x" * size}} if size else None for size in (before, after)]

    assert write_units(*rows) == units


def test_a_read_is_rounded_up_to_four_kilobytes_and_half_of_it_when_it_may_lag() -> None:
    small, large = {"": {"S": "x"}}, {"": {"S": "x" * 4_097}}

    assert read_units([], is_consistent=True) == 1
    assert read_units([small] * 100, is_consistent=True) == 1
    assert read_units([large], is_consistent=True) == 2
    assert read_units([large], is_consistent=False) == 1


INDEX = {
    "IndexName": "due",
    "KeySchema": [{"AttributeName": "shard"}, {"AttributeName": "due"}],
    "Projection": {"ProjectionType": "KEYS_ONLY"},
}


def a_row(**more: str) -> dict[str, Any]:
    return {name: {"S": value} for name, value in {"pk": "a", "sk": "b", **more}.items()}


@pytest.mark.parametrize(
    ("first", "second", "units"),
    [
        (a_row(), a_row(text="x"), 1),
        (a_row(), a_row(shard="s", due="1"), 2),
        (a_row(shard="s", due="1"), a_row(shard="s", due="1", text="x"), 1),
        (a_row(shard="s", due="1"), a_row(shard="s", due="2"), 3),
        (a_row(shard="s", due="1"), a_row(), 2),
    ],
    ids=["beside the index", "into it", "what it does not show", "moved in it", "out of it"],
)
def test_an_index_is_charged_for_what_it_follows(
    first: dict[str, Any], second: dict[str, Any], units: int
) -> None:
    meter = Meter()
    table = MeteredTable(meter, [INDEX])
    table.put_item(Item=first)
    before = meter.total("dynamodb write")

    table.put_item(Item=second)

    assert meter.total("dynamodb write") - before == units


def test_a_transaction_costs_twice_also_when_it_is_refused() -> None:
    meter = Meter()
    table = MeteredTable(meter, [])
    once = {"Put": {"Item": a_row(), "ConditionExpression": "attribute_not_exists(pk)"}}
    table.transact_write_items(TransactItems=[once])

    with pytest.raises(MeteredTable.exceptions.TransactionCanceledException) as refused:
        table.transact_write_items(TransactItems=[once])

    assert refused.value.response["CancellationReasons"][0]["Item"] == a_row()
    assert meter.total("dynamodb write") == 4


def test_an_expression_of_another_form_is_refused_and_not_guessed() -> None:
    with pytest.raises(ValueError, match="unknown form of condition: size"):
        holds({"ConditionExpression": "size(#a) > :b"}, None)
    with pytest.raises(ValueError, match="unknown form of update: REMOVE"):
        updated(None, a_row(), {"UpdateExpression": "REMOVE a", "ExpressionAttributeValues": {}})


def test_one_message_in_fifty_comes_twice() -> None:
    meter = Meter()
    queues = MeteredQueues(meter)
    for number in range(100):
        queues.send_message(QueueUrl="q", MessageBody=str(number))

    taken = [body for _ in range(11) for body in queues.receive("q", 10)]

    assert len(taken) == 102
    assert taken.count("49") == 2
    assert meter.total("sqs request") == 100 + 2 * 11


@pytest.fixture(scope="module")
def moto_client() -> Iterator[Any]:
    """DynamoDB in this process."""
    with mock_aws():
        client = dynamodb_client()
        create_table(client, "cost")
        yield client


def live(client: Any) -> DynamoStore:
    """A little of everything that the store does."""
    store = DynamoStore("cost", client, random=Random(5), sleep=lambda _: None)  # noqa: S311
    store.save_business(a_business())
    source = store.save_source(a_source(held={"a" * 32: "b" * 16}))
    store.save_source(replace(source, due=NOW + MINUTE))
    first = scored(a_feedback())
    unjudged = put(store, first)
    put(store, first)
    put(store, scored(a_feedback("r2", stars=5.0), HAPPY))
    edited = scored(a_feedback(text="It was only a seed.", updated_at=NOW), HAPPY)
    put(store, edited, first)
    store.mark_not_negative("bakery", edited.feedback.feedback_id, NOW)
    incident = an_incident()
    store.commit_judged(
        replace(store.load_judge("bakery"), sequence=1),
        [unjudged],
        [incident],
        [a_notification(incident)],
    )
    with pytest.raises(ConflictError):
        store.save_incident(incident, [])
    store.save_notification(store.due_notifications(NOW, 10)[0])
    store.mark_dead("bakery", "rosa@bakery.example", "bounced", NOW)
    return store


def test_what_lies_in_the_table_is_what_lies_in_motos(moto_client: Any) -> None:
    indexes = table_definition()["GlobalSecondaryIndexes"]
    metered = MeteredTable(Meter(), indexes)

    ours, motos = live(metered), live(moto_client)

    rows = {
        (row["pk"]["S"], row["sk"]["S"]): row for row in moto_client.scan(TableName="cost")["Items"]
    }
    assert metered.rows() == rows
    assert len(rows) > 10
    asks: list[Callable[[DynamoStore], object]] = [
        lambda store: store.counts("bakery", DAY, DAY),
        lambda store: store.scored_between("bakery", DAY, DAY),
        lambda store: store.due_sources(NOW + MINUTE, 10),
        lambda store: store.due_incidents(NOW, 10),
        lambda store: store.businesses_with_unjudged(NOW + MINUTE, 10),
        lambda store: store.unjudged("bakery", 10),
    ]
    for ask in asks:
        assert ask(ours) == ask(motos)


def test_an_index_of_whole_rows_gives_whole_rows_the_newest_first() -> None:
    meter = Meter()
    whole = {
        "IndexName": "listed",
        "KeySchema": [
            {"AttributeName": "list_pk", "KeyType": "HASH"},
            {"AttributeName": "list_sk", "KeyType": "RANGE"},
        ],
        "Projection": {"ProjectionType": "ALL"},
    }
    table = MeteredTable(meter, [whole])
    for number in range(3):
        key = {"pk": {"S": "p"}, "sk": {"S": str(number)}}
        place = {"list_pk": {"S": "list"}, "list_sk": {"S": str(number)}}
        table.put_item(Item={**key, **place, "note": {"S": f"note {number}"}})

    answer = table.query(
        IndexName="listed",
        ExpressionAttributeNames={"#p": "list_pk"},
        ExpressionAttributeValues={":p": {"S": "list"}},
        ScanIndexForward=False,
        Limit=2,
    )

    assert [one["note"]["S"] for one in answer["Items"]] == ["note 2", "note 1"]
