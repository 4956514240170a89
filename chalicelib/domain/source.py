"""What we know of one source between two looks: cursor, lease, health, and what it held last."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from chalicelib.domain.feedback import Feedback, feedback_id

# Ids and version hashes remembered per source, so that an overlap queues only what changed.
HELD_LIMIT = 500
# A pull may take its function's whole time-out (120 s); a second one starts no sooner.
PULL_LEASE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=6)
# No hex digit: what stands before it is a content hash.
ANSWERED = "+"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """One source's row.

    `looked_at` is the last look that succeeded (None before the first, whose feedback is
    history); `held` maps feedback id to what was held of it (see `held_as`), newest last;
    `failures` counts looks that
    failed in a row, `trouble` and `advice` say in words what is wrong and what to do.
    `failing_since` stays after a look that succeeded until nobody is told of trouble any more.
    """

    business_id: str
    source: str
    due: datetime | None = None
    cursor: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    held: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    looked_at: datetime | None = None
    first_look_done: bool = False
    newest_written_at: datetime | None = None
    lease_until: datetime | None = None
    failures: int = 0
    trouble: str | None = None
    advice: str | None = None
    failing_since: datetime | None = None
    version: int = 0

    @property
    def is_history(self) -> bool:
        """True until the first look at the source is complete."""
        return not self.first_look_done

    def is_new(self, feedback: Feedback) -> bool:
        """True when we hold another version of the feedback, or none, or one without its answer."""
        return self.held.get(feedback.feedback_id) != held_as(feedback)

    def dated(self, feedback: Feedback, now: datetime) -> Feedback:
        """An edit that the source does not date is dated by the look that found it.

        Without it the store could not tell the edit from the version before.
        """
        held = self.held.get(feedback.feedback_id)
        is_edit = held is not None and held.removesuffix(ANSWERED) != feedback.content_hash
        if not is_edit or feedback.updated_at > feedback.written_at:
            return feedback
        return replace(feedback, updated_at=now)


def held_as(feedback: Feedback) -> str:
    """What a source's row remembers of a feedback: its content hash, marked when it is answered.

    The mark makes an answer news, which is read once, and no edit of what the customer said.
    """
    return feedback.content_hash + (ANSWERED if feedback.answered_at is not None else "")


def remember(state: SourceState, feedback: tuple[Feedback, ...]) -> SourceState:
    """Hold these versions too; forget the oldest beyond the limit."""
    held = dict(state.held)
    newest = state.newest_written_at
    for said in feedback:
        key = feedback_id(said.source, said.external_id)
        held.pop(key, None)
        held[key] = held_as(said)
        if newest is None or said.written_at > newest:
            newest = said.written_at
    kept = dict(list(held.items())[-HELD_LIMIT:])
    return replace(state, held=MappingProxyType(kept), newest_written_at=newest)


def succeeded(
    state: SourceState,
    *,
    cursor: Mapping[str, object],
    is_complete: bool,
    now: datetime,
    every: timedelta | None = None,
) -> SourceState:
    """A page is queued: the cursor moves; a complete look is dated, ends all trouble, gives the
    lease back and, for a source that is looked at `every` so often, sets the next look."""
    if not is_complete:
        return replace(state, cursor=cursor)
    return replace(
        state,
        cursor=cursor,
        due=None if every is None else now + every - _ahead(every),
        lease_until=None,
        looked_at=now,
        first_look_done=True,
        failures=0,
        trouble=None,
        advice=None,
    )


def _ahead(every: timedelta) -> timedelta:
    """A look ends seconds after the tick that planned it. Due a little before the tick that is
    `every` later, it is planned then, and not a whole tick after."""
    return min(timedelta(minutes=1), every / 10)


def failed(
    state: SourceState, *, trouble: str, advice: str, now: datetime, retry_at: datetime
) -> SourceState:
    """The look failed: the cursor stays, the trouble is written down, the next look is set."""
    return replace(
        state,
        failures=state.failures + 1,
        trouble=trouble,
        advice=advice,
        failing_since=(state.failing_since or now) if state.failures else now,
        due=retry_at,
        lease_until=None,
    )


def pause_after(failures: int, every: timedelta) -> timedelta:
    """How long to wait after so many failures in a row: the interval, doubling, 6 h at most."""
    doubled: timedelta = every * 2 ** min(failures, 6)
    return min(doubled, max(LONGEST_PAUSE, every))
