"""Instagram, played: posts with their newest comments, further pages of them, tags, one comment."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from chalicelib.pull.instagram import KIND
from tests.pull.playing import Answer, Asked, Played

ACCOUNT, POST = "17841400000000001", "18000000000000001"
ROOT = "/v26.0"
GONE = {"error": {"message": "x", "type": "y", "code": 100, "error_subcode": 33, "fbtrace_id": "z"}}


class PlayedInstagram(Played):
    """One post, three comments a page."""

    kind = KIND
    options: Mapping[str, object] = {"account": ACCOUNT}
    secrets: tuple[str, ...] = ("token",)
    faulty = f"graph.instagram.com{ROOT}/{ACCOUNT}/media"
    page_size = 3
    fields: ClassVar = {
        "id": "external_id",
        "text": "text",
        "timestamp": "written_at",
        "username": "author",
    }
    error_bodies: ClassVar = {
        400: {"error": {"message": "x", "type": "OAuthException", "code": 100}},
        401: {"error": {"message": "x", "type": "OAuthException", "code": 190}},
        403: {"error": {"message": "x", "type": "OAuthException", "code": 10}},
        429: {"error": {"message": "x", "type": "OAuthException", "code": 4}},
    }
    has_edits = False

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[Any] = []

    def entry(self, number: int, moment: datetime) -> dict[str, Any]:
        """A comment."""
        return {
            "id": str(17900 + number),
            "text": f"The bread was cold, number {number}",
            "username": f"customer.{number}",
            "timestamp": moment.strftime("%Y-%m-%dT%H:%M:%S+0000"),
            "like_count": 0,
        }

    def answer(self, asked: Asked) -> Answer:
        """What stands at the address; further pages are named as Instagram names them."""
        assert asked.headers["authorization"] == "Bearer token"
        assert "access_token" not in asked.query
        token = asked.query.get("after", "c0").removeprefix("c")
        if not token.isdigit():
            return Answer(said=self.error_bodies[400], status=400)
        start = int(token)
        what = asked.path.removeprefix(f"{ROOT}/")
        if what == f"{ACCOUNT}/media":
            assert "comments.limit(50){id,text,username,timestamp,replies{" in asked.query["fields"]
            post = {"id": POST, "username": "rosa.bakery", "permalink": "https://ig.example/p/1/"}
            if self.entries:
                post["comments"] = self._page(self.entries, 0)  # type: ignore[assignment]
            return Answer(said={"data": [post], "paging": {"cursors": {"after": "x"}}})
        if what == f"{POST}/comments":
            return Answer(said=self._page(self.entries, start))
        if what == f"{ACCOUNT}/tags":
            return Answer(said=self._page(self.tags, start))
        if what in [one["id"] for one in self.entries]:
            return Answer(said={"id": what})
        return Answer(said=GONE, status=400)

    def _page(self, entries: list[Any], start: int) -> dict[str, Any]:
        end = start + self.page_size
        paging: dict[str, Any] = {"cursors": {"before": "b", "after": f"c{end}"}}
        if end < len(entries):
            paging["next"] = "https://graph.instagram.com/next?access_token=secret"
        return {"data": entries[start:end], "paging": paging}
