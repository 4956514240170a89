"""The e-mail: everything an owner needs in both parts, and nothing a customer could make of it."""

from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest

from chalicelib.alert.message import render_email
from chalicelib.domain.alert import Email, NotifyReason
from chalicelib.domain.briefing import Advice, Briefing
from chalicelib.domain.business import Contact
from chalicelib.domain.incident import Ending, IncidentKind, acknowledge, resolve
from chalicelib.domain.sentiment import CriticalKind
from tests.alert.hostile import HOSTILE_TEXTS
from tests.alert.markup import read_markup
from tests.alert.samples import (
    ANNA,
    BEN,
    LINK,
    NOW,
    UNSUBSCRIBE,
    a_briefing,
    a_business,
    a_critical_incident,
    a_quote,
    a_reading,
    an_incident,
)

ZERO_WIDTH_SPACE = "\u200b"


def render(
    briefing: Briefing, reason: NotifyReason = NotifyReason.FIRST, contact: Contact = ANNA
) -> Email:
    """The e-mail with the links of the samples."""
    return render_email(
        briefing,
        contact=contact,
        reason=reason,
        link=LINK,
        unsubscribe_link=UNSUBSCRIBE,
        tag="spike-000012.first.0.email.Anna",
        now=NOW,
    )


def shown(email: Email) -> tuple[str, str]:
    """What is to be read in the HTML part and in the text part, with single spaces."""
    plain = " ".join(line.lstrip(">| ") for line in email.text.splitlines())
    return read_markup(email.html).text, " ".join(plain.split())


@pytest.mark.parametrize(
    "words",
    [
        "4 of the last 6 unhappy about waiting and delivery at Main Street",
        "4 of 6",
        "fewer than 1 of 6",
        "We waited forty minutes for two rolls and nobody said sorry.",
        "★☆☆☆☆",
        "Kim Q.",
        "google, Tue 10 Nov, at Main Street",
        "Order LB-20431",
        "Sounds like anger",
        "No text, only 2 of 5 stars.",
        "Answer on reviews.example",
        "Look at who was on shift and what broke between nine and ten.",
        "Waiting and delivery: in 4 of 4 of these reviews, mostly with anger",
        "forty minutes is far too long, and you had every right to hear a sorry from us.",
        "nothing is sent from here",
        "Product quality: 1 of 14 (usually about 1)",
        "Only you so far.",
        "You are the first contact of Bakery Linden.",
        "If nobody takes it on, Ben is told on Tue 10 Nov, 18:05.",
        "The next reminder comes on Wed 11 Nov, 14:05",
        "I take it on",
        "Not now",
        "Not negative",
        "Stop these mails",
    ],
)
def test_html_and_text_both_say(words: str) -> None:
    html, text = shown(render(a_briefing()))

    assert words in html
    assert words in text


def test_the_draft_is_marked_as_one_that_nobody_sent_in_both_parts() -> None:
    html, text = shown(render(a_briefing()))

    assert "Draft reply: nobody has sent this" in html
    assert "DRAFT REPLY: NOBODY HAS SENT THIS" in text


def test_the_words_that_led_to_the_reading_are_marked() -> None:
    email = render(a_briefing())

    assert read_markup(email.html).elements["mark"] == 5
    assert ">waited forty minutes</mark>" in email.html
    assert "What led to this: waited forty minutes · nobody said sorry" in email.text


def test_words_that_are_not_in_the_text_are_named_below_it() -> None:
    quote = a_quote("Schlecht.", reading=a_reading(because=("kalt",)))

    html, _ = shown(render(a_briefing(quotes=(quote,))))

    assert "What led to this: kalt" in html


def test_the_worst_review_comes_first() -> None:
    mild = a_quote("mild", number=1, reading=a_reading(evidence=0.6))
    grave = a_quote("grave", number=2, reading=a_reading(evidence=0.9))
    allergy = a_quote(
        "allergy",
        number=3,
        reading=a_reading(evidence=0.5, critical=(CriticalKind.ALLERGY_ILLNESS,)),
    )

    html, _ = shown(render(a_briefing(quotes=(mild, grave, allergy))))

    assert html.index("allergy") < html.index("grave") < html.index("mild")


def test_the_bars_need_no_picture_and_can_be_heard() -> None:
    email = render(a_briefing())
    markup = read_markup(email.html)

    labels = [value for tag, name, value in markup.values if (tag, name) == ("table", "aria-label")]
    assert labels[0].startswith("Week from 16 Sep: 1 of 9; ")
    assert labels[0].endswith("Week from 4 Nov: 5 of 12")
    assert markup.elements["img"] == 0
    assert "4 Nov  5 of 12  ########################" in email.text


def test_the_buttons_lead_to_their_place_on_the_page() -> None:
    addresses = read_markup(render(a_briefing()).html).addresses

    for place in ("#acknowledge", "#snooze", "#resolve"):
        assert LINK + place in addresses
    not_negative = [one for one in addresses if one.startswith(f"{LINK}#f-")]
    assert len(not_negative) == 4


def test_the_one_click_address_is_handed_to_the_channel() -> None:
    email = render(a_briefing())

    assert email.unsubscribe_url == UNSUBSCRIBE
    assert email.to == "anna@bakery.example"
    assert email.tag == "spike-000012.first.0.email.Anna"


def test_the_contact_reads_it_in_the_contacts_language_and_the_customer_stays_in_hers() -> None:
    email = render(a_briefing(), contact=BEN)
    html, text = shown(email)

    assert email.subject == (
        "4 der letzten 6 unzufrieden mit Wartezeit und Lieferung (Main Street), "
        "üblich: weniger als 1"
    )
    assert '<html lang="de"' in email.html
    for part in (html, text):
        assert "Ich kümmere mich" in part
        assert "We waited forty minutes" in part


def test_legal_or_medical_matters_bring_a_warning_and_no_draft() -> None:
    draft = a_briefing().advice.draft

    html, text = shown(render(a_briefing(advice=Advice(needs_expert=True, draft=None))))

    assert draft is not None
    for part in (html, text):
        assert "Get advice before you answer in writing" in part
        assert "nobody has sent" not in part.lower()
        assert draft.text.splitlines()[-1] + " For " not in part


def test_beside_a_draft_it_is_said_for_whom_there_is_none() -> None:
    html, text = shown(render(a_briefing(advice=replace(a_briefing().advice, needs_expert=True))))

    for part in (html, text):
        assert "forty minutes is far too long" in part
        assert "For Kim Q., Tue 10 Nov: a start." in part
        assert "No draft for whoever wrote of legal, medical or safety matters" in part


@pytest.mark.parametrize(
    ("by", "words"),
    [
        (Ending.BACK_TO_USUAL, "as content as usual again"),
        (Ending.NEW_NORMAL, "three weeks"),
        (Ending.CORRECTED, "changed or taken back"),
        ("Ben", "Ben closed this on Tue 10 Nov, 14:05."),
    ],
)
def test_an_end_is_short_and_asks_for_nothing(by: str, words: str) -> None:
    over = resolve(an_incident(), by, NOW)

    email = render(a_briefing(incident=over), NotifyReason.RESOLVED)
    html, text = shown(email)

    for part in (html, text):
        assert words in part
        assert "Nothing more comes about this." in part
        assert "At its worst" in part
        assert "How did it end with each of them?" in part
        assert "two rolls" not in part
        assert "I take it on" not in part
        assert "forty minutes is far too long" not in part


def test_an_acknowledged_incident_offers_no_button_to_acknowledge() -> None:
    taken = acknowledge(an_incident(), "Ben", NOW)

    html, text = shown(render(a_briefing(incident=taken), NotifyReason.ESCALATION))

    for part in (html, text):
        assert "I take it on" not in part
        assert "Ben took it on" in part


def test_gathered_incidents_are_listed_and_counted_in_the_subject() -> None:
    others = (a_critical_incident(CriticalKind.INJURY), an_incident(topic="price_value"))

    email = render(a_briefing(gathered=others))
    html, text = shown(email)

    assert email.subject.endswith("(+2 more)")
    for part in (html, text):
        assert "A customer of Main Street speaks of an injury" in part
        assert "4 of the last 6 unhappy about price and value at Main Street" in part


def test_a_source_that_cannot_be_read_shows_its_trouble_and_what_to_do() -> None:
    incident = an_incident(
        kind=IncidentKind.SOURCE,
        source="google",
        sentence="google cannot be read: the credential was refused",
        advice="Sign in to Google again.",
    )

    html, text = shown(render(a_briefing(incident=incident, quotes=(), weeks=(), advice=Advice())))

    for part in (html, text):
        assert "the credential was refused" in part
        assert "Sign in to Google again." in part
        assert "fewer than 1" not in part.partition("Product quality")[0]


def test_a_german_reader_learns_of_a_sources_trouble_in_german() -> None:
    incident = an_incident(
        kind=IncidentKind.SOURCE,
        source="google",
        sentence="google cannot be read: feeds.example refuses access (403)",
        advice="Correct the address in heedful.toml.",
    )
    briefing = a_briefing(incident=incident, quotes=(), weeks=(), advice=Advice())

    for part in (one.replace(ZERO_WIDTH_SPACE, "") for one in shown(render(briefing, contact=BEN))):
        assert "google ist nicht lesbar: feeds.example verweigert den Zugriff (403)" in part
        assert "Berichtigen Sie die Adresse in heedful.toml." in part
        assert "cannot be read" not in part


def test_a_catch_up_says_that_it_is_about_the_past() -> None:
    html, text = shown(render(a_briefing(incident=an_incident(is_about_past=True))))

    for part in (html, text):
        assert "This is about the past" in part


def test_an_email_of_five_huge_reviews_stays_below_what_providers_cut() -> None:
    quotes = tuple(a_quote("Wartezeit ö " * 1_300, number=n) for n in range(1, 9))

    email = render(a_briefing(quotes=quotes))

    assert len(email.html.encode()) < 102_000
    assert "3 more are on the page." in email.text
    assert "all of it is on the page" in email.text


def test_with_nothing_but_the_incident_it_is_still_a_message() -> None:
    bare = Briefing(incident=an_incident(), business=a_business())

    html, text = shown(render(bare))

    for part in (html, text):
        assert "4 of 6" in part
        assert "I take it on" in part


def test_a_dead_address_is_told_to_who_can_still_be_reached() -> None:
    briefing = a_briefing(dead_addresses={"anna@bakery.example": "bounced"})

    html, text = shown(render(briefing, contact=replace(BEN, language="en")))

    for part in (html, text):
        assert "anna@bakery.example is not used any more: mail to it came back." in part


@pytest.mark.parametrize(
    "briefing",
    [
        a_briefing(),
        a_briefing(advice=Advice(needs_expert=True), gathered=(an_incident(),)),
        a_briefing(incident=resolve(an_incident(), "Ben", NOW)),
        Briefing(incident=an_incident(), business=a_business()),
    ],
)
@pytest.mark.parametrize("reason", [NotifyReason.FIRST, NotifyReason.RESOLVED])
def test_every_element_is_closed_where_it_belongs(briefing: Briefing, reason: NotifyReason) -> None:
    markup = read_markup(render(briefing, reason).html)

    assert markup.faults == []
    assert markup.open_elements == []


def test_a_contact_without_an_address_is_refused() -> None:
    with pytest.raises(ValueError, match="Cem"):
        render(a_briefing(), contact=Contact(name="Cem", phone="+4915550100009"))


# --- hostile text -------------------------------------------------------------------------------


@cache
def our_shape() -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """Which elements and attributes the template itself makes."""
    markup = read_markup(render(a_briefing()).html)
    return frozenset(markup.elements), frozenset(markup.attributes)


def a_hostile_briefing(text: str) -> Briefing:
    """The text wherever a customer or a source can put one."""
    quote = a_quote(
        text,
        author=text,
        order_reference=text,
        url=f"https://reviews.example/1{text[:1]}",
        reading=a_reading(because=(text[:40], text)),
    )
    incident = an_incident(kind=IncidentKind.SOURCE, source="google", sentence=text, advice=text)
    draft = a_briefing().advice.draft
    assert draft is not None
    advice = replace(a_briefing().advice, draft=replace(draft, text=text))
    return a_briefing(quotes=(quote,), incident=incident, advice=advice)


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=range(len(HOSTILE_TEXTS)))
def test_hostile_text_becomes_no_markup_no_link_and_no_second_line_of_subject(text: str) -> None:
    elements, attributes = our_shape()

    email = render(a_hostile_briefing(text))

    markup = read_markup(email.html)
    assert set(markup.elements) <= elements
    assert markup.attributes <= attributes
    ours = (LINK, UNSUBSCRIBE, "https://reviews.example/")
    assert all(address.startswith(ours) for address in markup.addresses)
    assert len(email.subject) <= 120
    assert len(email.subject.splitlines()) <= 1
    for part in (email.subject, email.text, email.html):
        assert not set(part) & set("\x00\x07\x08\x1b\x7f\x85\u202a\u202b\u202d\u202e\u2066\u2069")
    assert "evil.example" not in email.text
    assert "evil.example" not in markup.text


@pytest.mark.parametrize("text", HOSTILE_TEXTS[::5], ids=range(len(HOSTILE_TEXTS[::5])))
def test_names_from_the_configuration_become_no_markup_either(text: str) -> None:
    elements, attributes = our_shape()
    incident = an_incident(topic=text, location=None)

    email = render(a_briefing(incident=incident, business=a_business(name=text)))

    markup = read_markup(email.html)
    assert set(markup.elements) <= elements
    assert markup.attributes <= attributes
    assert len(email.subject) <= 120
    assert len(email.subject.splitlines()) <= 1


def test_the_same_hostile_text_survives_for_the_eye() -> None:
    email = render(a_briefing(quotes=(a_quote("<b>1 & 2</b> {{ 7*7 }} %s http://evil.example"),)))

    html, text = shown(email)

    for part in (html, text):
        plain = part.replace(ZERO_WIDTH_SPACE, "")
        assert "<b>1 & 2</b> {{ 7*7 }} %s http://evil.example" in plain


def test_a_planted_template_without_escaping_would_be_caught() -> None:
    planted = render(a_briefing()).html.replace("Kim Q.", "<img src=x onerror=alert(1)>")
    elements, _ = our_shape()

    assert not set(read_markup(planted).elements) <= elements


def test_times_and_days_are_those_on_the_contacts_own_wall() -> None:
    # 23:30 in Berlin on the ninth is the morning of the tenth in Tokyo.
    late = a_quote(written_at=NOW - timedelta(hours=14, minutes=35))

    html, text = shown(
        render(a_briefing(quotes=(late,)), contact=replace(ANNA, time_zone="Asia/Tokyo"))
    )

    for part in (html, text):
        assert "Since Tue 10 Nov, 22:05" in part
        assert "google, Tue 10 Nov" in part
    assert "google, Mon 9 Nov" in shown(render(a_briefing(quotes=(late,))))[0]


def test_right_to_left_text_is_laid_out_by_its_own_direction() -> None:
    quote = a_quote("انتظرنا أربعين دقيقة", reading=a_reading(because=()))

    html = render(a_briefing(quotes=(quote,))).html

    before = html.partition("انتظرنا")[0]
    assert before.rpartition("<div ")[2].startswith('dir="auto"')


def test_only_quotes_that_are_still_there_are_answered_by_a_time() -> None:
    late = a_briefing(incident=an_incident(opened_at=NOW - timedelta(days=2)))

    html, _ = shown(render(late))

    assert "Best answered by" not in html
