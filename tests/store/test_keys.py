"""The business leads every key, and no id leads into another business's rows."""

import inspect
from collections.abc import Callable
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.store import keys
from chalicelib.store.keys import Key
from tests.contracts.builders import NOW, a_feedback, scored, waiting

OUTSIDE_A_BUSINESS = {"listed_business_key", "link_key", "used_link_key", "session_key"}
# Rows that lie beside what they belong to.
BESIDE = {"used_link_key": "link_key", "known_voice_key": "known_key"}
KEY_FUNCTIONS: dict[str, Callable[..., Key]] = {
    name: function
    for name, function in inspect.getmembers(keys, inspect.isfunction)
    if name.endswith("_key")
}


def key_for(function: Callable[..., Key], business_id: str, text: str = "x") -> Key:
    """A key of that kind with one text for everything else."""
    arguments: list[Any] = []
    for name, kind in list(get_type_hints(function).items())[:-1]:
        if name == "business_id":
            arguments.append(business_id)
        elif name == "unjudged":
            arguments.append(waiting(scored(a_feedback(business_id=business_id, source=text))))
        else:
            arguments.append(7 if kind is int else text)
    return function(*arguments)


def test_every_kind_of_row_is_among_those_that_are_looked_at() -> None:
    assert len(KEY_FUNCTIONS) >= 28
    assert KEY_FUNCTIONS.keys() > OUTSIDE_A_BUSINESS


@pytest.mark.parametrize("name", sorted(KEY_FUNCTIONS.keys() - OUTSIDE_A_BUSINESS))
@given(business_id=st.text(), text=st.text())
def test_the_business_leads_the_key_whatever_its_id(name: str, business_id: str, text: str) -> None:
    partition, sort = key_for(KEY_FUNCTIONS[name], business_id, text)

    assert partition.startswith("T#")
    assert keys.business_of(partition) == business_id
    assert sort or not text


def test_kinds_of_rows_lie_apart() -> None:
    partitions = {name: key_for(each, "bakery")[0] for name, each in KEY_FUNCTIONS.items()}

    for row, beside in BESIDE.items():
        assert partitions.pop(row) == partitions[beside]
    assert len(set(partitions.values())) == len(partitions)


@given(st.text(), st.text())
def test_two_businesses_never_share_a_partition(one: str, other: str) -> None:
    ours = {key_for(KEY_FUNCTIONS[name], one)[0] for name in KEY_FUNCTIONS}
    theirs = {
        key_for(KEY_FUNCTIONS[name], other)[0]
        for name in KEY_FUNCTIONS
        if name not in OUTSIDE_A_BUSINESS
    }

    assert one == other or not ours & theirs


def test_an_address_and_a_senders_id_do_not_stand_in_keys() -> None:
    assert "owner" not in str(keys.dead_address_key("bakery", "owner@example.org"))
    assert "msg" not in str(keys.delivery_key("bakery", "msg_1"))


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (("T#bakery#B", "A"), True),
        (("x" * 2048, "y" * 1024), True),
        (("x" * 2049, "y"), False),
        (("x", "y" * 1025), False),
        (("é" * 1025, "y"), False),
        (("x", ""), False),
    ],
)
def test_only_keys_that_dynamodb_takes_can_exist(key: Key, expected: bool) -> None:
    assert keys.can_exist(key) is expected


def test_the_days_of_a_month_share_an_index_partition_in_order_of_time() -> None:
    assert keys.day_partition("bakery", "2026-03-29") == "T#bakery#D#2026-03"
    assert keys.day_partition("bakery", "2026-04-01") == "T#bakery#D#2026-04"
    assert keys.day_sort("2026-03-29", NOW) == "2026-03-29#2026-03-29T10:15:30.123456Z"
