"""Replies as rows, and back. DynamoDB takes a row away when the words it answers are gone."""

from typing import Any

from chalicelib.domain.clock import to_text
from chalicelib.domain.reply import Reply
from chalicelib.store import keys
from chalicelib.store.attributes import Row, make_row, plain_of
from chalicelib.store.keys import Shard
from chalicelib.store.names import SHORT_NAMES
from chalicelib.store.shapes import from_plain, to_plain


def reply_row(reply: Reply) -> Row:
    """A reply; in the due index while it is approved and waits to be posted."""
    plain: dict[str, Any] = to_plain(reply, Reply, SHORT_NAMES)
    if reply.keep_until is not None:
        plain[keys.TTL] = int(reply.keep_until.timestamp())
    if reply.is_waiting and reply.due is not None:
        plain |= {keys.DUE_SHARD: Shard.REPLY.value, keys.DUE: to_text(reply.due)}
    return make_row(keys.reply_key(reply.business_id, reply.feedback_id), plain)


def reply_from(row: Row) -> Reply:
    """What `reply_row` wrote."""
    reply: Reply = from_plain(plain_of(row), Reply, SHORT_NAMES)
    return reply
