"""Why a text reads as negative: the passages that carry it, found by reading and by leaving out.

Several sentences or clauses: each is read alone, and the most negative one is the reason. A single
short passage: every run of three words is left out once, and the one whose loss lifts the mood most
is the reason. No gradients; only negatives pay for it.
"""

from collections.abc import Callable, Sequence

from chalicelib.score.passages import clauses, sentences

MOST_PASSAGES = 16
"""Beyond this many passages only the first sixteen are weighed: reviews state their grief early."""
MOST_REASONS = 2
RUN_WORDS = 3
FEW_WORDS = 5
"""A text of up to five words is its own reason."""
NEAR = 0.5
"""A second passage is named when it is at most this much (logits) milder than the first."""

NegativeLogit = Callable[[str], float]


def find_reasons(text: str, negative_logit: NegativeLogit) -> tuple[str, ...]:
    """Give up to two passages of a negative text, the strongest first, in the writer's words."""
    parts = sentences(text)
    if len(parts) == 1:
        parts = clauses(parts[0])
    if len(parts) > 1:
        return _worst_passages(parts[:MOST_PASSAGES], negative_logit)
    return _weightiest_words(text, negative_logit)


def _worst_passages(parts: Sequence[str], negative_logit: NegativeLogit) -> tuple[str, ...]:
    weights = [negative_logit(part) for part in parts]
    order = sorted(range(len(parts)), key=lambda place: -weights[place])
    worst = weights[order[0]]
    kept = [place for place in order[:MOST_REASONS] if weights[place] >= worst - NEAR]
    return tuple(parts[place] for place in kept)


def _weightiest_words(text: str, negative_logit: NegativeLogit) -> tuple[str, ...]:
    words = text.split()
    if len(words) <= FEW_WORDS or len(words) > 4 * MOST_PASSAGES:
        return (text,)
    starts = range(0, len(words) - RUN_WORDS + 1)
    left = [
        (negative_logit(" ".join(words[:start] + words[start + RUN_WORDS :])), start)
        for start in starts
    ]
    _, best = min(left)
    return (" ".join(words[best : best + RUN_WORDS]),)
