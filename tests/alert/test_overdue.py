"""Who is told of a case that nobody looks after in time, when, and in which words."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from chalicelib.alert.case_message import CASES_SHOWN, render_overdue_mail
from chalicelib.alert.overdue import tell_overdue, tells_at
from chalicelib.domain.alert import ChannelKind, Email, NotifyReason
from chalicelib.domain.business import Contact, QuietHours
from chalicelib.domain.case import (
    CaseOrigin,
    RecoveryCase,
    Severity,
    case_id_of,
    contact,
    pause,
    take,
)
from chalicelib.domain.session import Role
from tests.alert.hostile import HOSTILE_TEXTS
from tests.alert.markup import read_markup
from tests.alert.samples import ANNA, BEN, NOW, a_business, a_quote

CASES = "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/api/o/cases"
LATER = NOW + timedelta(hours=4)
HOUR = timedelta(hours=1)


def a_case(number: int = 1, **changes: Any) -> RecoveryCase:
    """One whose customer waits since yesterday; a word was due an hour ago."""
    plain: dict[str, Any] = {
        "business_id": "linden",
        "case_id": case_id_of("linden", f"customer-{number}", "wait_delivery"),
        "customer": f"customer-{number}",
        "cause": "wait_delivery",
        "origin": CaseOrigin.INCIDENT,
        "severity": Severity.HIGH,
        "opened_at": NOW - timedelta(days=1),
        "due": NOW - HOUR,
        "looked_at_next": NOW - HOUR,
    }
    return RecoveryCase(**(plain | changes))


def told_to(case: RecoveryCase, **changes: Any) -> tuple[list[str], RecoveryCase]:
    """Whom the case is told to now, and the case after it."""
    business = a_business(**changes.pop("business", {}))
    dead = changes.pop("dead", {})
    telling = tell_overdue(case, business, dead, NOW, next_look=LATER)
    for one in telling.notifications:
        assert (one.reason, one.channel) == (NotifyReason.OVERDUE, ChannelKind.EMAIL)
        assert one.due > NOW
    return [one.contact for one in telling.notifications], telling.case


def test_the_contacts_are_told_one_after_the_other_and_then_nobody() -> None:
    first, case = told_to(a_case())
    assert (first, case.told_to, case.looked_at_next) == (["Anna"], ("Anna",), LATER)

    second, case = told_to(case)
    assert (second, case.told_to, case.looked_at_next) == (["Ben"], ("Anna", "Ben"), None)

    third, after = told_to(replace(case, looked_at_next=NOW))
    assert (third, after.told_to) == ([], ("Anna", "Ben"))
    assert after.looked_at_next is None


def test_the_owner_of_the_case_comes_first_and_one_who_left_is_nobody() -> None:
    assert told_to(take(a_case(), "Ben"))[0] == ["Ben"]
    assert told_to(take(a_case(), "Somebody who left"))[0] == ["Anna"]


def test_who_only_looks_or_cannot_be_reached_is_not_told() -> None:
    looking = {"contacts": (replace(ANNA, role=Role.READ_ONLY), BEN)}
    phone = {"contacts": (Contact(name="Anna", phone="+4915550100001"), BEN)}

    assert told_to(a_case(), business=looking)[0] == ["Ben"]
    assert told_to(a_case(), business=phone)[0] == ["Ben"]
    assert told_to(a_case(), dead={"anna@bakery.example": "bounced"})[0] == ["Ben"]


def test_where_nobody_can_be_reached_it_is_tried_again_tomorrow() -> None:
    dead = {"anna@bakery.example": "bounced", "ben@bakery.example": "complained"}

    contacts, case = told_to(a_case(), dead=dead)

    assert (contacts, case.told_to) == ([], ())
    assert case.looked_at_next == NOW + timedelta(days=1)


def test_the_end_of_a_pause_is_told_also_to_who_was_told_before() -> None:
    held = pause(a_case(told_to=("Anna", "Ben")), NOW, "the oven")

    contacts, case = told_to(held)

    assert contacts == ["Anna"]
    assert (case.paused_until, case.pause_reason, case.looked_at_next) == (None, "", None)


@pytest.mark.parametrize(
    ("now", "severity", "at"),
    [
        # 10 November, UTC; Berlin is one hour ahead.
        ("08:59", Severity.HIGH, "10T09:00"),
        ("09:00", Severity.HIGH, "10T12:00"),
        ("13:05", Severity.NORMAL, "10T15:00"),
        ("17:59", Severity.NORMAL, "10T18:00"),
        ("18:00", Severity.NORMAL, "11T09:00"),
        ("23:59", Severity.HIGH, "11T09:00"),
        ("13:05", Severity.URGENT, "10T14:00"),
        ("14:00", Severity.URGENT, "10T15:00"),
        ("23:50", Severity.URGENT, "11T00:00"),
    ],
)
def test_mails_go_four_times_a_day_and_what_cannot_wait_at_the_next_full_hour(
    now: str, severity: Severity, at: str
) -> None:
    moment = datetime.fromisoformat(f"2026-11-10T{now}").replace(tzinfo=UTC)

    told = tells_at(severity, a_business(), moment)

    assert told == datetime.fromisoformat(f"2026-11-{at}").replace(tzinfo=UTC)


def test_a_full_hour_is_that_of_the_wall() -> None:
    nepal = a_business(time_zone="Asia/Kathmandu")

    # A quarter to is full there.
    assert tells_at(Severity.URGENT, nepal, NOW) == datetime(2026, 11, 10, 13, 15, tzinfo=UTC)
    odd = NOW.replace(second=7, microsecond=8)
    assert tells_at(Severity.URGENT, a_business(), odd) == datetime(2026, 11, 10, 14, tzinfo=UTC)


def test_nobody_is_woken_for_it() -> None:
    asleep = replace(ANNA, quiet_hours=QuietHours(start=time(12), end=time(17)))
    business = a_business(contacts=(asleep,))

    (told,) = tell_overdue(a_case(), business, {}, NOW, next_look=LATER).notifications

    # Told at four in Berlin, when she rests until five.
    assert told.due == datetime(2026, 11, 10, 16, 0, tzinfo=UTC)


def mail(*cases: RecoveryCase, to: Contact = ANNA, text: str | None = None) -> Email:
    """The mail about these cases, the first with its customer's words."""
    quote = a_quote() if text is None else a_quote(text)
    quoted = replace(cases[0], feedback_ids=(quote.feedback.feedback_id,))
    return render_overdue_mail(
        [quoted, *cases[1:]],
        said={quote.feedback.feedback_id: quote},
        business=a_business(),
        contact=to,
        link=CASES,
        tag="linden/x",
    )


def test_one_case_is_told_with_its_words_and_the_way_to_its_page() -> None:
    case = a_case(owner="Ben")
    found = mail(case)

    shown = read_markup(found.html)
    assert shown.faults == []
    assert "A customer still waits for a word from you" in shown.text
    assert "Unhappy since Mon 9 Nov, 14:05; a word was due by Tue 10 Nov, 13:05." in shown.text
    assert "It is about waiting and delivery." in shown.text
    assert "Ben looks after it." in shown.text
    for text in (shown.text, " ".join(found.text.split())):
        assert a_quote().feedback.text.split(".")[0] in text.replace("> ", "")
    assert f"{CASES}/{case.case_id}" in shown.addresses
    assert f"Open the case: {CASES}/{case.case_id}" in found.text
    assert found.subject.startswith("Still unanswered: ")


def test_many_cases_are_one_mail_of_a_few_with_the_list_behind_it() -> None:
    found = mail(*(a_case(number) for number in range(8)))

    shown = read_markup(found.html)
    assert found.subject == "8 customers still unanswered · Bakery Linden"
    assert shown.text.count("Open this case") == CASES_SHOWN
    assert "And 3 more, in the list of cases." in shown.text
    assert CASES in shown.addresses
    assert f"See all cases: {CASES}\n" in found.text


def test_the_end_of_a_pause_is_told_as_what_it_is() -> None:
    held = pause(contact(a_case(), "Anna", NOW - 2 * HOUR), NOW - HOUR, "the oven")

    found = mail(held)

    assert found.subject.startswith("The pause is over: ")
    assert "On hold until Tue 10 Nov, 13:05." in read_markup(found.html).text
    assert "the oven" not in found.text


def test_it_speaks_the_readers_language() -> None:
    found = mail(a_case(), to=BEN)

    assert 'lang="de"' in found.html
    assert "Hier wartet noch jemand auf ein Wort von Ihnen" in found.text
    assert "Es geht um: Wartezeit und Lieferung." in " ".join(found.text.split())


def test_a_mail_about_nothing_or_to_nobody_is_not_written() -> None:
    with pytest.raises(ValueError, match="no case"):
        render_overdue_mail(
            [], said={}, business=a_business(), contact=ANNA, link=CASES, tag="linden/x"
        )
    with pytest.raises(ValueError, match="no e-mail"):
        mail(a_case(), to=Contact(name="Anna", phone="+4915550100001"))


def test_no_text_of_a_stranger_becomes_markup_an_address_or_a_header() -> None:
    plain = read_markup(mail(a_case()).html)

    for text in HOSTILE_TEXTS:
        found = mail(a_case(), text=text)
        shown = read_markup(found.html)
        assert shown.faults == []
        assert shown.elements.keys() <= plain.elements.keys()
        assert set(shown.addresses) == set(plain.addresses)
        assert not set("\r\n\x00") & set(found.subject)
        assert len(found.html) < 30_000
