"""Posts on X: mentions of the owner's account, and searches of the last seven days (contracts A1).

Every post that is read costs money, so a month's limit is asked for and kept. The oldest id we hold
stays fixed over all pages of a walk, and the newest of page one is where the next begins. An edited
post comes as a new one that names its first version; X's terms want deletions followed, so posts of
the last month are asked for again once a day.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.domain.errors import SettingsError, SourceContractError, SourceCreditsError
from chalicelib.domain.feedback import Feedback, FeedbackKind, Page
from chalicelib.ports import HttpAnswer, PullContext, SourceKind
from chalicelib.pull.follow_up import end_of_asking, end_of_walk, is_asking, shown_from
from chalicelib.pull.json_answer import (
    broken,
    first_word,
    inside,
    language,
    moment,
    number,
    read_all,
    read_object,
    rows,
    word,
)
from chalicelib.pull.newest_first import Walk, move_on, stream_at, walk_of
from chalicelib.pull.options import is_wanted, number_of, word_of, words_of
from chalicelib.pull.plain_text import unescaped
from chalicelib.pull.x_client import XClient

PAGE_SIZE, SMALLEST_PAGE = 100, 10
# A search reaches back a week, and refuses an id or a time beyond it.
REACH = timedelta(days=7) - timedelta(minutes=10)
ASK_AGAIN, ASKED_AGAIN, FOLLOWED_FOR = timedelta(days=1), 100, timedelta(days=30)
FIELDS = ["created_at", "lang", "author_id", "note_tweet", "referenced_tweets",
          "edit_history_tweet_ids"]  # fmt: skip
MENTIONS = "mentions"
# When ids began to carry their time, in milliseconds since 1970.
FIRST_MILLISECOND = 1_288_834_974_657


class X:
    """Options: `posts_per_month`, `search`, `user_id`, `names`, `ignore`."""

    def __init__(self, context: PullContext) -> None:
        options = context.settings.options
        self._business_id = context.business.business_id
        self._settings = context.settings
        self._now = context.now
        self._limit = number_of(options, "posts_per_month", 0, most=1_000_000)
        self._user_id = word_of(options, "user_id") if "user_id" in options else None
        self._has_names = is_wanted(options, "names")
        self._streams = ([MENTIONS] if self._user_id else []) + list(words_of(options, "search"))
        if not self._streams or not context.secrets:
            raise SettingsError(
                'an x source needs user_id = "…" or search = ["…"], and a Bearer token as secret'
            )
        own = {self._user_id} if self._user_id else set()
        self._ignored = own | {one.lstrip("@").lower() for one in words_of(options, "ignore")}
        self._client = XClient(context.http, token=context.secrets[0], now=context.now)

    def fetch(self, cursor: Mapping[str, object]) -> Page:
        """One page of one stream, oldest first. Raises a SourceError."""
        left = self._limit - self._spent(cursor)
        if is_asking(cursor, self._now):
            return self._ask_again(cursor, left)
        if left < SMALLEST_PAGE:
            raise SourceCreditsError(
                f"the limit of {self._limit} posts for this month is reached",
                advice="Raise posts_per_month in heedful.toml, or wait for the next month.",
            )
        stream = stream_at(cursor, self._streams)
        walk = walk_of(cursor, stream)
        try:
            answer = self._page(stream, walk, min(PAGE_SIZE, left))
        except SourceContractError:
            restarted = walk.restart(self._now)
            if restarted is None:
                raise
            moved, _ = move_on(cursor, self._streams, stream, restarted)
            return Page(feedback=(), cursor={**moved, "at": stream}, is_complete=False)
        frame = read_object(answer)
        if not {"data", "meta"} & {*frame}:
            # A page without posts still says that it has none.
            raise broken(answer, "neither posts nor their number")
        entries, meta = rows(answer, frame, "data"), inside(frame, "meta")
        users = {word(one.get("id")): one for one in _users(frame)}
        said, refused = read_all(
            [one for one in entries if not self._is_ignored(one, users)],
            lambda entry: self._read(entry, users),
        )
        walk = walk.after_page(
            newest=word(meta.get("newest_id")) or _newest(entries),
            token=word(meta.get("next_token")),
            reached_mark=False,
        )
        moved, is_complete = move_on(cursor, self._streams, stream, walk)
        moved["shown"] = shown_from(cursor.get("shown"), self._now).with_page(said).to_cursor()
        moved["spent"] = self._with_spent(cursor, len(entries))
        if is_complete:
            moved, is_complete = end_of_walk(moved, self._now, ASK_AGAIN)
        return Page(
            feedback=tuple(reversed(said)), cursor=moved, is_complete=is_complete, refused=refused
        )

    def _page(self, stream: str, walk: Walk, size: int) -> HttpAnswer:
        asked: dict[str, Any] = {"max_results": size, "tweet_fields": FIELDS}
        if self._has_names:
            asked |= {"expansions": ["author_id"], "user_fields": ["username", "name"]}
        if stream == MENTIONS:
            asked |= {"since_id": walk.mark, "pagination_token": walk.token}
            return self._client.mentions(str(self._user_id), **asked)
        asked |= {"next_token": walk.token}
        oldest = self._now - REACH
        known_at = posted_at(walk.mark) if walk.mark else None
        if known_at is not None and known_at > oldest:
            return self._client.search(stream, since_id=walk.mark, **asked)
        # X remembers nothing older; what a longer silence missed is gone.
        return self._client.search(stream, start_time=oldest if walk.mark else None, **asked)

    def _spent(self, cursor: Mapping[str, object]) -> int:
        spent = inside(cursor, "spent")
        is_now = spent.get("month") == f"{self._now:%Y-%m}"
        return int(number(spent.get("posts")) or 0) if is_now else 0

    def _with_spent(self, cursor: Mapping[str, object], posts: int) -> dict[str, Any]:
        return {"month": f"{self._now:%Y-%m}", "posts": self._spent(cursor) + posts}

    def _is_ignored(self, entry: Any, users: Mapping[str | None, Mapping[str, Any]]) -> bool:
        author = word(inside(entry).get("author_id"))
        name = word(users.get(author, {}).get("username"))
        return bool({author, (name or "").lower()} & self._ignored)

    def _read(
        self, entry: Mapping[str, Any], users: Mapping[str | None, Mapping[str, Any]]
    ) -> Feedback | None:
        key = word(entry.get("id"))
        # A long post is cut in `text`.
        long = inside(entry, "note_post") or inside(entry, "note_tweet")
        text = word(long.get("text")) or entry.get("text")
        text = unescaped(text) if isinstance(text, str) else ""
        changed_at = moment(entry.get("created_at")) or (posted_at(key) if key else None)
        if key is None or changed_at is None or not text:
            return None
        first = _first_version(entry) or key
        author_id = word(entry.get("author_id"))
        user = users.get(author_id, {})
        return Feedback(
            business_id=self._business_id,
            source=self._settings.name,
            external_id=first,
            kind=FeedbackKind.MENTION,
            text=text,
            written_at=changed_at if first == key else posted_at(first) or changed_at,
            updated_at=changed_at,
            author=first_word(user, "name", "username"),
            author_id=author_id,
            language=language(entry.get("lang")),
            location=self._settings.location,
            url=f"https://x.com/i/web/status/{key}",
        ).clamped(self._now)

    def _ask_again(self, cursor: Mapping[str, object], left: int) -> Page:
        shown = shown_from(cursor.get("shown"), self._now)
        asked = shown.next_to_ask(min(ASKED_AGAIN, max(left, 0)), since=self._now - FOLLOWED_FOR)
        gone: set[str] = set()
        spent = dict(inside(cursor, "spent"))
        if asked:
            answer = self._client.posts(asked, tweet_fields=["created_at"])
            frame = read_object(answer)
            found = [inside(one).get("id") for one in rows(answer, frame, "data")]
            spent = self._with_spent(cursor, len(found))
            gone = shown.gone_of(asked, {str(key) for key in found})
            # X names what it no longer shows, also when that is all of it.
            named = [one for one in rows(answer, frame, "errors") if isinstance(one, dict)]
            gone |= {first_word(one, "resource_id", "value") or "" for one in named} & {*asked}
        deletions = shown.deletions(
            gone,
            business_id=self._business_id,
            source=self._settings.name,
            kind=FeedbackKind.MENTION,
            location=self._settings.location,
            now=self._now,
        )
        moved = end_of_asking(cursor, shown.after_asking(asked, gone)) | {"spent": spent}
        return Page(feedback=deletions, cursor=moved, is_complete=True)


def posted_at(key: str) -> datetime | None:
    """The time that an id carries; None for one from before ids did, or for what is no id."""
    if not key.isascii() or not key.isdigit() or not 10**14 < int(key) < 2**63:
        return None
    return datetime.fromtimestamp(((int(key) >> 22) + FIRST_MILLISECOND) / 1000, UTC)


def _first_version(entry: Mapping[str, Any]) -> str | None:
    for name in ("edit_history_post_ids", "edit_history_tweet_ids"):
        history = entry.get(name)
        if isinstance(history, list) and history:
            return word(history[0])
    return None


def _newest(entries: list[Any]) -> str | None:
    keys = [word(inside(entry).get("id")) or "" for entry in entries]
    return max((key for key in keys if key.isdigit()), key=int, default=None)


def _users(frame: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = inside(frame, "includes").get("users")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


KIND = SourceKind(
    name="x",
    title="X mentions and search",
    required={
        "posts_per_month": "how many posts may be read a month; 1,000 cost up to 5 US dollars"
    },
    optional={
        "user_id": "the number of your own account, to follow who mentions it",
        "search": 'what to search for, for example ["\\"rosa bakery\\" -is:retweet"]',
        "names": "true to read the authors' names too, which X bills apart",
        "ignore": "accounts whose posts are no feedback, by number, beside your own",
    },
    needs_secret=True,
    build=X,
    secret_form="the app-only Bearer token",  # noqa: S106
    costs="for 1,000 posts 5 US dollars by search and when asked for again, 1 US dollar as "
    "mentions of your own account; for 1,000 names 10 US dollars; prepaid",
)
