"""Apple's public feed of an app's reviews in one country (contracts A6): no account needed.

Apple documents it nowhere and it answers empty for many apps: an empty first page is told as
trouble and never taken for silence. Fifty reviews a page, ten pages at most, newest first. Where
an App Store Connect key can be had, `app_store_connect` is the better source.
"""

import re
from collections.abc import Mapping
from typing import Any

from chalicelib.domain.errors import SettingsError, SourceContractError
from chalicelib.domain.feedback import Feedback, FeedbackKind, Page
from chalicelib.ports import PullContext, SourceKind
from chalicelib.pull.json_answer import (
    broken,
    inside,
    moment,
    number,
    read_all,
    read_object,
    web_address,
    word,
)
from chalicelib.pull.newest_first import above_mark, newest_of, walk_from
from chalicelib.pull.options import word_of

API = "https://itunes.apple.com/"
LAST_PAGE = 10


class AppStoreFeed:
    """One app in one country. Options: `app`, `country`."""

    def __init__(self, context: PullContext) -> None:
        options = context.settings.options
        self._business_id = context.business.business_id
        self._settings = context.settings
        self._http = context.http
        self._now = context.now
        self._app = word_of(options, "app")
        country = word_of(options, "country") if "country" in options else context.business.country
        self._country = country.lower()
        if not re.fullmatch(r"\d{5,15}", self._app):
            raise SettingsError(
                'app is the number in the app\'s address, such as app = "123456789"'
            )
        if not re.fullmatch(r"[a-z]{2}", self._country):
            raise SettingsError('country is a code of two letters, such as country = "de"')

    def fetch(self, cursor: Mapping[str, object]) -> Page:
        """One page. Raises a SourceError."""
        walk = walk_from(cursor)
        page = int(walk.token) if walk.token and walk.token.isdigit() else 1
        answer = self._http.get(
            f"{API}{self._country}/rss/customerreviews/page={page}/id={self._app}"
            "/sortby=mostrecent/json",
            now=self._now,
            # A page beyond the last is answered so, or empty.
            good=frozenset({200, 400, 404} if page > 1 else {200}),
        )
        if answer.status != 200:
            walk = walk.after_page(newest=None, token=None, reached_mark=False)
            return Page(feedback=(), cursor=walk.to_cursor(), is_complete=walk.is_complete)
        frame = read_object(answer)
        if not isinstance(frame.get("feed"), dict):
            raise broken(answer, "no feed")
        # None, one, or several: each has its own shape. The app itself may stand among them.
        found = inside(frame, "feed").get("entry")
        entries = found if isinstance(found, list) else [] if found is None else [found]
        reviews = [one for one in entries if not _is_the_app(one)]
        if not reviews and page == 1:
            raise SourceContractError(
                "Apple's public feed shows no reviews of this app in this country",
                advice="The feed is empty for many apps: use kind app_store_connect, or check app "
                "and country in heedful.toml.",
            )
        said, refused = read_all(reviews, self._read)
        fresh, reached_mark = above_mark(said, walk.mark)
        walk = walk.after_page(
            newest=newest_of(said),
            token=str(page + 1) if reviews and page < LAST_PAGE else None,
            reached_mark=reached_mark,
        )
        return Page(
            feedback=tuple(reversed(fresh)),
            cursor=walk.to_cursor(),
            is_complete=walk.is_complete,
            refused=refused,
        )

    def _read(self, entry: Mapping[str, Any]) -> Feedback | None:
        key, changed_at = _label(entry, "id"), moment(_label(entry, "updated"))
        stars = number(_label(entry, "im:rating"))
        text = "\n".join(
            part for part in (_label(entry, "title"), _label(entry, "content")) if part
        )
        if key is None or changed_at is None or (not text and stars is None):
            return None
        return Feedback(
            business_id=self._business_id,
            source=self._settings.name,
            external_id=key,
            kind=FeedbackKind.REVIEW,
            text=text,
            written_at=changed_at,
            updated_at=changed_at,
            stars=stars if stars is not None and 1 <= stars <= 5 else None,
            author=_label(inside(entry, "author"), "name"),
            location=self._settings.location,
            url=web_address(inside(entry, "link", "attributes").get("href")),
        ).clamped(self._now)


def _is_the_app(entry: Any) -> bool:
    return isinstance(entry, dict) and "im:rating" not in entry and "im:name" in entry


def _label(entry: Mapping[str, Any], name: str) -> str | None:
    return word(inside(entry, name).get("label"))


KIND = SourceKind(
    name="app_store_feed",
    title="Apple's public feed of App Store reviews",
    required={"app": "the number in the app's address in the App Store"},
    optional={"country": "the store's country in two letters; the business's own if not said"},
    needs_secret=False,
    build=AppStoreFeed,
)
