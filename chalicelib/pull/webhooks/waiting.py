"""Responses of which a webhook brought only the id: written down, then fetched one by one.

The ids wait in the source's row, so that neither a crash nor a day of the tool's rate limit loses
one; an id leaves the row only behind its queued answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.errors import (
    FeedbackRefused,
    HeedfulError,
    SourceContractError,
    SourceError,
    SourceUnavailable,
)
from chalicelib.domain.feedback import Feedback, Page
from chalicelib.domain.source import SourceState
from chalicelib.pull.look import in_our_words

# A row holds 400 kB, and an id at most 130 characters.
WAITING_LIMIT = 1_000
# A response that its tool does not know is looked for again: the call may be faster than the tool's
# own storage. After so many looks it is gone for good.
LOOKS = 3
# An answer that nobody can understand holds up no other either, and is kept for about a week: the
# tool may mend it, or we.
LOOKS_AT_BROKEN = 30

FetchOne = Callable[[str], Feedback | None]


class NotThere(HeedfulError):
    """The tool knows no response of that id."""


def waiting_in(state: SourceState) -> list[str]:
    """The ids that wait in a source's row, oldest first."""
    return _ids(state.cursor)


def with_waiting(state: SourceState, ids: Sequence[str], now: datetime) -> SourceState:
    """The row with these ids too, due at once. What a webhook announces is never history."""
    waiting = list(dict.fromkeys([*waiting_in(state), *ids]))
    return replace(
        state,
        cursor={**state.cursor, "waiting": waiting},
        due=now,
        looked_at=None,
        first_look_done=True,
    )


class WaitingResponses:
    """A source whose pages are single responses that wait to be fetched.

    `fetch_one` gives None for a response without answers, and raises NotThere, FeedbackRefused or a
    SourceError.
    """

    def __init__(self, fetch_one: FetchOne, tool: str) -> None:
        self._fetch_one = fetch_one
        self._tool = tool
        self._missed: dict[str, SourceError] = {}

    def fetch(self, cursor: Mapping[str, object]) -> Page:
        """The oldest that waits. One that cannot be had goes to the end; when only such ones are
        left, raises the SourceError of the first."""
        waiting, looks = _ids(cursor), _looks(cursor)
        if not waiting:
            return Page(feedback=(), cursor={}, is_complete=True)
        first, rest = waiting[0], waiting[1:]
        if first in self._missed:
            raise self._missed[first]
        try:
            with in_our_words(self._tool):
                found = self._fetch_one(first)
        except NotThere:
            self._missed[first] = SourceUnavailable(
                f"{self._tool} does not know {len(waiting)} response(s) that it announced",
                advice="Nothing to do: they are looked for again.",
            )
            return _later(first, rest, looks, LOOKS)
        except SourceContractError as error:
            self._missed[first] = error
            return _later(first, rest, looks, LOOKS_AT_BROKEN)
        except FeedbackRefused:
            return _page((), rest, looks, refused=1)
        return _page(() if found is None else (found,), rest, looks)


def _later(first: str, rest: list[str], looks: dict[str, int], most: int) -> Page:
    """To the end of those that wait, or away after so many looks."""
    looks[first] = looks.get(first, 0) + 1
    if looks[first] < most:
        return _page((), [*rest, first], looks)
    return _page((), rest, looks, refused=1)


def _page(
    found: tuple[Feedback, ...], waiting: list[str], looks: Mapping[str, int], refused: int = 0
) -> Page:
    kept = {one: looks[one] for one in waiting if one in looks}
    cursor: dict[str, object] = {"waiting": waiting, "looks": kept} if waiting else {}
    return Page(feedback=found, cursor=cursor, is_complete=not waiting, refused=refused)


def _ids(cursor: Mapping[str, object]) -> list[str]:
    waiting = cursor.get("waiting")
    return [str(one) for one in waiting] if isinstance(waiting, list) else []


def _looks(cursor: Mapping[str, object]) -> dict[str, int]:
    looks = cursor.get("looks")
    return dict(looks) if isinstance(looks, Mapping) else {}
