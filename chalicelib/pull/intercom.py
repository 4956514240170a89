"""Intercom's conversation ratings, asked for (contracts A16); `intercom_rating` hears them at once.

Conversations are searched by when their rating was answered. A remark may follow the stars, so each
look begins a week before what was seen last. Of a conversation only its rating is read: what was
said in it before is nobody's review.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.clock import from_text
from chalicelib.domain.errors import SettingsError, SourceAuthError, SourceError
from chalicelib.domain.feedback import Feedback, FeedbackKind, Page, SurveyMetric
from chalicelib.ports import HttpAnswer, PullContext, SourceKind
from chalicelib.pull.json_answer import (
    inside,
    moment,
    number,
    read_all,
    read_object,
    rows,
    word,
)
from chalicelib.pull.newest_first import newest_of, walk_from
from chalicelib.pull.options import word_of

HOSTS = {"us": "api.intercom.io", "eu": "api.eu.intercom.io", "au": "api.au.intercom.io"}
VERSION = "2.11"
PAGE_SIZE = 50
OVERLAP = timedelta(days=7)
HISTORY = timedelta(days=365)


class Intercom:
    """One workspace. Options: `region`."""

    def __init__(self, context: PullContext) -> None:
        options = context.settings.options
        self._business_id = context.business.business_id
        self._settings = context.settings
        self._http = context.http
        self._now = context.now
        region = word_of(options, "region") if "region" in options else "us"
        if region not in HOSTS:
            raise SettingsError('region is where Intercom keeps your workspace: "us", "eu" or "au"')
        if not context.secrets or not context.secrets[0]:
            raise SettingsError("the secret of an intercom source is its access token")
        self._address = f"https://{HOSTS[region]}/conversations/search"
        self._headers = {
            "Authorization": f"Bearer {context.secrets[0]}",
            "Accept": "application/json",
            "Intercom-Version": VERSION,
        }

    def fetch(self, cursor: Mapping[str, object]) -> Page:
        """One page. Raises a SourceError."""
        walk = walk_from(cursor)
        since = from_text(walk.mark) - OVERLAP if walk.mark else self._now - HISTORY
        restarted = walk.restart(self._now)
        answered = {
            "field": "conversation_rating.replied_at",
            "operator": ">",
            "value": int(since.timestamp()),
        }
        page = {"per_page": PAGE_SIZE} | ({"starting_after": walk.token} if walk.token else {})
        answer = self._http.post(
            self._address,
            now=self._now,
            json={"query": {"operator": "AND", "value": [answered]}, "pagination": page},
            headers=self._headers,
            # A page that Intercom has forgotten is answered with 400.
            good=frozenset({200, 400} if restarted else {200}),
            explain=_explain,
        )
        if restarted and answer.status == 400:
            return Page(feedback=(), cursor=restarted.to_cursor(), is_complete=False)
        frame = read_object(answer)
        said, refused = read_all(rows(answer, frame, "conversations"), self._read)
        # In whatever order they come, the newest of all pages is the next mark.
        newest = max((one for one in (walk.pending, newest_of(said)) if one), default=None)
        walk = replace(walk, pending=newest).after_page(
            newest=None,
            token=word(inside(frame, "pages", "next").get("starting_after")),
            reached_mark=False,
        )
        return Page(
            feedback=tuple(sorted(said, key=lambda one: one.written_at)),
            cursor=walk.to_cursor(),
            is_complete=walk.is_complete,
            refused=refused,
        )

    def _read(self, entry: Mapping[str, Any]) -> Feedback | None:
        rating = inside(entry, "conversation_rating")
        key, stars = word(entry.get("id")), number(rating.get("rating"))
        written_at = moment(rating.get("created_at")) or moment(entry.get("updated_at"))
        if key is None or written_at is None or stars is None or not 1 <= stars <= 5:
            return None
        contact = inside(rating, "contact")
        return Feedback(
            business_id=self._business_id,
            source=self._settings.name,
            external_id=key,
            kind=FeedbackKind.SURVEY,
            text=word(rating.get("remark")) or "",
            # A remark that follows has no time of its own: the look that finds it dates it.
            written_at=written_at,
            updated_at=written_at,
            stars=stars,
            survey_scores={SurveyMetric.CSAT: stars},
            author_id=word(contact.get("id")),
            location=self._settings.location,
        ).clamped(self._now)


def _explain(answer: HttpAnswer, now: datetime) -> SourceError | None:
    if answer.status not in (401, 403):
        return None
    return SourceAuthError(
        f"Intercom refuses the access token ({answer.status})",
        advice="Make an app in Intercom's Developer Hub that may read conversations, check region, "
        "and store the app's access token as the secret.",
    )


KIND = SourceKind(
    name="intercom",
    title="Intercom conversation ratings, asked for",
    required={},
    optional={"region": "where Intercom keeps your workspace: us, eu or au; us if not said"},
    needs_secret=True,
    build=Intercom,
    secret_form="the access token of your Intercom app",  # noqa: S106
    costs="an Intercom plan with conversation ratings",
)
