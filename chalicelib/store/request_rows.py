"""Requests of people as rows, and back.

An open one is listed among the open of its business by the day the law wants an answer; all lie in
one partition by the day they came in.
"""

from typing import Any

from chalicelib.domain.clock import to_text
from chalicelib.domain.request import PersonRequest
from chalicelib.store import keys
from chalicelib.store.attributes import Row, make_row, plain_of
from chalicelib.store.keys import Shard
from chalicelib.store.names import SHORT_NAMES
from chalicelib.store.shapes import from_plain, to_plain


def request_row(request: PersonRequest) -> Row:
    """A request; in the due index while somebody is to be told or its words are to go."""
    plain: dict[str, Any] = to_plain(request, PersonRequest, SHORT_NAMES)
    if request.is_open:
        plain[keys.LIST_PARTITION] = keys.open_requests_partition(request.business_id)
        plain[keys.LIST_SORT] = f"{request.due_day}#{request.request_id}"
    if request.look_at is not None:
        plain |= {keys.DUE_SHARD: Shard.REQUEST.value, keys.DUE: to_text(request.look_at)}
    return make_row(keys.request_key(request.business_id, request.request_id), plain)


def request_from(row: Row) -> PersonRequest:
    """What `request_row` wrote."""
    request: PersonRequest = from_plain(plain_of(row), PersonRequest, SHORT_NAMES)
    return request
