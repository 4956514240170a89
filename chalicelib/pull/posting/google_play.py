"""Answers to reviews on Google Play (contracts A7): one a review, 350 characters at most."""

from urllib.parse import quote

from chalicelib.domain.feedback import Feedback
from chalicelib.domain.reply import Reply
from chalicelib.ports import PullContext
from chalicelib.pull import google_errors
from chalicelib.pull.google_login import GoogleLogin
from chalicelib.pull.google_play import API, one_of
from chalicelib.pull.json_answer import read_object, word
from chalicelib.pull.options import word_of
from chalicelib.pull.posting.refusals import refuse_another_answer, refusing

SITE = "Google Play"


class GooglePlayPoster:
    """Implements `ports.Poster` for one app."""

    def __init__(self, context: PullContext) -> None:
        self._http = context.http
        self._now = context.now
        self._login = GoogleLogin(context.http, context.secrets, context.now)
        self._package = word_of(context.settings.options, "package")

    def post(self, feedback: Feedback, reply: Reply) -> str | None:
        """See the port. A reply that is there is replaced by itself."""
        address = f"{API}{self._package}/reviews/{quote(feedback.external_id, safe='')}"
        found = self._http.get(
            address,
            now=self._now,
            headers=self._login.headers(),
            # Google shows a review for a week; it may be answered for longer.
            good=frozenset({200, 404}),
            explain=google_errors.explain,
        )
        comments = read_object(found).get("comments") if found.status == 200 else None
        there = word(one_of(comments, "developerComment").get("text"))
        if not refuse_another_answer(SITE, there, reply.text):
            self._http.post(
                f"{address}:reply",
                now=self._now,
                json={"replyText": reply.text},
                headers=self._login.headers(),
                explain=refusing(google_errors.explain),
            )
        return feedback.external_id


POSTER = GooglePlayPoster
