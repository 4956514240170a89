"""The digest as its readers live it: once a date, quiet when empty, and no alarm lost to it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib import flow
from chalicelib.alert.caps import DIGESTS_COUNTED, PER_DAY, allowance
from chalicelib.cli.local_run import LambdaContext
from chalicelib.domain.alert import ChannelKind, Email, NotificationState
from chalicelib.domain.business import Contact, DigestWish
from chalicelib.domain.case import CaseState, close
from chalicelib.domain.source import SourceState
from tests.contracts.test_case_store import a_case
from tests.house import BAKERY, House, house

# A Monday; START of the house is the Monday before at 11:00 in Berlin.
MONDAY = datetime(2026, 5, 11, 0, 2, tzinfo=UTC)


@pytest.fixture
def bakery() -> Iterator[House]:
    with house() as built:
        looked_at_all(built, MONDAY + timedelta(days=60))
        yield built


def looked_at_all(bakery: House, at: datetime) -> None:
    """Every pulled source answers."""
    state = bakery.store.load_source("bakery", "sheet")
    assert state is not None
    bakery.store.save_source(replace(state, looked_at=at))


def hours(bakery: House, start: datetime, count: int) -> None:
    """The hourly schedule and the sender right after it."""
    for hour in range(count):
        bakery.clock.now = start + timedelta(hours=hour)
        bakery.run.watch(bakery.now)
        bakery.run._app.write_digests({}, LambdaContext(function_name="write_digests"))
        bakery.run.watch(bakery.now)


def digests(bakery: House) -> list[Email]:
    return [email for email in bakery.outbox.emails if ".digest." in email.tag]


def test_on_monday_morning_each_contact_gets_one_digest_with_every_figure(bakery: House) -> None:
    bakery.hear(bakery.feedback("bad: waited long"), bakery.feedback("lovely bread"))

    hours(bakery, MONDAY, 48)

    jonas, rosa = digests(bakery)
    assert (rosa.to, jonas.to) == ("rosa@bakery.example", "jonas@bakery.example")
    assert rosa.subject == "Your week at Rosa Bakery: 1 of 2 unhappy"
    assert rosa.tag == "bakery/digest-2026-05-11.digest.0.email.Rosa"
    assert "Unhappy: 1 of 2 (before: 0 of 0; too few to compare)" in rosa.text
    assert "bad: waited long" in rosa.text
    assert "bad: waited long" in rosa.html


def test_it_comes_at_the_hour_of_the_owners_wall_and_not_before(bakery: House) -> None:
    bakery.hear(bakery.feedback("lovely bread"))

    hours(bakery, MONDAY, 6)
    assert digests(bakery) == []

    hours(bakery, MONDAY + timedelta(hours=6), 1)
    assert len(digests(bakery)) == 2


def test_a_schedule_that_fires_twice_and_a_watch_that_died_send_nothing_twice(
    bakery: House,
) -> None:
    bakery.hear(bakery.feedback("lovely bread"))
    bakery.clock.now = MONDAY + timedelta(hours=7)

    first = flow.write_digests(bakery.services, bakery.now)
    second = flow.write_digests(bakery.services, bakery.now)
    bakery.run.watch(bakery.now)
    third = flow.write_digests(bakery.services, bakery.now)
    bakery.run.watch(bakery.now)

    assert [one.written for one in (first, second, third)] == [2, 0, 0]
    assert len(digests(bakery)) == 2


def test_nothing_to_report_is_said_once_and_then_not_again(bakery: House) -> None:
    for week in range(4):
        hours(bakery, MONDAY + timedelta(days=7 * week, hours=6), 3)
    assert [email.subject for email in digests(bakery)] == ["Rosa Bakery: nothing to report"] * 2

    bakery.hear(bakery.feedback("lovely bread"))
    for week in range(4, 8):
        hours(bakery, MONDAY + timedelta(days=7 * week, hours=6), 3)

    to_rosa = [email.subject for email in digests(bakery) if email.to.startswith("rosa")]
    assert to_rosa == [
        "Rosa Bakery: nothing to report",
        "Your week at Rosa Bakery: 0 of 1 unhappy",
        "Rosa Bakery: nothing to report",
    ]


def test_late_words_on_a_quiet_date_make_no_second_mail_that_date(bakery: House) -> None:
    hours(bakery, MONDAY + timedelta(hours=6), 1)
    bakery.hear(bakery.feedback("lovely bread", written_at=MONDAY - timedelta(days=2)))
    hours(bakery, MONDAY + timedelta(hours=7), 15)

    assert len([email for email in digests(bakery) if email.to.startswith("rosa")]) == 1
    held = bakery.store.find_notification(
        "bakery", "digest-2026-05-11", "digest-2026-05-11.digest.0.email.Rosa"
    )
    assert held is not None
    assert held.state is NotificationState.CANCELLED


def test_a_failing_source_is_told_before_any_figure_and_ends_the_quiet(bakery: House) -> None:
    state = bakery.store.load_source("bakery", "sheet")
    assert state is not None
    bakery.store.save_source(
        replace(
            state,
            failures=1,
            failing_since=MONDAY,
            trouble="the sheet is private",
            advice="Publish it again.",
        )
    )
    bakery.hear(bakery.feedback("lovely bread"))

    hours(bakery, MONDAY + timedelta(hours=6), 1)

    rosa = digests(bakery)[0]
    assert rosa.subject.startswith("Your week at Rosa Bakery: sheet needs a look")
    assert rosa.text.index("SHEET CANNOT BE READ") < rosa.text.index("Voices: 1")
    assert rosa.html.index("sheet cannot be read") < rosa.html.index("Voices")
    assert "The sheet is private. Publish it again." in rosa.text.replace("\n", " ")


def test_daily_weekly_and_off_are_each_contacts_own(bakery: House) -> None:
    contacts = (
        replace(BAKERY.contacts[0], digest=DigestWish.DAILY),
        replace(BAKERY.contacts[1], digest=DigestWish.OFF),
        Contact(name="Kim", email="kim@bakery.example", time_zone="America/New_York"),
    )
    bakery.store.save_business(replace(BAKERY, contacts=contacts))
    for day in range(-4, 4):
        bakery.hear(bakery.feedback("lovely bread", written_at=MONDAY + timedelta(days=day)))

    hours(bakery, MONDAY, 72)

    assert [email.to for email in digests(bakery)] == [
        "rosa@bakery.example",
        "kim@bakery.example",
        "rosa@bakery.example",
        "rosa@bakery.example",
    ]


def test_one_click_ends_the_digest_and_not_the_alarms(bakery: House) -> None:
    bakery.hear(bakery.feedback("lovely bread"))
    hours(bakery, MONDAY + timedelta(hours=6), 1)
    (url,) = [one.unsubscribe_url for one in digests(bakery) if one.to == "rosa@bakery.example"]
    assert url is not None
    path = "/u/" + url.split("/u/", 1)[1]

    form = {"content-type": "application/x-www-form-urlencoded"}
    asked, _, question = bakery.request("GET", path)
    assert (asked, "Shall it stop? Alerts go on." in question) == (200, True)
    status, _, page = bakery.request("POST", path, form, b"List-Unsubscribe=One-Click")
    assert (status, "Alerts of unhappy customers still do." in page) == (200, True)

    sent = len(bakery.outbox.emails)
    bakery.hear(bakery.feedback("bad allergy after the nut cake", written_at=bakery.now))
    hours(bakery, MONDAY + timedelta(days=7, hours=6), 2)
    later = bakery.outbox.emails[sent:]
    assert [email.to for email in later if ".digest." in email.tag] == ["jonas@bakery.example"]
    assert "rosa@bakery.example" in {email.to for email in later if ".first." in email.tag}
    dated = "digest-2026-05-18"
    written = bakery.store.notifications_of("bakery", dated)
    assert [one.contact for one in written] == ["Jonas"]


def test_a_digest_that_lay_unread_for_weeks_still_ends_the_digests(bakery: House) -> None:
    bakery.hear(bakery.feedback("lovely bread"))
    hours(bakery, MONDAY + timedelta(hours=6), 1)
    (url,) = [one.unsubscribe_url for one in digests(bakery) if one.to == "rosa@bakery.example"]
    assert url is not None
    bakery.wait(days=31)

    form = {"content-type": "application/x-www-form-urlencoded"}
    path = "/u/" + url.split("/u/", 1)[1]
    status, _, page = bakery.request("POST", path, form, b"List-Unsubscribe=One-Click")

    assert (status, "Alerts of unhappy customers still do." in page) == (200, True)
    assert list(bakery.store.dead_addresses("bakery").values()) == ["unsubscribed"]


def test_a_digest_links_to_what_is_still_open(bakery: House) -> None:
    bakery.clock.now = MONDAY - timedelta(days=2)
    bakery.hear(bakery.feedback("bad allergy after the nut cake"))

    hours(bakery, MONDAY + timedelta(hours=6), 1)

    token = digests(bakery)[0].text.split("/i/", 1)[1].split()[0]
    status, _, page = bakery.request("GET", f"/i/{token}")
    assert status == 200
    assert "nut cake" in page
    assert "1 new, 0 closed, 1 still open." in digests(bakery)[0].text


def test_a_contact_who_is_reached_no_more_is_told_to_the_others(bakery: House) -> None:
    bakery.hear(bakery.feedback("lovely bread"))
    bakery.store.mark_dead("bakery", "rosa@bakery.example", "bounced", bakery.now)

    hours(bakery, MONDAY + timedelta(hours=6), 1)

    (jonas,) = digests(bakery)
    assert "rosa@bakery.example is not used any more: mail to it came back." in jonas.text


def test_a_notice_of_delivery_finds_the_digest_that_nobody_could_mark(bakery: House) -> None:
    bakery.hear(bakery.feedback("lovely bread"))
    bakery.clock.now = MONDAY + timedelta(hours=6)
    flow.write_digests(bakery.services, bakery.now)
    (rosa, _) = bakery.store.due_notifications(bakery.now, 10)[::-1]

    found = bakery.store.find_notification("bakery", rosa.incident_id, rosa.notification_id)

    assert rosa.notification_id.partition(".")[0] == rosa.incident_id
    assert found == rosa


def test_ten_alarms_that_day_keep_no_digest_back_and_digests_keep_no_alarm_back(
    bakery: House,
) -> None:
    bakery.hear(bakery.feedback("lovely bread"))
    now = MONDAY + timedelta(hours=6)
    log = bakery.store.load_sends("bakery")
    for number in range(PER_DAY[ChannelKind.EMAIL]):
        log = log.noted(ChannelKind.EMAIL, now - timedelta(minutes=number))
    bakery.store.save_sends(log)

    hours(bakery, now, 1)

    assert len(digests(bakery)) == 2
    assert len(bakery.store.load_sends("bakery").digests) == 2


@pytest.mark.parametrize(("digests_sent", "left_today"), [(0, 10), (2, 8), (40, 5)])
def test_digests_take_at_most_half_of_the_day_and_none_of_the_hour(
    digests_sent: int, left_today: int
) -> None:
    now = MONDAY + timedelta(hours=6)
    sent = [now - timedelta(hours=2)] * (left_today - 1)

    allowed = allowance(ChannelKind.EMAIL, sent, now, "Europe/Berlin", [now] * digests_sent)
    used_up = allowance(
        ChannelKind.EMAIL, [*sent, sent[0]], now, "Europe/Berlin", [now] * digests_sent
    )

    assert (allowed.left, used_up.left) == (1, 0)
    assert PER_DAY[ChannelKind.EMAIL] == DIGESTS_COUNTED * 2


def test_one_business_that_cannot_be_read_keeps_no_other_from_its_digest(bakery: House) -> None:
    bakery.hear(bakery.feedback("lovely bread"))
    bakery.store.save_business(replace(BAKERY, business_id="atelier", time_zone="Mars/Olympus"))
    bakery.clock.now = MONDAY + timedelta(hours=6)

    report = flow.write_digests(bakery.services, bakery.now)

    assert (report.written, len(report.troubles)) == (2, 1)
    assert report.troubles[0].startswith("atelier")


def test_a_source_never_looked_at_is_no_good_news(bakery: House) -> None:
    bakery.store.remove_source("bakery", "sheet")
    bakery.store.save_source(SourceState(business_id="bakery", source="sheet"))

    hours(bakery, MONDAY + timedelta(hours=6), 1)

    assert "sheet was never looked at" in digests(bakery)[0].html


def test_the_digest_tells_who_was_won_back_once_there_are_five(bakery: House) -> None:
    bakery.hear(bakery.feedback("lovely bread"))
    for number in range(5):
        case = a_case(f"customer {number}", opened_at=MONDAY - timedelta(days=9))
        state = CaseState.RECOVERED if number < 4 else CaseState.LOST
        ended = close(case, state, "Rosa", MONDAY - timedelta(days=3), root_cause="the oven")
        bakery.store.save_case(ended)

    hours(bakery, MONDAY, 12)

    rosa = next(one for one in digests(bakery) if "Rosa" in one.tag)
    assert "Of the last 5 cases that ended in 90 days, 4 customers were won back" in rosa.text
