"""Finding in a text the words that led to its reading, so that they can be marked."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A piece of a text; joined in order the pieces are the text."""

    text: str
    is_marked: bool


def find_stretches(text: str, because: Sequence[str]) -> tuple[Stretch, ...]:
    """Cut the text where one of the phrases begins or ends, whatever their case.

    Of two phrases that overlap the earlier in the text wins; every occurrence is marked. A phrase
    counts only as a whole: `rude` is not marked in `prudent`.
    """
    marks = _marks(text, [phrase for phrase in because if phrase.strip()])
    stretches, at = [], 0
    for start, end in marks:
        if start > at:
            stretches.append(Stretch(text=text[at:start], is_marked=False))
        stretches.append(Stretch(text=text[start:end], is_marked=True))
        at = end
    if at < len(text) or not stretches:
        stretches.append(Stretch(text=text[at:], is_marked=False))
    return tuple(stretches)


def _marks(text: str, phrases: Sequence[str]) -> list[tuple[int, int]]:
    folded = _folded(text)
    found = sorted(
        (place for phrase in phrases for place in _places(folded, _folded(phrase.strip()))),
        key=lambda place: (place[0], -place[1]),
    )
    marks: list[tuple[int, int]] = []
    for start, end in found:
        if not marks or start >= marks[-1][1]:
            marks.append((start, end))
    return marks


def _places(text: str, phrase: str) -> list[tuple[int, int]]:
    places, at = [], text.find(phrase)
    while at >= 0:
        end = at + len(phrase)
        if not _continues(text, at) and not _continues(text, end):
            places.append((at, end))
        at = text.find(phrase, end)
    return places


def _continues(text: str, at: int) -> bool:
    """True when a word runs across this place."""
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


def _folded(text: str) -> str:
    """Lower case, character for character: places in it are places in the text."""
    return "".join(
        lower if len(lower := character.lower()) == 1 else character for character in text
    )
