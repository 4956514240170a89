"""Domain values as rows of the table, and back: one pair of functions for each kind of row.

Feedback has a module of its own, `feedback_rows`. A row that waits for a time bears `due` and
`due_shard`; one that waits no longer leaves them out, and with them the index.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from chalicelib.domain.address import Standin
from chalicelib.domain.alert import Notification, PageLink, SendLog
from chalicelib.domain.business import Business
from chalicelib.domain.clock import to_text
from chalicelib.domain.incident import Incident
from chalicelib.domain.judging import JudgeState, Unjudged
from chalicelib.domain.source import SourceState
from chalicelib.store import keys
from chalicelib.store.attributes import Row, from_attribute, make_row, packed, plain_of, unpacked
from chalicelib.store.keys import Shard
from chalicelib.store.names import SHORT_NAMES
from chalicelib.store.shapes import from_plain, to_plain

# Somebody who follows an old link is told that it is old; later it leads nowhere.
LINK_KEPT = timedelta(days=30)
# Nobody asks who was told what after a year and a month.
NOTIFICATION_KEPT = timedelta(days=395)
# What the judge remembers in documents of some kilobytes.
_DOCUMENTS = {"detector", "echoes"}


def _take_apart(value: object) -> dict[str, Any]:
    plain: dict[str, Any] = to_plain(value, type(value), SHORT_NAMES)
    return plain


def _compact(plain: Any) -> str:
    return json.dumps(plain, separators=(",", ":"), ensure_ascii=False)


def _waits(shard: Shard, due: str) -> dict[str, str]:
    return {keys.DUE_SHARD: shard.value, keys.DUE: due}


def business_row(business: Business) -> Row:
    """The whole configuration as one JSON text: it is read whole, and people look at it."""
    config = packed(_compact(_take_apart(business)))
    return make_row(keys.business_key(business.business_id), {"config": config})


def business_from(row: Row) -> Business:
    """What `business_row` wrote."""
    plain = json.loads(unpacked(from_attribute(row["config"])))
    business: Business = from_plain(plain, Business, SHORT_NAMES)
    return business


def source_row(state: SourceState) -> Row:
    """A source; in the due index while it has a time to be looked at."""
    plain = _take_apart(state)
    if "cursor" in plain:
        plain["cursor"] = packed(plain["cursor"])
    if "held" in plain:
        plain["held"] = packed(_compact(plain["held"]))
    if state.due is not None:
        plain |= _waits(Shard.PULL, to_text(state.due))
    return make_row(keys.source_key(state.business_id, state.source), plain)


def source_from(row: Row) -> SourceState:
    """What `source_row` wrote."""
    plain = plain_of(row)
    if "cursor" in plain:
        plain["cursor"] = unpacked(plain["cursor"])
    if "held" in plain:
        plain["held"] = json.loads(unpacked(plain["held"]))
    state: SourceState = from_plain(plain, SourceState, SHORT_NAMES)
    return state


def held_row(state: SourceState) -> Row:
    """What a source holds, apart from the rest: it is large, and most looks leave it as it is."""
    held = packed(_compact(dict(state.held)))
    return make_row(keys.held_key(state.business_id, state.source), {"held": held})


def held_from(row: Row) -> dict[str, str]:
    """What `held_row` wrote, in its order."""
    held: dict[str, str] = json.loads(unpacked(from_attribute(row["held"])))
    return held


def unjudged_row(unjudged: Unjudged) -> Row:
    """A change that waits since it was received."""
    plain = _waits(Shard.UNJUDGED, to_text(unjudged.received_at))
    return make_row(
        keys.unjudged_key(unjudged), plain | {"change": _compact(_take_apart(unjudged))}
    )


def unjudged_from(row: Row) -> Unjudged:
    """What `unjudged_row` wrote."""
    plain = json.loads(from_attribute(row["change"]))
    unjudged: Unjudged = from_plain(plain, Unjudged, SHORT_NAMES)
    return unjudged


def judge_row(state: JudgeState) -> Row:
    """The detector's row."""
    plain = _take_apart(state)
    for document in _DOCUMENTS & plain.keys():
        plain[document] = packed(plain[document])
    return make_row(keys.judge_key(state.business_id), plain)


def judge_from(row: Row) -> JudgeState:
    """What `judge_row` wrote."""
    plain = plain_of(row)
    for document in _DOCUMENTS & plain.keys():
        plain[document] = unpacked(plain[document])
    state: JudgeState = from_plain(plain, JudgeState, SHORT_NAMES)
    return state


def ledger_row(business_id: str, sequence: int, judged: Sequence[Unjudged]) -> Row:
    """What one judgement took, in the order in which it took it."""
    entries = packed(_compact([_take_apart(unjudged) for unjudged in judged]))
    return make_row(keys.ledger_key(business_id, sequence), {"judged": entries})


def ledger_from(row: Row) -> Iterable[Unjudged]:
    """What `ledger_row` wrote, in its order."""
    for plain in json.loads(unpacked(from_attribute(row["judged"]))):
        yield from_plain(plain, Unjudged, SHORT_NAMES)


def incident_row(incident: Incident) -> Row:
    """An incident; in the due index while it is open and something is waited for, and listed by
    when it was opened, apart from those that ended or among them."""
    plain = _take_apart(incident)
    plain[keys.LIST_PARTITION] = keys.listed_incidents_partition(
        incident.business_id, is_open=incident.is_open
    )
    plain[keys.LIST_SORT] = f"{to_text(incident.opened_at)}#{incident.incident_id}"
    if incident.is_open and incident.due is not None:
        plain |= _waits(Shard.INCIDENT, to_text(incident.due))
    return make_row(keys.incident_key(incident.business_id, incident.incident_id), plain)


def incident_from(row: Row) -> Incident:
    """What `incident_row` wrote."""
    incident: Incident = from_plain(plain_of(row), Incident, SHORT_NAMES)
    return incident


def notification_row(notification: Notification) -> Row:
    """A notification; in the due index until it is sent, given up or cancelled. DynamoDB takes it
    away in the end."""
    plain = _take_apart(notification)
    plain[keys.TTL] = int((notification.created_at + NOTIFICATION_KEPT).timestamp())
    if notification.is_waiting:
        plain |= _waits(Shard.NOTIFICATION, to_text(notification.due))
    key = keys.notification_key(
        notification.business_id, notification.incident_id, notification.notification_id
    )
    return make_row(key, plain)


def notification_from(row: Row) -> Notification:
    """What `notification_row` wrote."""
    notification: Notification = from_plain(plain_of(row), Notification, SHORT_NAMES)
    return notification


def link_row(link: PageLink) -> Row:
    """A link by its token's hash; DynamoDB takes it away some time after it expired."""
    gone_at = int((link.expires_at + LINK_KEPT).timestamp())
    return make_row(keys.link_key(link.token_hash), _take_apart(link) | {keys.TTL: gone_at})


def link_from(row: Row) -> PageLink:
    """What `link_row` wrote."""
    link: PageLink = from_plain(plain_of(row), PageLink, SHORT_NAMES)
    return link


def standin_row(standin: Standin) -> Row:
    """A contact's other address."""
    return make_row(keys.standin_key(standin.business_id, standin.contact), _take_apart(standin))


def standin_from(row: Row) -> Standin:
    """What `standin_row` wrote."""
    standin: Standin = from_plain(plain_of(row), Standin, SHORT_NAMES)
    return standin


def sends_row(log: SendLog) -> Row:
    """The moments of what was sent lately."""
    return make_row(keys.sends_key(log.business_id), _take_apart(log))


def sends_from(row: Row) -> SendLog:
    """What `sends_row` wrote."""
    log: SendLog = from_plain(plain_of(row), SendLog, SHORT_NAMES)
    return log
