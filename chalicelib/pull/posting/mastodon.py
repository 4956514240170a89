"""Answers to posts on Mastodon (contracts A12): to the one who wrote, as openly as they did.

Mastodon knows a repeat by its key for an hour; after that the posts below theirs tell.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from chalicelib.domain.errors import ReplyRefused
from chalicelib.domain.feedback import Feedback
from chalicelib.domain.reply import Reply
from chalicelib.ports import HttpAnswer, PullContext
from chalicelib.pull.json_answer import broken, first_word, inside, read_object, rows, word
from chalicelib.pull.mastodon import explain
from chalicelib.pull.options import word_of
from chalicelib.pull.plain_text import from_html
from chalicelib.pull.posting.refusals import COPY_IT, is_gone, refusing, same_words

SITE = "Mastodon"
VISIBILITIES = frozenset({"public", "unlisted", "private", "direct"})
_GREETED = re.compile(r"^(?:@\S+\s+)+")


class MastodonPoster:
    """Implements `ports.Poster` for one account."""

    def __init__(self, context: PullContext) -> None:
        self._http = context.http
        self._now = context.now
        self._root = word_of(context.settings.options, "address").rstrip("/")
        self._secrets = context.secrets

    def post(self, feedback: Feedback, reply: Reply) -> str | None:
        """See the port."""
        if not self._secrets:
            raise ReplyRefused("this Mastodon source has no access token", advice=COPY_IT)
        key = feedback.external_id
        found = self._get(key)
        if found.status == 404:
            raise is_gone(SITE)
        status = read_object(found)
        below = self._get(f"{quote(key, safe='')}/context")
        there = _this_reply(rows(below, read_object(below), "descendants"), key, reply.text)
        if there is not None:
            return there
        author = first_word(inside(status, "account"), "acct", "username")
        if author is None:
            raise broken(found, "a post without an author")
        visibility = word(status.get("visibility")) or ""
        taken = self._http.post(
            f"{self._root}/api/v1/statuses",
            now=self._now,
            json={
                "status": f"@{author} {reply.text}",
                "in_reply_to_id": key,
                # Never more openly than the customer wrote.
                "visibility": visibility if visibility in VISIBILITIES else "direct",
                "language": reply.language,
            },
            headers=self._headers | {"Idempotency-Key": _key_of(reply)},
            explain=refusing(lambda answer, now: _of_writing(answer) or explain(answer, now)),
        )
        return word(read_object(taken).get("id"))

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._secrets[0]}"}

    def _get(self, path: str) -> HttpAnswer:
        return self._http.get(
            f"{self._root}/api/v1/statuses/{path}",
            now=self._now,
            headers=self._headers,
            good=frozenset({200, 404}),
            explain=explain,
        )


def _key_of(reply: Reply) -> str:
    """The same for the same text, whoever approves it again, and another for another."""
    return f"heedful-{reply.feedback_id}-{reply.approved_text_hash}"


def _this_reply(posts: list[Any], key: str, text: str) -> str | None:
    """The id of the post below the customer's that says just this."""
    for post in posts:
        entry: Mapping[str, Any] = inside(post)
        content = entry.get("content")
        said = from_html(content) if isinstance(content, str) else ""
        is_below = word(entry.get("in_reply_to_id")) == key
        if is_below and same_words(_GREETED.sub("", said), text):
            return word(entry.get("id"))
    return None


def _of_writing(answer: HttpAnswer) -> ReplyRefused | None:
    if answer.status == 403:
        return ReplyRefused(
            f"{SITE}'s access token reads and may not write",
            advice="Add the scope write:statuses to the application there and store its new token; "
            "or copy the reply and post it there yourself.",
        )
    if answer.status == 422:
        return ReplyRefused(f"{SITE} does not take this text (422)", advice=COPY_IT)
    return None


POSTER = MastodonPoster
