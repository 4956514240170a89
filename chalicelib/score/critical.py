"""Critical kinds: what goes out at once. The network and patterns look for them together.

A kind counts when the network is sure, when a word of the kind occurs and the network does not rule
it out, or when a plain phrase of the kind is said and not denied. Praise is never critical, but for
self-harm.
"""

import re
from collections.abc import Mapping

from chalicelib.domain.sentiment import CriticalKind
from chalicelib.score.critical_phrases import PLAIN_PHRASES
from chalicelib.score.critical_surroundings import SURROUNDINGS
from chalicelib.score.critical_words import PHRASES

PATTERNS: Mapping[CriticalKind, re.Pattern[str]] = {
    kind: re.compile(rf"\b(?:{'|'.join(phrases)})", re.IGNORECASE)
    for kind, phrases in PHRASES.items()
}
PLAIN: Mapping[CriticalKind, re.Pattern[str]] = {
    kind: re.compile(rf"\b(?:{'|'.join(phrases)})", re.IGNORECASE)
    for kind, phrases in PLAIN_PHRASES.items()
}
HINTS: Mapping[CriticalKind, re.Pattern[str]] = {
    kind: re.compile(rf"\b(?:{'|'.join(words)})", re.IGNORECASE)
    for kind, words in SURROUNDINGS.items()
}
_DENIED = re.compile(
    r"\b(?:no|not|without|never|any|anything|if|whether|does|do you|in case of|against|prevent\w*)"
    r"(?: \w+){0,3} ?$",
    re.IGNORECASE,
)
_COMING_BACK = re.compile(
    r"\b(?:be|come|coming|go|going|went)\b.{0,20}\b(?:back|again|else\w*)\b|\breturn(?:ing)?\b",
    re.IGNORECASE,
)
"""Not to come back is how every other complaint ends, and to the network it sounds like despair:
such a text needs a word of self-harm beside it."""
_HUSHED_BY_PRAISE = frozenset(CriticalKind) - {CriticalKind.SELF_HARM}
"""Who speaks of dying may well thank the nurse in the same breath."""
_BEFORE = 40
"""Characters before a phrase in which a denial or a condition is looked for."""


def find_critical(
    text: str,
    strengths: Mapping[CriticalKind, float],
    *,
    sure: Mapping[CriticalKind, float],
    backed: Mapping[CriticalKind, float],
    hinted: Mapping[CriticalKind, float] | None = None,
    is_praise: bool = False,
) -> tuple[CriticalKind, ...]:
    """Give the critical kinds of a text, in the order of `CriticalKind`.

    `strengths` are the network's probabilities. A kind counts from `sure` on, and with a word of
    the kind from the lower `backed` on, with a word that often stands around it from `hinted` on
    (`sure` where none is given); a plain phrase needs no strength.
    """
    hushed = _HUSHED_BY_PRAISE if is_praise else frozenset()
    return tuple(
        kind
        for kind in CriticalKind
        if kind not in hushed
        and (
            (strengths[kind] >= sure[kind] and not _is_only_leaving(text, kind))
            or (strengths[kind] >= backed[kind] and PATTERNS[kind].search(text) is not None)
            or (
                hinted is not None
                and strengths[kind] >= hinted[kind]
                and HINTS[kind].search(text) is not None
            )
            or _says_plainly(text, kind)
        )
    )


def _is_only_leaving(text: str, kind: CriticalKind) -> bool:
    return kind is CriticalKind.SELF_HARM and _COMING_BACK.search(text) is not None


def _says_plainly(text: str, kind: CriticalKind) -> bool:
    return any(
        _DENIED.search(text[max(0, match.start() - _BEFORE) : match.start()]) is None
        for match in PLAIN[kind].finditer(text)
    )
