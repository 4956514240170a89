"""What is wrong in a heedful.toml, in one sentence: file, line, field and the fix.

tomllib keeps no line numbers, so a mistake's line is found by walking the file's own lines to the
field it names.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError

_TABLE = re.compile(r"\[(\[)?([\w.\s\"-]+)\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"([\w\"-]+(?:\s*\.\s*[\w\"-]+)*)\s*=")
_SYNTAX_PLACE = re.compile(r"(.*) \(at line (\d+), column \d+\)", re.DOTALL)
# Tables of which there may be several stand in two pairs of brackets.
_LISTS = MappingProxyType(
    {
        "business": "business",
        **{one: f"business.{one}" for one in ("location", "contact", "source")},
    }
)
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "string_type": 'must be text in quotation marks, like "this"',
        "string_too_short": "must not be empty",
        "int_type": "must be a whole number without quotation marks",
        "int_parsing": "must be a whole number without quotation marks",
        "float_type": "must be a number without quotation marks",
        "float_parsing": "must be a number without quotation marks",
        "extra_forbidden": "is not a known setting; correct its name or take it out",
    }
)
_PATTERNS: Mapping[str, str] = MappingProxyType(
    {
        "id": "may hold only small letters, digits and hyphens (at most 40)",
        "name": "may hold only small letters, digits and hyphens (at most 40)",
        "country": 'must be two capital letters like "DE"',
        "secret": "must be the name of the secret in SSM: letters, digits and . _ / -",
    }
)


def syntax_mistake(path: Path, message: str) -> str:
    """The sentence for a text that is no TOML at all; `message` is tomllib's."""
    found = _SYNTAX_PLACE.fullmatch(message)
    if not found:
        return f"{path}: this is not TOML: {message}; compare it with what heedful init writes"
    what, line = found.groups()
    return f"{path}, line {line}: this is not TOML: {what}; check its quotation marks and brackets"


def first_mistake(error: ValidationError, path: Path, text: str) -> str:
    """The sentence for the first thing that pydantic minds."""
    first = error.errors(include_url=False, include_input=False)[0]
    place, kind = first["loc"], first["type"]
    field = str(place[-1])
    message = first["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    message = message[0].lower() + message[1:]
    if kind == "missing" and field in _LISTS:
        message = f"is missing: add a table [[{_LISTS[field]}]]"
    elif kind == "missing":
        message = f"is missing: add a line {field} = …"
    elif kind == "list_type" and field in _LISTS:
        message = f"must be written with two brackets on each side: [[{_LISTS[field]}]]"
    elif kind == "list_type":
        message = 'must be a list like ["one", "two"]'
    elif kind in ("model_type", "dict_type"):
        message = f"must be a table [{'.'.join(part for part in place if isinstance(part, str))}]"
    elif kind == "string_pattern_mismatch":
        message = _PATTERNS.get(field, message)
    else:
        message = _WORDS.get(kind, message)
    return sentence(path, text, place, message)


def sentence(path: Path, text: str, place: Sequence[str | int], message: str) -> str:
    """`heedful.toml, line 12: business.1.contact.1.email must be …`."""
    line = line_of(text, place)
    field = ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
    return f"{path}, line {line}: {field} {message}"


def line_of(text: str, place: Sequence[str | int]) -> int:
    """The line (from 1) of the deepest part of `place` that stands in the TOML text.

    `place` looks like `("business", 0, "contact", 1, "email")`.
    """
    best, depth = 1, 0
    seen: dict[tuple[str | int, ...], int] = {}
    here: tuple[str | int, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        table = _TABLE.fullmatch(bare)
        key = None if table else _KEY.match(bare)
        if table:
            here = _table_place(_names(table.group(2)), bool(table.group(1)), seen)
            reached = here
        elif key:
            reached = (*here, *_names(key.group(1)))
        else:
            continue
        if reached == tuple(place[: len(reached)]) and len(reached) > depth:
            best, depth = number, len(reached)
    return best


def _names(dotted: str) -> list[str]:
    return [name.strip().strip('"') for name in dotted.split(".")]


def _table_place(
    names: Sequence[str], is_list: bool, seen: dict[tuple[str | int, ...], int]
) -> tuple[str | int, ...]:
    place: tuple[str | int, ...] = ()
    for position, name in enumerate(names):
        place = (*place, name)
        is_last = position == len(names) - 1
        if is_last and is_list:
            seen[place] = seen.get(place, -1) + 1
        if place in seen:
            place = (*place, seen[place])
    return place
