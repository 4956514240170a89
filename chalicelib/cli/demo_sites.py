"""Two small sites on the loopback: the sheet that customers fill, and our own public pages."""

import csv
import io
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType, TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from chalice.config import Config
from chalice.local import LocalGateway, LocalGatewayException

from chalicelib.domain.errors import UserError
from chalicelib.domain.feedback import Feedback

BODY_LIMIT = 1_000_000


class _Site:
    """A server on a free port of 127.0.0.1 in a thread that dies with the process."""

    def __init__(self) -> None:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(b"")

            def do_HEAD(self) -> None:
                self._answer(b"")

            def do_POST(self) -> None:
                given = self.headers.get("Content-Length") or "0"
                length = int(given) if given.isdecimal() and len(given) < 10 else 0
                self._answer(self.rfile.read(min(length, BODY_LIMIT)))

            def _answer(self, body: bytes) -> None:
                status, headers, content = site.answer(
                    self.command, self.path, dict(self.headers.items()), body
                )
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing: what people see is the demo's own words."""

        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        except OSError as error:
            raise UserError(
                "No port is free on 127.0.0.1: end some programs that listen there and try again."
            ) from error
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def root(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def answer(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and content for a request."""
        raise NotImplementedError

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

    def serve_until_interrupted(self) -> None:
        """Stay up until Ctrl-C."""
        try:
            self._thread.join()
        except KeyboardInterrupt:
            return


class SheetServer(_Site):
    """A sheet published as CSV that shows what was written until now."""

    def __init__(self, feedback: Sequence[Feedback]) -> None:
        super().__init__()
        self._feedback = feedback
        self._shown = 0

    @property
    def address(self) -> str:
        """Where the CSV is."""
        return f"{self.root}/feedback.csv"

    def publish_until(self, now: datetime) -> None:
        """Show all that was written at or before that moment."""
        while self._shown < len(self._feedback):
            if self._feedback[self._shown].written_at > now:
                return
            self._shown += 1

    def answer(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """The sheet, whatever is asked for."""
        table = io.StringIO()
        writer = csv.writer(table)
        writer.writerow(("review_id", "date", "rating", "review", "location"))
        for one in self._feedback[: self._shown]:
            stars = "" if one.stars is None else f"{one.stars:g}"
            writer.writerow(
                (one.external_id, one.written_at.isoformat(), stars, one.text, one.location)
            )
        return 200, {"Content-Type": "text/csv; charset=utf-8"}, table.getvalue().encode()


class PageServer(_Site):
    """The routes of app.py, answered as API Gateway would have Chalice answer them."""

    def __init__(self) -> None:
        super().__init__()
        self._gateway: LocalGateway | None = None
        # The handlers share one simulated clock and log: one request at a time.
        self._lock = threading.Lock()

    @property
    def address(self) -> str:
        """What stands before `/i/…` in a link."""
        return self.root

    def show(self, app: ModuleType) -> None:
        """Answer with this app from now on."""
        self._gateway = LocalGateway(app.app, Config())

    def live_until_interrupted(self, meanwhile: Callable[[], None]) -> None:
        """Stay up until Ctrl-C, and do this every other second between two requests."""
        try:
            while self._thread.is_alive():
                self._thread.join(timeout=2)
                with self._lock:
                    meanwhile()
        except KeyboardInterrupt:
            return

    def post(self, link: str, form: str) -> int:
        """Press a button on the page behind a link; the status."""
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return self.answer("POST", urlsplit(link).path, headers, form.encode())[0]

    def page(self, link: str) -> bytes:
        """What a browser shows behind a link."""
        return self.answer("GET", urlsplit(link).path, {}, b"")[2]

    def answer(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """What the route answers; 404 where there is none."""
        if self._gateway is None:
            return 503, {"Content-Type": "text/plain"}, b"starting"
        lowered = {name.lower(): value for name, value in headers.items()}
        try:
            with self._lock:
                answer = self._gateway.handle_request(method, path, lowered, body)
        except LocalGatewayException as refused:
            # No such route: browsers ask for an icon of every site.
            told = {str(name): str(value) for name, value in refused.headers.items()}
            return int(refused.CODE), told, refused.body or b""
        content = answer["body"]
        return (
            int(answer["statusCode"]),
            {str(name): str(value) for name, value in answer["headers"].items()},
            content.encode() if isinstance(content, str) else content,
        )
