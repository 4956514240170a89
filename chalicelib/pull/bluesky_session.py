"""A session on Bluesky, kept in the cursor and not made for each look.

A server lets one account sign in about a hundred times a day, so tokens are kept: a new session is
a page of its own without feedback, saved before anything is asked with it. The cursor lies in the
table, encrypted at rest like everything there; the app password itself stays in SSM.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.domain.clock import to_text
from chalicelib.domain.errors import SettingsError, SourceAuthError, SourceError
from chalicelib.ports import Http, HttpAnswer
from chalicelib.pull.http_errors import host_of
from chalicelib.pull.json_answer import broken, inside, read_object, word

STALE = frozenset({"ExpiredToken", "InvalidToken"})


class BlueskySession:
    """Tokens for the account `handle` on the server at `root`."""

    def __init__(
        self, http: Http, *, root: str, handle: str, secrets: tuple[str, ...], now: datetime
    ) -> None:
        if not secrets:
            raise SettingsError("a bluesky source needs a secret: an app password")
        self._http = http
        self._root = root
        self._handle = handle
        self._password = secrets[0]
        self._now = now

    def headers(self, cursor: Mapping[str, object]) -> Mapping[str, str] | None:
        """`Authorization` from the cursor; None when there is no session yet."""
        access = word(inside(cursor, "session").get("access"))
        return {"Authorization": f"Bearer {access}"} if access else None

    def renewed(self, cursor: Mapping[str, object]) -> dict[str, Any]:
        """The cursor with fresh tokens: by the refresh token, else by signing in.

        Raises SourceAuthError when the tokens of this very look were refused already.
        """
        session = inside(cursor, "session")
        if session.get("since") == to_text(self._now):
            raise SourceAuthError(
                f"{host_of(self._root)} refuses the session it just gave",
                advice="Make a new app password for this account and store it as the secret.",
            )
        refresh = word(session.get("refresh"))
        answer = (self._refresh(refresh) if refresh else None) or self._sign_in()
        tokens = read_object(answer)
        access, refresh = word(tokens.get("accessJwt")), word(tokens.get("refreshJwt"))
        if access is None or refresh is None:
            raise broken(answer, "no session")
        kept = {"access": access, "refresh": refresh, "since": to_text(self._now)}
        return {**cursor, "session": kept}

    def _refresh(self, token: str) -> HttpAnswer | None:
        answer = self._http.post(
            f"{self._root}/xrpc/com.atproto.server.refreshSession",
            now=self._now,
            headers={"Authorization": f"Bearer {token}"},
            good=frozenset({200, 400, 401}),
            explain=explain,
        )
        return answer if answer.status == 200 else None

    def _sign_in(self) -> HttpAnswer:
        return self._http.post(
            f"{self._root}/xrpc/com.atproto.server.createSession",
            now=self._now,
            json={"identifier": self._handle, "password": self._password},
            explain=explain,
        )


def error_name(answer: HttpAnswer) -> str:
    """The `error` of an XRPC body; empty when there is none."""
    try:
        return word(read_object(answer).get("error")) or ""
    except SourceError:
        return ""


def explain(answer: HttpAnswer, now: datetime) -> SourceError | None:
    """What an answer of an XRPC server means; None where its status says it all."""
    host = host_of(answer.url)
    if answer.status == 401 or error_name(answer) in ("AuthMissing", "AccountTakedown"):
        return SourceAuthError(
            f"{host} does not take this handle with this app password",
            advice="Make a new app password in Bluesky's settings and store it as the secret.",
        )
    if answer.status == 403 and not error_name(answer):
        return SourceAuthError(
            f"{host} does not let anybody search here",
            advice="Set address to the server your account lives on, or leave it out.",
        )
    return None
