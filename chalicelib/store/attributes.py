"""Plain values as DynamoDB attributes and rows, and back.

A row is what the low-level client speaks: attribute names to `{"S": …}`, `{"N": …}` and so on.
"""

import zlib
from collections.abc import Mapping
from typing import Any

from chalicelib.store import keys
from chalicelib.store.keys import Key

Row = dict[str, dict[str, Any]]

# A document longer than this is kept compressed: 500 ids and hashes take 14 kB instead of 25.
LONGEST_PLAIN = 1_000


def to_attribute(plain: Any) -> dict[str, Any]:
    """One plain value as DynamoDB's attribute value."""
    if isinstance(plain, bool):
        return {"BOOL": plain}
    if isinstance(plain, str):
        return {"S": plain}
    if isinstance(plain, bytes):
        return {"B": plain}
    if isinstance(plain, int):
        return {"N": str(plain)}
    if isinstance(plain, float):
        # DynamoDB's numbers have 38 digits but end at 1e-130 and 1e126; Python's go further.
        fits = plain == 0 or 1e-130 <= abs(plain) < 1e126
        return {"N" if fits else "S": repr(plain)}
    if isinstance(plain, list):
        return {"L": [to_attribute(each) for each in plain]}
    if isinstance(plain, dict):
        return {"M": {name: to_attribute(each) for name, each in plain.items()}}
    return {"NULL": True}


def from_attribute(attribute: Mapping[str, Any]) -> Any:
    """The plain value that `to_attribute` wrapped; whole numbers come back as int."""
    ((kind, held),) = attribute.items()
    if kind == "N":
        return int(held) if held.lstrip("-").isdigit() else float(held)
    if kind == "L":
        return [from_attribute(each) for each in held]
    if kind == "M":
        return {name: from_attribute(each) for name, each in held.items()}
    return None if kind == "NULL" else held


def make_row(key: Key, plain: Mapping[str, Any]) -> Row:
    """A row of plain values under a key."""
    row = {name: to_attribute(each) for name, each in plain.items()}
    row[keys.PARTITION] = {"S": key[0]}
    row[keys.SORT] = {"S": key[1]}
    return row


def plain_of(row: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The plain values of a row, its key among them."""
    return {name: from_attribute(each) for name, each in row.items()}


def packed(text: str) -> str | bytes:
    """A text as it is, or compressed when it is long."""
    return text if len(text) <= LONGEST_PLAIN else zlib.compress(text.encode(), 9)


def unpacked(held: str | bytes) -> str:
    """What `packed` made of it."""
    return held if isinstance(held, str) else zlib.decompress(held).decode()


def key_of(row: Mapping[str, Mapping[str, Any]]) -> Key:
    """The key of a row."""
    return (row[keys.PARTITION]["S"], row[keys.SORT]["S"])
