"""Answers to reviews on Trustpilot (contracts A5): one a review, as a user of the company.

The API key alone reads; answering needs a business user's sign-in beside it.
"""

from urllib.parse import quote

from chalicelib.domain.feedback import Feedback
from chalicelib.domain.reply import Reply
from chalicelib.ports import PullContext
from chalicelib.pull.json_answer import inside, read_object, word
from chalicelib.pull.posting.refusals import is_gone, refuse_another_answer, refusing
from chalicelib.pull.trustpilot import API, explain
from chalicelib.pull.trustpilot_login import api_key_of, business_user_headers

SITE = "Trustpilot"


class TrustpilotPoster:
    """Implements `ports.Poster` for one company."""

    def __init__(self, context: PullContext) -> None:
        self._http = context.http
        self._secrets = context.secrets
        self._now = context.now

    def post(self, feedback: Feedback, reply: Reply) -> str | None:
        """See the port."""
        key = quote(feedback.external_id, safe="")
        found = self._http.get(
            f"{API}reviews/{key}",
            now=self._now,
            headers={"apikey": api_key_of(self._secrets)},
            good=frozenset({200, 404}),
            explain=explain,
        )
        if found.status == 404:
            raise is_gone(SITE)
        there = word(inside(read_object(found), "companyReply").get("text"))
        if not refuse_another_answer(SITE, there, reply.text):
            self._http.post(
                f"{API}private/reviews/{key}/reply",
                now=self._now,
                json={"message": reply.text},
                headers=business_user_headers(self._http, self._secrets, self._now),
                good=frozenset({200, 201}),
                explain=refusing(explain),
            )
        return feedback.external_id


POSTER = TrustpilotPoster
