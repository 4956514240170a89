"""A played service asked as a function, without a wire: for what is tried thousands of times."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from chalicelib.ports import Explain, HttpAnswer
from chalicelib.pull.http_errors import error_for
from tests.pull.playing import Answer, Asked, Played


class Direct:
    """Implements `ports.Http`. Wherever `entry` stands in an answer, `odd` stands instead."""

    def __init__(self, played: Played) -> None:
        self.played = played
        self.entry: Any = None
        self.odd: Any = None

    def answered(self, answer: HttpAnswer) -> HttpAnswer:
        """The answer on its way back."""
        return answer

    def _judged(
        self,
        answer: HttpAnswer,
        now: datetime,
        good: frozenset[int],
        explain: Explain | None,
    ) -> HttpAnswer:
        if answer.status not in good:
            raise (explain and explain(answer, now)) or error_for(answer, now)
        return self.answered(answer)

    def _ask(
        self, method: str, url: str, headers: Mapping[str, str] | None, body: bytes
    ) -> HttpAnswer:
        parts = urlsplit(url)
        asked = Asked(
            method=method,
            raw=url,
            host=parts.netloc,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in (headers or {}).items()},
            body=body,
        )
        answer = self.played.answer(asked)
        said = _with(answer.said, self.entry, self.odd)
        bare = Answer(said=said, status=answer.status, headers=answer.headers)
        return HttpAnswer(status=bare.status, headers=bare.headers, body=bare.body, url=url)

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
        return self._judged(self._ask("GET", url, headers, b""), now, good, explain)

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
        body = urlencode(form).encode() if form else Answer(said=json).body
        return self._judged(self._ask("POST", url, headers, body), now, good, explain)

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
        body = Answer(said=json).body
        return self._judged(self._ask("PUT", url, headers, body), now, good, explain)


def _with(said: Any, entry: Any, odd: Any) -> Any:
    if entry is not None and said == entry:
        return odd
    if isinstance(said, dict):
        return {name: _with(value, entry, odd) for name, value in said.items()}
    if isinstance(said, list):
        return [_with(value, entry, odd) for value in said]
    return said
