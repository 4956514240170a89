"""The one HTTP session for every source: time-outs, size caps, few retries, typed errors.

Addresses of feeds come from a file that a person wrote, so every connection is checked against
requests to inside addresses (SSRF): the name is resolved once, every address it has must be public,
and the connection goes to the very address that was checked, so that a second answer of the name
server changes nothing.
"""

import contextlib
import ipaddress
import socket
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError
from urllib3.poolmanager import PoolManager
from urllib3.util import connection as address
from urllib3.util.retry import Retry

from chalicelib.domain.errors import (
    SourceAuthError,
    SourceContractError,
    SourceCreditsError,
    SourceError,
    SourceRateLimited,
    SourceUnavailable,
)
from chalicelib.ports import HttpAnswer

CONNECT_SECONDS, READ_SECONDS = 3.05, 10.0
BODY_LIMIT = 5 * 1024 * 1024
REDIRECT_LIMIT = 3
# IPv6 ranges that carry an IPv4 address inside and would lead back in (NAT64, 6to4, Teredo).
CARRIERS = tuple(
    ipaddress.ip_network(net)
    for net in ("64:ff9b::/96", "2002::/16", "2001::/32", "64:ff9b:1::/48")
)
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class InsideAddress(requests.exceptions.ConnectionError):
    """The address leads to a place that is not public."""


def is_public(text: str) -> bool:
    """True when an IP address may be connected to from a function that pulls sources."""
    found = ipaddress.ip_address(text.split("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        elif any(found in net for net in CARRIERS):
            return False
    return found.is_global and not found.is_multicast


def _checked_socket(
    connection: HTTPConnection, resolve: Callable[..., list[tuple[object, ...]]]
) -> socket.socket:
    try:
        found = resolve(connection.host, connection.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NewConnectionError(connection, f"{connection.host} has no address") from error
    addresses = [str(entry[4][0]) for entry in found if isinstance(entry[4], tuple)]
    if not addresses or not all(is_public(one) for one in addresses):
        raise InsideAddress(f"{connection.host} is not a public address")
    try:
        return address.create_connection(
            (addresses[0], connection.port),
            connection.timeout,
            source_address=connection.source_address,
            socket_options=connection.socket_options,
        )
    except OSError as error:
        raise NewConnectionError(connection, f"no connection to {connection.host}") from error


class _PublicOnly(HTTPAdapter):
    """An adapter whose connections refuse every address that is not public."""

    def __init__(self, resolve: Callable[..., list[tuple[object, ...]]], retries: Retry) -> None:
        self._resolve = resolve
        super().__init__(max_retries=retries)

    def init_poolmanager(self, *args: object, **kwargs: object) -> None:
        super().init_poolmanager(*args, **kwargs)  # type: ignore[arg-type]
        resolve = self._resolve

        class Https(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return _checked_socket(self, resolve)

        class Http(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return _checked_socket(self, resolve)

        class HttpsPool(HTTPSConnectionPool):
            ConnectionCls = Https

        class HttpPool(HTTPConnectionPool):
            ConnectionCls = Http

        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = {"http": HttpPool, "https": HttpsPool}


class SourceHttp:
    """GETs for sources. One per process; safe to share between sources.

    `allow_loopback` lets the demo and the tests read from this very machine over plain HTTP; no
    deployed function sets it.
    """

    def __init__(
        self,
        *,
        allow_loopback: bool = False,
        resolve: Callable[..., list[tuple[object, ...]]] = socket.getaddrinfo,  # type: ignore[assignment]
    ) -> None:
        self._allow_loopback = allow_loopback
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "Heedful (feedback monitor of the site's owner)"
        # The machine's proxy and .netrc settings are not the owner's wish for a source.
        self._session.trust_env = False
        retries = Retry(
            total=2,
            connect=1,
            read=1,
            status=2,
            redirect=False,
            status_forcelist=(500, 502, 503, 504),
            backoff_factor=0.3,
            backoff_jitter=0.3,
            respect_retry_after_header=False,
            raise_on_status=False,
        )
        guarded = (
            HTTPAdapter(max_retries=retries) if allow_loopback else _PublicOnly(resolve, retries)
        )
        self._session.mount("https://", guarded)
        self._session.mount("http://", guarded)

    def get(
        self,
        url: str,
        *,
        now: datetime,
        headers: Mapping[str, str] | None = None,
        good: frozenset[int] = frozenset({200}),
    ) -> HttpAnswer:
        """The answer with a status in `good`; every other end is one of the SourceErrors."""
        for _ in range(REDIRECT_LIMIT + 1):
            self._check_address(url)
            answer = self._once(url, headers or {})
            if answer.status not in REDIRECTS:
                break
            url = urljoin(url, answer.headers.get("Location", ""))
        else:
            raise SourceContractError(
                f"{_host(url)} redirects more than {REDIRECT_LIMIT} times",
                advice="Open the address in a browser and put where it ends into heedful.toml.",
            )
        if answer.status in good:
            return answer
        raise error_for(answer, now)

    def _check_address(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.username or parts.password:
            raise SourceContractError(
                f"the address of {_host(url)} carries a user name",
                advice="Take the user name and password out of the address in heedful.toml.",
            )
        if self._allow_loopback and parts.hostname in ("127.0.0.1", "localhost"):
            return
        if parts.scheme != "https" or (parts.port or 443) != 443:
            raise SourceContractError(
                f"{_host(url)} is not reached by https on the usual port",
                advice="Use an address that begins with https:// and names no port.",
            )

    def _once(self, url: str, headers: Mapping[str, str]) -> HttpAnswer:
        try:
            with self._session.get(
                url,
                headers=dict(headers),
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response:
                body = _read_capped(response)
                return HttpAnswer(
                    status=response.status_code, headers=response.headers, body=body, url=url
                )
        except InsideAddress as error:
            raise SourceContractError(
                f"{_host(url)} does not lead to a public address",
                advice="A source must be on the public internet; correct its address.",
            ) from error
        except requests.exceptions.SSLError as error:
            raise SourceUnavailable(
                f"{_host(url)} shows no valid certificate",
                advice="Ask whoever runs the site to renew its certificate.",
            ) from error
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema) as error:
            raise SourceContractError(
                "the address is not one", advice="Correct the address in heedful.toml."
            ) from error
        except requests.exceptions.RequestException as error:
            raise SourceUnavailable(
                f"{_host(url)} does not answer",
                advice="Nothing to do unless it lasts: the next look tries again.",
            ) from error


def _read_capped(response: requests.Response) -> bytes:
    # The limit counts decoded bytes: ten kilobytes on the wire can be a hundred megabytes here.
    parts, size = [], 0
    for part in response.iter_content(65_536):
        size += len(part)
        if size > BODY_LIMIT:
            raise SourceContractError(
                f"{_host(response.url)} sends more than {BODY_LIMIT // 1024 // 1024} MB",
                advice="Ask for a shorter feed or a sheet with fewer rows.",
            )
        parts.append(part)
    return b"".join(parts)


def error_for(answer: HttpAnswer, now: datetime) -> SourceError:
    """The typed error of a status that is no success."""
    host, status = _host(answer.url), answer.status
    if status in (401, 403):
        return SourceAuthError(
            f"{host} refuses access ({status})",
            advice="Renew the credential or the permission of this source in heedful.toml and SSM.",
        )
    if status == 402:
        return SourceCreditsError(
            f"{host} has no credits left (402)", advice="Buy credits or raise the spending limit."
        )
    if status in (404, 410):
        return SourceContractError(
            f"{host} has nothing at this address ({status})",
            advice="Look up the present address of the feed and put it into heedful.toml.",
        )
    if status == 429:
        return SourceRateLimited(
            f"{host} asks for a pause (429)",
            advice="Nothing to do: the next look waits until it is allowed.",
            retry_at=retry_after(answer.headers.get("Retry-After"), now),
        )
    if status >= 500:
        return SourceUnavailable(
            f"{host} has trouble of its own ({status})",
            advice="Nothing to do unless it lasts: the next look tries again.",
        )
    return SourceContractError(
        f"{host} answers with status {status}",
        advice="Check the address and the settings of this source in heedful.toml.",
    )


def retry_after(value: str | None, now: datetime) -> datetime:
    """When `Retry-After` (seconds or an HTTP date) allows the next call; else in 15 minutes.

    Never later than a day: a source must not be able to switch itself off for good.
    """
    moment = now + timedelta(minutes=15)
    if value is not None:
        with contextlib.suppress(ValueError, OverflowError, TypeError):
            if value.strip().isdigit():
                moment = now + timedelta(seconds=int(value))
            else:
                moment = parsedate_to_datetime(value).astimezone(UTC)
    return min(max(moment, now + timedelta(seconds=1)), now + timedelta(days=1))


def _host(url: str) -> str:
    # Only the host goes into a message: the rest of an address may hold a key.
    return urlsplit(url).hostname or "the address"
