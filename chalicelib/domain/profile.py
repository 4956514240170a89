"""Profiles: what one customer said over time, under all that they are known by.

A customer is known by traces (keyed hashes of an author id, an order, an address); two traces are
the same person when a tie holds between them. A tie is made by one voice that carried both, or by
somebody's hand, and may be parted: nothing is merged into anything, so parting is exact.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.comparison import Interval
from chalicelib.domain.sentiment import Emotion

# Nobody is known by more; a chain of ties that goes on is a shared till, not a person.
MOST_TRACES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """That another trace is the same person: since when, and by whom ("" when one voice carried
    both). A tie that was parted stays, so that no later voice mends what somebody parted."""

    other: str
    since: datetime
    by: str = ""
    parted_by: str = ""

    @property
    def holds(self) -> bool:
        """False once somebody parted the two."""
        return not self.parted_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One trace that voices carried: the newest of them (`feedback_id`, heard at `heard_at`), until
    when any of them may be read, and its ties. The other trace of a tie holds its mirror."""

    business_id: str
    trace: str
    feedback_id: str
    heard_at: datetime
    keep_until: datetime
    ties: tuple[Tie, ...] = ()
    version: int = 0

    def tie_to(self, other: str) -> Tie | None:
        """The tie to that trace, parted or not."""
        return next((one for one in self.ties if one.other == other), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileFigures:
    """What voices of one customer add up to. `negative` is the share of those that were read, None
    below `digest.FEWEST` of them; `read` counts these. `consented` is how many came with consent.
    """

    n: int
    read: int
    unhappy: int
    negative: Interval | None
    consented: int
    sources: tuple[tuple[str, int], ...]
    emotions: tuple[tuple[Emotion, int], ...]
    topics: tuple[tuple[str, int], ...]


def heard(
    known: Known | None,
    *,
    business_id: str,
    trace: str,
    feedback_id: str,
    heard_at: datetime,
    keep_until: datetime,
) -> Known:
    """The trace after one more voice. The same voice twice changes nothing."""
    if known is None:
        return Known(
            business_id=business_id,
            trace=trace,
            feedback_id=feedback_id,
            heard_at=heard_at,
            keep_until=keep_until,
        )
    is_newer = (heard_at, feedback_id) > (known.heard_at, known.feedback_id)
    return replace(
        known,
        feedback_id=feedback_id if is_newer else known.feedback_id,
        heard_at=max(heard_at, known.heard_at),
        keep_until=max(keep_until, known.keep_until),
    )


def tied_by_voice(one: Known, other: Known, at: datetime) -> tuple[Known, Known]:
    """Both with a tie between them, because one voice carried both; a tie that is there already,
    also a parted one, stays as it is."""
    if one.tie_to(other.trace) is not None:
        return one, other
    return _with_tie(one, other, Tie(other=other.trace, since=at))


def tied_by_hand(one: Known, other: Known, by: str, at: datetime) -> tuple[Known, Known]:
    """Both with a tie that holds, because somebody says that they are the same person. Raises
    ValueError for a trace and itself."""
    if one.trace == other.trace:
        raise ValueError("a trace is tied to itself")
    tie = one.tie_to(other.trace)
    if tie is not None and tie.holds:
        return one, other
    return _with_tie(one, other, Tie(other=other.trace, since=at, by=by))


def parted(one: Known, other: Known, by: str) -> tuple[Known, Known]:
    """Both with the tie between them parted; without one, or a second time, nothing changes."""
    tie = one.tie_to(other.trace)
    if tie is None or not tie.holds:
        return one, other
    return _with_tie(one, other, replace(tie, parted_by=by))


def without_ties_to(known: Known, gone: Iterable[str]) -> Known:
    """The trace without what it knew of others that are no more."""
    left = set(gone)
    return replace(known, ties=tuple(one for one in known.ties if one.other not in left))


def same_person(
    start: str, load: Callable[[Iterable[str]], Mapping[str, Known]]
) -> tuple[Known, ...]:
    """All traces of the person, by trace: those that ties which hold lead to, however far.

    `load` reads traces at once. Empty when there is no such trace.
    """
    found: dict[str, Known] = {}
    wanted = {start}
    while wanted and len(found) < MOST_TRACES:
        loaded = load(sorted(wanted)[: MOST_TRACES - len(found)])
        found |= loaded
        ahead = {tie.other for one in loaded.values() for tie in one.ties if tie.holds}
        wanted = ahead - found.keys()
    return tuple(found[trace] for trace in sorted(found))


def _with_tie(one: Known, other: Known, tie: Tie) -> tuple[Known, Known]:
    mirror = replace(tie, other=one.trace)
    return _put(one, tie), _put(other, mirror)


def _put(known: Known, tie: Tie) -> Known:
    others = tuple(one for one in known.ties if one.other != tie.other)
    return replace(known, ties=tuple(sorted((*others, tie), key=lambda each: each.other)))
