"""The store in one DynamoDB table: businesses, sources and contacts here, the rest in its parents.

docs/decisions/0003-one-table.md shows the table; `dynamodb_table` says how it is spoken to.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice
from random import Random
from types import MappingProxyType
from typing import Any

from chalicelib.domain.address import Standin
from chalicelib.domain.alert import SendLog
from chalicelib.domain.business import Business
from chalicelib.domain.clock import to_text
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.source import SourceState
from chalicelib.store import keys, rows
from chalicelib.store.attributes import Row, make_row
from chalicelib.store.dynamodb_cases import CaseRows
from chalicelib.store.dynamodb_erasure import ErasureRows
from chalicelib.store.dynamodb_feedback import FeedbackRows, JudgeRows
from chalicelib.store.dynamodb_profiles import ProfileRows
from chalicelib.store.dynamodb_replies import ReplyRows
from chalicelib.store.dynamodb_requests import RequestRows
from chalicelib.store.dynamodb_sessions import SessionRows
from chalicelib.store.dynamodb_table import MARK, Table, version_condition
from chalicelib.store.dynamodb_voices import VoiceRows
from chalicelib.store.keys import Shard

REASON = "reason"
_NOTHING_HELD: Mapping[str, str] = MappingProxyType({})


class DynamoStore(
    FeedbackRows,
    JudgeRows,
    ErasureRows,
    SessionRows,
    CaseRows,
    RequestRows,
    VoiceRows,
    ReplyRows,
    ProfileRows,
):
    """Implements `ports.Store` over a low-level `dynamodb` client.

    `random` must be seeded differently in every process; `sleep` waits so many seconds.
    """

    def __init__(
        self,
        table_name: str,
        client: Any,
        *,
        random: Random,
        sleep: Callable[[float], None],
    ) -> None:
        super().__init__(Table(table_name, client, random=random, sleep=sleep))
        self._held: dict[tuple[str, str], tuple[int, str]] = {}

    # Businesses

    def load_business(self, business_id: str) -> Business | None:
        """See the port."""
        row = self._table.get(keys.business_key(business_id))
        return None if row is None else rows.business_from(row)

    def list_businesses(self) -> tuple[str, ...]:
        """See the port."""
        partition, _ = keys.listed_business_key("")
        return tuple(row[keys.SORT]["S"] for row in self._table.query(partition))

    def save_business(self, business: Business) -> None:
        """See the port."""
        listed = make_row(keys.listed_business_key(business.business_id), {})
        self._table.write_together(
            [self._table.put_of(rows.business_row(business)), self._table.put_of(listed)]
        )

    def remove_business(self, business_id: str) -> None:
        """See the port."""
        # The list first: what is listed can be loaded.
        self._table.delete(keys.listed_business_key(business_id))
        self._table.delete(keys.business_key(business_id))

    # Sources

    def load_source(self, business_id: str, source: str) -> SourceState | None:
        """See the port."""
        row = self._table.get(keys.source_key(business_id, source))
        if row is None:
            return None
        state = rows.source_from(row)
        kept = self._table.get(keys.held_key(business_id, source))
        if kept is not None:
            state = replace(state, held=MappingProxyType(rows.held_from(kept)))
        self._note_held(state)
        return state

    def save_source(self, state: SourceState) -> SourceState:
        """See the port. What it holds is written only when it changed since it was read: most
        looks bring nothing new, and 500 ids are fourteen write units."""
        saved = replace(state, version=state.version + 1)
        row = rows.source_row(replace(saved, held=_NOTHING_HELD))
        if not state.held or self._held.get(_place_of(state)) == (state.version, _digest(state)):
            self._table.put_versioned(row, state.version)
        else:
            self._write_source(row, rows.held_row(state), state.version)
        self._note_held(saved)
        return saved

    def _write_source(self, row: Row, held: Row, version: int) -> None:
        row = row | {MARK: {"S": self._table.new_mark()}}
        together = [
            self._table.put_of(row, **version_condition(version)),
            self._table.put_of(held),
        ]
        refused = self._table.write_together(together)
        if refused and refused[0].get(MARK) != row[MARK]:
            raise ConflictError("the source changed since it was read")

    def _note_held(self, state: SourceState) -> None:
        # A cache: whoever does not find a source here writes once more than needed.
        self._held[_place_of(state)] = (state.version, _digest(state))

    def remove_source(self, business_id: str, source: str) -> None:
        """See the port."""
        self._table.delete(keys.source_key(business_id, source))
        self._table.delete(keys.held_key(business_id, source))

    def due_sources(self, now: datetime, limit: int) -> list[tuple[str, str]]:
        """See the port. A row that the index lists though it moved on is refused its lease."""
        listed = self._table.query_index(keys.DUE_INDEX, Shard.PULL, last=to_text(now))
        return [
            (keys.business_of(partition), source) for partition, source in islice(listed, limit)
        ]

    # Contacts

    def dead_addresses(self, business_id: str) -> dict[str, str]:
        """See the port. A row without a reason is of an address that lives again."""
        partition, _ = keys.dead_address_key(business_id, "")
        found = self._table.query(partition)
        dead = [row for row in found if REASON in row]
        return dict(sorted((row["address"]["S"], row[REASON]["S"]) for row in dead))

    def mark_dead(self, business_id: str, address: str, reason: str, now: datetime) -> None:
        """See the port."""
        told = {"address": address, REASON: reason, "since": to_text(now)}
        row = make_row(keys.dead_address_key(business_id, address), told)
        first = {
            "ConditionExpression": "attribute_not_exists(#reason)",
            "ExpressionAttributeNames": {"#reason": REASON},
        }
        self._table.write_together([self._table.put_of(row, **first)])

    def revive(self, business_id: str, address: str, now: datetime) -> None:
        """See the port. The row stays without a reason: pages may write and never delete."""
        told = {"address": address, "since": to_text(now)}
        self._table.put(make_row(keys.dead_address_key(business_id, address), told))

    def standins(self, business_id: str) -> list[Standin]:
        """See the port."""
        partition, _ = keys.standin_key(business_id, "")
        return [rows.standin_from(row) for row in self._table.query(partition)]

    def save_standin(self, standin: Standin) -> None:
        """See the port."""
        self._table.put(rows.standin_row(standin))

    def load_sends(self, business_id: str) -> SendLog:
        """See the port."""
        row = self._table.get(keys.sends_key(business_id))
        return SendLog(business_id=business_id) if row is None else rows.sends_from(row)

    def save_sends(self, log: SendLog) -> SendLog:
        """See the port."""
        saved = replace(log, version=log.version + 1)
        self._table.put_versioned(rows.sends_row(saved), log.version)
        return saved

    def take_from_budget(
        self, business_id: str, budget: str, amount: int, limit: int, *, paid_for: str
    ) -> bool:
        """See the port. The row lists what was paid for, by short hashes."""
        if amount > limit:
            return False
        key, paid = keys.budget_key(business_id, budget), keys.short_hash(paid_for)
        is_taken = self._table.update(
            key,
            "ADD #spent :amount, #paid :paid",
            condition=(
                "(attribute_not_exists(#spent) OR #spent <= :most) AND NOT contains(#paid, :one)"
            ),
            names={"#spent": "spent", "#paid": "paid"},
            values={
                ":amount": {"N": str(amount)},
                ":most": {"N": str(limit - amount)},
                ":paid": {"SS": [paid]},
                ":one": {"S": paid},
            },
        )
        if is_taken:
            return True
        row = self._table.get(key)
        return row is not None and paid in row.get("paid", {}).get("SS", [])


def _place_of(state: SourceState) -> tuple[str, str]:
    return (state.business_id, state.source)


def _digest(state: SourceState) -> str:
    return hashlib.sha256(repr(list(state.held.items())).encode()).hexdigest()
