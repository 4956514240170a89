"""A delivery's body as values: JSON, or the fields of a form. Hostile bodies are refused."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from chalicelib.domain.errors import FeedbackRefused
from chalicelib.pull.plain_text import clean

DEPTH_LIMIT = 20
ID_LIMIT = 128
FIELDS_LIMIT = 400
_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,70})"|([^\s;,"]{1,70}))', re.IGNORECASE)
_FIELD_NAME = re.compile(rb'name="([^"\r\n]{1,200})"', re.IGNORECASE)


def parse_json(body: bytes) -> Any:
    """The body as JSON. Raises FeedbackRefused on anything that is not plain, shallow JSON."""
    try:
        text = body.decode("utf-8")
        parsed = json.loads(text, parse_constant=_no_constant, parse_int=_short_int)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise FeedbackRefused("the body is not JSON in UTF-8", field="body") from error
    if _depth(parsed) > DEPTH_LIMIT:
        raise FeedbackRefused("the body is nested too deeply", field="body")
    return parsed


def parse_object(body: bytes) -> Mapping[str, Any]:
    """The same, and it must be an object."""
    parsed = parse_json(body)
    if not isinstance(parsed, dict):
        raise FeedbackRefused("the body is not a JSON object", field="body")
    return parsed


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _short_int(digits: str) -> int:
    if len(digits) > 18:
        raise ValueError("a number is too long")
    return int(digits)


def _depth(value: Any) -> int:
    # Not recursive: depth is what a hostile body attacks.
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        here, level = waiting.pop()
        deepest = max(deepest, level)
        if level > DEPTH_LIMIT:
            return level
        inner = here.values() if isinstance(here, dict) else here if isinstance(here, list) else ()
        waiting.extend((one, level + 1) for one in inner)
    return deepest


def parse_form(body: bytes, content_type: str) -> dict[str, str]:
    """The fields of a form, url-encoded or multipart; files and what has no name are left out.

    Bytes that are not UTF-8 become replacement marks. Raises FeedbackRefused when it is no form.
    """
    kind = content_type.split(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        try:
            pairs = parse_qsl(body.decode("utf-8", "replace"), max_num_fields=FIELDS_LIMIT)
        except ValueError as error:
            raise FeedbackRefused("the form has too many fields", field="body") from error
        return dict(pairs)
    boundary = _BOUNDARY.search(content_type)
    if kind != "multipart/form-data" or boundary is None:
        raise FeedbackRefused("the body is not a form", field="content-type")
    mark = b"--" + (boundary.group(1) or boundary.group(2)).encode("utf-8", "replace")
    fields: dict[str, str] = {}
    for part in body.split(mark)[1 : FIELDS_LIMIT + 1]:
        head, gap, value = part.partition(b"\r\n\r\n")
        name = _FIELD_NAME.search(head)
        if gap and name and b"filename=" not in head.lower():
            said = value.removesuffix(b"\r\n").decode("utf-8", "replace")
            fields.setdefault(name.group(1).decode("utf-8", "replace"), said)
    return fields


def objects(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list; none for anything that is no list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def short_id(value: object) -> str:
    """An id as a key can carry it: a text or a whole number; too long a one becomes its hash; ""
    for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = clean(str(value))
    if len(text) <= ID_LIMIT:
        return text
    return hashlib.sha256(text.encode()).hexdigest()
