"""The one HTTP session for every source: time-outs, size caps, few retries, typed errors.

Addresses of feeds come from a file that a person wrote and from sites that redirect, so each must
be https on its usual port and lead to the public internet (`public_address`).
"""

import contextlib
import socket
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError as TransportError
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
from chalicelib.pull.public_address import InsideAddress, PublicOnly, Resolve

CONNECT_SECONDS, READ_SECONDS = 3.05, 10.0
# A server that sends a byte now and then never runs into READ_SECONDS; this ends it.
BODY_SECONDS = 30.0
BACKOFF_SECONDS = 0.3
BODY_LIMIT = 5 * 1024 * 1024
REDIRECT_LIMIT = 3
# What may travel on when a site sends us to another: never a credential meant for the first.
HARMLESS_HEADERS = frozenset({"accept", "accept-language"})
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class _StaysWhereItIs(requests.Session):
    """A session that does not even look where a redirect leads: that is for us to check.

    requests would read the whole body of a redirect, without a limit, to prepare the next request.
    """

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Nowhere."""
        return None


class SourceHttp:
    """GETs for sources. One per process; safe to share between sources.

    `allow_loopback` lets the demo and the tests read from this very machine over plain HTTP; no
    deployed function sets it.
    """

    def __init__(
        self,
        *,
        allow_loopback: bool = False,
        resolve: Resolve = socket.getaddrinfo,  # type: ignore[assignment]
        stopwatch: Callable[[], float] = time.monotonic,
        read_seconds: float = READ_SECONDS,
        backoff_seconds: float = BACKOFF_SECONDS,
    ) -> None:
        self._allow_loopback = allow_loopback
        self._stopwatch = stopwatch
        self._timeout = (CONNECT_SECONDS, read_seconds)
        self._session = _StaysWhereItIs()
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
            backoff_factor=backoff_seconds,
            backoff_jitter=backoff_seconds,
            respect_retry_after_header=False,
            raise_on_status=False,
        )
        guarded = (
            HTTPAdapter(max_retries=retries) if allow_loopback else PublicOnly(resolve, retries)
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
        given = dict(headers or {})
        for _ in range(REDIRECT_LIMIT + 1):
            self._check_address(url)
            answer = self._once(url, given)
            if answer.status not in REDIRECTS:
                break
            before = _host(url)
            url = _next_address(url, answer.headers.get("Location", ""))
            if _host(url) != before:
                given = {n: v for n, v in given.items() if n.lower() in HARMLESS_HEADERS}
        else:
            raise SourceContractError(
                f"{_host(url)} redirects more than {REDIRECT_LIMIT} times",
                advice="Open the address in a browser and put where it ends into heedful.toml.",
            )
        if answer.status in good:
            return answer
        raise error_for(answer, now)

    def _check_address(self, url: str) -> None:
        parts = _parts(url)
        if "@" in parts.netloc:
            raise SourceContractError(
                f"the address of {_host(url)} carries a user name",
                advice="Take the user name and password out of the address in heedful.toml.",
            )
        if self._allow_loopback and parts.hostname in ("127.0.0.1", "localhost"):
            return
        if parts.scheme != "https" or parts.port not in (None, 443):
            raise SourceContractError(
                f"{_host(url)} is not reached by https on the usual port",
                advice="Use an address that begins with https:// and names no port.",
            )

    def _once(self, url: str, headers: Mapping[str, str]) -> HttpAnswer:
        try:
            with self._session.get(
                url,
                headers=dict(headers),
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                body = self._read_capped(response)
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
        except (requests.exceptions.RequestException, TransportError) as error:
            raise SourceUnavailable(
                f"{_host(url)} does not answer",
                advice="Nothing to do unless it lasts: the next look tries again.",
            ) from error

    def _read_capped(self, response: requests.Response) -> bytes:
        # The limit counts decoded bytes: ten kilobytes on the wire can be a hundred megabytes
        # here. `read1` takes what has come, so that the stopwatch is looked at in between.
        parts, size, begun = [], 0, self._stopwatch()
        while part := response.raw.read1(65_536, decode_content=True):
            size += len(part)
            if size > BODY_LIMIT:
                raise SourceContractError(
                    f"{_host(response.url)} sends more than {BODY_LIMIT // 1024 // 1024} MB",
                    advice="Ask for a shorter feed or a sheet with fewer rows.",
                )
            if self._stopwatch() - begun > BODY_SECONDS:
                raise SourceUnavailable(
                    f"{_host(response.url)} takes more than {BODY_SECONDS:g} seconds to answer",
                    advice="Nothing to do unless it lasts: the next look tries again.",
                )
            parts.append(part)
        return b"".join(parts)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        # Looking at the port is what checks it.
        _ = parts.port
    except ValueError as error:
        raise SourceContractError(
            "the address is not one", advice="Correct the address in heedful.toml."
        ) from error
    return parts


def _next_address(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise SourceContractError(
            f"{_host(url)} redirects to something that is no address",
            advice="Open the address in a browser and put where it ends into heedful.toml.",
        ) from error


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
                moment = parsedate_to_datetime(value)
                # "-0000" parses as naive; HTTP knows no time but GMT (RFC 9110 5.6.7).
                moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(moment, now + timedelta(seconds=1)), now + timedelta(days=1))


def _host(url: str) -> str:
    # Only the host goes into a message: the rest of an address may hold a key.
    return _parts(url).hostname or "the address"
