"""The one HTTP session for every source: time-outs, size caps, few retries, typed errors.

Addresses of feeds come from a file that a person wrote and from sites that redirect, so each must
be https on its usual port and lead to the public internet (`public_address`).
"""

import logging
import socket
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urljoin

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError as TransportError
from urllib3.util.retry import Retry

from chalicelib.domain.errors import SourceContractError, SourceUnavailable
from chalicelib.ports import Explain, HttpAnswer
from chalicelib.pull.http_errors import error_for, host_of, parts_of
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

# urllib3 writes whole addresses into its warnings of retries, and some of them hold a key.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)


class _StaysWhereItIs(requests.Session):
    """A session that does not even look where a redirect leads: that is for us to check.

    requests would read the whole body of a redirect, without a limit, to prepare the next request.
    """

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Nowhere."""
        return None


class _Patient(Retry):
    """Retries, but not where the site says itself when to come back: that is for the next look."""

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        """Whether to try again at once."""
        return not has_retry_after and super().is_retry(method, status_code)


class SourceHttp:
    """GETs and POSTs for sources. One per process; safe to share between sources.

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
        # The session serves every business of the process: what a site told one of them to keep
        # must not come with the next one's question.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        retries = _Patient(
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
        explain: Explain | None = None,
    ) -> HttpAnswer:
        """See the port."""
        given = dict(headers or {})
        for _ in range(REDIRECT_LIMIT + 1):
            self._check_address(url)
            answer = self._once("GET", url, given)
            if answer.status not in REDIRECTS:
                break
            before = host_of(url)
            url = _next_address(url, answer.headers.get("Location", ""))
            if host_of(url) != before:
                given = {n: v for n, v in given.items() if n.lower() in HARMLESS_HEADERS}
        else:
            raise SourceContractError(
                f"{host_of(url)} redirects more than {REDIRECT_LIMIT} times",
                advice="Open the address in a browser and put where it ends into heedful.toml.",
            )
        return _judged(answer, now, good, explain)

    def post(
        self,
        url: str,
        *,
        now: datetime,
        json: object = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        good: frozenset[int] = frozenset({200}),
        explain: Explain | None = None,
    ) -> HttpAnswer:
        """See the port. No redirect is followed: what is posted is meant for this host alone."""
        self._check_address(url)
        answer = self._once("POST", url, dict(headers or {}), json=json, form=form)
        return _judged(answer, now, good, explain)

    def put(
        self,
        url: str,
        *,
        now: datetime,
        json: object,
        headers: Mapping[str, str] | None = None,
        good: frozenset[int] = frozenset({200}),
        explain: Explain | None = None,
    ) -> HttpAnswer:
        """See the port. No redirect is followed here either."""
        self._check_address(url)
        answer = self._once("PUT", url, dict(headers or {}), json=json)
        return _judged(answer, now, good, explain)

    def _check_address(self, url: str) -> None:
        parts = parts_of(url)
        if "@" in parts.netloc:
            raise SourceContractError(
                f"the address of {host_of(url)} carries a user name",
                advice="Take the user name and password out of the address in heedful.toml.",
            )
        if self._allow_loopback and parts.hostname in ("127.0.0.1", "localhost"):
            return
        if parts.scheme != "https" or parts.port not in (None, 443):
            raise SourceContractError(
                f"{host_of(url)} is not reached by https on the usual port",
                advice="Use an address that begins with https:// and names no port.",
            )

    def _once(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        *,
        json: object = None,
        form: Mapping[str, str] | None = None,
    ) -> HttpAnswer:
        try:
            with self._session.request(
                method,
                url,
                headers=dict(headers),
                json=json,
                data=form,
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
                f"{host_of(url)} does not lead to a public address",
                advice="A source must be on the public internet; correct its address.",
            ) from error
        except requests.exceptions.SSLError as error:
            raise SourceUnavailable(
                f"{host_of(url)} shows no valid certificate",
                advice="Ask whoever runs the site to renew its certificate.",
            ) from error
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema) as error:
            raise SourceContractError(
                "the address is not one", advice="Correct the address in heedful.toml."
            ) from error
        except (requests.exceptions.RequestException, TransportError) as error:
            raise SourceUnavailable(
                f"{host_of(url)} does not answer",
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
                    f"{host_of(response.url)} sends more than {BODY_LIMIT // 1024 // 1024} MB",
                    advice="Ask for a shorter feed or a sheet with fewer rows.",
                )
            if self._stopwatch() - begun > BODY_SECONDS:
                raise SourceUnavailable(
                    f"{host_of(response.url)} takes more than {BODY_SECONDS:g} seconds to answer",
                    advice="Nothing to do unless it lasts: the next look tries again.",
                )
            parts.append(part)
        return b"".join(parts)


def _judged(
    answer: HttpAnswer, now: datetime, good: frozenset[int], explain: Explain | None
) -> HttpAnswer:
    if answer.status in good:
        return answer
    raise (explain and explain(answer, now)) or error_for(answer, now)


def _next_address(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise SourceContractError(
            f"{host_of(url)} redirects to something that is no address",
            advice="Open the address in a browser and put where it ends into heedful.toml.",
        ) from error
