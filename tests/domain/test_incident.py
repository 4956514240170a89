"""The life of an incident as a table: what each change does in each state."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.errors import TransitionError
from chalicelib.domain.incident import (
    Ending,
    Incident,
    IncidentKind,
    IncidentState,
    Outcome,
    acknowledge,
    critical_incident,
    gather,
    location_of,
    record_outcome,
    resolve,
    snooze,
    source_incident,
)
from chalicelib.domain.judging import Change, Unjudged
from chalicelib.domain.sentiment import CriticalKind
from chalicelib.domain.source import SourceState

NOW = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
OPEN = Incident(
    business_id="bakery",
    kind=IncidentKind.SPIKE,
    generation=12,
    opened_at=NOW,
    sentence="More than usual",
    feedback_ids=("f1",),
)
TAKEN = acknowledge(OPEN, "Owner", NOW)
OVER = resolve(OPEN, "Owner", NOW)
CRITICAL = Unjudged(
    business_id="bakery",
    feedback_id="f2",
    version="v",
    change=Change.NEW,
    received_at=NOW,
    written_at=NOW,
    source="reviews",
    negative=0.9,
    groups=("location:station", "topic:staff"),
    critical=(CriticalKind.ALLERGY_ILLNESS,),
)


@pytest.mark.parametrize(
    ("before", "change", "state"),
    [
        (OPEN, lambda one: acknowledge(one, "Deputy", LATER), IncidentState.ACKNOWLEDGED),
        (TAKEN, lambda one: acknowledge(one, "Deputy", LATER), IncidentState.ACKNOWLEDGED),
        (OVER, lambda one: acknowledge(one, "Deputy", LATER), None),
        (OPEN, lambda one: resolve(one, "Deputy", LATER), IncidentState.RESOLVED),
        (TAKEN, lambda one: resolve(one, "Deputy", LATER), IncidentState.RESOLVED),
        (OVER, lambda one: resolve(one, "Deputy", LATER), IncidentState.RESOLVED),
        (OPEN, lambda one: snooze(one, LATER), IncidentState.OPEN),
        (TAKEN, lambda one: snooze(one, LATER), IncidentState.ACKNOWLEDGED),
        (OVER, lambda one: snooze(one, LATER), None),
        (OPEN, lambda one: gather(one, CRITICAL, LATER), IncidentState.OPEN),
        (TAKEN, lambda one: gather(one, CRITICAL, LATER), IncidentState.ACKNOWLEDGED),
        (OVER, lambda one: gather(one, CRITICAL, LATER), None),
    ],
)
def test_each_change_is_allowed_or_refused(
    before: Incident, change: Callable[[Incident], Incident], state: IncidentState | None
) -> None:
    if state is None:
        with pytest.raises(TransitionError, match="spike-000012 is resolved"):
            change(before)
        return

    assert change(before).state is state


def test_who_came_first_stays_the_one_who_acknowledged_and_resolved() -> None:
    assert acknowledge(TAKEN, "Deputy", LATER) == TAKEN
    assert resolve(OVER, "Deputy", LATER) == OVER
    assert (TAKEN.acknowledged_by, TAKEN.acknowledged_at) == ("Owner", NOW)


@pytest.mark.parametrize(
    ("by", "ending"),
    [
        ("Owner", None),
        (Ending.BACK_TO_USUAL, Ending.BACK_TO_USUAL),
        ("corrected", Ending.CORRECTED),
    ],
)
def test_an_ending_is_the_numbers_own_and_not_a_persons(by: str, ending: Ending | None) -> None:
    assert resolve(OPEN, by, NOW).ending is ending
    assert OPEN.ending is None
    assert (OPEN.is_open, resolve(OPEN, by, NOW).is_open) == (True, False)


def test_an_outcome_belongs_to_a_quoted_feedback_and_may_be_corrected() -> None:
    lost = record_outcome(OPEN, "f1", Outcome.LOST)

    assert record_outcome(lost, "f1", Outcome.RECOVERED).outcomes == {"f1": Outcome.RECOVERED}
    assert OPEN.outcomes == {}
    with pytest.raises(TransitionError, match="f9 is not part of spike-000012"):
        record_outcome(OPEN, "f9", Outcome.LOST)


def test_gathering_counts_each_feedback_once() -> None:
    first = critical_incident(CRITICAL, generation=3, now=NOW)
    other = replace(CRITICAL, feedback_id="f3", critical=(CriticalKind.ALLERGY_ILLNESS,))

    both = gather(gather(first, CRITICAL, LATER), other, LATER)

    assert (first.incident_id, first.of, first.location) == ("critical-000003", 1, "station")
    assert both.feedback_ids == ("f2", "f3")
    assert (both.of, both.negative, both.worse_count, both.last_worse_at) == (2, 2, 1, LATER)
    assert both.critical == (CriticalKind.ALLERGY_ILLNESS,)


def test_a_critical_feedback_without_a_kind_is_rage_at_the_fewest_stars() -> None:
    furious = critical_incident(replace(CRITICAL, critical=()), generation=1, now=NOW)

    assert furious.sentence == "One customer is furious, with the fewest stars"


@pytest.mark.parametrize(
    ("groups", "place"),
    [((), None), (("topic:staff",), None), (("topic:staff", "location:main"), "main")],
)
def test_a_place_is_read_from_the_groups(groups: tuple[str, ...], place: str | None) -> None:
    assert location_of(replace(CRITICAL, groups=groups)) == place


def test_a_broken_source_opens_the_same_incident_however_often_it_is_looked_at() -> None:
    state = SourceState(
        business_id="bakery", source="blog", trouble="gone", advice="Look.", failing_since=NOW
    )

    first, again = source_incident(state, LATER), source_incident(state, LATER + LATER.resolution)

    assert first.incident_id == again.incident_id == f"source-blog-{int(NOW.timestamp()):06d}"
    assert (first.sentence, first.advice) == ("blog cannot be read: gone", "Look.")
