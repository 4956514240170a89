"""From judged changes to incidents: what opens, what joins, what is left alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.detect.judgement import Judgement, judge_changes
from chalicelib.domain.incident import Incident, IncidentKind
from chalicelib.domain.judging import Change, JudgeState, Unjudged
from chalicelib.domain.sentiment import CriticalKind
from chalicelib.domain.spike import Sensitivity

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def a_change(number: int = 1, **changes: Any) -> Unjudged:
    plain = Unjudged(
        business_id="bakery",
        feedback_id=f"f{number}",
        version="1",
        change=Change.NEW,
        received_at=NOW,
        written_at=NOW - timedelta(hours=1),
        source="sheet",
        negative=0.5,
        groups=("location:main",),
    )
    return replace(plain, **changes)


def judged(*changes: Unjudged, state: JudgeState | None = None, **known: Incident) -> Judgement:
    return judge_changes(
        state or JudgeState(business_id="bakery"),
        changes,
        lambda incident_id: known.get(incident_id.replace("-", "_")),
        sensitivity=Sensitivity.BALANCED,
        day="2026-05-04",
        now=NOW,
    )


@pytest.mark.parametrize(
    ("changes", "opens"),
    [
        ({"critical": (CriticalKind.INJURY,)}, 1),
        ({"critical": (CriticalKind.INJURY,), "stars": 3.0}, 1),
        ({"critical": (CriticalKind.INJURY,), "stars": 4.0}, 0),
        ({"critical": (CriticalKind.SELF_HARM,), "stars": 5.0}, 1),
        ({"critical": (CriticalKind.INJURY,), "is_history": True}, 0),
        ({"critical": (CriticalKind.INJURY,), "change": Change.DELETED}, 0),
        ({"critical": (CriticalKind.INJURY,), "written_at": NOW - timedelta(days=8)}, 0),
        ({"stars": 1.0, "anger": 0.9999}, 1),
        ({"stars": 1.0, "anger": 0.81}, 0),
        ({"stars": 3.0, "anger": 0.9999}, 0),
    ],
)
def test_what_cannot_wait_opens_an_incident_and_the_rest_does_not(
    changes: dict[str, Any], opens: int
) -> None:
    incidents = judged(a_change(**changes)).incidents

    assert [one.kind for one in incidents.values()] == [IncidentKind.CRITICAL] * opens


def test_rage_must_be_greater_than_any_of_the_last_months() -> None:
    first = judged(a_change(1, stars=1.0, anger=0.9998))

    second = judged(a_change(2, stars=1.0, anger=0.99), state=first.state)

    assert len(first.incidents) == 1
    assert second.incidents == {}


def test_beyond_three_a_day_critical_ones_join_the_last_and_none_is_dropped() -> None:
    changes = [a_change(number, critical=(CriticalKind.SAFETY,)) for number in range(1, 6)]

    incidents = list(judged(*changes).incidents.values())

    assert [one.feedback_ids for one in incidents] == [("f1",), ("f2",), ("f3", "f4", "f5")]
    assert incidents[-1].worse_count == 2


def test_the_same_changes_give_the_same_state_to_the_last_bit() -> None:
    changes = [a_change(number, negative=number / 40) for number in range(1, 30)]

    assert judged(*changes).state == judged(*changes).state
