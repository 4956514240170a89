"""The ways in of the sites that take a reply, played: what is written there is kept and shown."""

import json
from collections.abc import Callable
from typing import Any

from tests.pull.played.app_store_connect import PlayedAppStoreConnect
from tests.pull.played.bluesky import PlayedBluesky
from tests.pull.played.google_business import PlayedGoogleBusiness
from tests.pull.played.google_play import PlayedGooglePlay
from tests.pull.played.mastodon import PlayedMastodon
from tests.pull.played.trustpilot import PlayedTrustpilot
from tests.pull.playing import Answer, Asked

FULL_SECRET = json.dumps({"api_key": "key", "api_secret": "s", "username": "rosa", "password": "p"})


class Answering:
    """What a played site is told to show beside its reviews, and what was written there.

    `writes` are the requests that changed something; `broken` is the status of the next writes.
    """

    def __init__(self) -> None:
        self.writes: list[Asked] = []
        self.broken: int | None = None

    def taken(self, asked: Asked, take: Callable[[Any], Answer]) -> Answer:
        """The answer to a write."""
        self.writes.append(asked)
        if self.broken is not None:
            return Answer(said={"error": "odd"}, status=self.broken)
        return take(json.loads(asked.body))


class AnsweredGoogleBusiness(Answering, PlayedGoogleBusiness):
    """A PUT on the review's reply."""

    def __init__(self) -> None:
        Answering.__init__(self)
        PlayedGoogleBusiness.__init__(self)

    def write(self, count: int) -> None:
        """Nobody has answered yet."""
        super().write(count)
        for entry in self.entries:
            entry.pop("reviewReply", None)

    def show(self, text: str) -> None:
        """Somebody answered by hand."""
        self.entries[0]["reviewReply"] = {"comment": text, "updateTime": "2026-03-29T09:00:00Z"}

    def answer(self, asked: Asked) -> Answer:
        """Reviews, and what is put below them."""
        if asked.method != "PUT":
            return super().answer(asked)
        assert asked.headers["authorization"] == "Bearer t"
        name = asked.path.removeprefix("/v4/").removesuffix("/reply")
        (entry,) = [one for one in self.entries if one["name"] == name]

        def take(said: Any) -> Answer:
            assert set(said) == {"comment"}
            entry["reviewReply"] = {**said, "updateTime": "2026-03-29T10:00:00Z"}
            return Answer(said=entry["reviewReply"])

        return self.taken(asked, take)

    def shown(self) -> list[str]:
        """The answers that everybody reads."""
        return [one["reviewReply"]["comment"] for one in self.entries if "reviewReply" in one]


class AnsweredGooglePlay(Answering, PlayedGooglePlay):
    """A POST on the review's `:reply`."""

    def __init__(self) -> None:
        Answering.__init__(self)
        PlayedGooglePlay.__init__(self)

    def write(self, count: int) -> None:
        """Nobody has answered yet."""
        super().write(count)
        for entry in self.entries:
            entry["comments"].pop("second", None)

    def show(self, text: str) -> None:
        """Somebody answered by hand."""
        said = {"text": text, "lastModified": {"seconds": "1774780200"}}
        self.entries[0]["comments"]["second"] = {"developerComment": said}

    def answer(self, asked: Asked) -> Answer:
        """Reviews, one review, and what is posted to it."""
        name = asked.path.rpartition("/")[2]
        found = [one for one in self.entries if one["reviewId"] == name.removesuffix(":reply")]
        if not found:
            return super().answer(asked)
        if asked.method == "GET":
            comments = list(found[0]["comments"].values())
            return Answer(said={**found[0], "comments": comments})

        def take(said: Any) -> Answer:
            if len(said["replyText"]) > 350:
                return Answer(said=self.error_bodies[400], status=400)
            answered = {"text": said["replyText"], "lastModified": {"seconds": "1774780200"}}
            found[0]["comments"]["second"] = {"developerComment": answered}
            return Answer(said={"result": {"replyText": said["replyText"]}})

        return self.taken(asked, take)

    def shown(self) -> list[str]:
        """The answers that everybody reads."""
        comments = [one["comments"].get("second") for one in self.entries]
        return [one["developerComment"]["text"] for one in comments if one]


class AnsweredAppStore(Answering, PlayedAppStoreConnect):
    """A POST of a response."""

    def __init__(self) -> None:
        Answering.__init__(self)
        PlayedAppStoreConnect.__init__(self)
        self.responses: dict[str, str] = {}

    def show(self, text: str) -> None:
        """Somebody answered by hand."""
        self.responses[self.entries[0]["id"]] = text

    def answer(self, asked: Asked) -> Answer:
        """Reviews, one review with its response, and what is posted."""
        if asked.method == "POST":
            assert asked.path == "/v1/customerReviewResponses"
            return self.taken(asked, self._take)
        answer = super().answer(asked)
        if "/customerReviews/" not in asked.path or answer.status != 200:
            return answer
        assert asked.query["include"] == "response"
        key = asked.path.rpartition("/")[2]
        attributes = {"responseBody": self.responses.get(key), "state": "PENDING_PUBLISH"}
        response = {"type": "customerReviewResponses", "id": f"a-{key}", "attributes": attributes}
        included = [response] if key in self.responses else []
        assert isinstance(answer.said, dict)
        return Answer(said={"data": answer.said["data"], "included": included})

    def _take(self, said: Any) -> Answer:
        key = said["data"]["relationships"]["review"]["data"]["id"]
        self.responses[key] = said["data"]["attributes"]["responseBody"]
        return Answer(said={"data": {"id": f"a-{key}"}}, status=201)

    def shown(self) -> list[str]:
        """The answers that everybody reads."""
        return list(self.responses.values())


class AnsweredTrustpilot(Answering, PlayedTrustpilot):
    """A POST as a business user."""

    secrets = (FULL_SECRET,)

    def __init__(self) -> None:
        Answering.__init__(self)
        PlayedTrustpilot.__init__(self)

    def write(self, count: int) -> None:
        """Nobody has answered yet."""
        super().write(count)
        for entry in self.entries:
            entry["companyReply"] = None

    def show(self, text: str) -> None:
        """Somebody answered by hand."""
        reply = {"text": text, "createdAt": "2026-03-29T09:00:00Z", "updatedAt": None}
        self.entries[0]["companyReply"] = reply

    def answer(self, asked: Asked) -> Answer:
        """Reviews, a sign-in, and what is posted."""
        if asked.path.endswith("/accesstoken"):
            assert asked.headers["authorization"] == "Basic a2V5OnM="
            assert asked.form == {"grant_type": "password", "username": "rosa", "password": "p"}
            return Answer(said={"access_token": "t"})
        if asked.method != "POST":
            return super().answer(asked)
        assert asked.headers["authorization"] == "Bearer t"
        key = asked.path.removeprefix("/v1/private/reviews/").removesuffix("/reply")
        (entry,) = [one for one in self.entries if one["id"] == key]

        def take(said: Any) -> Answer:
            reply = {"text": said["message"], "createdAt": "2026-03-29T10:00:00Z"}
            entry["companyReply"] = reply
            return Answer(said={}, status=201)

        return self.taken(asked, take)

    def shown(self) -> list[str]:
        """The answers that everybody reads."""
        return [one["companyReply"]["text"] for one in self.entries if one["companyReply"]]


class AnsweredMastodon(Answering, PlayedMastodon):
    """A status in reply; a repeat is known by its key as long as `remembers`."""

    def __init__(self) -> None:
        Answering.__init__(self)
        PlayedMastodon.__init__(self)
        self.posts: list[dict[str, Any]] = []
        self.by_key: dict[str, dict[str, Any]] = {}
        self.shows_below = True

    def show(self, text: str) -> None:
        """Somebody else answered below."""
        self.posts.append({"id": "1", "in_reply_to_id": self.entries[0]["id"],
                           "content": f"<p>@customer {text}</p>"})  # fmt: skip

    def answer(self, asked: Asked) -> Answer:
        """Posts, those below one, and what is posted."""
        if asked.path.endswith("/context"):
            return Answer(
                said={"ancestors": [], "descendants": self.posts if self.shows_below else []}
            )
        if asked.method != "POST":
            return super().answer(asked)
        assert asked.headers["authorization"] == "Bearer token"
        key = asked.headers["idempotency-key"]

        def take(said: Any) -> Answer:
            if key not in self.by_key:
                # As Mastodon writes it: paragraphs, and of the name only what stands before @.
                name, _, text = said["status"].partition(" ")
                short = name.lstrip("@").partition("@")[0]
                body = text.replace("\n\n", "</p><p>").replace("\n", "<br />")
                content = f'<p><span class="h-card">@<span>{short}</span></span> {body}</p>'
                post = {**said, "id": f"9{len(self.posts)}", "content": content}
                self.by_key[key] = post
                self.posts.append(post)
            return Answer(said=self.by_key[key])

        return self.taken(asked, take)

    def shown(self) -> list[str]:
        """What the account posted."""
        return [one["status"].partition(" ")[2] for one in self.posts if "status" in one]


class AnsweredBluesky(Answering, PlayedBluesky):
    """A record under a key of our own."""

    def __init__(self) -> None:
        Answering.__init__(self)
        PlayedBluesky.__init__(self)
        self.records: dict[str, dict[str, Any]] = {}

    def show(self, text: str) -> None:
        """Somebody else answered below."""

    def answer(self, asked: Asked) -> Answer:
        """Posts, and what is put into the account's own."""
        if not asked.path.endswith("putRecord"):
            return super().answer(asked)
        assert asked.headers["authorization"] == f"Bearer {self.access}"

        def take(said: Any) -> Answer:
            assert (said["repo"], said["collection"]) == ("rosa.bsky.social", "app.bsky.feed.post")
            self.records[said["rkey"]] = said["record"]
            return Answer(said={"uri": f"at://did:plc:rosa/{said['collection']}/{said['rkey']}"})

        return self.taken(asked, take)

    def shown(self) -> list[str]:
        """What the account posted."""
        return [one["text"] for one in self.records.values()]


ANSWERING: dict[str, type[Any]] = {
    "google_business": AnsweredGoogleBusiness,
    "google_play": AnsweredGooglePlay,
    "app_store_connect": AnsweredAppStore,
    "trustpilot": AnsweredTrustpilot,
    "mastodon": AnsweredMastodon,
    "bluesky": AnsweredBluesky,
}
ONE_ANSWER = ("google_business", "google_play", "app_store_connect", "trustpilot")
