"""Posts on Mastodon that bear a hashtag or mention the business (contracts A12).

`min_id` walks forward without gaps, a page at a time, until a page is empty; an edited or deleted
post is not announced, so a few known ones are asked for again at the end of a look.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from chalicelib.domain.errors import SettingsError, SourceAuthError, SourceError
from chalicelib.domain.feedback import Feedback, FeedbackKind, Page
from chalicelib.ports import HttpAnswer, PullContext, SourceKind
from chalicelib.pull.follow_up import end_of_asking, end_of_walk, is_asking, shown_from
from chalicelib.pull.http_errors import host_of
from chalicelib.pull.json_answer import (
    first_word,
    inside,
    language,
    moment,
    read_all,
    read_list,
    read_object,
    web_address,
    word,
)
from chalicelib.pull.options import is_wanted, word_of, words_of
from chalicelib.pull.plain_text import from_html

PAGE_SIZE = 40
ASK_AGAIN, ASKED_AGAIN = timedelta(hours=1), 10
MENTIONS = "mentions"
_PREVIOUS = re.compile(r'<([^<>]*)>\s*;\s*rel="?prev"?')


class Mastodon:
    """The streams of one instance. Options: `address`, `tags`, `mentions`, `ignore`."""

    def __init__(self, context: PullContext) -> None:
        options = context.settings.options
        self._business_id = context.business.business_id
        self._settings = context.settings
        self._http = context.http
        self._now = context.now
        self._root = word_of(options, "address").rstrip("/")
        self._host = host_of(self._root)
        self._headers = {"Authorization": f"Bearer {context.secrets[0]}"} if context.secrets else {}
        self._ignored = frozenset(self._full(name) for name in words_of(options, "ignore"))
        self._streams = [tag.lstrip("#") for tag in words_of(options, "tags")]
        if is_wanted(options, "mentions"):
            self._streams.append(MENTIONS)
            if not context.secrets:
                raise SettingsError("mentions on Mastodon need a secret: an access token")
        if not self._streams:
            raise SettingsError('a mastodon source needs tags = ["…"] or mentions = true')

    def fetch(self, cursor: Mapping[str, object]) -> Page:
        """One page of one stream, oldest first. Raises a SourceError."""
        if is_asking(cursor, self._now):
            return self._ask_again(cursor)
        at = str(cursor.get("at"))
        stream = at if at in self._streams else self._streams[0]
        seen = word(inside(cursor, "seen").get(stream))
        answer = self._get(self._path(stream, seen))
        entries = read_list(answer)
        said, refused = read_all(self._of_customers(entries, stream), self._read)
        newest = _newest(answer, entries) or seen
        shown = shown_from(cursor.get("shown"), self._now).with_page(said)
        moved: dict[str, Any] = {
            **{name: value for name, value in cursor.items() if name != "at"},
            "seen": {**inside(cursor, "seen"), **({stream: newest} if newest else {})},
            "shown": shown.to_cursor(),
        }
        place = self._streams.index(stream)
        is_last = newest == seen
        following = self._streams[place + is_last : place + is_last + 1]
        is_complete = False
        if following:
            moved["at"] = following[0]
        else:
            moved, is_complete = end_of_walk(moved, self._now, ASK_AGAIN)
        return Page(
            feedback=tuple(reversed(said)),
            cursor=moved,
            is_complete=is_complete,
            refused=refused,
        )

    def _path(self, stream: str, seen: str | None) -> str:
        asked = {"limit": str(PAGE_SIZE)} | ({"min_id": seen} if seen else {})
        if stream == MENTIONS:
            return f"/api/v1/notifications?{urlencode({'types[]': 'mention', **asked})}"
        return f"/api/v1/timelines/tag/{quote(stream, safe='')}?{urlencode(asked)}"

    def _get(self, path: str, good: frozenset[int] = frozenset({200})) -> HttpAnswer:
        return self._http.get(
            self._root + path, now=self._now, headers=self._headers, good=good, explain=explain
        )

    def _of_customers(self, entries: list[Any], stream: str) -> list[Any]:
        # A notification wraps the post; other kinds of it are no mention. A boost wraps what
        # somebody else said, and that is what counts.
        statuses = entries
        if stream == MENTIONS:
            statuses = [
                entry.get("status") if isinstance(entry, dict) else entry
                for entry in entries
                if not isinstance(entry, dict) or entry.get("type", "mention") == "mention"
            ]
        statuses = [inside(status, "reblog") or status for status in statuses]
        return [status for status in statuses if self._author_id(status) not in self._ignored]

    def _author_id(self, status: Any) -> str | None:
        name = first_word(inside(status, "account"), "acct", "username")
        return self._full(name) if name else None

    def _full(self, name: str) -> str:
        # Accounts of the instance itself are named without it.
        plain = name.lstrip("@").lower()
        return plain if "@" in plain else f"{plain}@{self._host}"

    def _read(self, status: Mapping[str, Any]) -> Feedback | None:
        key, written_at = word(status.get("id")), moment(status.get("created_at"))
        warning, content = status.get("spoiler_text"), status.get("content")
        parts = [from_html(part) for part in (warning, content) if isinstance(part, str)]
        text = "\n".join(part for part in parts if part)
        if key is None or written_at is None or not text:
            return None
        account = inside(status, "account")
        is_private = status.get("visibility") == "direct"
        return Feedback(
            business_id=self._business_id,
            source=self._settings.name,
            external_id=key,
            kind=FeedbackKind.MESSAGE if is_private else FeedbackKind.MENTION,
            text=text,
            written_at=written_at,
            updated_at=moment(status.get("edited_at")) or written_at,
            author=first_word(account, "display_name", "username", "acct"),
            author_id=self._author_id(status),
            language=language(status.get("language")),
            location=self._settings.location,
            url=web_address(status.get("url")) or web_address(status.get("uri")),
        ).clamped(self._now)

    def _ask_again(self, cursor: Mapping[str, object]) -> Page:
        shown = shown_from(cursor.get("shown"), self._now)
        asked, gone, found = shown.next_to_ask(ASKED_AGAIN), set(), []
        for key in asked:
            answer = self._get(f"/api/v1/statuses/{quote(key, safe='')}", frozenset({200, 404}))
            if answer.status == 404:
                gone.add(key)
            else:
                found.append(read_object(answer))
        said, _ = read_all(found, self._read)
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


def _newest(answer: HttpAnswer, entries: list[Any]) -> str | None:
    # The instance says itself where to go on; ids are opaque and compare with nothing.
    link = _PREVIOUS.search(answer.headers.get("Link", ""))
    asked = parse_qs(urlsplit(link.group(1)).query) if link else {}
    named = asked.get("min_id", [])
    ids = [word(entry.get("id")) for entry in entries if isinstance(entry, dict)]
    return next((key for key in [*named, *ids] if key), None)


def explain(answer: HttpAnswer, now: datetime) -> SourceError | None:
    """What an answer of an instance means; None where its status says it all."""
    # 422 is how an instance says that a stream is for those only who have signed in.
    if answer.status not in (401, 403, 422):
        return None
    return SourceAuthError(
        f"{host_of(answer.url)} wants another access token ({answer.status})",
        advice="Make an application in your account's settings there, with the scopes "
        "read:statuses and read:notifications, and store its access token as the secret.",
    )


KIND = SourceKind(
    name="mastodon",
    title="Mastodon hashtags and mentions",
    required={"address": "the https address of your instance"},
    optional={
        "tags": 'hashtags to follow, for example ["rosabakery"]',
        "mentions": "true to follow who mentions your account; needs a secret",
        "ignore": 'accounts whose posts are no feedback, your own for example ["@rosa"]',
    },
    needs_secret=False,
    build=Mastodon,
    secret_form="an access token with read:statuses and read:notifications; to post approved "  # noqa: S106
    "replies too with write:statuses",
)
