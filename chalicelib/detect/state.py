"""All that the detector remembers of one business: one small document, written and read exactly.

The document is a cache: the ledger of what was judged rebuilds it (`detector.replay`). Ratios and
current sums are not written; reading works them out again from what is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from chalicelib.detect.pace import Pace
from chalicelib.detect.ring import WHOLE, Heard, mark_of, summed, view
from chalicelib.detect.usual import GroupShare, SourceShare, Usual

DOCUMENT_VERSION = 1
# What the ring holds is rounded to these parts before it is used, and written as whole numbers.
TEN_THOUSANDTHS = 10_000
HUNDREDTHS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """An open alarm: since when, the score told last, when the threshold was last reached."""

    opened_at: int
    told: float
    high_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorState:
    """What is usual, the pace, the newest feedbacks and the sums before (`base`) and after them.

    `dropped` holds the marks of feedbacks that left the ring or only taught, so that a repeat is
    known. `faded_at` is when forgetting was done last. After an alarm `quiet_until` begins the next
    chance, unless the score passes `last_told` clearly; nothing written up to `settled_until`
    alarms again. All times are whole seconds since 1970.
    """

    ring: tuple[Heard, ...] = ()
    base: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    sums: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    usual: Usual = field(default_factory=Usual)
    pace: Pace = field(default_factory=Pace)
    faded_at: int | None = None
    dropped: tuple[str, ...] = ()
    alarm: Alarm | None = None
    last_told: float = 0.0
    quiet_until: int = 0
    settled_until: int = 0


def to_seconds(moment: datetime) -> int:
    """A moment as whole seconds since 1970."""
    return int(moment.timestamp())


def from_seconds(seconds: int) -> datetime:
    """The aware UTC moment of whole seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def to_document(state: DetectorState) -> dict[str, Any]:
    """The state as plain lists, numbers and texts; survives JSON to the last bit."""
    sources = list(state.usual.sources)
    groups = list(state.usual.groups)
    # A group that gave up its place may still be seen by feedbacks of the ring.
    for heard in state.ring:
        sources.extend({heard.source} - set(sources))
        groups.extend(name for name in heard.views if name != WHOLE and name not in groups)
    since = state.ring[0].at if state.ring else 0
    return {
        "v": DOCUMENT_VERSION,
        "sources": sources,
        "groups": groups,
        "source_shares": [_list_source(source) for source in state.usual.sources.values()],
        "group_shares": [_list_group(group) for group in state.usual.groups.values()],
        "taught": state.usual.taught,
        "pace": [state.pace.heard, state.pace.days, state.pace.last],
        "faded_at": state.faded_at,
        "base": [[_number(name, groups), value] for name, value in state.base.items()],
        "since": since,
        "ring": [_list_heard(heard, since, sources, groups) for heard in state.ring],
        "dropped": list(state.dropped),
        "alarm": _list_alarm(state.alarm),
        "last_told": state.last_told,
        "quiet_until": state.quiet_until,
        "settled_until": state.settled_until,
    }


def from_document(document: Mapping[str, Any]) -> DetectorState:
    """The state that was written. Raises ValueError on a document of another version."""
    if document.get("v") != DOCUMENT_VERSION:
        raise ValueError(f"detector state of unknown version {document.get('v')!r}")
    sources: list[str] = document["sources"]
    groups: list[str] = document["groups"]
    base = {_name(number, groups): float(value) for number, value in document["base"]}
    since: int = document["since"]
    ring = tuple(_read_heard(row, since, sources, groups) for row in document["ring"])
    heard, days, last = document["pace"]
    alarm = document["alarm"]
    return DetectorState(
        ring=ring,
        base=base,
        sums=summed(base, ring),
        usual=Usual(
            sources={
                name: _read_source(row)
                for name, row in zip(sources, document["source_shares"], strict=False)
            },
            groups={
                name: _read_group(row)
                for name, row in zip(groups, document["group_shares"], strict=False)
            },
            taught=document["taught"],
        ),
        pace=Pace(heard=heard, days=days, last=last),
        faded_at=document["faded_at"],
        dropped=tuple(document["dropped"]),
        alarm=Alarm(opened_at=alarm[0], told=alarm[1], high_at=alarm[2]) if alarm else None,
        last_told=document["last_told"],
        quiet_until=document["quiet_until"],
        settled_until=document["settled_until"],
    )


def _list_alarm(alarm: Alarm | None) -> list[Any] | None:
    return [alarm.opened_at, alarm.told, alarm.high_at] if alarm else None


def _number(name: str, groups: list[str]) -> int:
    return -1 if name == WHOLE else groups.index(name)


def _name(number: int, groups: list[str]) -> str:
    return WHOLE if number < 0 else groups[number]


def _list_source(source: SourceShare) -> list[Any]:
    return [source.negative, source.labelled, source.heard, source.on_probation]


def _read_source(row: list[Any]) -> SourceShare:
    negative, labelled, heard, on_probation = row
    return SourceShare(negative=negative, labelled=labelled, heard=heard, on_probation=on_probation)


def _list_group(group: GroupShare) -> list[Any]:
    return [group.negative, group.expected, group.heard, group.last]


def _read_group(row: list[Any]) -> GroupShare:
    negative, expected, heard, last = row
    return GroupShare(negative=negative, expected=expected, heard=heard, last=last)


def _list_heard(heard: Heard, since: int, sources: list[str], groups: list[str]) -> list[Any]:
    row: list[Any] = [
        heard.feedback_id,
        heard.at - since,
        None if heard.negative is None else round(heard.negative * TEN_THOUSANDTHS),
        sources.index(heard.source),
        round(heard.labelled * TEN_THOUSANDTHS),
    ]
    for name, seen in heard.views.items():
        row += [
            _number(name, groups),
            round(seen.share * TEN_THOUSANDTHS),
            seen.known,
            round(seen.start * HUNDREDTHS),
        ]
    return row


def _read_heard(row: list[Any], since: int, sources: list[str], groups: list[str]) -> Heard:
    feedback_id, later, negative, source, labelled, *seen = row
    if negative is not None:
        negative = negative / TEN_THOUSANDTHS
    views = {}
    for i in range(0, len(seen), 4):
        number, share, known, start = seen[i : i + 4]
        name = _name(number, groups)
        views[name] = view(negative, share / TEN_THOUSANDTHS, known, start / HUNDREDTHS)
    return Heard(
        feedback_id=feedback_id,
        mark=mark_of(feedback_id),
        at=since + later,
        negative=negative,
        source=sources[source],
        labelled=labelled / TEN_THOUSANDTHS,
        views=views,
    )
