"""Intercom, played: a search for conversations by when their rating was answered."""

import json
from datetime import datetime
from typing import Any, ClassVar

from chalicelib.pull.intercom import KIND
from tests.pull.playing import Answer, Asked, Played


class PlayedIntercom(Played):
    """One workspace, three conversations a page."""

    kind = KIND
    secrets: tuple[str, ...] = ("token",)
    faulty = "api.intercom.io/conversations"
    page_size = 3
    fields: ClassVar = {
        "id": "external_id",
        "conversation_rating.rating": "stars",
        "conversation_rating.remark": "text",
        "conversation_rating.created_at": "written_at",
        "conversation_rating.contact.id": "author_id",
    }
    error_bodies: ClassVar = {
        401: {"type": "error.list", "errors": [{"code": "unauthorized", "message": "x"}]},
    }
    has_deletions = False

    def entry(self, number: int, moment: datetime) -> dict[str, Any]:
        """A conversation with its rating."""
        return {
            "type": "conversation",
            "id": str(300 + number),
            "created_at": int(moment.timestamp()) - 900,
            "updated_at": int(moment.timestamp()) + 60,
            "source": {"body": "<p>Where is my order?</p>", "author": {"email": "c@mail.example"}},
            "conversation_rating": {
                "rating": number % 5 + 1,
                "remark": f"The bread was cold, number {number}",
                "created_at": int(moment.timestamp()),
                "contact": {"type": "contact", "id": f"c{number}", "external_id": "e"},
                "teammate": {"type": "admin", "id": 9},
            },
        }

    def edit(self) -> None:
        """The remark changes, its time does not."""
        self.entries[0]["conversation_rating"]["remark"] = "Warm now"

    def answer(self, asked: Asked) -> Answer:
        """A page."""
        assert (asked.method, asked.path) == ("POST", "/conversations/search")
        assert asked.headers["authorization"] == "Bearer token"
        body = json.loads(asked.body)
        (answered,) = body["query"]["value"]
        assert (answered["field"], answered["operator"]) == ("conversation_rating.replied_at", ">")
        found = [one for one in self.entries if _seconds(one) > answered["value"]]
        token = body["pagination"].get("starting_after", "at0").removeprefix("at")
        if not token.isdigit():
            return Answer(said={"type": "error.list", "errors": []}, status=400)
        start = int(token)
        end = start + self.page_size
        pages: dict[str, Any] = {"type": "pages", "per_page": 50}
        if end < len(found):
            pages["next"] = {"page": 2, "starting_after": f"at{end}"}
        return Answer(
            said={
                "type": "conversation.list",
                "conversations": found[start:end],
                "pages": pages,
                "total_count": len(found),
            }
        )


def _seconds(entry: Any) -> float:
    try:
        return float(entry["conversation_rating"]["created_at"])
    except (KeyError, TypeError, ValueError):
        return 1e12
