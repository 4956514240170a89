"""One DynamoDB table in memory that charges for what it is asked: the low-level client's side.

It knows the calls and the few forms of expression that `chalicelib.store` uses, refuses every
other, and counts read and write units of table and indexes. `tests/cost` holds it against moto.
"""

from bisect import insort
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from benchmarks.cost.expressions import holds, updated
from benchmarks.cost.units import (
    STORED_OVERHEAD_BYTES,
    TRANSACTION,
    Meter,
    Row,
    item_bytes,
    read_units,
    write_units,
)

Key = tuple[str, str]
READ, WRITE = "dynamodb read", "dynamodb write"


class ClientError(Exception):
    """What botocore raises: the answer in `response`."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.response: dict[str, Any] = {"Error": {"Code": code}, **more}


class ConditionalCheckFailedException(ClientError):
    """A single write's condition did not hold."""


class TransactionCanceledException(ClientError):
    """One or more conditions of a transaction did not hold."""


class Errors:
    """The client's `exceptions`."""

    ClientError = ClientError
    ConditionalCheckFailedException = ConditionalCheckFailedException
    TransactionCanceledException = TransactionCanceledException


class MeteredTable:
    """A `dynamodb` client with one table; `indexes` are the template's definitions."""

    exceptions = Errors

    def __init__(self, meter: Meter, indexes: Iterable[Mapping[str, Any]]) -> None:
        self._meter = meter
        self._rows: dict[Key, dict[str, Any]] = {}
        self._partitions: dict[str, list[str]] = {}
        self._indexes = {one["IndexName"]: _Index(one) for one in indexes}

    # Reading

    def get_item(self, *, Key: Row, ConsistentRead: bool, **_: Any) -> dict[str, Any]:
        """One row."""
        row = self._rows.get(_key(Key))
        self._meter.add(READ, read_units([row or {}], is_consistent=ConsistentRead))
        return {} if row is None else {"Item": dict(row)}

    def batch_get_item(self, *, RequestItems: Mapping[str, Any]) -> dict[str, Any]:
        """Rows by their keys; each is rounded up by itself."""
        ((name, asked),) = RequestItems.items()
        found = [self._rows.get(_key(key)) for key in asked["Keys"]]
        for row in found:
            self._meter.add(READ, read_units([row or {}], is_consistent=asked["ConsistentRead"]))
        return {"Responses": {name: [dict(row) for row in found if row is not None]}}

    def query(
        self,
        *,
        ExpressionAttributeNames: Mapping[str, str],
        ExpressionAttributeValues: Row,
        IndexName: str | None = None,
        ConsistentRead: bool = False,
        Limit: int | None = None,
        ScanIndexForward: bool = True,
        **_: Any,
    ) -> dict[str, Any]:
        """Rows of a partition, in order; the whole answer is rounded up once."""
        partition = ExpressionAttributeValues[":p"]["S"]
        first = ExpressionAttributeValues.get(":first", {"S": ""})["S"]
        last = ExpressionAttributeValues.get(":last", {"S": chr(0x10FFFF)})["S"]
        found: list[Row]
        if IndexName is None:
            sorts = [one for one in self._partitions.get(partition, []) if first <= one <= last]
            found = [self._rows[partition, one] for one in sorts]
        else:
            found = self._indexes[IndexName].between(partition, first, last)
        rows = (found if ScanIndexForward else found[::-1])[:Limit]
        self._meter.add(READ, read_units(rows, is_consistent=ConsistentRead))
        return {"Items": [dict(row) for row in rows]}

    # Writing

    def put_item(self, *, Item: dict[str, Any], **asked: Any) -> dict[str, Any]:
        """Write a row, if its condition holds."""
        self._alone({"Item": Item, **asked}, lambda _: dict(Item), _key(Item))
        return {}

    def delete_item(self, *, Key: Row, **asked: Any) -> dict[str, Any]:
        """Take a row away, if its condition holds."""
        self._alone({"Key": Key, **asked}, lambda _: None, _key(Key))
        return {}

    def update_item(self, *, Key: Row, **asked: Any) -> dict[str, Any]:
        """Change a row, if its condition holds."""
        self._alone(asked, lambda row: updated(row, Key, asked), _key(Key))
        return {}

    def _alone(
        self,
        asked: Mapping[str, Any],
        change: Callable[[Row | None], dict[str, Any] | None],
        key: Key,
    ) -> None:
        row = self._rows.get(key)
        if not holds(asked, row):
            self._meter.add(WRITE, write_units(row))
            raise ConditionalCheckFailedException(
                "ConditionalCheckFailedException", **({"Item": row} if row else {})
            )
        self._write(key, change(row), times=1)

    def transact_write_items(self, *, TransactItems: list[dict[str, Any]]) -> dict[str, Any]:
        """All or none; each write counts twice, refused or not."""
        changes = []
        for ((kind, asked),) in map(dict.items, TransactItems):
            key = _key(asked["Item"] if kind == "Put" else asked["Key"])
            changes.append((kind, asked, key, self._rows.get(key)))
        reasons = [
            {"Code": "None"}
            if holds(asked, row)
            else {"Code": "ConditionalCheckFailed", "Item": row or {}}
            for _, asked, _, row in changes
        ]
        if any(reason["Code"] != "None" for reason in reasons):
            for _, asked, _, row in changes:
                self._meter.add(WRITE, TRANSACTION * write_units(row, asked.get("Item")))
            raise TransactionCanceledException(
                "TransactionCanceledException", CancellationReasons=reasons
            )
        for kind, asked, key, row in changes:
            if kind == "Put":
                self._write(key, dict(asked["Item"]), times=TRANSACTION)
            elif kind == "Delete":
                self._write(key, None, times=TRANSACTION)
            elif kind == "Update":
                self._write(key, updated(row, asked["Key"], asked), times=TRANSACTION)
        return {}

    def _write(self, key: Key, row: dict[str, Any] | None, *, times: int) -> None:
        before = self._rows.get(key)
        self._meter.add(WRITE, times * write_units(before, row))
        for index in self._indexes.values():
            # Indexes follow the table by themselves: not part of the transaction.
            self._meter.add(WRITE, index.follow(key, before, row))
        sorts = self._partitions.setdefault(key[0], [])
        if row is None:
            self._rows.pop(key, None)
            if before is not None:
                sorts.remove(key[1])
            return
        if before is None:
            insort(sorts, key[1])
        self._rows[key] = row

    # What lies there

    def stored_bytes(self) -> int:
        """Of table and indexes, as storage is charged."""
        table = sum(item_bytes(row) + STORED_OVERHEAD_BYTES for row in self._rows.values())
        return table + sum(index.stored_bytes() for index in self._indexes.values())

    def rows(self) -> dict[Key, dict[str, Any]]:
        """Every row, for comparisons."""
        return {key: dict(row) for key, row in self._rows.items()}


class _Index:
    """One sparse index: its entries are what is projected of the rows that have its keys."""

    def __init__(self, definition: Mapping[str, Any]) -> None:
        self._hash, self._range = (one["AttributeName"] for one in definition["KeySchema"])
        keys = {"pk", "sk", self._hash, self._range}
        self._kept = keys | set(definition["Projection"].get("NonKeyAttributes", ()))
        self._keeps_all = definition["Projection"].get("ProjectionType") == "ALL"
        self._entries: dict[str, dict[Key, tuple[str, Row]]] = {}

    def follow(self, key: Key, before: Row | None, after: Row | None) -> int:
        """Write units that a change of a row costs here: a moved entry is one taken away and one
        put; an entry that stays as it is costs nothing."""
        old, new = self._entry(before), self._entry(after)
        if old == new:
            return 0
        moved = (
            old is not None
            and new is not None
            and (old[self._hash], old[self._range]) != (new[self._hash], new[self._range])
        )
        if old is not None:
            self._entries[old[self._hash]["S"]].pop(key, None)
        if new is not None:
            place = self._entries.setdefault(new[self._hash]["S"], {})
            place[key] = (new[self._range]["S"], new)
        if moved:
            return write_units(old) + write_units(new)
        return write_units(old, new)

    def _entry(self, row: Row | None) -> Row | None:
        if row is None or self._hash not in row or self._range not in row:
            return None
        kept = self._kept if not self._keeps_all else row.keys()
        return {name: value for name, value in row.items() if name in kept}

    def between(self, partition: str, first: str, last: str) -> list[Row]:
        """Entries of a partition from `first` to `last`, in order."""
        found = [
            (place, key, entry)
            for key, (place, entry) in self._entries.get(partition, {}).items()
            if first <= place <= last
        ]
        return [entry for _, _, entry in sorted(found, key=lambda one: one[:2])]

    def stored_bytes(self) -> int:
        """As storage is charged."""
        return sum(
            item_bytes(entry) + STORED_OVERHEAD_BYTES
            for entries in self._entries.values()
            for _, entry in entries.values()
        )


def _key(row: Row) -> Key:
    return (row["pk"]["S"], row["sk"]["S"])
