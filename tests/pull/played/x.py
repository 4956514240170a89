"""X, played: recent search, mentions, and posts by id."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, ClassVar

from chalicelib.domain.errors import SourceCreditsError
from chalicelib.pull.x import FIRST_MILLISECOND, KIND
from tests.pull.playing import Answer, Asked, Played

SEARCH = '"rosa bakery" -is:retweet'


def key_at(moment: datetime, number: int = 0) -> str:
    """An id that carries this time."""
    return str(((int(moment.timestamp() * 1000) - FIRST_MILLISECOND) << 22) + number)


def zulu(moment: datetime) -> str:
    """As X writes a time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


class PlayedX(Played):
    """Three posts a page, whatever is asked for."""

    kind = KIND
    options: Mapping[str, object] = MappingProxyType(
        {"posts_per_month": 10_000, "search": [SEARCH], "names": True}
    )
    secrets: tuple[str, ...] = ("bearer",)
    faulty = "api.twitter.com/2/tweets/search/recent"
    page_size = 3
    fields: ClassVar = {
        "edit_history_tweet_ids.0": "external_id",
        "text": "text",
        "author_id": "author_id",
        "created_at": "updated_at",
        "lang": "language",
    }
    # A 429 that names no end is the usage cap.
    expects: ClassVar = {"429 alone": SourceCreditsError}
    error_bodies: ClassVar = {
        400: {"title": "Invalid Request", "type": "https://api.x.com/2/problems/invalid-request"},
        429: {"title": "Too Many Requests", "type": "about:blank", "status": 429},
    }

    def entry(self, number: int, moment: datetime) -> dict[str, Any]:
        """A post."""
        key = key_at(moment, number)
        return {
            "id": key,
            "text": f"the rye of rosa bakery was stale &amp; dry, number {number}",
            "author_id": str(40 + number),
            "lang": "en",
            "created_at": zulu(moment + timedelta(seconds=1)),
            "edit_history_tweet_ids": [key],
        }

    def edit(self) -> None:
        """A new post takes its place and names it."""
        self.moment += timedelta(minutes=1)
        before = self.entries.pop(0)
        key = key_at(self.moment)
        history = [*before["edit_history_tweet_ids"], key]
        created = zulu(self.moment)
        self.entries.insert(
            0,
            {**before, "id": key, "text": "Warm now", "created_at": created}
            | {"edit_history_tweet_ids": history},
        )

    def answer(self, asked: Asked) -> Answer:
        """By the path."""
        assert asked.headers["authorization"] == "Bearer bearer"
        if asked.path == "/2/tweets":
            ids = asked.query["ids"].split(",")
            found = [one for one in self.entries if {*one["edit_history_tweet_ids"]} & {*ids}]
            there = {key for one in found for key in one["edit_history_tweet_ids"]}
            gone = [
                {"resource_id": key, "type": "https://api.x.com/2/problems/resource-not-found"}
                for key in ids
                if key not in there
            ]
            data = [{"id": key, "text": "x"} for key in ids if key in there]
            return Answer(said=({"data": data} if data else {}) | {"errors": gone})
        if asked.path == "/2/tweets/search/recent":
            assert asked.query["query"] == SEARCH
        assert 10 <= int(asked.query["max_results"]) <= 100
        return self._page(asked)

    def _page(self, asked: Asked) -> Answer:
        after = int(asked.query.get("since_id", "0"))
        found = [one for one in self.entries if int(one["id"]) > after]
        token = asked.query.get("next_token") or asked.query.get("pagination_token") or "t0"
        if not token.removeprefix("t").isdigit():
            return Answer(said=self.error_bodies[400], status=400)
        start = int(token.removeprefix("t"))
        page = found[start : start + self.page_size]
        meta: dict[str, Any] = {"result_count": len(page)}
        if not page:
            return Answer(said={"meta": meta})
        meta |= {"newest_id": page[0]["id"], "oldest_id": page[-1]["id"]}
        if start + self.page_size < len(found):
            meta["next_token"] = f"t{start + self.page_size}"
        users = [
            {"id": one["author_id"], "name": f"Customer {one['author_id']}", "username": "c"}
            for one in page
        ]
        return Answer(said={"data": page, "includes": {"users": users}, "meta": meta})
