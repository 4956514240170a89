"""A Bluesky server, played: sessions that expire, search, and posts by address."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, ClassVar
from urllib.parse import urlsplit

from chalicelib.pull.bluesky import KIND
from tests.pull.playing import Answer, Asked, Played, iso

DID = "did:plc:customer{}"


class PlayedBluesky(Played):
    """Three posts a page; tokens are good until `expire` is called."""

    kind = KIND
    options: Mapping[str, object] = MappingProxyType(
        {"handle": "@rosa.bsky.social", "search": ['"rosa bakery"']}
    )
    secrets: tuple[str, ...] = ("app-password",)
    faulty = "bsky.social/xrpc/app.bsky.feed.searchPosts"
    page_size = 3
    fields: ClassVar = {
        "uri": "external_id",
        "author.did": "author_id",
        "author.displayName": "author",
        "record.text": "text",
        "record.createdAt": "written_at",
        "record.langs": "language",
        "indexedAt": "updated_at",
    }
    error_bodies: ClassVar = {
        400: {"error": "InvalidRequest", "message": "odd"},
        401: {"error": "AuthMissing", "message": "odd"},
    }
    has_edits = False

    def __init__(self) -> None:
        super().__init__()
        self.session = 0
        self.access, self.refresh = "", ""
        self.sign_ins = self.refreshes = 0

    def expire(self) -> None:
        """The access token is too old from now on."""
        self.access = "expired"

    def forget(self) -> None:
        """So is the refresh token."""
        self.access = self.refresh = "expired"

    def entry(self, number: int, moment: datetime) -> dict[str, Any]:
        """A postView."""
        did = DID.format(number)
        return {
            "uri": f"at://{did}/app.bsky.feed.post/3k{number}",
            "cid": f"bafy{number}",
            "author": {
                "did": did,
                "handle": f"customer{number}.bsky.social",
                "displayName": f"Customer {number}",
            },
            "record": {
                "$type": "app.bsky.feed.post",
                "text": f"The rye of rosa bakery was stale, number {number}",
                "createdAt": iso(moment - timedelta(seconds=2)),
                "langs": ["en-GB"],
            },
            "likeCount": 1,
            "indexedAt": iso(moment),
            "labels": [],
        }

    def answer(self, asked: Asked) -> Answer:
        """By the method of the lexicon."""
        method = asked.path.removeprefix("/xrpc/")
        bearer = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if method == "com.atproto.server.createSession":
            assert asked.body == b'{"identifier": "rosa.bsky.social", "password": "app-password"}'
            self.sign_ins += 1
            return self._tokens()
        if method == "com.atproto.server.refreshSession":
            if bearer != self.refresh:
                return Answer(said={"error": "ExpiredToken", "message": "odd"}, status=400)
            self.refreshes += 1
            return self._tokens()
        if bearer != self.access:
            return Answer(said={"error": "ExpiredToken", "message": "odd"}, status=400)
        if method == "app.bsky.feed.getPosts":
            uris = [part[5:] for part in urlsplit(asked.raw).query.split("&")]
            plain = [uri.replace("%3A", ":").replace("%2F", "/") for uri in uris]
            return Answer(said={"posts": [one for one in self.entries if one["uri"] in plain]})
        assert method == "app.bsky.feed.searchPosts"
        assert (asked.query["q"], asked.query["sort"]) == ('"rosa bakery"', "latest")
        return self._page(asked)

    def _tokens(self) -> Answer:
        self.session += 1
        self.access, self.refresh = f"access{self.session}", f"refresh{self.session}"
        said = {"accessJwt": self.access, "refreshJwt": self.refresh, "did": "did:plc:rosa"}
        return Answer(said=said)

    def _page(self, asked: Asked) -> Answer:
        since = asked.query.get("since", "")
        found = [one for one in self.entries if one["indexedAt"] >= since[:19]]
        start = int(asked.query.get("cursor", "0"))
        end = start + self.page_size
        more = {"cursor": str(end)} if end < len(found) else {}
        return Answer(said={"posts": found[start:end], "hitsTotal": len(found), **more})
