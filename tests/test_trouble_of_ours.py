"""When our own table or queue fails, a sender is told to try again, and the log keeps quiet."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.cli.local_run import LambdaContext
from chalicelib.domain.errors import QueueError
from tests.house import House, house
from tests.pull.webhooks.hostile import event_of
from tests.pull.webhooks.senders import BY_KIND, SENDERS, Sender, move_in

WORDS = "words that a customer wrote"


@pytest.fixture
def town() -> Iterator[House]:
    """A house with every tool."""
    with house() as made:
        move_in(made)
        yield made


def fail(*_: object, **__: object) -> Any:
    """As a store or a queue that is down."""
    raise QueueError(WORDS)


@pytest.mark.parametrize("sender", SENDERS, ids=lambda one: one.kind)
def test_what_we_cannot_keep_is_answered_with_500_and_neither_secret_nor_words_are_logged(
    town: House, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, headers, body = sender.request(sender.secrets["live"], town.now)
    monkeypatch.setattr(town.queues.feedback, "put", fail)
    monkeypatch.setattr(town.queues.pulls, "put", fail)

    status, _, answer = town.request("POST", path, headers, body)

    assert status == 500
    log = town.log.getvalue()
    assert "failed: QueueError in fail, line" in log
    for secret in (WORDS, *sender.secrets["live"].split()):
        assert secret not in log
        assert secret not in answer


def test_a_page_that_fails_does_not_log_the_link_that_opens_it(
    town: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(town.store, "find_link", fail)

    assert town.request("GET", "/i/a-token-that-opens-a-page")[0] == 500
    assert "a-token-that-opens-a-page" not in town.log.getvalue()


def test_parts_of_a_form_that_are_not_utf_8_arrive_as_they_were_sent(town: House) -> None:
    sender = BY_KIND["jotform"]
    path, headers, body = sender.request(sender.secrets["live"], town.now)
    event = event_of("POST", path, headers, body)
    event["body"], event["isBase64Encoded"] = base64.b64encode(body).decode(), True

    answer = town.app.app(event, LambdaContext(function_name="api_handler"))

    assert answer["statusCode"] == 202
    state = town.store.load_source("bakery", "from-jotform")
    assert state is not None
    assert state.cursor["waiting"] == ["6000111222333"]
