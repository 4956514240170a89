"""HTML and odd characters in, plain text out: what people see, and nothing else."""

import html
import re
import unicodedata
from html.parser import HTMLParser

_BREAKS = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "blockquote"})
_SILENT = frozenset({"script", "style", "head", "template"})
# Twelve times what a feedback may hold; the rest of a longer page is no feedback.
MARKUP_LIMIT = 200_000
# A `<` without its `>` before the next `<` opens no tag. Python's parser would look for the end
# of each over all that follows: ten seconds for 30,000 characters.
_OPENS_NOTHING = re.compile(r"<(?![^<>]*>)")
_MARKED_SECTION = re.compile(r"<!\[[^<>]*>")
_SPACES = re.compile(r"[ \t\f\v\u00a0]+")
_EMPTY_LINES = re.compile(r"\n{3,}")
# Controls that change the direction of writing can make a text read as something else.
_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            # A head need not be closed.
            self._silent = 0
        if tag in _SILENT:
            self._silent += 1
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def from_html(markup: str) -> str:
    """The text a reader of that HTML sees. Never raises, and takes time in line with the length."""
    seen = _Seen()
    seen.feed(_tame(markup[:MARKUP_LIMIT]))
    seen.close()
    return clean("".join(seen.parts))


def _tame(markup: str) -> str:
    # What trips or slows the parser: comments, marked sections, and tags that never end.
    markup = _without_comments(markup).replace("<![CDATA[", "").replace("]]>", "")
    return _MARKED_SECTION.sub("", _OPENS_NOTHING.sub("&lt;", markup))


def _without_comments(markup: str) -> str:
    parts, place = [], 0
    while (begin := markup.find("<!--", place)) >= 0:
        end = markup.find("-->", begin + 4)
        if end < 0:
            break
        parts.append(markup[place:begin])
        place = end + 3
    return "".join([*parts, markup[place:]])


def clean(text: str) -> str:
    """Unicode NFC, no control or direction characters, single spaces, no outer white space.

    Lone surrogates, which no encoding can carry, become a replacement mark.
    """
    text = text.encode("utf-8", "replace").decode("utf-8", "replace").replace("\r\n", "\n")
    text = unicodedata.normalize("NFC", text.replace("\r", "\n"))
    kept = "".join(
        char
        for char in text
        if char in "\n\t" or (char not in _DIRECTION and unicodedata.category(char) != "Cc")
    )
    lines = [_SPACES.sub(" ", line).strip() for line in kept.split("\n")]
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()


def unescaped(text: str) -> str:
    """`&amp;` and the like as characters; for sources that escape plain text."""
    return clean(html.unescape(text))
