"""Sessions, links that were used up, and each contact's "sign out everywhere" as rows, and back."""

from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.session import Session
from chalicelib.store import keys
from chalicelib.store.attributes import Row, make_row, plain_of
from chalicelib.store.names import SHORT_NAMES
from chalicelib.store.shapes import from_plain, to_plain

# A used link is told apart from an unknown one for as long as anybody may try it again.
USED_KEPT = timedelta(days=30)


def session_row(session: Session) -> Row:
    """A session by its cookie's hash; DynamoDB takes it away a day after it expired."""
    plain: dict[str, Any] = to_plain(session, Session, SHORT_NAMES)
    plain[keys.TTL] = int((session.expires_at + timedelta(days=1)).timestamp())
    return make_row(keys.session_key(session.token_hash), plain)


def session_from(row: Row) -> Session:
    """What `session_row` wrote."""
    session: Session = from_plain(plain_of(row), Session, SHORT_NAMES)
    return session


def used_row(link_hash: str, session: Session) -> Row:
    """That a link was used up by this session."""
    gone_at = int((session.begun_at + USED_KEPT).timestamp())
    return make_row(keys.used_link_key(link_hash), {"by": session.token_hash, keys.TTL: gone_at})


def epoch_row(business_id: str, contact: str, epoch: int, since: datetime) -> Row:
    """How often a contact signed out everywhere."""
    told = {"epoch": epoch, "since": since.isoformat()}
    return make_row(keys.epoch_key(business_id, contact), told)
