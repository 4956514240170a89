"""Comments on a business's own Instagram posts, and posts that tag it (contracts A8).

One call brings the latest posts with the newest comments of each; a post with more is read page by
page. Instagram's comments are never edited, and one that is deleted is not announced: a few known
ones are asked for again at the end of a look. Story mentions are not offered by this API.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from chalicelib.domain.clock import from_text, to_text
from chalicelib.domain.errors import SettingsError, SourceAuthError, SourceError
from chalicelib.domain.feedback import Feedback, FeedbackKind, Page
from chalicelib.ports import HttpAnswer, PullContext, SourceKind
from chalicelib.pull.follow_up import end_of_asking, end_of_walk, is_asking, shown_from
from chalicelib.pull.http_errors import error_for, rate_limited
from chalicelib.pull.json_answer import (
    broken,
    inside,
    moment,
    number,
    read_all,
    read_json,
    read_object,
    rows,
    web_address,
    word,
)
from chalicelib.pull.newest_first import above_mark, newest_of, walk_from
from chalicelib.pull.options import word_of

# Each version lasts two years at least; this one is of 2026.
API = "https://graph.instagram.com/v26.0/"
POSTS, COMMENTS, TAGS = 25, 50, 50
COMMENT = "id,text,username,timestamp"
OVERLAP = timedelta(hours=1)
ASK_AGAIN, ASKED_AGAIN = timedelta(hours=6), 10
# Of Meta's error codes: calls per app, account, page and custom limits; then what a token lacks.
TOO_OFTEN = frozenset({4, 17, 32, 613})
NO_RIGHT = frozenset({3, 10, 102, 190, *range(200, 300)})
GONE = (100, 33)


class Instagram:
    """One professional account. Options: `account`."""

    def __init__(self, context: PullContext) -> None:
        self._business_id = context.business.business_id
        self._settings = context.settings
        self._http = context.http
        self._now = context.now
        self._account = word_of(context.settings.options, "account")
        if not re.fullmatch(r"\d{5,25}", self._account):
            raise SettingsError('account is the number of the account, such as account = "17841…"')
        if not context.secrets or not context.secrets[0]:
            raise SettingsError("the secret of an instagram source is its access token")
        self._headers = {"Authorization": f"Bearer {context.secrets[0]}"}

    def fetch(self, cursor: Mapping[str, object]) -> Page:
        """The latest posts with their comments, one more page of a post, or a page of tags."""
        if is_asking(cursor, self._now):
            return self._ask_again(cursor)
        at = cursor.get("at")
        if at == "tags":
            return self._read_tags(cursor)
        waiting = cursor.get("waiting")
        if at == "comments" and isinstance(waiting, list) and waiting:
            return self._read_more(cursor, waiting)
        return self._read_posts(cursor)

    def _read_posts(self, cursor: Mapping[str, object]) -> Page:
        comments = f"comments.limit({COMMENTS}){{{COMMENT},replies{{{COMMENT}}}}}"
        answer = self._get(
            f"{self._account}/media", fields=f"id,permalink,username,{comments}", limit=POSTS
        )
        if answer.status != 200:
            raise error_for(answer, self._now)
        posts = rows(answer, read_object(answer), "data")
        said: list[Feedback] = []
        waiting: list[list[str]] = []
        refused = 0
        for post in posts:
            found, odd, after = self._comments_of(inside(post, "comments"), post, cursor)
            said, refused = [*said, *found], refused + odd
            key, owner = word(inside(post).get("id")), word(inside(post).get("username"))
            if key and after:
                waiting.append([key, after, owner or "", _link_of(post) or ""])
        refused += sum(not isinstance(post, dict) for post in posts)
        mark = cursor.get("mark")
        marks = [one for one in (newest_of(said), mark) if isinstance(one, str)]
        page = self._page(cursor, said, refused, waiting=waiting, pending=max(marks, default=None))
        return replace(page, is_empty_suspect=not posts and isinstance(mark, str))

    def _read_more(self, cursor: Mapping[str, object], waiting: list[Any]) -> Page:
        key, after, owner, link = waiting[0]
        answer = self._get(
            f"{key}/comments",
            fields=f"{COMMENT},replies{{{COMMENT}}}",
            limit=COMMENTS,
            after=after,
        )
        left = waiting[1:]
        if _is_gone(answer):
            return self._page(cursor, [], 0, waiting=left, pending=cursor.get("pending"))
        if answer.status != 200:
            return self._start_again(cursor, answer)
        post = {"username": owner, "permalink": link}
        frame = read_object(answer)
        rows(answer, frame, "data")
        said, refused, following = self._comments_of(frame, post, cursor)
        if following == after:
            raise broken(answer, "the same page again as the next one")
        if following:
            left = [[key, following, owner, link], *left]
        return self._page(cursor, said, refused, waiting=left, pending=cursor.get("pending"))

    def _start_again(self, cursor: Mapping[str, object], answer: HttpAnswer) -> Page:
        """From the posts, with the old mark: the page is no longer known. Once a look."""
        if cursor.get("restarted") == to_text(self._now):
            raise error_for(answer, self._now)
        kept = {name: value for name, value in cursor.items() if name in ("mark", "tags", "shown")}
        moved = {**kept, "restarted": to_text(self._now)}
        return Page(feedback=(), cursor=moved, is_complete=False)

    def _page(
        self,
        cursor: Mapping[str, object],
        said: list[Feedback],
        refused: int,
        *,
        waiting: list[Any],
        pending: object,
    ) -> Page:
        shown = shown_from(cursor.get("shown"), self._now).with_page(said)
        moved = {**cursor, "shown": shown.to_cursor(), "waiting": waiting, "pending": pending}
        moved["at"] = "comments" if waiting else "tags"
        if not waiting:
            # Only now: a look that stops before must find the rest again.
            moved["mark"] = pending
        return Page(
            feedback=tuple(sorted(said, key=lambda one: one.written_at)),
            cursor=moved,
            is_complete=False,
            refused=refused,
        )

    def _read_tags(self, cursor: Mapping[str, object]) -> Page:
        walk = walk_from(cursor.get("tags"))
        restarted = walk.restart(self._now)
        more = {"after": walk.token} if walk.token else {}
        answer = self._get(
            f"{self._account}/tags",
            fields="id,caption,username,timestamp,permalink",
            limit=TAGS,
            **more,
        )
        if answer.status != 200:
            if restarted is None:
                raise error_for(answer, self._now)
            moved = {**cursor, "tags": restarted.to_cursor()}
            return Page(feedback=(), cursor=moved, is_complete=False)
        frame = read_object(answer)
        said, refused = read_all(rows(answer, frame, "data"), self._read_tag)
        fresh, reached_mark = above_mark(said, walk.mark)
        walk = walk.after_page(
            newest=newest_of(said), token=_following(frame), reached_mark=reached_mark
        )
        moved = {**cursor, "tags": walk.to_cursor()}
        is_complete = False
        if walk.is_complete:
            moved, is_complete = end_of_walk({**moved, "at": "posts"}, self._now, ASK_AGAIN)
        return Page(
            feedback=tuple(reversed(fresh)),
            cursor=moved,
            is_complete=is_complete,
            refused=refused,
        )

    def _comments_of(
        self, frame: Mapping[str, Any], post: Any, cursor: Mapping[str, object]
    ) -> tuple[list[Feedback], int, str | None]:
        """Of a page of comments: what is new, how many were odd, and where the next page is, if
        it can hold anything new."""
        found = frame.get("data")
        entries: list[Any] = []
        for one in found if isinstance(found, list) else []:
            replies = inside(one, "replies").get("data")
            entries += [one, *(replies if isinstance(replies, list) else [])]
        owner = word(inside(post).get("username"))
        theirs = [one for one in entries if not owner or inside(one).get("username") != owner]
        said, refused = read_all(theirs, lambda entry: self._read(entry, _link_of(post)))
        mark = cursor.get("mark")
        oldest = from_text(mark) - OVERLAP if isinstance(mark, str) else None
        fresh = [one for one in said if oldest is None or one.written_at >= oldest]
        is_done = oldest is not None and said and not fresh
        return fresh, refused, None if is_done else _following(frame)

    def _read(self, entry: Mapping[str, Any], link: str | None) -> Feedback | None:
        return self._feedback(entry, entry.get("text"), link)

    def _read_tag(self, entry: Mapping[str, Any]) -> Feedback | None:
        return self._feedback(entry, entry.get("caption"), _link_of(entry))

    def _feedback(self, entry: Mapping[str, Any], said: Any, link: str | None) -> Feedback | None:
        key, written_at, text = word(entry.get("id")), moment(entry.get("timestamp")), word(said)
        if key is None or written_at is None or text is None:
            return None
        return Feedback(
            business_id=self._business_id,
            source=self._settings.name,
            external_id=key,
            kind=FeedbackKind.MENTION,
            text=text,
            written_at=written_at,
            updated_at=written_at,
            author=word(entry.get("username")),
            location=self._settings.location,
            url=link,
        ).clamped(self._now)

    def _ask_again(self, cursor: Mapping[str, object]) -> Page:
        shown = shown_from(cursor.get("shown"), self._now)
        asked = shown.next_to_ask(ASKED_AGAIN)
        answers = {key: self._get(key, fields="id") for key in asked}
        found = {key for key, answer in answers.items() if not _is_gone(answer)}
        gone = shown.gone_of(asked, found)
        deletions = shown.deletions(
            gone,
            business_id=self._business_id,
            source=self._settings.name,
            kind=FeedbackKind.MENTION,
            location=self._settings.location,
            now=self._now,
        )
        moved = end_of_asking(cursor, shown.after_asking(asked, gone))
        return Page(feedback=deletions, cursor=moved, is_complete=True)

    def _get(self, path: str, **asked: object) -> HttpAnswer:
        """An answer with status 200, or one that what was asked for, or its page, is not known."""
        answer = self._http.get(
            f"{API}{path}?{urlencode(asked)}",
            now=self._now,
            headers=self._headers,
            good=frozenset({200, 400, 404}),
            explain=_explain,
        )
        # Meta tells with 400 of much that is no mistake in the asking.
        trouble = None if answer.status == 200 else _explain(answer, self._now)
        if trouble is not None:
            raise trouble
        return answer


def _link_of(post: Any) -> str | None:
    return web_address(inside(post).get("permalink"))


def _following(frame: Mapping[str, Any]) -> str | None:
    # A cursor stands on the last page too; only the address says that there is another.
    paging = inside(frame, "paging")
    return word(inside(paging, "cursors").get("after")) if paging.get("next") else None


def _codes(answer: HttpAnswer) -> tuple[float | None, float | None]:
    try:
        error = inside(read_json(answer), "error")
    except SourceError:
        return None, None
    return number(error.get("code")), number(error.get("error_subcode"))


def _is_gone(answer: HttpAnswer) -> bool:
    return answer.status in (400, 404) and _codes(answer) == GONE


def _explain(answer: HttpAnswer, now: datetime) -> SourceError | None:
    code, _ = _codes(answer)
    if code in TOO_OFTEN:
        return rate_limited(answer, now)
    if code in NO_RIGHT or answer.status in (401, 403):
        return SourceAuthError(
            "Instagram refuses the access token",
            advice="Make a new long-lived token (it lasts sixty days) with "
            "instagram_business_basic and instagram_business_manage_comments, and store it.",
        )
    return None


KIND = SourceKind(
    name="instagram",
    title="Instagram comments and tags",
    required={"account": "the number of your professional account"},
    optional={},
    needs_secret=True,
    build=Instagram,
    secret_form="a long-lived access token, to be renewed every sixty days",  # noqa: S106
)
