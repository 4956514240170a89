"""The page for the team: it thanks before it teaches, and blames nobody by name."""

from dataclasses import replace

from chalicelib.domain.sentiment import AspectReading, Polarity, Topic
from chalicelib.flow.coaching import coaching_page
from chalicelib.ports import Services
from tests.pages.map_world import BAKERY, NOTHING, NOW, ROSA, services_with, voice
from tests.pages.test_map_pages import told

THANKS = "The young man at the till was patient and kind."
NAMED = "Bogdan at the till was patient and kind."
LISTED = "Anna at the till was patient and kind."
SLOW = "Nobody greeted us and Bogdan only looked at his phone."


def a_team() -> Services:
    """One place: eight are happy with the staff, six are not told anything."""
    said = []
    for number in range(14):
        is_bad = number >= 8
        text = SLOW if is_bad else (THANKS, NAMED, LISTED)[number % 3]
        topic = Topic.COMMUNICATION if is_bad else Topic.STAFF_SERVICE
        polarity = Polarity.NEGATIVE if is_bad else Polarity.POSITIVE
        one = voice(number, NOW.date(), is_bad=is_bad)
        aspect = AspectReading(name=topic, strength=0.9, polarity=polarity)
        said.append(
            replace(
                one,
                feedback=replace(one.feedback, text=text),
                reading=replace(one.reading, topics=(aspect,), because=()),
            )
        )
    return services_with(said)


def test_praise_comes_first_and_names_nobody() -> None:
    business = replace(BAKERY, locations=())

    shown = told(coaching_page(a_team(), ROSA, business, NOTHING, NOW))

    assert "staff and service: 8 of 8 happy, between 68 and 100 %" in shown
    assert shown.index("What they thank you for") < shown.index("What to practise")
    assert THANKS in shown
    assert "Anna" not in shown
    assert "Bogdan" not in shown


def test_who_agreed_is_named_in_praise_and_nobody_in_blame() -> None:
    business = replace(BAKERY, locations=(), named_in_praise=("Anna", "Bogdan"))

    page = coaching_page(a_team(), ROSA, business, NOTHING, NOW)
    praise, practise = told(page).split("What to practise")

    assert LISTED in praise
    assert NAMED in praise
    assert "communication" in practise
    assert "Bogdan" not in practise
    assert 'href="voices?days=28' in page


def test_each_place_is_a_page_part_of_its_own() -> None:
    shown = told(coaching_page(a_team(), replace(ROSA, language="de"), BAKERY, NOTHING, NOW))

    assert "Old Town · 14 Stimmen" in shown
    assert "Gate · 0 Stimmen zu wenige für eine Aussage" in shown
