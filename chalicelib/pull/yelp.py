"""The newest reviews of a business on Yelp (contracts A4): three beginnings of reviews, no more.

Yelp shows the first words of three reviews, and its terms let nobody keep them for long: after a
day only the score stays. There is nothing to page through, so look often enough that no more than
three reviews come between two looks.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from chalicelib.domain.business import StoragePolicy
from chalicelib.domain.errors import SettingsError
from chalicelib.domain.feedback import Feedback, FeedbackKind, Page
from chalicelib.ports import PullContext, SourceKind
from chalicelib.pull.json_answer import (
    inside,
    moment,
    number,
    read_all,
    read_object,
    rows,
    web_address,
    word,
)
from chalicelib.pull.options import word_of

API = "https://api.yelp.com/v3/businesses/"
SHOWN = 3


class Yelp:
    """One business. Options: `business`, `locale`."""

    def __init__(self, context: PullContext) -> None:
        options = context.settings.options
        self._business_id = context.business.business_id
        self._settings = context.settings
        self._http = context.http
        self._now = context.now
        self._business = word_of(options, "business")
        self._locale = word_of(options, "locale") if "locale" in options else "en_US"
        if not re.fullmatch(r"[\w-]{2,120}", self._business):
            raise SettingsError("business is what stands after /biz/ in the address at Yelp")
        if not re.fullmatch(r"[a-z]{2}_[A-Z]{2}", self._locale):
            raise SettingsError('locale is language and country, such as locale = "de_DE"')
        if not context.secrets or not context.secrets[0]:
            raise SettingsError("the secret of a yelp source is its API key")
        self._headers = {"Authorization": f"Bearer {context.secrets[0]}"}

    def fetch(self, cursor: Mapping[str, object]) -> Page:
        """All that Yelp shows, as one page. Raises a SourceError."""
        asked = {"limit": SHOWN, "sort_by": "newest", "locale": self._locale}
        answer = self._http.get(
            f"{API}{quote(self._business, safe='')}/reviews?{urlencode(asked)}",
            now=self._now,
            headers=self._headers,
        )
        frame = read_object(answer)
        entries = rows(answer, frame, "reviews")
        said, refused = read_all(entries, self._read)
        had_entries = bool(cursor.get("had_entries"))
        total = number(frame.get("total")) or 0
        return Page(
            feedback=tuple(sorted(said, key=lambda one: one.written_at)),
            cursor={"had_entries": had_entries or bool(entries)},
            is_complete=True,
            refused=refused,
            is_empty_suspect=not entries and (had_entries or total > 0),
        )

    def _read(self, entry: Mapping[str, Any]) -> Feedback | None:
        key, written_at = word(entry.get("id")), moment(entry.get("time_created"))
        stars, text = number(entry.get("rating")), word(entry.get("text"))
        if key is None or written_at is None or (text is None and stars is None):
            return None
        user = inside(entry, "user")
        return Feedback(
            business_id=self._business_id,
            source=self._settings.name,
            external_id=key,
            kind=FeedbackKind.REVIEW,
            text=text or "",
            # Yelp names no zone; taken as UTC it is a few hours off at most.
            written_at=written_at,
            updated_at=written_at,
            stars=stars if stars is not None and 1 <= stars <= 5 else None,
            author=word(user.get("name")),
            author_id=word(user.get("id")),
            location=self._settings.location,
            url=web_address(entry.get("url")),
        ).clamped(self._now)


KIND = SourceKind(
    name="yelp",
    title="Yelp reviews, their first words",
    required={"business": "what stands after /biz/ in the address of your page at Yelp"},
    optional={
        "locale": "language and country of the reviews, for example de_DE; en_US if not said"
    },
    needs_secret=True,
    build=Yelp,
    secret_form="the API key of your Yelp app",  # noqa: S106
    costs="a paid Yelp plan that shows reviews; its trial allows 300 calls a day",
    keeps=StoragePolicy.TTL_24H,
)
