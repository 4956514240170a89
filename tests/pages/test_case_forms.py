"""What the forms on a case's page ask for."""

from datetime import timedelta

import pytest

from chalicelib.domain.case import CaseState
from chalicelib.pages.cases import Closed, Contacted, Paused, Taken, read_case_action, read_cents


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("", 0),
        ("  ", 0),
        ("12", 1_200),
        ("12.5", 1_250),
        ("12,50", 1_250),
        (" 0,05 ", 5),
        ("7.", 700),
        ("9999999", 999_999_900),
        ("12345678", None),
        ("1.234", None),
        ("1,2,3", None),
        ("-1", None),
        ("1e3", None),
        ("²", None),
        ("٣", None),
        ("a", None),
        (".5", None),
    ],
)
def test_a_sum_of_money_is_read_as_people_write_it(text: str, cents: int | None) -> None:
    assert read_cents(text) == cents


def test_each_form_is_read_for_what_it_is() -> None:
    closing = {"act": "close", "state": "lost", "root_cause": " oven ", "cost": "1", "note": "n"}

    assert read_case_action({"act": "take"}) == Taken()
    assert read_case_action({"act": "contact"}) == Contacted()
    assert read_case_action({"act": "pause", "days": "3", "reason": "the oven"}) == Paused(
        wait=timedelta(days=3), reason="the oven"
    )
    assert read_case_action(closing) == Closed(
        state=CaseState.LOST, root_cause="oven", note="n", cost_cents=100
    )
    assert read_case_action({"act": "delete"}) is None


def test_what_is_typed_is_cut_and_cleaned() -> None:
    form = {"act": "pause", "days": "1", "reason": "a\u202eb" + "x" * 5_000}

    action = read_case_action(form)

    assert isinstance(action, Paused)
    assert action.reason.startswith("abx")
    assert len(action.reason) == 1_000
