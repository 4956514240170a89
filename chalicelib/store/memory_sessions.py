"""Sessions of the store's twin in memory."""

from chalicelib.domain.audit import Act
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.session import Session
from chalicelib.store.memory_cases import MemoryCases


class MemorySessions(MemoryCases):
    """Implements `ports.SessionStore` without any outside."""

    def __init__(self) -> None:
        super().__init__()
        self._sessions: dict[str, Session] = {}
        self._used_links: set[str] = set()
        self._epochs: dict[tuple[str, str], int] = {}

    def begin_session(self, session: Session, link_hash: str, act: Act) -> None:
        """See `ports.SessionStore`."""
        if link_hash in self._used_links:
            raise ConflictError("the link was used before")
        self._used_links.add(link_hash)
        self._sessions[session.token_hash] = session
        self.save_act(act)

    def find_session(self, token_hash: str) -> Session | None:
        """See `ports.SessionStore`."""
        return self._sessions.get(token_hash)

    def session_epoch(self, business_id: str, contact: str) -> int:
        """See `ports.SessionStore`."""
        return self._epochs.get((business_id, contact), 0)

    def end_sessions(self, business_id: str, contact: str, epoch: int, act: Act) -> None:
        """See `ports.SessionStore`."""
        if self.session_epoch(business_id, contact) == epoch:
            self._epochs[business_id, contact] = epoch + 1
            self.save_act(act)
