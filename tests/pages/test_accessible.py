"""Nobody is shut out: every page that a browser shows, by the rules of axe-core, at 360 px."""

from dataclasses import replace

import pytest

from chalicelib.domain.address import Standin, about_confirming, about_move
from chalicelib.domain.incident import Ending, resolve
from chalicelib.domain.sentiment import CriticalKind
from chalicelib.domain.session import Role, Visitor
from chalicelib.flow.owner_pages import NAMED_PAGES, PAGES
from chalicelib.pages.address import render_address_page
from chalicelib.pages.digest import render_digest_page
from chalicelib.pages.incident import render_incident_page
from chalicelib.pages.notes import render_expired_page
from chalicelib.pages.notice import render_notice_page
from chalicelib.pages.unsubscribe import (
    UnsubscribeDecision,
    UnsubscribeStep,
    render_unsubscribe_page,
)
from tests.alert.hostile import HOSTILE_TEXTS
from tests.alert.samples import ANNA, BEN, NOW, a_briefing, a_business, a_critical_incident, a_quote
from tests.house import BAKERY, house
from tests.pages.browser import browser, violations

pytestmark = pytest.mark.skipif(browser() is None, reason="no Chromium on this machine")

ACTION = "/api/i/ABCDEFGHIJKLMNOPQRSTUV"
MOVED = Standin(
    business_id="linden", contact="Anna", instead_of="anna@bakery.example", asked="new@post.example"
)


def pages() -> dict[str, str]:
    """Every page that needs no sign-in, in the forms that differ most; some in German."""
    business, briefing = a_business(), a_briefing()
    hostile = tuple(a_quote(text, number=n) for n, text in enumerate(HOSTILE_TEXTS[:6], start=1))
    over = resolve(briefing.incident, Ending.BACK_TO_USUAL, NOW)
    critical = replace(a_critical_incident(CriticalKind.INJURY), feedback_ids=())
    incidents = {
        "open": (briefing, ANNA),
        "over": (a_briefing(incident=over), BEN),
        "critical": (a_briefing(incident=critical, quotes=hostile, weeks=(), steady=()), ANNA),
    }
    shown = {
        f"incident {name}": render_incident_page(one, contact=contact, action=ACTION, now=NOW)
        for name, (one, contact) in incidents.items()
    }
    for decision in (
        UnsubscribeDecision(step=UnsubscribeStep.ASK),
        UnsubscribeDecision(step=UnsubscribeStep.ASK_LAST, is_bad_address=True),
    ):
        shown[f"unsubscribe {decision.step}"] = render_unsubscribe_page(
            decision, contact=ANNA, business=business, action=ACTION
        )
    in_force = replace(MOVED, asked=None, address="new@post.example")
    for about, standin in ((about_confirming(MOVED), MOVED), (about_move(in_force), in_force)):
        shown[f"address {about}"] = render_address_page(
            standin, about=about, contact=ANNA, business=business, action=ACTION
        )
    shown["digest"] = render_digest_page(
        is_ended=False, contact=BEN, business=business, action=ACTION
    )
    shown["expired"] = render_expired_page("en")
    shown["privacy"] = render_notice_page(business, "de", action=ACTION, refusal="incomplete")
    return shown


def pages_of_the_owner() -> dict[str, str]:
    """Every page behind the sign-in, and the sign-in, of a bakery in which a lot is open."""
    rosa = Visitor(business_id="bakery", contact="Rosa", role=Role.OWNER, language="en")
    form = {"content-type": "application/x-www-form-urlencoded"}
    asked = b"kind=erasure&answer_to=quirina%40post.example&name=Quirina&words=please"
    with house() as bakery:
        bakery.learn()
        bakery.hear(
            bakery.feedback("bad allergy after the cake", stars=1, author_id="m-1"),
            *(bakery.feedback(f"bad: waited for {n} rolls", stars=1) for n in range(6)),
        )
        bakery.request("POST", "/privacy/bakery", form, asked)
        bakery.wait(hours=1)
        bakery.run.watch(bakery.now)
        shown: dict[str, object] = {
            page: show(bakery.services, rosa, BAKERY, {}, bakery.now)
            for page, show in PAGES.items()
        }
        store = bakery.store
        named = [("incidents", one.incident_id) for one in store.incidents_of("bakery")]
        named += [("cases", one.case_id) for one in store.open_cases("bakery", 1)]
        named += [("privacy", one.request_id) for one in store.requests_of("bakery", 1)]
        for page, name in named:
            show = NAMED_PAGES[page]
            shown[f"{page} {name}"] = show(bakery.services, rosa, BAKERY, name, {}, bakery.now)
        shown["sign in"] = bakery.request("GET", "/o/today")[2]
    assert len(named) >= 4
    return {name: page for name, page in shown.items() if isinstance(page, str)}


def faults(page: str) -> dict[str, str]:
    """The same page with something wrong, by the rule that it breaks."""
    return {
        "html-has-lang": page.replace(' lang="en"', "", 1),
        "color-contrast": page.replace("</style>", "p{color:#ccc!important}</style>", 1),
        "button-name": page.replace("</main>", "<button></button></main>", 1),
    }


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What axe says of all of them, looked through by one browser."""
    shown = {**pages(), **pages_of_the_owner(), **faults(pages()["expired"])}
    seen = violations(shown, tmp_path_factory.mktemp("pages"))
    assert seen.keys() == shown.keys()
    return seen


def test_axe_finds_nothing_on_any_page(found: dict[str, list[str]]) -> None:
    planted = faults("")

    assert {page: those for page, those in found.items() if those and page not in planted} == {}


def test_axe_sees_what_is_wrong(found: dict[str, list[str]]) -> None:
    seen = {rule: [one.split(":")[0] for one in found[rule]] for rule in faults("")}

    assert seen == {rule: [rule] for rule in seen}
