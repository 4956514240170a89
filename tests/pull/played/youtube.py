"""YouTube, played: threads by time, and comments by their ids."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, ClassVar

from chalicelib.pull.youtube import KIND
from tests.pull.playing import Answer, Asked, Played, iso


def comment(key: str, author: str, text: str, moment: datetime) -> dict[str, Any]:
    """A comment."""
    return {
        "kind": "youtube#comment",
        "id": key,
        "snippet": {
            "textDisplay": text,
            "textOriginal": text,
            "authorDisplayName": f"@{author}",
            "authorChannelId": {"value": f"UC{author}"},
            "likeCount": 1,
            "publishedAt": iso(moment),
            "updatedAt": iso(moment + timedelta(seconds=3)),
        },
    }


class PlayedYouTube(Played):
    """Three threads a page, whatever is asked for."""

    kind = KIND
    options: Mapping[str, object] = MappingProxyType({"channel": "UCrosa"})
    secrets: tuple[str, ...] = ("key",)
    faulty = "youtube.googleapis.com/youtube/v3/commentThreads"
    page_size = 3
    top = "snippet.topLevelComment"
    fields: ClassVar = {
        f"{top}.id": "external_id",
        f"{top}.snippet.textOriginal": "text",
        f"{top}.snippet.authorDisplayName": "author",
        f"{top}.snippet.authorChannelId.value": "author_id",
        f"{top}.snippet.publishedAt": "written_at",
        f"{top}.snippet.updatedAt": "updated_at",
        "snippet.videoId": "url",
    }
    error_bodies: ClassVar = {
        400: {"error": {"code": 400, "errors": [{"reason": "invalidPageToken"}]}},
        403: {"error": {"code": 403, "errors": [{"reason": "forbidden"}]}},
    }

    def entry(self, number: int, moment: datetime) -> dict[str, Any]:
        """A thread without replies."""
        own = comment(f"t{number}", f"customer{number}", f"Stale rye, number {number}", moment)
        del own["snippet"]["textDisplay"]
        return {
            "kind": "youtube#commentThread",
            "id": f"t{number}",
            "snippet": {
                "channelId": "UCrosa",
                "videoId": "v1",
                "topLevelComment": own,
                "totalReplyCount": 0,
            },
        }

    def edit(self) -> None:
        """Its place stays."""
        own = self.entries[0]["snippet"]["topLevelComment"]["snippet"]
        own |= {"textOriginal": "Warm now", "updatedAt": iso(self.moment + timedelta(hours=1))}

    def answer(self, asked: Asked) -> Answer:
        """A page of threads, or comments."""
        assert asked.headers["x-goog-api-key"] == "key"
        if asked.path.endswith("/comments"):
            ids = asked.query["id"].split(",")
            tops = [one["snippet"]["topLevelComment"] for one in self.entries]
            return Answer(said={"items": [one for one in tops if one["id"] in ids]})
        assert asked.query["allThreadsRelatedToChannelId"] == "UCrosa"
        assert (asked.query["order"], asked.query["textFormat"]) == ("time", "plainText")
        token = asked.query.get("pageToken", "p0")
        if not token.removeprefix("p").isdigit():
            return Answer(said=self.error_bodies[400], status=400)
        start = int(token.removeprefix("p"))
        end = start + self.page_size
        more = {"nextPageToken": f"p{end}"} if end < len(self.entries) else {}
        return Answer(said={"items": self.entries[start:end], **more})
