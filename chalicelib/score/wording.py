"""Text as the network reads it: no links, no handles, emoji in words. Training uses the same.

Links and handles say nothing of a customer's mood, so taking them out makes the reading immune to
them. The base vocabulary knows no emoji; a word of the same mood stands in for each common one.
"""

import html
import re

LONGEST_TEXT = 20_000
"""Characters; what comes after is not read. The longest review forms allow 5,000 to 10,000."""

_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_HANDLE = re.compile(r"(?<!\w)@\w[\w.-]*")
_SPACES = re.compile(r"\s+")
_HASH = re.compile(r"#(?=\w)")
_LONG_RUN = re.compile(r"(\w)\1{3,}")
_JOINERS = dict.fromkeys([0x200D, 0xFE0F, 0xFE0E, 0x2640, 0x2642, *range(0x1F3FB, 0x1F400)])

_MOODS = {
    "love": "😍🥰😘❤🧡💛💚💙💜🖤🤍💕💖💗💘💞💓😻",
    "great": "👍👏🙌💯⭐🌟✨🏆🥇🔥🤩💪👌🎉🥳🫶",
    "happy": "😊😀😃😄😁☺🙂😇😎🤗😺😌",
    "laughing": "😂🤣😆😅😹",
    "delicious": "😋🤤",
    "thank you": "🙏",
    "angry": "😡😠🤬👿💢😾",
    "bad": "👎❌🚫💩🗑",
    "disappointed": "😞😒🙁☹😟😔😕🫤😐😑",
    "sad": "😢😭💔😿😥🥺😓",
    "afraid": "😨😰😱😧😦",
    "disgusting": "🤢🤮🤧",
    "annoyed": "🙄😤😩😫🤦😖😣🤷",
    "confused": "🤔🤨😵❓❔",
    "sick": "🤒🤕😷",
    "warning": "⚠🚨☠💀",
    "surprised": "😳😲😮🤯",
    "tired of waiting": "⏳⌛🐌🥱",
}
_EMOJI = {ord(sign): f" {word} " for word, signs in _MOODS.items() for sign in signs}


def worded(text: str) -> str:
    """Give the text as the network reads it; at most 20,000 characters of the original count."""
    text = text[:LONGEST_TEXT]
    if "&" in text:
        text = html.unescape(text)
    text = text.replace("\u2019", "'").replace("\u2018", "'")
    if not text.isascii():
        text = text.translate(_JOINERS).translate(_EMOJI)
    text = _HASH.sub("", _HANDLE.sub(" ", _LINK.sub(" ", text)))
    return _SPACES.sub(" ", _LONG_RUN.sub(r"\1\1\1", text)).strip()


def has_words(text: str) -> bool:
    """True when at least one letter is left to read."""
    return any(character.isalpha() for character in text)
