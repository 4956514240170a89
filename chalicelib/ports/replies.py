"""Replies to customers: where they are kept, and who takes an approved one to its site."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from chalicelib.domain.audit import Act
from chalicelib.domain.feedback import Feedback
from chalicelib.domain.reply import Reply
from chalicelib.ports.outside import PullContext


class ReplyStore(Protocol):
    """One row per answered feedback: the draft, who approved it, and what became of it."""

    def load_reply(self, business_id: str, feedback_id: str) -> Reply | None:
        """The reply, or None before anybody touched the draft."""
        ...

    def save_reply(self, reply: Reply, act: Act | None = None) -> Reply:
        """Both in one transaction, if the stored version is still `reply.version` (0: there is
        none); returns the next. Raises ConflictError."""
        ...

    def due_replies(self, now: datetime, limit: int) -> list[tuple[str, str]]:
        """(business id, feedback id) of approved replies due at or before now, longest waiting
        first. The list may lag a moment behind."""
        ...

    def replies_of(self, business_id: str) -> list[Reply]:
        """All of a business, by feedback id: for the command line and an erasure."""
        ...

    def forget_reply(self, business_id: str, feedback_id: str) -> None:
        """Take it away with every word; doing it twice is doing it once."""
        ...


class Poster(Protocol):
    """The way into one site for a reply that a person approved: one module of `pull/posting`.

    Only `flow.posting` calls it.
    """

    def post(self, feedback: Feedback, reply: Reply) -> str | None:
        """Post it once, however often it is asked, and give the site's id of it. Raises a
        SourceError; ReplyRefused when a person must look."""
        ...


BuildPoster = Callable[[PullContext], Poster]
