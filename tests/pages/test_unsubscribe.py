"""Ending alerts: one click where others still hear, a question where nobody would."""

from dataclasses import replace

import pytest

from chalicelib.domain.business import Business, Contact
from chalicelib.pages.unsubscribe import (
    UnsubscribeDecision,
    UnsubscribeRequest,
    UnsubscribeStep,
    decide_unsubscribe,
    looks_like_address,
    read_unsubscribe,
    render_unsubscribe_page,
)
from tests.alert.markup import read_markup
from tests.alert.samples import ANNA, BEN, a_business

STOP = UnsubscribeRequest(wish="stop")
BOTH = a_business()
ALONE = a_business(contacts=(ANNA,))
WITH_PHONE_ONLY = a_business(contacts=(ANNA, Contact(name="Cem", phone="+4915550100009")))
SAME_ADDRESS = a_business(contacts=(ANNA, replace(ANNA, name="Anna again")))


@pytest.mark.parametrize(
    ("body", "request_"),
    [
        ("List-Unsubscribe=One-Click", STOP),
        ("wish=stop", STOP),
        ("wish=none", UnsubscribeRequest(wish="none")),
        ("wish=start", UnsubscribeRequest(wish="start")),
        (
            "wish=other&address=%20new%40shop.example%20",
            UnsubscribeRequest(wish="other", address="new@shop.example"),
        ),
        ("", None),
        ("wish=everything", None),
        ("List-Unsubscribe=no", None),
    ],
)
def test_the_body_says_what_is_wished(body: str, request_: UnsubscribeRequest | None) -> None:
    assert read_unsubscribe(body) == request_


@pytest.mark.parametrize(
    ("business", "dead", "step"),
    [
        (BOTH, {}, UnsubscribeStep.STOPPED),
        (BOTH, {"ben@bakery.example": "bounced"}, UnsubscribeStep.ASK_LAST),
        (ALONE, {}, UnsubscribeStep.ASK_LAST),
        (WITH_PHONE_ONLY, {}, UnsubscribeStep.ASK_LAST),
        (SAME_ADDRESS, {}, UnsubscribeStep.ASK_LAST),
        (ALONE, {"anna@bakery.example": "unsubscribed"}, UnsubscribeStep.STOPPED),
    ],
)
def test_one_click_stops_an_address_but_not_the_last_live_one(
    business: Business, dead: dict[str, str], step: UnsubscribeStep
) -> None:
    assert decide_unsubscribe(STOP, ANNA, business, dead).step is step


def test_looking_at_the_page_changes_nothing_and_asks() -> None:
    assert decide_unsubscribe(None, ANNA, BOTH, {}).step is UnsubscribeStep.ASK
    assert decide_unsubscribe(None, ANNA, ALONE, {}).step is UnsubscribeStep.ASK_LAST


def test_no_alerts_at_all_is_possible_when_it_is_said_in_so_many_words() -> None:
    decision = decide_unsubscribe(UnsubscribeRequest(wish="none"), ANNA, ALONE, {})

    assert decision.step is UnsubscribeStep.ALL_OFF


@pytest.mark.parametrize("business", [BOTH, ALONE])
def test_what_was_ended_here_can_be_begun_again_here(business: Business) -> None:
    start = UnsubscribeRequest(wish="start")

    decision = decide_unsubscribe(start, ANNA, business, {"anna@bakery.example": "unsubscribed"})

    assert decision.step is UnsubscribeStep.STARTED


@pytest.mark.parametrize("reason", ["bounced", "complained", "refused", "opted_out"])
@pytest.mark.parametrize("wish", ["start", "stop", None])
def test_what_the_mail_service_ended_is_not_begun_again_by_a_button(
    reason: str, wish: str | None
) -> None:
    request = UnsubscribeRequest(wish=wish) if wish else None

    decision = decide_unsubscribe(request, ANNA, BOTH, {"anna@bakery.example": reason})

    assert decision.step is UnsubscribeStep.DEAD


@pytest.mark.parametrize(
    ("business", "step"), [(BOTH, UnsubscribeStep.STOPPED), (ALONE, UnsubscribeStep.ALL_OFF)]
)
def test_the_page_says_what_is_so_when_it_is_opened_again(
    business: Business, step: UnsubscribeStep
) -> None:
    dead = {"anna@bakery.example": "unsubscribed"}

    assert decide_unsubscribe(None, ANNA, business, dead).step is step


def test_another_address_is_asked_first() -> None:
    request = UnsubscribeRequest(wish="other", address="new@shop.example")

    decision = decide_unsubscribe(request, ANNA, ALONE, {})

    assert decision == UnsubscribeDecision(
        step=UnsubscribeStep.ASKED_OTHER, new_address="new@shop.example"
    )


@pytest.mark.parametrize(
    "address",
    ["", "anna", "@shop.example", "a@shop", "a b@shop.example", "a@shop.example\r\nBcc: b@c.d",
     "<a@shop.example>", "a@.example", "a@shop.example.", "x" * 250 + "@shop.example"],
)  # fmt: skip
def test_what_is_no_address_is_asked_for_again(address: str) -> None:
    request = UnsubscribeRequest(wish="other", address=address)

    decision = decide_unsubscribe(request, ANNA, ALONE, {})

    assert not looks_like_address(address)
    assert decision == UnsubscribeDecision(step=UnsubscribeStep.ASK_LAST, is_bad_address=True)


@pytest.mark.parametrize(
    ("step", "words", "wishes"),
    [
        (UnsubscribeStep.ASK, "Shall they stop?", ["stop"]),
        (UnsubscribeStep.STOPPED, "goes to anna@bakery.example any more", ["start"]),
        (UnsubscribeStep.ASK_LAST, "the last address", ["other", "none"]),
        (UnsubscribeStep.ALL_OFF, "Nobody is told of unhappy customers", ["start"]),
        (UnsubscribeStep.STARTED, "go to anna@bakery.example again", []),
        (UnsubscribeStep.DEAD, "do not go to anna@bakery.example any more", []),
        (UnsubscribeStep.TOO_OFTEN, "try again tomorrow", []),
    ],
)
def test_each_step_has_its_page(step: UnsubscribeStep, words: str, wishes: list[str]) -> None:
    html = render_unsubscribe_page(
        UnsubscribeDecision(step=step), contact=ANNA, business=BOTH, action="/api/u/x"
    )
    markup = read_markup(html)

    assert words in markup.text
    found = [value for tag, name, value in markup.values if name == "value" and tag == "input"]
    assert found == wishes
    assert set(markup.addresses) <= {"/api/u/x"}


def test_the_page_after_asking_names_the_new_address_in_german() -> None:
    html = render_unsubscribe_page(
        UnsubscribeDecision(step=UnsubscribeStep.ASKED_OTHER, new_address="new@shop.example"),
        contact=BEN,
        business=BOTH,
        action="/api/u/x",
    )

    text = read_markup(html).text
    assert "Wir haben an new@shop.example geschrieben" in text
    assert "bis dahin gehen sie an die alte Adresse" in text
    assert '<html lang="de"' in html


def test_the_field_for_another_address_has_a_label_and_its_fault_is_told() -> None:
    html = render_unsubscribe_page(
        UnsubscribeDecision(step=UnsubscribeStep.ASK_LAST, is_bad_address=True),
        contact=ANNA,
        business=ALONE,
        action="/api/u/x",
    )

    assert '<label for="address">' in html
    assert 'aria-describedby="wrong"' in html
    assert 'role="alert"' in html
