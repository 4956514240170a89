"""Requests of people in the table."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from chalicelib.domain.alert import Notification
from chalicelib.domain.audit import Act
from chalicelib.domain.request import PersonRequest
from chalicelib.store import case_rows, keys, request_rows
from chalicelib.store.dynamodb_incidents import IncidentRows
from chalicelib.store.dynamodb_table import MARK, version_condition
from chalicelib.store.keys import Shard


class RequestRows(IncidentRows):
    """Implements `ports.RequestStore`."""

    def save_request(
        self,
        request: PersonRequest,
        act: Act | None = None,
        notifications: Sequence[Notification] = (),
    ) -> PersonRequest:
        """See the port."""
        saved = replace(request, version=request.version + 1)
        mark = self._table.new_mark()
        row = request_rows.request_row(saved) | {MARK: {"S": mark}}
        writes = [self._table.put_of(row, **version_condition(request.version))]
        if act is not None:
            writes.append(self._table.put_of(case_rows.act_row(act)))
        self._write_with_notifications(writes, mark, (), notifications)
        return saved

    def load_request(self, business_id: str, request_id: str) -> PersonRequest | None:
        """See the port."""
        row = self._table.get(keys.request_key(business_id, request_id))
        return None if row is None else request_rows.request_from(row)

    def open_requests(self, business_id: str, limit: int) -> list[PersonRequest]:
        """See the port."""
        listed = self._table.query_list(keys.open_requests_partition(business_id), limit=limit)
        return [one for one in map(request_rows.request_from, listed) if one.is_open]

    def requests_of(self, business_id: str, limit: int) -> list[PersonRequest]:
        """See the port."""
        partition, _ = keys.request_key(business_id, "")
        found = self._table.query(partition, limit=limit, newest_first=True)
        return [request_rows.request_from(row) for row in found]

    def due_requests(self, now: datetime, limit: int) -> list[PersonRequest]:
        """See the port."""
        found = map(request_rows.request_from, self._due_rows(Shard.REQUEST, now))
        due = (one for one in found if one.look_at is not None and one.look_at <= now)
        return list(islice(due, limit))
