"""What is known of a source between two looks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.feedback import Feedback, FeedbackKind
from chalicelib.domain.source import (
    HELD_LIMIT,
    SourceState,
    failed,
    pause_after,
    remember,
    succeeded,
)

NOW = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
STATE = SourceState(business_id="bakery", source="blog", cursor={"etag": "1"}, lease_until=NOW)


def said(key: str, text: str = "fine") -> Feedback:
    return Feedback(
        business_id="bakery",
        source="blog",
        external_id=key,
        kind=FeedbackKind.MENTION,
        text=text,
        written_at=NOW - HOUR,
        updated_at=NOW - HOUR,
    )


def test_what_is_held_is_not_new_until_it_changes() -> None:
    state = remember(STATE, (said("a"),))

    assert not state.is_new(said("a"))
    assert state.is_new(said("a", "changed"))
    assert state.is_new(said("b"))


def test_beyond_the_limit_the_oldest_are_forgotten_and_what_is_seen_again_is_young() -> None:
    state = remember(STATE, tuple(said(str(place)) for place in range(HELD_LIMIT)))

    state = remember(state, (said("0"), said("new")))

    assert len(state.held) == HELD_LIMIT
    assert (state.is_new(said("0")), state.is_new(said("1"))) == (False, True)


def test_the_newest_time_never_goes_back() -> None:
    state = remember(STATE, (said("a"),))
    older = replace(said("b"), written_at=NOW - 5 * HOUR)

    assert remember(state, (older,)).newest_written_at == NOW - HOUR


def test_only_an_edit_without_a_date_gets_the_date_of_the_look() -> None:
    state = remember(STATE, (said("a"),))
    dated = replace(said("a", "changed"), updated_at=NOW - HOUR / 2)

    assert state.dated(said("a", "changed"), NOW).updated_at == NOW
    assert state.dated(dated, NOW) == dated
    assert state.dated(said("a"), NOW) == said("a")
    assert state.dated(said("b"), NOW) == said("b")


def test_a_look_that_is_not_complete_moves_the_cursor_and_nothing_else() -> None:
    after = succeeded(STATE, cursor={"etag": "2"}, is_complete=False, now=NOW)

    assert after == replace(STATE, cursor={"etag": "2"})
    assert after.is_history


def test_a_complete_look_ends_all_trouble() -> None:
    in_trouble = failed(STATE, trouble="t", advice="a", now=NOW, retry_at=NOW + HOUR)

    after = succeeded(in_trouble, cursor={}, is_complete=True, now=NOW, every=HOUR)

    assert (after.failures, after.trouble, after.advice) == (0, None, None)
    due = NOW + HOUR - timedelta(minutes=1)
    assert (after.looked_at, after.due, after.lease_until) == (NOW, due, None)
    assert not after.is_history


def test_failures_are_counted_and_dated_from_the_first_in_a_row() -> None:
    state = STATE
    for hours in range(3):
        now = NOW + hours * HOUR
        state = failed(state, trouble=f"t{hours}", advice="a", now=now, retry_at=now + HOUR)

    assert (state.failures, state.failing_since, state.trouble) == (3, NOW, "t2")
    assert (state.due, state.lease_until, state.cursor) == (NOW + 3 * HOUR, None, {"etag": "1"})

    mended = succeeded(state, cursor={}, is_complete=True, now=NOW + 4 * HOUR)
    again = failed(mended, trouble="t", advice="a", now=NOW + 5 * HOUR, retry_at=NOW + 6 * HOUR)
    assert again.failing_since == NOW + 5 * HOUR


@pytest.mark.parametrize(
    ("failures", "every", "pause"),
    [
        (0, timedelta(minutes=15), timedelta(minutes=15)),
        (1, timedelta(minutes=15), timedelta(minutes=30)),
        (4, timedelta(minutes=15), 4 * HOUR),
        (5, timedelta(minutes=15), 6 * HOUR),
        (1000, timedelta(minutes=15), 6 * HOUR),
        (1000, timedelta(minutes=5), timedelta(minutes=320)),
        (0, 12 * HOUR, 12 * HOUR),
        (9, timedelta(days=31), timedelta(days=31)),
    ],
)
def test_pauses_double_up_to_six_hours_or_the_interval(
    failures: int, every: timedelta, pause: timedelta
) -> None:
    assert pause_after(failures, every) == pause


@pytest.mark.parametrize("minutes", [5, 15, 60, 24 * 60])
def test_a_look_that_ends_seconds_after_its_tick_is_planned_by_the_tick_it_is_meant_for(
    minutes: int,
) -> None:
    every = timedelta(minutes=minutes)
    after = succeeded(
        STATE, cursor={}, is_complete=True, now=NOW + timedelta(seconds=20), every=every
    )

    assert after.due is not None
    assert NOW + every - timedelta(minutes=1) <= after.due <= NOW + every
