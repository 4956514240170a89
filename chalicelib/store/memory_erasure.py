"""Forgetting in the store's twin in memory."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.forgetting import Receipt
from chalicelib.store import rules
from chalicelib.store.memory_incidents import refuse_unless


class MemoryErasures:
    """Implements `ports.ErasureStore` without any outside."""

    _feedback: dict[tuple[str, str], ScoredFeedback]

    def __init__(self) -> None:
        super().__init__()
        self._tombstones: dict[tuple[str, str], datetime] = {}
        self._receipts: dict[tuple[str, str], Receipt] = {}

    def forget(self, kept: ScoredFeedback, previous: ScoredFeedback | None) -> None:
        """See `ports.ErasureStore`."""
        rules.refuse_moved_counts(kept, previous)
        key = (kept.feedback.business_id, kept.feedback.feedback_id)
        stored = self._feedback.get(key)
        if stored == kept:
            return
        refuse_unless(rules.is_expected(stored, previous), "feedback", kept.feedback.feedback_id)
        self._feedback[key] = kept

    def outlived(self, now: datetime, limit: int) -> list[ScoredFeedback]:
        """See `ports.ErasureStore`; the one whose time was up first comes first."""
        due = [
            (one.words_until, key, one)
            for key, one in self._feedback.items()
            if one.words_until is not None and one.words_until <= now
        ]
        return [one for _, _, one in sorted(due, key=lambda waiting: waiting[:2])[:limit]]

    def save_tombstones(self, business_id: str, traces: Iterable[str], now: datetime) -> None:
        """See `ports.ErasureStore`."""
        self._tombstones |= {(business_id, trace): now for trace in traces}

    def tombstones(self, business_id: str, traces: Iterable[str]) -> dict[str, datetime]:
        """See `ports.ErasureStore`."""
        found = {trace: self._tombstones.get((business_id, trace)) for trace in traces}
        return {trace: since for trace, since in found.items() if since is not None}

    def save_receipt(self, receipt: Receipt) -> None:
        """See `ports.ErasureStore`."""
        self._receipts[receipt.business_id, receipt.receipt_id] = receipt

    def receipts(self, business_id: str) -> list[Receipt]:
        """See `ports.ErasureStore`."""
        found = [one for (owner, _), one in self._receipts.items() if owner == business_id]
        return sorted(found, key=lambda receipt: (receipt.begun_at, receipt.receipt_id))
