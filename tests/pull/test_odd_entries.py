"""Whatever stands in one field of one entry, the entries beside it arrive and nothing breaks."""

import copy
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from chalicelib.domain.feedback import Feedback
from chalicelib.domain.source import SourceState
from chalicelib.ports import Explain, HttpAnswer
from chalicelib.pull.look import look_at
from tests.pull.given import NOW, OneSource, Queue
from tests.pull.played.everywhere import PLAYED
from tests.pull.playing import EVERY, Answer, Asked, Played, context_for

ODD: tuple[object, ...] = (
    None, True, 0, -1, 10**30, 1e300, "", "x", "９９", "\ud800", "a" * 70_000, [], [None], [[]], {},
    {"a": {}},
)  # fmt: skip
# What a service sends as a whole, and not entry by entry.
WHOLE = ("rss", "csv")


class Direct:
    """Implements `ports.Http` without a wire: the played service is asked as a function."""

    def __init__(self, played: Played) -> None:
        self.played = played
        self.entry: Any = None
        self.odd: Any = None

    def _ask(self, method: str, url: str, headers: Mapping[str, str] | None, body: bytes) -> Answer:
        parts = urlsplit(url)
        asked = Asked(
            method=method,
            raw=url,
            host=parts.netloc,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in (headers or {}).items()},
            body=body,
        )
        answer = self.played.answer(asked)
        said = _with(answer.said, self.entry, self.odd)
        return Answer(said=said, status=answer.status, headers=answer.headers)

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
        answer = self._ask("GET", url, headers, b"")
        return HttpAnswer(status=answer.status, headers=answer.headers, body=answer.body, url=url)

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
        body = urlencode(form).encode() if form else Answer(said=json).body
        answer = self._ask("POST", url, headers, body)
        return HttpAnswer(status=answer.status, headers=answer.headers, body=answer.body, url=url)


def _with(said: Any, entry: Any, odd: Any) -> Any:
    if entry is not None and said == entry:
        return odd
    if isinstance(said, dict):
        return {name: _with(value, entry, odd) for name, value in said.items()}
    if isinstance(said, list):
        return [_with(value, entry, odd) for value in said]
    return said


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    yield path
    for name, below in inner:
        yield from _places(below, (*path, name))


def _changed(entry: Any, path: tuple[Any, ...], odd: object) -> Any:
    if not path:
        return odd
    changed = copy.deepcopy(entry)
    inside = changed
    for name in path[:-1]:
        inside = inside[name]
    inside[path[-1]] = odd
    return changed


def _look(kind: str, path: tuple[Any, ...] | None, odd: object) -> list[Feedback]:
    played = PLAYED[kind]()
    played.write(3)
    http = Direct(played)
    if path is not None:
        http.entry = copy.deepcopy(played.entries[1])
        http.odd = _changed(played.entries[1], path, odd)
    build = played.kind.build
    assert build is not None
    store, queue = OneSource(SourceState(business_id="bakery", source="talk")), Queue()
    look_at(
        build(context_for(played, http, NOW)),
        store.state,
        store=store,
        queue=queue,
        redact=lambda one: one,
        every=EVERY,
        now=NOW,
        seconds_left=lambda: 100.0,
    )
    return [one.feedback for one in queue.put_there]


@pytest.mark.parametrize("kind", [kind for kind in PLAYED if kind not in WHOLE])
def test_an_odd_field_costs_at_most_its_own_entry(kind: str) -> None:
    whole = sorted(_look(kind, None, None), key=lambda one: one.written_at)
    neighbours = {one.external_id for one in (whole[0], whole[2])}
    entry = PLAYED[kind]()
    entry.write(3)

    for path in _places(entry.entries[1]):
        for odd in ODD:
            came = _look(kind, path, odd)

            assert neighbours <= {one.external_id for one in came}, (path, odd)
            assert len(came) <= 3, (path, odd)
