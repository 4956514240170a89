"""The faults, each at a seam of the town; no file of the product is touched."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from chalicelib.domain.alert import Email, Notification, mark_sent
from chalicelib.domain.concern import Concern
from chalicelib.domain.feedback import Arrival, ScoredFeedback
from chalicelib.domain.incident import Incident
from chalicelib.domain.judging import JudgeState, Unjudged
from chalicelib.domain.source import SourceState
from chalicelib.store import rules
from chalicelib.store.memory import MemoryStore
from proofs.town.faults import CallFailed, Fuse, Wired
from proofs.town.town import Seams, Town


class MarksBeforeItSends:
    """E-mail: the notification is marked as sent, and then the mail goes out."""

    def __init__(self, town: Town, channel: Any) -> None:
        self._town, self._channel = town, channel

    def send(self, email: Email) -> str:
        """Mark and send."""
        business_id, _, name = email.tag.partition("/")
        store, fuse = self._town.store, self._town.fuse
        found = store.find_notification(business_id, name.partition(".")[0], name)
        if found is not None:
            marked = mark_sent(found, "marked", self._town.clock.now)
            fuse.call("planted mark", partial(store.save_notification, marked))
        sent: str = fuse.call("OutboxEmail.send", partial(self._channel.send, email))
        return sent


class SwallowsRefusals:
    """E-mail: what the provider refuses counts as sent."""

    def __init__(self, town: Town, channel: Any) -> None:
        self._fuse, self._channel = town.fuse, channel

    def send(self, email: Email) -> str:
        """Send, whatever comes of it."""
        try:
            sent: str = self._fuse.call("OutboxEmail.send", partial(self._channel.send, email))
        except CallFailed:
            return "surely sent"
        return sent


class TwoWrites(Wired):
    """Store: the incident in one write, what tells of it in the next."""

    def __init__(self, store: MemoryStore, fuse: Fuse) -> None:
        super().__init__(store, fuse)
        self._store, self._line = store, fuse

    def commit_judged(
        self,
        state: JudgeState,
        judged: Sequence[Unjudged],
        incidents: Sequence[Incident],
        notifications: Sequence[Notification],
    ) -> None:
        """The judgement, then the outbox."""
        judge = partial(self._store.commit_judged, state, judged, incidents, ())
        self._line.call("MemoryStore.commit_judged", judge)
        self._write(notifications)

    def save_incident(
        self, incident: Incident, notifications: Sequence[Notification], **beside: Any
    ) -> None:
        """The incident, then the outbox."""
        save = partial(self._store.save_incident, incident, (), **beside)
        self._line.call("MemoryStore.save_incident", save)
        self._write(notifications)

    def _write(self, notifications: Sequence[Notification]) -> None:
        for one in notifications:
            self._line.call("planted outbox", partial(self._write_one, one))

    def _write_one(self, one: Notification) -> None:
        place = (one.business_id, one.incident_id, one.notification_id)
        if self._store.find_notification(*place) is None:
            self._store.save_notification(one)


_POSTPONED: WeakKeyDictionary[Fuse, list[Arrival]] = WeakKeyDictionary()


class QueueLater(Wired):
    """Queue: what a look brought waits in the process until the cursor has moved."""

    def __init__(self, queue: Any, fuse: Fuse) -> None:
        super().__init__(queue, fuse)
        self._queue, self._line = queue, fuse

    def put(self, arrivals: Sequence[Arrival]) -> None:
        """Keep it; a survey's answer goes on at once."""
        if any(one.delivery_id for one in arrivals):
            self._line.call("MemoryFeedbackQueue.put", partial(self._queue.put, arrivals))
        else:
            _POSTPONED[self._line] = [*arrivals]


class CursorFirst(Wired):
    """Store: the cursor moves, and then the queue gets what the look brought."""

    def __init__(self, store: MemoryStore, fuse: Fuse) -> None:
        super().__init__(store, fuse)
        self._store, self._line = store, fuse
        self.queue: Any = None

    def load_source(self, business_id: str, source: str) -> SourceState | None:
        """Where a new process begins: it knows nothing of what an older one kept."""
        _POSTPONED.pop(self._line, None)
        load = partial(self._store.load_source, business_id, source)
        found: SourceState | None = self._line.call("MemoryStore.load_source", load)
        return found

    def save_source(self, state: SourceState) -> SourceState:
        """Move it, then queue."""
        save = partial(self._store.save_source, state)
        saved: SourceState = self._line.call("MemoryStore.save_source", save)
        kept = _POSTPONED.pop(self._line, None)
        if kept and self.queue is not None:
            self._line.call("MemoryFeedbackQueue.put", partial(self.queue.put, kept))
        return saved


def cursor_first() -> Seams:
    """The cursor moves before the queue has what was read."""
    stores: WeakKeyDictionary[Fuse, CursorFirst] = WeakKeyDictionary()

    def wired_store(store: MemoryStore, fuse: Fuse) -> CursorFirst:
        stores[fuse] = CursorFirst(store, fuse)
        return stores[fuse]

    def wired_queue(queue: Any, fuse: Fuse) -> QueueLater:
        stores[fuse].queue = queue
        return QueueLater(queue, fuse)

    return Seams(store=wired_store, queue=wired_queue)


class SeparateCounter(Wired):
    """Store: the row in one write, its counts in the next."""

    def __init__(self, store: MemoryStore, fuse: Fuse) -> None:
        super().__init__(store, fuse)
        self._store, self._line = store, fuse

    def store(
        self,
        scored: ScoredFeedback,
        previous: ScoredFeedback | None,
        unjudged: Unjudged,
        *,
        delivery_id: str | None = None,
    ) -> None:
        """The row, then the counts."""
        memory = self._store
        before = {
            owner: {row: row_counts.copy() for row, row_counts in rows.items()}
            for owner, rows in memory._counts.items()
        }

        def row_alone() -> Any:
            memory.store(scored, previous, unjudged, delivery_id=delivery_id)
            after, memory._counts = memory._counts, before
            return after

        after = self._line.call("MemoryStore.store", row_alone)
        self._line.call("planted counter", partial(setattr, memory, "_counts", after))


class LastWriterWins(MemoryStore):
    """Memory: a feedback is written over whatever is there."""

    def store(
        self,
        scored: ScoredFeedback,
        previous: ScoredFeedback | None,
        unjudged: Unjudged,
        *,
        delivery_id: str | None = None,
    ) -> None:
        """Write as though nobody else had written."""
        key = (scored.feedback.business_id, scored.feedback.feedback_id)
        if previous is None:
            self._feedback.pop(key, None)
        else:
            self._feedback[key] = previous
        super().store(scored, previous, unjudged, delivery_id=delivery_id)


class LastArrivalWins(MemoryStore):
    """Memory: what comes in last is kept, whatever its version."""

    def find(self, business_id: str, feedback_ids: Iterable[str]) -> dict[str, ScoredFeedback]:
        """Nothing is known to whoever asks before storing."""
        return {}

    def store(
        self,
        scored: ScoredFeedback,
        previous: ScoredFeedback | None,
        unjudged: Unjudged,
        *,
        delivery_id: str | None = None,
    ) -> None:
        """Write it over what is there."""
        scored = rules.at_rest(scored)
        owner, key = scored.feedback.business_id, scored.feedback.feedback_id
        stored = self._feedback.pop((owner, key), None)
        if stored is not None:
            self._days[owner, stored.day].discard(key)
            for row, steps in rules.count_steps(
                replace(scored, feedback=replace(scored.feedback, is_deleted=True)), stored
            ).items():
                self._counts[owner][row].update(steps)
        super().store(scored, None, unjudged, delivery_id=delivery_id)


class JudgesBlindly(MemoryStore):
    """Memory: the detector's state is written whatever its version."""

    def commit_judged(
        self,
        state: JudgeState,
        judged: Sequence[Unjudged],
        incidents: Sequence[Incident],
        notifications: Sequence[Notification],
    ) -> None:
        """Write what was worked out, from whatever it was worked out."""
        now = self.load_judge(state.business_id)
        # By their names: what is judged may say more than what waited (`counts_as`).
        waiting = self.unjudged(state.business_id, 10_000)
        there = {(one.feedback_id, one.version) for one in waiting}
        super().commit_judged(
            replace(state, version=now.version, sequence=now.sequence + 1),
            [one for one in judged if (one.feedback_id, one.version) in there],
            incidents,
            notifications,
        )


class ClaimsBlindly(MemoryStore):
    """Memory: whoever wants to send a notification may."""

    def save_notification(self, notification: Notification) -> Notification:
        """Write it over what is there."""
        found = self.find_notification(
            notification.business_id, notification.incident_id, notification.notification_id
        )
        return super().save_notification(
            replace(notification, version=found.version if found else 0)
        )


@dataclass(frozen=True, kw_only=True)
class Planted:
    """How to plant a fault, and where it can show: calls of the week, or a meeting's name."""

    seams: Callable[[], Seams]
    shows_at: tuple[str, ...]


class ForgetsConcernsFirst(Wired):
    """Store: what may lead to a case is gone as soon as somebody has read it."""

    def __init__(self, store: MemoryStore, fuse: Fuse) -> None:
        super().__init__(store, fuse)
        self._store, self._line = store, fuse

    def concerns(self, business_id: str, limit: int) -> list[Concern]:
        """Read and forget."""
        read = partial(self._store.concerns, business_id, limit)
        found: list[Concern] = self._line.call("MemoryStore.concerns", read)
        for concern in found:
            self._store.drop_concern(concern)
        return found


IN_THE_SWEEP: dict[str, Planted] = {
    "marked before it is sent": Planted(
        seams=lambda: Seams(email=MarksBeforeItSends), shows_at=("planted mark", "OutboxEmail.send")
    ),
    "incident and outbox in two writes": Planted(
        seams=lambda: Seams(store=TwoWrites), shows_at=("planted outbox", ".commit_judged")
    ),
    "cursor before the queue": Planted(
        seams=cursor_first, shows_at=("MemoryFeedbackQueue.put", ".save_source")
    ),
    "deleted from the queue before it is stored": Planted(
        seams=lambda: Seams(deletes_first=True), shows_at=("MemoryStore.store",)
    ),
    "counted in a write of its own": Planted(
        seams=lambda: Seams(store=SeparateCounter), shows_at=("planted counter",)
    ),
    "a refusal taken for a success": Planted(
        seams=lambda: Seams(email=SwallowsRefusals), shows_at=("OutboxEmail.send",)
    ),
    "a concern forgotten before it is acted on": Planted(
        seams=lambda: Seams(store=ForgetsConcernsFirst),
        shows_at=("MemoryStore.concerns", ".save_case"),
    ),
}
IN_THE_INTERLEAVING: dict[str, Planted] = {
    "no version check when storing": Planted(
        seams=lambda: Seams(memory=LastWriterWins), shows_at=("same_batch",)
    ),
    "no version check when judging": Planted(
        seams=lambda: Seams(memory=JudgesBlindly), shows_at=("neighbours",)
    ),
    "no version check when claiming": Planted(
        seams=lambda: Seams(memory=ClaimsBlindly), shows_at=("two_watches",)
    ),
}
IN_THE_PERMUTATIONS: dict[str, type[MemoryStore]] = {"the last arrival wins": LastArrivalWins}
