"""Stories and comments on Hacker News, by its public search (contracts A13).

The search shows a thousand hits at most, so pages are parted by time and not by number. Comments
can be edited for two hours: the overlap is as long. What is deleted is found by asking for a few
known ones again, at the site's own interface.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

from chalicelib.domain.clock import from_text
from chalicelib.domain.errors import SettingsError
from chalicelib.domain.feedback import Feedback, FeedbackKind, Page
from chalicelib.ports import PullContext, SourceKind
from chalicelib.pull.follow_up import end_of_asking, end_of_walk, is_asking, shown_from
from chalicelib.pull.json_answer import (
    inside,
    moment,
    needed_rows,
    number,
    read_all,
    read_json,
    read_object,
    word,
)
from chalicelib.pull.newest_first import Walk, move_on, newest_of, stream_at, walk_of
from chalicelib.pull.options import words_of
from chalicelib.pull.plain_text import from_html

SEARCH = "https://hn.algolia.com/api/v1/search_by_date"
ITEM = "https://hacker-news.firebaseio.com/v0/item/"
PAGE_SIZE = 100
OVERLAP, HISTORY = timedelta(hours=2, minutes=10), timedelta(days=90)
ASK_AGAIN, ASKED_AGAIN = timedelta(hours=6), 10


class HackerNews:
    """One or more searches. Options: `search`, `ignore`."""

    def __init__(self, context: PullContext) -> None:
        options = context.settings.options
        self._business_id = context.business.business_id
        self._settings = context.settings
        self._http = context.http
        self._now = context.now
        self._searches = words_of(options, "search")
        self._ignored = frozenset(words_of(options, "ignore"))
        if not self._searches:
            raise SettingsError('a hacker_news source needs search = ["…"]')

    def fetch(self, cursor: Mapping[str, object]) -> Page:
        """One page of one search, oldest first. Raises a SourceError."""
        if is_asking(cursor, self._now):
            return self._ask_again(cursor)
        search = stream_at(cursor, self._searches)
        walk = walk_of(cursor, search)
        answer = self._http.get(f"{SEARCH}?{urlencode(self._asked(search, walk))}", now=self._now)
        frame = read_object(answer)
        hits = needed_rows(answer, frame, "hits")
        said, refused = read_all(
            [hit for hit in hits if word(inside(hit).get("author")) not in self._ignored],
            self._read,
        )
        seconds = [at for hit in hits if (at := number(inside(hit).get("created_at_i")))]
        pages = number(frame.get("nbPages"))
        has_more = pages > 1 if pages is not None else len(hits) >= PAGE_SIZE
        walk = walk.after_page(
            newest=newest_of(said),
            token=str(int(min(seconds))) if seconds and has_more else None,
            reached_mark=False,
        )
        moved, is_complete = move_on(cursor, self._searches, search, walk)
        moved["shown"] = shown_from(cursor.get("shown"), self._now).with_page(said).to_cursor()
        if is_complete:
            moved, is_complete = end_of_walk(moved, self._now, ASK_AGAIN)
        return Page(
            feedback=tuple(reversed(said)), cursor=moved, is_complete=is_complete, refused=refused
        )

    def _asked(self, search: str, walk: Walk) -> dict[str, str]:
        since = from_text(walk.mark) - OVERLAP if walk.mark else self._now - HISTORY
        between = [f"created_at_i>{int(since.timestamp())}"]
        if walk.token:
            # Several may have been written in that very second.
            between.append(f"created_at_i<={walk.token}")
        return {
            "query": search,
            "tags": "(story,comment)",
            "numericFilters": ",".join(between),
            "hitsPerPage": str(PAGE_SIZE),
        }

    def _read(self, hit: Mapping[str, Any]) -> Feedback | None:
        key = word(hit.get("objectID"))
        written_at = moment(hit.get("created_at_i")) or moment(hit.get("created_at"))
        parts = [
            from_html(part)
            for part in (hit.get("title"), hit.get("story_text"), hit.get("comment_text"))
            if isinstance(part, str)
        ]
        text = "\n".join(part for part in parts if part)
        if key is None or written_at is None or not text:
            return None
        author = word(hit.get("author"))
        return Feedback(
            business_id=self._business_id,
            source=self._settings.name,
            external_id=key,
            kind=FeedbackKind.MENTION,
            text=text,
            written_at=written_at,
            updated_at=written_at,
            author=author,
            author_id=author,
            location=self._settings.location,
            url=f"https://news.ycombinator.com/item?id={quote(key, safe='')}",
        ).clamped(self._now)

    def _ask_again(self, cursor: Mapping[str, object]) -> Page:
        shown = shown_from(cursor.get("shown"), self._now)
        asked = shown.next_to_ask(ASKED_AGAIN)
        gone = {key for key in asked if self._is_gone(key)}
        deletions = shown.deletions(
            gone,
            business_id=self._business_id,
            source=self._settings.name,
            kind=FeedbackKind.MENTION,
            location=self._settings.location,
            now=self._now,
        )
        return Page(
            feedback=deletions,
            cursor=end_of_asking(cursor, shown.after_asking(asked, gone)),
            is_complete=True,
        )

    def _is_gone(self, key: str) -> bool:
        answer = self._http.get(f"{ITEM}{quote(key, safe='')}.json", now=self._now)
        item = read_json(answer)
        return inside(item).get("deleted") is True or inside(item).get("dead") is True


KIND = SourceKind(
    name="hacker_news",
    title="Hacker News",
    required={"search": 'what to search for, for example ["\\"rosa bakery\\""]'},
    optional={"ignore": "authors whose words are no feedback, your own for example"},
    needs_secret=False,
    build=HackerNews,
)
