"""What is wrong with a source, in the reader's language.

A source says it in English, in a few fixed sentences. The file of a language holds each of them
beside its own; one that a file lacks stays in English. A third language is a file more.
"""

import re
import tomllib
from functools import cache
from pathlib import Path

from chalicelib.wording.words import Words

FOLDER = Path(__file__).parent
# No sentence of ours is longer; what a site may have put into it is not searched for ever.
LONGEST = 600
_BLANK = re.compile(r"\{(\w+)\}")


def in_words(text: str, words: Words) -> str:
    """A source's English sentence in the reader's language, or as it is when we do not know it."""
    if len(text) > LONGEST:
        return text
    for pattern, message in _sentences(words.language):
        found = pattern.fullmatch(text)
        if found:
            return message.format(**found.groupdict())
    return text


def pattern_of(sentence: str) -> re.Pattern[str]:
    """What a sentence with blanks matches; a blank takes one line and never nothing."""
    parts = _BLANK.split(sentence)
    texts, names = parts[::2], parts[1::2]
    blanks = [f"(?P<{name}>[^\\n]+?)" for name in names] + [""]
    return re.compile(
        "".join(re.escape(text) + blank for text, blank in zip(texts, blanks, strict=True))
    )


@cache
def _sentences(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The most fixed ones first, so that a sentence of blanks takes only what is left."""
    path = FOLDER / f"{language}.toml"
    if not path.exists():
        return ()
    with path.open("rb") as file:
        said: dict[str, str] = tomllib.load(file)["said"]
    ordered = sorted(said.items(), key=lambda pair: -len(_BLANK.sub("", pair[0])))
    return tuple((pattern_of(sentence), message) for sentence, message in ordered)
