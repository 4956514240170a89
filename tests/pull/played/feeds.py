"""An RSS feed and a published sheet, played."""

import csv
import hashlib
import io
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar
from xml.sax.saxutils import escape

from chalicelib.pull import published_csv, rss
from tests.pull.given import ADDRESS
from tests.pull.playing import Answer, Asked, Played


class PlayedRss(Played):
    """A feed that is rewritten whole and knows conditional requests."""

    kind = rss.KIND
    options: Mapping[str, object] = MappingProxyType({"address": ADDRESS})
    faulty = "feeds.example/all"
    fields: ClassVar = {
        "guid": "external_id",
        "title": "text",
        "description": "text",
        "pubDate": "written_at",
        "link": "url",
        "author": "author",
    }
    # Whatever can still be read of a broken feed is read, and the next look reads it anew.
    expects: ClassVar = {"is half": None}
    has_pages = has_deletions = False

    def entry(self, number: int, moment: datetime) -> dict[str, Any]:
        """An item."""
        return {
            "guid": f"g{number}",
            "title": f"Cold bread {number}",
            "description": f"<p>It was cold &amp; late, number {number}</p>",
            "pubDate": moment.strftime("%a, %d %b %Y %H:%M:%S GMT"),
            "link": f"https://talk.example/{number}",
            "author": f"Customer {number}",
        }

    def edit(self) -> None:
        """The item says something else."""
        self.entries[0]["description"] = "Warm now"

    def answer(self, asked: Asked) -> Answer:
        """The feed, or that nothing changed."""
        items = "".join(
            "<item>" + "".join(f"<{k}>{escape(v)}</{k}>" for k, v in entry.items()) + "</item>"
            for entry in self.entries
        )
        frame = f'<rss version="2.0"><channel><title>Talk</title>{items}</channel></rss>'
        tag = f'"{hashlib.sha256(frame.encode()).hexdigest()}"'
        if asked.headers.get("if-none-match") == tag:
            return Answer(status=304)
        return Answer(
            said=f'<?xml version="1.0"?>{frame}'.encode(),
            headers={"ETag": tag, "Content-Type": "application/rss+xml"},
        )


class PlayedCsv(Played):
    """A sheet whose rows its owner appends."""

    kind = published_csv.KIND
    options: Mapping[str, object] = MappingProxyType({"address": ADDRESS})
    faulty = "feeds.example/all"
    fields: ClassVar = {
        "id": "external_id",
        "date": "written_at",
        "rating": "stars",
        "review": "text",
        "location": "location",
        "author": "author",
        "language": "language",
        "url": "url",
    }
    # A sheet is read in every charset that spreadsheets write.
    expects: ClassVar = {"is half": None, "has another charset": None}
    has_pages = has_deletions = False

    def entry(self, number: int, moment: datetime) -> dict[str, Any]:
        """A row."""
        return {
            "id": f"c{number}",
            "date": moment.strftime("%Y-%m-%d %H:%M"),
            "rating": str(number % 5 + 1),
            "review": f"The bread was cold, number {number}",
            "location": "Station kiosk",
            "author": f"Customer {number}",
            "language": "en",
            "url": f"https://talk.example/{number}",
        }

    def edit(self) -> None:
        """The row says something else."""
        self.entries[0]["review"] = "Warm now"

    def answer(self, asked: Asked) -> Answer:
        """The sheet, oldest row first."""
        sheet = io.StringIO()
        rows = list(reversed(self.entries))
        names = list(dict.fromkeys(name for row in rows for name in row))
        writer = csv.DictWriter(sheet, names)
        writer.writeheader()
        writer.writerows(rows)
        return Answer(said=sheet.getvalue().encode(), headers={"Content-Type": "text/csv"})
