"""The links in messages: forged, run out, of another business, used twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.domain.incident import IncidentState
from tests.house import BAKERY, House, house

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def bakery() -> Iterator[House]:
    """A bakery and a florist, each with a critical review and its mail."""
    with house() as built:
        built.store.save_business(
            replace(
                BAKERY,
                business_id="florist",
                name="Fern",
                contacts=(replace(BAKERY.contacts[0], email="fern@florist.example"),),
            )
        )
        for business in ("bakery", "florist"):
            text = f"bad allergy after visiting the {business}"
            built.hear(built.feedback(text, business_id=business, external_id=business))
        built.run.watch(built.now)
        yield built


def token_of(built: House, business: str) -> str:
    (mail,) = (one for one in built.outbox.emails if one.tag.startswith(f"{business}/"))
    return mail.text.split("/i/", 1)[1].split()[0].split("#")[0].rstrip(".,)")


def states(built: House) -> dict[str, IncidentState]:
    return {
        business: built.store.incidents_of(business)[0].state for business in ("bakery", "florist")
    }


def act(built: House, token: str) -> int:
    return built.request("POST", f"/i/{token}", FORM, b"act=acknowledge")[0]


def test_a_forged_token_opens_nothing_and_changes_nothing(bakery: House) -> None:
    token = token_of(bakery, "bakery")
    forged = {
        token[:-1],
        token + "A",
        token.swapcase(),
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        token[::-1],
        "A" * 22,
        "%00",
        "A" * 4_000,
        "..%2F..",
    } - {token}

    answers = {bakery.request("GET", f"/i/{one}")[0] for one in forged}
    acts = {act(bakery, one) for one in forged}

    assert answers == acts == {404}
    assert set(states(bakery).values()) == {IncidentState.OPEN}


def test_a_token_that_has_run_out_shows_nothing_and_changes_nothing(bakery: House) -> None:
    token = token_of(bakery, "bakery")
    bakery.wait(days=31)

    status, _, page = bakery.request("GET", f"/i/{token}")

    assert (status, act(bakery, token)) == (410, 410)
    assert "allergy" not in page
    assert states(bakery)["bakery"] is IncidentState.OPEN


def test_a_token_opens_its_own_business_alone(bakery: House) -> None:
    token = token_of(bakery, "florist")

    status, _, page = bakery.request("GET", f"/i/{token}")
    acted = act(bakery, token)

    assert (status, acted) == (200, 200)
    assert "the florist" in page
    assert "the bakery" not in page
    assert states(bakery) == {
        "bakery": IncidentState.OPEN,
        "florist": IncidentState.ACKNOWLEDGED,
    }


def test_a_token_cannot_touch_another_business_s_feedback(bakery: House) -> None:
    (mine,) = bakery.store.incidents_of("bakery")[0].feedback_ids
    form = f"act=not_negative&feedback={mine}".encode()

    bakery.request("POST", f"/i/{token_of(bakery, 'florist')}", FORM, form)

    (stored,) = bakery.store.find("bakery", [mine]).values()
    assert not stored.is_not_negative


def test_a_button_that_is_pressed_again_changes_nothing_more(bakery: House) -> None:
    token = token_of(bakery, "bakery")
    act(bakery, token)
    before = bakery.store.incidents_of("bakery")
    bakery.wait(hours=1)

    assert act(bakery, token) == 200
    after = bakery.store.incidents_of("bakery")
    assert [(one.state, one.acknowledged_at) for one in after] == [
        (one.state, one.acknowledged_at) for one in before
    ]


def test_looking_changes_nothing_however_often(bakery: House) -> None:
    token = token_of(bakery, "bakery")
    before = bakery.store.incidents_of("bakery")

    for _ in range(3):
        assert bakery.request("GET", f"/i/{token}")[0] == 200

    assert bakery.store.incidents_of("bakery") == before


def test_no_token_is_kept_as_it_is(bakery: House) -> None:
    token = token_of(bakery, "bakery")

    assert bakery.store.find_link(token) is None
    assert token not in bakery.log.getvalue()
