"""Customers' text made harmless to show: no control characters, no reordering, nothing to tap.

Escaping is the templates' work; this is for what escaping keeps: characters that a mail client
or a browser obeys although they are text.
"""

import re
import unicodedata
from urllib.parse import urlsplit

# Control characters but tab and line feed; characters that reorder or hide text; line separators
# of old; tag characters. The joiners U+200C and U+200D stay: Persian and emoji need them.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
LINE_ENDS = re.compile("\r\n?|[\u2028\u2029\x0b\x0c\x85]")
BLANK_LINES = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")
SPACES = re.compile(r"\s+")
# A letter with more marks than this is an attack on the lines above and below it.
MARKS_IN_A_ROW = 3
ZERO_WIDTH_SPACE = "\u200b"
# What mail programs turn into links by themselves: a dot before letters, an at sign, a scheme.
LINKING = re.compile(r"(?<=\S)([.@])(?=[^\W\d_]{2})|(?<=[A-Za-z])(:)(?=//|[^\s:])")
URL_LIMIT = 2_000
HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?\Z")


def clean(text: str) -> str:
    """The text with its line breaks and every letter, without what acts on a screen."""
    text = FORBIDDEN.sub("", LINE_ENDS.sub("\n", text))
    text = _without_towers(text)
    return BLANK_LINES.sub("\n\n", text).strip()


def one_line(text: str, limit: int) -> str:
    """Clean, in one line, cut with an ellipsis at `limit` characters: for a subject or a name."""
    line = SPACES.sub(" ", clean(text)).strip()
    if len(line) <= limit:
        return line
    return line[: limit - 1].rstrip() + "…"


def without_links(text: str) -> str:
    """The same to the eye, but no mail program makes a link of any part of it."""
    return LINKING.sub(lambda found: (found[1] or found[2]) + ZERO_WIDTH_SPACE, text)


def safe_url(url: str | None) -> str | None:
    """The address if one may link to it: https, a plain host, nothing hidden; else None."""
    if not url or len(url) > URL_LIMIT or not url.isascii() or not url.isprintable():
        return None
    if any(sign in url for sign in " \"'<>\\`{}|^"):
        return None
    try:
        parts = urlsplit(url)
        has_port = parts.port is not None
    except ValueError:
        return None
    if parts.scheme != "https" or parts.username or parts.password or has_port:
        return None
    return url if parts.hostname and HOST.match(parts.hostname) else None


def host_of(url: str) -> str:
    """The name a reader knows a site by: its host without `www.`."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _without_towers(text: str) -> str:
    if text.isascii():
        return text
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks <= MARKS_IN_A_ROW:
            kept.append(character)
    return "".join(kept)
