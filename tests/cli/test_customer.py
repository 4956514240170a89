"""`heedful export-customer`, `erase-customer` and `redrive`, on services in memory."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from chalicelib import flow
from chalicelib.cli import customer
from chalicelib.cli.__main__ import main
from chalicelib.cli.configure import make_trace_key
from chalicelib.cli.ministack import create_resources, running_ministack
from chalicelib.cli.redrive import Redriven, name_of, redrive, shown
from chalicelib.domain.business import Business
from chalicelib.domain.clock import utc_now
from chalicelib.domain.errors import UserError
from chalicelib.domain.feedback import Arrival, Feedback
from chalicelib.flow import protecting
from chalicelib.privacy.person import Person
from chalicelib.store.envelopes import write_arrival
from chalicelib.store.letters import CALLS_LOST, FEEDBACK, FEEDBACK_LOST, PULLS_LOST
from chalicelib.wiring import deployed_services
from tests.contracts.builders import NOW, a_feedback, put, scored
from tests.embedded_aws import client
from tests.house import BAKERY, House, house

EMAIL = "quirina@post.example"
PERSON = Person(emails=(EMAIL,))
WORDS = "the bread of Quirina was cold"


@pytest.fixture
def bakery() -> Iterator[House]:
    """A bakery that one customer wrote to."""
    with house() as one:
        bring(one, one.feedback(f"{WORDS}; {EMAIL}", author="Quirina", stars=1))
        one.run.settle()
        yield one


def bring(bakery: House, *feedback: Feedback) -> None:
    """A file of feedback comes in."""
    source = BAKERY.source("exports")
    assert source is not None
    flow.import_feedback(bakery.services, BAKERY, source, feedback, bakery.now)


def erase(bakery: House, say: list[str], *, answer: bool = True) -> Any:
    """The command; time passes while it waits."""
    return customer.erase_customer(
        bakery.services,
        BAKERY,
        PERSON,
        say=say.append,
        ask=lambda question: answer,
        wait=lambda seconds: bakery.wait(seconds=seconds),
    )


def test_an_export_holds_all_that_is_kept_for_its_owners_eyes(
    bakery: House, tmp_path: Path
) -> None:
    out = tmp_path / "customer.json"

    many = customer.export_customer(bakery.services, BAKERY, PERSON, out)

    plain = json.loads(out.read_text())
    (one,) = plain["feedback"]
    assert many == 1
    assert out.stat().st_mode & 0o077 == 0
    assert one["said"]["text"] == f"{WORDS}; [e-mail]"
    assert (one["said"]["author"], one["said"]["stars"]) == ("Quirina", 1)
    assert one["concluded"]["polarity"] == "positive"
    assert plain["purposes"]["alerts"]["ground"] == "legitimate_interest"
    assert plain["purposes"]["profiles"]["ground"] == "off"
    with pytest.raises(UserError, match="already"):
        customer.export_customer(bakery.services, BAKERY, PERSON, out)


def test_an_erasure_shows_what_goes_without_a_word_of_it_and_asks(bakery: House) -> None:
    said: list[str] = []

    assert erase(bakery, said, answer=False) is None

    assert said[0] == "1 feedback of this customer are stored."
    assert "exports" in said[1]
    assert "1 stars" in said[1]
    assert WORDS not in str(said)
    assert "Quirina" not in str(said)
    assert bakery.store.receipts("bakery") == []


def test_an_erasure_waits_for_what_is_being_stored_and_gives_a_receipt(bakery: House) -> None:
    said: list[str] = []
    begun = bakery.now

    receipt = erase(bakery, said)

    assert receipt.done_at == bakery.now
    assert (bakery.now - begun).total_seconds() == 131
    plain = json.loads(customer.receipt_text(receipt))
    assert plain["feedback_erased"] == 1
    assert plain["messages_taken_out_of_queues"] == 0
    assert any("35 days" in one for one in plain["cannot_be_reached"])
    assert EMAIL not in str(plain)


def test_an_erasure_that_cannot_end_says_so(bakery: House) -> None:
    queue: Any = bakery.services.letters["feedback"]
    queue.handled_elsewhere = 2

    receipt = erase(bakery, [])

    assert receipt.done_at is None
    assert json.loads(customer.receipt_text(receipt))["messages_being_handled"] == 2


def test_the_business_must_be_named_where_there_are_two(bakery: House) -> None:
    assert customer.the_business(bakery.services, None).business_id == "bakery"
    bakery.store.save_business(replace(BAKERY, business_id="clinic"))

    with pytest.raises(UserError, match="bakery, clinic"):
        customer.the_business(bakery.services, None)
    with pytest.raises(UserError, match="there is no business shop"):
        customer.the_business(bakery.services, "shop")
    named: Business = customer.the_business(bakery.services, "clinic")
    assert named.business_id == "clinic"


def lose(bakery: House, many: int) -> None:
    """Some feedback and a look that failed too often, and what nobody understands."""
    lost = bakery.services.letters[FEEDBACK_LOST]
    for _ in range(many):
        feedback = bakery.feedback(WORDS, author="Quirina")
        lost.put([write_arrival(Arrival(feedback=feedback, received_at=bakery.now))])
    lost.put([f'{{"v":0,"arrival":"{WORDS}"}}'])
    bakery.services.letters[PULLS_LOST].put(['{"v":1,"pull":["bakery","sheet"]}'])


def test_what_failed_is_shown_without_a_word_of_it(bakery: House) -> None:
    lose(bakery, 3)
    said: list[str] = []

    done = redrive(bakery.services, say=said.append, ask=lambda question: False)

    assert said == [
        "feedback-lost: 4",
        "  3 x bakery: review of exports, 2026-05-04",
        f"  1 x not understood, {len(WORDS) + 20} characters",
        "pulls-lost: 1",
        "  1 x bakery: look at sheet",
    ]
    assert done == Redriven(found=5, put_back=0, unreadable=1)
    assert len(bakery.queues.lost[FEEDBACK_LOST]) == 4


def test_on_yes_it_goes_back_where_it_came_from_and_the_unreadable_stays(bakery: House) -> None:
    lose(bakery, 3)
    asked: list[str] = []

    def yes(question: str) -> bool:
        asked.append(question)
        return True

    done = redrive(bakery.services, say=lambda line: None, ask=yes)

    assert asked == ["Put 3 back on the feedback queue", "Put 1 back on the pulls queue"]
    assert done == Redriven(found=5, put_back=4, unreadable=1)
    assert len(bakery.queues.feedback.waiting) == 3
    assert list(bakery.queues.pulls.waiting) == [("bakery", "sheet")]
    assert len(bakery.queues.lost[FEEDBACK_LOST]) == 1
    assert len(bakery.queues.lost[PULLS_LOST]) == 0


def test_nothing_lost_asks_nothing(bakery: House) -> None:
    said: list[str] = []

    done = redrive(bakery.services, say=said.append, ask=lambda question: 1 / 0 > 1)

    assert said == ["feedback-lost: nothing", "pulls-lost: nothing"]
    assert done == Redriven()


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (
            {"requestContext": {"functionArn": "arn:aws:lambda:eu:1:function:watch-X:$LATEST"}},
            "a call of watch-X",
        ),
        ({"TopicArn": "arn:aws:sns:eu:1:notices", "Message": WORDS}, "a delivery notice"),
        ({}, "a scheduled call"),
        ([], None),
    ],
)
def test_a_call_that_failed_is_named_by_its_function(body: Any, name: str | None) -> None:
    assert name_of(CALLS_LOST, json.dumps(body)) == name
    assert WORDS not in str(shown(CALLS_LOST, []))


def test_the_commands_reach_a_deployed_heedful(tmp_path: Path) -> None:
    with running_ministack() as address:
        cloudformation = client("cloudformation", address)
        create_resources(cloudformation, sender="alerts@bakery.example", stack="heedful-cli")
        services = deployed_services("cli", address)
        services.store.save_business(BAKERY)
        make_trace_key(services.secrets)
        written = a_feedback(source="exports", text=f"{WORDS}; {EMAIL}", written_at=NOW)
        protected = protecting.protected(services, BAKERY, written)
        put(services.store, scored(protected))
        lost = write_arrival(Arrival(feedback=protected, received_at=NOW))
        services.letters[FEEDBACK_LOST].put([lost, lost])
        named = ["--email", EMAIL, "--stage", "cli", "--endpoint-url", address]

        out = tmp_path / "customer.json"
        exported = CliRunner().invoke(main, ["export-customer", *named, "--out", str(out)])
        redriven = CliRunner().invoke(main, ["redrive", "--yes", *named[2:]])
        refused = CliRunner().invoke(main, ["erase-customer", *named], input="n\n")
        receipt = flow.erase_customer(services, BAKERY, PERSON, utc_now())

        assert exported.exit_code == 0, exported.output
        assert json.loads(out.read_text())["feedback"][0]["said"]["text"] == f"{WORDS}; [e-mail]"
        assert "2 of 2 messages were put back." in redriven.output
        assert WORDS not in redriven.output
        assert refused.output.endswith("Nothing was changed.\n")
        assert (len(receipt.feedback), len(receipt.messages)) == (1, 1)
        assert services.letters[FEEDBACK].take() == []
        found = services.store.find("bakery", [written.feedback_id])
        assert [one.feedback.text for one in found.values()] == [""]
