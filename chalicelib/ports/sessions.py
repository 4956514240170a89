"""Who is signed in on which browser."""

from typing import Protocol

from chalicelib.domain.audit import Act
from chalicelib.domain.session import Session


class SessionStore(Protocol):
    """Sessions by their cookie's hash, and how often each contact signed out everywhere."""

    def begin_session(self, session: Session, link_hash: str, act: Act) -> None:
        """In one transaction: the link is used up, the session is there, the act is noted.

        Raises ConflictError when the link was used before.
        """
        ...

    def find_session(self, token_hash: str) -> Session | None:
        """The session, or None; an expired one may still be found."""
        ...

    def session_epoch(self, business_id: str, contact: str) -> int:
        """How often this contact signed out everywhere."""
        ...

    def end_sessions(self, business_id: str, contact: str, epoch: int, act: Act) -> None:
        """Every session of this contact that began in that epoch or before is over, and the act is
        noted. Whoever is too late changes nothing: the sessions ended."""
        ...
