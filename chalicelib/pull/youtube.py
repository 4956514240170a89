"""Comments under the videos of a channel (contracts A14).

Threads come by the time of their first comment, newest first, and an edit stays in its place; the
replies that come with a thread are comments too. YouTube's terms want stored comments refreshed, so
all we know are asked for again in turn, which finds edits and deletions.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from chalicelib.domain.clock import to_text
from chalicelib.domain.errors import SettingsError, SourceContractError, SourceError
from chalicelib.domain.feedback import Feedback, FeedbackKind, Page
from chalicelib.ports import HttpAnswer, PullContext, SourceKind
from chalicelib.pull import google_errors
from chalicelib.pull.follow_up import end_of_asking, end_of_walk, is_asking, shown_from
from chalicelib.pull.json_answer import (
    inside,
    moment,
    needed_rows,
    read_all,
    read_object,
    word,
)
from chalicelib.pull.newest_first import above_mark, newest_of, walk_from, written_at
from chalicelib.pull.options import word_of, words_of
from chalicelib.pull.plain_text import clean, from_html

API = "https://youtube.googleapis.com/youtube/v3/"
PAGE_SIZE = 100
# How far the first look reaches back.
HISTORY = timedelta(days=90)
_MARKUP = re.compile(r"<br|</|&(?:#\d+|quot|amp|lt|gt);", re.IGNORECASE)
ASK_AGAIN, ASKED_AGAIN = timedelta(hours=12), 50


class YouTube:
    """The comments of one channel. Options: `channel`, `ignore`."""

    def __init__(self, context: PullContext) -> None:
        options = context.settings.options
        self._business_id = context.business.business_id
        self._settings = context.settings
        self._http = context.http
        self._now = context.now
        self._channel = word_of(options, "channel")
        self._ignored = frozenset({self._channel, *words_of(options, "ignore")})
        if not context.secrets:
            raise SettingsError("a youtube source needs a secret: an API key")
        # As a header: what stands in an address ends up in logs.
        self._headers = {"X-Goog-Api-Key": context.secrets[0]}

    def fetch(self, cursor: Mapping[str, object]) -> Page:
        """One page of threads, oldest first. Raises a SourceError."""
        if is_asking(cursor, self._now):
            return self._ask_again(cursor)
        walk = walk_from(cursor.get("walk"))
        restarted = walk.restart(self._now)
        answer = self._get("commentThreads", self._asked(walk.token), can_restart=bool(restarted))
        if restarted and answer.status == 400:
            moved = {**cursor, "walk": restarted.to_cursor()}
            return Page(feedback=(), cursor=moved, is_complete=False)
        frame = read_object(answer)
        threads = needed_rows(answer, frame, "items")
        comments = [one for thread in threads for one in _comments(thread)]
        said, refused = read_all(self._of_customers(comments), self._read)
        # Replies are younger than what they reply to: the thread's own comment is what is ordered.
        tops, _ = read_all([_comments(thread)[0] for thread in threads], self._read)
        oldest = walk.mark or to_text(self._now - HISTORY)
        _, reached_mark = above_mark(tops, oldest, by=written_at)
        is_empty = not threads and walk.token is None and walk.mark is not None
        walk = walk.after_page(
            newest=newest_of(tops, by=written_at),
            token=word(frame.get("nextPageToken")),
            reached_mark=reached_mark,
        )
        shown = shown_from(cursor.get("shown"), self._now).with_page(said)
        moved = {**cursor, "walk": walk.to_cursor(), "shown": shown.to_cursor()}
        is_complete = walk.is_complete
        if is_complete:
            moved, is_complete = end_of_walk(moved, self._now, ASK_AGAIN)
        return Page(
            feedback=tuple(reversed(said)),
            cursor=moved,
            is_complete=is_complete,
            refused=refused,
            is_empty_suspect=is_empty,
        )

    def _asked(self, token: str | None) -> dict[str, str]:
        return {
            "part": "snippet,replies",
            "allThreadsRelatedToChannelId": self._channel,
            "maxResults": str(PAGE_SIZE),
            "order": "time",
            "textFormat": "plainText",
            **({"pageToken": token} if token else {}),
        }

    def _get(self, what: str, asked: Mapping[str, str], *, can_restart: bool = False) -> HttpAnswer:
        return self._http.get(
            f"{API}{what}?{urlencode(asked)}",
            now=self._now,
            headers=self._headers,
            good=frozenset({200, 400} if can_restart else {200}),
            explain=_explain,
        )

    def _of_customers(self, comments: list[Any]) -> list[Any]:
        return [
            one
            for one in comments
            if word(inside(one, "snippet", "authorChannelId").get("value")) not in self._ignored
        ]

    def _read(self, comment: Mapping[str, Any]) -> Feedback | None:
        said = inside(comment, "snippet")
        key, published_at = word(comment.get("id")), moment(said.get("publishedAt"))
        original, shown = said.get("textOriginal"), said.get("textDisplay")
        text = clean(original) if isinstance(original, str) else ""
        text = text or (_displayed(shown) if isinstance(shown, str) else "")
        if key is None or published_at is None or not text:
            return None
        video = word(said.get("videoId"))
        return Feedback(
            business_id=self._business_id,
            source=self._settings.name,
            external_id=key,
            kind=FeedbackKind.MENTION,
            text=text,
            written_at=published_at,
            updated_at=moment(said.get("updatedAt")) or published_at,
            author=word(said.get("authorDisplayName")),
            author_id=word(inside(said, "authorChannelId").get("value")),
            location=self._settings.location,
            url=f"https://www.youtube.com/watch?{urlencode({'v': video, 'lc': key})}"
            if video
            else None,
        ).clamped(self._now)

    def _ask_again(self, cursor: Mapping[str, object]) -> Page:
        shown = shown_from(cursor.get("shown"), self._now)
        asked = shown.next_to_ask(ASKED_AGAIN)
        answer = self._get(
            "comments", {"part": "snippet", "textFormat": "plainText", "id": ",".join(asked)}
        )
        found = needed_rows(answer, read_object(answer), "items")
        said, _ = read_all(found, self._read)
        gone = shown.gone_of(asked, {str(inside(one).get("id")) for one in found})
        deletions = shown.deletions(
            gone,
            business_id=self._business_id,
            source=self._settings.name,
            kind=FeedbackKind.MENTION,
            location=self._settings.location,
            now=self._now,
        )
        return Page(
            feedback=(*said, *deletions),
            cursor=end_of_asking(cursor, shown.after_asking(asked, gone)),
            is_complete=True,
        )


def _comments(thread: Any) -> list[Any]:
    """The thread's own comment, then its replies; each knows its video."""
    snippet = inside(thread, "snippet")
    replies = inside(thread, "replies").get("comments")
    found = [snippet.get("topLevelComment"), *(replies if isinstance(replies, list) else [])]
    video = snippet.get("videoId")
    return [
        {**one, "snippet": {"videoId": video, **inside(one, "snippet")}}
        if isinstance(one, dict)
        else one
        for one in found
    ]


def _displayed(text: str) -> str:
    # Plain text is what we ask for, and "<3" in it is a heart; HTML is what comes by default.
    return from_html(text) if _MARKUP.search(text) else clean(text)


def _explain(answer: HttpAnswer, now: datetime) -> SourceError | None:
    if google_errors.has_reason(answer, "commentsDisabled"):
        return SourceContractError(
            "the channel has its comments switched off",
            advice="Switch comments on in YouTube Studio, or take this source out.",
        )
    return google_errors.explain(answer, now)


KIND = SourceKind(
    name="youtube",
    title="YouTube comments",
    required={"channel": "the id of your channel, which begins with UC"},
    optional={"ignore": "channels whose comments are no feedback, beside your own"},
    needs_secret=True,
    build=YouTube,
    secret_form="an API key with the YouTube Data API enabled",  # noqa: S106
)
