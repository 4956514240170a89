"""Domain values to plain ones (text, numbers, lists, dictionaries) and back, by their annotations.

One rule for every type instead of two functions for each: a field that is added is stored, an old
row without it reads as its default, and a row with more than we know is read all the same. What
equals its default is left out. Mappings become lists of names and values in turn, because neither
DynamoDB nor a stranger's JSON keeps an order, and ours carry meaning (newest last).
"""

import dataclasses
import json
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from enum import Enum
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from chalicelib.domain.clock import from_text, to_text

Names = Mapping[type, Mapping[str, str]]


class ShapeError(ValueError):
    """Plain values that are not what a type asks for; `place` is the path to the first of them."""

    def __init__(self, place: str, expected: str) -> None:
        super().__init__(f"{place or 'value'}: expected {expected}")
        self.place = place


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


@cache
def _fields(kind: type) -> tuple[dataclasses.Field[Any], ...]:
    return tuple(field for field in dataclasses.fields(kind) if field.init)


def _default(field: dataclasses.Field[Any]) -> object:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


def to_plain(value: object, hint: Any, names: Names) -> Any:
    """The plain form of a value annotated with `hint`; `names` shortens the fields of
    types and the values of enumerations."""
    if value is None:
        return None
    kind = _without_none(hint)
    if dataclasses.is_dataclass(kind):
        return _fields_to_plain(value, names)
    if isinstance(value, Enum):
        return names.get(type(value), {}).get(value.value, value.value)
    if isinstance(value, datetime):
        return to_text(value)
    if isinstance(value, time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value // timedelta(microseconds=1)
    if isinstance(value, tuple):
        return [to_plain(each, get_args(kind)[0], names) for each in value]
    if isinstance(value, Mapping):
        key_hint, value_hint = get_args(kind)
        if value_hint is object:
            return json.dumps(dict(value), separators=(",", ":"))
        pairs = (
            (to_plain(key, key_hint, names), to_plain(each, value_hint, names))
            for key, each in value.items()
        )
        return [part for pair in pairs for part in pair]
    if isinstance(value, str | bool | int | float):
        return value
    raise TypeError(f"no plain form for {type(value).__name__}")


def _fields_to_plain(value: Any, names: Names) -> dict[str, Any]:
    kind: Any = type(value)
    short, hints = names.get(kind, {}), _hints(kind)
    plain = {}
    for field in _fields(kind):
        held = getattr(value, field.name)
        if held != _default(field):
            plain[short.get(field.name, field.name)] = to_plain(held, hints[field.name], names)
    return plain


def from_plain(plain: Any, hint: Any, names: Names, place: str = "") -> Any:
    """The value that `to_plain` took apart. Raises ShapeError naming the place."""
    if plain is None and NoneType in get_args(hint):
        return None
    kind = _without_none(hint)
    if dataclasses.is_dataclass(kind):
        return _fields_from_plain(plain, kind, names, place)
    origin = get_origin(kind)
    if origin is tuple:
        inner = get_args(kind)[0]
        parts = _checked(plain, list, place)
        return tuple(
            from_plain(part, inner, names, f"{place}[{i}]") for i, part in enumerate(parts)
        )
    if origin is not None and issubclass(origin, Mapping):
        return _mapping_from_plain(plain, get_args(kind), names, place)
    if isinstance(kind, type) and issubclass(kind, Enum) and kind in names:
        longer = {short: long for long, short in names[kind].items()}
        plain = longer.get(plain, plain) if isinstance(plain, str) else plain
    return _leaf_from_plain(plain, kind, place)


def _without_none(hint: Any) -> Any:
    if get_origin(hint) not in (Union, UnionType):
        return hint
    return next(kind for kind in get_args(hint) if kind is not NoneType)


def _checked(plain: Any, kind: type, place: str) -> Any:
    if not isinstance(plain, kind):
        raise ShapeError(place, kind.__name__)
    return plain


def _fields_from_plain(plain: Any, kind: Any, names: Names, place: str) -> Any:
    parts = _checked(plain, dict, place)
    short, hints = names.get(kind, {}), _hints(kind)
    found = {}
    for field in _fields(kind):
        name = short.get(field.name, field.name)
        path = f"{place}.{field.name}" if place else field.name
        if name in parts:
            found[field.name] = from_plain(parts[name], hints[field.name], names, path)
        elif _default(field) is dataclasses.MISSING:
            raise ShapeError(path, "a value")
    try:
        return kind(**found)
    except ValueError:
        # What a type checks of itself, such as stars within 1..5.
        raise ShapeError(place, f"a sound {kind.__name__}") from None


def _mapping_from_plain(
    plain: Any, inner: tuple[Any, ...], names: Names, place: str
) -> Mapping[Any, Any]:
    key_hint, value_hint = inner
    if value_hint is object:
        try:
            document = json.loads(_checked(plain, str, place))
        except ValueError:
            raise ShapeError(place, "a document") from None
        return MappingProxyType(_checked(document, dict, place))
    parts = _checked(plain, list, place)
    if len(parts) % 2:
        raise ShapeError(place, "names and values in turn")
    return MappingProxyType(
        {
            from_plain(parts[i], key_hint, names, f"{place}[{i}]"): from_plain(
                parts[i + 1], value_hint, names, f"{place}[{i + 1}]"
            )
            for i in range(0, len(parts), 2)
        }
    )


def _leaf_from_plain(plain: Any, kind: Any, place: str) -> Any:
    if kind is bool:
        return _checked(plain, bool, place)
    if isinstance(plain, bool):
        raise ShapeError(place, kind.__name__)
    try:
        if kind is float:
            # Text holds what DynamoDB's numbers cannot: see `rows`.
            return float(plain)
        if kind is int:
            return _checked(plain, int, place)
        if kind is timedelta:
            return timedelta(microseconds=_checked(plain, int, place))
        text = _checked(plain, str, place)
        if kind is datetime:
            return from_text(text)
        if kind is time:
            return time.fromisoformat(text)
        return kind(text)
    except ShapeError:
        raise
    except (ValueError, TypeError, OverflowError):
        # Not `from error`: Python's own message quotes the value, which may be a customer's words.
        raise ShapeError(place, kind.__name__) from None
