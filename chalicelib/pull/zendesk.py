"""Zendesk's satisfaction ratings, asked for (contracts A16); `zendesk_rating` hears them at once.

These are the ratings of Zendesk's older CSAT; an account has that or the newer one, whose answers
only the webhook hears. Zendesk lists the ratings since a time and names the next page itself. A
customer may change a rating for some days, so each look begins a week before what was seen last.
The credential goes to the owner's own subdomain and nowhere else, whatever host a next page names.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from chalicelib.domain.clock import from_text
from chalicelib.domain.errors import SettingsError, SourceAuthError, SourceError
from chalicelib.domain.feedback import Feedback, FeedbackKind, Page, SurveyMetric
from chalicelib.ports import HttpAnswer, PullContext, SourceKind
from chalicelib.pull.json_answer import (
    broken,
    inside,
    moment,
    read_all,
    read_object,
    rows,
    word,
)
from chalicelib.pull.newest_first import newest_of, walk_from
from chalicelib.pull.options import word_of

PAGE_SIZE = 100
OVERLAP = timedelta(days=7)
HISTORY = timedelta(days=365)
STARS = {"good": 5.0, "bad": 1.0}


class Zendesk:
    """One account. Options: `subdomain`."""

    def __init__(self, context: PullContext) -> None:
        self._business_id = context.business.business_id
        self._settings = context.settings
        self._http = context.http
        self._now = context.now
        subdomain = word_of(context.settings.options, "subdomain").lower()
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", subdomain):
            raise SettingsError('subdomain is what stands before .zendesk.com, such as "bakery"')
        self._root = f"https://{subdomain}.zendesk.com/"
        self._headers = _login(context.secrets)

    def fetch(self, cursor: Mapping[str, object]) -> Page:
        """One page. Raises a SourceError."""
        walk = walk_from(cursor)
        since = from_text(walk.mark) - OVERLAP if walk.mark else self._now - HISTORY
        restarted = walk.restart(self._now)
        first = urlencode({"score": "received", "start_time": int(since.timestamp())})
        answer = self._http.get(
            walk.token or f"{self._root}api/v2/satisfaction_ratings.json?{first}",
            now=self._now,
            headers=self._headers,
            # A page that Zendesk has forgotten is answered with 400.
            good=frozenset({200, 400} if restarted else {200}),
            explain=_explain,
        )
        if restarted and answer.status == 400:
            return Page(feedback=(), cursor=restarted.to_cursor(), is_complete=False)
        frame = read_object(answer)
        # Offered and not answered: nobody said anything.
        entries = [
            one
            for one in rows(answer, frame, "satisfaction_ratings")
            if not isinstance(one, dict) or one.get("score") not in ("offered", "unoffered")
        ]
        said, refused = read_all(entries, self._read)
        # Oldest first: the newest is on the last page.
        newest = max((one for one in (walk.pending, newest_of(said)) if one), default=None)
        walk = replace(walk, pending=newest).after_page(
            newest=None, token=self._next_page(answer, frame), reached_mark=False
        )
        return Page(
            feedback=tuple(said),
            cursor=walk.to_cursor(),
            is_complete=walk.is_complete,
            refused=refused,
        )

    def _next_page(self, answer: HttpAnswer, frame: Mapping[str, Any]) -> str | None:
        has_more = inside(frame, "meta").get("has_more")
        named = word(frame.get("next_page"))
        if named is None and has_more is True:
            named = word(inside(frame, "links").get("next"))
        if named is not None and not named.startswith(self._root):
            raise broken(answer, "a next page on another host")
        return named

    def _read(self, entry: Mapping[str, Any]) -> Feedback | None:
        key, written_at = word(entry.get("id")), moment(entry.get("created_at"))
        stars = STARS.get(str(entry.get("score")).partition("_")[0])
        if key is None or written_at is None or stars is None:
            return None
        ticket = word(entry.get("ticket_id"))
        # A reason is what the customer chose from a list, mostly instead of words.
        text = word(entry.get("comment")) or word(entry.get("reason"))
        return Feedback(
            business_id=self._business_id,
            source=self._settings.name,
            external_id=key,
            kind=FeedbackKind.SURVEY,
            text=text or "",
            written_at=written_at,
            updated_at=moment(entry.get("updated_at")) or written_at,
            stars=stars,
            survey_scores={SurveyMetric.CSAT: stars},
            author_id=word(entry.get("requester_id")),
            location=self._settings.location,
            url=f"{self._root}agent/tickets/{ticket}" if ticket and ticket.isdigit() else None,
        ).clamped(self._now)


def _login(secrets: tuple[str, ...]) -> Mapping[str, str]:
    secret = secrets[0] if secrets else ""
    if not secret:
        raise SettingsError(f"the secret of a zendesk source is {SECRET_FORM}")
    if "/token:" in secret:
        return {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}
    return {"Authorization": f"Bearer {secret}"}


def _explain(answer: HttpAnswer, now: datetime) -> SourceError | None:
    if answer.status not in (401, 403):
        return None
    return SourceAuthError(
        f"Zendesk refuses access ({answer.status})",
        advice="Store an API token of an administrator in the form name@example.com/token:TOKEN, "
        "and see that token access is switched on in Zendesk's Admin Center.",
    )


SECRET_FORM = "an administrator's e-mail and API token, name@example.com/token:TOKEN"  # noqa: S105
KIND = SourceKind(
    name="zendesk",
    title="Zendesk satisfaction ratings, asked for",
    required={"subdomain": "what stands before .zendesk.com in your address"},
    optional={},
    needs_secret=True,
    build=Zendesk,
    secret_form=SECRET_FORM,
    costs="a Zendesk plan with CSAT",
)
