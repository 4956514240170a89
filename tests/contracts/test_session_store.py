"""What every store must do with sessions."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.audit import Act, ActKind
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.session import SESSION_LIVES, Session
from chalicelib.ports import Store
from tests.contracts.builders import HOUR, NOW

SESSION = Session(
    token_hash="a" * 64,
    business_id="bakery",
    contact="Ömer",
    begun_at=NOW,
    expires_at=NOW + SESSION_LIVES,
)
IN = Act(business_id="bakery", at=NOW, who="Ömer", what=ActKind.SIGN_IN, about="session")
OUT = replace(IN, what=ActKind.SIGN_OUT, at=NOW + HOUR)
LINK = "b" * 64


def acts(store: Store) -> list[ActKind]:
    """What was done, newest first."""
    return [one.what for one in store.acts("bakery", NOW - HOUR, NOW + 2 * HOUR, 10)]


def test_a_session_comes_back_as_it_was_and_leaves_an_act(store: Store) -> None:
    store.begin_session(SESSION, LINK, IN)

    assert store.find_session(SESSION.token_hash) == SESSION
    assert store.find_session("c" * 64) is None
    assert acts(store) == [ActKind.SIGN_IN]


def test_a_link_begins_one_session(store: Store) -> None:
    store.begin_session(SESSION, LINK, IN)
    other = replace(SESSION, token_hash="d" * 64)

    with pytest.raises(ConflictError):
        store.begin_session(other, LINK, replace(IN, at=NOW + timedelta(minutes=1)))

    assert store.find_session(other.token_hash) is None
    assert acts(store) == [ActKind.SIGN_IN]


def test_signing_out_ends_the_epoch_of_this_contact_alone(store: Store) -> None:
    store.end_sessions("bakery", "Ömer", 0, OUT)

    assert store.session_epoch("bakery", "Ömer") == 1
    assert store.session_epoch("bakery", "Rosa") == 0
    assert store.session_epoch("clinic", "Ömer") == 0
    assert acts(store) == [ActKind.SIGN_OUT]


def test_signing_out_again_counts_on(store: Store) -> None:
    store.end_sessions("bakery", "Ömer", 0, OUT)
    store.end_sessions("bakery", "Ömer", 1, replace(OUT, at=NOW + 2 * HOUR))

    assert store.session_epoch("bakery", "Ömer") == 2


def test_two_who_sign_out_at_once_are_both_out_and_noted_once(store: Store) -> None:
    store.end_sessions("bakery", "Ömer", 0, OUT)
    store.end_sessions("bakery", "Ömer", 0, replace(OUT, at=NOW + 2 * HOUR))

    assert store.session_epoch("bakery", "Ömer") == 1
    assert acts(store) == [ActKind.SIGN_OUT]
