"""One look at one source: page after page, and the cursor only moves behind what is queued."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.errors import HeedfulError, SourceContractError, kind_and_place
from chalicelib.domain.feedback import Arrival, Feedback
from chalicelib.domain.source import SourceState, remember, succeeded
from chalicelib.ports import FeedbackQueue, FeedbackSource, SourceStore

# A page may take a source's whole time-out; with less than this left no new one is begun.
SECONDS_TO_STOP = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PullReport:
    """One look at one source: pages and feedback read, queued, refused, and what went wrong."""

    business_id: str
    source: str
    pages: int = 0
    read: int = 0
    queued: int = 0
    refused: int = 0
    is_complete: bool = False
    trouble: str | None = None


def look_at(
    source: FeedbackSource,
    state: SourceState,
    *,
    store: SourceStore,
    queue: FeedbackQueue,
    redact: Callable[[Feedback], Feedback],
    every: timedelta | None,
    now: datetime,
    seconds_left: Callable[[], float],
) -> PullReport:
    """Read from the cursor until the source is seen whole or time runs out.

    A page is queued first; then the cursor moves and the row remembers what it held, so that an
    overlap queues only what is unseen or changed; what a source edits without a date gets this
    look's. Raises a SourceError, or ConflictError when another look at the same source was faster.
    """
    is_history, seen_since = state.is_history, state.looked_at
    pages = read = queued = refused = 0
    while True:
        with in_our_words(state.source):
            page = source.fetch(state.cursor)
        if page.is_empty_suspect:
            raise SourceContractError(
                f"{state.source} answers empty where it used to have feedback",
                advice="Open the source and see whether the feedback is still there.",
            )
        said = tuple(state.dated(redact(one), now) for one in page.feedback)
        fresh = tuple(one for one in said if state.is_new(one))
        if fresh:
            queue.put([_arrival(one, now, seen_since, is_history) for one in fresh])
        is_last = page.is_complete or seconds_left() < SECONDS_TO_STOP
        state = succeeded(
            state, cursor=page.cursor, is_complete=page.is_complete, now=now, every=every
        )
        if is_last and not page.is_complete:
            # Time is up: the next plan goes on from this cursor.
            state = replace(state, due=now, lease_until=None)
        state = store.save_source(remember(state, said))
        pages, read = pages + 1, read + len(said)
        queued, refused = queued + len(fresh), refused + page.refused
        if is_last:
            return PullReport(
                business_id=state.business_id,
                source=state.source,
                pages=pages,
                read=read,
                queued=queued,
                refused=refused,
                is_complete=page.is_complete,
            )


@contextmanager
def in_our_words(source: str) -> Iterator[None]:
    """What a source's module did not foresee is that source's trouble all the same: it is written
    down and told, and does not die unheard in a queue."""
    try:
        yield
    except HeedfulError:
        raise
    except Exception as error:
        raise SourceContractError(
            f"{source} cannot be understood ({kind_and_place(error)})",
            advice="Look whether its address or its form has changed.",
        ) from error


def _arrival(
    feedback: Feedback, now: datetime, seen_since: datetime | None, is_history: bool
) -> Arrival:
    return Arrival(feedback=feedback, received_at=now, seen_since=seen_since, is_history=is_history)
