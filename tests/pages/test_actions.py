"""Reading what a form asks for: only what our forms can send is understood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.incident import Outcome
from chalicelib.pages.actions import (
    Acknowledge,
    Action,
    NotNegative,
    Resolve,
    SaveOutcomes,
    Snooze,
    read_action,
)

ONE, OTHER = "a" * 32, "0" * 32


@pytest.mark.parametrize(
    ("body", "action"),
    [
        ("act=acknowledge", Acknowledge()),
        ("act=snooze&hours=4", Snooze(hours=4)),
        ("act=snooze&hours=168", Snooze(hours=168)),
        ("act=resolve", Resolve(outcomes={})),
        (
            f"act=resolve&outcome.{ONE}=recovered&outcome.{OTHER}=",
            Resolve(outcomes={ONE: Outcome.RECOVERED}),
        ),
        (
            f"act=outcomes&outcome.{ONE}=no_contact",
            SaveOutcomes(outcomes={ONE: Outcome.NO_CONTACT}),
        ),
        (f"act=not_negative&feedback={ONE}", NotNegative(feedback_id=ONE)),
        (f"act=resolve&outcome.{ONE}=won&outcome.short=lost", Resolve(outcomes={})),
    ],
)
def test_our_own_forms_are_understood(body: str, action: Action) -> None:
    assert read_action(body) == action


@pytest.mark.parametrize(
    "body",
    [
        "",
        "act=",
        "act=delete",
        "act=ACKNOWLEDGE",
        "acknowledge",
        "act=snooze",
        "act=snooze&hours=5",
        "act=snooze&hours=-4",
        "act=snooze&hours=4.0",
        "act=not_negative",
        "act=not_negative&feedback=../../x",
        f"act=not_negative&feedback={'A' * 32}",
        '{"act": "acknowledge"}',
        "act=acknowledge" + "&x=y" * 5_000,
        "x=y&" * 400 + "act=acknowledge",
        "\x00\xff",
    ],
)
def test_anything_else_is_not(body: str) -> None:
    assert read_action(body) is None


@given(st.text())
def test_no_body_breaks_the_reading(body: str) -> None:
    action = read_action(body)

    assert action is None or isinstance(action, Action)
