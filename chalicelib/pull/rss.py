"""RSS and Atom feeds: alerts of search engines, blog comments, forums (contracts A15).

feedparser reads every dialect and repairs what is broken; it gets a stream of bytes, because of
bytes themselves it would first ask whether they name a file. The key of an entry is its id, else
its link, else a hash of what it says; some sites give every entry the same id, which then tells
nothing. Feeds are small and rewritten whole: the cursor holds the validators for a conditional
request, and the source's row knows which entries it holds already.
"""

import calendar
import hashlib
import io
import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from xml.sax import SAXParseException

import feedparser

from chalicelib.domain.errors import SourceContractError
from chalicelib.domain.feedback import Feedback, FeedbackKind, Page
from chalicelib.ports import PullContext, SourceKind
from chalicelib.pull.plain_text import from_html

# feedparser looks for an e-mail address in every author, in time that grows with the square of a
# word's length: minutes for one of 90,000 letters.
_LONG_WORD = re.compile(rb"([\w.+-]{500})[\w.+-]+")
_ENDS = re.compile(rb"</(?:\w+:)?(?:item|entry)\s*>", re.IGNORECASE)


class RssFeed:
    """One feed. Options: `address`."""

    def __init__(self, context: PullContext) -> None:
        self._business_id = context.business.business_id
        self._settings = context.settings
        self._http = context.http
        self._now = context.now

    def fetch(self, cursor: Mapping[str, object]) -> Page:
        """The whole feed as one page. Raises a SourceError.

        `304 Not Modified` is an answer without news. A feed without entries that had some before
        is suspect: sites that break send an empty frame with status 200.
        """
        answer = self._http.get(
            str(self._settings.options["address"]),
            now=self._now,
            headers=_conditional(cursor),
            good=frozenset({200, 304}),
        )
        if answer.status == 304:
            return Page(feedback=(), cursor=cursor, is_complete=True)
        parsed = feedparser.parse(
            io.BytesIO(_LONG_WORD.sub(rb"\1", answer.body)),
            # We take the text out of the HTML ourselves; cleaning it first takes minutes on a
            # hostile feed.
            sanitize_html=False,
            resolve_relative_uris=False,
            response_headers={"content-type": answer.headers.get("Content-Type", "")},
        )
        if not parsed.get("version"):
            raise SourceContractError(
                "the answer is not a feed",
                advice="Open the address: it must show RSS or Atom, not a page or a login.",
            )
        is_broken = isinstance(parsed.get("bozo_exception"), SAXParseException)
        # The last entry of a feed that broke off says half of what it meant to.
        entries = parsed.entries[: len(_ENDS.findall(answer.body))] if is_broken else parsed.entries
        names = Counter(_name(entry) for entry in entries)
        said, refused = [], len(parsed.entries) - len(entries)
        for entry in entries:
            feedback = self._feedback(entry, names)
            if feedback is None:
                refused += 1
            else:
                said.append(feedback)
        had_entries = bool(cursor.get("had_entries"))
        # A feed that broke off may be whole under the same validators.
        headers = {} if is_broken else answer.headers
        return Page(
            feedback=tuple(sorted(said, key=lambda one: one.written_at)),
            cursor={
                "etag": headers.get("ETag", ""),
                "last_modified": headers.get("Last-Modified", ""),
                "had_entries": had_entries or bool(parsed.entries),
            },
            is_complete=True,
            refused=refused,
            is_empty_suspect=had_entries and not parsed.entries,
        )

    def _feedback(self, entry: Any, names: Counter[str]) -> Feedback | None:
        title = from_html(str(entry.get("title", "")))
        body = from_html(_longest_text(entry))
        text = body if not title or body.startswith(title) else f"{title}\n{body}".strip()
        link = str(entry.get("link", "")) or None
        if not text:
            return None
        name = _name(entry)
        key = name if name and names[name] == 1 else _hash(link or "", title, body)
        # Asked as of a plain dictionary: feedparser's own would give one date for the other.
        changed_at = _moment(dict.get(entry, "updated_parsed"))
        written_at = _moment(dict.get(entry, "published_parsed")) or changed_at
        return Feedback(
            business_id=self._business_id,
            source=self._settings.name,
            external_id=key,
            kind=FeedbackKind.MENTION,
            text=text,
            written_at=written_at or self._now,
            updated_at=changed_at or written_at or self._now,
            author=from_html(str(entry.get("author", ""))) or None,
            location=self._settings.location,
            url=link if link and link.startswith(("https://", "http://")) else None,
        ).clamped(self._now)


def _conditional(cursor: Mapping[str, object]) -> dict[str, str]:
    headers = {
        "Accept": "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.5"
    }
    if cursor.get("etag"):
        headers["If-None-Match"] = str(cursor["etag"])
    if cursor.get("last_modified"):
        headers["If-Modified-Since"] = str(cursor["last_modified"])
    return headers


def _name(entry: Any) -> str:
    return str(entry.get("id") or entry.get("link") or "")


def _longest_text(entry: Any) -> str:
    texts = [str(part.get("value", "")) for part in entry.get("content", [])]
    texts.append(str(entry.get("summary", "")))
    return max(texts, key=len)


def _moment(parsed: Any) -> datetime | None:
    # feedparser gives a struct_time in UTC, or None for a date it cannot read.
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError):
        return None


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


KIND = SourceKind(
    name="rss",
    title="RSS or Atom feed",
    required={"address": "the https address of the feed"},
    optional={},
    needs_secret=False,
    build=RssFeed,
)
