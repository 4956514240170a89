"""Posts on Bluesky that a search finds (contracts A11).

Searches go through the account's own server, newest first, since shortly before the mark. A post is
never edited; a deletion is not announced, so a few known posts are asked for again.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from chalicelib.domain.clock import from_text, to_text
from chalicelib.domain.errors import SettingsError, SourceContractError
from chalicelib.domain.feedback import Feedback, FeedbackKind, Page
from chalicelib.ports import HttpAnswer, PullContext, SourceKind
from chalicelib.pull.bluesky_session import STALE, BlueskySession, error_name, explain
from chalicelib.pull.follow_up import end_of_asking, end_of_walk, is_asking, shown_from
from chalicelib.pull.http_errors import error_for, host_of
from chalicelib.pull.json_answer import (
    first_word,
    inside,
    language,
    moment,
    needed_rows,
    read_all,
    read_object,
    word,
)
from chalicelib.pull.newest_first import OVERLAP, Walk, move_on, newest_of, stream_at, walk_of
from chalicelib.pull.options import word_of, words_of
from chalicelib.pull.plain_text import clean

USUAL_SERVER = "https://bsky.social"
PAGE_SIZE = 100
# What was said before the first look and still counts as usual.
HISTORY = timedelta(days=30)
ASK_AGAIN, ASKED_AGAIN = timedelta(hours=6), 25


class Bluesky:
    """One or more searches. Options: `handle`, `search`, `ignore`, `address`."""

    def __init__(self, context: PullContext) -> None:
        options = context.settings.options
        self._business_id = context.business.business_id
        self._settings = context.settings
        self._http = context.http
        self._now = context.now
        self._root = word_of({"address": USUAL_SERVER, **options}, "address").rstrip("/")
        handle = word_of(options, "handle").lstrip("@")
        self._searches = words_of(options, "search")
        if not self._searches:
            raise SettingsError('a bluesky source needs search = ["…"]')
        ignored = (handle, *words_of(options, "ignore"))
        self._ignored = frozenset(name.lstrip("@").lower() for name in ignored)
        self._session = BlueskySession(
            context.http,
            root=self._root,
            handle=handle,
            secrets=context.secrets,
            now=context.now,
        )

    def fetch(self, cursor: Mapping[str, object]) -> Page:
        """One page of one search, oldest first, or a new session. Raises a SourceError."""
        headers = self._session.headers(cursor)
        if headers is None:
            return self._with_new_session(cursor)
        if is_asking(cursor, self._now):
            return self._ask_again(cursor, headers)
        search = stream_at(cursor, self._searches)
        walk = walk_of(cursor, search)
        if walk.mark is None:
            walk = replace(walk, mark=to_text(self._now - HISTORY))
        answer = self._get("searchPosts", self._asked(search, walk), headers)
        if answer.status != 200:
            restarted = walk.restart(self._now) if error_name(answer) not in STALE else None
            if restarted is not None:
                moved, _ = move_on(cursor, self._searches, search, restarted)
                return Page(feedback=(), cursor={**moved, "at": search}, is_complete=False)
            return self._with_new_session(cursor, answer)
        frame = read_object(answer)
        posts = needed_rows(answer, frame, "posts")
        said, refused = read_all(self._of_customers(posts), self._read)
        walk = walk.after_page(
            newest=newest_of(said),
            token=word(frame.get("cursor")),
            # Behind the last post the server goes on naming pages.
            reached_mark=not posts,
        )
        moved, is_complete = move_on(cursor, self._searches, search, walk)
        moved["shown"] = shown_from(cursor.get("shown"), self._now).with_page(said).to_cursor()
        if is_complete:
            moved, is_complete = end_of_walk(moved, self._now, ASK_AGAIN)
        return Page(
            feedback=tuple(reversed(said)), cursor=moved, is_complete=is_complete, refused=refused
        )

    def _asked(self, search: str, walk: Walk) -> list[tuple[str, str]]:
        asked = [("q", search), ("sort", "latest"), ("limit", str(PAGE_SIZE))]
        if walk.mark:
            asked.append(("since", to_text(from_text(walk.mark) - OVERLAP)))
        return [*asked, *([("cursor", walk.token)] if walk.token else [])]

    def _get(
        self, method: str, asked: list[tuple[str, str]], headers: Mapping[str, str]
    ) -> HttpAnswer:
        return self._http.get(
            f"{self._root}/xrpc/app.bsky.feed.{method}?{urlencode(asked)}",
            now=self._now,
            headers=headers,
            good=frozenset({200, 400, 401}),
            explain=explain,
        )

    def _with_new_session(
        self, cursor: Mapping[str, object], answer: HttpAnswer | None = None
    ) -> Page:
        if answer is not None and error_name(answer) == "BadQueryString":
            raise SourceContractError(
                f"{host_of(self._root)} does not understand the search",
                advice="Correct search in heedful.toml: plain words, or a phrase in quotes.",
            )
        if answer is not None and error_name(answer) not in STALE:
            raise explain(answer, self._now) or error_for(answer, self._now)
        return Page(feedback=(), cursor=self._session.renewed(cursor), is_complete=False)

    def _of_customers(self, posts: list[Any]) -> list[Any]:
        return [
            post
            for post in posts
            if not {str(inside(post, "author").get(name)).lower() for name in ("handle", "did")}
            & self._ignored
        ]

    def _read(self, post: Mapping[str, Any]) -> Feedback | None:
        uri, record, author = word(post.get("uri")), inside(post, "record"), inside(post, "author")
        indexed_at, created_at = moment(post.get("indexedAt")), moment(record.get("createdAt"))
        known = [at for at in (created_at, indexed_at) if at is not None]
        text = record.get("text")
        text = clean(text) if isinstance(text, str) else ""
        if uri is None or not known or not text:
            return None
        did = word(author.get("did"))
        languages = record.get("langs")
        return Feedback(
            business_id=self._business_id,
            source=self._settings.name,
            external_id=uri,
            kind=FeedbackKind.MENTION,
            text=text,
            # Whoever posts sets this time himself; it is never later than its arrival.
            written_at=min(known),
            updated_at=indexed_at or known[0],
            author=first_word(author, "displayName", "handle"),
            author_id=did,
            language=language(languages[0]) if isinstance(languages, list) and languages else None,
            location=self._settings.location,
            url=_link(uri, did),
        ).clamped(self._now)

    def _ask_again(self, cursor: Mapping[str, object], headers: Mapping[str, str]) -> Page:
        shown = shown_from(cursor.get("shown"), self._now)
        asked = shown.next_to_ask(ASKED_AGAIN)
        answer = self._get("getPosts", [("uris", uri) for uri in asked], headers)
        if answer.status != 200:
            return self._with_new_session(cursor, answer)
        posts = needed_rows(answer, read_object(answer), "posts")
        gone = shown.gone_of(asked, {str(inside(post).get("uri")) for post in posts})
        deletions = shown.deletions(
            gone,
            business_id=self._business_id,
            source=self._settings.name,
            kind=FeedbackKind.MENTION,
            location=self._settings.location,
            now=self._now,
        )
        cursor = end_of_asking(cursor, shown.after_asking(asked, gone))
        return Page(feedback=deletions, cursor=cursor, is_complete=True)


def _link(uri: str, did: str | None) -> str | None:
    # at://did:plc:abc/app.bsky.feed.post/3k
    parts = uri.removeprefix("at://").split("/")
    if len(parts) != 3 or not uri.startswith("at://"):
        return None
    return f"https://bsky.app/profile/{did or parts[0]}/post/{parts[2]}"


KIND = SourceKind(
    name="bluesky",
    title="Bluesky search",
    required={
        "handle": "the handle of your account, such as rosa.bsky.social",
        "search": 'what to search for, for example ["\\"rosa bakery\\""]',
    },
    optional={
        "ignore": "accounts whose posts are no feedback, beside your own",
        "address": f"the server your account lives on, when it is not {USUAL_SERVER}",
    },
    needs_secret=True,
    build=Bluesky,
    secret_form="an app password of that account",  # noqa: S106
)
