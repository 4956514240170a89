"""Who is the same person: ties are made, parted and followed, and parting is exact."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.profile import (
    MOST_TRACES,
    Known,
    heard,
    parted,
    same_person,
    tied_by_hand,
    tied_by_voice,
    without_ties_to,
)

NOW = datetime(2026, 5, 4, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def a_trace(trace: str) -> Known:
    """A trace that was heard once."""
    return Known(
        business_id="bakery", trace=trace, feedback_id="f-1", heard_at=NOW, keep_until=LATER
    )


def person(world: Mapping[str, Known], start: str) -> list[str]:
    """The traces of the person."""

    def load(wanted: Iterable[str]) -> dict[str, Known]:
        return {one: world[one] for one in wanted if one in world}

    return [one.trace for one in same_person(start, load)]


def test_a_later_voice_moves_the_newest_and_an_earlier_one_does_not() -> None:
    def hear(known: Known | None, name: str, at: datetime) -> Known:
        return heard(
            known, business_id="bakery", trace="t", feedback_id=name, heard_at=at, keep_until=at
        )

    first = hear(None, "f-1", NOW)
    later = hear(first, "f-2", LATER)

    assert (later.feedback_id, later.heard_at, later.keep_until) == ("f-2", LATER, LATER)
    assert hear(later, "f-1", NOW) == later
    assert hear(later, "f-2", LATER) == later


def test_a_tie_is_seen_from_both_sides_and_a_voice_mends_no_parted_one() -> None:
    one, other = tied_by_voice(a_trace("a"), a_trace("b"), NOW)
    assert [tie.other for tie in one.ties] == ["b"]
    assert [tie.other for tie in other.ties] == ["a"]
    assert person({"a": one, "b": other}, "b") == ["a", "b"]

    one, other = parted(one, other, "Rosa")
    assert person({"a": one, "b": other}, "a") == ["a"]
    assert tied_by_voice(one, other, LATER) == (one, other)
    assert parted(one, other, "Ben") == (one, other)
    again = tied_by_hand(one, other, "Ben", LATER)
    assert person({"a": again[0], "b": again[1]}, "a") == ["a", "b"]
    assert again[0].ties[0].by == "Ben"


def test_a_trace_is_never_tied_to_itself() -> None:
    with pytest.raises(ValueError, match="itself"):
        tied_by_hand(a_trace("a"), a_trace("a"), "Rosa", NOW)


def test_ties_are_followed_however_far_and_to_an_end() -> None:
    world = {name: a_trace(name) for name in "abcdefgh"}
    for one, other in pairwise("abcd"):
        world[one], world[other] = tied_by_voice(world[one], world[other], NOW)
    assert person(world, "d") == ["a", "b", "c", "d"]
    assert person(world, "none") == []

    shared = {f"{number:03}": a_trace(f"{number:03}") for number in range(60)}
    for one, other in pairwise(sorted(shared)):
        shared[one], shared[other] = tied_by_voice(shared[one], shared[other], NOW)
    assert len(person(shared, "030")) == MOST_TRACES


def test_what_is_gone_is_tied_to_nobody() -> None:
    one, _ = tied_by_voice(a_trace("a"), a_trace("b"), NOW)

    assert without_ties_to(one, ["b"]).ties == ()
    assert without_ties_to(one, ["c"]) == one


def groups(names: str, edges: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Who belongs together, worked out naively."""
    member = {name: {name} for name in names}
    for one, other in edges:
        joined = member[one] | member[other]
        for name in joined:
            member[name] = joined
    return {name: sorted(group) for name, group in member.items()}


PAIRS = st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde")).filter(
    lambda pair: pair[0] < pair[1]
)


@given(st.lists(st.tuples(st.sampled_from(["voice", "hand", "part"]), PAIRS), max_size=25))
def test_after_any_ties_and_partings_exactly_those_belong_together_that_are_tied(
    steps: list[tuple[str, tuple[str, str]]],
) -> None:
    world = {name: a_trace(name) for name in "abcde"}
    holding: set[tuple[str, str]] = set()
    by_hand_parted: set[tuple[str, str]] = set()
    for what, (one, other) in steps:
        if what == "voice":
            made = tied_by_voice(world[one], world[other], NOW)
            if (one, other) not in by_hand_parted:
                holding.add((one, other))
        elif what == "hand":
            made = tied_by_hand(world[one], world[other], "Rosa", NOW)
            holding.add((one, other))
            by_hand_parted.discard((one, other))
        else:
            made = parted(world[one], world[other], "Rosa")
            if (one, other) in holding:
                by_hand_parted.add((one, other))
            holding.discard((one, other))
        world[one], world[other] = made

    expected = groups("abcde", holding)
    assert {name: person(world, name) for name in "abcde"} == expected
