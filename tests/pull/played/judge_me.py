"""Judge.me, played: numbered pages, and one review by its id."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, ClassVar

from chalicelib.pull.judge_me import KIND
from tests.pull.playing import Answer, Asked, Played


class PlayedJudgeMe(Played):
    """Three reviews a page, whatever is asked for."""

    kind = KIND
    options: Mapping[str, object] = MappingProxyType({"shop": "rosa.myshopify.com"})
    secrets: tuple[str, ...] = ("private",)
    faulty = "judge.me/api/v1/reviews"
    page_size = 3
    fields: ClassVar = {
        "id": "external_id",
        "title": "text",
        "body": "text",
        "rating": "stars",
        "created_at": "written_at",
        "updated_at": "updated_at",
        "reviewer.name": "author",
        "reviewer.external_id": "author_id",
        "product_handle": "url",
    }
    error_bodies: ClassVar = {401: {"error": "Invalid token"}}

    def entry(self, number: int, moment: datetime) -> dict[str, Any]:
        """A review, with what must not be read of its customer."""
        return {
            "id": 9000 + number,
            "title": "Stale",
            "body": f"The rye was stale, number {number}",
            "rating": number % 5 + 1,
            "product_external_id": 77,
            "product_handle": "rye-bread",
            "reviewer": {
                "id": number,
                "external_id": 500 + number,
                "email": f"customer{number}@mail.example",
                "name": f"Customer {number}",
                "phone": "+4930123456",
            },
            "source": "web",
            "curated": "ok",
            "hidden": False,
            "verified": "buyer",
            "created_at": moment.isoformat(),
            "updated_at": (moment + timedelta(seconds=3)).isoformat(),
            "pictures": [],
            "ip_address": "192.0.2.7",
        }

    def edit(self) -> None:
        """Its place stays."""
        changed = (self.moment + timedelta(hours=1)).isoformat()
        self.entries[0] |= {"body": "Warm now", "updated_at": changed}

    def answer(self, asked: Asked) -> Answer:
        """A page, or one review."""
        assert asked.query["api_token"] == "private"
        assert asked.query["shop_domain"] == "rosa.myshopify.com"
        key = asked.path.removeprefix("/api/v1/reviews").lstrip("/")
        if key:
            found = [one for one in self.entries if str(one["id"]) == key]
            if not found:
                return Answer(said={"error": "Not found"}, status=404)
            return Answer(said={"review": found[0]})
        page = int(asked.query["page"])
        start = (page - 1) * self.page_size
        found = self.entries[start : start + self.page_size]
        return Answer(said={"current_page": page, "per_page": self.page_size, "reviews": found})
