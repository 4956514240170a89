"""A site on the loopback that answers as a test tells it to, faults and all."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Responder = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """What it answers by path, and what it was asked: (path, headers in lower case).

    `otherwise` answers where no path is set.
    """

    def __init__(self, port: int) -> None:
        self.root = f"http://127.0.0.1:{port}"
        self.answers: dict[str, Responder] = {}
        self.otherwise: Responder | None = None
        self.asked: list[tuple[str, dict[str, str]]] = []

    def on(
        self,
        path: str,
        status: int = 200,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """Answer plainly at that path; its address."""

        def respond(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in (headers or {}).items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)

        return self.on_with(path, respond)

    def on_with(self, path: str, respond: Responder) -> str:
        """Answer by a function; the path's address."""
        self.answers[path] = respond
        return self.root + path


@contextmanager
def running_site() -> Iterator[Site]:
    """A site on a free port; gone when the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            site.asked.append((self.path, headers))
            self.close_connection = True
            respond = site.answers.get(self.path, site.otherwise)
            assert respond is not None, self.path
            respond(self)

        do_POST = do_PUT = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that hangs up in the middle is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    site = Site(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
