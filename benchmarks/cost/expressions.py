"""The forms of condition and update expression that the store writes, and no other."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Row = Mapping[str, Mapping[str, Any]]

_HAS = re.compile(r"(attribute_exists|attribute_not_exists)\(([\w#]+)\)")
_COMPARES = re.compile(r"([\w#]+) (=|<=) (:\w+)")
_ADDS = re.compile(r"([\w#]+) (:\w+)")
_SETS = re.compile(r"([\w#]+) = (?:if_not_exists\([\w#]+, (:\w+)\)|(:\w+))")


def holds(asked: Mapping[str, Any], row: Row | None) -> bool:
    """Whether the condition of a write holds for the row that is there (None: none is).

    Terms are joined by AND, or by OR. Raises ValueError for an unknown form.
    """
    condition = asked.get("ConditionExpression")
    if condition is None:
        return True
    if " OR " in condition:
        return any(_term(one, asked, row or {}) for one in condition.split(" OR "))
    return all(_term(one, asked, row or {}) for one in condition.split(" AND "))


def _term(term: str, asked: Mapping[str, Any], row: Row) -> bool:
    if has := _HAS.fullmatch(term):
        return (_name(has[2], asked) in row) == (has[1] == "attribute_exists")
    compares = _COMPARES.fullmatch(term)
    if compares is None:
        raise ValueError(f"an unknown form of condition: {term}")
    here = row.get(_name(compares[1], asked))
    there = asked["ExpressionAttributeValues"][compares[3]]
    if compares[2] == "=":
        return bool(here == there)
    return here is not None and Decimal(here["N"]) <= Decimal(there["N"])


def updated(row: Row | None, key: Row, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The row after an update. Raises ValueError for an unknown form."""
    after: dict[str, Any] = {**key, **(row or {})}
    values = asked["ExpressionAttributeValues"]
    verb, _, terms = asked["UpdateExpression"].partition(" ")
    for term in re.split(r", (?![^(]*\))", terms):
        if verb == "ADD" and (adds := _ADDS.fullmatch(term)):
            name = _name(adds[1], asked)
            number = Decimal(after.get(name, {"N": "0"})["N"]) + Decimal(values[adds[2]]["N"])
            after[name] = {"N": str(number)}
        elif verb == "SET" and (sets := _SETS.fullmatch(term)):
            name = _name(sets[1], asked)
            if sets[3] or name not in after:
                after[name] = values[sets[3] or sets[2]]
        else:
            raise ValueError(f"an unknown form of update: {verb} {term}")
    return after


def _name(written: str, asked: Mapping[str, Any]) -> str:
    return str(asked["ExpressionAttributeNames"][written]) if written[0] == "#" else written
