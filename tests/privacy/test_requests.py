"""Requests of people: through the public form, to the owner in time, gone when they are done."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib import flow
from chalicelib.cli import customer
from chalicelib.domain.business import Contact
from chalicelib.domain.clock import to_text
from chalicelib.domain.errors import UserError
from chalicelib.domain.feedback import Feedback
from chalicelib.domain.request import Asked, PersonRequest, RequestKind
from chalicelib.domain.session import Role
from chalicelib.flow.asking import look_at_requests
from chalicelib.flow.protecting import tracer_of
from chalicelib.privacy.person import Person
from chalicelib.privacy.requests import begin, next_look, people_to_tell, person_behind
from tests.house import BAKERY, START, House, house

TYPED = {
    "kind": "access",
    "answer_to": "quirina@post.example",
    "address": "030 23125042",
    "order": "#A-77",
    "name": "Quirina",
    "link": "https://reviews.example/p/88",
    "words": "what do you keep about my marzipan zeppelin?",
}
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def bakery() -> Iterator[House]:
    """A bakery with its public page."""
    with house() as one:
        yield one


def ask(bakery: House, **changes: str) -> tuple[int, str]:
    """Status and page after the form was sent."""
    body = urlencode(TYPED | changes).encode()
    status, _, page = bakery.request("POST", "/privacy/bakery", FORM, body)
    return status, page


def asked(bakery: House) -> list[PersonRequest]:
    """What is kept, the oldest first."""
    return bakery.store.requests_of("bakery", 100)[::-1]


def begun(now: datetime, **changes: str) -> PersonRequest:
    """A request as the form begins it."""
    with house() as one:
        tracer = tracer_of(one.services, BAKERY)
        given = {name: value for name, value in (TYPED | changes).items() if name != "kind"}
        return begin(BAKERY, RequestKind.ACCESS, Asked(**given), "en", tracer, now)


def test_the_page_is_there_for_everybody_in_both_languages(bakery: House) -> None:
    status, headers, page = bakery.request("GET", "/privacy/bakery")
    german = bakery.request("GET", "/privacy/bakery?lang=de")[2]
    by_browser = bakery.request("GET", "/privacy/bakery", {"accept-language": "de-DE"})[2]

    assert status == 200
    assert headers["Cache-Control"] == "public, max-age=3600"
    assert "Privacy at Rosa Bakery" in page
    assert "Datenschutz bei Rosa Bakery" in german
    assert by_browser == german


def test_an_unknown_business_is_answered_like_an_unknown_link(bakery: House) -> None:
    unknown_link = bakery.request("GET", "/i/nothing")
    looked = bakery.request("GET", "/privacy/nothing")
    sent = bakery.request("POST", "/privacy/nothing", FORM, urlencode(TYPED).encode())

    assert looked[0] == sent[0] == unknown_link[0] == 404
    assert looked[2] == sent[2] == unknown_link[2]


def test_a_request_is_kept_with_the_day_the_law_names_and_repeats_nothing(bakery: House) -> None:
    status, page = ask(bakery)

    (kept,) = asked(bakery)
    assert status == 200
    assert kept.asked == Asked(**{name: TYPED[name] for name in TYPED if name != "kind"})
    assert (kept.kind, kept.received_at, kept.due_day) == ("access", START, "2026-06-04")
    assert "Thu 4 Jun" in page
    for typed in (*TYPED.values(), "zeppelin"):
        if typed != "access":
            assert typed not in page
            assert typed not in bakery.log.getvalue()


def test_pressing_twice_is_asking_once_and_tomorrow_is_another_day(bakery: House) -> None:
    ask(bakery)
    ask(bakery)
    assert len(asked(bakery)) == 1

    bakery.wait(days=1)
    ask(bakery)
    assert [one.due_day for one in asked(bakery)] == ["2026-06-04", "2026-06-05"]


def test_a_day_takes_five_and_says_so_to_the_sixth(bakery: House) -> None:
    answers = [ask(bakery, words=f"number {number}")[0] for number in range(6)]
    again = ask(bakery, words="number 0")[0]

    assert answers == [200] * 5 + [429]
    assert again == 200
    assert len(asked(bakery)) == 5
    bakery.wait(days=1)
    assert ask(bakery)[0] == 200


def test_who_is_turned_away_learns_where_else_to_write(bakery: House) -> None:
    privacy = replace(BAKERY.privacy, contact="privacy@bakery.example")
    bakery.store.save_business(replace(BAKERY, privacy=privacy))
    for number in range(5):
        ask(bakery, words=f"number {number}")

    assert "Please write to privacy@bakery.example" in ask(bakery, words="one more")[1]


@pytest.mark.parametrize("changes", [{"answer_to": ""}, {"kind": "all"}, {"name": "x" * 121}])
def test_what_makes_no_sense_is_asked_for_again_and_not_kept(
    bakery: House, changes: dict[str, str]
) -> None:
    status, page = ask(bakery, **changes)

    assert status == 400
    assert "Something is missing or too long" in page
    assert "quirina" not in page
    assert asked(bakery) == []


def test_the_owner_is_told_within_a_minute_without_a_word_of_the_person(bakery: House) -> None:
    ask(bakery)
    bakery.run.watch(bakery.now)

    told = sorted(one.to for one in bakery.outbox.emails)
    assert told == ["jonas@bakery.example", "rosa@bakery.example"]
    mail = bakery.outbox.emails[0]
    (kept,) = asked(bakery)
    assert mail.subject == "A customer asks about their data: answer by Thu 4 Jun"
    assert "Wants to see what you keep of them" in mail.text
    assert f"/o/privacy/{kept.request_id}" in mail.text
    for typed in TYPED.values():
        if typed != "access":
            assert typed not in mail.text + mail.html + mail.subject
    bakery.run.watch(bakery.now)
    assert len(bakery.outbox.emails) == 2


def test_who_does_not_run_the_business_is_told_only_where_nobody_else_reads() -> None:
    boss = Contact(name="Rosa", email="rosa@bakery.example")
    staff = Contact(name="Ben", email="ben@bakery.example", role=Role.STAFF)
    no_mail = Contact(name="Eve", phone="+4930901820")
    business = replace(BAKERY, contacts=(staff, boss, no_mail))

    assert people_to_tell(business, {}) == ("Rosa",)
    assert people_to_tell(business, {"rosa@bakery.example": "bounced"}) == ("Ben",)
    assert people_to_tell(replace(BAKERY, contacts=(no_mail,)), {}) == ()


def test_an_open_request_is_told_of_again_ever_nearer_its_day() -> None:
    request = begun(START)
    moment, looks = START, []
    for _ in range(5):
        moment = next_look(request, BAKERY, moment)
        looks.append(to_text(moment)[:16])

    assert looks == [
        "2026-05-25T07:00",
        "2026-06-01T07:00",
        "2026-06-04T07:00",
        "2026-06-11T07:00",
        "2026-06-18T07:00",
    ]


def test_reminders_come_until_it_is_answered_and_say_when_it_is_late(bakery: House) -> None:
    ask(bakery)
    subjects = []
    for day in range(46):
        bakery.run.watch(START + timedelta(days=day, hours=2))
        bakery.clock.now = START + timedelta(days=day, hours=2)
        subjects += [
            (day, one.subject) for one in bakery.outbox.emails if one.to == "rosa@bakery.example"
        ]
        bakery.outbox.emails.clear()

    again = "Still waiting: answer a customer about their data by Thu 4 Jun"
    late = "Overdue since Thu 4 Jun: answer a customer about their data"
    assert subjects == [
        (0, "A customer asks about their data: answer by Thu 4 Jun"),
        (21, again),
        (28, again),
        (31, again),
        (38, late),
        (45, late),
    ]


def test_an_answered_request_is_silent_and_its_words_go_after_a_week(bakery: House) -> None:
    ask(bakery)
    (kept,) = asked(bakery)

    assert flow.answer_request(bakery.services, "bakery", kept.request_id, "Rosa", bakery.now)
    bakery.run.watch(bakery.now)
    assert bakery.outbox.emails == []
    (act,) = bakery.store.acts("bakery", START, bakery.now, 10)
    assert (act.who, act.what, act.about) == ("Rosa", "request.answer", kept.about)

    bakery.wait(days=6, hours=23)
    bakery.run.watch(bakery.now)
    assert asked(bakery)[0].asked.name == "Quirina"
    bakery.wait(hours=1)
    shown = flow.load_request(bakery.services, BAKERY, kept.request_id, bakery.now)
    assert shown.asked == Asked()
    bakery.run.watch(bakery.now)
    (left,) = asked(bakery)
    assert (left.asked, left.traces, left.look_at) == (Asked(), (), None)
    assert (left.answered_by, left.kind) == ("Rosa", "access")


def test_a_mail_that_waits_is_not_sent_once_it_was_answered(bakery: House) -> None:
    ask(bakery)
    (kept,) = asked(bakery)
    look_at_requests(bakery.services, bakery.now)
    assert len(bakery.store.due_notifications(bakery.now, 10)) == 2

    flow.answer_request(bakery.services, "bakery", kept.request_id, "Rosa", bakery.now)
    bakery.run.watch(bakery.now)

    assert bakery.outbox.emails == []
    assert bakery.store.due_notifications(bakery.now, 10) == []


class NoAddresses:
    """A store that cannot say which of one business's addresses are dead."""

    def __init__(self, behind: Any, business_id: str) -> None:
        self._behind, self._business_id = behind, business_id

    def __getattr__(self, name: str) -> Any:
        return getattr(self._behind, name)

    def dead_addresses(self, business_id: str) -> dict[str, str]:
        """Breaks for that business."""
        if business_id == self._business_id:
            raise RuntimeError("quirina@post.example")
        found: dict[str, str] = self._behind.dead_addresses(business_id)
        return found


def test_a_business_that_cannot_be_told_holds_up_no_other(bakery: House) -> None:
    ask(bakery)
    clinic = replace(BAKERY, business_id="clinic")
    bakery.store.save_business(clinic)
    (kept,) = asked(bakery)
    bakery.store.save_request(replace(kept, business_id="clinic", version=0))
    broken: Any = NoAddresses(bakery.store, "bakery")

    troubles = look_at_requests(replace(bakery.services, store=broken), bakery.now)

    waiting = bakery.store.due_notifications(bakery.now, 10)
    assert {one.business_id for one in waiting} == {"clinic"}
    assert len(troubles) == 1
    assert troubles[0].startswith("bakery")
    assert "quirina" not in troubles[0]


def test_taking_and_answering_twice_leave_one_act_each(bakery: House) -> None:
    ask(bakery)
    (kept,) = asked(bakery)
    for _ in range(2):
        flow.take_request(bakery.services, "bakery", kept.request_id, "Rosa", bakery.now)
        flow.answer_request(bakery.services, "bakery", kept.request_id, "Ben", bakery.now)

    acts = bakery.store.acts("bakery", START, bakery.now, 10)
    assert sorted((one.what, one.who) for one in acts) == [
        ("request.answer", "Ben"),
        ("request.take", "Rosa"),
    ]
    assert not flow.take_request(bakery.services, "bakery", "none", "Rosa", bakery.now)


def test_what_nobody_ever_answers_is_not_kept_for_ever(bakery: House) -> None:
    ask(bakery)
    bakery.wait(days=395)
    bakery.run.watch(bakery.now)

    (left,) = asked(bakery)
    assert (left.asked, left.look_at) == (Asked(), None)


def test_a_business_that_is_gone_is_told_nothing_and_keeps_nothing(bakery: House) -> None:
    ask(bakery)
    bakery.store.remove_business("bakery")
    bakery.run.watch(bakery.now)

    (left,) = asked(bakery)
    assert (left.asked, left.look_at) == (Asked(), None)
    assert bakery.outbox.emails == []


def test_the_person_behind_a_request_is_named_by_what_was_typed() -> None:
    person = person_behind(begun(START), BAKERY)

    assert person.emails == ("quirina@post.example",)
    assert person.phones == ("030 23125042",)
    assert (person.orders, person.links) == (("#A-77",), ("https://reviews.example/p/88",))
    street = person_behind(begun(START, address="Bread Street 7", order="", link=""), BAKERY)
    assert street == Person(emails=person.emails, request_ids=street.request_ids)


def test_the_number_of_a_request_tells_nobody_what_was_typed() -> None:
    first, second = begun(START), begun(START, words="something else")

    assert first.request_id.startswith("2026-05-04-")
    assert first.request_id != second.request_id
    assert len(first.request_id) == len("2026-05-04-") + 12


def test_a_request_late_in_the_evening_belongs_to_the_business_s_own_day() -> None:
    late = datetime(2026, 5, 4, 22, 30, tzinfo=UTC)

    assert begun(late).request_id.startswith("2026-05-05-")
    assert begun(late).due_day == "2026-06-05"


def test_an_export_by_request_finds_the_person_and_marks_it_answered(
    bakery: House, tmp_path: Path
) -> None:
    said = bakery.feedback("cold bread; quirina@post.example", author="Quirina")
    bring(bakery, said)
    ask(bakery)
    (kept,) = asked(bakery)

    person, lines = customer.with_request(bakery.services, BAKERY, Person(), kept.request_id)
    many = customer.export_customer(bakery.services, BAKERY, person, tmp_path / "out.json")

    plain = json.loads((tmp_path / "out.json").read_text())
    assert many == 1
    assert "  answer to: quirina@post.example" in lines
    assert [one["words"] for one in plain["requests"]] == [TYPED["words"]]
    (done,) = asked(bakery)
    assert (done.answered_by, done.answered_at) == ("export-customer", bakery.now)
    with pytest.raises(UserError, match="there is no request"):
        customer.with_request(bakery.services, BAKERY, Person(), "2026-05-04-none")


def test_an_erasure_takes_what_the_person_asked_with_them_and_closes_it(bakery: House) -> None:
    ask(bakery)
    ask(bakery, answer_to="other@post.example", address="", order="B-1", link="", words="me too")
    other, kept = sorted(asked(bakery), key=lambda one: one.asked.address)

    receipt = flow.erase_customer(
        bakery.services, BAKERY, Person(emails=("quirina@post.example",)), bakery.now
    )

    left = bakery.store.load_request("bakery", kept.request_id)
    assert left is not None
    assert (left.asked, left.traces, left.look_at) == (Asked(), (), None)
    assert (left.answered_by, left.kind, left.due_day) == ("erase-customer", "access", "2026-06-04")
    assert bakery.store.load_request("bakery", other.request_id) == other
    assert receipt.requests == (kept.request_id,)
    (act,) = bakery.store.acts("bakery", START, bakery.now, 10)
    assert (act.what, act.detail) == ("request.answer", "erased")
    nobody: Any = flow.export_customer(
        bakery.services, BAKERY, Person(emails=("quirina@post.example",)), bakery.now
    )
    assert nobody["requests"] == []


def test_a_request_is_erased_by_its_own_number_whatever_it_names(bakery: House) -> None:
    said = bakery.feedback("cold bread", author_id="m-1", author="Quirina")
    bring(bakery, said)
    ask(bakery, answer_to="Bread Street 7", address="", order="", link="")
    (kept,) = asked(bakery)

    alone, _ = customer.with_request(bakery.services, BAKERY, Person(), kept.request_id)
    with pytest.raises(UserError, match="name the customer"):
        flow.erase_customer(bakery.services, BAKERY, alone, bakery.now)
    both, _ = customer.with_request(
        bakery.services, BAKERY, Person(author_ids=("m-1",)), kept.request_id
    )
    receipt = flow.erase_customer(bakery.services, BAKERY, both, bakery.now)

    assert (len(receipt.feedback), receipt.requests) == (1, (kept.request_id,))
    assert asked(bakery)[0].asked == Asked()


def test_a_review_is_found_by_its_link_unless_others_have_the_same(bakery: House) -> None:
    link = TYPED["link"]
    bring(bakery, bakery.feedback("cold bread", url=link))
    person = Person(links=(link,))
    exported: Any = flow.export_customer(bakery.services, BAKERY, person, bakery.now)
    assert [one["said"]["text"] for one in exported["feedback"]] == ["cold bread"]

    bring(bakery, bakery.feedback("good bread", url=link))
    with pytest.raises(UserError, match="several reviews"):
        flow.erase_customer(bakery.services, BAKERY, person, bakery.now)


def bring(bakery: House, feedback: Feedback) -> None:
    """A file of feedback comes in and is stored."""
    source = BAKERY.source("exports")
    assert source is not None
    flow.import_feedback(bakery.services, BAKERY, source, [feedback], bakery.now)
    bakery.run.settle()
