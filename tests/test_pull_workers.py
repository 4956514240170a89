"""The plan sends workers for what waits to be pulled, and a worker goes through it one by one."""

from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest

from chalicelib import flow, wiring
from chalicelib.domain.source import SourceState
from chalicelib.ports import Services
from tests.house import START, House

# A message that is none: the name of the source is a number.
MANGLED: Any = ("bakery", 7)


@pytest.fixture
def bakery() -> Iterator[House]:
    """A house of its own for each test."""
    yield House(StringIO())
    wiring.use(None)


def noting(bakery: House) -> tuple[Services, list[int]]:
    """The bakery's services, and how many workers were sent for at each time."""
    sent: list[int] = []
    return replace(bakery.services, start_pulls=sent.append), sent


def due(bakery: House, count: int) -> None:
    """So many sources that wait to be looked at."""
    for number in range(count):
        state = SourceState(business_id="bakery", source=f"site{number:03d}", due=START)
        bakery.store.save_source(state)


@pytest.mark.parametrize(
    ("sources", "workers"), [(1, [1]), (50, [1]), (51, [2]), (200, [4]), (0, [])]
)
def test_a_plan_sends_a_worker_for_fifty_looks_and_none_for_nothing(
    bakery: House, sources: int, workers: list[int]
) -> None:
    services, sent = noting(bakery)
    due(bakery, sources)

    report = flow.plan_pulls(services, bakery.now)

    assert sent == workers
    assert (report.planned, report.workers) == (sources, sum(workers))


def test_a_thousand_that_wait_get_four_workers_and_no_more(bakery: House) -> None:
    services, sent = noting(bakery)
    for number in range(1_000):
        bakery.services.pull_queue.put("bakery", f"site{number}")

    flow.plan_pulls(services, bakery.now)

    assert sent == [4]


def test_what_a_webhook_put_there_is_taken_along_though_no_source_is_due(bakery: House) -> None:
    services, sent = noting(bakery)
    bakery.services.pull_queue.put("bakery", "survey")

    report = flow.plan_pulls(services, bakery.now)

    assert sent == [1]
    assert (report.due, report.planned) == (0, 0)


def test_what_fails_stays_and_its_neighbours_are_looked_at(bakery: House) -> None:
    for name in ("gone", "sheet"):
        bakery.services.pull_queue.put("bakery", name)
    bakery.queues.pulls.waiting.appendleft(MANGLED)

    report = flow.pull_waiting(bakery.services, lambda: 100.0)
    bakery.queues.pulls.show_again()

    assert [look.source for look in report.looks] == ["gone", "sheet"]
    assert [one.split(" in ")[0] for one in report.troubles] == ["a look: FeedbackRefused"]
    assert list(bakery.queues.pulls.waiting) == [MANGLED]


def test_a_worker_begins_no_look_that_it_could_not_finish(bakery: House) -> None:
    for name in ("gone", "sheet", "exports"):
        bakery.services.pull_queue.put("bakery", name)
    pulls = bakery.queues.pulls

    report = flow.pull_waiting(bakery.services, lambda: 100.0 if pulls.depth() > 1 else 29.0)

    assert [look.source for look in report.looks] == ["gone", "sheet"]
    assert list(pulls.waiting) == [("bakery", "exports")]
    assert pulls.hidden() == 0
