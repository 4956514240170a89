"""tweepy, with our time-outs, size caps and errors.

tweepy has no time-out of its own, sleeps a quarter of an hour when told to wait, and without a
reset header calls itself until the stack is full; an odd error body makes it fail in ways of its
own. So its session goes through ours: every request has our limits, and what is no success is
one of our errors before tweepy sees it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import requests
import tweepy
from requests.adapters import BaseAdapter

from chalicelib.domain.errors import SourceAuthError, SourceCreditsError, SourceError
from chalicelib.ports import Http, HttpAnswer
from chalicelib.pull.http_errors import pause_is_named, rate_limited
from chalicelib.pull.json_answer import read_object, word

CONSOLE = "console.x.com"


class XClient:
    """The three calls of X that Heedful makes, each giving the raw answer."""

    def __init__(self, http: Http, *, token: str, now: datetime) -> None:
        self._adapter = _Through(http, now)
        self._client = tweepy.Client(
            bearer_token=token, wait_on_rate_limit=False, return_type=requests.Response
        )
        self._client.session.trust_env = False
        self._client.session.mount("https://", self._adapter)

    def search(self, query: str, **asked: Any) -> HttpAnswer:
        """Posts of the last seven days, newest first."""
        return self._call(self._client.search_recent_tweets, query, asked)

    def mentions(self, user_id: str, **asked: Any) -> HttpAnswer:
        """Posts that mention this account, newest first."""
        return self._call(self._client.get_users_mentions, user_id, asked)

    def posts(self, ids: tuple[str, ...], **asked: Any) -> HttpAnswer:
        """Those of these posts that are still there."""
        return self._call(self._client.get_tweets, list(ids), asked)

    def _call(self, method: Any, what: object, asked: Mapping[str, Any]) -> HttpAnswer:
        method(what, **{name: value for name, value in asked.items() if value is not None})
        answer = self._adapter.answer
        assert answer is not None  # noqa: S101  the call came through the adapter
        return answer


class _Through(BaseAdapter):
    """Sends what tweepy asks through our session."""

    def __init__(self, http: Http, now: datetime) -> None:
        super().__init__()
        self._http = http
        self._now = now
        self.answer: HttpAnswer | None = None

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        """The answer of a GET. Raises a SourceError."""
        token = str(request.headers.get("Authorization", ""))
        self.answer = self._http.get(
            str(request.url), now=self._now, headers={"Authorization": token}, explain=explain
        )
        response = requests.Response()
        response.status_code = self.answer.status
        response.raw = None
        response._content = self.answer.body
        response.url = self.answer.url
        response.request = request
        return response

    def close(self) -> None:
        """Nothing is open."""


def explain(answer: HttpAnswer, now: datetime) -> SourceError | None:
    """What an answer of X means; None where its status says it all.

    A usage cap is a 429 as a rate limit is: it says so in its type, or names no end.
    """
    if answer.status == 402:
        return SourceCreditsError(
            "X has no credits left for this app (402)",
            advice=f"Buy credits or raise the spending limit at {CONSOLE}.",
        )
    if answer.status == 429:
        if _problem(answer).endswith("usage-capped") or not pause_is_named(answer.headers):
            return SourceCreditsError(
                "X's usage cap for this app is reached (429)",
                advice=f"Raise the cap at {CONSOLE} or wait for the next billing month.",
            )
        return rate_limited(answer, now)
    if answer.status == 401:
        return SourceAuthError(
            "X does not take this Bearer token (401)",
            advice=f"Copy the app-only Bearer token from {CONSOLE} and store it as the secret.",
        )
    if answer.status == 403:
        return SourceAuthError(
            "X does not allow this app to read that (403)",
            advice=f"Look at {CONSOLE} whether the app is active and may read posts.",
        )
    return None


def _problem(answer: HttpAnswer) -> str:
    try:
        return word(read_object(answer).get("type")) or ""
    except SourceError:
        return ""
