"""The message endpoint: a chat tool asks, the answer comes at once, and the message is kept."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.domain.business import SourceSettings
from chalicelib.domain.feedback import FeedbackKind
from tests.house import House, house
from tests.pull.webhooks.deliveries import as_json
from tests.pull.webhooks.senders import BY_KIND, move_in

SENDER = BY_KIND["messages"]


@pytest.fixture
def town() -> Iterator[House]:
    """A house with a chat tool."""
    with house() as made:
        move_in(made)
        yield made


def ask(town: House, **message: Any) -> tuple[int, dict[str, Any]]:
    """The answer to one message."""
    body = as_json(
        {"message_id": "chat-1", "text": "bad, where is it?", "language": "en"} | message
    )
    path, headers, sent = SENDER.request(SENDER.secrets["live"], town.now, body=body)
    status, _, answer = town.request("POST", path, headers, sent)
    return status, json.loads(answer)


def test_an_upset_customer_is_handed_to_a_person_with_the_reason(town: House) -> None:
    assert ask(town) == (
        200,
        {"polarity": "negative", "emotions": {"anger": 0.7}, "hand_over": True, "reason": "anger"},
    )


def test_a_content_customer_stays_with_the_machine(town: House) -> None:
    assert ask(town, text="thank you, lovely") == (
        200,
        {"polarity": "positive", "emotions": {"joy": 0.8}, "hand_over": False, "reason": "none"},
    )


def test_what_cannot_be_read_is_for_a_person(town: House) -> None:
    assert ask(town, text="Πού είναι;", language="el") == (
        200,
        {"polarity": None, "emotions": {}, "hand_over": True, "reason": "not_read"},
    )


def test_the_message_is_stored_like_any_feedback_and_redacted(town: House) -> None:
    customer = {"id": "c42", "consent": True}
    for _ in range(2):
        ask(town, text="bad, call +49 30 901820", customer=customer, order_id="o9")
    town.run.settle()

    (one,) = town.store.scored_between("bakery", "2026-05-01", "2026-05-31")
    assert (one.feedback.kind, one.feedback.text) == (FeedbackKind.MESSAGE, "bad, call [phone]")
    assert (one.feedback.author_id, one.feedback.has_consent) == ("c42", True)
    assert one.feedback.order_reference == "o9"
    assert not one.is_history


def test_a_model_that_fails_loses_no_message_and_leaves_it_to_a_person(town: House) -> None:
    def broken() -> Any:
        raise RuntimeError("out of memory over bad words")

    wiring.use(replace(town.services, model=broken))

    status, answer = ask(town)

    assert (status, answer["hand_over"], answer["reason"]) == (200, True, "not_read")
    assert len(town.queues.feedback.waiting) == 1
    assert "out of memory" not in town.log.getvalue()


@pytest.mark.parametrize(
    "message", [{"message_id": None}, {"text": None}, {"text": "  "}, {"text": ["bad"]}]
)
def test_a_message_without_id_or_text_is_refused(town: House, message: dict[str, Any]) -> None:
    assert ask(town, **message) == (400, {"status": 400})
    assert not town.queues.feedback.waiting


def test_a_survey_tool_that_is_named_messages_is_no_chat_tool(town: House) -> None:
    other = BY_KIND["typeform"]
    named = SourceSettings(name="messages", kind="typeform", secret="bakery/typeform")
    business = town.store.load_business("bakery")
    assert business is not None
    town.store.save_business(replace(business, sources=(*business.sources, named)))
    _, headers, sent = other.request(other.secrets["live"], town.now)

    status, _, answer = town.request("POST", "/messages/bakery", headers, sent)

    assert (status, json.loads(answer)) == (401, {"status": 401})
    assert not town.queues.feedback.waiting
