"""How two texts are known for the same one without keeping a word of either.

A likeness holds sixteen bytes made of a text's opening under a key (see `privacy.likeness`): as
many of them agree between two texts as the texts share of their five-letter pieces (MinHash:
Broder 1997). Nobody can read it or, without the key, test a guess.
"""

import base64
from dataclasses import dataclass

MARKS = 16
# Of 16 million pairs of different reviews 16 agree in nine, most of them one phrase long; a changed
# word, two slips or a title in front leave nine and more in nine of ten (docs/detection.md).
LEAST_ALIKE = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """`marks` is base64 of the sixteen bytes; `authors` are keyed hashes of who wrote it.

    `is_short` says that so few letters come about by chance: then only one author's text counts as
    the same.
    """

    marks: str
    is_short: bool = False
    authors: tuple[str, ...] = ()


def is_same(one: Likeness, other: Likeness, *, at_one_source: bool) -> bool:
    """Whether both are one complaint of one customer, told twice.

    At one source two people may well say the same, so the author must be the same too; at two
    sources names differ and the words decide. A short text says the same twice only when one author
    wrote it, word for word, at two sources: who writes "slow" after each of two visits means two.
    """
    is_one_author = not set(one.authors).isdisjoint(other.authors)
    alike = _agreeing(one, other)
    if one.is_short or other.is_short:
        return alike == MARKS and is_one_author and not at_one_source
    return alike >= LEAST_ALIKE and (is_one_author or not at_one_source)


def _agreeing(one: Likeness, other: Likeness) -> int:
    pairs = zip(base64.b64decode(one.marks), base64.b64decode(other.marks), strict=True)
    return sum(mine == theirs for mine, theirs in pairs)
