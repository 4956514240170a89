"""Answers to reviews of a Google Business Profile (contracts A2): one a review, put in place."""

from urllib.parse import quote

from chalicelib.domain.feedback import Feedback
from chalicelib.domain.reply import Reply
from chalicelib.ports import PullContext
from chalicelib.pull import google_errors
from chalicelib.pull.google_business import API, places_of
from chalicelib.pull.google_login import GoogleLogin
from chalicelib.pull.json_answer import inside, read_object, word
from chalicelib.pull.posting.refusals import is_gone, refuse_another_answer, refusing

SITE = "Google"


class GoogleBusinessPoster:
    """Implements `ports.Poster` for the places of one source."""

    def __init__(self, context: PullContext) -> None:
        self._http = context.http
        self._now = context.now
        self._login = GoogleLogin(context.http, context.secrets, context.now)
        self._usual = context.settings.location
        self._places = places_of(context.settings.options.get("places"))

    def post(self, feedback: Feedback, reply: Reply) -> str | None:
        """See the port. A PUT twice is a PUT once."""
        for place in self._places_of(feedback):
            name = f"{place}/reviews/{quote(feedback.external_id, safe='')}"
            found = self._http.get(
                API + name,
                now=self._now,
                headers=self._login.headers(),
                good=frozenset({200, 404}),
                explain=google_errors.explain,
            )
            if found.status == 404:
                continue
            there = word(inside(read_object(found), "reviewReply").get("comment"))
            if not refuse_another_answer(SITE, there, reply.text):
                self._http.put(
                    f"{API}{name}/reply",
                    now=self._now,
                    json={"comment": reply.text},
                    headers=self._login.headers(),
                    explain=refusing(google_errors.explain),
                )
            return name
        raise is_gone(SITE)

    def _places_of(self, feedback: Feedback) -> list[str]:
        """The places it may be a review of: those of its location first."""
        fitting = [
            place
            for place, location in self._places.items()
            if (location or self._usual) == feedback.location
        ]
        return [*fitting, *(place for place in self._places if place not in fitting)]


POSTER = GoogleBusinessPoster
