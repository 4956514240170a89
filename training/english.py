"""The English words that help to tell short English texts from others: counted in the pool."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

LEAST_COUNT = 4
"""A word must occur this often in the pool; rarer ones are mostly names and slips."""
CERTAIN_COUNT = 60
"""A word as frequent as this is English whatever else it is ("die", "war")."""
FOREIGN = 0.6
"""Rarer words that fastText gives to another language this surely are left out ("bueno", "gut")."""

Guess = Sequence[tuple[str, float]]


def english_words(texts: Iterable[str], guess: Callable[[str], Guess]) -> list[str]:
    """Count the pool's words and give those that speak for English, in order of the alphabet."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(set(re.findall(r"[a-z]+(?:'[a-z]+)?", text.lower())))
    kept = []
    for word, count in counts.items():
        if count < LEAST_COUNT:
            continue
        if count < CERTAIN_COUNT:
            top, share = guess(word)[0] if guess(word) else ("und", 0.0)
            if top != "en" and share >= FOREIGN:
                continue
        kept.append(word)
    return sorted(kept)


def write_english(texts: Iterable[str], guess: Callable[[str], Guess], target: Path) -> None:
    """Write the list, one word a line."""
    target.write_text("\n".join(english_words(texts, guess)) + "\n", encoding="utf-8")
