"""Where the browser comes back to with the owner's yes: a page on 127.0.0.1 for one sign-in."""

import hmac
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType, TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from chalicelib.domain.errors import UserError

PATH = "/heedful"
# Time to sign in with a second factor and to read what is asked.
WAIT_SECONDS = 300.0
DONE = b"<!doctype html><title>Heedful</title><p>Done. Close this page and go back to the terminal."
NOT_OURS = b"<!doctype html><title>Heedful</title><p>This is not the answer that is waited for."


def answer_in(address: str, state: str) -> Mapping[str, str] | None:
    """The parameters of an address that answers our question, None for any other address.

    The state is compared in constant time: nobody else's answer is taken for ours.
    """
    given = dict(parse_qsl(urlsplit(address).query))
    if not hmac.compare_digest(given.get("state", "").encode(), state.encode()):
        return None
    return MappingProxyType(given) if {"code", "error"} & given.keys() else None


class LoopbackRedirect:
    """A server on a free port of 127.0.0.1; the first answer with the right state ends the wait."""

    def __init__(self, state: str) -> None:
        redirect = self
        self._answered = threading.Event()
        self._answer: Mapping[str, str] = MappingProxyType({})

        class Handler(BaseHTTPRequestHandler):
            # Neither the code nor anything else about the sign-in goes further than this page.
            def do_GET(self) -> None:
                found = None
                if urlsplit(self.path).path == PATH:
                    found = answer_in(self.path, state)
                body = NOT_OURS if found is None else DONE
                self.send_response(400 if found is None else 200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Referrer-Policy", "no-referrer")
                self.send_header("Cache-Control", "no-store")
                self.end_headers()
                self.wfile.write(body)
                if found is not None:
                    redirect._take(found)

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing: the line would hold the code."""

        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        except OSError as error:
            raise UserError("no port is free on 127.0.0.1; use --paste") from error
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    @property
    def address(self) -> str:
        """What the sign-in is told to come back to."""
        return f"http://127.0.0.1:{self._server.server_port}{PATH}"

    def wait(self, seconds: float = WAIT_SECONDS) -> Mapping[str, str]:
        """What the browser brought. Raises UserError when nothing came in time."""
        if not self._answered.wait(seconds):
            raise UserError(
                "nobody came back from the sign-in in time; run the command again, or with --paste "
                "when the browser is on another machine"
            )
        return self._answer

    def _take(self, answer: Mapping[str, str]) -> None:
        if not self._answered.is_set():
            self._answer = answer
            self._answered.set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
