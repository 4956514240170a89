"""Apple's public feed, played: reviews newest first, and the app itself before them."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from chalicelib.pull.app_store_feed import KIND
from tests.pull.playing import Answer, Asked, Played

PATH = re.compile(r"/de/rss/customerreviews/page=(\d+)/id=123456789/sortby=mostrecent/json")
THE_APP = {"id": {"label": "https://apps.example/123456789"}, "im:name": {"label": "The app"}}


class PlayedAppStoreFeed(Played):
    """The German store, three reviews a page."""

    kind = KIND
    options: Mapping[str, object] = {"app": "123456789"}
    faulty = "itunes.apple.com/de/rss"
    page_size = 3
    fields: ClassVar = {
        "id.label": "external_id",
        "im:rating.label": "stars",
        "title.label": "text",
        "content.label": "text",
        "updated.label": "updated_at",
        "author.name.label": "author",
        "link.attributes.href": "url",
    }
    has_deletions = False

    def entry(self, number: int, moment: datetime) -> dict[str, Any]:
        """A review."""
        return {
            "author": {"uri": {"label": "https://a.example"}, "name": {"label": f"C {number}"}},
            "updated": {"label": (moment - timedelta(hours=7)).strftime("%Y-%m-%dT%H:%M:%S-07:00")},
            "im:rating": {"label": str(number % 5 + 1)},
            "im:version": {"label": "1.7"},
            "id": {"label": str(9000 + number)},
            "title": {"label": "Cold"},
            "content": {
                "label": f"The bread was cold, number {number}",
                "attributes": {"type": "text"},
            },
            "link": {"attributes": {"rel": "related", "href": f"https://apps.example/{number}"}},
        }

    def edit(self) -> None:
        """It has a new time."""
        self.moment += timedelta(minutes=1)
        new = self.entry(self.written, self.moment)
        self.entries[0] |= {"updated": new["updated"], "content": {"label": "Warm now"}}

    def answer(self, asked: Asked) -> Answer:
        """A page: nothing, one entry by itself, or a list."""
        path = PATH.fullmatch(asked.path)
        assert path is not None, asked.path
        page = int(path.group(1))
        assert page <= 10
        found = self.entries[(page - 1) * self.page_size : page * self.page_size]
        feed: dict[str, Any] = {"title": {"label": "Reviews"}}
        if len(found) == 1:
            feed["entry"] = found[0]
        elif found:
            feed["entry"] = [THE_APP, *found]
        return Answer(said={"feed": feed})
