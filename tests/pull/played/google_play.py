"""Google Play, played: OAuth, and the reviews of a week, those changed last first."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from chalicelib.pull.google_play import KIND
from tests.pull.playing import Answer, Asked, Played

REVIEWS = "/androidpublisher/v3/applications/com.shop.app/reviews"


class PlayedGooglePlay(Played):
    """One app, three reviews a page."""

    kind = KIND
    options: Mapping[str, object] = {"package": "com.shop.app"}
    secrets: tuple[str, ...] = ('{"client_id": "c", "client_secret": "s", "refresh_token": "r"}',)
    faulty = f"androidpublisher.googleapis.com{REVIEWS}"
    page_size = 3
    fields: ClassVar = {
        "reviewId": "external_id",
        "authorName": "author",
        "comments.first.userComment.text": "text",
        "comments.first.userComment.starRating": "stars",
        "comments.first.userComment.lastModified.seconds": "updated_at",
        "comments.first.userComment.reviewerLanguage": "language",
        "comments.second.developerComment.lastModified.seconds": "answered_at",
    }
    error_bodies: ClassVar = {
        400: {"error": {"code": 400, "status": "INVALID_ARGUMENT"}},
        401: {"error": {"code": 401, "status": "UNAUTHENTICATED"}},
        403: {"error": {"code": 403, "status": "PERMISSION_DENIED"}},
        429: {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}},
    }
    has_deletions = False

    def entry(self, number: int, moment: datetime) -> dict[str, Any]:
        """A review with its answer."""
        return {
            "reviewId": f"r{number}",
            "authorName": f"Customer {number}",
            "comments": {
                "first": {
                    "userComment": {
                        "text": f"Cold\tThe bread was cold, number {number}",
                        "lastModified": {"seconds": str(int(moment.timestamp())), "nanos": 5000},
                        "starRating": number % 5 + 1,
                        "reviewerLanguage": "en_GB",
                        "device": "phone",
                        "androidOsVersion": 36,
                        "appVersionCode": 7,
                        "appVersionName": "1.7",
                        "thumbsUpCount": 0,
                        "thumbsDownCount": 0,
                    }
                },
                "second": {"developerComment": {"text": "Sorry", "lastModified": {"seconds": "1"}}},
            },
        }

    def edit(self) -> None:
        """It moves to the top with its new time."""
        self.moment = self.moment.replace(minute=59)
        said = self.entries[0]["comments"]["first"]["userComment"]
        said |= {"text": "Cold\tWarm now", "lastModified": {"seconds": self.moment.timestamp()}}

    def answer(self, asked: Asked) -> Answer:
        """A token, or a page."""
        if asked.host == "oauth2.googleapis.com":
            return Answer(said={"access_token": "t", "expires_in": 3599, "token_type": "Bearer"})
        assert asked.headers["authorization"] == "Bearer t"
        assert (asked.path, asked.query["maxResults"]) == (REVIEWS, "100")
        token = asked.query.get("token", "page0").removeprefix("page")
        if not token.isdigit():
            return Answer(said=self.error_bodies[400], status=400)
        start, end = int(token), int(token) + self.page_size
        frame: dict[str, Any] = {"pageInfo": {"totalResults": len(self.entries)}}
        if self.entries:
            frame["reviews"] = [on_the_wire(entry) for entry in self.entries[start:end]]
        if end < len(self.entries):
            frame["tokenPagination"] = {"nextPageToken": f"page{end}"}
        return Answer(said=frame)


def on_the_wire(entry: Any) -> Any:
    """The entry with its comments as the list that they are."""
    if not isinstance(entry, dict) or not isinstance(entry.get("comments"), dict):
        return entry
    return {**entry, "comments": list(entry["comments"].values())}
