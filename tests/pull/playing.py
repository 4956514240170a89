"""The stage on which a source is played: its service on the loopback, and looks at it.

A played source speaks the wire format of contracts.md. Its addresses lead to one local site: the
host that was meant comes first in the path.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from types import MappingProxyType
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from chalicelib.domain.feedback import Feedback
from chalicelib.domain.source import SourceState
from chalicelib.ports import Explain, HttpAnswer, PullContext, SourceKind
from chalicelib.pull.http import SourceHttp
from chalicelib.pull.look import PullReport, look_at
from tests.pull.given import NOW, OneSource, Queue, a_context
from tests.pull.site import Site, running_site

EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as the service sees it; header names in lower case."""

    method: str
    raw: str
    host: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def form(self) -> Mapping[str, str]:
        """The body of an HTML form."""
        return dict(parse_qsl(self.body.decode()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the service says; anything but bytes goes out as JSON."""

    said: object = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def body(self) -> bytes:
        """The bytes on the wire."""
        return self.said if isinstance(self.said, bytes) else json.dumps(self.said).encode()


class Played:
    """A source's service, with what customers wrote there: `entries`, newest first.

    A subclass says how its source speaks. `faulty` is the beginning of `host/path` of the request
    that brings feedback; `fields` maps what the card names (dots lead inside) to the attribute of
    Feedback that it becomes; `expects` names the faults that mean something else here (None: what
    is there is read). The three `has_` say what a service can show at all.
    """

    kind: SourceKind
    options: Mapping[str, object] = MappingProxyType({})
    secrets: tuple[str, ...] = ()
    faulty: str
    fields: ClassVar[Mapping[str, str]]
    expects: ClassVar[Mapping[str, type[Exception] | None]] = {}
    error_bodies: ClassVar[Mapping[int, object]] = {}
    has_pages = True
    has_edits = True
    has_deletions = True

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []
        self.asked: list[Asked] = []
        self.moment = NOW - timedelta(days=2)
        self.written = 0

    def answer(self, asked: Asked) -> Answer:
        """What it says to that."""
        raise NotImplementedError

    def entry(self, number: int, moment: datetime) -> dict[str, Any]:
        """What a customer writes at that moment, as it stands on the wire."""
        raise NotImplementedError

    def write(self, count: int) -> None:
        """So many customers write, a minute apart."""
        for _ in range(count):
            self.written += 1
            self.moment += timedelta(minutes=1)
            self.entries.insert(0, self.entry(self.written, self.moment))

    def edit(self) -> None:
        """The customer who wrote last changes the text."""
        raise NotImplementedError

    def delete(self) -> None:
        """The customer who wrote last takes it back."""
        del self.entries[0]


class Detour:
    """Implements `ports.Http`: every host is the local site. Can lead astray on purpose."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.seconds = 0.0
        self.leap = 0.0
        self._http = SourceHttp(
            allow_loopback=True, read_seconds=0.25, backoff_seconds=0, stopwatch=self._stopwatch
        )

    def _stopwatch(self) -> float:
        self.seconds += self.leap
        return self.seconds

    def _led(self, url: str) -> str:
        parts = urlsplit(url)
        return f"{self.root}/{parts.netloc}{parts.path}?{parts.query}"

    def get(
        self,
        url: str,
        *,
        now: datetime,
        headers: Mapping[str, str] | None = None,
        good: frozenset[int] = frozenset({200}),
        explain: Explain | None = None,
    ) -> HttpAnswer:
        """See the port."""
        return self._http.get(self._led(url), now=now, headers=headers, good=good, explain=explain)

    def post(
        self,
        url: str,
        *,
        now: datetime,
        json: object = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        good: frozenset[int] = frozenset({200}),
        explain: Explain | None = None,
    ) -> HttpAnswer:
        """See the port."""
        return self._http.post(
            self._led(url),
            now=now,
            json=json,
            form=form,
            headers=headers,
            good=good,
            explain=explain,
        )

    def put(
        self,
        url: str,
        *,
        now: datetime,
        json: object,
        headers: Mapping[str, str] | None = None,
        good: frozenset[int] = frozenset({200}),
        explain: Explain | None = None,
    ) -> HttpAnswer:
        """See the port."""
        return self._http.put(
            self._led(url), now=now, json=json, headers=headers, good=good, explain=explain
        )


class Stage:
    """A played source on a site, its row, its queue, and the time."""

    def __init__(self, played: Played, site: Site) -> None:
        self.played = played
        self.site = site
        self.http = Detour(site.root)
        self.now = NOW
        self.store = OneSource(SourceState(business_id="bakery", source="talk"))
        self.queue = Queue()
        site.otherwise = self.respond

    def look(self, *, seconds_left: float = 100.0) -> PullReport:
        """One look, an hour after the one before. Raises what the source raises."""
        self.now += EVERY
        self.queue.put_there.clear()
        build = self.played.kind.build
        assert build is not None
        return look_at(
            build(self.context()),
            self.store.state,
            store=self.store,
            queue=self.queue,
            redact=lambda one: one,
            every=EVERY,
            now=self.now,
            seconds_left=lambda: seconds_left,
        )

    @property
    def queued(self) -> list[Feedback]:
        """What the last look put on the queue."""
        return [one.feedback for one in self.queue.put_there]

    def context(self) -> PullContext:
        """For one look, now."""
        return context_for(self.played, self.http, self.now)

    def respond(self, handler: BaseHTTPRequestHandler) -> None:
        """The service as it is when all is well."""
        asked = asked_by(handler)
        self.played.asked.append(asked)
        send(handler, self.played.answer(asked))


def context_for(played: Played, http: Any, now: datetime) -> PullContext:
    """For a look at a played source."""
    context = a_context(http)
    settings = replace(context.settings, options=MappingProxyType(dict(played.options)))
    return replace(context, settings=settings, secrets=played.secrets, now=now)


def asked_by(handler: BaseHTTPRequestHandler) -> Asked:
    """The request, with the host that was meant."""
    parts = urlsplit(handler.path)
    host, _, path = parts.path.lstrip("/").partition("/")
    headers = {name.lower(): value for name, value in handler.headers.items()}
    return Asked(
        method=handler.command,
        raw=handler.path,
        host=host,
        path=f"/{path}",
        query=dict(parse_qsl(parts.query, keep_blank_values=True)),
        headers=headers,
        body=handler.rfile.read(int(headers.get("content-length", 0))),
    )


def send(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    """Put the answer on the wire."""
    body = answer.body
    handler.send_response(answer.status)
    for name, value in answer.headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def playing(played: Played) -> Iterator[Stage]:
    """The source on a fresh site; gone when the block ends."""
    with running_site() as site:
        yield Stage(played, site)


def iso(moment: datetime) -> str:
    """As most services write a time."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
