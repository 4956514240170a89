"""Answers to posts on Bluesky (contracts A11): a post of one's own below theirs.

The key of a post is ours to choose: made from the draft's moment and the approved text, the same
reply is written to the same place however often that is tried.
"""

from typing import Any
from urllib.parse import urlencode

from chalicelib.domain.clock import to_text
from chalicelib.domain.errors import ReplyRefused
from chalicelib.domain.feedback import Feedback
from chalicelib.domain.reply import Reply
from chalicelib.ports import PullContext
from chalicelib.pull.bluesky import USUAL_SERVER
from chalicelib.pull.bluesky_session import BlueskySession, explain
from chalicelib.pull.json_answer import broken, inside, needed_rows, read_object, word
from chalicelib.pull.options import word_of
from chalicelib.pull.posting.refusals import COPY_IT, is_gone, refusing

SITE = "Bluesky"
COLLECTION = "app.bsky.feed.post"
# The alphabet of AT Protocol's keys: in the order of their letters they are in that of time.
_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
_KEY_LENGTH, _CLOCKS = 13, 1024


class BlueskyPoster:
    """Implements `ports.Poster` for one account."""

    def __init__(self, context: PullContext) -> None:
        options = context.settings.options
        self._http = context.http
        self._now = context.now
        self._root = word_of({"address": USUAL_SERVER, **options}, "address").rstrip("/")
        self._handle = word_of(options, "handle").lstrip("@")
        self._session = BlueskySession(
            context.http,
            root=self._root,
            handle=self._handle,
            secrets=context.secrets,
            now=context.now,
        )

    def post(self, feedback: Feedback, reply: Reply) -> str | None:
        """See the port."""
        if reply.approved_at is None:
            raise ReplyRefused("nobody approved this reply", advice=COPY_IT)
        # A session of its own: that of the looks is renewed by the looks. Replies are few.
        headers = self._session.headers(self._session.renewed({})) or {}
        asked = urlencode({"uris": feedback.external_id})
        found = self._http.get(
            f"{self._root}/xrpc/app.bsky.feed.getPosts?{asked}",
            now=self._now,
            headers=headers,
            explain=explain,
        )
        posts = needed_rows(found, read_object(found), "posts")
        if not posts:
            raise is_gone(SITE)
        parent = {"uri": feedback.external_id, "cid": word(inside(posts[0]).get("cid"))}
        if parent["cid"] is None:
            raise broken(found, "a post without its hash")
        root = inside(posts[0], "record", "reply", "root")
        is_below = word(root.get("uri")) is not None and word(root.get("cid")) is not None
        record: dict[str, Any] = {
            "$type": COLLECTION,
            "text": reply.text,
            "createdAt": to_text(reply.approved_at),
            "langs": [reply.language],
            "reply": {"root": dict(root) if is_below else parent, "parent": parent},
        }
        taken = self._http.post(
            f"{self._root}/xrpc/com.atproto.repo.putRecord",
            now=self._now,
            json={
                "repo": self._handle,
                "collection": COLLECTION,
                "rkey": key_of(reply),
                "record": record,
            },
            headers=headers,
            explain=refusing(explain),
        )
        return word(read_object(taken).get("uri"))


def key_of(reply: Reply) -> str:
    """A key in the form of AT Protocol's (TID): the moment of the draft in microseconds, and ten
    bits of what was approved. Whoever approves the same text again means the same post."""
    clock = int(reply.approved_text_hash[-8:], 16) % _CLOCKS
    value = round(reply.drafted_at.timestamp() * 1_000_000) * _CLOCKS + clock
    letters = ""
    for _ in range(_KEY_LENGTH):
        value, place = divmod(value, len(_LETTERS))
        letters = _LETTERS[place] + letters
    return letters


POSTER = BlueskyPoster
