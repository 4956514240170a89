"""Replies in the table."""

from dataclasses import replace
from datetime import datetime
from itertools import islice

from chalicelib.domain.audit import Act
from chalicelib.domain.clock import to_text
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.reply import Reply
from chalicelib.store import keys
from chalicelib.store.case_rows import act_row
from chalicelib.store.dynamodb_incidents import IncidentRows
from chalicelib.store.dynamodb_table import MARK, version_condition
from chalicelib.store.keys import Shard
from chalicelib.store.reply_rows import reply_from, reply_row


class ReplyRows(IncidentRows):
    """Implements `ports.ReplyStore`."""

    def load_reply(self, business_id: str, feedback_id: str) -> Reply | None:
        """See the port."""
        row = self._table.get(keys.reply_key(business_id, feedback_id))
        return None if row is None else reply_from(row)

    def save_reply(self, reply: Reply, act: Act | None = None) -> Reply:
        """See the port."""
        saved = replace(reply, version=reply.version + 1)
        row = reply_row(saved) | {MARK: {"S": self._table.new_mark()}}
        writes = [self._table.put_of(row, **version_condition(reply.version))]
        if act is not None:
            writes.append(self._table.put_of(act_row(act)))
        refused = self._table.write_together(writes)
        # Our own mark: the answer of the first try was lost on its way.
        if refused and refused[0].get(MARK) != row[MARK]:
            raise ConflictError(f"the reply to {reply.feedback_id} changed since it was read")
        return saved

    def due_replies(self, now: datetime, limit: int) -> list[tuple[str, str]]:
        """See the port. What the index lists though it moved on is read again by whoever posts."""
        listed = self._table.query_index(keys.DUE_INDEX, Shard.REPLY, last=to_text(now))
        return [(keys.business_of(partition), one) for partition, one in islice(listed, limit)]

    def replies_of(self, business_id: str) -> list[Reply]:
        """See the port."""
        partition, _ = keys.reply_key(business_id, "")
        return [reply_from(row) for row in self._table.query(partition)]

    def forget_reply(self, business_id: str, feedback_id: str) -> None:
        """See the port."""
        self._table.delete(keys.reply_key(business_id, feedback_id))
