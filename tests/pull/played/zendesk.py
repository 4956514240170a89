"""Zendesk's satisfaction ratings, played: oldest first, since a time, the next page by address."""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from chalicelib.pull.zendesk import KIND
from tests.pull.playing import Answer, Asked, Played, iso

PATH = "/api/v2/satisfaction_ratings.json"
SECRET = "owner@bakery.example/token:abc"


class PlayedZendesk(Played):
    """One account, three ratings a page."""

    kind = KIND
    options: Mapping[str, object] = {"subdomain": "bakery"}
    secrets: tuple[str, ...] = (SECRET,)
    faulty = "bakery.zendesk.com/api"
    page_size = 3
    fields: ClassVar = {
        "id": "external_id",
        "score": "stars",
        "comment": "text",
        "created_at": "written_at",
        "updated_at": "updated_at",
        "requester_id": "author_id",
        "ticket_id": "url",
    }
    has_deletions = False

    def entry(self, number: int, moment: datetime) -> dict[str, Any]:
        """A rating."""
        return {
            "id": 500 + number,
            "url": f"https://bakery.zendesk.com/api/v2/satisfaction_ratings/{500 + number}.json",
            "score": "bad" if number % 2 else "good",
            "comment": f"The bread was cold, number {number}",
            "reason": "Something else",
            "ticket_id": 70 + number,
            "requester_id": 90 + number,
            "assignee_id": 1,
            "group_id": 2,
            "created_at": iso(moment),
            "updated_at": iso(moment.replace(second=30)),
        }

    def edit(self) -> None:
        """It has a new time."""
        self.entries[0] |= {
            "comment": "Warm now",
            "updated_at": iso(self.moment.replace(second=50)),
        }

    def answer(self, asked: Asked) -> Answer:
        """A page."""
        login = base64.b64encode(SECRET.encode()).decode()
        assert asked.headers["authorization"] == f"Basic {login}"
        assert (asked.path, asked.query["score"]) == (PATH, "received")
        if not asked.query.get("page", "1").isdigit():
            return Answer(said={"error": "InvalidPaginationParameter"}, status=400)
        since, page = int(asked.query["start_time"]), int(asked.query.get("page", "1"))
        found = [one for one in reversed(self.entries) if _seconds(one) >= since]
        start = (page - 1) * self.page_size
        more = start + self.page_size < len(found)
        following = (
            f"https://bakery.zendesk.com{PATH}?score=received&start_time={since}&page={page + 1}"
        )
        return Answer(
            said={
                "satisfaction_ratings": found[start : start + self.page_size],
                "next_page": following if more else None,
                "previous_page": None,
                "count": len(found),
            }
        )


def _seconds(entry: Any) -> float:
    try:
        return datetime.fromisoformat(entry["updated_at"]).timestamp()
    except (KeyError, TypeError, ValueError):
        return 1e12
