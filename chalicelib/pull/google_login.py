"""Access to what an owner allowed once: the OAuth refresh token of a Google account.

An access token lives an hour and a look a minute, so each look fetches one and none is kept.
"""

import json
from collections.abc import Mapping
from datetime import datetime

from chalicelib.domain.errors import SettingsError, SourceAuthError, SourceError
from chalicelib.ports import Http, HttpAnswer
from chalicelib.pull.json_answer import broken, read_object, word

TOKEN_ADDRESS = "https://oauth2.googleapis.com/token"  # noqa: S105  an address
PARTS = ("client_id", "client_secret", "refresh_token")
SECRET_FORM = 'one line of JSON: {"client_id": "…", "client_secret": "…", "refresh_token": "…"}'  # noqa: S105


class GoogleLogin:
    """Authorization headers for one look, from the secret that `SECRET_FORM` describes."""

    def __init__(self, http: Http, secrets: tuple[str, ...], now: datetime) -> None:
        self._http = http
        self._now = now
        self._parts = _parts_of(secrets)
        self._headers: Mapping[str, str] | None = None

    def headers(self) -> Mapping[str, str]:
        """`Authorization` for this look. Raises SourceAuthError when the owner must sign in."""
        if self._headers is None:
            answer = self._http.post(
                TOKEN_ADDRESS,
                now=self._now,
                form={"grant_type": "refresh_token", **self._parts},
                explain=_explain,
            )
            token = word(read_object(answer).get("access_token"))
            if token is None:
                raise broken(answer, "no access token")
            self._headers = {"Authorization": f"Bearer {token}"}
        return self._headers


def _parts_of(secrets: tuple[str, ...]) -> dict[str, str]:
    try:
        given = json.loads(secrets[0])
        parts = {name: given[name] for name in PARTS}
    except (IndexError, ValueError, TypeError, KeyError):
        parts = {}
    if not parts or not all(isinstance(value, str) and value for value in parts.values()):
        raise SettingsError(f"the secret of a Google source is {SECRET_FORM}; store it so in SSM")
    return parts


def _explain(answer: HttpAnswer, now: datetime) -> SourceError | None:
    if answer.status not in (400, 401):
        return None
    try:
        reason = read_object(answer).get("error")
    except SourceError:
        return None
    if reason == "invalid_grant":
        return SourceAuthError(
            "Google no longer takes the refresh token",
            advice="Publish the OAuth app if it is still in testing (there a sign-in lasts seven "
            "days), sign in again and store the new refresh token.",
        )
    if reason in ("invalid_client", "unauthorized_client"):
        return SourceAuthError(
            "Google does not know this OAuth client",
            advice="Copy client id and client secret from the Google Cloud console again.",
        )
    return None
