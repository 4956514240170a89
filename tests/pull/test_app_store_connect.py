"""App Store Connect: a token that the key signs, pages by address, edits without a time."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from chalicelib.domain.errors import SettingsError, SourceAuthError, SourceContractError
from chalicelib.pull.app_store_login import login_headers
from tests.pull.given import NOW
from tests.pull.played.app_store_connect import (
    PEM,
    REVIEWS,
    ROOT,
    SECRET,
    PlayedAppStoreConnect,
    check_token,
)
from tests.pull.playing import Answer, Stage, playing


@pytest.fixture
def stage() -> Iterator[Stage]:
    """An app with no reviews yet."""
    with playing(PlayedAppStoreConnect()) as running:
        yield running


def queued_ids(stage: Stage) -> list[str]:
    return [one.external_id for one in stage.queued]


def test_a_review_is_mapped_field_by_field(stage: Stage) -> None:
    stage.played.write(1)
    stage.played.entries[0]["attributes"]["createdDate"] = "2026-03-28T08:10:34-08:00"

    report = stage.look()

    one = stage.queued[0]
    assert (one.external_id, one.stars) == ("000001-aa", 2.0)
    assert one.text == "Cold\nThe bread was cold, number 1"
    assert (one.author, one.language) == ("Customer 1", None)
    assert one.written_at == datetime(2026, 3, 28, 16, 10, 34, tzinfo=UTC)
    assert (report.is_complete, report.refused) == (True, 0)


def test_the_token_is_signed_by_the_key_and_lasts_ten_minutes() -> None:
    headers = login_headers((SECRET,), NOW)

    claims = check_token(headers["Authorization"])
    assert claims["exp"] - claims["iat"] == 600
    assert claims["iat"] == int(NOW.timestamp())


def other_key(kind: str) -> str:
    if kind == "rsa":
        key: Any = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    else:
        key = ec.generate_private_key(ec.SECP384R1())
    pem: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem.decode()


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "[]",
        "token",
        json.dumps({"issuer_id": "i", "key_id": "k"}),
        json.dumps({"issuer_id": "i", "key_id": "k", "private_key": "x"}),
        json.dumps({"issuer_id": "i", "key_id": "k", "private_key": PEM[:90]}),
        json.dumps({"issuer_id": "i", "key_id": "k", "private_key": other_key("rsa")}),
        json.dumps({"issuer_id": "i", "key_id": "k", "private_key": other_key("p384")}),
    ],
    ids=["empty", "list", "word", "partial", "no key", "cut", "rsa", "p384"],
)
def test_a_secret_of_another_form_says_which_form_it_needs(secret: str) -> None:
    with pytest.raises(SettingsError, match="issuer_id") as caught:
        login_headers((secret,), NOW)

    assert "PRIVATE" not in str(caught.value)


@pytest.mark.parametrize(
    "odd",
    [
        None,
        5,
        {"id": None},
        {"attributes": None},
        {"attributes": {"rating": 2, "createdDate": "soon"}},
        {"attributes": {"createdDate": "2026-03-28T08:10:34-08:00", "rating": "many"}},
    ],
)
def test_one_odd_review_is_counted_and_loses_no_other(stage: Stage, odd: Any) -> None:
    stage.played.write(3)
    stage.played.entries[1] = stage.played.entries[1] | odd if isinstance(odd, dict) else odd

    report = stage.look()

    assert (queued_ids(stage), report.refused) == (["000001-aa", "000003-aa"], 1)


def test_a_page_that_apple_forgot_starts_again_and_loses_nothing(stage: Stage) -> None:
    stage.played.write(8)
    stage.look(seconds_left=0)
    first = queued_ids(stage)
    walk: Any = stage.store.state.cursor["walk"]
    old = f"{ROOT}{REVIEWS}?cursor=gone&limit=200&sort=-createdDate"
    cursor = {**stage.store.state.cursor, "walk": {**walk, "token": old}}
    stage.store.state = replace(stage.store.state, cursor=cursor)

    report = stage.look()

    assert report.is_complete
    assert len({*first, *queued_ids(stage)}) == 8


def test_the_token_goes_to_no_other_host(stage: Stage) -> None:
    stage.played.write(1)
    stage.played.answer = lambda asked: Answer(  # type: ignore[method-assign]
        said={"data": stage.played.entries, "links": {"next": "https://evil.example/v1/next"}}
    )

    with pytest.raises(SourceContractError, match="another host"):
        stage.look()


def test_no_reviews_where_there_were_some_is_trouble(stage: Stage) -> None:
    assert stage.look().queued == 0
    stage.played.write(2)
    stage.look()
    stage.played.entries.clear()

    with pytest.raises(SourceContractError, match="answers empty"):
        stage.look()


def test_an_edit_of_an_old_review_is_found_by_asking_for_it(stage: Stage) -> None:
    stage.played.write(1)
    stage.played.entries[0]["attributes"]["createdDate"] = "2026-01-03T10:00:00Z"
    stage.played.write(2)
    stage.look()
    stage.played.entries[2]["attributes"]["body"] = "Warm now"
    stage.now += timedelta(hours=6)

    stage.look()

    assert [one.text for one in stage.queued] == ["Cold\nWarm now"]
    assert stage.queued[0].updated_at == stage.now


@pytest.mark.parametrize(("status", "advice"), [(401, "new team key"), (403, "Customer Support")])
def test_a_refusal_says_what_the_key_lacks(stage: Stage, status: int, advice: str) -> None:
    stage.played.answer = lambda asked: Answer(status=status)  # type: ignore[method-assign]

    with pytest.raises(SourceAuthError) as caught:
        stage.look()

    assert advice in caught.value.advice


def test_an_app_by_its_name_is_refused() -> None:
    played = PlayedAppStoreConnect()
    played.options = {"app": "com.shop.app"}
    with playing(played) as stage, pytest.raises(SettingsError, match="such as"):
        stage.look()
