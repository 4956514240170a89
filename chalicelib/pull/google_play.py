"""Reviews of an app on Google Play, by its own API (contracts A7).

Google gives the reviews of the last seven days, those changed last first, and only those with
words: so look at least daily. An edited review comes again with its new time. What is gone from the
list may be a week old or deleted, and nothing tells which, so no deletion is followed.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from chalicelib.domain.errors import SettingsError
from chalicelib.domain.feedback import Feedback, FeedbackKind, Page
from chalicelib.ports import PullContext, SourceKind
from chalicelib.pull import google_errors
from chalicelib.pull.google_login import SECRET_FORM, GoogleLogin
from chalicelib.pull.json_answer import (
    first_word,
    inside,
    language,
    moment,
    number,
    read_all,
    read_object,
    rows,
    word,
)
from chalicelib.pull.newest_first import above_mark, newest_of, walk_from, with_answered
from chalicelib.pull.options import word_of

API = "https://androidpublisher.googleapis.com/androidpublisher/v3/applications/"
PAGE_SIZE = 100
_PACKAGE = re.compile(r"[A-Za-z][\w]*(\.[A-Za-z][\w]*)+")


class GooglePlay:
    """The reviews of one app. Options: `package`."""

    def __init__(self, context: PullContext) -> None:
        self._business_id = context.business.business_id
        self._settings = context.settings
        self._http = context.http
        self._now = context.now
        self._login = GoogleLogin(context.http, context.secrets, context.now)
        self._package = word_of(context.settings.options, "package")
        if not _PACKAGE.fullmatch(self._package):
            raise SettingsError('package is the name of the app, such as package = "com.shop.app"')

    def fetch(self, cursor: Mapping[str, object]) -> Page:
        """One page. Raises a SourceError."""
        walk = walk_from(cursor)
        restarted = walk.restart(self._now)
        asked = {"maxResults": str(PAGE_SIZE)} | ({"token": walk.token} if walk.token else {})
        answer = self._http.get(
            f"{API}{self._package}/reviews?{urlencode(asked)}",
            now=self._now,
            headers=self._login.headers(),
            # A token that Google has forgotten is answered with 400.
            good=frozenset({200, 400} if restarted else {200}),
            explain=google_errors.explain,
        )
        if restarted and answer.status == 400:
            return Page(feedback=(), cursor=restarted.to_cursor(), is_complete=False)
        frame = read_object(answer)
        said, refused = read_all(rows(answer, frame, "reviews"), self._read)
        fresh, reached_mark = above_mark(said, walk.mark)
        walk = walk.after_page(
            newest=newest_of(said),
            token=word(inside(frame, "tokenPagination").get("nextPageToken")),
            reached_mark=reached_mark,
        )
        return Page(
            # An answer leaves a review in its place, below the mark.
            feedback=tuple(reversed(with_answered(fresh, said))),
            cursor=walk.to_cursor(),
            is_complete=walk.is_complete,
            refused=refused,
        )

    def _read(self, entry: Mapping[str, Any]) -> Feedback | None:
        key, comments = word(entry.get("reviewId")), entry.get("comments")
        said, answer = one_of(comments, "userComment"), one_of(comments, "developerComment")
        changed_at = _moment(inside(said, "lastModified"))
        text, stars = _text(said.get("text")), number(said.get("starRating"))
        if key is None or changed_at is None or (not text and stars is None):
            return None
        return Feedback(
            business_id=self._business_id,
            source=self._settings.name,
            external_id=key,
            kind=FeedbackKind.REVIEW,
            text=text,
            # Google tells only when it was changed last.
            written_at=changed_at,
            updated_at=changed_at,
            stars=stars if stars is not None and 1 <= stars <= 5 else None,
            author=first_word(entry, "authorName"),
            language=language(said.get("reviewerLanguage")),
            location=self._settings.location,
            url=f"https://play.google.com/store/apps/details?id={self._package}"
            f"&reviewId={quote(key, safe='')}",
            answered_at=_moment(inside(answer, "lastModified")),
        ).clamped(self._now)


def one_of(comments: Any, whose: str) -> Mapping[str, Any]:
    """Of the words of customer and developer, in any order, one's."""
    for one in comments if isinstance(comments, list) else []:
        found = inside(one, whose)
        if found:
            return found
    return {}


def _text(said: Any) -> str:
    # Title and text stand in one field, with a tab between.
    title, _, body = said.partition("\t") if isinstance(said, str) else ("", "", "")
    return "\n".join(part for part in (word(title), word(body)) if part)


def _moment(stamp: Mapping[str, Any]) -> datetime | None:
    found, nanos = moment(stamp.get("seconds")), number(stamp.get("nanos"))
    if found is None or nanos is None or not 0 <= nanos < 1e9:
        return found
    return found + timedelta(microseconds=nanos // 1000)


KIND = SourceKind(
    name="google_play",
    title="Google Play reviews",
    required={"package": "the name of the app, for example com.shop.app"},
    optional={},
    needs_secret=True,
    build=GooglePlay,
    secret_form=SECRET_FORM,
)
