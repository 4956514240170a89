"""The journey, the empathy map, the blueprint and the words behind them, as an owner sees them."""

import html
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.audit import ActKind
from chalicelib.domain.empathy import MapField
from chalicelib.domain.sentiment import JourneyStage, Topic
from chalicelib.domain.step import BlueprintStep
from chalicelib.flow import mapping
from chalicelib.flow.links import GoTo
from chalicelib.learn.blueprint import template_of, trades
from chalicelib.learn.sayings import sayings_of
from chalicelib.ports import Services
from tests.pages.map_world import (
    BAKERY,
    COMPLAINT,
    LOOKER,
    NOTHING,
    NOW,
    PRAISE,
    ROSA,
    services_with,
    two_months,
    voice,
)

DE = replace(ROSA, language="de")
PAGES = (
    mapping.journey_page,
    mapping.empathy_map_page,
    mapping.blueprint_page,
    mapping.voices_page,
)
TROUBLE = (
    "From Mon 4 May to Thu 7 May more customers than usual gave one or two stars: "
    "12 of 12; usual would be fewer than 1."
)


@pytest.fixture(scope="module")
def town() -> Services:
    """Two months with four bad days; nothing here changes it."""
    return services_with(two_months())


def told(page: str) -> str:
    """The text of a page."""
    text = re.sub(r"<(style|svg).*?</\1>", " ", page, flags=re.S)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


@pytest.mark.parametrize("page", PAGES[:3])
def test_each_map_names_the_bad_days_in_a_sentence(town: Services, page: object) -> None:
    shown = told(page(town, ROSA, BAKERY, NOTHING, NOW))  # type: ignore[operator]

    assert TROUBLE in shown
    assert "It grew most here: Paying" in shown
    assert "refunds and bills" in shown


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("visitor", [ROSA, DE])
def test_no_page_is_large_or_shows_a_customers_markup(
    town: Services, page: object, visitor: object
) -> None:
    shown = page(town, visitor, BAKERY, NOTHING, NOW)  # type: ignore[operator]

    assert len(shown.encode()) < 100_000
    assert "<b>nobody" not in shown
    assert "style=" not in shown


def test_the_way_to_the_words_leads_to_those_of_the_bad_days(town: Services) -> None:
    page = mapping.journey_page(town, ROSA, BAKERY, NOTHING, NOW)
    link = re.search(r'href="voices\?([^"]+)"', page)
    assert link is not None
    query = dict(part.split("=") for part in html.unescape(link[1]).split("&"))

    shown = told(mapping.voices_page(town, ROSA, BAKERY, query, NOW))

    assert query == {"days": "4", "to": "2026-05-07", "polarity": "negative"}
    assert "The newest 12 of 12 that fit" in shown
    assert COMPLAINT in shown
    assert PRAISE not in shown


def test_the_picture_says_in_words_what_it_shows(town: Services) -> None:
    page = mapping.journey_page(town, ROSA, BAKERY, NOTHING, NOW)
    label = re.search(r'<svg[^>]*aria-label="([^"]+)"', page)

    assert label is not None
    assert "Paying: 0 of 16 happy, 16 unhappy" in html.unescape(label[1])
    assert "Finding you: too few to say" in html.unescape(label[1])
    assert page.count("<circle") == len(JourneyStage)


def test_four_texts_are_too_few_for_a_map() -> None:
    few = services_with([voice(one, NOW.date(), is_bad=True) for one in range(4)])

    shown = told(mapping.journey_page(few, ROSA, BAKERY, NOTHING, NOW))

    assert "Too few texts to draw a map: 4 so far, and it needs 5." in shown
    assert "How they feel along the way" not in shown


def test_a_calm_time_is_called_calm_and_its_hardest_stage_named() -> None:
    calm = services_with([voice(one, NOW.date(), is_bad=one % 4 == 0) for one in range(20)])

    shown = told(mapping.journey_page(calm, ROSA, BAKERY, NOTHING, NOW))

    assert "No days stand out as bad in this period." in shown
    assert "The hardest part of the way: Paying, 5 of 5 unhappy" in shown


@pytest.mark.parametrize(
    "query", [{"days": "999"}, {"days": "-1"}, {"to": "soon"}, {"to": "2999-01-01"}, {"place": "x"}]
)
def test_what_cannot_be_asked_for_shows_the_usual_period(
    town: Services, query: dict[str, str]
) -> None:
    asked = mapping.journey_page(town, ROSA, BAKERY, query, NOW)

    assert asked == mapping.journey_page(town, ROSA, BAKERY, NOTHING, NOW)


def test_one_location_is_shown_alone(town: Services) -> None:
    shown = told(mapping.journey_page(town, ROSA, BAKERY, {"place": "tor"}, NOW))

    assert "Counted from 0 texts." in shown


# --- the empathy map ------------------------------------------------------------------------------


def test_who_only_looks_is_offered_no_form(town: Services) -> None:
    assert "<form" in mapping.empathy_map_page(town, ROSA, BAKERY, NOTHING, NOW).split("<main")[1]
    looked = mapping.empathy_map_page(town, LOOKER, BAKERY, NOTHING, NOW).split("<main")[1]
    assert "<form" not in looked


def test_a_moved_sentence_stays_where_the_owner_put_it_and_the_act_holds_no_word_of_it() -> None:
    said = voice(1, NOW.date(), is_bad=True)
    town = services_with([said])
    saying = sayings_of(said)[0]

    done = mapping.mark_quote(town, ROSA, BAKERY, saying.quote_id, {"place": "hear"}, NOW)

    assert done == GoTo(path="empathy-map", notice="quote_moved")
    (mark,) = town.store.quote_marks("bakery")
    assert (mark.place, mark.by, mark.quote_id) == (MapField.HEAR, "Rosa", saying.quote_id)
    (act,) = town.store.acts("bakery", NOW - timedelta(hours=1), NOW, 5)
    assert (act.what, act.about) == (ActKind.MOVE_QUOTE, f"quote:{saying.quote_id}")
    assert not set(saying.text.split()) & set(f"{act.about} {act.detail}".split())
    page = mapping.empathy_map_page(town, ROSA, BAKERY, {"notice": "quote_moved"}, NOW)
    hear = page.split('id="hear"')[1].split("</section>")[0]
    assert saying.quote_id in hear
    assert "Moved by you" in hear
    assert "Moved." in told(page)


def test_a_hidden_sentence_is_gone_from_the_map_and_from_no_figure() -> None:
    said = [voice(one, NOW.date(), is_bad=True) for one in range(6)]
    town = services_with(said)
    saying = sayings_of(said[0])[0]
    before = mapping.journey_page(town, ROSA, BAKERY, NOTHING, NOW)

    done = mapping.mark_quote(town, ROSA, BAKERY, saying.quote_id, {"act": "hide"}, NOW)

    assert done == GoTo(path="empathy-map", notice="quote_hidden")
    page = mapping.empathy_map_page(town, ROSA, BAKERY, NOTHING, NOW)
    assert saying.quote_id not in page
    assert "1 sentence is hidden." in told(page)
    assert mapping.journey_page(town, ROSA, BAKERY, NOTHING, NOW) == before


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("f" * 32, {"place": "hear"}),
        (f"{'f' * 32}-{'0' * 8}", {"place": "elsewhere"}),
        (f"{'F' * 32}-{'0' * 8}", {"place": "hear"}),
        (f"{'f' * 32}-{'0' * 8}x", {"act": "hide"}),
        ("../cases", {"act": "hide"}),
    ],
)
def test_what_names_no_sentence_or_no_field_is_not_done(
    town: Services, name: str, form: dict[str, str]
) -> None:
    assert mapping.mark_quote(town, ROSA, BAKERY, name, form, NOW) is None


def test_a_sentence_of_nobody_is_not_kept(town: Services) -> None:
    name = f"{'f' * 32}-{'0' * 8}"

    done = mapping.mark_quote(town, ROSA, BAKERY, name, {"place": "hear"}, NOW)

    assert done == GoTo(path="empathy-map", notice="quote_unknown")
    assert town.store.quote_marks("bakery") == []


def test_words_whose_time_is_up_are_on_no_page() -> None:
    gone = voice(1, NOW.date(), is_bad=True, words_until=NOW)
    town = services_with([gone, voice(2, NOW.date(), is_bad=True)])

    for page in PAGES:
        shown = page(town, ROSA, BAKERY, {"polarity": "negative"}, NOW)
        assert "number 1." not in shown


# --- the blueprint --------------------------------------------------------------------------------


def test_the_steps_of_the_trade_show_where_it_fails(town: Services) -> None:
    shown = told(mapping.blueprint_page(town, ROSA, BAKERY, NOTHING, NOW))

    assert "The bad days were about this step: Pays." in shown
    assert "Weak points, the clearest first: Pays." in shown
    assert "16 of 16 mentions unhappy" in shown
    assert "These steps are a template." in shown


def test_the_owners_own_steps_take_the_place_of_the_template(town: Services) -> None:
    own = (
        BlueprintStep(
            step="Settles the <i>monthly</i> bill",
            stage=JourneyStage.PAYING,
            topics=(Topic.REFUND_BILLING,),
            front="Anna sends it",
        ),
        BlueprintStep(step="Eats at home", stage=JourneyStage.EXPERIENCE),
    )
    business = replace(BAKERY, blueprint=own)

    page = mapping.blueprint_page(town, ROSA, business, NOTHING, NOW)

    assert "Settles the &lt;i&gt;monthly&lt;/i&gt; bill" in page
    assert "Anna sends it" in page
    assert page.count("Weak point</span>") == 1
    assert "These steps are a template." not in page
    # A step without topics gets all of its stage.
    assert "0 of 68 mentions unhappy" in told(page)


@pytest.mark.parametrize("trade", trades())
def test_every_trade_has_a_step_for_every_stage_in_both_languages(trade: str) -> None:
    english, german = (template_of(trade, language) for language in ("en", "de"))

    assert {one.stage for one in english} == set(JourneyStage)
    assert {topic for one in english for topic in one.topics} <= set(Topic)
    assert [one.stage for one in english] == [one.stage for one in german]
    assert all(one.step and one.front and one.back and one.evidence for one in english)
    assert not {one.step for one in english} & {one.step for one in german}


@pytest.mark.parametrize(
    ("called", "trade"),
    [("Bakery", "bakery"), ("online shop", "online_shop"), ("Friseur", "salon"), ("", "general")],
)
def test_a_trade_is_found_by_what_owners_call_it(called: str, trade: str) -> None:
    assert template_of(called, "en") == template_of(trade, "en")
