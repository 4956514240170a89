"""The SMS: one segment whatever happens, the link whole, no customer's name or word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.alert.gsm7 import cut, septets, to_gsm7
from chalicelib.alert.text_message import render_sms
from chalicelib.domain.alert import NotifyReason
from chalicelib.domain.briefing import Briefing
from chalicelib.domain.business import Contact
from chalicelib.domain.incident import Ending, Incident, IncidentKind, resolve
from chalicelib.domain.sentiment import CriticalKind
from tests.alert.hostile import HOSTILE_TEXTS
from tests.alert.samples import (
    ANNA,
    BEN,
    LINK,
    NOW,
    a_briefing,
    a_business,
    a_critical_incident,
    a_quote,
    an_incident,
)

SHORT_LINK = "https://h.example/i/ABCDEFGHIJKLMNOPQRSTUV"
REASONS = [
    NotifyReason.FIRST,
    NotifyReason.WORSE,
    NotifyReason.REMINDER,
    NotifyReason.ESCALATION,
    NotifyReason.CORRECTED,
    NotifyReason.RESOLVED,
]
GERMAN = Contact(name="Ben", phone="+4915550100002", language="de")


def say(
    briefing: Briefing,
    reason: NotifyReason = NotifyReason.FIRST,
    contact: Contact = ANNA,
    link: str = SHORT_LINK,
) -> str:
    """The SMS without its link."""
    sms = render_sms(briefing, contact=contact, reason=reason, link=link, tag="t")
    assert sms.text.endswith(f" {link}")
    return sms.text.removesuffix(f" {link}")


@pytest.mark.parametrize(
    ("incident", "reason", "text"),
    [
        (
            an_incident(),
            NotifyReason.FIRST,
            "Bakery Linden, Main Street: 4 of last 6 unhappy (waiting), usual under 1, worst 1*",
        ),
        (
            an_incident(negative=16, of=38, usual=5.2, topic=None, location=None),
            NotifyReason.WORSE,
            "Bakery Linden: WORSE: 16 of last 38 unhappy, usual 5, worst 1*",
        ),
        (
            a_critical_incident(CriticalKind.INJURY),
            NotifyReason.FIRST,
            "Bakery Linden, Main Street: URGENT: injury, worst 1*",
        ),
        (
            an_incident(kind=IncidentKind.SOURCE, source="google", location=None),
            NotifyReason.FIRST,
            "Bakery Linden: google cannot be read, worst 1*",
        ),
        (
            resolve(an_incident(location=None), Ending.BACK_TO_USUAL, NOW),
            NotifyReason.RESOLVED,
            "Bakery Linden: Back to usual",
        ),
    ],
)
def test_it_says_business_count_topic_usual_and_worst_star(
    incident: Incident, reason: NotifyReason, text: str
) -> None:
    assert say(a_briefing(incident=incident), reason) == text


def test_it_is_in_the_contacts_language() -> None:
    text = say(a_briefing(incident=an_incident(location=None)), contact=GERMAN)

    assert text == "Bakery Linden: 4 der letzten 6 unzufrieden (Wartezeit), sonst unter 1, ab 1*"


def test_with_a_long_link_the_least_important_goes_first() -> None:
    text = say(a_briefing(), link=LINK)

    assert text == "Bakery Linden: 4 of last 6 unhappy (waiting), usual under 1, worst 1*"


def test_who_can_no_longer_be_reached_by_mail_learns_it_by_sms() -> None:
    briefing = a_briefing(dead_addresses={"anna@bakery.example": "bounced"})

    assert "unhappy (waiting), mail to you fails, usual" in say(briefing)


def test_gathered_matters_are_counted_before_anything_else() -> None:
    briefing = a_briefing(gathered=(a_critical_incident(), a_critical_incident()))

    assert "(waiting), +2 more" in say(briefing, link=LINK)


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("text", HOSTILE_TEXTS[::10], ids=range(30))
def test_no_name_makes_it_longer_than_one_segment(text: str, reason: NotifyReason) -> None:
    incident = an_incident(topic=text, location=None, source=text)
    if reason in (NotifyReason.RESOLVED, NotifyReason.CORRECTED):
        incident = resolve(incident, text, NOW)
    briefing = a_briefing(incident=incident, business=a_business(name=text))

    sms = render_sms(briefing, contact=GERMAN, reason=reason, link=LINK, tag="t")

    assert septets(sms.text) <= 160
    assert sms.text.endswith(LINK)
    assert "\n" not in sms.text


def test_no_word_or_name_of_a_customer_is_in_it() -> None:
    quote = a_quote("Zebrafish soup was awful", author="Quentin", order_reference="ORD-77")

    text = say(a_briefing(quotes=(quote,)))

    for secret in ("Zebrafish", "soup", "Quentin", "ORD-77"):
        assert secret not in text


def test_a_link_that_leaves_no_room_is_refused_by_its_length() -> None:
    with pytest.raises(ValueError, match="too long"):
        render_sms(
            a_briefing(),
            contact=ANNA,
            reason=NotifyReason.FIRST,
            link="https://h.example/" + "x" * 150,
            tag="t",
        )


def test_a_contact_without_a_phone_is_refused() -> None:
    with pytest.raises(ValueError, match="Ben"):
        render_sms(a_briefing(), contact=BEN, reason=NotifyReason.FIRST, link=LINK, tag="t")


@pytest.mark.parametrize(
    ("text", "places"), [("abc", 3), ("äöüß", 4), ("€", 2), ("[x]", 5), ("", 0), ("^~", 4)]
)
def test_extended_signs_take_two_places(text: str, places: int) -> None:
    assert septets(text) == places


@pytest.mark.parametrize("sign", ["“", "ł", "日", "😀", "\u200b", "`"])
def test_a_sign_outside_of_the_alphabet_is_refused(sign: str) -> None:
    with pytest.raises(ValueError, match="GSM-7"):
        septets(sign)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Café “Übermut” – Łódź", 'Café "Übermut" - Lodz'),
        ("Crème brûlée…", "Crème brulée..."),
        ("日本 Sushi 😀", "Sushi"),
        ("a\n b", "a b"),
    ],
)
def test_names_are_written_in_the_alphabet(text: str, shown: str) -> None:
    assert to_gsm7(text) == shown


@given(st.text(), st.integers(min_value=0, max_value=80))
def test_whatever_the_text_it_fits_the_alphabet_and_the_room(text: str, places: int) -> None:
    assert septets(cut(to_gsm7(text), places)) <= places
