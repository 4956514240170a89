"""Hypothesis makes values of domain types by their annotations, within what the domain allows."""

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from chalicelib.domain.business import Contact
from chalicelib.domain.feedback import Feedback, ScoredFeedback
from chalicelib.domain.opening_hours import Span
from chalicelib.domain.worth import Worth

MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  aware by `timezones`
DAYS = st.dates(datetime(1970, 1, 1, tzinfo=UTC).date(), datetime(2100, 1, 1, tzinfo=UTC).date())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
# What a type checks of itself, or what is a text of a certain form.
NARROWER: dict[type, dict[str, st.SearchStrategy[Any]]] = {
    Feedback: {
        "external_id": st.text(min_size=1),
        "stars": st.none() | st.floats(1, 5),
        "kept_hash": st.none() | st.text("0123456789abcdef", min_size=16, max_size=16),
    },
    ScoredFeedback: {"day": DAYS.map(lambda day: day.isoformat())},
    Span: {"weekday": st.integers(0, 6)},
    Contact: {"email": st.text(min_size=1)},
    Worth: {"low": st.just(1), "high": st.integers(1, 10**6)},
}


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Values of an annotation."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return st.one_of(*(values(part) for part in inner))
    if origin is tuple:
        return st.lists(values(inner[0]), max_size=4).map(tuple)
    if origin is not None and issubclass(origin, Mapping):
        held = JSON if inner[1] is object else values(inner[1])
        return st.dictionaries(values(inner[0]), held, max_size=4)
    if dataclasses.is_dataclass(kind):
        return _of_fields(kind)
    if issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    plain: dict[type, st.SearchStrategy[Any]] = {
        NoneType: st.none(),
        str: st.text(),
        bool: st.booleans(),
        int: st.integers(0, 10**15),
        float: st.floats(allow_nan=False),
        datetime: MOMENTS,
        time: st.times(),
        timedelta: st.timedeltas(),
    }
    return plain[kind]


def _of_fields(kind: Any) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    narrower = NARROWER.get(kind, {})
    parts = {
        field.name: narrower[field.name] if field.name in narrower else values(hints[field.name])
        for field in dataclasses.fields(kind)
    }
    return st.builds(kind, **parts)
