"""Critical kinds: what goes out at once. The network and patterns look for them together.

A kind counts when the network is sure, or when a pattern matches and the network does not rule it
out. Patterns catch what training rows lacked; the network keeps "no allergy problems at all" out.
"""

import re
from collections.abc import Mapping

from chalicelib.domain.sentiment import CriticalKind
from chalicelib.score.critical_words import PHRASES

PATTERNS: Mapping[CriticalKind, re.Pattern[str]] = {
    kind: re.compile(rf"\b(?:{'|'.join(phrases)})", re.IGNORECASE)
    for kind, phrases in PHRASES.items()
}


def find_critical(
    text: str,
    strengths: Mapping[CriticalKind, float],
    *,
    sure: Mapping[CriticalKind, float],
    backed: Mapping[CriticalKind, float],
) -> tuple[CriticalKind, ...]:
    """Give the critical kinds of a text, in the order of `CriticalKind`.

    `strengths` are the network's probabilities. A kind counts from `sure` on, and with a matching
    pattern from the lower `backed` on.
    """
    found = []
    for kind in CriticalKind:
        strength = strengths[kind]
        if strength >= sure[kind] or (
            strength >= backed[kind] and PATTERNS[kind].search(text) is not None
        ):
            found.append(kind)
    return tuple(found)
