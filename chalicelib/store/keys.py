"""Where each kind of row lies in the one table. The business leads every key.

Two kinds of row stand outside a business: the links in messages, which are found before anybody
knows whose they are, and the list of all businesses. docs/decisions/0003-one-table.md has the
whole picture.
"""

import base64
import hashlib
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.clock import to_text
from chalicelib.domain.judging import Unjudged

PARTITION = "pk"
SORT = "sk"
TTL = "ttl"
# Rows that wait for a time, by kind; a row leaves the index when it no longer has `due`.
DUE_INDEX = "due"
DUE_SHARD = "due_shard"
DUE = "due"
# Feedback by business and local date.
DAY_INDEX = "by_day"
DAY_PARTITION = "day_pk"
DAY_SORT = "day_sk"
# Whole rows by list and place in it: open cases by due time, ended ones by month and moment.
LIST_INDEX = "listed"
LIST_PARTITION = "list_pk"
LIST_SORT = "list_sk"
# DynamoDB's limits; nothing can lie under a longer key.
LONGEST_PARTITION = 2048
LONGEST_SORT = 1024

Key = tuple[str, str]

_ONLY = "A"
_ALL_BUSINESSES = "ALL#B"


class Shard(StrEnum):
    """What a row in the due index waits for."""

    PULL = "pull"
    UNJUDGED = "unjudged"
    NOTIFICATION = "notification"
    INCIDENT = "incident"
    WORDS = "words"
    CASE = "case"
    REPLY = "reply"
    CASE_WORDS = "case_words"
    CONCERN = "concern"
    REQUEST = "request"


def _tenant(business_id: str) -> str:
    # A `#` in an id must not lead into another business's rows.
    return "T#" + business_id.replace("%", "%25").replace("#", "%23")


def business_of(partition: str) -> str:
    """The business id that leads this partition key."""
    return partition.split("#")[1].replace("%23", "#").replace("%25", "%")


def can_exist(key: Key) -> bool:
    """False for keys that DynamoDB refuses, such as a megabyte of a stranger's path."""
    partition, sort = (len(part.encode(errors="replace")) for part in key)
    return 0 < partition <= LONGEST_PARTITION and 0 < sort <= LONGEST_SORT


def business_key(business_id: str) -> Key:
    """The configuration of one business."""
    return (f"{_tenant(business_id)}#B", _ONLY)


def listed_business_key(business_id: str) -> Key:
    """Its place in the list of all businesses of this deployment."""
    return (_ALL_BUSINESSES, business_id)


def source_key(business_id: str, source: str) -> Key:
    """One source's state."""
    return (f"{_tenant(business_id)}#S", source)


def held_key(business_id: str, source: str) -> Key:
    """What a source held last: a large row, so that the small one can be written every time."""
    return (f"{_tenant(business_id)}#H", source)


def feedback_key(business_id: str, feedback_id: str) -> Key:
    """One feedback, each in a partition of its own: they are looked up, never listed."""
    return (f"{_tenant(business_id)}#F#{feedback_id}", _ONLY)


def feedback_of(partition: str) -> str:
    """The feedback id that ends this partition key."""
    return partition.rpartition("#")[2]


def quote_mark_key(business_id: str, quote_id: str) -> Key:
    """What a person decided about one sentence; all of a business lie beside each other."""
    return (f"{_tenant(business_id)}#G", quote_id)


def improvement_key(business_id: str, improvement_id: str) -> Key:
    """Something the business changed because of what customers said."""
    return (f"{_tenant(business_id)}#T", improvement_id)


def day_partition(business_id: str, day: str) -> str:
    """Index partition of a feedback: the month of its local date, so that none grows for ever."""
    return f"{_tenant(business_id)}#D#{day[:7]}"


def day_sort(day: str, written_at: datetime) -> str:
    """Index place of a feedback: local date, moment. An index's keys may be there twice."""
    return f"{day}#{to_text(written_at)}"


def count_key(business_id: str, day: str, location: str) -> Key:
    """The counts of one local date and location."""
    return (f"{_tenant(business_id)}#C", f"{day}#{location}")


def unjudged_partition(business_id: str) -> str:
    """Where a business's changes wait to be judged."""
    return f"{_tenant(business_id)}#U"


def unjudged_key(unjudged: Unjudged) -> Key:
    """One change that waits to be judged, in the order in which changes are judged.

    The version is part of it: an edit that is stored while its elder is being judged is another
    row, and stays when that one goes.
    """
    place = f"{to_text(unjudged.received_at)}#{unjudged.feedback_id}#{unjudged.version}"
    return (unjudged_partition(unjudged.business_id), place)


def judge_key(business_id: str) -> Key:
    """The detector's row."""
    return (f"{_tenant(business_id)}#J", _ONLY)


def ledger_key(business_id: str, sequence: int) -> Key:
    """What one judgement took, in order."""
    return (f"{_tenant(business_id)}#L", f"{sequence:012d}")


def incident_key(business_id: str, incident_id: str) -> Key:
    """One incident; a business's incidents share a partition, so that the open ones are listed
    without an index that lags behind."""
    return (f"{_tenant(business_id)}#I", incident_id)


def listed_incidents_partition(business_id: str, *, is_open: bool) -> str:
    """List of a business's incidents: those that are open, or those that ended."""
    return f"{_tenant(business_id)}#I#{'open' if is_open else 'ended'}"


def notification_key(business_id: str, incident_id: str, notification_id: str) -> Key:
    """One notification, beside the others of its incident."""
    return (f"{_tenant(business_id)}#I#{incident_id}", notification_id)


def link_key(token_hash: str) -> Key:
    """What stands behind a link."""
    return (f"LINK#{token_hash}", _ONLY)


def used_link_key(token_hash: str) -> Key:
    """That a link was used up, beside the link."""
    return (f"LINK#{token_hash}", "used")


def session_key(token_hash: str) -> Key:
    """A session: like a link it is found before anybody knows whose it is."""
    return (f"SESSION#{token_hash}", _ONLY)


def epoch_key(business_id: str, contact: str) -> Key:
    """How often a contact signed out everywhere."""
    return (f"{_tenant(business_id)}#N", contact)


def dead_address_key(business_id: str, address: str) -> Key:
    """An address that is used no more; hashed, because keys find their way into logs."""
    return (f"{_tenant(business_id)}#X", _digest(address))


def standin_key(business_id: str, contact: str) -> Key:
    """The other address of a contact, by the contact's name."""
    return (f"{_tenant(business_id)}#A", contact)


def budget_key(business_id: str, budget: str) -> Key:
    """What was spent of one budget in its period."""
    return (f"{_tenant(business_id)}#M", budget)


def sends_key(business_id: str) -> Key:
    """When messages went out lately."""
    return (f"{_tenant(business_id)}#O", _ONLY)


def tombstone_key(business_id: str, trace: str) -> Key:
    """What keeps the feedback of somebody who was erased from coming back; a keyed hash."""
    return (f"{_tenant(business_id)}#E#{trace}", _ONLY)


def erasure_key(business_id: str, receipt_id: str) -> Key:
    """The receipt of one erasure, beside those of the others."""
    return (f"{_tenant(business_id)}#E", receipt_id)


def case_key(business_id: str, case_id: str) -> Key:
    """One case, beside the others of its customer: the first part of its id is the customer's."""
    return (f"{_tenant(business_id)}#K#{case_id.partition('-')[0]}", case_id)


def claim_key(business_id: str, feedback_id: str) -> Key:
    """To which case a feedback belongs: to one at most."""
    return (f"{_tenant(business_id)}#Z#{feedback_id}", _ONLY)


def concern_key(business_id: str, concern_id: str) -> Key:
    """What may lead to a case and was not acted on yet."""
    return (f"{_tenant(business_id)}#V", concern_id)


def open_cases_partition(business_id: str) -> str:
    """List of a business's open cases."""
    return f"{_tenant(business_id)}#K#open"


def ended_cases_partition(business_id: str, day: str) -> str:
    """List of the cases that ended in the month of a day."""
    return f"{_tenant(business_id)}#K#{day[:7]}"


def request_key(business_id: str, request_id: str) -> Key:
    """One request of a person, by the day it came in, which begins its id."""
    return (f"{_tenant(business_id)}#Q", request_id)


def open_requests_partition(business_id: str) -> str:
    """List of the requests that wait for an answer."""
    return f"{_tenant(business_id)}#Q#open"


def known_key(business_id: str, trace: str) -> Key:
    """What is known of one trace of a customer, where profiles are on."""
    return (f"{_tenant(business_id)}#P#{trace}", _ONLY)


def known_voice_key(business_id: str, trace: str, heard_at: str, feedback_id: str) -> Key:
    """That a voice carried the trace, by its moment."""
    return (f"{_tenant(business_id)}#P#{trace}", f"v#{heard_at}#{feedback_id}")


def heard_partition(business_id: str) -> str:
    """List of the traces by when they were heard last."""
    return f"{_tenant(business_id)}#P#heard"


def act_key(business_id: str, at: str, act_id: str) -> Key:
    """One act of a person, in the month of its moment."""
    return (f"{_tenant(business_id)}#Y#{at[:7]}", f"{at}#{act_id}")


def months(first_day: str, last_day: str) -> list[str]:
    """`2026-03` for each calendar month that the two dates (or moments) touch."""
    year, month = int(first_day[:4]), int(first_day[5:7])
    found = []
    while f"{year:04d}-{month:02d}" <= last_day[:7]:
        found.append(f"{year:04d}-{month:02d}")
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return found


def reply_key(business_id: str, feedback_id: str) -> Key:
    """The reply to one feedback, beside the others of its business."""
    return (f"{_tenant(business_id)}#R", feedback_id)


def delivery_key(business_id: str, delivery_id: str) -> Key:
    """The claim of one webhook delivery; senders choose their ids, so it is hashed."""
    return (f"{_tenant(business_id)}#W#{_digest(delivery_id)}", _ONLY)


def short_hash(name: str) -> str:
    """Eleven signs for a name in a long list."""
    return base64.b64encode(_hash(name)[:8]).decode().rstrip("=")


def _digest(text: str) -> str:
    return _hash(text).hex()[:32]


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()
