"""A connection to a mail server: TLS, public addresses only, bounded in bytes and time.

What imaplib reads from the wire passes through our own two readers, because its own would wait for
ever on a server that drips and take any size that a server announces.
"""

import imaplib
import socket
import ssl
from collections.abc import Callable, Sequence

from chalicelib.domain.errors import SourceContractError, SourceUnavailable
from chalicelib.pull.public_address import is_public

PORT = 993
WAIT_SECONDS, VISIT_SECONDS = 10.0, 40.0
# A page of mails is some megabytes at most; one answer line of a server is some kilobytes, but the
# list of all mails of a large folder stands in one line.
VISIT_LIMIT, LINE_LIMIT = 24 * 1024 * 1024, 1024 * 1024
Connect = Callable[[str], socket.socket]
Resolve = Callable[[str, int], Sequence[str]]


def addresses_of(host: str, port: int) -> list[str]:
    """The IP addresses behind a name. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


def connect_publicly(
    host: str,
    *,
    port: int = PORT,
    resolve: Resolve = addresses_of,
    is_allowed: Callable[[str], bool] = is_public,
    trust: ssl.SSLContext | None = None,
) -> socket.socket:
    """An encrypted connection to the very address that was found public. Raises a SourceError."""
    try:
        found = list(dict.fromkeys(resolve(host, port)))
        if not all(is_allowed(one) for one in found):
            raise SourceContractError(
                f"{host} does not lead to a public address",
                advice="A mail server must be on the public internet; correct host in "
                "heedful.toml.",
            )
        plain = _first_open(found, port)
        try:
            return (trust or ssl.create_default_context()).wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise
    except ssl.SSLCertVerificationError as error:
        raise SourceUnavailable(
            f"{host} shows no valid certificate",
            advice="Check host in heedful.toml; whoever runs the server must renew its "
            "certificate.",
        ) from error
    except (OSError, UnicodeError) as error:
        raise silent(host) from error


def _first_open(addresses: Sequence[str], port: int) -> socket.socket:
    trouble = OSError("no address")
    for one in addresses:
        try:
            return socket.create_connection((one, port), timeout=WAIT_SECONDS)
        except OSError as error:
            trouble = error
    raise trouble


class TooMuch(Exception):
    """The server sends more than a visit may bring."""


class BoundedImap(imaplib.IMAP4):
    """imaplib over a connection that somebody else made, with limits on what comes in."""

    def __init__(self, host: str, connect: Connect, stopwatch: Callable[[], float]) -> None:
        self._connect_to = connect
        self._stopwatch = stopwatch
        self._until = stopwatch() + VISIT_SECONDS
        self._held = bytearray()
        self._taken = 0
        super().__init__(host)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return self._connect_to(self.host)

    def read(self, size: int) -> bytes:
        """So many bytes: a literal, whose size the server announced."""
        if size > VISIT_LIMIT:
            raise TooMuch
        while len(self._held) < size:
            self._take()
        return self._cut(size)

    def readline(self) -> bytes:
        """The bytes to the end of the line."""
        searched = 0
        while (end := self._held.find(b"\n", searched)) < 0:
            searched = len(self._held)
            if searched > LINE_LIMIT:
                raise TooMuch
            self._take()
        return self._cut(end + 1)

    def _take(self) -> None:
        if self._stopwatch() > self._until:
            raise TimeoutError("the visit takes too long")
        part = self.sock.recv(65_536)
        if not part:
            raise self.abort("the server hung up")
        self._taken += len(part)
        if self._taken > VISIT_LIMIT:
            raise TooMuch
        self._held += part

    def _cut(self, size: int) -> bytes:
        part = bytes(self._held[:size])
        del self._held[:size]
        return part


def silent(host: str) -> SourceUnavailable:
    """The error of a server that cannot be heard."""
    return SourceUnavailable(
        f"{host} does not answer",
        advice="Check host in heedful.toml if it lasts; the next look tries again.",
    )
