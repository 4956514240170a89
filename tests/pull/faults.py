"""Twenty-five ways in which a source's service can misbehave (T6), for any played source.

A trial looks once while all is well, once while the service misbehaves, and once more when it is
well again. In between nothing may be queued and the row must be as it was; the error must be of the
right class and say in one sentence what to do; and afterwards what was written meanwhile comes,
and nothing else.
"""

import gzip
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

from chalicelib.domain.errors import (
    SourceAuthError,
    SourceContractError,
    SourceCreditsError,
    SourceError,
    SourceRateLimited,
    SourceUnavailable,
)
from tests.pull.playing import Answer, Played, Stage, asked_by, playing, send

# Packed once: while a service packs it, its client could lose patience.
BOMB = gzip.compress(bytes(20 * 1024 * 1024), compresslevel=1)
LOGIN_PAGE = b"<!doctype html><html><head><title>Sign in</title></head><body>Name</body></html>"
PAUSE = timedelta(minutes=30)
Misbehave = Callable[[BaseHTTPRequestHandler, Stage, Answer], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to misbehave, and the error it must end in."""

    name: str
    expected: type[SourceError]
    misbehave: Misbehave
    pause: timedelta | None = None


def _status(status: int, **headers: str) -> Misbehave:
    def misbehave(handler: BaseHTTPRequestHandler, stage: Stage, good: Answer) -> None:
        body = stage.played.error_bodies.get(status, b"")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        send(handler, Answer(said=body, status=status, headers=named))

    return misbehave


def _body(make: Callable[[bytes], bytes], **headers: str) -> Misbehave:
    def misbehave(handler: BaseHTTPRequestHandler, stage: Stage, good: Answer) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        send(handler, Answer(said=make(good.body), headers=named))

    return misbehave


def _hang_up(handler: BaseHTTPRequestHandler, stage: Stage, good: Answer) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def _say_nothing(handler: BaseHTTPRequestHandler, stage: Stage, good: Answer) -> None:
    # Until the client hangs up.
    handler.connection.settimeout(5)
    handler.rfile.read(1)


def _drip(handler: BaseHTTPRequestHandler, stage: Stage, good: Answer) -> None:
    stage.http.leap = 20.0
    handler.send_response(200)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    for _ in range(4):
        handler.wfile.write(b" " * 70_000)


def _cut(handler: BaseHTTPRequestHandler, stage: Stage, good: Answer) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(good.body)))
    handler.end_headers()
    handler.wfile.write(good.body[: len(good.body) // 2])


def _speak_otherwise(handler: BaseHTTPRequestHandler, stage: Stage, good: Answer) -> None:
    handler.wfile.write(b"SSH-2.0-odd\r\n")


def _lead_to_login(handler: BaseHTTPRequestHandler, stage: Stage, good: Answer) -> None:
    stage.site.on("/login", body=LOGIN_PAGE, headers={"Content-Type": "text/html"})
    send(handler, Answer(status=302, headers={"Location": "/login"}))


def _pause_by_date(handler: BaseHTTPRequestHandler, stage: Stage, good: Answer) -> None:
    until = (stage.now + PAUSE).strftime("%a, %d %b %Y %H:%M:%S GMT")
    send(handler, Answer(status=429, headers={"Retry-After": until}))


def _never(handler: BaseHTTPRequestHandler, stage: Stage, good: Answer) -> None:
    raise AssertionError("nobody gets this far")


NOBODY_LISTENS = Fault("nobody listens", SourceUnavailable, _never)
NO_CERTIFICATE = Fault("no certificate", SourceUnavailable, _never)
FAULTS = (
    NOBODY_LISTENS,
    NO_CERTIFICATE,
    Fault("hangs up", SourceUnavailable, _hang_up),
    Fault("says nothing", SourceUnavailable, _say_nothing),
    Fault("drips", SourceUnavailable, _drip),
    Fault("breaks off", SourceUnavailable, _cut),
    Fault("is no HTTP", SourceUnavailable, _speak_otherwise),
    Fault("500", SourceUnavailable, _status(500)),
    Fault("503 with a pause", SourceRateLimited, _status(503, Retry_After="1800"), PAUSE),
    Fault("429 with seconds", SourceRateLimited, _status(429, Retry_After="1800"), PAUSE),
    Fault("429 with a date", SourceRateLimited, _pause_by_date, PAUSE),
    Fault("429 alone", SourceRateLimited, _status(429)),
    Fault("400", SourceContractError, _status(400)),
    Fault("401", SourceAuthError, _status(401)),
    Fault("402", SourceCreditsError, _status(402)),
    Fault("403", SourceAuthError, _status(403)),
    Fault("404", SourceContractError, _status(404)),
    Fault("leads to a login", SourceContractError, _lead_to_login),
    Fault("shows a page", SourceContractError, _body(lambda good: LOGIN_PAGE)),
    Fault("is empty", SourceContractError, _body(lambda good: b"")),
    Fault("is half", SourceContractError, _body(lambda good: good[: len(good) // 2])),
    Fault(
        "has another charset",
        SourceContractError,
        _body(lambda good: good.decode().encode("utf-16-le")),
    ),
    Fault(
        "is a bomb",
        SourceContractError,
        _body(
            lambda good: BOMB,
            Content_Encoding="gzip",
        ),
    ),
    Fault("is deep", SourceContractError, _body(lambda good: b"[" * 100_000 + b"]" * 100_000)),
    Fault("has another shape", SourceContractError, _body(lambda good: b'"ok"')),
)


def try_fault(played: Played, fault: Fault) -> str:
    """Empty when the source takes this fault as it must; else what is wrong, in words."""
    with playing(played) as stage:
        played.write(3)
        stage.look()
        if len(stage.queued) != 3:
            return f"{len(stage.queued)} of 3 come before anything goes wrong"
        before = stage.store.state
        mistake = _misbehave(stage, fault)
        if mistake:
            return mistake
        if stage.queued or (stage.store.state != before and not _is_lenient(played, fault)):
            return "the row or the queue changed"
        stage.http = type(stage.http)(stage.site.root)
        stage.site.otherwise = stage.respond
        played.write(1)
        stage.look()
        if len(stage.queued) != 1:
            return f"{len(stage.queued)} instead of 1 come when all is well again"
    return ""


def _misbehave(stage: Stage, fault: Fault) -> str:
    """A look while the service misbehaves: what is wrong with how it ended."""

    def respond(handler: BaseHTTPRequestHandler) -> None:
        asked = asked_by(handler)
        # What it has, also to somebody who only asks for what changed.
        plain = {n: v for n, v in asked.headers.items() if not n.startswith("if-")}
        good = stage.played.answer(replace(asked, headers=plain))
        if f"{asked.host}{asked.path}".startswith(stage.played.faulty):
            fault.misbehave(handler, stage, good)
        else:
            send(handler, good)

    stage.site.otherwise = respond
    if fault is NOBODY_LISTENS:
        stage.http.root = "http://127.0.0.1:9"
    elif fault is NO_CERTIFICATE:
        stage.http.root = stage.http.root.replace("http://", "https://")
    expected = stage.played.expects.get(fault.name, fault.expected)
    try:
        stage.look()
    except SourceError as error:
        return _judge(error, expected, fault, stage)
    return "" if expected is None else "nothing was raised"


def _judge(error: SourceError, expected: type[Exception] | None, fault: Fault, stage: Stage) -> str:
    if type(error) is not expected:
        return f"{type(error).__name__}: {error}"
    if not error.advice.endswith(".") or len(error.advice) < 20:
        return f"the advice is no sentence: {error.advice!r}"
    if isinstance(error, SourceRateLimited) and fault.pause is not None:
        early = stage.now + fault.pause - error.retry_at
        return f"the pause ends {early} too early" if early else ""
    return ""


def _is_lenient(played: Played, fault: Fault) -> bool:
    return fault.name in played.expects and played.expects[fault.name] is None
