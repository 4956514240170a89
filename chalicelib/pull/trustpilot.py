"""Reviews of a company on Trustpilot, by its public API (contracts A5): text, name, no e-mail.

The private API tells the customers' e-mail addresses and order numbers too; we do not need them
and do not ask. Reviews come newest first by when they were written: an edit keeps its place and a
deletion is not announced, so the page of newest reviews is read anew each time and a few older ones
are asked for by themselves at the end of a look.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from chalicelib.domain.clock import from_text, to_text
from chalicelib.domain.errors import SettingsError, SourceAuthError, SourceError
from chalicelib.domain.feedback import Feedback, FeedbackKind, Page
from chalicelib.ports import HttpAnswer, PullContext, SourceKind
from chalicelib.pull.follow_up import end_of_asking, end_of_walk, is_asking, shown_from
from chalicelib.pull.json_answer import (
    inside,
    language,
    moment,
    number,
    read_all,
    read_object,
    rows,
    word,
)
from chalicelib.pull.newest_first import walk_from
from chalicelib.pull.options import word_of
from chalicelib.pull.trustpilot_login import SECRET_FORM, api_key_of

API = "https://api.trustpilot.com/v1/"
PAGE_SIZE = 100
# Page numbers shift while new reviews come, and edits keep their place: read on below the mark.
OVERLAP = timedelta(days=2)
ASK_AGAIN, ASKED_AGAIN = timedelta(hours=6), 10


class Trustpilot:
    """One company. Options: `business_unit`."""

    def __init__(self, context: PullContext) -> None:
        self._business_id = context.business.business_id
        self._settings = context.settings
        self._http = context.http
        self._now = context.now
        self._unit = word_of(context.settings.options, "business_unit")
        if not re.fullmatch(r"[0-9a-f]{24}", self._unit):
            raise SettingsError("business_unit is the 24 digits that Trustpilot calls by that name")
        # In a header, for an address can end up in a log.
        self._headers = {"apikey": api_key_of(context.secrets)}

    def fetch(self, cursor: Mapping[str, object]) -> Page:
        """One page. Raises a SourceError."""
        if is_asking(cursor, self._now):
            return self._ask_again(cursor)
        walk = walk_from(cursor.get("walk"))
        page = int(walk.token) if walk.token and walk.token.isdigit() else 1
        asked = {"orderBy": "createdat.desc", "perPage": PAGE_SIZE, "page": page}
        answer = self._get(f"business-units/{self._unit}/reviews?{urlencode(asked)}")
        entries = rows(answer, read_object(answer), "reviews")
        said, refused = read_all(entries, self._read)
        oldest = from_text(walk.mark) - OVERLAP if walk.mark else None
        is_empty = not entries and page == 1
        mark = walk.mark
        walk = walk.after_page(
            newest=to_text(max(one.written_at for one in said)) if said else None,
            # A page that is not full may be the last, or may lack what was just taken down.
            token=str(page + 1) if entries else None,
            reached_mark=any(oldest is not None and one.written_at < oldest for one in said),
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
            is_empty_suspect=is_empty and mark is not None,
        )

    def _get(self, path: str, good: frozenset[int] = frozenset({200})) -> HttpAnswer:
        return self._http.get(
            API + path, now=self._now, headers=self._headers, good=good, explain=explain
        )

    def _read(self, entry: Mapping[str, Any]) -> Feedback | None:
        key, written_at = word(entry.get("id")), moment(entry.get("createdAt"))
        stars = number(entry.get("stars"))
        text = "\n".join(
            part for part in (word(entry.get("title")), word(entry.get("text"))) if part
        )
        if key is None or written_at is None or (not text and stars is None):
            return None
        consumer, answer = inside(entry, "consumer"), inside(entry, "companyReply")
        return Feedback(
            business_id=self._business_id,
            source=self._settings.name,
            external_id=key,
            kind=FeedbackKind.REVIEW,
            text=text,
            written_at=written_at,
            updated_at=moment(entry.get("updatedAt")) or written_at,
            stars=stars if stars is not None and 1 <= stars <= 5 else None,
            author=word(consumer.get("displayName")),
            author_id=word(consumer.get("id")),
            language=language(entry.get("language")),
            location=self._settings.location,
            url=f"https://www.trustpilot.com/reviews/{quote(key, safe='')}",
            answered_at=moment(answer.get("createdAt")) or moment(answer.get("updatedAt")),
        ).clamped(self._now)

    def _ask_again(self, cursor: Mapping[str, object]) -> Page:
        shown = shown_from(cursor.get("shown"), self._now)
        asked, gone, found = shown.next_to_ask(ASKED_AGAIN), set(), []
        for key in asked:
            answer = self._get(f"reviews/{quote(key, safe='')}", frozenset({200, 404}))
            if answer.status == 404:
                gone.add(key)
            else:
                found.append(read_object(answer))
        gone = shown.gone_of(asked, set(asked) - gone)
        said, _ = read_all(found, self._read)
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


def explain(answer: HttpAnswer, now: datetime) -> SourceError | None:
    """What an answer of Trustpilot means; None where its status says it all."""
    if answer.status not in (401, 403):
        return None
    return SourceAuthError(
        f"Trustpilot refuses the API key ({answer.status})",
        advice="Make an API key in your Trustpilot business account (its plan must include the "
        "API) and store it as the secret.",
    )


KIND = SourceKind(
    name="trustpilot",
    title="Trustpilot reviews",
    required={"business_unit": "the id of your company at Trustpilot, 24 digits and letters"},
    optional={},
    needs_secret=True,
    build=Trustpilot,
    secret_form=SECRET_FORM,
    costs="a Trustpilot plan that includes the API",
)
