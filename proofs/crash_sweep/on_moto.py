"""The same sweep, shorter, one level down: faults at single calls of botocore, the table on moto.

Here the store is the one that is deployed, with its conditions, marks and retries; what is
throttled must be tried again by it, and a write whose answer was lost must be known as its own.
"""

import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import boto3
from botocore.exceptions import ClientError
from moto import mock_aws

from chalicelib.domain.feedback import Arrival
from chalicelib.domain.source import SourceState
from chalicelib.store.dynamodb import DynamoStore
from chalicelib.store.envelopes import read_arrival
from chalicelib.store.queues import SqsFeedbackQueue
from proofs.town.faults import CallFailed, Fault, Fuse, ProcessDied
from proofs.town.sources import row
from proofs.town.state import plain
from proofs.town.town import TOWN_BAKERY, Town
from proofs.town.week import EVER
from tests.contracts.engines import REGION, create_table, dynamodb_client
from tests.house import START

CALLS_AT_LEAST = 150
FAULTS = (Fault.DIES_BEFORE, Fault.DIES_AFTER, Fault.REFUSED, Fault.ANSWER_LOST)
Point = tuple[int, Fault]


class Throttled(ClientError, CallFailed):  # type: ignore[misc]
    """What AWS answers when it is asked too much."""

    def __init__(self, operation: str) -> None:
        super().__init__({"Error": {"Code": "ThrottlingException", "Message": ""}}, operation)


class WireFuse:
    """Hears of every request of the clients, and lets one of them meet a fault."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.is_paused = False
        self._place: int | None = None
        self._fault = Fault.DIES_BEFORE
        self._is_here = False

    def reset(self, place: int | None, fault: Fault) -> None:
        """Begin to count anew."""
        self.calls.clear()
        self._place, self._fault, self._is_here = place, fault, False

    def watch(self, client: Any) -> None:
        """Hear of this client's requests."""
        client.meta.events.register("before-call", self._before)
        client.meta.events.register("after-call", self._after)

    def _before(self, model: Any, **_: object) -> None:
        if self.is_paused:
            return
        self._is_here = len(self.calls) == self._place
        self.calls.append(model.name)
        if self._is_here and self._fault is Fault.DIES_BEFORE:
            raise ProcessDied(model.name)
        if self._is_here and self._fault is Fault.REFUSED:
            raise Throttled(model.name)

    def _after(self, model: Any, **_: object) -> None:
        if not self._is_here:
            return
        self._is_here = False
        if self._fault is Fault.DIES_AFTER:
            raise ProcessDied(model.name)
        if self._fault is Fault.ANSWER_LOST:
            raise CallFailed(model.name)


@dataclass(frozen=True, kw_only=True)
class Wire:
    """The clients, all heard by one fuse."""

    fuse: WireFuse
    table: Any
    queues: Any


@contextmanager
def wire() -> Iterator[Wire]:
    """Moto's AWS in this process."""
    with mock_aws():
        sqs = boto3.client(
            "sqs",
            region_name=REGION,
            aws_access_key_id="nobody",
            aws_secret_access_key="nothing",  # noqa: S106  made up
        )
        found = Wire(fuse=WireFuse(), table=dynamodb_client(), queues=sqs)
        found.fuse.watch(found.table)
        found.fuse.watch(found.queues)
        yield found


class ThroughSqs:
    """The feedback queue on moto; what it took is handed on at once, as Lambda's poller would."""

    def __init__(self, wire: Wire, url: str, waiting: Any) -> None:
        self._wire, self._url, self._waiting = wire, url, waiting
        self._queue = SqsFeedbackQueue(url, wire.queues)

    def put(self, arrivals: Any) -> None:
        """Send them; what was sent before a fault is there all the same."""
        try:
            self._queue.put(arrivals)
        finally:
            self._wire.fuse.is_paused = True
            self._hand_on()
            self._wire.fuse.is_paused = False

    def _hand_on(self) -> None:
        client = self._wire.queues
        while messages := client.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            self._waiting.extend(read_arrival(one["Body"]) for one in messages)
            for one in messages:
                client.delete_message(QueueUrl=self._url, ReceiptHandle=one["ReceiptHandle"])


@dataclass(frozen=True, kw_only=True)
class End:
    """What stands at the end of the day, without moments and traces."""

    rows: Any
    emails: Any
    sms: Any


_numbers = itertools.count(1)


def day_on(wire: Wire, place: int | None = None, fault: Fault = Fault.DIES_BEFORE) -> End:
    """A short day in a fresh table: looks, an alarm, an answer, an edit, a deletion."""
    wire.fuse.is_paused = True
    name = f"sweep-{next(_numbers)}"
    create_table(wire.table, name)
    url = wire.queues.create_queue(QueueName=name)["QueueUrl"]
    # The same marks in every run: two runs differ by their fault alone.
    store = DynamoStore(name, wire.table, random=Random(1), sleep=lambda seconds: None)  # noqa: S311
    town = Town(Fuse())
    queue = ThroughSqs(wire, url, town.queues.feedback.waiting)
    town.services = replace(town.services, store=store, feedback_queue=queue)
    store.save_business(TOWN_BAKERY)
    for source in TOWN_BAKERY.sources:
        due = START if source.name == "sheet" else None
        state = SourceState(business_id="bakery", source=source.name, due=due)
        store.save_source(replace(state, looked_at=START, first_look_done=True))
    wire.fuse.reset(place, fault)
    wire.fuse.is_paused = False
    town.sheet.pages = ((row(1, "bad bread"), row(2, "good bread")),)
    town.survey("bad allergy after the nut cake")
    town.rest(2)
    town.press("critical", "act=acknowledge")
    now = town.clock.now
    edited = row(1, "good bread", updated_at=now)
    gone = row(2, "good bread", updated_at=now, is_deleted=True)
    town.queues.feedback.waiting.extend(
        Arrival(feedback=one, received_at=now, seen_since=now) for one in (edited, gone)
    )
    town.rest(2)
    wire.fuse.is_paused = True
    end = End(
        rows=plain(_rows(store)),
        emails=sorted(one.tag for one in town.outbox.emails),
        sms=set(town.texts()),
    )
    wire.table.delete_table(TableName=name)
    return end


def _rows(store: DynamoStore) -> dict[str, Any]:
    said = store.scored_between("bakery", "2000-01-01", "2100-01-01")
    incidents = store.incidents_of("bakery")
    told = [
        one
        for incident in incidents
        for one in store.notifications_of("bakery", incident.incident_id)
        if one.channel == "email"
    ]
    return {
        "feedback": {one.feedback.feedback_id: one for one in said},
        "deleted": store.find("bakery", [row(2, "").feedback_id]),
        "counts": store.counts("bakery", *EVER),
        "judged": sorted((one.feedback_id, one.change) for one in store.ledger("bakery")),
        "unjudged": store.unjudged("bakery", 10),
        "incidents": incidents,
        "told": told,
        "sheet": store.load_source("bakery", "sheet"),
    }


def sweep_on_moto(every: int) -> tuple[int, int, list[str]]:
    """Calls of the day, points that were tried (one in `every`), and where the end differs."""
    with wire() as wires:
        should = day_on(wires)
        calls = list(wires.fuse.calls)
        points = [(place, fault) for place in range(len(calls)) for fault in FAULTS][::every]
        return len(calls), len(points), list(_differing(wires, points, calls, should))


def _differing(
    wires: Wire, points: Iterable[Point], calls: list[str], should: End
) -> Iterator[str]:
    for place, fault in points:
        found = day_on(wires, place, fault)
        if (
            found.rows != should.rows
            or found.emails != should.emails
            or not found.sms <= should.sms
        ):
            where = [name for name in should.rows if found.rows[name] != should.rows[name]]
            yield f"call {place}, {calls[place]}, {fault}: {where or found.emails}"
