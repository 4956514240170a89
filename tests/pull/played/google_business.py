"""Google Business Profile, played: OAuth, reviews by time of change, one review by name."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, ClassVar

from chalicelib.pull.google_business import KIND
from tests.pull.playing import Answer, Asked, Played, iso

PLACE = "accounts/1/locations/2"
REVIEWS = f"/v4/{PLACE}/reviews"
STARS = ("ONE", "TWO", "THREE", "FOUR", "FIVE")


class PlayedGoogleBusiness(Played):
    """One place, three reviews a page."""

    kind = KIND
    options: Mapping[str, object] = MappingProxyType(
        {"places": {PLACE: "station"}, "maps": {PLACE: "https://maps.example/?cid=7"}}
    )
    secrets = ('{"client_id": "c", "client_secret": "s", "refresh_token": "r"}',)
    faulty = f"mybusiness.googleapis.com{REVIEWS}"
    page_size = 3
    fields: ClassVar = {
        "reviewId": "external_id",
        "starRating": "stars",
        "comment": "text",
        "createTime": "written_at",
        "updateTime": "updated_at",
        "reviewer.displayName": "author",
        "reviewer.isAnonymous": "author",
        "reviewReply.updateTime": "answered_at",
    }
    error_bodies: ClassVar = {
        400: {"error": {"code": 400, "status": "INVALID_ARGUMENT"}},
        401: {"error": {"code": 401, "status": "UNAUTHENTICATED"}},
        403: {"error": {"code": 403, "status": "PERMISSION_DENIED"}},
        404: {"error": {"code": 404, "status": "NOT_FOUND"}},
        429: {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}},
    }

    def entry(self, number: int, moment: datetime) -> dict[str, Any]:
        """A review."""
        return {
            "name": f"{PLACE}/reviews/r{number}",
            "reviewId": f"r{number}",
            "reviewer": {"displayName": f"Customer {number}", "isAnonymous": False},
            "starRating": STARS[number % 5],
            "comment": f"The bread was cold, number {number}",
            "createTime": iso(moment),
            "updateTime": iso(moment + timedelta(seconds=1)),
            "reviewReply": {"comment": "Sorry", "updateTime": iso(moment + timedelta(hours=2))},
        }

    def edit(self) -> None:
        """It moves to the top with its new time."""
        self.moment += timedelta(minutes=1)
        self.entries[0] |= {"comment": "Warm now", "updateTime": iso(self.moment)}

    def answer(self, asked: Asked) -> Answer:
        """A token, a page, or one review."""
        if asked.host == "oauth2.googleapis.com":
            assert (asked.method, asked.form["grant_type"]) == ("POST", "refresh_token")
            return Answer(said={"access_token": "t", "expires_in": 3599, "token_type": "Bearer"})
        assert asked.headers["authorization"] == "Bearer t"
        if asked.path != REVIEWS:
            name = asked.path.removeprefix("/v4/")
            found = [entry for entry in self.entries if entry["name"] == name]
            if not found:
                return Answer(said=self.error_bodies[404], status=404)
            return Answer(said=found[0])
        assert asked.query["orderBy"] == "updateTime desc"
        token = asked.query.get("pageToken", "page0")
        if not token.removeprefix("page").isdigit():
            return Answer(said=self.error_bodies[400], status=400)
        start = int(token.removeprefix("page"))
        end = start + self.page_size
        if not self.entries:
            return Answer(said={})
        frame = {
            "reviews": self.entries[start:end],
            "averageRating": 3.4,
            "totalReviewCount": len(self.entries),
        }
        if end < len(self.entries):
            frame["nextPageToken"] = f"page{end}"
        return Answer(said=frame)
