"""Sources, contexts and stand-ins that the tests of pulling share."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from chalicelib.domain.business import Business, Contact, Location, SourceSettings
from chalicelib.domain.errors import ConflictError, QueueError
from chalicelib.domain.feedback import Arrival
from chalicelib.domain.source import SourceState
from chalicelib.ports import HttpAnswer, PullContext

NOW = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)
ADDRESS = "https://feeds.example/all"


def a_context(http: Any, **options: object) -> PullContext:
    """A bakery in Berlin with a station kiosk, and a source named `talk`."""
    settings = SourceSettings(
        name="talk",
        kind="any",
        every=timedelta(hours=1),
        options=MappingProxyType({"address": ADDRESS, **options}),
    )
    business = Business(
        business_id="bakery",
        name="Bakery",
        time_zone="Europe/Berlin",
        country="DE",
        contacts=(Contact(name="owner", email="owner@bakery.example"),),
        locations=(Location(location_id="station", name="Station kiosk"),),
        sources=(settings,),
    )
    return PullContext(business=business, settings=settings, secrets=(), http=http, now=NOW)


class Pages:
    """An HTTP session that gives what a test put there, and remembers what it was asked with."""

    def __init__(self, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        self.body = body
        self.headers = dict(headers or {})
        self.status = 200
        self.asked: list[Mapping[str, str]] = []

    def get(
        self,
        url: str,
        *,
        now: datetime,
        headers: Mapping[str, str] | None = None,
        good: frozenset[int] = frozenset({200}),
    ) -> HttpAnswer:
        """The answer that is set."""
        assert self.status in good
        self.asked.append(headers or {})
        return HttpAnswer(status=self.status, headers=self.headers, body=self.body, url=url)


class OneSource:
    """The row of one source, refusing a write over another's."""

    def __init__(self, state: SourceState) -> None:
        self.state = state
        self.saves = 0

    def load_source(self, business_id: str, source: str) -> SourceState | None:
        """The row."""
        return self.state

    def save_source(self, state: SourceState) -> SourceState:
        """Write it, if it is what was read."""
        if state.version != self.state.version:
            raise ConflictError("somebody was faster")
        self.saves += 1
        self.state = replace(state, version=state.version + 1)
        return self.state

    def remove_source(self, business_id: str, source: str) -> None:
        """Not asked for here."""
        raise NotImplementedError

    def due_sources(self, now: datetime, limit: int) -> list[tuple[str, str]]:
        """Not asked for here."""
        raise NotImplementedError


class Queue:
    """Keeps what is put, or breaks."""

    def __init__(self, store: OneSource | None = None) -> None:
        self.put_there: list[Arrival] = []
        self.is_broken = False
        self.cursors: list[object] = []
        self._store = store

    def put(self, arrivals: Sequence[Arrival]) -> None:
        """All of them or none."""
        if self.is_broken:
            raise QueueError("the queue took nothing")
        if self._store is not None:
            self.cursors.append(dict(self._store.state.cursor))
        self.put_there += arrivals
