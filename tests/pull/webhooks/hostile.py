"""Requests that nobody should send, drawn by chance: for the fuzz test and the benchmark.

Half of them are signed properly, so that what stands behind the signature is fuzzed too.
"""

import base64
import json
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from tests.pull.webhooks.deliveries import as_json
from tests.pull.webhooks.senders import SENDERS, Sender

ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    "",
    " ",
    "x",
    "bad " * 5_000,
    "\ud800",
    "\x00\u202e\u200f",
    "é😀",
    "=HYPERLINK()",
    "<script>",
    "{{7*7}}",
    "9" * 30,
    "1e999",
    "-1",
    "NaN",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59+14:00",
    "2026-02-30",
    0,
    -1,
    11,
    2**53,
    10**17,
    1e308,
    -0.0,
    0.1,
    [],
    {},
    [[[[]]]],
    [None, 1, "a", {}],
    {"id": {"id": None}},
    {"": ""},
)
ODD_BODIES: tuple[bytes, ...] = (
    b"",
    b"{}",
    b"[]",
    b"null",
    b'"text"',
    b"{",
    b"\xff\xfe",
    b"[" * 30_000,
    b'{"a":' * 50 + b"1" + b"}" * 50,
    b'{"a": NaN}',
    b'{"a": 1e99999}',
    b'{"a": ' + b"1" * 5_000 + b"}",
    b"x" * 70_000,
    b"--frog0123\r\n\r\n",
    b"submissionID=1&" * 600,
    "{}".encode("utf-16"),
)
ODD_TEXTS = ("", "x", "é€", "\udcff", "\x00", "v1,", "sha256=", "A" * 9_000, "a.b", "-1", "1" * 40)
CONTENT_TYPES = (
    "application/json",
    "application/json; charset=utf-8",
    "application/vnd.surveymonkey.response.v1+json",
    "multipart/form-data; boundary=frog0123",
    "multipart/form-data",
    "application/x-www-form-urlencoded",
    "text/plain",
    "",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One request as API Gateway hands it over, and whether its sender could be proven."""

    kind: str
    event: dict[str, Any]
    is_signed: bool


def draw(random: Random, now: datetime) -> Case:
    """A request of one of the tools that is odd in one way or in several."""
    sender = random.choice(SENDERS)
    is_signed = random.random() < 0.5
    body = odd_body(random, sender)
    path, headers, sent = sender.request(sender.secrets["live"], now, body=body)
    if not is_signed:
        path, headers, sent = _spoil(random, sender, path, headers, sent)
    event = event_of(random.choice(("POST",) * 9 + ("HEAD",)), path, headers, sent)
    if random.random() < 0.3:
        event["body"] = base64.b64encode(sent).decode()
        event["isBase64Encoded"] = True
    if not is_signed and random.random() < 0.05:
        event["body"], event["isBase64Encoded"] = random.choice(("é", "a", "\ud800")), True
    return Case(kind=sender.kind, event=event, is_signed=is_signed)


def odd_body(random: Random, sender: Sender) -> bytes:
    """The tool's own body with odd values in odd places, or no body of any tool."""
    if random.random() < 0.15:
        return random.choice(ODD_BODIES)
    if random.random() < 0.05:
        return random.randbytes(random.randrange(400))
    if not sender.header:
        return _odd_form(random, sender.body)
    body = spoiled(random, json.loads(sender.body))
    try:
        return as_json(body)
    except UnicodeEncodeError:
        # Half a surrogate pair travels escaped.
        return json.dumps(body).encode()


def spoiled(random: Random, body: Any) -> Any:
    """A copy with odd values in up to four places."""
    for _ in range(random.randrange(5)):
        body = _changed(random, body)
    return body


def _odd_form(random: Random, body: bytes) -> bytes:
    place = random.randrange(len(body))
    length = random.choice((0, 1, 7, 60))
    return body[:place] + random.randbytes(random.choice((0, 1, 9))) + body[place + length :]


def _changed(random: Random, body: Any) -> Any:
    """A copy with one value somewhere inside replaced or taken away."""
    copy = deepcopy(body)
    here: Any = copy
    while isinstance(here, dict | list) and here:
        key = random.choice(list(here) if isinstance(here, dict) else range(len(here)))
        inner = here[key]
        if not isinstance(inner, dict | list) or not inner or random.random() < 0.3:
            if random.random() < 0.1:
                del here[key]
            else:
                here[key] = random.choice(ODD_VALUES)
            break
        here = inner
    return copy


def _spoil(
    random: Random, sender: Sender, path: str, headers: dict[str, str], body: bytes
) -> tuple[str, dict[str, str], bytes]:
    """The same without a valid signature."""
    headers = dict(headers)
    way = random.randrange(5)
    if way == 0 or not sender.header:
        end = random.choice(("nobody", "x" * 500, "é", "%00", "..", "survey"))
        path = (
            f"/messages/{end}" if path.startswith("/messages") else f"/surveys/{end}/jotform/{end}"
        )
    elif way == 1:
        body += b" "
    elif way == 2:
        headers.pop(sender.header)
    else:
        headers[sender.header] = random.choice(ODD_TEXTS)
    for _ in range(random.randrange(3)):
        name = random.choice([*headers, "webhook-id", "webhook-timestamp", "x-odd"])
        if name not in (sender.header, "content-type"):
            headers[name] = random.choice(ODD_TEXTS)
    if random.random() < 0.2:
        headers["content-type"] = random.choice(CONTENT_TYPES)
    return path, headers, body


def event_of(method: str, path: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """A call of the public routes as API Gateway hands it over."""
    parts = path.removeprefix("/").split("/")
    resource, values = _route(parts)
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": values,
        "stageVariables": None,
        "requestContext": {
            "httpMethod": method,
            "resourcePath": resource,
            "path": f"/api{path}",
            "identity": {"sourceIp": "203.0.113.7"},
            "requestId": "1",
        },
        # API Gateway makes text of what no route declares binary.
        "body": body.decode("utf-8", "replace"),
        "isBase64Encoded": False,
    }


def _route(parts: list[str]) -> tuple[str, dict[str, str]]:
    if parts[0] == "messages":
        return "/messages/{business}", {"business": parts[1]}
    if len(parts) > 3:
        return "/surveys/{business}/jotform/{secret}", {"business": parts[1], "secret": parts[3]}
    return "/surveys/{business}/{provider}", {"business": parts[1], "provider": parts[2]}
