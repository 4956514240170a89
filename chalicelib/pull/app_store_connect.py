"""Reviews of an app in the App Store, by App Store Connect (contracts A6): all countries.

Reviews come newest first by when they were written, and Apple tells no time of an edit. So each
look reads on below the mark for two days, and at its end a few older reviews are asked for again:
what their customers changed comes with the time of that look, and what is gone as a deletion.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from chalicelib.domain.errors import SettingsError, SourceAuthError, SourceError
from chalicelib.domain.feedback import Feedback, FeedbackKind, Page
from chalicelib.ports import HttpAnswer, PullContext, SourceKind
from chalicelib.pull.app_store_login import SECRET_FORM, login_headers
from chalicelib.pull.follow_up import end_of_asking, end_of_walk, is_asking, shown_from
from chalicelib.pull.json_answer import (
    broken,
    inside,
    moment,
    number,
    read_all,
    read_object,
    rows,
    word,
)
from chalicelib.pull.newest_first import above_mark, newest_of, walk_from
from chalicelib.pull.options import word_of

API = "https://api.appstoreconnect.apple.com/v1/"
PAGE_SIZE = 200
OVERLAP = timedelta(days=2)
ASK_AGAIN, ASKED_AGAIN = timedelta(hours=6), 10


class AppStoreConnect:
    """One app. Options: `app`."""

    def __init__(self, context: PullContext) -> None:
        self._business_id = context.business.business_id
        self._settings = context.settings
        self._http = context.http
        self._now = context.now
        self._app = word_of(context.settings.options, "app")
        if not re.fullmatch(r"\d{5,15}", self._app):
            raise SettingsError('app is the number in its address, such as app = "123456789"')
        self._headers = login_headers(context.secrets, context.now)

    def fetch(self, cursor: Mapping[str, object]) -> Page:
        """One page. Raises a SourceError."""
        if is_asking(cursor, self._now):
            return self._ask_again(cursor)
        walk = walk_from(cursor.get("walk"))
        restarted = walk.restart(self._now)
        asked = urlencode({"limit": PAGE_SIZE, "sort": "-createdDate", "include": "response"})
        answer = self._get(
            walk.token or f"{API}apps/{self._app}/customerReviews?{asked}",
            # An address that Apple has forgotten is answered with 400.
            frozenset({200, 400} if restarted else {200}),
        )
        if restarted and answer.status == 400:
            moved = {**cursor, "walk": restarted.to_cursor()}
            return Page(feedback=(), cursor=moved, is_complete=False)
        frame = read_object(answer)
        entries, answers = rows(answer, frame, "data"), _answers(frame)
        said, refused = read_all(entries, lambda entry: self._read(entry, answers))
        _, reached_mark = above_mark(said, walk.mark, overlap=OVERLAP)
        is_empty = not entries and walk.token is None and walk.mark is not None
        walk = walk.after_page(
            newest=newest_of(said), token=_following(answer, frame), reached_mark=reached_mark
        )
        shown = shown_from(cursor.get("shown"), self._now).with_page(said)
        moved = {**cursor, "walk": walk.to_cursor(), "shown": shown.to_cursor()}
        is_complete = False
        if walk.is_complete:
            moved, is_complete = end_of_walk(moved, self._now, ASK_AGAIN)
        return Page(
            # Those below the mark too: any of them may have been edited.
            feedback=tuple(reversed(said)),
            cursor=moved,
            is_complete=is_complete,
            refused=refused,
            is_empty_suspect=is_empty,
        )

    def _get(self, address: str, good: frozenset[int]) -> HttpAnswer:
        return self._http.get(
            address, now=self._now, headers=self._headers, good=good, explain=explain
        )

    def _read(self, entry: Mapping[str, Any], answers: Mapping[str, datetime]) -> Feedback | None:
        key, said = word(entry.get("id")), inside(entry, "attributes")
        written_at, stars = moment(said.get("createdDate")), number(said.get("rating"))
        parts = (word(said.get("title")), word(said.get("body")))
        text = "\n".join(part for part in parts if part)
        answer = inside(entry, "relationships", "response", "data")
        if key is None or written_at is None or (not text and stars is None):
            return None
        return Feedback(
            business_id=self._business_id,
            source=self._settings.name,
            external_id=key,
            kind=FeedbackKind.REVIEW,
            text=text,
            written_at=written_at,
            updated_at=written_at,
            stars=stars if stars is not None and 1 <= stars <= 5 else None,
            author=word(said.get("reviewerNickname")),
            location=self._settings.location,
            url=f"https://appstoreconnect.apple.com/apps/{self._app}",
            answered_at=answers.get(word(answer.get("id")) or ""),
        ).clamped(self._now)

    def _ask_again(self, cursor: Mapping[str, object]) -> Page:
        shown = shown_from(cursor.get("shown"), self._now)
        asked, found = shown.next_to_ask(ASKED_AGAIN), []
        there, answers = set(), dict[str, datetime]()
        for key in asked:
            address = f"{API}customerReviews/{quote(key, safe='')}?include=response"
            answer = self._get(address, frozenset({200, 404}))
            if answer.status == 200:
                there.add(key)
                frame = read_object(answer)
                found.append(frame.get("data"))
                answers |= _answers(frame)
        gone = shown.gone_of(asked, there)
        said, _ = read_all(found, lambda entry: self._read(entry, answers))
        deletions = shown.deletions(
            gone,
            business_id=self._business_id,
            source=self._settings.name,
            kind=FeedbackKind.REVIEW,
            location=self._settings.location,
            now=self._now,
        )
        return Page(
            feedback=(*said, *deletions),
            cursor=end_of_asking(cursor, shown.after_asking(asked, gone)),
            is_complete=True,
        )


def _answers(frame: Mapping[str, Any]) -> dict[str, datetime]:
    """The owner's answers that stand beside the reviews, by id, each with its last change. One that
    Apple has not published yet is read by nobody."""
    included = frame.get("included")
    found = {
        word(one.get("id")): inside(one, "attributes")
        for one in (included if isinstance(included, list) else [])
        if isinstance(one, dict) and one.get("type") == "customerReviewResponses"
    }
    dated = {
        key: moment(said.get("lastModifiedDate"))
        for key, said in found.items()
        if said.get("state", "PUBLISHED") == "PUBLISHED"
    }
    return {key: at for key, at in dated.items() if key and at}


def _following(answer: HttpAnswer, frame: Mapping[str, Any]) -> str | None:
    named = word(inside(frame, "links").get("next"))
    if named is not None and not named.startswith(API):
        # The token is meant for Apple alone.
        raise broken(answer, "a next page on another host")
    return named


def explain(answer: HttpAnswer, now: datetime) -> SourceError | None:
    """What an answer of App Store Connect means; None where its status says it all."""
    if answer.status == 401:
        return SourceAuthError(
            "App Store Connect does not take this key",
            advice="Make a new team key under Users and Access, Integrations, and store issuer id, "
            "key id and the .p8 file's text as the secret.",
        )
    if answer.status == 403:
        return SourceAuthError(
            "App Store Connect does not let this key read reviews",
            advice="Give the key the role Customer Support, or make a new one with that role.",
        )
    return None


KIND = SourceKind(
    name="app_store_connect",
    title="App Store reviews, by App Store Connect",
    required={"app": "the number in the app's address in the App Store"},
    optional={},
    needs_secret=True,
    build=AppStoreConnect,
    secret_form=SECRET_FORM,
    costs="an Apple developer account",
)
