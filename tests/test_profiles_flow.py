"""Customers over time: written only where the owner has a ground, joined and parted exactly, and
gone with whoever is erased."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import flow
from chalicelib.domain.audit import ActKind
from chalicelib.domain.business import Business, LegalBasis, SourceSettings
from chalicelib.domain.feedback import Feedback
from chalicelib.domain.session import Role, Visitor
from chalicelib.flow.links import Download, GoTo
from chalicelib.flow.owner_pages import ACTS, NAMED_PAGES, PAGES
from chalicelib.flow.protecting import tracer_of
from chalicelib.privacy.person import Person
from tests.house import BAKERY, START, House, house
from tests.pages.test_notice import text_of

ROSA = Visitor(business_id="bakery", contact="Rosa", role=Role.OWNER, language="en")
EMAIL = "quirina@post.example"


def with_profiles(basis: LegalBasis, **changes: Any) -> Business:
    """The bakery with this ground for profiles."""
    return replace(BAKERY, privacy=replace(BAKERY.privacy, profiles=basis), **changes)


ON = with_profiles(LegalBasis.LEGITIMATE_INTEREST)


@pytest.fixture
def bakery() -> Iterator[House]:
    """A bakery that may follow its customers."""
    with house() as one:
        one.store.save_business(ON)
        yield one


def hear(bakery: House, text: str = "good bread", **said: Any) -> Feedback:
    """A voice comes in."""
    bakery.wait(minutes=10)
    feedback = bakery.feedback(text, **said)
    source = next(one for one in BAKERY.sources if one.name == "exports")
    business = bakery.store.load_business("bakery")
    assert business is not None
    flow.import_feedback(bakery.services, business, source, [feedback], bakery.now)
    bakery.run.settle()
    return feedback


def mark(bakery: House, *, author: str = "", order: str = "") -> str:
    """The trace of an author or an order."""
    tracer = tracer_of(bakery.services, ON)
    return tracer.author("exports", author) if author else tracer.order(order)


def listed(bakery: House, business: Business = ON) -> str:
    """The list of customers, as text."""
    page = PAGES["customers"](bakery.services, ROSA, business, {}, bakery.now)
    assert isinstance(page, str)
    return text_of(page)


def shown(bakery: House, trace: str, business: Business = ON) -> str:
    """A customer's page, as text; "" when there is none."""
    page = NAMED_PAGES["customers"](bakery.services, ROSA, business, trace, {}, bakery.now)
    assert page is None or isinstance(page, str)
    return "" if page is None else text_of(page)


def act(bakery: House, name: str, form: dict[str, str]) -> object:
    """A form of those pages."""
    return ACTS["customers"](bakery.services, ROSA, ON, name, form, bakery.now)


def test_where_profiles_are_off_nothing_is_written_and_nobody_shown(bakery: House) -> None:
    bakery.store.save_business(BAKERY)
    hear(bakery, author="Quirina", author_id="m-1")

    assert bakery.store.last_heard("bakery", 10) == []
    assert "switched off" in listed(bakery, BAKERY)


def test_switched_off_again_nobody_is_shown_any_more(bakery: House) -> None:
    hear(bakery, author="Quirina", author_id="m-1")
    assert "Quirina" in listed(bakery)

    assert "Quirina" not in listed(bakery, BAKERY)
    assert shown(bakery, mark(bakery, author="m-1"), BAKERY) == ""
    joined = ACTS["customers"](bakery.services, ROSA, BAKERY, "join", {}, bakery.now)
    assert joined == GoTo(path="customers", notice="not_understood")


def test_one_customer_is_seen_over_time_across_channels(bakery: House) -> None:
    hear(bakery, "bad, waited an hour", author="Quirina", author_id="m-1", order_reference="A-7")
    hear(bakery, "good bread", order_reference="#a-7", source="sheet")
    hear(bakery, "fine cake", author="Somebody Else", author_id="m-2")

    page = shown(bakery, mark(bakery, author="m-1"))

    assert page == shown(bakery, mark(bakery, order="A-7"))
    assert "waited an hour" in page
    assert "good bread" in page
    assert page.startswith("Quirina")
    assert "fine cake" not in page
    assert "the last 2" in page
    assert "2 marks that belong together" in page
    assert "too few to say: 2 could be read" in page
    assert "One voice of" in page
    assert listed(bakery).count("last heard") == 2


def test_what_came_without_consent_is_not_followed_where_that_is_the_ground(bakery: House) -> None:
    bakery.store.save_business(with_profiles(LegalBasis.CONSENT))
    hear(bakery, author="Without", author_id="m-1")
    hear(bakery, f"write to {EMAIL}", author="With", author_id="m-2", has_consent=True)

    page = listed(bakery, with_profiles(LegalBasis.CONSENT))
    assert "With" in page
    assert "Without" not in page
    assert len(bakery.store.last_heard("bakery", 10)) == 2


@pytest.mark.parametrize(
    ("text", "trade", "kind"),
    [
        ("bad allergy after the cake", "bakery", "import"),
        ("good bread", "clinic", "import"),
        ("good bread", "bakery", "mastodon"),
    ],
)
def test_health_and_public_names_are_never_followed(
    bakery: House, text: str, trade: str, kind: str
) -> None:
    sources = (*BAKERY.sources[:2], SourceSettings(name="exports", kind=kind))
    bakery.store.save_business(replace(ON, trade=trade, sources=sources))

    hear(bakery, text, author="Quirina", author_id="m-1")

    assert bakery.store.last_heard("bakery", 10) == []


def test_joining_two_and_parting_them_again_leaves_all_as_it_was(bakery: House) -> None:
    hear(bakery, "good bread", author="Quirina", author_id="m-1")
    hear(bakery, "good cake", author="Q. Zobel", author_id="m-2")
    one, other = sorted((mark(bakery, author="m-1"), mark(bakery, author="m-2")))
    before = {name: shown(bakery, name) for name in (one, other)}
    picked = {f"pick.{one}": "on", f"pick.{other}": "on"}

    assert act(bakery, "join", picked) == GoTo(path=f"customers/{one}", notice="did_join")
    both = shown(bakery, other)
    assert "good bread" in both
    assert "good cake" in both
    assert "Rosa joined them on" in both
    assert listed(bakery).count("last heard") == 1

    form = {"act": "part", "one": one, "other": other}
    assert act(bakery, one, form) == GoTo(path=f"customers/{one}", notice="did_part")
    assert {name: shown(bakery, name) for name in (one, other)} == before
    acts = bakery.store.acts("bakery", START, bakery.now, 10)
    assert {(each.what, each.who) for each in acts} == {
        (ActKind.MERGE_PROFILES, "Rosa"),
        (ActKind.SPLIT_PROFILE, "Rosa"),
    }


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"pick.AAAAAAAAAAAA": "on"},
        {"pick.AAAAAAAAAAAA": "on", "pick.BBBBBBBBBBBB": "on", "pick.CCCCCCCCCCCC": "on"},
        {"pick.<script>xxxx": "on", "pick.BBBBBBBBBBBB": "on"},
    ],
)
def test_a_form_that_names_no_two_customers_joins_nobody(
    bakery: House, form: dict[str, str]
) -> None:
    assert act(bakery, "join", form) == GoTo(path="customers", notice="not_understood")
    unknown = {"pick.AAAAAAAAAAAA": "on", "pick.BBBBBBBBBBBB": "on"}
    assert act(bakery, "join", unknown) is None


def test_who_is_erased_is_no_customer_any_more_and_tied_to_nobody(bakery: House) -> None:
    hear(bakery, "good bread", author="Quirina", author_id="m-1", order_reference="A-7")
    hear(bakery, "good cake", author="Other", author_id="m-2")
    gone, kept = mark(bakery, author="m-1"), mark(bakery, author="m-2")
    act(bakery, "join", {f"pick.{gone}": "on", f"pick.{kept}": "on"})

    flow.erase_customer(bakery.services, ON, Person(author_ids=("m-1",)), bakery.now)

    assert [one.trace for one in bakery.store.last_heard("bakery", 10)] == [kept]
    assert bakery.store.load_known("bakery", [kept])[kept].ties == ()
    assert shown(bakery, gone) == ""
    assert "Quirina" not in shown(bakery, kept) + listed(bakery)


def test_what_has_outlived_its_purpose_is_shown_to_nobody(bakery: House) -> None:
    hear(bakery, "good bread", author="Quirina", author_id="m-1")
    bakery.clock.now += ON.privacy.keep_words - timedelta(microseconds=1)
    assert "Quirina" in listed(bakery)
    bakery.clock.now += timedelta(microseconds=1)

    assert "Quirina" not in listed(bakery)
    assert shown(bakery, mark(bakery, author="m-1")) == ""


def test_the_same_voice_twice_is_one(bakery: House) -> None:
    said = hear(bakery, "good bread", author_id="m-1")
    source = BAKERY.source("exports")
    assert source is not None
    flow.import_feedback(bakery.services, ON, source, [said], bakery.now)
    bakery.run.settle()

    assert bakery.store.voices_of("bakery", mark(bakery, author="m-1"), 10) == [said.feedback_id]


def test_the_table_has_the_columns_of_common_crms_and_no_formula(bakery: House) -> None:
    hear(bakery, "good bread", author="=cmd()", author_id="m-1")

    table = PAGES["customers"](bakery.services, ROSA, ON, {"as": "csv"}, bakery.now)

    assert isinstance(table, Download)
    head, row = table.text.lstrip("\ufeff").splitlines()
    assert head == (
        "Record ID,Full Name,Original Source,Last Activity Date,"
        "Number of Known Identifiers,Last Sentiment,Consent"
    )
    assert row == f"{mark(bakery, author='m-1')},'=cmd(),exports,2026-05-04,1,content,no"


def test_both_languages_render(bakery: House) -> None:
    hear(bakery, "good bread", author="Quirina", author_id="m-1")
    german = replace(ROSA, language="de")
    page = NAMED_PAGES["customers"](
        bakery.services, german, ON, mark(bakery, author="m-1"), {}, bakery.now
    )

    assert isinstance(page, str)
    assert "zu wenige für eine Aussage" in text_of(page)
