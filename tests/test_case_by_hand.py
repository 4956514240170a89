"""A case that a person opens beside a customer's words, and one that is opened again."""

from collections.abc import Iterator

import pytest

from chalicelib.domain.audit import ActKind
from chalicelib.domain.case import CaseOrigin, CaseState
from tests.house import House, house
from tests.test_owner_pages import CLOSING, acts, first_case, get, post, signed_in


@pytest.fixture
def shop() -> Iterator[House]:
    """A bakery that one unhappy voice was heard in, of which nobody was told."""
    with house() as built:
        built.learn()
        built.hear(built.feedback("bad bread", stars=2.0, author="Guest 1"))
        yield built


def test_whoever_reads_a_voice_may_look_after_its_customer(shop: House) -> None:
    cookie = signed_in(shop)
    page = get(shop, cookie, "voices?polarity=negative")
    (said,) = (one for (_, one), row in shop.store._feedback.items() if "bad" in row.feedback.text)
    assert f'action="../cases/{said}"' in page or f'action="cases/{said}"' in page

    status, where, _ = post(shop, cookie, f"cases/{said}", act="open")

    case = first_case(shop)
    assert (status, where) == (303, f"../cases/{case.case_id}?notice=did_open")
    assert (case.origin, case.owner, case.feedback_ids) == (CaseOrigin.HAND, "Rosa", (said,))
    assert acts(shop) == [ActKind.OPEN_CASE]
    assert "You look after this customer now" in get(shop, cookie, where.removeprefix("../"))


def test_what_is_gone_is_nobodys_case(shop: House) -> None:
    cookie = signed_in(shop)

    status, where, _ = post(shop, cookie, f"cases/{'0' * 32}", act="open")

    assert (status, where) == (303, "../cases?notice=refused")
    assert shop.store.open_cases("bakery", 10) == []


def test_a_case_that_ended_too_early_has_a_button_to_go_on(shop: House) -> None:
    cookie = signed_in(shop)
    (said,) = (one for (_, one), row in shop.store._feedback.items() if "bad" in row.feedback.text)
    post(shop, cookie, f"cases/{said}", act="open")
    path = f"cases/{first_case(shop).case_id}"
    assert "Open this case again" not in get(shop, cookie, path)
    post(shop, cookie, path, **CLOSING)
    assert "Open this case again" in get(shop, cookie, path)

    status, where, _ = post(shop, cookie, path, act="reopen")

    assert (status, where) == (303, f"../{path}?notice=did_reopen")
    case = first_case(shop)
    assert (case.state, case.reopened, case.root_cause) == (CaseState.OPEN, 0, "oven broke")
    assert {*acts(shop)} == {ActKind.OPEN_CASE, ActKind.CLOSE_CASE, ActKind.REOPEN_CASE}
