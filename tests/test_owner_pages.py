"""The owner's pages, as an owner lives them through the routes."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from chalicelib.domain.audit import ActKind
from chalicelib.domain.business import Contact
from chalicelib.domain.case import CaseState, RecoveryCase
from chalicelib.domain.incident import IncidentState
from chalicelib.domain.reply import ReplyState
from chalicelib.domain.session import Role
from chalicelib.flow.owner_pages import ACTS, NAMED_PAGES, PAGES
from chalicelib.pages.owner_frame import MORE, TABS
from tests.house import BAKERY, House, house

OURS = {"host": "heedful.example", "sec-fetch-site": "same-origin"}
FORM = {**OURS, "content-type": "application/x-www-form-urlencoded"}
WORDS = "bad bread, and we waited an hour <b>for</b> it"
CLOSING = {"act": "close", "state": "recovered", "root_cause": "oven broke", "cost": "12,50"}


@pytest.fixture
def shop() -> Iterator[House]:
    """A bakery after a bad day: an incident is open, and its customers have cases."""
    with house() as built:
        built.learn()
        for number in range(6):
            built.wait(minutes=10)
            built.hear(built.feedback(WORDS, stars=2.0, author=f"Guest {number}"))
            built.run.watch(built.now)
        yield built


def signed_in(shop: House, email: str = "rosa@bakery.example", business: str = "bakery") -> str:
    """What the browser of a contact sends."""
    shop.wait(minutes=1)
    body = urlencode({"email": email}).encode()
    shop.request("POST", f"/sign-in/{business}", FORM, body)
    shop.run.watch(shop.now)
    found = re.search(r"/s/[A-Za-z0-9_-]+", shop.outbox.emails[-1].text)
    assert found
    _, headers, _ = shop.request("POST", found[0], FORM)
    return headers["Set-Cookie"].partition(";")[0]


def get(shop: House, cookie: str, path: str) -> str:
    """A page that must be there."""
    status, _, page = shop.request("GET", f"/o/{path}", {**OURS, "cookie": cookie})
    assert status == 200
    return page


def post(shop: House, cookie: str, path: str, **form: str) -> tuple[int, str, str]:
    """Status, where it leads, and the page."""
    body = urlencode(form).encode()
    status, headers, page = shop.request("POST", f"/o/{path}", {**FORM, "cookie": cookie}, body)
    return status, headers.get("Location", ""), page


def first_case(shop: House) -> RecoveryCase:
    """The open case that is due first."""
    return shop.store.open_cases("bakery", 1)[0]


def acts(shop: House) -> list[ActKind]:
    """What was done lately but signing in, oldest first."""
    found = shop.store.acts("bakery", shop.now - timedelta(days=1), shop.now, 50)
    return [one.what for one in reversed(found) if one.what is not ActKind.SIGN_IN]


def test_every_page_that_is_offered_is_there_and_small(shop: House) -> None:
    cookie = signed_in(shop)

    for name in (*TABS, *MORE):
        assert len(get(shop, cookie, name).encode()) < 100_000, name
    assert {*TABS, *MORE} <= set(PAGES)
    assert set(ACTS) <= {*NAMED_PAGES, *PAGES}


def test_no_page_shows_a_customers_signs_as_signs(shop: House) -> None:
    cookie, case = signed_in(shop), first_case(shop)

    for path in ("today", f"cases/{case.case_id}", f"incidents/{case.incident_id}"):
        page = get(shop, cookie, path)
        assert ("<b>for" in page, "&lt;b&gt;for" in page) == (False, True), path


def test_today_leads_to_what_waits(shop: House) -> None:
    page = get(shop, signed_in(shop), "today")

    case = first_case(shop)
    assert f'href="cases/{case.case_id}"' in page
    assert f'href="incidents/{case.incident_id}"' in page


def test_a_quiet_day_says_that_nothing_waits() -> None:
    with house() as quiet:
        assert "Nothing waits for you" in get(quiet, signed_in(quiet), "today")


def test_an_incident_is_taken_on_from_its_page(shop: House) -> None:
    cookie, name = signed_in(shop), str(first_case(shop).incident_id)

    status, there, _ = post(shop, cookie, f"incidents/{name}", act="acknowledge")

    assert (status, there) == (303, f"../incidents/{name}?notice=done_acknowledge")
    incident = shop.store.load_incident("bakery", name)
    assert incident is not None
    assert (incident.state, incident.acknowledged_by) == (IncidentState.ACKNOWLEDGED, "Rosa")
    assert ActKind.ACKNOWLEDGE in acts(shop)
    assert 'role="status"' in get(shop, cookie, f"incidents/{name}?notice=done_acknowledge")


def test_a_case_is_contacted_and_closed_with_its_cause_and_cost(shop: House) -> None:
    cookie, case = signed_in(shop), first_case(shop)
    path = f"cases/{case.case_id}"

    assert post(shop, cookie, path, act="contact")[:2] == (303, f"../{path}?notice=did_contact")
    shop.wait(minutes=5)
    assert post(shop, cookie, path, **CLOSING)[:2] == (303, f"../{path}?notice=did_close")

    ended = shop.store.load_case("bakery", case.case_id)
    assert ended is not None
    assert (ended.state, ended.closed_by, ended.root_cause, ended.cost_cents) == (
        CaseState.RECOVERED,
        "Rosa",
        "oven broke",
        1_250,
    )
    assert ended.first_contacted_at is not None
    assert ended.words_until is not None
    assert acts(shop) == [ActKind.CONTACT, ActKind.CLOSE_CASE]
    assert "oven broke" in get(shop, cookie, path)


@pytest.mark.parametrize(
    "form",
    [
        {**CLOSING, "root_cause": "  "},
        {**CLOSING, "state": "withdrawn"},
        {**CLOSING, "cost": "a lot"},
        {**CLOSING, "cost": "-3"},
        {"act": "pause", "days": "3", "reason": ""},
        {"act": "pause", "days": "400", "reason": "the oven"},
        {"act": "erase"},
        {},
    ],
)
def test_what_is_not_complete_changes_nothing_and_keeps_what_was_typed(
    shop: House, form: dict[str, str]
) -> None:
    cookie, case = signed_in(shop), first_case(shop)

    status, _, page = post(shop, cookie, f"cases/{case.case_id}", note="my own words", **form)

    assert (status, "Something is missing" in page, "my own words" in page) == (200, True, True)
    assert shop.store.load_case("bakery", case.case_id) == case
    assert acts(shop) == []


def test_a_case_that_ended_is_not_put_on_hold(shop: House) -> None:
    cookie, case = signed_in(shop), first_case(shop)
    path = f"cases/{case.case_id}"
    post(shop, cookie, path, **CLOSING)

    _, there, _ = post(shop, cookie, path, act="pause", days="3", reason="the oven")

    assert there == f"../{path}?notice=refused"


def test_the_edited_words_are_approved_and_no_others(shop: House) -> None:
    cookie, case = signed_in(shop), first_case(shop)
    path, feedback_id = f"cases/{case.case_id}", case.feedback_ids[-1]
    shown = shown_hash(get(shop, cookie, path))

    edited = {"act": "edit", "feedback": feedback_id, "shown": shown, "text": "We are sorry."}
    assert post(shop, cookie, path, **edited)[0] == 303
    shop.wait(minutes=1)
    stale = {"act": "approve", "feedback": feedback_id, "shown": shown, "text": "We are sorry."}
    assert "not kept" in post(shop, cookie, path, **stale)[2]
    fresh = {**stale, "shown": shown_hash(get(shop, cookie, path))}
    assert post(shop, cookie, path, **fresh)[:2] == (303, f"../{path}?notice=did_approve")

    reply = shop.store.load_reply("bakery", feedback_id)
    assert reply is not None
    assert (reply.text, reply.approved_by) == ("We are sorry.", "Rosa")
    assert reply.state in (ReplyState.APPROVED, ReplyState.COPIED)
    assert acts(shop)[:2] == [ActKind.EDIT_REPLY, ActKind.APPROVE_REPLY]


def test_an_answer_to_somebody_elses_words_is_not_taken_on_this_case(shop: House) -> None:
    cookie, case = signed_in(shop), first_case(shop)
    other = next(
        one for one in shop.store.open_cases("bakery", 9) if one.case_id != case.case_id
    ).feedback_ids[0]

    form = {"act": "edit", "feedback": other, "shown": "", "text": "We are sorry."}
    status, _, page = post(shop, cookie, f"cases/{case.case_id}", **form)

    assert (status, "Something is missing" in page) == (200, True)
    assert shop.store.load_reply("bakery", other) is None


def shown_hash(page: str) -> str:
    """What the form of the answer brings back."""
    found = re.search(r'name="shown" value="([0-9a-f]+)"', page)
    assert found
    return found[1]


def test_nothing_of_another_business_is_shown_or_changed(shop: House) -> None:
    clinic = replace(
        BAKERY,
        business_id="clinic",
        name="Clinic",
        contacts=(Contact(name="Rosa", email="rosa@clinic.example"),),
    )
    shop.store.save_business(clinic)
    case = first_case(shop)
    cookie = signed_in(shop, "rosa@clinic.example", "clinic")
    sent = {**OURS, "cookie": cookie}

    for path in (f"cases/{case.case_id}", f"incidents/{case.incident_id}"):
        assert shop.request("GET", f"/o/{path}", sent)[0] == 404
    assert post(shop, cookie, f"cases/{case.case_id}", **CLOSING)[0] == 404
    assert post(shop, cookie, f"incidents/{case.incident_id}", act="resolve")[0] == 404
    assert shop.store.load_case("bakery", case.case_id) == case


@pytest.mark.parametrize("act", sorted(ACTS))
def test_a_form_of_another_site_or_of_one_who_only_looks_does_nothing(
    shop: House, act: str
) -> None:
    case = first_case(shop)
    path = f"/o/{act}/{case.case_id}"
    rosa = signed_in(shop)
    looker = replace(BAKERY.contacts[1], role=Role.READ_ONLY)
    shop.store.save_business(replace(BAKERY, contacts=(BAKERY.contacts[0], looker)))
    jonas = signed_in(shop, "jonas@bakery.example")
    body = urlencode(CLOSING).encode()

    foreign = {**FORM, "sec-fetch-site": "cross-site", "cookie": rosa}
    assert shop.request("POST", path, foreign, body)[0] == 403
    assert shop.request("POST", path, {**FORM, "cookie": jonas}, body)[0] == 403
    assert shop.store.load_case("bakery", case.case_id) == case


def test_who_only_looks_sees_no_button_on_a_case(shop: House) -> None:
    looker = replace(BAKERY.contacts[0], role=Role.READ_ONLY)
    shop.store.save_business(replace(BAKERY, contacts=(looker, BAKERY.contacts[1])))

    page = get(shop, signed_in(shop), f"cases/{first_case(shop).case_id}")

    assert page.count("<form") == 1
    assert 'action="../sign-out"' in page


def test_the_list_of_cases_is_kept_as_a_table(shop: House) -> None:
    cookie, case = signed_in(shop), first_case(shop)
    path = f"cases/{case.case_id}"
    post(shop, cookie, path, **{**CLOSING, "root_cause": "=HYPERLINK(1)"})

    status, headers, table = shop.request("GET", "/o/cases?as=csv", {**OURS, "cookie": cookie})

    assert status == 200
    assert headers["Content-Type"] == "text/csv; charset=utf-8"
    assert headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''cases-")
    assert "'=HYPERLINK(1)" in table
    assert WORDS not in table


@pytest.mark.parametrize("path", ["nothing", "cases/none", "incidents/none", "journey/x"])
def test_what_is_not_there_says_so_in_the_frame(shop: House, path: str) -> None:
    cookie = signed_in(shop)

    status, _, page = shop.request("GET", f"/o/{path}", {**OURS, "cookie": cookie})

    assert (status, "There is nothing here" in page) == (404, True)
