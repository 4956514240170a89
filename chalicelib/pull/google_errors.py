"""What the error bodies of Google's services mean, by their reasons and never by their words."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from chalicelib.domain.errors import SourceAuthError, SourceCreditsError, SourceError
from chalicelib.ports import HttpAnswer
from chalicelib.pull.http_errors import host_of, rate_limited
from chalicelib.pull.json_answer import inside, read_json

_NOT_SWITCHED_ON = frozenset({"SERVICE_DISABLED", "accessNotConfigured"})
_TOO_FEW_RIGHTS = frozenset({"ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientPermissions"})
_BAD_KEY = frozenset({"API_KEY_INVALID", "keyInvalid", "API_KEY_SERVICE_BLOCKED"})
_USED_UP = frozenset({"quotaExceeded", "dailyLimitExceeded"})
_TOO_FAST = frozenset({"RATE_LIMIT_EXCEEDED", "rateLimitExceeded", "userRateLimitExceeded"})


def explain(answer: HttpAnswer, now: datetime) -> SourceError | None:
    """The error of an answer of a Google service; None where its status says it all."""
    error = _error(answer)
    reasons = frozenset(_reasons(error))
    host = host_of(answer.url)
    if "0" in _quota_limits(error):
        # A quota of nought is how Google says that the access was never granted.
        return SourceAuthError(
            f"{host} has not granted this project access yet (its quota is 0)",
            advice='File Google\'s "Application For Basic API Access" for the project and wait.',
        )
    if reasons & _USED_UP:
        return SourceCreditsError(
            f"{host} has no quota left for today",
            advice="It comes back at midnight Pacific time; look less often or ask for more.",
        )
    if reasons & _TOO_FAST or error.get("status") == "RESOURCE_EXHAUSTED":
        return rate_limited(answer, now)
    if reasons & _NOT_SWITCHED_ON:
        return SourceAuthError(
            f"{host} is not switched on for this project",
            advice="Enable this API for the project in the Google Cloud console.",
        )
    if reasons & _TOO_FEW_RIGHTS:
        return SourceAuthError(
            f"{host} finds that the sign-in covers too little",
            advice="Sign in again, allow everything asked for, and store the new refresh token.",
        )
    if reasons & _BAD_KEY:
        return SourceAuthError(
            f"{host} does not take this API key",
            advice="Make a new API key in the Google Cloud console and store it as the secret.",
        )
    return None


def has_reason(answer: HttpAnswer, reason: str) -> bool:
    """Whether the error body names this reason."""
    return reason in _reasons(_error(answer))


def _error(answer: HttpAnswer) -> dict[str, Any]:
    try:
        parsed = read_json(answer)
    except SourceError:
        return {}
    # The batch form wraps the same in a list.
    first = parsed[0] if isinstance(parsed, list) and parsed else parsed
    return dict(inside(first, "error"))


def _reasons(error: dict[str, Any]) -> Iterator[str]:
    for name in ("details", "errors"):
        found = error.get(name)
        for one in found if isinstance(found, list) else []:
            reason = one.get("reason") if isinstance(one, dict) else None
            if isinstance(reason, str):
                yield reason


def _quota_limits(error: dict[str, Any]) -> set[str]:
    details = error.get("details")
    return {
        str(inside(one, "metadata").get("quota_limit_value"))
        for one in (details if isinstance(details, list) else [])
    }
