"""Hacker News, played: its search by date, and its own interface for one item."""

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar

from chalicelib.pull.hacker_news import KIND
from tests.pull.playing import Answer, Asked, Played


class PlayedHackerNews(Played):
    """Three hits a page, whatever is asked for."""

    kind = KIND
    options: Mapping[str, object] = MappingProxyType({"search": ['"rosa bakery"']})
    faulty = "hn.algolia.com/api/v1/search_by_date"
    page_size = 3
    fields: ClassVar = {
        "objectID": "external_id",
        "comment_text": "text",
        "author": "author",
        "created_at_i": "written_at",
    }
    error_bodies: ClassVar = {400: {"message": "invalid", "status": 400}}

    def entry(self, number: int, moment: datetime) -> dict[str, Any]:
        """A comment."""
        return {
            "objectID": str(4_000_000 + number),
            "author": f"customer{number}",
            "created_at": "2026-01-01T00:00:00Z",
            "created_at_i": int(moment.timestamp()),
            "title": None,
            "url": None,
            "story_text": None,
            "comment_text": f"Rosa bakery&#x27;s rye<p>was stale, number {number}",
            "story_id": 3_999_999,
            "parent_id": 3_999_999,
            "_tags": ["comment", f"author_customer{number}"],
            "points": None,
        }

    def edit(self) -> None:
        """Nothing but the text changes."""
        self.entries[0]["comment_text"] = "Warm now"

    def answer(self, asked: Asked) -> Answer:
        """A page between two times, or one item."""
        if asked.host == "hacker-news.firebaseio.com":
            key = asked.path.removeprefix("/v0/item/").removesuffix(".json")
            is_there = any(one["objectID"] == key for one in self.entries)
            return Answer(said={"id": int(key)} | ({} if is_there else {"deleted": True}))
        assert asked.query["tags"] == "(story,comment)"
        between = re.fullmatch(
            r"created_at_i>(\d+)(?:,created_at_i<=(\d+))?", asked.query["numericFilters"]
        )
        assert between is not None
        after, until = int(between[1]), int(between[2] or 2**40)
        found = [one for one in self.entries if after < one["created_at_i"] <= until]
        return Answer(
            said={
                "hits": found[: self.page_size],
                "nbHits": len(found),
                "page": 0,
                "nbPages": -(-len(found) // self.page_size),
                "hitsPerPage": self.page_size,
            }
        )
