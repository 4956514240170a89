"""Yelp, Google Places and Tripadvisor, played: each shows a few reviews and has no pages."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from chalicelib.pull import google_places, tripadvisor, yelp
from tests.pull.playing import Answer, Asked, Played, iso

PLACE = "ChIJ0123456789abcdef"


class PlayedYelp(Played):
    """Three excerpts, newest first."""

    kind = yelp.KIND
    options: Mapping[str, object] = {"business": "rosa-bakery-berlin"}
    secrets: tuple[str, ...] = ("key",)
    faulty = "api.yelp.com/v3/businesses/rosa-bakery-berlin/reviews"
    fields: ClassVar = {
        "id": "external_id",
        "rating": "stars",
        "text": "text",
        "time_created": "written_at",
        "user.name": "author",
        "user.id": "author_id",
        "url": "url",
    }
    error_bodies: ClassVar = {
        400: {"error": {"code": "VALIDATION_ERROR", "field": "locale", "instance": "x"}},
        401: {"error": {"code": "TOKEN_INVALID", "description": "x"}},
        429: {"error": {"code": "TOO_MANY_REQUESTS_PER_SECOND", "description": "x"}},
    }
    has_pages = has_deletions = False

    def entry(self, number: int, moment: datetime) -> dict[str, Any]:
        """An excerpt."""
        return {
            "id": f"y{number}",
            "url": f"https://yelp.example/biz/rosa?hrid=y{number}",
            "text": f"The bread was cold, number {number}...",
            "rating": number % 5 + 1,
            "time_created": moment.strftime("%Y-%m-%d %H:%M:%S"),
            "user": {"id": f"u{number}", "name": f"Customer {number}", "image_url": None},
        }

    def edit(self) -> None:
        """The time stays."""
        self.entries[0]["text"] = "Warm now"

    def answer(self, asked: Asked) -> Answer:
        """The newest three."""
        assert asked.headers["authorization"] == "Bearer key"
        assert (asked.query["sort_by"], asked.query["locale"]) == ("newest", "en_US")
        shown = self.entries[: int(asked.query["limit"])]
        frame = {"reviews": shown, "total": len(self.entries), "possible_languages": ["en"]}
        return Answer(said=frame, headers={"RateLimit-Remaining": "299"})


class PlayedGooglePlaces(Played):
    """Five reviews, by relevance."""

    kind = google_places.KIND
    options: Mapping[str, object] = {"place": PLACE}
    secrets: tuple[str, ...] = ("key",)
    faulty = f"places.googleapis.com/v1/places/{PLACE}"
    fields: ClassVar = {
        "name": "external_id",
        "rating": "stars",
        "originalText.text": "text",
        "originalText.languageCode": "language",
        "publishTime": "written_at",
        "authorAttribution.displayName": "author",
        "googleMapsUri": "url",
    }
    error_bodies: ClassVar = {
        400: {"error": {"code": 400, "message": "x", "status": "INVALID_ARGUMENT"}},
        403: {"error": {"code": 403, "message": "x", "status": "PERMISSION_DENIED"}},
        429: {"error": {"code": 429, "message": "x", "status": "RESOURCE_EXHAUSTED"}},
    }
    has_pages = has_deletions = False

    def entry(self, number: int, moment: datetime) -> dict[str, Any]:
        """A review."""
        return {
            "name": f"places/{PLACE}/reviews/r{number}",
            "relativePublishTimeDescription": "a day ago",
            "rating": float(number % 5 + 1),
            "text": {"text": f"Translated, number {number}", "languageCode": "en"},
            "originalText": {"text": f"Das Brot war kalt, {number}", "languageCode": "de"},
            "authorAttribution": {"displayName": f"Customer {number}", "uri": "https://a.example"},
            "publishTime": iso(moment),
            "googleMapsUri": f"https://maps.example/{number}",
        }

    def edit(self) -> None:
        """The time stays."""
        self.entries[0]["originalText"] = {"text": "Warm now", "languageCode": "en"}

    def answer(self, asked: Asked) -> Answer:
        """The place."""
        assert asked.headers["x-goog-api-key"] == "key"
        assert asked.headers["x-goog-fieldmask"] == "id,rating,userRatingCount,reviews"
        place: dict[str, Any] = {"id": PLACE, "rating": 3.4, "userRatingCount": 87}
        if self.entries:
            place["reviews"] = [*self.entries[1:5], self.entries[0]]
        return Answer(said=place)


class PlayedTripadvisor(Played):
    """Five reviews, newest first."""

    kind = tripadvisor.KIND
    options: Mapping[str, object] = {"place": "1234567"}
    secrets: tuple[str, ...] = ("key",)
    faulty = "api.content.tripadvisor.com/api/v1/location/1234567/reviews"
    fields: ClassVar = {
        "id": "external_id",
        "rating": "stars",
        "title": "text",
        "text": "text",
        "lang": "language",
        "published_date": "written_at",
        "user.username": "author",
        "url": "url",
    }
    has_pages = has_deletions = False

    def entry(self, number: int, moment: datetime) -> dict[str, Any]:
        """A review."""
        return {
            "id": 8000 + number,
            "lang": "en",
            "location_id": 1234567,
            "published_date": iso(moment),
            "rating": number % 5 + 1,
            "url": f"https://trips.example/{number}",
            "title": "Cold",
            "text": f"The bread was cold, number {number}",
            "trip_type": "Family",
            "travel_date": "2026-03-31",
            "user": {"username": f"Customer {number}", "user_location": {"id": "null"}},
            "owner_response": None,
        }

    def edit(self) -> None:
        """The time stays."""
        self.entries[0]["text"] = "Warm now"

    def answer(self, asked: Asked) -> Answer:
        """The newest five."""
        assert (asked.query["key"], asked.query["language"]) == ("key", "en")
        return Answer(said={"data": self.entries[:5]})
