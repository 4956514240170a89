"""Answers to reviews in the App Store (contracts A6): one a review; Apple publishes it later."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from chalicelib.domain.feedback import Feedback
from chalicelib.domain.reply import Reply
from chalicelib.ports import PullContext
from chalicelib.pull.app_store_connect import API, explain
from chalicelib.pull.app_store_login import login_headers
from chalicelib.pull.json_answer import inside, read_object, word
from chalicelib.pull.posting.refusals import is_gone, refuse_another_answer, refusing

SITE = "The App Store"


class AppStoreConnectPoster:
    """Implements `ports.Poster` for one app."""

    def __init__(self, context: PullContext) -> None:
        self._http = context.http
        self._now = context.now
        self._headers = login_headers(context.secrets, context.now)

    def post(self, feedback: Feedback, reply: Reply) -> str | None:
        """See the port. A response that is there is replaced by itself."""
        key = feedback.external_id
        found = self._http.get(
            f"{API}customerReviews/{quote(key, safe='')}?include=response",
            now=self._now,
            headers=self._headers,
            good=frozenset({200, 404}),
            explain=explain,
        )
        if found.status == 404:
            raise is_gone(SITE)
        there = _response(read_object(found))
        if refuse_another_answer(
            SITE, word(inside(there, "attributes").get("responseBody")), reply.text
        ):
            return word(there.get("id"))
        taken = self._http.post(
            f"{API}customerReviewResponses",
            now=self._now,
            json={
                "data": {
                    "type": "customerReviewResponses",
                    "attributes": {"responseBody": reply.text},
                    "relationships": {"review": {"data": {"type": "customerReviews", "id": key}}},
                }
            },
            headers=self._headers,
            good=frozenset({200, 201}),
            explain=refusing(explain),
        )
        return word(inside(read_object(taken), "data").get("id"))


def _response(frame: Mapping[str, Any]) -> Mapping[str, Any]:
    """The response that stands beside the review; an empty one where there is none."""
    included = frame.get("included")
    for one in included if isinstance(included, list) else []:
        if inside(one).get("type") == "customerReviewResponses":
            return inside(one)
    return {}


POSTER = AppStoreConnectPoster
