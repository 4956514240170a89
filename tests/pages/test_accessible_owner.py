"""Nobody is shut out of the owner's pages: every one of them, by the rules of axe-core, at 360 px,
on a bad day and with hostile words. In German: its words are the longer ones."""

from dataclasses import replace

import pytest

from chalicelib.pages.owner_frame import MORE, TABS
from tests.alert.hostile import HOSTILE_TEXTS
from tests.house import BAKERY, House, house
from tests.pages.browser import browser, violations
from tests.test_owner_pages import CLOSING, OURS, first_case, get, post, signed_in

pytestmark = pytest.mark.skipif(browser() is None, reason="no Chromium on this machine")


def live(shop: House, language: str) -> None:
    """A bad day with hostile words in it, told in that language."""
    contacts = tuple(replace(one, language=language) for one in BAKERY.contacts)
    shop.store.save_business(replace(BAKERY, contacts=contacts))
    shop.learn()
    for number, words in enumerate(HOSTILE_TEXTS[:6]):
        shop.wait(minutes=10)
        text = f"bad bread, and we waited: {words}"
        shop.hear(shop.feedback(text, stars=1.0, author=words[:60] or f"Guest {number}"))
        shop.run.watch(shop.now)
    shop.wait(days=2)
    shop.run.watch(shop.now)


def pages(language: str) -> dict[str, str]:
    """Every page of the owner's, and those around signing in."""
    with house() as shop:
        live(shop, language)
        told = {**OURS, "accept-language": language}
        shown = {
            "sign-in": shop.request("GET", "/sign-in/bakery", told)[2],
            "signed out": shop.request("GET", "/o/today", told)[2],
            "step": shop.request("GET", "/o/today", {"accept-language": language})[2],
        }
        cookie, case = signed_in(shop), first_case(shop)
        ended = next(one for one in shop.store.open_cases("bakery", 9) if one != case)
        post(shop, cookie, f"cases/{ended.case_id}", **CLOSING)
        named = [f"incidents/{case.incident_id}", f"cases/{case.case_id}", f"cases/{ended.case_id}"]
        for path in (*TABS, *MORE, *named):
            shown[path] = get(shop, cookie, path)
        wrong = post(shop, cookie, f"cases/{case.case_id}", act="close")[2]
        return {**shown, "refused": wrong}


def test_axe_finds_nothing_on_the_owners_pages(tmp_path_factory: pytest.TempPathFactory) -> None:
    shown = pages("de")

    found = violations(shown, tmp_path_factory.mktemp("pages"))

    assert found.keys() == shown.keys()
    assert {name: those for name, those in found.items() if those} == {}
