"""Trustpilot, played: pages by number, newest first, and one review by its id."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from chalicelib.pull.trustpilot import KIND
from tests.pull.playing import Answer, Asked, Played, iso

UNIT = "0123456789abcdef01234567"
REVIEWS = f"/v1/business-units/{UNIT}/reviews"


class PlayedTrustpilot(Played):
    """One company, three reviews a page."""

    kind = KIND
    options: Mapping[str, object] = {"business_unit": UNIT}
    secrets: tuple[str, ...] = ("key",)
    faulty = f"api.trustpilot.com{REVIEWS}"
    page_size = 3
    fields: ClassVar = {
        "id": "external_id",
        "stars": "stars",
        "title": "text",
        "text": "text",
        "language": "language",
        "createdAt": "written_at",
        "updatedAt": "updated_at",
        "consumer.displayName": "author",
        "consumer.id": "author_id",
        "companyReply.createdAt": "answered_at",
    }

    def entry(self, number: int, moment: datetime) -> dict[str, Any]:
        """A review."""
        return {
            "id": f"{number:024}",
            "stars": number % 5 + 1,
            "title": "Cold",
            "text": f"The bread was cold, number {number}",
            "language": "en",
            "createdAt": iso(moment),
            "updatedAt": iso(moment.replace(second=30)),
            "consumer": {"id": f"c{number}", "displayName": f"Customer {number}"},
            "businessUnit": {"id": UNIT, "displayName": "Bakery"},
            "companyReply": {"text": "Sorry", "createdAt": iso(moment), "updatedAt": None},
            "isVerified": True,
            "links": [],
        }

    def edit(self) -> None:
        """It keeps its place."""
        self.entries[0] |= {"text": "Warm now", "updatedAt": iso(self.moment.replace(second=50))}

    def answer(self, asked: Asked) -> Answer:
        """A page, or one review."""
        assert asked.headers["apikey"] == "key"
        assert "apikey" not in asked.query
        if asked.path != REVIEWS:
            key = asked.path.removeprefix("/v1/reviews/")
            found = [entry for entry in self.entries if entry["id"] == key]
            if not found:
                return Answer(said={"message": "not found"}, status=404)
            return Answer(said=found[0])
        assert (asked.query["orderBy"], asked.query["perPage"]) == ("createdat.desc", "100")
        start = (int(asked.query["page"]) - 1) * self.page_size
        return Answer(said={"links": [], "reviews": self.entries[start : start + self.page_size]})
