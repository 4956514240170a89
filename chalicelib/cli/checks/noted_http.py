"""The HTTP session of the sources, with an ear: what services say of quotas and of credentials."""

import contextlib
import json as jsons
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from chalicelib.ports import Explain, Http, HttpAnswer

# (left, limit) as the services name them: X and Reddit, Mastodon, Bluesky, Yelp, SurveyMonkey.
QUOTA_HEADERS = (
    ("x-rate-limit-remaining", "x-rate-limit-limit"),
    ("x-ratelimit-remaining", "x-ratelimit-limit"),
    ("ratelimit-remaining", "ratelimit-limit"),
    ("ratelimit-remaining", "ratelimit-dailylimit"),
    ("x-ratelimit-app-global-day-remaining", "x-ratelimit-app-global-day-limit"),
)
# App Store Connect has both in one header.
_APPLE = re.compile(r"user-hour-(lim|rem):(\d+)")
# What services call the seconds until the credential itself ends, not the hour of its access token.
ENDS_IN = ("refresh_token_expires_in", "refresh_token_expires")
MOST_DAYS = 3650


class NotedHttp:
    """Implements `ports.Http` by another one, and keeps what its answers tell beside the feedback.

    `quota` is in words, empty while no service has said anything; `ends_at` is when a service
    said that the credential ends.
    """

    def __init__(self, http: Http) -> None:
        self._http = http
        self.quota = ""
        self.ends_at: datetime | None = None

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
        answer = self._http.get(
            url, now=now, headers=headers, good=good, explain=self._listening(explain)
        )
        return self._noted(answer, now)

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
        """See the port."""
        answer = self._http.post(
            url,
            now=now,
            json=json,
            form=form,
            headers=headers,
            good=good,
            explain=self._listening(explain),
        )
        return self._noted(answer, now)

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
        """See the port."""
        answer = self._http.put(
            url,
            now=now,
            json=json,
            headers=headers,
            good=good,
            explain=self._listening(explain),
        )
        return self._noted(answer, now)

    def _listening(self, explain: Explain | None) -> Explain:
        def heard(answer: HttpAnswer, now: datetime) -> Exception | None:
            self._noted(answer, now)
            return explain(answer, now) if explain else None

        return heard  # type: ignore[return-value]

    def _noted(self, answer: HttpAnswer, now: datetime) -> HttpAnswer:
        self.quota = quota_of(answer.headers) or self.quota
        self.ends_at = _end_of_credential(answer, now) or self.ends_at
        return answer


def quota_of(headers: Mapping[str, str]) -> str:
    """`449 of 450`, or empty where the service says nothing."""
    lower = {name.lower(): value.strip() for name, value in headers.items()}
    for left, limit in QUOTA_HEADERS:
        if lower.get(left, "").isdigit() and lower.get(limit, "").isdigit():
            return f"{lower[left]} of {lower[limit]}"
    apple = dict(_APPLE.findall(lower.get("x-rate-limit", "")))
    if {"lim", "rem"} <= apple.keys():
        return f"{apple['rem']} of {apple['lim']}"
    return next((lower[left] for left, _ in QUOTA_HEADERS if lower.get(left, "").isdigit()), "")


def _end_of_credential(answer: HttpAnswer, now: datetime) -> datetime | None:
    if b"refresh_token_expires" not in answer.body:
        return None
    with contextlib.suppress(ValueError, AttributeError, RecursionError, OverflowError):
        said = jsons.loads(answer.body)
        for name in ENDS_IN:
            seconds = said.get(name)
            if isinstance(seconds, int | float) and not isinstance(seconds, bool) and seconds > 0:
                return now + min(timedelta(seconds=seconds), timedelta(days=MOST_DAYS))
    return None
