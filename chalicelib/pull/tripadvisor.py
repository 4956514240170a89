"""The newest reviews of a place on Tripadvisor (contracts A9): five of them.

Tripadvisor's terms let nobody keep, cache or index anything but the place's id: only the score that
we made of a review stays, under a hash that leads back to nothing.
"""

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from chalicelib.domain.business import StoragePolicy
from chalicelib.domain.errors import SettingsError
from chalicelib.domain.feedback import Feedback, FeedbackKind, Page
from chalicelib.ports import PullContext, SourceKind
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

API = "https://api.content.tripadvisor.com/api/v1/location/"


class Tripadvisor:
    """One place in one language. Options: `place`, `language`."""

    def __init__(self, context: PullContext) -> None:
        options = context.settings.options
        self._business_id = context.business.business_id
        self._settings = context.settings
        self._http = context.http
        self._now = context.now
        self._place = word_of(options, "place")
        named = word_of(options, "language") if "language" in options else None
        self._language = named or context.business.languages[0]
        if not self._place.isdecimal():
            raise SettingsError("place is the number after -d in the address at Tripadvisor")
        if not context.secrets or not context.secrets[0]:
            raise SettingsError("the secret of a tripadvisor source is its API key")
        self._key = context.secrets[0]

    def fetch(self, cursor: Mapping[str, object]) -> Page:
        """All that Tripadvisor shows, as one page. Raises a SourceError."""
        # It takes the key in the address only; no message of ours names more than the host.
        asked = {"key": self._key, "language": self._language}
        answer = self._http.get(
            f"{API}{self._place}/reviews?{urlencode(asked)}",
            now=self._now,
            headers={"Accept": "application/json"},
        )
        entries = rows(answer, read_object(answer), "data")
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
        key, written_at = word(entry.get("id")), moment(entry.get("published_date"))
        stars = number(entry.get("rating"))
        parts = (word(entry.get("title")), word(entry.get("text")))
        text = "\n".join(part for part in parts if part)
        if key is None or written_at is None or (not text and stars is None):
            return None
        return Feedback(
            business_id=self._business_id,
            source=self._settings.name,
            external_id=hashlib.sha256(f"{self._place} {key}".encode()).hexdigest(),
            kind=FeedbackKind.REVIEW,
            text=text,
            written_at=written_at,
            updated_at=written_at,
            stars=stars if stars is not None and 1 <= stars <= 5 else None,
            author=word(inside(entry, "user").get("username")),
            language=language(entry.get("lang")),
            location=self._settings.location,
            url=web_address(entry.get("url")),
        ).clamped(self._now)


KIND = SourceKind(
    name="tripadvisor",
    title="Tripadvisor, the five newest reviews",
    required={"place": "the number after -d in the address of your page at Tripadvisor"},
    optional={"language": "the reviews' language in two letters; the business's first if not said"},
    needs_secret=True,
    build=Tripadvisor,
    secret_form="the API key of Tripadvisor's Content API",  # noqa: S106
    costs="5,000 calls a month are free; the account needs a credit card",
    keeps=StoragePolicy.NONE,
)
