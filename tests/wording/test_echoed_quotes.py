"""A quote says where else the same customer posted it: there too somebody waits for an answer."""

from chalicelib.pages.incident import render_incident_page
from chalicelib.wording.quote import quote_of
from chalicelib.wording.words import words_in
from tests.alert.samples import ANNA, BEN, NOW, a_briefing, a_business, a_quote, an_incident

SAID = a_quote()
FEEDBACK_ID = SAID.feedback.feedback_id


def line(*places: str, language: str = "en") -> str:
    incident = an_incident(also_at={FEEDBACK_ID: places} if places else {})
    return quote_of(SAID, incident, a_business(), words_in(language)).from_line


def test_a_quote_names_the_other_places_in_the_readers_language() -> None:
    assert line("yelp").endswith("at Main Street; the same stands on yelp")
    assert line("yelp", "shop").endswith("; the same stands on yelp and shop")
    assert line("yelp", "shop", language="de").endswith("; dasselbe steht auch bei yelp und shop")
    assert ";" not in line()


def test_a_place_can_be_no_link_and_breaks_no_line() -> None:
    said = line("evil.example\r\nBcc: x@evil.example")

    assert "evil.example" not in said
    assert len(said.splitlines()) == 1


def test_the_page_shows_it_in_both_languages() -> None:
    incident = an_incident(also_at={FEEDBACK_ID: ("yelp",)}, feedback_ids=(FEEDBACK_ID,))
    briefing = a_briefing(incident=incident, quotes=(SAID,))

    english, german = (
        render_incident_page(briefing, contact=contact, action="/api/i/A", now=NOW)
        for contact in (ANNA, BEN)
    )

    assert "the same stands on yelp" in english
    assert "dasselbe steht auch bei yelp" in german
