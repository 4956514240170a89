"""The owner's pages on privacy: who waits, what was written, who did what."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from chalicelib import flow
from chalicelib.domain.audit import Act, ActKind
from chalicelib.domain.business import LegalBasis
from chalicelib.domain.request import PersonRequest
from chalicelib.domain.session import Role, Visitor
from chalicelib.flow.links import GoTo
from chalicelib.flow.owner_pages import ACTS, NAMED_PAGES, PAGES
from chalicelib.pages.owner_frame import MORE
from chalicelib.privacy.person import Person
from chalicelib.wording.words import words_in
from tests.house import BAKERY, START, House, house
from tests.pages.test_notice import text_of

ROSA = Visitor(business_id="bakery", contact="Rosa", role=Role.OWNER, language="en")
TYPED = {
    "kind": "erasure",
    "answer_to": "quirina@post.example",
    "name": "<b>Quirina</b>",
    "words": "forget my zeppelin",
}


@pytest.fixture
def bakery() -> Iterator[House]:
    """A bakery whose customer asked to be erased."""
    with house() as one:
        form = {"content-type": "application/x-www-form-urlencoded"}
        one.request("POST", "/privacy/bakery", form, urlencode(TYPED).encode())
        yield one


def the_request(bakery: House) -> PersonRequest:
    """As it is now."""
    (one,) = bakery.store.requests_of("bakery", 10)
    return one


def page(bakery: House, visitor: Visitor = ROSA) -> str:
    """The page on privacy, as text."""
    shown = PAGES["privacy"](bakery.services, visitor, BAKERY, {}, bakery.now)
    assert isinstance(shown, str)
    return text_of(shown)


def one_page(bakery: House, visitor: Visitor = ROSA) -> str:
    """The page of the request."""
    name = the_request(bakery).request_id
    shown = NAMED_PAGES["privacy"](bakery.services, visitor, BAKERY, name, {}, bakery.now)
    assert isinstance(shown, str)
    return shown


def press(bakery: House, button: str, visitor: Visitor = ROSA) -> object:
    """A button on it."""
    name = the_request(bakery).request_id
    return ACTS["privacy"](bakery.services, visitor, BAKERY, name, {"act": button}, bakery.now)


def test_the_page_lists_who_waits_without_a_word_of_them(bakery: House) -> None:
    text = page(bakery)

    assert "Wants to be erased" in text
    assert "the law wants an answer by Thu 4 Jun" in text
    assert "quirina" not in text.lower()
    assert "zeppelin" not in text
    assert "privacy" in MORE


def test_the_page_says_on_which_ground_each_thing_is_done(bakery: House) -> None:
    privacy = replace(BAKERY.privacy, profiles=LegalBasis.CONSENT, recovery=LegalBasis.OFF)
    business = replace(BAKERY, privacy=privacy)
    shown = PAGES["privacy"](bakery.services, ROSA, business, {}, bakery.now)
    assert isinstance(shown, str)
    lines = text_of(shown).splitlines()

    def ground_of(purpose: str) -> str:
        return lines[lines.index(words_in("en").say(f"public.purpose.{purpose}")) + 1]

    assert ground_of("alerts") == "legitimate interest"
    assert ground_of("recovery") == "off"
    assert ground_of("profiles") == "only with the customer's consent"


def test_the_request_shows_what_was_written_escaped_and_the_command(bakery: House) -> None:
    shown = one_page(bakery)
    text = text_of(shown)

    assert "<b>Quirina" not in shown
    assert "<b>Quirina</b>" in text
    assert "forget my zeppelin" in text
    assert f"erase-customer --request {the_request(bakery).request_id}" in text
    assert "be sure that it is really this person" in text


def test_pressing_take_and_answer_is_noted_with_who_and_when(bakery: House) -> None:
    name = the_request(bakery).request_id

    assert press(bakery, "take") == GoTo(path=f"privacy/{name}", notice="did_take")
    assert the_request(bakery).taken_by == "Rosa"
    assert "Rosa looks after it" in page(bakery)
    done = press(bakery, "answer")
    assert done == GoTo(path=f"privacy/{name}", notice="did_answer_request")

    acts = bakery.store.acts("bakery", START, bakery.now, 10)
    assert {(one.what, one.who) for one in acts} == {
        (ActKind.TAKE_REQUEST, "Rosa"),
        (ActKind.ANSWER_REQUEST, "Rosa"),
    }
    text = page(bakery)
    assert "Nobody waits for an answer." in text
    assert "Mon 4 May, 11:00: Rosa answered a request on privacy" in text


def test_what_is_not_a_button_changes_nothing(bakery: House) -> None:
    before = the_request(bakery)

    assert press(bakery, "erase") == GoTo(
        path=f"privacy/{before.request_id}", notice="not_understood"
    )
    assert the_request(bakery) == before
    nobody = ACTS["privacy"](
        bakery.services, ROSA, BAKERY, "2026-05-04-none", {"act": "take"}, bakery.now
    )
    assert nobody is None
    unknown = NAMED_PAGES["privacy"](bakery.services, ROSA, BAKERY, "none", {}, bakery.now)
    assert unknown is None


def test_a_request_of_another_business_is_not_there(bakery: House) -> None:
    clinic = replace(BAKERY, business_id="clinic")
    name = the_request(bakery).request_id

    assert NAMED_PAGES["privacy"](bakery.services, ROSA, clinic, name, {}, bakery.now) is None
    assert ACTS["privacy"](bakery.services, ROSA, clinic, name, {"act": "take"}, START) is None


def test_who_only_looks_gets_no_buttons(bakery: House) -> None:
    looking = replace(ROSA, role=Role.READ_ONLY)

    assert "<button" in one_page(bakery).split("</header>")[1]
    assert "<button" not in one_page(bakery, looking).split("</header>")[1]


def test_a_late_request_is_called_late(bakery: House) -> None:
    bakery.wait(days=31)
    assert "the law wants an answer by Thu 4 Jun" in page(bakery)
    bakery.wait(days=1)

    assert "overdue since Thu 4 Jun" in page(bakery)
    assert "say sorry for the delay" in text_of(one_page(bakery))


def test_what_was_written_is_shown_for_a_week_after_the_answer(bakery: House) -> None:
    press(bakery, "answer")
    bakery.wait(days=6)
    assert "forget my zeppelin" in text_of(one_page(bakery))
    bakery.wait(days=1)

    assert "forget my zeppelin" not in text_of(one_page(bakery))
    assert "What was written is gone" in text_of(one_page(bakery))


def test_an_erasure_is_listed_by_its_counts(bakery: House) -> None:
    person = Person(emails=("quirina@post.example",))
    flow.erase_customer(bakery.services, BAKERY, person, bakery.now)
    assert "0 voices and 1 requests, not finished" in page(bakery)
    bakery.wait(seconds=131)
    flow.erase_customer(bakery.services, BAKERY, person, bakery.now)

    assert "Mon 4 May: 0 voices and 1 requests, done" in page(bakery)


@pytest.mark.parametrize("what", ActKind)
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_act_has_words(what: ActKind, language: str) -> None:
    assert f"trail.{what}" in words_in(language).messages


def test_the_trail_shows_the_newest_and_says_that_there_are_more(bakery: House) -> None:
    for number in range(60):
        at = START - timedelta(minutes=number)
        act = Act(
            business_id="bakery", at=at, who=f"P{number}", what=ActKind.SIGN_IN, about="session"
        )
        bakery.store.save_act(act)

    text = page(bakery)

    assert text.count("signed in") == 50
    assert "P49 signed in" in text
    assert "P50 signed in" not in text
    assert "Only the newest 50 are shown." in text


def test_both_languages_render(bakery: House) -> None:
    german = replace(ROSA, language="de")

    assert "Möchte gelöscht werden" in page(bakery, german)
    assert "Ist beantwortet" in text_of(one_page(bakery, german))
