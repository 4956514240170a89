"""Whatever stands in one field of one entry, the entries beside it arrive and nothing breaks."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.feedback import Feedback
from chalicelib.domain.source import SourceState
from chalicelib.pull.look import look_at
from tests.pull.direct import Direct
from tests.pull.given import NOW, OneSource, Queue
from tests.pull.played.everywhere import PLAYED
from tests.pull.playing import EVERY, context_for

ODD: tuple[object, ...] = (
    None, True, 0, -1, 10**30, 1e300, "", "x", "９９", "\ud800", "a" * 70_000, [], [None], [[]], {},
    {"a": {}},
)  # fmt: skip
# What a service sends as a whole, and not entry by entry.
WHOLE = ("rss", "csv")


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
