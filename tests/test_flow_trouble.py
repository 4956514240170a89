"""What may go wrong between any two steps of the flow, and what must hold all the same."""

from collections import Counter
from dataclasses import replace

import pytest

from tests.crashes import Ending, Week, learned, undisturbed, with_death

# A new step adds to these; fewer would mean that the sweep no longer sees some of them.
CHANGES_AT_LEAST = 115


@pytest.fixture(scope="module")
def week() -> Week:
    return undisturbed(learned())


def test_the_week_tells_everybody_what_they_must_know(week: Week) -> None:
    """The sweep compares with this; an empty week would prove nothing."""
    ending = week.should_be(0)
    assert Counter(name.split(".")[1] for name in ending.emails) == {
        "first": 3,
        "escalation": 2,
        "reminder": 1,
        "resolved": 1,
    }
    assert Counter(name.split(".")[1] for name in ending.texts) == {"first": 3}
    assert ending.left_over == ([], [], [], [])


def test_a_death_at_any_step_loses_nothing_and_tells_nothing_twice(week: Week) -> None:
    """At every call that changes anything: the state, the e-mails and what is judged are those of
    the week without a death. An SMS may be lost, never doubled: its e-mail carries the guarantee.
    """
    for place in week.changes:
        undone, should = with_death(week, place, days=1), week.should_be(place, days=1)
        where = f"after call {place}, {week.calls[place]}"
        assert undone.texts <= should.texts, where
        assert but_for_sms(undone) == but_for_sms(should), where
    print(f"{len(week.changes)} deaths, all with the same end")  # noqa: T201  seen with -s
    assert len(week.changes) >= CHANGES_AT_LEAST


def but_for_sms(ending: Ending) -> Ending:
    assert isinstance(ending.notifications, dict)
    told = {name: state for name, state in ending.notifications.items() if ".sms." not in name}
    return replace(ending, notifications=told, texts=Counter())
