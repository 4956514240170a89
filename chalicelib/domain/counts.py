"""What one feedback adds to the count row of its business, location and local date.

Flat names, whole numbers and sums: a count row is a function of the set of feedback, whatever
order it came in. Subtracting what was added removes a feedback without a trace.
"""

from collections import Counter
from collections.abc import Mapping

from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.sentiment import Polarity

# An emotion is counted when it is present, not when it is thinkable.
EMOTION_PRESENT = 0.5


def counts_of(scored: ScoredFeedback) -> Mapping[str, int]:
    """`{"n": 1, "negative": 1, "source.google": 1, "topic.price_value": 1, ...}`.

    Survey scores are summed in hundredths, because DynamoDB adds decimals and people ask for
    half points. An unscored feedback counts in `n` and in `unscored`, in no polarity.
    A deleted feedback counts nothing.
    """
    feedback, reading = scored.feedback, scored.reading
    if feedback.is_deleted:
        return {}
    counts: Counter[str] = Counter(n=1)
    counts[f"source.{feedback.source}"] += 1
    if feedback.stars is not None:
        counts[f"stars.{round(feedback.stars)}"] += 1
    for metric, value in feedback.survey_scores.items():
        counts[f"{metric}.n"] += 1
        counts[f"{metric}.sum"] += round(value * 100)
    if reading.sentiment is None:
        counts["unscored"] += 1
        return counts
    counts[reading.sentiment.polarity] += 1
    for emotion, strength in reading.emotions.items():
        if strength >= EMOTION_PRESENT:
            counts[f"emotion.{emotion}"] += 1
    for kind, aspects in (("topic", reading.topics), ("stage", reading.stages)):
        for aspect in aspects:
            counts[f"{kind}.{aspect.name}"] += 1
            if aspect.polarity is Polarity.NEGATIVE:
                counts[f"{kind}.{aspect.name}.negative"] += 1
    return counts


def difference(old: Mapping[str, int], new: Mapping[str, int]) -> Mapping[str, int]:
    """What to add to a row that holds `old` so that it holds `new`, without what is unchanged."""
    changed = {name: new.get(name, 0) - old.get(name, 0) for name in sorted({*old, *new})}
    return {name: step for name, step in changed.items() if step}
