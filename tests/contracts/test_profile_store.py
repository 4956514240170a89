"""What every store must do with what customers are known by."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.audit import Act, ActKind
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.profile import Known, parted, tied_by_hand
from chalicelib.ports import Store
from tests.contracts.builders import HOUR, NOW

YEAR = timedelta(days=395)
ACT = Act(
    business_id="bakery", at=NOW, who="Rosa", what=ActKind.MERGE_PROFILES, about="profile:t-one"
)


def a_trace(trace: str = "t-one", **changes: Any) -> Known:
    """What a bakery's customer is known by."""
    given: dict[str, Any] = {
        "business_id": "bakery",
        "trace": trace,
        "feedback_id": "f-1",
        "heard_at": NOW,
        "keep_until": NOW + YEAR,
    }
    return Known(**given | changes)


def test_a_trace_is_kept_whole_with_its_ties(store: Store) -> None:
    one, other = tied_by_hand(a_trace(), a_trace("t-two"), "Rosa", NOW)
    one, other = parted(one, other, "Ben")

    store.save_known([one, other], ACT)

    found = store.load_known("bakery", ["t-one", "t-two", "t-none"])
    assert found == {"t-one": replace(one, version=1), "t-two": replace(other, version=1)}
    assert store.load_known("clinic", ["t-one"]) == {}
    assert store.acts("bakery", NOW - HOUR, NOW + HOUR, 10) == [ACT]


def test_who_read_an_older_version_writes_nothing_at_all(store: Store) -> None:
    store.save_known([a_trace()], voice=a_trace())

    with pytest.raises(ConflictError):
        store.save_known([a_trace("t-two"), a_trace()], ACT, voice=a_trace(feedback_id="f-2"))

    assert set(store.load_known("bakery", ["t-one", "t-two"])) == {"t-one"}
    assert store.voices_of("bakery", "t-one", 10) == ["f-1"]
    assert store.acts("bakery", NOW - HOUR, NOW + HOUR, 10) == []


def test_voices_are_listed_newest_first_and_once_however_often_noted(store: Store) -> None:
    said = (("f-2", 2), ("f-1", 1), ("f-3", 3), ("f-2", 2))
    for version, (name, hours) in enumerate(said):
        voice = a_trace(feedback_id=name, heard_at=NOW + hours * HOUR, version=version)
        store.save_known([voice], voice=voice)

    assert store.voices_of("bakery", "t-one", 10) == ["f-3", "f-2", "f-1"]
    assert store.voices_of("bakery", "t-one", 2) == ["f-3", "f-2"]
    assert store.voices_of("bakery", "t-two", 10) == []


def test_traces_are_listed_by_when_they_were_last_heard(store: Store) -> None:
    for place, trace in enumerate(("t-b", "t-a", "t-c")):
        store.save_known([a_trace(trace, heard_at=NOW + place * HOUR)])
    store.save_known([a_trace("t-z", business_id="clinic")])
    moved = store.load_known("bakery", ["t-b"])["t-b"]
    store.save_known([replace(moved, heard_at=NOW + 9 * HOUR)])

    assert [one.trace for one in store.last_heard("bakery", 10)] == ["t-b", "t-c", "t-a"]
    assert [one.trace for one in store.last_heard("bakery", 1)] == ["t-b"]


def test_what_is_dropped_is_nowhere_any_more(store: Store) -> None:
    for trace in ("t-one", "t-two"):
        store.save_known([a_trace(trace)], voice=a_trace())

    store.drop_known("bakery", ["t-one", "t-none"])

    assert set(store.load_known("bakery", ["t-one", "t-two"])) == {"t-two"}
    assert store.voices_of("bakery", "t-one", 10) == []
    assert store.voices_of("bakery", "t-two", 10) == ["f-1"]
    assert [one.trace for one in store.last_heard("bakery", 10)] == ["t-two"]
