"""Reviews of a Google Business Profile, by its own API (contracts A2): own places only.

Reviews come by time of change, newest first, and there is no "since": a walk reads down to the old
mark, one place after the other. An edited review comes again with its new time. Google announces no
deletion, so a few known reviews are asked for again at the end of a look.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

from chalicelib.domain.clock import to_text
from chalicelib.domain.errors import SettingsError
from chalicelib.domain.feedback import Feedback, FeedbackKind, Page
from chalicelib.ports import PullContext, SourceKind
from chalicelib.pull import google_errors
from chalicelib.pull.follow_up import KEPT_LIMIT, shown_from
from chalicelib.pull.google_login import SECRET_FORM, GoogleLogin
from chalicelib.pull.json_answer import (
    first_word,
    inside,
    moment,
    number,
    read_all,
    read_object,
    rows,
    web_address,
    word,
)
from chalicelib.pull.newest_first import Walk, above_mark, newest_of, walk_from, with_answered

API = "https://mybusiness.googleapis.com/v4/"
PAGE_SIZE = 50
FEWEST_KEPT = 20
ASK_AGAIN, ASKED_AGAIN = timedelta(hours=6), 10
STARS = {"ONE": 1.0, "TWO": 2.0, "THREE": 3.0, "FOUR": 4.0, "FIVE": 5.0}
_PLACE = re.compile(r"accounts/[\w-]+/locations/[\w-]+")
_TRANSLATED, _ORIGINAL = "(Translated by Google)", "(Original)"


class GoogleBusiness:
    """The reviews of one or more places. Options: `places`, `maps`."""

    def __init__(self, context: PullContext) -> None:
        self._business_id = context.business.business_id
        self._settings = context.settings
        self._http = context.http
        self._now = context.now
        self._login = GoogleLogin(context.http, context.secrets, context.now)
        self._places = places_of(context.settings.options.get("places"))
        maps = context.settings.options.get("maps")
        self._maps = maps if isinstance(maps, Mapping) else {}

    def fetch(self, cursor: Mapping[str, object]) -> Page:
        """One page of one place. Raises a SourceError."""
        if inside(cursor, "asking").get("at") == to_text(self._now):
            return self._ask_again(cursor)
        names = list(self._places)
        place = str(cursor.get("at"))
        place = place if place in self._places else names[0]
        walk = walk_from(inside(cursor, "walks").get(place))
        restarted = walk.restart(self._now)
        answer = self._http.get(
            f"{API}{place}/reviews?{_query(walk.token)}",
            now=self._now,
            headers=self._login.headers(),
            # A page token that Google has forgotten is answered with 400.
            good=frozenset({200, 400} if restarted else {200}),
            explain=google_errors.explain,
        )
        if restarted and answer.status == 400:
            return Page(feedback=(), cursor=_with(cursor, place, restarted), is_complete=False)
        frame = read_object(answer)
        # The second form is that of several places at once; it wraps each review.
        entries = [
            inside(entry, "review") or entry
            for entry in rows(answer, frame, "reviews", "locationReviews")
        ]
        said, refused = read_all(entries, lambda entry: self._read(entry, place))
        fresh, reached_mark = above_mark(said, walk.mark)
        is_empty = not entries and walk.token is None
        total = number(frame.get("totalReviewCount")) or 0
        walk = walk.after_page(
            newest=newest_of(said),
            token=word(frame.get("nextPageToken")),
            reached_mark=reached_mark,
        )
        moved = _with(cursor, place, walk)
        shown = shown_from(inside(cursor, "shown").get(place), self._now)
        shown = shown.with_page(said, limit=max(FEWEST_KEPT, KEPT_LIMIT // len(names)))
        moved["shown"] = {**inside(moved, "shown"), place: shown.to_cursor()}
        following = names[names.index(place) + 1 :] if walk.is_complete else [place]
        if following:
            moved["at"] = following[0]
        else:
            moved = self._ask_if_due(moved)
        return Page(
            # An answer leaves a review in its place, below the mark.
            feedback=tuple(reversed(with_answered(fresh, said))),
            cursor=moved,
            is_complete=not following and "asking" not in moved,
            refused=refused,
            is_empty_suspect=is_empty and (total > 0 or walk.mark is not None),
        )

    def _ask_if_due(self, cursor: Mapping[str, Any]) -> dict[str, Any]:
        """A cursor that asks again for reviews of the place that has waited longest, if any."""
        moved = {name: value for name, value in cursor.items() if name not in ("at", "asking")}
        shown = {name: shown_from(held, self._now) for name, held in moved["shown"].items()}
        due = [name for name, held in shown.items() if held.is_due(self._now, ASK_AGAIN)]
        if due and "asking" not in cursor:
            place = min(due, key=lambda name: shown[name].asked_at or self._now)
            moved["asking"] = {"place": place, "at": to_text(self._now)}
            moved["shown"] = {**moved["shown"], place: shown[place].asked(self._now).to_cursor()}
        return moved

    def _ask_again(self, cursor: Mapping[str, Any]) -> Page:
        place = str(cursor["asking"]["place"])
        shown = shown_from(cursor["shown"][place], self._now)
        asked = shown.next_to_ask(ASKED_AGAIN)
        answers = {key: self._review(f"{place}/reviews/{key}") for key in asked}
        gone = {key for key, found in answers.items() if found is None}
        there = [found for found in answers.values() if found is not None]
        said, _ = read_all(there, lambda entry: self._read(entry, place))
        moved = {name: value for name, value in cursor.items() if name != "asking"}
        moved["shown"] = {**moved["shown"], place: shown.after_asking(asked, gone).to_cursor()}
        deletions = shown.deletions(
            gone,
            business_id=self._business_id,
            source=self._settings.name,
            kind=FeedbackKind.REVIEW,
            location=self._places.get(place) or self._settings.location,
            now=self._now,
        )
        return Page(feedback=(*said, *deletions), cursor=moved, is_complete=True)

    def _review(self, name: str) -> Mapping[str, Any] | None:
        answer = self._http.get(
            API + quote(name),
            now=self._now,
            headers=self._login.headers(),
            good=frozenset({200, 404}),
            explain=google_errors.explain,
        )
        return read_object(answer) if answer.status == 200 else None

    def _read(self, entry: Mapping[str, Any], place: str) -> Feedback | None:
        name = word(entry.get("name"))
        key = word(entry.get("reviewId")) or (name.rsplit("/", 1)[-1] if name else None)
        stars, text = _stars(entry.get("starRating")), original_text(entry.get("comment"))
        changed_at = moment(entry.get("updateTime")) or moment(entry.get("createTime"))
        if key is None or changed_at is None or (stars is None and not text):
            return None
        reviewer = inside(entry, "reviewer")
        named = (name or "").rpartition("/reviews/")[0]
        place = named if named in self._places else place
        is_anonymous = reviewer.get("isAnonymous") is True
        return Feedback(
            business_id=self._business_id,
            source=self._settings.name,
            external_id=key,
            kind=FeedbackKind.REVIEW,
            text=text,
            written_at=moment(entry.get("createTime")) or changed_at,
            updated_at=changed_at,
            stars=stars,
            author=None if is_anonymous else first_word(reviewer, "displayName"),
            location=self._places[place] or self._settings.location,
            url=web_address(self._maps.get(place)),
            answered_at=moment(inside(entry, "reviewReply").get("updateTime")),
        ).clamped(self._now)


def _with(cursor: Mapping[str, object], place: str, walk: Walk) -> dict[str, Any]:
    return {**cursor, "at": place, "walks": {**inside(cursor, "walks"), place: walk.to_cursor()}}


def original_text(comment: Any) -> str:
    """What the customer wrote, without the translation that Google puts before or after it."""
    text = word(comment) or ""
    if _TRANSLATED not in text:
        return text
    if _ORIGINAL in text:
        before, _, after = text.partition(_ORIGINAL)
        # Either order occurs: the original may stand first.
        return after.partition(_TRANSLATED)[0].strip() or before.partition(_TRANSLATED)[0].strip()
    before, _, after = text.partition(_TRANSLATED)
    return before.strip() or after.strip()


def _stars(rating: Any) -> float | None:
    found = STARS.get(rating) if isinstance(rating, str) else None
    value = found if found is not None else number(rating)
    return value if value is not None and 1 <= value <= 5 else None


def _query(token: str | None) -> str:
    asked = {"pageSize": str(PAGE_SIZE), "orderBy": "updateTime desc"}
    return urlencode(asked | ({"pageToken": token} if token else {}), quote_via=quote)


def places_of(given: object) -> Mapping[str, str]:
    """From Google's name of each place to its location, "" for the source's own. Raises
    SettingsError."""
    if isinstance(given, str):
        given = [given]
    found = (
        {str(name): str(place) for name, place in given.items()}
        if isinstance(given, Mapping)
        else {str(name): "" for name in given}
        if isinstance(given, list | tuple)
        else {}
    )
    if not found or not all(_PLACE.fullmatch(name) for name in found):
        raise SettingsError(
            "places of a google_business source are named as Google names them; write "
            'places = {"accounts/1/locations/2" = "main"}'
        )
    return found


KIND = SourceKind(
    name="google_business",
    title="Google Business Profile reviews",
    required={
        "places": "which place on Google is which location, for example "
        '{"accounts/1/locations/2" = "main"}'
    },
    optional={"maps": "the Google Maps address of each place, for the link in an alert"},
    needs_secret=True,
    build=GoogleBusiness,
    secret_form=SECRET_FORM,
)
