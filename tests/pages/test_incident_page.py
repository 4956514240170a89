"""The incident page: everything live, every action a form, nothing that acts by being shown."""

import re
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from chalicelib.domain.alert import NotifyReason
from chalicelib.domain.briefing import Advice, Briefing
from chalicelib.domain.incident import (
    Ending,
    Outcome,
    acknowledge,
    record_outcome,
    resolve,
    snooze,
)
from chalicelib.pages.actions import read_action
from chalicelib.pages.incident import render_incident_page
from tests.alert.hostile import HOSTILE_TEXTS
from tests.alert.markup import read_markup
from tests.alert.samples import ANNA, BEN, NOW, a_briefing, a_notification, a_quote, a_reading

ACTION = "/api/i/ABCDEFGHIJKLMNOPQRSTUV"


def page(briefing: Briefing, notice: str = "", **changes: object) -> str:
    """The page as Anna sees it."""
    contact = replace(ANNA, **changes)  # type: ignore[arg-type]
    return render_incident_page(briefing, contact=contact, action=ACTION, now=NOW, notice=notice)


def acts(html: str) -> list[str]:
    """What the forms on the page can do, in order."""
    return re.findall(r'name="act" value="(\w+)"', html)


@pytest.mark.parametrize(
    "words",
    [
        "4 of the last 6 unhappy about waiting and delivery at Main Street",
        "4 of 6",
        "fewer than 1 of 6",
        "We waited forty minutes for two rolls and nobody said sorry.",
        "Sounds like anger",
        "Order LB-20431",
        "No text, only 2 of 5 stars.",
        "Answer on reviews.example",
        "Look at who was on shift",
        "Waiting and delivery: in 4 of 4 of these reviews, mostly with anger",
        "Draft reply: nobody has sent this",
        "Product quality: 1 of 14 (usually about 1)",
        "Only you so far.",
        "As of Tue 10 Nov, 14:05",
    ],
)
def test_the_page_says_what_the_mail_says(words: str) -> None:
    assert words in read_markup(page(a_briefing())).text


def test_an_open_incident_can_be_taken_on_snoozed_corrected_and_closed() -> None:
    html = page(a_briefing())

    assert acts(html) == ["acknowledge", "snooze", *["not_negative"] * 4, "resolve"]


def test_what_somebody_took_on_can_still_be_snoozed_and_closed() -> None:
    taken = acknowledge(a_briefing().incident, "Ben", NOW)

    html = page(a_briefing(incident=taken))

    assert "acknowledge" not in acts(html)
    assert {"snooze", "resolve"} <= set(acts(html))
    assert "Ben took it on, Tue 10 Nov, 14:05." in read_markup(html).text


def test_what_is_closed_takes_outcomes_and_nothing_else() -> None:
    over = resolve(a_briefing().incident, Ending.BACK_TO_USUAL, NOW)

    html = page(a_briefing(incident=over))

    assert set(acts(html)) == {"not_negative", "outcomes"}
    assert "as content as usual again" in read_markup(html).text


def test_every_form_posts_to_the_pages_own_address_and_every_button_is_understood() -> None:
    html = page(a_briefing())
    forms = re.findall(r'<form[^>]*method="post" action="([^"]+)"', html)

    assert set(forms) == {ACTION}
    assert len(forms) == html.count("<form")
    for hours in (4, 24, 168):
        assert f'name="hours" value="{hours}"' in html
        assert read_action(f"act=snooze&hours={hours}") is not None


def test_the_token_stands_in_the_forms_address_and_nowhere_else() -> None:
    html = page(a_briefing())

    without_forms = re.sub(r'<form[^>]*action="[^"]+"', "", html)
    assert "ABCDEFGHIJKLMNOPQRSTUV" not in without_forms


def test_there_is_no_script_no_handler_no_picture_and_no_style_attribute() -> None:
    markup = read_markup(page(a_briefing()))

    assert not {"script", "img", "iframe", "link", "object"} & set(markup.elements)
    names = {name for _, name in markup.attributes}
    assert not {name for name in names if name.startswith("on")}
    assert "style" not in names


def test_each_quoted_customer_has_the_three_outcomes_and_not_known_yet() -> None:
    html = page(a_briefing())

    for scored in a_briefing().quotes:
        name = f'name="outcome.{scored.feedback.feedback_id}"'
        values = re.findall(rf'{re.escape(name)} value="(\w*)"', html)
        assert values == ["recovered", "lost", "no_contact", ""]


def test_an_outcome_that_is_known_is_shown_as_chosen() -> None:
    briefing = a_briefing()
    named = briefing.quotes[0].feedback.feedback_id
    known = record_outcome(briefing.incident, named, Outcome.RECOVERED)

    html = page(replace(briefing, incident=known))

    assert f'name="outcome.{named}" value="recovered" checked' in html


def test_a_wrong_label_that_was_noted_is_shown_and_not_offered_again() -> None:
    noted = replace(a_quote(), is_not_negative=True)

    html = page(a_briefing(quotes=(noted,)))

    assert "Marked as not negative" in html
    assert "not_negative" not in acts(html)


def test_the_anchors_of_the_mails_buttons_are_on_the_page() -> None:
    html = page(a_briefing())
    named = a_briefing().quotes[0].feedback.feedback_id

    for anchor in ("acknowledge", "snooze", "resolve", f"f-{named}"):
        assert html.count(f'id="{anchor}"') == 1


@pytest.mark.parametrize(
    ("notice", "words"),
    [
        ("done_acknowledge", "Taken on. Nobody else is asked."),
        ("done_resolve", "Closed. Thank you."),
        ("done_outcomes", "Saved."),
        ("done_not_negative", "Noted: not negative."),
        ("refused", "it is closed already"),
        ("not_understood", "Please try again"),
    ],
)
def test_what_was_just_done_is_said(notice: str, words: str) -> None:
    html = page(a_briefing(), notice)

    assert words in html
    assert 'role="status"' in html


def test_a_snooze_is_said_with_its_end() -> None:
    quiet = snooze(a_briefing().incident, NOW + timedelta(hours=4))

    html = page(a_briefing(incident=quiet), "done_snooze")

    assert html.count("Quiet until Tue 10 Nov, 18:05.") == 2


def test_the_page_speaks_the_contacts_language() -> None:
    html = render_incident_page(a_briefing(), contact=BEN, action=ACTION, now=NOW)

    assert '<html lang="de"' in html
    assert "Ich kümmere mich" in html


def test_a_customers_language_is_declared_for_screen_readers() -> None:
    quote = a_quote("Das war kalt.", reading=a_reading(language="de", because=()))

    assert '<blockquote dir="auto" lang="de">' in page(a_briefing(quotes=(quote,)))


def test_legal_words_bring_a_warning_and_no_draft() -> None:
    html = page(a_briefing(advice=Advice(needs_expert=True)))

    assert "Get advice before you answer in writing" in html
    assert "nobody has sent" not in html


def test_beside_a_draft_it_is_said_for_whom_there_is_none() -> None:
    html = page(a_briefing(advice=replace(a_briefing().advice, needs_expert=True)))

    assert "forty minutes is far too long" in html
    assert "No draft for whoever wrote of legal, medical or safety matters" in html


def test_others_who_were_told_are_named() -> None:
    told = (a_notification(), a_notification(reason=NotifyReason.ESCALATION, contact="Ben"))

    text = read_markup(page(a_briefing(told=told))).text

    assert "Ben, by e-mail, Tue 10 Nov, 14:05" in text


def test_a_page_without_any_quote_still_stands() -> None:
    html = page(a_briefing(quotes=(), weeks=(), advice=Advice()))

    assert "The reviews are no longer there." in html
    assert "resolve" in acts(html)


def test_fifty_long_quotes_are_shown_in_full_and_the_rest_is_left_out() -> None:
    quotes = tuple(a_quote(f"text-{number}. " + "x " * 100, number=number) for number in range(60))

    html = page(a_briefing(quotes=quotes))

    assert html.count('class="quote"') == 50


@pytest.mark.parametrize("text", HOSTILE_TEXTS[::3], ids=range(len(HOSTILE_TEXTS[::3])))
def test_hostile_text_becomes_no_markup_and_no_link(text: str) -> None:
    ours = read_markup(page(a_briefing()))
    quote = a_quote(
        text, author=text, order_reference=text, url=text, reading=a_reading(because=(text[:30],))
    )

    found = read_markup(page(a_briefing(quotes=(quote,))))

    assert set(found.elements) <= set(ours.elements)
    assert found.attributes <= ours.attributes
    addresses = {one for one in found.addresses if not one.startswith(("#", ACTION))}
    assert all(one.startswith("https://") and one == text for one in addresses)
    assert "evil.example" not in found.text


@pytest.mark.parametrize(
    "briefing",
    [
        a_briefing(),
        a_briefing(quotes=(), weeks=(), advice=Advice(needs_expert=True)),
        a_briefing(incident=resolve(a_briefing().incident, "Ben", NOW)),
    ],
)
def test_every_element_is_closed_where_it_belongs(briefing: Briefing) -> None:
    markup = read_markup(page(briefing, "done_resolve"))

    assert markup.faults == []
    assert markup.open_elements == []


# --- accessibility ------------------------------------------------------------------------------


def test_headings_go_down_one_step_at_a_time_and_ids_are_unique() -> None:
    html = page(a_briefing())
    levels = [int(level) for level in re.findall(r"<h(\d)", html)]
    ids = re.findall(r'\bid="([^"]+)"', html)

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert len(ids) == len(set(ids))


def test_every_choice_has_a_label_and_every_group_a_legend() -> None:
    html = page(a_briefing())

    radios = html.count('type="radio"')
    assert radios == len(re.findall(r'<label><input type="radio"[^>]*> [^<]+</label>', html))
    assert html.count("<fieldset>") == html.count("<legend>") == 4


def test_what_is_labelled_by_something_is_labelled_by_something_that_is_there() -> None:
    html = page(a_briefing())

    named = set(re.findall(r'aria-labelledby="([^"]+)"', html))
    assert named <= set(re.findall(r'\bid="([^"]+)"', html))


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.2."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def palettes() -> list[dict[str, str]]:
    """The colours of the light and of the dark page, plain, urgent and over."""
    style = re.search(r"<style>(.*?)</style>", page(a_briefing()), re.DOTALL)
    assert style is not None
    css = style[1]
    light_css, _, dark_css = css.partition("@media (prefers-color-scheme:dark)")
    found = []
    for part in (light_css, dark_css.partition("*{")[0]):
        base = dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{6})", part.partition("}")[0]))
        alarms = re.findall(r"--alarm:(#[0-9a-f]{6})", part)
        found += [base | {"alarm": alarm} for alarm in alarms]
    return found


def test_text_stands_out_from_its_ground_in_light_and_in_dark() -> None:
    colours = palettes()

    assert len(colours) == 6
    for palette in colours:
        for text in ("ink", "soft", "link", "alarm"):
            for ground in ("card", "quote"):
                assert contrast(palette[text], palette[ground]) >= 4.5, (text, ground, palette)
        assert contrast(palette["mark-ink"], palette["mark"]) >= 4.5
        assert contrast(palette["button-ink"], palette["alarm"]) >= 4.5
