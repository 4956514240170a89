"""Reading JSON that others wrote: hostile bodies are refused, odd fields are looked past.

`read_object` and `rows` guard the frame of an answer and raise; the small readers below them take
any value and give what it holds, or None: one odd field never costs a whole entry.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from chalicelib.domain.errors import SourceContractError
from chalicelib.domain.feedback import Feedback
from chalicelib.ports import HttpAnswer
from chalicelib.pull.http_errors import host_of
from chalicelib.pull.plain_text import clean

# Answers of sources are five levels deep; parsers of others have crashed at a hundred thousand.
DEPTH_LIMIT, DIGITS_LIMIT = 50, 40
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_].*)?")


def read_json(answer: HttpAnswer) -> Any:
    """The body. Raises SourceContractError when it is not plain JSON in UTF-8."""
    try:
        text = answer.body.decode("utf-8-sig")
        parsed = json.loads(text, parse_constant=_no_constant, parse_int=_short_int)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise broken(answer, "something that is not JSON") from error
    if _is_too_deep(parsed):
        raise broken(answer, "JSON nested too deeply")
    return parsed


def read_object(answer: HttpAnswer) -> Mapping[str, Any]:
    """The body, which must be a JSON object. Raises SourceContractError."""
    parsed = read_json(answer)
    if not isinstance(parsed, dict):
        raise broken(answer, "JSON that is no object")
    return parsed


def read_list(answer: HttpAnswer) -> list[Any]:
    """The body, which must be a JSON list. Raises SourceContractError."""
    parsed = read_json(answer)
    if not isinstance(parsed, list):
        raise broken(answer, "JSON that is no list")
    return parsed


def rows(answer: HttpAnswer, frame: Mapping[str, Any], *names: str) -> list[Any]:
    """The list under the first of the names that is there; none or null is an empty list.

    Raises SourceContractError when it is something else: that is not "no feedback".
    """
    for name in names:
        found = frame.get(name)
        if isinstance(found, list):
            return found
        if found is not None:
            raise broken(answer, f"no list of {name}")
    return []


def needed_rows(answer: HttpAnswer, frame: Mapping[str, Any], name: str) -> list[Any]:
    """The list under a name that the source always sends. Raises SourceContractError."""
    if not isinstance(frame.get(name), list):
        raise broken(answer, f"no list of {name}")
    return rows(answer, frame, name)


def broken(answer: HttpAnswer, what: str) -> SourceContractError:
    """The error of an answer that is not what the source promises."""
    return SourceContractError(
        f"{host_of(answer.url)} sends {what}",
        advice="Nothing to do unless it lasts; then look for a newer version of Heedful.",
    )


def read_all(
    entries: Iterable[Any], read: Callable[[Mapping[str, Any]], Feedback | None]
) -> tuple[list[Feedback], int]:
    """Every entry as feedback, and how many could not be understood.

    A reader gives None, or raises ValueError, for an entry that says nothing it can use.
    """
    said: list[Feedback] = []
    refused = 0
    for entry in entries:
        feedback = None
        if isinstance(entry, dict):
            try:
                feedback = read(entry)
            except (ValueError, OverflowError):
                feedback = None
        if feedback is None:
            refused += 1
        else:
            said.append(feedback)
    return said, refused


def inside(value: Any, *path: str) -> Mapping[str, Any]:
    """The object under these names; an empty one where any of them is missing."""
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def word(value: Any) -> str | None:
    """A text or a whole number as one clean line or more; None for anything else and for ""."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return clean(str(value)) or None


def first_word(entry: Mapping[str, Any], *names: str) -> str | None:
    """The first of these fields that holds a word: a new name before the old one."""
    return next((found for name in names if (found := word(entry.get(name)))), None)


def number(value: Any) -> float | None:
    """A finite number, also one in a text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def moment(value: Any) -> datetime | None:
    """ISO 8601 (UTC where it names no zone), or seconds since 1970; None for anything else."""
    seconds = number(value)
    try:
        if seconds is not None:
            return datetime.fromtimestamp(seconds, UTC) if seconds >= 0 else None
        if not isinstance(value, str):
            return None
        found = datetime.fromisoformat(value.strip().replace(" UTC", "+00:00"))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def language(value: Any) -> str | None:
    """The language of a tag such as `en-GB`; None where the source does not know it."""
    found = _LANGUAGE.fullmatch(value.strip()) if isinstance(value, str) else None
    code = found.group(1).lower() if found else None
    return None if code in ("und", "zxx", "qme", "qst", "qht", "qam", "qct") else code


def web_address(value: Any) -> str | None:
    """An https or http address; None for anything else."""
    found = word(value)
    return found if found and found.startswith(("https://", "http://")) else None


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _short_int(digits: str) -> int:
    if len(digits) > DIGITS_LIMIT:
        raise ValueError("a number is too long")
    return int(digits)


def _is_too_deep(value: Any) -> bool:
    # Not recursive: depth is what a hostile body attacks.
    waiting = [(value, 1)]
    while waiting:
        here, level = waiting.pop()
        if level > DEPTH_LIMIT:
            return True
        inner = here.values() if isinstance(here, dict) else here if isinstance(here, list) else ()
        waiting.extend((one, level + 1) for one in inner if isinstance(one, dict | list))
    return False
