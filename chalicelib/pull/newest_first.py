"""The cursor of sources that list the newest first: old mark, pending mark, page token.

The old mark says how far we have seen; the pending mark is the newest of page one and becomes the
old mark once a walk reaches it; the token is the page to go on with. A walk that stops early goes
on at its token, and a token that the site no longer knows starts the walk again from its top, with
the old mark still in place: nothing between is missed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.clock import from_text, to_text
from chalicelib.domain.errors import SourceContractError
from chalicelib.domain.feedback import Feedback

# How far below the mark a walk reads on: what was written at the same time, or shown late.
OVERLAP = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """One way from the newest page down to the mark. A mark is a time or an id, as text."""

    mark: str | None = None
    pending: str | None = None
    token: str | None = None
    restarted: str | None = None

    @property
    def is_complete(self) -> bool:
        """True once a walk reached its end; a restarted one has its way before it."""
        return self.token is None and self.restarted is None

    def after_page(self, *, newest: str | None, token: str | None, reached_mark: bool) -> "Walk":
        """The walk after a page whose newest feedback bears `newest`.

        `token` is the page that follows, if any. Raises SourceContractError when the site names
        the page it just gave, which would go on for ever.
        """
        pending = self.pending or newest
        if token and not reached_mark:
            if token == self.token:
                raise SourceContractError(
                    "the source names the same page again as the next one",
                    advice="Nothing to do unless it lasts; then look for a newer Heedful.",
                )
            return replace(self, pending=pending, token=token)
        return Walk(mark=pending or self.mark)

    def restart(self, now: datetime) -> "Walk | None":
        """The walk from its top, because its token is no longer known; None when that was tried
        in this very look already."""
        if self.token is None or self.restarted == to_text(now):
            return None
        return Walk(mark=self.mark, restarted=to_text(now))

    def to_cursor(self) -> dict[str, str]:
        """What `walk_from` reads."""
        parts = {
            "mark": self.mark,
            "pending": self.pending,
            "token": self.token,
            "restarted": self.restarted,
        }
        return {name: value for name, value in parts.items() if value is not None}


def walk_from(cursor: Any) -> Walk:
    """The walk that `to_cursor` wrote; a fresh one of anything else."""
    if not isinstance(cursor, Mapping):
        return Walk()
    parts = {name: cursor.get(name) for name in ("mark", "pending", "token", "restarted")}
    return Walk(**{name: str(value) for name, value in parts.items() if value})


def stream_at(cursor: Mapping[str, object], streams: Sequence[str]) -> str:
    """Which of a source's streams the cursor stands in; the first when it stands in none."""
    at = str(cursor.get("at"))
    return at if at in streams else streams[0]


def walk_of(cursor: Mapping[str, object], stream: str) -> Walk:
    """The walk of one stream."""
    walks = cursor.get("walks")
    return walk_from(walks.get(stream) if isinstance(walks, Mapping) else None)


def move_on(
    cursor: Mapping[str, object], streams: Sequence[str], at: str, walk: Walk
) -> tuple[dict[str, Any], bool]:
    """The cursor after a page of the stream `at`, and whether all streams have been seen."""
    walks = cursor.get("walks")
    held = dict(walks) if isinstance(walks, Mapping) else {}
    moved = {name: value for name, value in cursor.items() if name != "at"}
    moved["walks"] = {**held, at: walk.to_cursor()}
    following = [*streams][streams.index(at) + 1 :] if walk.is_complete else [at]
    if following:
        moved["at"] = following[0]
    return moved, not following


def changed_at(feedback: Feedback) -> datetime:
    """What a page is ordered by when an edit moves to its top."""
    return feedback.updated_at


def written_at(feedback: Feedback) -> datetime:
    """What a page is ordered by when an edit stays in its place."""
    return feedback.written_at


def above_mark(
    said: Sequence[Feedback],
    mark: str | None,
    *,
    by: Callable[[Feedback], datetime] = changed_at,
    overlap: timedelta = OVERLAP,
) -> tuple[list[Feedback], bool]:
    """Of an ordered page: what lies above the mark or within the overlap below it, and whether
    the page reached further down than that."""
    if mark is None:
        return list(said), False
    oldest = from_text(mark) - overlap
    fresh = [one for one in said if by(one) >= oldest]
    return fresh, len(fresh) < len(said)


def with_answered(fresh: Sequence[Feedback], said: Sequence[Feedback]) -> list[Feedback]:
    """Of an ordered page: what is fresh, and below that what the owner has answered: an answer
    moves nothing up, and what was noted of it already is queued by nobody."""
    taken = {one.external_id for one in fresh}
    return [one for one in said if one.external_id in taken or one.answered_at is not None]


def newest_of(
    said: Sequence[Feedback], *, by: Callable[[Feedback], datetime] = changed_at
) -> str | None:
    """The mark of an ordered page."""
    return to_text(max(by(one) for one in said)) if said else None
