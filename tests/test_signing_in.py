"""Signing in, as an owner and as a stranger live it through the routes."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.address import Standin
from chalicelib.domain.alert import NotifyReason, hash_of
from chalicelib.domain.audit import ActKind
from chalicelib.domain.business import Contact
from chalicelib.domain.session import MAILS_A_DAY, Role
from tests.house import BAKERY, House, house

HOST = {"host": "heedful.example"}
OURS = {**HOST, "sec-fetch-site": "same-origin"}
FORM = {**OURS, "content-type": "application/x-www-form-urlencoded"}
ROSA = b"email=rosa%40bakery.example"
CLINIC = replace(
    BAKERY,
    business_id="clinic",
    name="Clinic",
    contacts=(Contact(name="Rosa", email="rosa@clinic.example"),),
)


@pytest.fixture
def shop() -> Iterator[House]:
    """A bakery with two contacts, Rosa and Jonas."""
    with house() as built:
        yield built


def ask(shop: House, body: bytes = ROSA, business: str = "bakery") -> str:
    """Ask for a link; the page that answers."""
    status, _, page = shop.request("POST", f"/sign-in/{business}", FORM, body)
    assert status == 200
    return page


def link(shop: House, body: bytes = ROSA, business: str = "bakery") -> str:
    """The path behind the link that a fresh mail brings."""
    ask(shop, body, business)
    shop.run.watch(shop.now)
    found = re.search(r"/s/[A-Za-z0-9_-]+", shop.outbox.emails[-1].text)
    assert found
    return found[0]


def press(shop: House, path: str, **headers: str) -> tuple[int, dict[str, str]]:
    """Press the button behind a link; status and headers."""
    status, answered, _ = shop.request("POST", path, {**FORM, **headers})
    return status, answered


def cookie(shop: House, body: bytes = ROSA, business: str = "bakery") -> str:
    """Sign in; what the browser sends from now on."""
    status, headers = press(shop, link(shop, body, business))
    assert status == 303
    return headers["Set-Cookie"].partition(";")[0]


def look(shop: House, sent: str, path: str = "/o/today") -> int:
    """The status of a page for whoever sends this cookie."""
    return shop.request("GET", path, {**OURS, "cookie": sent})[0]


def sign_in_mails(shop: House) -> list[str]:
    """To whom links went."""
    return [one.to for one in shop.outbox.emails if f".{NotifyReason.SIGN_IN}." in one.tag]


def test_a_link_by_mail_and_one_press_let_an_owner_in(shop: House) -> None:
    sent = cookie(shop)

    assert sign_in_mails(shop) == ["rosa@bakery.example"]
    assert look(shop, sent) == 200
    (act,) = shop.store.acts("bakery", shop.now - timedelta(hours=1), shop.now, 10)
    assert (act.who, act.what) == ("Rosa", ActKind.SIGN_IN)


def test_the_cookie_is_for_this_host_alone_and_hidden_from_scripts(shop: House) -> None:
    _, headers = press(shop, link(shop))

    name, *rules = headers["Set-Cookie"].split("; ")
    assert name.startswith("__Host-heedful=")
    assert set(rules) == {"Path=/", "Max-Age=43200", "HttpOnly", "SameSite=Strict", "Secure"}
    assert headers["Location"] == "../o/today"


def test_looking_at_the_link_uses_nothing_up(shop: House) -> None:
    path = link(shop)

    for _ in range(3):
        status, headers, page = shop.request("GET", path, HOST)
        assert (status, "Set-Cookie" in headers, "Sign in" in page) == (200, False, True)

    assert press(shop, path)[0] == 303


def test_a_link_works_once(shop: House) -> None:
    path = link(shop)
    press(shop, path)

    status, headers = press(shop, path)

    assert (status, "Set-Cookie" in headers) == (410, False)
    assert shop.request("GET", path, HOST)[0] == 200


def test_who_pressed_twice_in_the_same_browser_goes_on(shop: House) -> None:
    path = link(shop)
    _, headers = press(shop, path)

    status, again = press(shop, path, cookie=headers["Set-Cookie"].partition(";")[0])

    assert (status, again["Location"], "Set-Cookie" in again) == (303, "../o/today", False)


def test_a_link_runs_out_after_a_quarter_of_an_hour(shop: House) -> None:
    path = link(shop)
    shop.wait(minutes=14, seconds=59)
    assert shop.request("GET", path, HOST)[0] == 200

    shop.wait(seconds=1)

    assert (shop.request("GET", path, HOST)[0], press(shop, path)[0]) == (410, 410)


def test_a_session_lives_for_twelve_hours(shop: House) -> None:
    sent = cookie(shop)
    shop.wait(hours=11, minutes=59)
    assert look(shop, sent) == 200

    shop.wait(minutes=1)

    assert look(shop, sent) == 403


def test_the_answer_is_the_same_for_a_stranger_and_an_unknown_business(shop: House) -> None:
    known = ask(shop)
    stranger = ask(shop, b"email=nobody%40elsewhere.example")
    nowhere = ask(shop, business="nowhere").replace("nowhere", "bakery")
    shop.run.watch(shop.now)

    assert known == stranger == nowhere
    assert sign_in_mails(shop) == ["rosa@bakery.example"]


def test_an_address_in_other_letters_is_the_same_address(shop: House) -> None:
    ask(shop, b"email=+ROSA%40Bakery.example+")
    shop.run.watch(shop.now)

    assert sign_in_mails(shop) == ["rosa@bakery.example"]


def test_two_presses_in_a_minute_are_one_mail(shop: House) -> None:
    ask(shop)
    ask(shop)
    shop.run.watch(shop.now)

    assert len(sign_in_mails(shop)) == 1


def test_strangers_can_make_us_send_so_many_mails_a_day_and_no_more(shop: House) -> None:
    for _ in range(MAILS_A_DAY + 5):
        ask(shop)
        shop.run.watch(shop.now)
        shop.wait(minutes=1)

    assert len(sign_in_mails(shop)) == MAILS_A_DAY


def test_links_take_nothing_from_what_alerts_may_send(shop: House) -> None:
    for _ in range(MAILS_A_DAY):
        ask(shop)
        shop.run.watch(shop.now)
        shop.wait(minutes=1)

    log = shop.store.load_sends("bakery")

    assert (log.emails, log.digests) == ((), ())


def test_a_link_that_could_not_be_sent_in_time_is_not_sent_late(shop: House) -> None:
    ask(shop)
    shop.wait(minutes=15)

    shop.run.watch(shop.now)

    assert sign_in_mails(shop) == []


def test_who_ended_the_alerts_may_still_sign_in_and_who_complained_gets_nothing(
    shop: House,
) -> None:
    shop.store.mark_dead("bakery", "rosa@bakery.example", "unsubscribed", shop.now)
    shop.store.mark_dead("bakery", "jonas@bakery.example", "complained", shop.now)

    ask(shop)
    ask(shop, b"email=jonas%40bakery.example")
    shop.run.watch(shop.now)

    assert sign_in_mails(shop) == ["rosa@bakery.example"]


@pytest.mark.parametrize("value", ["", "x", "token", "../", "%00", "a" * 5_000, "\ud800"])
def test_a_made_up_cookie_opens_nothing(shop: House, value: str) -> None:
    assert look(shop, f"__Host-heedful={value}") == 403


def test_a_cookie_under_another_name_opens_nothing(shop: House) -> None:
    value = cookie(shop).partition("=")[2]

    assert look(shop, f"heedful={value}") == 403


def test_the_token_of_a_mail_is_no_cookie_and_a_cookie_is_no_link(shop: House) -> None:
    path = link(shop)
    assert look(shop, f"__Host-heedful={path.removeprefix('/s/')}") == 403

    value = cookie(shop).partition("=")[2]

    assert press(shop, f"/s/{value}")[0] == 404


def test_the_link_of_an_alert_signs_nobody_in(shop: House) -> None:
    shop.hear(shop.feedback("bad allergy after the nut cake"))
    shop.run.watch(shop.now)

    status, headers = press(shop, f"/s/{shop.link()}")

    assert (status, "Set-Cookie" in headers) == (404, False)


def test_a_link_for_signing_in_opens_no_incident_and_ends_no_mails(shop: House) -> None:
    token = link(shop).removeprefix("/s/")

    assert shop.request("GET", f"/i/{token}")[0] == 404
    assert shop.request("POST", f"/u/{token}", FORM, b"wish=stop")[0] == 404
    assert shop.store.dead_addresses("bakery") == {}


def test_a_session_that_was_planted_before_signing_in_is_not_taken_over(shop: House) -> None:
    path = link(shop)
    planted = "__Host-heedful=planted0000000000000000"

    _, headers = press(shop, path, cookie=planted)

    assert "planted" not in headers["Set-Cookie"]
    assert look(shop, planted) == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {},
    ],
)
def test_another_site_can_sign_nobody_in_or_out(shop: House, headers: dict[str, str]) -> None:
    form = {**HOST, "content-type": FORM["content-type"], **headers}
    path, sent = link(shop), cookie(shop, b"email=jonas%40bakery.example")

    assert shop.request("POST", path, form)[0] == 403
    assert shop.request("POST", "/o/sign-out", {**form, "cookie": sent})[0] == 403
    assert (look(shop, sent), press(shop, path)[0]) == (200, 303)


def test_an_older_browser_proves_itself_by_its_origin(shop: House) -> None:
    path = link(shop)
    form = {**HOST, "content-type": FORM["content-type"], "origin": "https://heedful.example"}

    assert shop.request("POST", path, form)[0] == 303


def test_signing_out_ends_every_device_and_nobody_elses(shop: House) -> None:
    phone, desk = cookie(shop), None
    shop.wait(minutes=1)
    desk = cookie(shop)
    jonas = cookie(shop, b"email=jonas%40bakery.example")

    status, headers, _ = shop.request("POST", "/o/sign-out", {**FORM, "cookie": phone})

    assert (status, headers["Set-Cookie"].split("; ")[:3]) == (
        200,
        ["__Host-heedful=", "Path=/", "Max-Age=0"],
    )
    assert (look(shop, phone), look(shop, desk), look(shop, jonas)) == (403, 403, 200)


def test_who_is_no_contact_any_more_is_out(shop: House) -> None:
    sent = cookie(shop)

    shop.store.save_business(replace(BAKERY, contacts=BAKERY.contacts[1:]))

    assert look(shop, sent) == 403


def test_a_session_shows_its_own_business_whatever_is_asked_for(shop: House) -> None:
    shop.store.save_business(CLINIC)

    sent = cookie(shop, b"email=rosa%40clinic.example", "clinic")
    page = shop.request("GET", "/o/today", {**OURS, "cookie": sent})[2]

    assert ("Clinic" in page, "Rosa Bakery" in page) == (True, False)


def test_who_comes_over_a_link_from_elsewhere_is_led_on_once(shop: House) -> None:
    status, _, page = shop.request("GET", "/o/today", {**HOST, "sec-fetch-site": "cross-site"})

    assert (status, 'url=?again=1"' in page) == (200, True)
    assert look(shop, "") == 403
    again = shop.request("GET", "/o/today?again=1", {**HOST, "sec-fetch-site": "cross-site"})
    assert again[0] == 403


def test_who_may_only_look_is_refused_before_anything_is_done(shop: House) -> None:
    looker = replace(BAKERY.contacts[0], role=Role.READ_ONLY)
    shop.store.save_business(replace(BAKERY, contacts=(looker, *BAKERY.contacts[1:])))
    sent = cookie(shop)

    assert look(shop, sent) == 200
    status, _, page = shop.request("POST", "/o/incidents/x", {**FORM, "cookie": sent})

    assert (status, "change nothing" in page) == (403, True)


def test_only_hashes_of_tokens_are_kept_and_none_is_logged(shop: House) -> None:
    path = link(shop)
    _, headers = press(shop, path)
    value = headers["Set-Cookie"].partition("=")[2].partition(";")[0]

    assert shop.store.find_session(hash_of(value)) is not None
    assert shop.store.find_session(value) is None
    for secret in (path.removeprefix("/s/"), value):
        assert secret not in shop.log.getvalue()


def test_an_address_that_was_named_on_a_page_of_alerts_hears_alerts_and_signs_nobody_in(
    shop: House,
) -> None:
    """Whoever holds a forwarded alert can name another address there."""
    standin = Standin(
        business_id="bakery",
        contact="Rosa",
        instead_of="rosa@bakery.example",
        address="eve@elsewhere.example",
        before="rosa@bakery.example",
    )
    shop.store.save_standin(standin)

    ask(shop, b"email=eve%40elsewhere.example")
    shop.run.watch(shop.now)
    assert sign_in_mails(shop) == []

    assert look(shop, cookie(shop)) == 200
    assert sign_in_mails(shop) == ["rosa@bakery.example"]


@pytest.mark.parametrize("space", ["\u2000", "\xa0", "\u3000", "\x85"])
def test_no_odd_space_makes_another_cookie_ours(shop: House, space: str) -> None:
    rosa = cookie(shop)

    assert look(shop, f"{space}{rosa}") != 200
    assert look(shop, f" {rosa}") == 200


@pytest.mark.parametrize("origin", ["https://[bad", "http://[", "https://a\u2100b"])
def test_an_origin_that_is_no_address_is_refused_and_breaks_nothing(
    shop: House, origin: str
) -> None:
    sent = cookie(shop)
    headers = {**HOST, "origin": origin, "cookie": sent, "content-type": FORM["content-type"]}

    status, _, _ = shop.request("POST", "/o/sign-out", headers)

    assert status == 403
    assert look(shop, sent) == 200


def test_who_may_only_look_acts_behind_no_link_of_an_alert_either(shop: House) -> None:
    shop.hear(shop.feedback("bad allergy after the nut cake"))
    shop.run.watch(shop.now)
    (incident,) = shop.store.open_incidents("bakery")
    found = re.search(r"/i/[A-Za-z0-9_-]+", shop.outbox.emails[0].text)
    assert found
    looker = replace(BAKERY.contacts[0], role=Role.READ_ONLY)
    shop.store.save_business(replace(BAKERY, contacts=(looker, *BAKERY.contacts[1:])))

    status, _, _ = shop.request("POST", found[0], FORM, b"act=resolve")

    assert status == 200
    (left,) = shop.store.open_incidents("bakery")
    assert left.state == incident.state


@pytest.mark.parametrize(
    "path",
    [
        "/o/journey?days=\u00b2",
        "/o/journey?days=0060999999",
        "/o/voices?to=0001-01-01",
        "/o/blueprint?to=0001-02-01",
        "/o/incidents?before=9999-12-31T23:59:59-23:59",
    ],
)
def test_no_question_in_an_address_breaks_a_page(shop: House, path: str) -> None:
    assert look(shop, cookie(shop), path) == 200
