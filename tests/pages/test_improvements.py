"""You said, we did: noted, measured, and told only in words that a person approved."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest

from chalicelib.domain.errors import TransitionError
from chalicelib.domain.improvement import WHAT_LIMIT
from chalicelib.flow import improving
from chalicelib.flow.links import GoTo
from chalicelib.ports import Services
from tests.pages.map_world import (
    BAD_DAYS,
    BAD_FROM,
    BAKERY,
    LOOKER,
    NOTHING,
    NOW,
    ROSA,
    services_with,
    two_months,
)
from tests.pages.test_map_pages import told

MENDED = BAD_FROM + timedelta(days=BAD_DAYS)
FORM = {
    "what": "We check <b>every</b> bill twice.",
    "about": "topic:refund_billing",
    "since": MENDED.isoformat(),
}


@pytest.fixture
def town() -> Services:
    """Two months; the bad days end when the change was made."""
    return services_with(two_months())


def note(town: Services, **changes: str) -> str:
    """Note it; the id it got."""
    done = improving.act_on_improvement(town, ROSA, BAKERY, "new", FORM | changes, NOW)
    assert isinstance(done, GoTo)
    return done.path.removeprefix("improvements/")


def page_of(town: Services, name: str, visitor: object = ROSA) -> str:
    shown = improving.improvement_of_name(town, visitor, BAKERY, name, NOTHING, NOW)  # type: ignore[arg-type]
    assert shown is not None
    return shown


def test_a_change_is_noted_listed_and_measured_with_its_figures(town: Services) -> None:
    name = note(town)

    listed = improving.improvements_page(town, ROSA, BAKERY, NOTHING, NOW)
    shown = told(page_of(town, name))

    assert f'href="improvements/{name}"' in listed
    assert "<b>every" not in listed
    # Three days before, all of them bad; three since, with one complaint of the week.
    assert "Fewer complain about it than before." in shown
    assert "3 days before: 9 of 9 complained. 3 days since: 1 of 9 complained." in shown
    assert "That is between 45 and 98 fewer of every hundred voices." in shown
    assert "Before and after is no proof" in shown


def test_the_draft_claims_a_success_only_when_it_is_measured(town: Services) -> None:
    better, untouched = note(town), note(town, about="topic:location_access")

    assert "fewer of you had to complain" in page_of(town, better)
    assert "fewer of you had to complain" not in page_of(town, untouched)
    assert "You told us about location and access." in page_of(town, untouched)


def test_a_person_approves_that_very_text_and_nothing_is_sent(town: Services) -> None:
    name = note(town)

    done = improving.act_on_improvement(
        town, ROSA, BAKERY, name, {"text": " We check every bill now. "}, NOW
    )

    assert done == GoTo(path=f"improvements/{name}", notice="improvement_approved")
    (kept,) = town.store.improvements("bakery")
    assert (kept.text, kept.approved_by, kept.approved_at) == (
        "We check every bill now.",
        "Rosa",
        NOW,
    )
    assert "Rosa approved this text" in told(page_of(town, name))
    acts = town.store.acts("bakery", NOW, NOW, 5)
    assert sorted(one.detail for one in acts) == ["noted", "text approved"]


def test_noting_the_same_again_keeps_the_text_that_was_approved(town: Services) -> None:
    name = note(town)
    improving.act_on_improvement(town, ROSA, BAKERY, name, {"text": "Mended."}, NOW)

    assert note(town) == name
    assert [one.text for one in town.store.improvements("bakery")] == ["Mended."]


def test_no_text_cannot_be_approved(town: Services) -> None:
    with pytest.raises(TransitionError):
        improving.act_on_improvement(town, ROSA, BAKERY, note(town), {"text": " "}, NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"what": " "},
        {"about": "topic:nothing"},
        {"about": "step:Flies"},
        {"about": ""},
        {"since": "soon"},
        {"since": "2999-01-01"},
    ],
)
def test_what_is_not_understood_is_not_noted(town: Services, wrong: dict[str, str]) -> None:
    done = improving.act_on_improvement(town, ROSA, BAKERY, "new", FORM | wrong, NOW)

    assert done == GoTo(path="improvements", notice="not_understood")
    assert town.store.improvements("bakery") == []


def test_a_step_may_be_noted_in_the_language_of_whoever_notes_it(town: Services) -> None:
    german = replace(ROSA, language="de")
    form = FORM | {"about": "step:Bezahlt"}
    done = improving.act_on_improvement(town, german, BAKERY, "new", form, NOW)
    assert isinstance(done, GoTo)

    shown = told(page_of(town, done.path.removeprefix("improvements/")))

    assert "3 days before: 9 of 9 complained." in shown


def test_a_change_of_today_is_too_young_to_measure(town: Services) -> None:
    assert "Its first day is not over yet." in told(
        page_of(town, note(town, since=NOW.date().isoformat()))
    )


def test_an_endless_word_is_cut_and_who_only_looks_has_no_form(town: Services) -> None:
    name = note(town, what="x" * 5_000)

    (kept,) = town.store.improvements("bakery")
    assert len(kept.what) == WHAT_LIMIT
    assert "<textarea" not in page_of(town, name, LOOKER)
    assert improving.improvement_of_name(town, ROSA, BAKERY, quote("../x"), NOTHING, NOW) is None
    assert improving.act_on_improvement(town, ROSA, BAKERY, "f" * 12, {"text": "x"}, NOW) is None
