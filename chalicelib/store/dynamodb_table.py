"""The table as the rows' modules see it: reads that follow every page, writes that are tried again.

Trouble that passes (throttling, two transactions at one row) is tried again with jitter, five times
at most. A condition that fails is the caller's to judge: it gets the row that was in the way.
Versioned rows carry the mark of the write that made them: when an answer was lost on the way and
the write is repeated, the failing condition shows our own mark, and we know that we won.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from random import Random
from typing import Any, TypeVar

from chalicelib.domain.errors import ConflictError
from chalicelib.store import keys
from chalicelib.store.attributes import Row, key_of
from chalicelib.store.keys import Key

TRIES = 5
# Doubled from try to try; the pause is drawn between nothing and this.
FIRST_PAUSE_SECONDS = 0.05
# DynamoDB's limit for one BatchGetItem.
ROWS_AT_ONCE = 100
VERSION = "version"
MARK = "mark"

_CONFLICTS = frozenset(
    {"TransactionConflict", "TransactionConflictException", "TransactionInProgressException"}
)
_PASSING = _CONFLICTS | {
    "InternalServerError",
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingError",
    "ThrottlingException",
}
_CONDITION = "ConditionalCheckFailed"

Answer = TypeVar("Answer")
Write = dict[str, dict[str, Any]]


class Table:
    """One DynamoDB table through a low-level client.

    `random` draws pauses and marks: seeded differently in every process. `sleep` takes seconds.
    """

    def __init__(
        self, name: str, client: Any, *, random: Random, sleep: Callable[[float], None]
    ) -> None:
        self._client = client
        self._name = name
        self._random = random
        self._sleep = sleep

    # Reading

    def get(self, key: Key) -> Row | None:
        """The row as it is now, or None."""
        if not keys.can_exist(key):
            return None
        answer = self._tried(
            lambda: self._client.get_item(
                TableName=self._name, Key=_attributes(key), ConsistentRead=True
            )
        )
        row: Row | None = answer.get("Item")
        return row

    def get_many(self, wanted: Iterable[Key], *, may_lag: bool = False) -> dict[Key, Row]:
        """The rows that exist, as they are now, in no order; at half the price as they were a
        moment ago."""
        unique = list(dict.fromkeys(key for key in wanted if keys.can_exist(key)))
        found: dict[Key, Row] = {}
        for start in range(0, len(unique), ROWS_AT_ONCE):
            for row in self._get_batch(unique[start : start + ROWS_AT_ONCE], may_lag=may_lag):
                found[key_of(row)] = row
        return found

    def _get_batch(self, wanted: Sequence[Key], *, may_lag: bool) -> Iterator[Row]:
        asked = {"Keys": [_attributes(key) for key in wanted], "ConsistentRead": not may_lag}
        request = {self._name: asked}
        in_vain = 0
        while request:
            answer = self._tried(partial(self._client.batch_get_item, RequestItems=request))
            rows: list[Row] = answer["Responses"].get(self._name, [])
            yield from rows
            # More than 16 MB, or more than DynamoDB likes to answer just now.
            request = answer.get("UnprocessedKeys", {})
            in_vain = 0 if rows else in_vain + 1
            if request and in_vain:
                self._pause(in_vain, "rows were not read")

    def query(
        self,
        partition: str,
        *,
        first: str | None = None,
        last: str | None = None,
        limit: int | None = None,
        newest_first: bool = False,
        may_lag: bool = False,
    ) -> Iterator[Row]:
        """Rows of a partition in the order of their sort keys, from `first` to `last`.

        All of them, page by page as they are asked for, or no more than `limit`; at half the
        price as they were a moment ago.
        """
        pages = self._pages(
            {
                "KeyConditionExpression": "#p = :p",
                "ExpressionAttributeNames": {"#p": keys.PARTITION},
                "ExpressionAttributeValues": {":p": {"S": partition}},
                "ConsistentRead": not may_lag,
                # Without it a page is a megabyte, and paid for, however few rows are taken.
                **({} if limit is None else {"Limit": limit}),
                **({"ScanIndexForward": False} if newest_first else {}),
            },
            keys.SORT,
            first,
            last,
        )
        return islice(pages, limit)

    def query_index(
        self,
        index: str,
        partition: str,
        *,
        first: str | None = None,
        last: str | None = None,
    ) -> Iterator[Key]:
        """Keys that an index lists, in its order. It lags a moment behind the rows."""
        hash_name, range_name = {
            keys.DUE_INDEX: (keys.DUE_SHARD, keys.DUE),
            keys.DAY_INDEX: (keys.DAY_PARTITION, keys.DAY_SORT),
        }[index]
        asked = {
            "IndexName": index,
            "KeyConditionExpression": "#p = :p",
            "ExpressionAttributeNames": {"#p": hash_name},
            "ExpressionAttributeValues": {":p": {"S": partition}},
        }
        return (key_of(row) for row in self._pages(asked, range_name, first, last))

    def query_entries(self, partition: str, *, first: str, last: str, limit: int) -> Iterator[Row]:
        """The newest entries of the day index as it keeps them, newest first, at most `limit`."""
        asked: dict[str, Any] = {
            "IndexName": keys.DAY_INDEX,
            "KeyConditionExpression": "#p = :p",
            "ExpressionAttributeNames": {"#p": keys.DAY_PARTITION},
            "ExpressionAttributeValues": {":p": {"S": partition}},
            "Limit": limit,
            "ScanIndexForward": False,
        }
        return islice(self._pages(asked, keys.DAY_SORT, first, last), limit)

    def query_list(
        self,
        partition: str,
        *,
        first: str | None = None,
        last: str | None = None,
        limit: int,
        newest_first: bool = False,
    ) -> Iterator[Row]:
        """Whole rows of a list, no more than `limit`. They lag a moment behind the rows."""
        asked: dict[str, Any] = {
            "IndexName": keys.LIST_INDEX,
            "KeyConditionExpression": "#p = :p",
            "ExpressionAttributeNames": {"#p": keys.LIST_PARTITION},
            "ExpressionAttributeValues": {":p": {"S": partition}},
            "Limit": limit,
            **({"ScanIndexForward": False} if newest_first else {}),
        }
        return islice(self._pages(asked, keys.LIST_SORT, first, last), limit)

    def _pages(
        self, asked: dict[str, Any], sort: str, first: str | None, last: str | None
    ) -> Iterator[Row]:
        bounds = {":first": first, ":last": last}
        given = {name: {"S": bound} for name, bound in bounds.items() if bound is not None}
        if given:
            term = {
                (":first", ":last"): "#s BETWEEN :first AND :last",
                (":first",): "#s >= :first",
                (":last",): "#s <= :last",
            }[tuple(given)]
            asked["KeyConditionExpression"] += f" AND {term}"
            asked["ExpressionAttributeNames"]["#s"] = sort
            asked["ExpressionAttributeValues"] |= given
        while True:
            page = self._tried(lambda: self._client.query(TableName=self._name, **asked))
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    # Writing

    def put(self, row: Row) -> None:
        """Write or replace a row."""
        self._tried(lambda: self._client.put_item(TableName=self._name, Item=row))

    def delete(self, key: Key) -> None:
        """Take a row away, if it is there."""
        self._tried(lambda: self._client.delete_item(TableName=self._name, Key=_attributes(key)))

    def update(
        self,
        key: Key,
        expression: str,
        *,
        condition: str,
        names: Mapping[str, str],
        values: Row,
    ) -> bool:
        """Change a row under a condition; False when it does not hold."""
        try:
            self._tried(
                lambda: self._client.update_item(
                    TableName=self._name,
                    Key=_attributes(key),
                    UpdateExpression=expression,
                    ConditionExpression=condition,
                    ExpressionAttributeNames=names,
                    ExpressionAttributeValues=values,
                )
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def put_versioned(self, row: Row, version: int) -> None:
        """Write a row if the stored version is still this one (0: none). Raises ConflictError."""
        row = row | {MARK: {"S": self.new_mark()}}
        try:
            self._tried(
                lambda: self._client.put_item(
                    TableName=self._name,
                    Item=row,
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **version_condition(version),
                )
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            if error.response.get("Item", {}).get(MARK) != row[MARK]:
                raise ConflictError(f"{key_of(row)[1]} changed since it was read") from error

    def put_of(self, row: Row, **condition: Any) -> Write:
        """The write of a row, for `write_together`."""
        return {"Put": self._part(condition) | {"Item": row}}

    def add_of(self, key: Key, steps: Mapping[str, int]) -> Write:
        """The adding of whole numbers to a row's attributes, for `write_together`."""
        names = {f"#n{place}": name for place, name in enumerate(steps)}
        values = {f":n{place}": {"N": str(step)} for place, step in enumerate(steps.values())}
        terms = ", ".join(f"#n{place} :n{place}" for place in range(len(steps)))
        return {
            "Update": self._part({})
            | {
                "Key": _attributes(key),
                "UpdateExpression": f"ADD {terms}",
                "ExpressionAttributeNames": names,
                "ExpressionAttributeValues": values,
            }
        }

    def update_of(
        self,
        key: Key,
        expression: str,
        *,
        condition: str,
        names: Mapping[str, str],
        values: Row,
    ) -> Write:
        """The change of a row under a condition, for `write_together`."""
        return {
            "Update": self._part({"ConditionExpression": condition})
            | {
                "Key": _attributes(key),
                "UpdateExpression": expression,
                "ExpressionAttributeNames": names,
                "ExpressionAttributeValues": values,
            }
        }

    def delete_of(self, key: Key) -> Write:
        """The deletion of a row that must be there, for `write_together`."""
        condition = {"ConditionExpression": f"attribute_exists({keys.PARTITION})"}
        return {"Delete": self._part(condition) | {"Key": _attributes(key)}}

    def _part(self, condition: Mapping[str, Any]) -> dict[str, Any]:
        part: dict[str, Any] = {"TableName": self._name, **condition}
        if condition:
            part["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        return part

    def write_together(self, writes: Sequence[Write]) -> dict[int, Row]:
        """All of them or none. Empty when done; else the place of each write whose condition
        failed, with the row that is there (empty when none is)."""
        try:
            self._tried(lambda: self._client.transact_write_items(TransactItems=writes))
        except self._client.exceptions.TransactionCanceledException as error:
            reasons = error.response.get("CancellationReasons", [])
            refused = {
                place: reason.get("Item", {})
                for place, reason in enumerate(reasons)
                if reason.get("Code") == _CONDITION
            }
            if not refused:
                raise
            return refused
        return {}

    def new_mark(self) -> str:
        """Sixteen hex digits that no other write has."""
        return f"{self._random.getrandbits(64):016x}"

    # Trying again

    def _tried(self, call: Callable[[], Any]) -> Any:
        tries = 0
        while True:
            try:
                return call()
            except self._client.exceptions.ClientError as error:
                codes = _codes(error.response)
                if _CONDITION in codes or not codes <= _PASSING:
                    raise
                tries += 1
                if tries == TRIES and not codes <= _CONFLICTS:
                    raise
                self._pause(tries, "others write the same rows")

    def _pause(self, tries: int, trouble: str) -> None:
        if tries >= TRIES:
            raise ConflictError(f"{trouble}, {tries} times in a row")
        self._sleep(self._random.uniform(0, FIRST_PAUSE_SECONDS * 2**tries))


def _attributes(key: Key) -> Row:
    return {keys.PARTITION: {"S": key[0]}, keys.SORT: {"S": key[1]}}


def version_condition(version: int) -> dict[str, Any]:
    """The condition that the stored version is this one; 0 means that there is no row."""
    if version == 0:
        return {"ConditionExpression": f"attribute_not_exists({keys.PARTITION})"}
    return {
        "ConditionExpression": "#version = :version",
        "ExpressionAttributeNames": {"#version": VERSION},
        "ExpressionAttributeValues": {":version": {"N": str(version)}},
    }


def _codes(response: Mapping[str, Any]) -> set[str]:
    """What went wrong: the error's own code, or those of a cancelled transaction's writes."""
    code: str = response["Error"]["Code"]
    if code != "TransactionCanceledException":
        return {code}
    reasons = response.get("CancellationReasons", [])
    return {reason["Code"] for reason in reasons if reason.get("Code", "None") != "None"}
