"""What the two queues carry, as text: versioned, so that an old message in a dead-letter queue is
refused by name instead of misread."""

import json
from typing import Any

from chalicelib.domain.errors import FeedbackRefused
from chalicelib.domain.feedback import Arrival
from chalicelib.store.shapes import ShapeError, from_plain, to_plain

ENVELOPE_VERSION = 1


def write_arrival(arrival: Arrival) -> str:
    """`{"v":1,"arrival":{…}}` with the domain's own field names; what is default is left out."""
    # ASCII only: SQS refuses some characters that customers may write.
    return _to_text("arrival", to_plain(arrival, Arrival, {}))


def read_arrival(text: str) -> Arrival:
    """What `write_arrival` wrote. Raises FeedbackRefused naming the field, never its words."""
    try:
        arrival: Arrival = from_plain(_from_text("arrival", text), Arrival, {}, "arrival")
    except ShapeError as error:
        raise FeedbackRefused(f"not understood: {error}", field=error.place) from None
    return arrival


def write_pull(business_id: str, source: str) -> str:
    """One look at one source: `{"v":1,"pull":["bakery","google"]}`."""
    return _to_text("pull", [business_id, source])


def read_pull(text: str) -> tuple[str, str]:
    """(business id, source name). Raises FeedbackRefused when it is no such message."""
    match _from_text("pull", text):
        case [str(business_id), str(source)]:
            return business_id, source
    raise FeedbackRefused("not understood: pull: expected a business and a source", field="pull")


def _to_text(name: str, plain: Any) -> str:
    return json.dumps({"v": ENVELOPE_VERSION, name: plain}, separators=(",", ":"))


def _from_text(name: str, text: str) -> Any:
    try:
        envelope = json.loads(text)
    except (ValueError, RecursionError):
        # Not `from error`: it holds the text.
        raise FeedbackRefused("the message is not JSON", field="envelope") from None
    if not isinstance(envelope, dict) or envelope.get("v") != ENVELOPE_VERSION:
        raise FeedbackRefused(f"the message is not of version {ENVELOPE_VERSION}", field="v")
    if name not in envelope:
        raise FeedbackRefused(f"the message holds no {name}", field=name)
    return envelope[name]
