"""Requests of people in the store's twin in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.alert import Notification
from chalicelib.domain.audit import Act
from chalicelib.domain.request import PersonRequest
from chalicelib.store.memory_cases import MemoryCases
from chalicelib.store.memory_incidents import refuse_unless


class MemoryRequests(MemoryCases):
    """Implements `ports.RequestStore` without any outside."""

    def __init__(self) -> None:
        super().__init__()
        self._requests: dict[tuple[str, str], PersonRequest] = {}

    def save_request(
        self,
        request: PersonRequest,
        act: Act | None = None,
        notifications: Sequence[Notification] = (),
    ) -> PersonRequest:
        """See `ports.RequestStore`."""
        key = (request.business_id, request.request_id)
        stored = self._requests.get(key)
        version = stored.version if stored else 0
        refuse_unless(request.version == version, "request", request.request_id)
        self._requests[key] = saved = replace(request, version=version + 1)
        if act is not None:
            self.save_act(act)
        self._write_incidents((), notifications)
        return saved

    def load_request(self, business_id: str, request_id: str) -> PersonRequest | None:
        """See `ports.RequestStore`."""
        return self._requests.get((business_id, request_id))

    def open_requests(self, business_id: str, limit: int) -> list[PersonRequest]:
        """See `ports.RequestStore`."""
        found = [one for one in self._of(business_id) if one.is_open]
        return sorted(found, key=lambda one: (one.due_day, one.request_id))[:limit]

    def requests_of(self, business_id: str, limit: int) -> list[PersonRequest]:
        """See `ports.RequestStore`."""
        found = self._of(business_id)
        return sorted(found, key=lambda one: one.request_id, reverse=True)[:limit]

    def due_requests(self, now: datetime, limit: int) -> list[PersonRequest]:
        """See `ports.RequestStore`."""
        due = [
            (one.look_at, key, one)
            for key, one in self._requests.items()
            if one.look_at is not None and one.look_at <= now
        ]
        return [one for _, _, one in sorted(due, key=lambda waiting: waiting[:2])[:limit]]

    def _of(self, business_id: str) -> list[PersonRequest]:
        return [one for (owner, _), one in self._requests.items() if owner == business_id]
