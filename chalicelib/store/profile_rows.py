"""What customers are known by, and the voices of each trace, as rows, and back.

All rows of a trace share a partition: what is known of it, and one row a voice. DynamoDB takes each
away when the words behind it have outlived their purpose.
"""

from datetime import datetime
from typing import Any

from chalicelib.domain.clock import to_text
from chalicelib.domain.profile import Known
from chalicelib.store import keys
from chalicelib.store.attributes import Row, make_row, plain_of
from chalicelib.store.names import SHORT_NAMES
from chalicelib.store.shapes import from_plain, to_plain

FEEDBACK = "feedback"


def known_row(known: Known) -> Row:
    """A trace; listed by when it was last heard."""
    plain: dict[str, Any] = to_plain(known, Known, SHORT_NAMES)
    plain[keys.LIST_PARTITION] = keys.heard_partition(known.business_id)
    plain[keys.LIST_SORT] = f"{to_text(known.heard_at)}#{known.trace}"
    plain[keys.TTL] = int(known.keep_until.timestamp())
    return make_row(keys.known_key(known.business_id, known.trace), plain)


def known_from(row: Row) -> Known:
    """What `known_row` wrote."""
    known: Known = from_plain(plain_of(row), Known, SHORT_NAMES)
    return known


def voice_row(
    business_id: str, trace: str, feedback_id: str, heard_at: datetime, keep_until: datetime
) -> Row:
    """That a voice carried a trace."""
    key = keys.known_voice_key(business_id, trace, to_text(heard_at), feedback_id)
    return make_row(key, {FEEDBACK: feedback_id, keys.TTL: int(keep_until.timestamp())})
