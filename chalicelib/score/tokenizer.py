"""WordPiece, as the base model's reference tokenizer does it (uncased), in plain Python.

Own code because the reference library weighs 11.7 MB and drags a download client into the package;
that the ids are the same is tested, here on own texts and in training/ on every text of the pool.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

CLASSIFY = 101
SEPARATE = 102
UNKNOWN = 100
LONGEST_WORD = 100
"""Words beyond 100 characters are unknown to the reference, whatever they are made of."""
REMEMBERED_WORDS = 20_000
"""About 3 MB; customers' words repeat, so most texts are looked up rather than split."""

_SPECIAL = {"[PAD]": 0, "[UNK]": 100, "[CLS]": 101, "[SEP]": 102, "[MASK]": 103}
_SPECIAL_MARK = re.compile(r"(\[(?:PAD|UNK|CLS|SEP|MASK)\])")
_HAN_RANGES = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B920, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)


class Tokenizer:
    """Turns text into the ids the network was trained on."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._vocabulary = vocabulary
        self._pieces = lru_cache(maxsize=REMEMBERED_WORDS)(self._split_word)

    @classmethod
    def from_file(cls, path: Path) -> "Tokenizer":
        """Read a vocabulary of one piece a line; the line number is the id."""
        with path.open(encoding="utf-8") as lines:
            return cls({line.rstrip("\n"): number for number, line in enumerate(lines)})

    def pieces(self, text: str) -> list[int]:
        """Give the ids of a text without the opening and closing marks."""
        found: list[int] = []
        for chunk in _clean(text).split():
            found += self._pieces(chunk)
        return found

    def ids(self, text: str, longest: int) -> list[int]:
        """Give the ids with both marks, cut to `longest` ids in all."""
        return [CLASSIFY, *self.pieces(text)[: longest - 2], SEPARATE]

    def _split_word(self, chunk: str) -> tuple[int, ...]:
        """Split one run of non-spaces into words at punctuation, and words into pieces."""
        found: list[int] = []
        for part in _SPECIAL_MARK.split(chunk) if "[" in chunk else (chunk,):
            if part in _SPECIAL:
                found.append(_SPECIAL[part])
                continue
            for word in _words(_fold(part)):
                found += self._word_pieces(word)
        return tuple(found)

    def _word_pieces(self, word: str) -> Sequence[int]:
        if len(word) > LONGEST_WORD:
            return (UNKNOWN,)
        vocabulary, found, start = self._vocabulary, [], 0
        while start < len(word):
            prefix = "##" if start else ""
            for end in range(len(word), start, -1):
                piece = vocabulary.get(prefix + word[start:end])
                if piece is not None:
                    found.append(piece)
                    start = end
                    break
            else:
                return (UNKNOWN,)
        return found


def _clean(text: str) -> str:
    """Drop control characters, make every white space a space, and set Han characters apart."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_cleaned, text))


@lru_cache(maxsize=4096)
def _cleaned(character: str) -> str:
    code = ord(character)
    if character in "\t\n\r":
        return " "
    if code in (0, 0xFFFD):
        return ""
    category = unicodedata.category(character)
    if category in ("Cc", "Cf", "Cn", "Co", "Cs"):
        return ""
    if category == "Zs" or character.isspace():
        return " "
    if any(first <= code <= last for first, last in _HAN_RANGES):
        return f" {character} "
    return character


def _fold(chunk: str) -> str:
    """Lower the case and drop accents (the reference: decompose, drop marks, lower)."""
    if chunk.isascii():
        return chunk.lower()
    decomposed = unicodedata.normalize("NFD", chunk)
    kept = "".join(sign for sign in decomposed if unicodedata.category(sign) != "Mn")
    return kept.lower()


def _words(chunk: str) -> list[str]:
    """Split at punctuation; each sign of punctuation is a word of its own."""
    if chunk.isalnum():
        return [chunk]
    found, start = [], 0
    for place, sign in enumerate(chunk):
        if _is_punctuation(sign):
            if start < place:
                found.append(chunk[start:place])
            found.append(sign)
            start = place + 1
    if start < len(chunk):
        found.append(chunk[start:])
    return found


@lru_cache(maxsize=4096)
def _is_punctuation(sign: str) -> bool:
    code = ord(sign)
    if 33 <= code <= 47 or 58 <= code <= 64 or 91 <= code <= 96 or 123 <= code <= 126:
        return True
    return unicodedata.category(sign).startswith("P")
