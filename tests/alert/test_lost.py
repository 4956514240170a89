"""The operator hears of every lost queue by mail, once a day, and never of what lies in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email.headerregistry import Address

import pytest

from chalicelib import wiring
from chalicelib.alert.lost import budget_of, render_lost
from chalicelib.alert.ses import build_message
from chalicelib.domain.alert import Email
from chalicelib.domain.errors import ChannelError
from tests.house import House, house

QUEUES = {"heedful-prod-FeedbackLost-X": 0, "heedful-prod-PullsLost-Y": 0, "heedful-LostCalls-Z": 0}


class Depths:
    """What lies in the lost queues."""

    def __init__(self) -> None:
        self.lost = dict(QUEUES)

    def dead_letters(self) -> dict[str, int]:
        return dict(self.lost)


class Refusing:
    """A mail service that takes nothing."""

    def send(self, email: Email) -> str:
        raise ChannelError("SES: MessageRejected", retryable=False)


@pytest.fixture
def depths() -> Depths:
    return Depths()


@pytest.fixture
def bakery(depths: Depths) -> Iterator[House]:
    with house() as built:
        wiring.use(replace(built.services, depths=depths, operator="ops@bakery.example"))
        yield built


def told(built: House) -> list[str]:
    return [one.subject for one in built.outbox.emails if one.to == "ops@bakery.example"]


def test_while_nothing_is_lost_nobody_is_told(bakery: House) -> None:
    bakery.run.watch(bakery.now)

    assert bakery.outbox.emails == []


@pytest.mark.parametrize("queue", QUEUES)
def test_each_lost_queue_is_told_of_once_a_day_while_something_lies_there(
    bakery: House, depths: Depths, queue: str
) -> None:
    depths.lost[queue] = 3
    for _ in range(5):
        bakery.run.watch(bakery.now)
        bakery.wait(minutes=1)
    assert told(bakery) == ["Heedful: 3 messages could not be handled"]

    bakery.wait(days=1)
    bakery.run.watch(bakery.now)
    assert len(told(bakery)) == 2

    depths.lost[queue] = 0
    bakery.wait(days=1)
    bakery.run.watch(bakery.now)
    assert len(told(bakery)) == 2


def test_a_second_queue_on_the_same_day_is_told_of_by_itself(bakery: House, depths: Depths) -> None:
    first, second, _ = QUEUES
    depths.lost[first] = 1
    bakery.run.watch(bakery.now)
    depths.lost[second] = 2
    bakery.wait(minutes=1)
    bakery.run.watch(bakery.now)

    assert told(bakery) == [
        "Heedful: 1 message could not be handled",
        "Heedful: 2 messages could not be handled",
    ]


def test_a_mail_that_is_refused_fails_the_watch_so_that_its_alarm_tells(
    bakery: House, depths: Depths
) -> None:
    refusing = Refusing()
    depths.lost["heedful-prod-PullsLost-Y"] = 1
    wiring.use(replace(wiring.services(), email=lambda: refusing))

    with pytest.raises(RuntimeError, match="operator: ChannelError"):
        bakery.run.watch(bakery.now)


def test_without_an_operator_the_log_alone_tells(bakery: House, depths: Depths) -> None:
    depths.lost["heedful-prod-PullsLost-Y"] = 4
    wiring.use(replace(wiring.services(), operator=""))

    bakery.run.watch(bakery.now)

    assert bakery.outbox.emails == []
    assert '"heedful-prod-PullsLost-Y":4' in bakery.log.getvalue().replace(" ", "")


def test_the_mail_names_what_was_lost_and_what_to_do_and_can_be_sent() -> None:
    email = render_lost({"a-FeedbackLost-1": 2, "<b>": 1}, "ops@bakery.example")
    raw = build_message(email, Address(addr_spec="alerts@bakery.example"))

    assert "2 in FeedbackLost: feedback that could not be scored or stored" in email.text
    assert "./dev heedful redrive" in email.text
    assert "<b>" not in email.html
    assert "&lt;b&gt;" in email.html
    assert b"Subject: Heedful: 3 messages could not be handled" in raw


def test_a_queue_is_told_of_under_one_name_a_day(bakery: House) -> None:
    assert budget_of("heedful-prod-PullsLost-Y", bakery.now) == "told-of.PullsLost.2026-05-04"
