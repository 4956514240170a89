"""What a status that is no success means, and when a source may be asked again.

Only the host of an address goes into a message: the rest of it may hold a key.
"""

import contextlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, urlsplit

from chalicelib.domain.errors import (
    SourceAuthError,
    SourceContractError,
    SourceCreditsError,
    SourceError,
    SourceRateLimited,
    SourceUnavailable,
)
from chalicelib.ports import HttpAnswer

USUAL_PAUSE, LONGEST_PAUSE = timedelta(minutes=15), timedelta(days=1)
# Whoever names his limit does it in a header of his own: X and Bluesky as seconds since 1970,
# Mastodon and Yelp as ISO 8601, Reddit and SurveyMonkey as seconds to go.
RESET_HEADERS = (
    "x-rate-limit-reset",
    "x-ratelimit-reset",
    "ratelimit-reset",
    "ratelimit-resettime",
    "x-ratelimit-app-global-minute-reset",
)
# Seconds to go are few; a number beyond this is a moment (September 2001 is the smallest).
FIRST_EPOCH = 1_000_000_000
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{0,9})?")


def error_for(answer: HttpAnswer, now: datetime) -> SourceError:
    """The typed error of a status that is no success."""
    host, status = host_of(answer.url), answer.status
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
            advice="Look up the present address of this source and put it into heedful.toml.",
        )
    if status == 429 or (status == 503 and _header(answer.headers, "retry-after") is not None):
        return rate_limited(answer, now)
    if status >= 500:
        return SourceUnavailable(
            f"{host} has trouble of its own ({status})",
            advice="Nothing to do unless it lasts: the next look tries again.",
        )
    return SourceContractError(
        f"{host} answers with status {status}",
        advice="Check the address and the settings of this source in heedful.toml.",
    )


def rate_limited(answer: HttpAnswer, now: datetime) -> SourceRateLimited:
    """The pause that the answer asks for."""
    return SourceRateLimited(
        f"{host_of(answer.url)} asks for a pause ({answer.status})",
        advice="Nothing to do: the next look waits until it is allowed.",
        retry_at=pause_until(answer.headers, now),
    )


def pause_is_named(headers: Mapping[str, str]) -> bool:
    """Whether the answer says when the next call is allowed."""
    return any(_header(headers, name) is not None for name in ("retry-after", *RESET_HEADERS))


def pause_until(headers: Mapping[str, str], now: datetime) -> datetime:
    """When the next call is allowed: by `Retry-After`, else by the site's own reset header, else
    in 15 minutes. Never later than a day."""
    asked = _header(headers, "retry-after")
    if asked is not None:
        return retry_after(asked, now)
    for name in RESET_HEADERS:
        value = _header(headers, name)
        moment = None if value is None else _reset_moment(value.strip(), now)
        if moment is not None:
            return _within(moment, now)
    return now + USUAL_PAUSE


def retry_after(value: str | None, now: datetime) -> datetime:
    """When `Retry-After` (seconds or an HTTP date) allows the next call; else in 15 minutes.

    Never later than a day: a source must not be able to switch itself off for good.
    """
    moment = now + USUAL_PAUSE
    if value is not None:
        with contextlib.suppress(ValueError, OverflowError, TypeError):
            if value.strip().isdigit():
                moment = now + timedelta(seconds=int(value))
            else:
                moment = parsedate_to_datetime(value)
                # "-0000" parses as naive; HTTP knows no time but GMT (RFC 9110 5.6.7).
                moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return _within(moment, now)


def _reset_moment(value: str, now: datetime) -> datetime | None:
    with contextlib.suppress(ValueError, OverflowError, OSError):
        if not _NUMBER.fullmatch(value):
            moment = datetime.fromisoformat(value)
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        if float(value) >= FIRST_EPOCH:
            return datetime.fromtimestamp(float(value), UTC)
        return now + timedelta(seconds=float(value))
    return None


def _within(moment: datetime, now: datetime) -> datetime:
    return min(max(moment, now + timedelta(seconds=1)), now + LONGEST_PAUSE)


def _header(headers: Mapping[str, str], name: str) -> str | None:
    return next((value for key, value in headers.items() if key.lower() == name), None)


def parts_of(url: str) -> SplitResult:
    """The parts of an address. Raises SourceContractError when it is none."""
    try:
        parts = urlsplit(url)
        # Looking at the port is what checks it.
        _ = parts.port
    except ValueError as error:
        raise SourceContractError(
            "the address is not one", advice="Correct the address in heedful.toml."
        ) from error
    return parts


def host_of(url: str) -> str:
    """The host of an address, for messages."""
    return parts_of(url).hostname or "the address"
