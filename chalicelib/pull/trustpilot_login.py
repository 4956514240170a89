"""Access to Trustpilot: the API key that reads, and the business user who may answer."""

import base64
import json
from collections.abc import Mapping
from datetime import datetime

from chalicelib.domain.errors import ReplyRefused, SettingsError, SourceAuthError, SourceError
from chalicelib.ports import Http, HttpAnswer
from chalicelib.pull.json_answer import broken, read_object, word

TOKEN_ADDRESS = (
    "https://api.trustpilot.com/v1/oauth/oauth-business-users-for-applications/accesstoken"  # noqa: S105  an address
)
PARTS = ("api_key", "api_secret", "username", "password")
SECRET_FORM = (
    "the API key of your Trustpilot application; to post approved replies too one line of JSON: "  # noqa: S105
    '{"api_key": "…", "api_secret": "…", "username": "…", "password": "…"}'
)


def api_key_of(secrets: tuple[str, ...]) -> str:
    """The key that reads. Raises SettingsError when there is none."""
    key = _parts_of(secrets).get("api_key", secrets[0].strip() if secrets else "")
    if not key or key.startswith("{"):
        raise SettingsError(f"the secret of a trustpilot source is {SECRET_FORM}")
    return key


def business_user_headers(http: Http, secrets: tuple[str, ...], now: datetime) -> Mapping[str, str]:
    """`Authorization` of the business user. Raises ReplyRefused where the secret only reads."""
    parts = _parts_of(secrets)
    if not all(parts.get(name) for name in PARTS):
        raise ReplyRefused(
            "the Trustpilot secret of this source reads and cannot answer",
            advice="Copy the reply and post it there yourself, or store the secret in its longer "
            "form (see docs/sources.md).",
        )
    pair = base64.b64encode(f"{parts['api_key']}:{parts['api_secret']}".encode()).decode()
    answer = http.post(
        TOKEN_ADDRESS,
        now=now,
        form={
            "grant_type": "password",
            "username": parts["username"],
            "password": parts["password"],
        },
        headers={"Authorization": f"Basic {pair}"},
        explain=_explain,
    )
    token = word(read_object(answer).get("access_token"))
    if token is None:
        raise broken(answer, "no access token")
    return {"Authorization": f"Bearer {token}"}


def _parts_of(secrets: tuple[str, ...]) -> dict[str, str]:
    try:
        given = json.loads(secrets[0])
        return {name: given[name] for name in PARTS if isinstance(given.get(name), str)}
    except (IndexError, ValueError, AttributeError):
        return {}


def _explain(answer: HttpAnswer, now: datetime) -> SourceError | None:
    if answer.status not in (400, 401, 403):
        return None
    return SourceAuthError(
        f"Trustpilot does not let this business user sign in ({answer.status})",
        advice="See whether user and password still work at Trustpilot, and store the secret anew.",
    )
