"""Ending alerts, moving them, and beginning them again, as a reader lives it through the pages."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.cli.local_run import LambdaContext
from chalicelib.domain.address import ASKED_A_DAY
from chalicelib.domain.alert import Email
from tests.house import BAKERY, House, house

FORM = {"content-type": "application/x-www-form-urlencoded"}
ONE_CLICK = b"List-Unsubscribe=One-Click"
ROSA, NEW = "rosa@bakery.example", "new@shop.example"
ASK_NEW = b"wish=other&address=new%40shop.example"


@pytest.fixture
def shop() -> Iterator[House]:
    """A shop whose only contact is Rosa, and an alert that reached her."""
    with house() as built:
        built.store.save_business(replace(BAKERY, contacts=BAKERY.contacts[:1]))
        alarm(built)
        yield built


def alarm(shop: House) -> list[Email]:
    """A day later one more thing that cannot wait; the e-mails that tell of it first."""
    shop.wait(hours=26)
    before = len(shop.outbox.emails)
    shop.hear(shop.feedback("bad allergy after the nut cake"))
    shop.run.watch(shop.now)
    return [one for one in shop.outbox.emails[before:] if ".first." in one.tag]


def mails(shop: House, reason: str) -> list[Email]:
    """What was sent for a reason."""
    return [one for one in shop.outbox.emails if f".{reason}." in one.tag]


def leave(email: Email) -> str:
    """The path of the page that an e-mail links for whoever had enough, or has to say yes."""
    found = re.search(r"/u/[A-Za-z0-9_-]+", email.text)
    assert found
    return found[0]


def post(shop: House, path: str, body: bytes) -> str:
    """The page after a press."""
    status, _, page = shop.request("POST", path, FORM, body)
    assert status == 200
    return page


def ask_new(shop: House) -> Email:
    """Rosa names another address; the mail that asks it."""
    page = post(shop, leave(shop.outbox.emails[0]), ASK_NEW)
    assert "We wrote to new@shop.example" in page
    shop.run.watch(shop.now)
    return mails(shop, "confirm")[-1]


def test_one_click_never_switches_off_the_last_address(shop: House) -> None:
    page = post(shop, leave(shop.outbox.emails[0]), ONE_CLICK)

    assert "This is the last address" in page
    assert shop.store.dead_addresses("bakery") == {}
    assert [one.to for one in alarm(shop)] == [ROSA]


def test_a_new_address_hears_nothing_before_it_said_yes_and_everything_after(shop: House) -> None:
    asked = ask_new(shop)
    assert asked.to == NEW
    assert "nut cake" not in asked.text + asked.html
    assert asked.unsubscribe_url is None
    assert [one.to for one in alarm(shop)] == [ROSA]

    status, _, question = shop.request("GET", leave(asked))
    assert (status, "Yes, send alerts to new@shop.example" in question) == (200, True)
    assert [one.to for one in alarm(shop)] == [ROSA]

    post(shop, leave(asked), b"wish=confirm")
    assert [one.to for one in alarm(shop)] == [NEW]


def test_the_old_address_is_told_where_alerts_go_and_can_take_it_back(shop: House) -> None:
    post(shop, leave(ask_new(shop)), b"wish=confirm")
    shop.run.watch(shop.now)

    (last,) = mails(shop, "moved")
    assert (last.to, "new@shop.example" in last.text) == (ROSA, True)
    assert "nut cake" not in last.text + last.html

    post(shop, leave(last), b"wish=back")
    assert [one.to for one in alarm(shop)] == [ROSA]


def test_asking_for_a_third_address_silences_no_word_about_the_second(shop: House) -> None:
    post(shop, leave(ask_new(shop)), b"wish=confirm")
    post(shop, leave(shop.outbox.emails[0]), b"wish=other&address=third%40shop.example")
    shop.run.watch(shop.now)

    (last,) = mails(shop, "moved")
    assert last.to == ROSA
    assert "Shall they go to rosa@bakery.example again?" in shop.request("GET", leave(last))[2]


def test_every_press_may_come_twice(shop: House) -> None:
    asked = ask_new(shop)
    ask_new(shop)
    for _ in range(2):
        post(shop, leave(asked), b"wish=confirm")
        shop.run.watch(shop.now)

    assert (len(mails(shop, "confirm")), len(mails(shop, "moved"))) == (1, 1)


def test_an_old_yes_confirms_nothing_that_was_taken_back_or_asked_since(shop: House) -> None:
    asked = ask_new(shop)
    post(shop, leave(asked), b"wish=confirm")
    shop.run.watch(shop.now)
    post(shop, leave(mails(shop, "moved")[0]), b"wish=back")

    page = post(shop, leave(asked), b"wish=confirm")
    assert "Nothing waits here" in page
    assert [one.to for one in alarm(shop)] == [ROSA]


def test_the_wrong_link_says_yes_to_nothing(shop: House) -> None:
    ask_new(shop)

    page = post(shop, leave(shop.outbox.emails[0]), b"wish=confirm")

    assert "This is the last address" in page
    assert [one.to for one in alarm(shop)] == [ROSA]


def test_no_page_makes_us_write_to_many_strangers(shop: House) -> None:
    for number in range(ASKED_A_DAY + 5):
        body = f"wish=other&address=stranger{number}%40shop.example".encode()
        page = post(shop, leave(shop.outbox.emails[0]), body)
    shop.run.watch(shop.now)

    assert "try again tomorrow" in page
    assert len(mails(shop, "confirm")) <= ASKED_A_DAY


def test_an_address_that_heedful_toml_no_longer_names_has_no_stand_in(shop: House) -> None:
    post(shop, leave(ask_new(shop)), b"wish=confirm")
    rosa = replace(BAKERY.contacts[0], email="rosa@home.example")
    shop.store.save_business(replace(BAKERY, contacts=(rosa,)))

    assert [one.to for one in alarm(shop)] == ["rosa@home.example"]


def test_no_alerts_at_all_is_final_until_the_same_page_takes_it_back(shop: House) -> None:
    page = leave(shop.outbox.emails[0])
    assert "Alerts are off" in post(shop, page, b"wish=none")
    assert alarm(shop) == []

    assert "Send alerts to rosa@bakery.example again" in shop.request("GET", page)[2]
    assert alarm(shop) == []

    assert "Alerts are on again" in post(shop, page, b"wish=start")
    assert [one.to for one in alarm(shop)] == [ROSA]


def test_what_bounced_is_not_begun_again_from_the_page(shop: House) -> None:
    shop.store.mark_dead("bakery", ROSA, "bounced", shop.now)

    page = post(shop, leave(shop.outbox.emails[0]), b"wish=start")

    assert "This address is not used" in page
    assert shop.store.dead_addresses("bakery") == {ROSA: "bounced"}


def test_the_summary_that_was_ended_can_be_begun_again(shop: House) -> None:
    monday = datetime(2026, 5, 11, 6, 2, tzinfo=UTC)
    write_digests(shop, monday)
    (first,) = mails(shop, "digest")
    assert "Send the summary to rosa@bakery.example again" in post(shop, leave(first), ONE_CLICK)
    assert "Shall it stop?" in post(shop, leave(first), b"wish=start")

    shop.hear(shop.feedback("lovely bread", written_at=monday + timedelta(days=2)))
    write_digests(shop, monday + timedelta(days=7))
    assert len(mails(shop, "digest")) == 2


def test_another_contacts_digest_says_who_is_reached_where() -> None:
    with house() as shop:
        alarm(shop)
        shop.store.mark_dead("bakery", "jonas@bakery.example", "bounced", shop.now)
        asked = ask_new(shop)
        shop.store.revive("bakery", "jonas@bakery.example", shop.now)

        write_digests(shop, datetime(2026, 5, 11, 6, 2, tzinfo=UTC))
        waits = " ".join(to_jonas(shop)[-1].text.split())
        assert "new@shop.example was asked whether alerts for Rosa may go there" in waits

        post(shop, leave(asked), b"wish=confirm")
        write_digests(shop, datetime(2026, 5, 18, 6, 2, tzinfo=UTC))
        moved = " ".join(to_jonas(shop)[-1].text.split())
        assert "Rosa gets alerts at new@shop.example instead of rosa@bakery.example." in moved

        shop.store.mark_dead("bakery", NEW, "unsubscribed", shop.now)
        write_digests(shop, datetime(2026, 5, 25, 6, 2, tzinfo=UTC))
        ended = " ".join(to_jonas(shop)[-1].text.split())
        assert "new@shop.example is not used any more: it was unsubscribed." in ended


def write_digests(shop: House, now: datetime) -> None:
    """The hour of the digest, and the watch after it."""
    shop.clock.now = now
    shop.app.write_digests({}, LambdaContext(function_name="write_digests"))
    shop.run.watch(now)


def to_jonas(shop: House) -> list[Email]:
    """The digests Jonas got."""
    return [one for one in mails(shop, "digest") if one.to == "jonas@bakery.example"]
