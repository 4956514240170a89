"""Forgetting in the table: what is left of feedback, tombstones, receipts."""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice

from chalicelib.domain.clock import from_text, to_text
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.forgetting import Receipt
from chalicelib.store import erasure_rows, feedback_rows, keys, rules
from chalicelib.store.attributes import make_row
from chalicelib.store.dynamodb_incidents import IncidentRows
from chalicelib.store.keys import Shard

_SINCE = "since"


class ErasureRows(IncidentRows):
    """Implements `ports.ErasureStore`."""

    def forget(self, kept: ScoredFeedback, previous: ScoredFeedback | None) -> None:
        """See the port."""
        rules.refuse_moved_counts(kept, previous)
        row = feedback_rows.feedback_row(kept)
        condition = feedback_rows.condition_on(previous)
        refused = self._table.write_together([self._table.put_of(row, **condition)])
        if refused and not (refused[0] and feedback_rows.feedback_from(refused[0]) == kept):
            raise ConflictError(f"feedback {kept.feedback.feedback_id} changed since it was read")

    def outlived(self, now: datetime, limit: int) -> list[ScoredFeedback]:
        """See the port; the one whose time was up first comes first."""
        found = map(feedback_rows.feedback_from, self._due_rows(Shard.WORDS, now))
        due = (one for one in found if one.words_until is not None and one.words_until <= now)
        return list(islice(due, limit))

    def save_tombstones(self, business_id: str, traces: Iterable[str], now: datetime) -> None:
        """See the port."""
        for trace in traces:
            key = keys.tombstone_key(business_id, trace)
            self._table.put(make_row(key, {_SINCE: to_text(now)}))

    def tombstones(self, business_id: str, traces: Iterable[str]) -> dict[str, datetime]:
        """See the port."""
        wanted = {keys.tombstone_key(business_id, trace): trace for trace in traces}
        found = self._table.get_many(wanted)
        return {wanted[key]: from_text(row[_SINCE]["S"]) for key, row in found.items()}

    def save_receipt(self, receipt: Receipt) -> None:
        """See the port."""
        self._table.put(erasure_rows.receipt_row(receipt))

    def receipts(self, business_id: str) -> list[Receipt]:
        """See the port."""
        partition, _ = keys.erasure_key(business_id, "")
        found = map(erasure_rows.receipt_from, self._table.query(partition))
        return sorted(found, key=lambda receipt: (receipt.begun_at, receipt.receipt_id))
