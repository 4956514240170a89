"""All that the town's store, queues and outbox hold, without what a fault may rightly change.

Nothing is chosen: every field of every row is compared, but for moments (only whether there is one
counts, since a worker that died is followed by one that comes later), versions, attempts, leases
and the tokens of links. Three more may differ, each for a reason written beside it.
"""

import dataclasses
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from chalicelib.detect.state import from_document
from chalicelib.domain.alert import ChannelKind, Email, Notification, NotifyReason, Sms
from chalicelib.domain.judging import Unjudged
from chalicelib.store.memory import MemoryStore

# Rows count their writes and tries; a lease and the next look at a row tell of the last try.
TRACES = frozenset(
    {
        *("version", "attempts", "lease_until", "due", "provider_id", "last_told_at", "sequence"),
        # Which message tells of which when the hour allows one only; that all are told is counted.
        "carried",
    }
)
# The log behind the caps may miss a message whose sender died right after sending, and an SMS may
# be paid for and not sent: both err to the side that is allowed (one more e-mail, less spent).
UNCOUNTED = frozenset({"_sends", "_spent", "_paid", "_line"})
IN_ITS_OWN_WAY = frozenset(
    {"_judges", "_ledger", "_links", "_notifications", "_incidents", "_cases", "_acts"}
)
# Trouble of a source is numbered by the second in which it began.
_SECONDS_OF_2001 = 10**9
_ABOUT_ITS_WAY = frozenset({"state", "trouble", "sent_at"})
_MOMENT = re.compile(r"\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?")
_SMS_LINE = re.compile(r"(by SMS)(:|,)[^\n<]*")
_QUOTED = re.compile(r"#f-[0-9a-f]{32}|id=\"f-[0-9a-f]{32}\"")
_TOKEN = re.compile(r"token\d{17}")
_OVERDUE_AT = re.compile(r"overdue-\d{8}T\d{4}")
_SIGN_IN_AT = re.compile(r"sign-in-\d{4}-\d\d-\d\dT\d\d-\d\d")
_FAILING_SINCE = re.compile(r"(source-[a-z]+)-\d+")


def state_of(store: MemoryStore, left_over: object) -> dict[str, Any]:
    """The whole store by kind of row, and what still lies in the queues."""
    rows = {
        name.lstrip("_"): plain(kept)
        for name, kept in vars(store).items()
        if name not in UNCOUNTED | IN_ITS_OWN_WAY
    }
    rows["judges"] = {owner: _judge(state, text) for owner, (state, text) in store._judges.items()}
    rows["ledger"] = {owner: _changes(lots.values()) for owner, lots in store._ledger.items()}
    # A link that was made for a message which then was not sent leads where the next one does.
    rows["links"] = {
        (one.business_id, _named(one.incident_id), one.contact, one.channel)
        for one in store._links.values()
        if one.channel is ChannelKind.EMAIL
    }
    rows["notifications"] = {
        _named(name): _told(one)
        for told in store._notifications.values()
        for name, one in told.items()
        if one.reason is not NotifyReason.OVERDUE
    }
    rows["incidents"] = {
        _named(name): plain(one) | {"feedback_ids": sorted(one.feedback_ids)}
        for (_, name), one in store._incidents.items()
    }
    rows["cases"] = {
        name: plain(one) | {"feedback_ids": sorted(one.feedback_ids)}
        for (_, name), one in store._cases.items()
    }
    # Who presses a button again because the answer was lost has pressed it twice.
    rows["acts"] = {
        (one.business_id, one.who, one.what, _named(one.about), one.detail)
        for one in store._acts.values()
    }
    return rows | {"left over": plain(left_over)}


def _changes(lots: Iterable[Iterable[Unjudged]]) -> dict[str, list[tuple[str, float | None]]]:
    """What was judged of each feedback, in its order."""
    found: dict[str, list[tuple[str, float | None]]] = defaultdict(list)
    for lot in lots:
        for one in lot:
            found[one.feedback_id].append((one.change, one.negative))
    return dict(found)


def _judge(state: Any, document: str) -> Any:
    """The detector's sums depend on the order in which feedback came in; what it has heard, what
    it was taught and whether it alarms do not."""
    mood = from_document(json.loads(document))
    return {
        **plain(dataclasses.replace(state, detector={}, rage={})),
        "heard": {one.feedback_id: one.negative for one in mood.ring},
        "taught": mood.usual.taught,
        "is alarmed": mood.alarm is not None,
    }


def _told(notification: Notification) -> Any:
    """An SMS of which nobody knows whether it went out is given up: its e-mail carries on."""
    told = plain(notification)
    if notification.channel is ChannelKind.SMS:
        return {name: kept for name, kept in told.items() if name not in _ABOUT_ITS_WAY}
    return told


def messages_of(kept: list[Email] | list[Sms]) -> Counter[Any]:
    """Every message with all its words; moments, tokens and ids of quotes are left out: of ten
    that say the same it quotes those which came last. Which cases one mail about them tells
    together is a matter of minutes; that each is told is in the cases themselves."""
    return Counter(
        tuple((name, _QUOTED.sub("#f-", str(text))) for name, text in plain(one).items())
        for one in kept
        if not _OVERDUE_AT.search(one.tag)
    )


def tags_of(kept: list[Email] | list[Sms], store: MemoryStore) -> Counter[str]:
    """How often each notification was told, in a message of its own or in that of another."""
    tags = [one.tag for one in kept]
    for tag in [*tags]:
        tags += [f"{tag.partition('/')[0]}/{one}" for one in carried_by(tag, store)]
    return Counter(tags)


def comparable(told: Counter[str]) -> Counter[str]:
    """The same between weeks in which a source fails at different moments, which number it."""
    named: Counter[str] = Counter()
    for tag, times in told.items():
        # Of those about cases only what is told twice can be compared: see `messages_of`.
        if times > 1 or not _OVERDUE_AT.search(tag):
            named[_named(tag)] += times
        if times == 1 and _SIGN_IN_AT.search(tag):
            # Whoever saw no answer asks again a minute later, and gets a link for each.
            named[_named(tag)] = 1
    return named


def carried_by(tag: str, store: MemoryStore) -> tuple[str, ...]:
    """The notifications that went out in that one's message."""
    business_id, _, name = tag.partition("/")
    found = store.find_notification(business_id, name.partition(".")[0], name)
    return found.carried if found else ()


# Towns share what they hold: each value is worked out once, and kept so that its id stays its own.
_KNOWN: dict[int, tuple[object, Any]] = {}
_MOST_KNOWN = 50_000


def plain(value: Any) -> Any:
    """The value without moments and traces, ready to be compared."""
    names = _names_of(type(value))
    if names is None:
        return _plain(value)
    known = _KNOWN.get(id(value))
    if known is None:
        if len(_KNOWN) > _MOST_KNOWN:
            _KNOWN.clear()
        known = (value, {name: plain(getattr(value, name)) for name in names})
        _KNOWN[id(value)] = known
    return known[1]


_NAMES: dict[type, tuple[str, ...] | None] = {}


def _names_of(kind: type) -> tuple[str, ...] | None:
    if kind not in _NAMES:
        fields = dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else None
        named = [one.name for one in fields or () if one.name not in TRACES]
        _NAMES[kind] = None if fields is None else tuple(named)
    return _NAMES[kind]


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return "a moment"
        case int() if value > _SECONDS_OF_2001:
            return "a moment"
        case str():
            text = _TOKEN.sub("token", _MOMENT.sub("hh:mm", str(value)))
            return _named(_SMS_LINE.sub(r"\1", text))
        case Mapping():
            return {plain(key): plain(one) for key, one in value.items()}
        case tuple() | list():
            return tuple(plain(one) for one in value)
        case set() | frozenset():
            return frozenset(plain(one) for one in value)
        case _:
            return value


def _named(name: str) -> str:
    """Without the moments at which a source began to fail, cases were told of, or somebody asked
    for a link: a death may move them by a minute."""
    name = _SIGN_IN_AT.sub("sign-in", _FAILING_SINCE.sub(r"\1", name))
    return _OVERDUE_AT.sub("overdue", name)


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Where two states differ: the kind of row and the first key, for a person to look at."""
    found = []
    for kind in sorted({*one, *other}):
        left, right = one.get(kind), other.get(kind)
        if left == right:
            continue
        if isinstance(left, Mapping) and isinstance(right, Mapping):
            keys = sorted(
                (key for key in {*left, *right} if left.get(key) != right.get(key)), key=str
            )
            found.append(f"{kind} {keys[0]}: {left.get(keys[0])!r} != {right.get(keys[0])!r}")
        else:
            found.append(f"{kind}: {left!r} != {right!r}")
    return found
