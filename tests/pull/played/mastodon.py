"""A Mastodon instance, played: one tag's timeline, mentions, and single posts."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, ClassVar

from chalicelib.pull.mastodon import KIND
from tests.pull.playing import Answer, Asked, Played, iso

TAG = "/api/v1/timelines/tag/rosabakery"
ROOT = "https://social.example"


class PlayedMastodon(Played):
    """Three posts a page, whatever limit is asked for."""

    kind = KIND
    options: Mapping[str, object] = MappingProxyType(
        {"address": ROOT, "tags": ["#rosabakery"], "ignore": ["@rosa"]}
    )
    secrets: tuple[str, ...] = ("token",)
    faulty = f"social.example{TAG}"
    page_size = 3
    fields: ClassVar = {
        "id": "external_id",
        "created_at": "written_at",
        "edited_at": "updated_at",
        "account.acct": "author_id",
        "account.display_name": "author",
        "content": "text",
        "spoiler_text": "text",
        "language": "language",
        "url": "url",
    }
    error_bodies: ClassVar = {401: {"error": "The access token is invalid"}}

    def entry(self, number: int, moment: datetime) -> dict[str, Any]:
        """A status."""
        return {
            "id": str(116_000_000_000_000_000 + number),
            "created_at": iso(moment),
            "edited_at": iso(moment + timedelta(seconds=5)),
            "account": {
                "id": "7",
                "acct": f"customer{number}@elsewhere.example",
                "display_name": f"Customer {number}",
                "url": f"https://elsewhere.example/@customer{number}",
            },
            "content": f"<p>Cold bread<br>number {number} <a href='#'>#rosabakery</a></p>",
            "spoiler_text": "food",
            "language": "en",
            "url": f"https://elsewhere.example/@customer{number}/{number}",
            "uri": f"https://elsewhere.example/users/customer{number}/statuses/{number}",
            "visibility": "public",
            "tags": [{"name": "rosabakery"}],
        }

    def edit(self) -> None:
        """Its place in the timeline stays."""
        self.entries[0] |= {"content": "<p>Warm now</p>", "edited_at": iso(self.moment)}
        self.entries[0]["edited_at"] = iso(self.moment + timedelta(hours=1))

    def answer(self, asked: Asked) -> Answer:
        """The page after an id, the newest page, or one post."""
        assert asked.headers.get("authorization") == "Bearer token"
        if asked.path.startswith("/api/v1/statuses/"):
            key = asked.path.rsplit("/", 1)[-1]
            found = [entry for entry in self.entries if entry["id"] == key]
            if not found:
                return Answer(said={"error": "Record not found"}, status=404)
            return Answer(said=found[0])
        assert asked.query["limit"] == "40"
        found = list(self.entries)
        if "min_id" in asked.query:
            found = [one for one in found if int(one["id"]) > int(asked.query["min_id"])]
            found = found[-self.page_size :]
        else:
            found = found[:40]
        return self.page(asked, found)

    def page(self, asked: Asked, found: list[dict[str, Any]]) -> Answer:
        """A page with the header that says where to go on."""
        if not found:
            return Answer(said=[])
        link = (
            f'<{ROOT}{asked.path}?limit=40&max_id={found[-1]["id"]}>; rel="next", '
            f'<{ROOT}{asked.path}?limit=40&min_id={found[0]["id"]}>; rel="prev"'
        )
        return Answer(said=found, headers={"Link": link})
