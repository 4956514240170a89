"""What Google Maps shows of a place's reviews (contracts A3): five of them, the most relevant.

For places that are not one's own; for one's own, `google_business` hears every review. Google's
terms let nobody keep the reviews, nor anything but the place's id: only the score that we made of
one stays, under a hash that leads back to nothing.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from chalicelib.domain.business import StoragePolicy
from chalicelib.domain.errors import SettingsError
from chalicelib.domain.feedback import Feedback, FeedbackKind, Page
from chalicelib.ports import PullContext, SourceKind
from chalicelib.pull import google_errors
from chalicelib.pull.json_answer import (
    inside,
    language,
    moment,
    number,
    read_all,
    read_object,
    rows,
    web_address,
    word,
)
from chalicelib.pull.options import word_of

API = "https://places.googleapis.com/v1/places/"
FIELDS = "id,rating,userRatingCount,reviews"


class GooglePlaces:
    """One place. Options: `place`."""

    def __init__(self, context: PullContext) -> None:
        self._business = context.business
        self._settings = context.settings
        self._http = context.http
        self._now = context.now
        self._place = word_of(context.settings.options, "place")
        if not re.fullmatch(r"[\w-]{10,300}", self._place):
            raise SettingsError("place is the id that Google's Place ID Finder shows")
        if not context.secrets or not context.secrets[0]:
            raise SettingsError("the secret of a google_places source is its API key")
        self._headers = {"X-Goog-Api-Key": context.secrets[0], "X-Goog-FieldMask": FIELDS}

    def fetch(self, cursor: Mapping[str, object]) -> Page:
        """All that Google shows, as one page. Raises a SourceError."""
        asked = {"languageCode": self._business.languages[0]}
        answer = self._http.get(
            f"{API}{quote(self._place, safe='')}?{urlencode(asked)}",
            now=self._now,
            headers=self._headers,
            explain=google_errors.explain,
        )
        frame = read_object(answer)
        entries = rows(answer, frame, "reviews")
        said, refused = read_all(entries, self._read)
        had_entries = bool(cursor.get("had_entries"))
        return Page(
            feedback=tuple(sorted(said, key=lambda one: one.written_at)),
            cursor={"had_entries": had_entries or bool(entries)},
            is_complete=True,
            refused=refused,
            is_empty_suspect=not entries and had_entries,
        )

    def _read(self, entry: Mapping[str, Any]) -> Feedback | None:
        name, written_at = word(entry.get("name")), moment(entry.get("publishTime"))
        # The customer's own words before Google's translation of them.
        said = inside(entry, "originalText") or inside(entry, "text")
        stars, text = number(entry.get("rating")), word(said.get("text"))
        if name is None or written_at is None or (text is None and stars is None):
            return None
        return Feedback(
            business_id=self._business.business_id,
            source=self._settings.name,
            external_id=hashlib.sha256(name.encode()).hexdigest(),
            kind=FeedbackKind.REVIEW,
            text=text or "",
            written_at=written_at,
            updated_at=written_at,
            stars=stars if stars is not None and 1 <= stars <= 5 else None,
            author=word(inside(entry, "authorAttribution").get("displayName")),
            language=language(said.get("languageCode")),
            location=self._settings.location,
            url=web_address(entry.get("googleMapsUri")),
        ).clamped(self._now)


KIND = SourceKind(
    name="google_places",
    title="Google Maps, the five reviews it shows",
    required={"place": "the id of the place, from Google's Place ID Finder"},
    optional={},
    needs_secret=True,
    build=GooglePlaces,
    secret_form="an API key with the Places API (New)",  # noqa: S106
    costs="Google's price for a place's reviews, each look one call",
    keeps=StoragePolicy.NONE,
)
