"""What one feedback adds to the count row of its business, location and local date.

Flat names, whole numbers and sums: a count row is a function of the set of feedback, whatever
order it came in. Subtracting what was added removes a feedback without a trace.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from chalicelib.domain.feedback import Feedback, ScoredFeedback, SurveyMetric
from chalicelib.domain.sentiment import Emotion, Polarity, Reading

# An emotion is counted when it is present, not when it is thinkable.
EMOTION_PRESENT = 0.5
# Survey scores are kept in hundredths, because DynamoDB adds decimals and people ask for half
# points; their squares, from which an average gets its interval, in ten-thousandths.
HUNDREDTHS = 100
# Who would recommend (9, 10) and who would not (0 to 6): Reichheld's bounds of the NPS. Satisfied
# is one of the two best of five answers.
PROMOTER, DETRACTOR, SATISFIED = 9, 6, 4

# How long a customer waited for an answer in public: the shortest that holds.
ANSWERED_WITHIN: Mapping[str, timedelta] = {
    "1h": timedelta(hours=1),
    "4h": timedelta(hours=4),
    "1d": timedelta(days=1),
    "3d": timedelta(days=3),
    "7d": timedelta(days=7),
}
ANSWERED_LATER = "later"


def counts_of(scored: ScoredFeedback) -> Mapping[str, int]:
    """`{"n": 1, "negative": 1, "source.google": 1, "topic.price_value": 1, ...}`.

    The names, by what they count:

    - every feedback: `n`, `source.<source>`, `stars.<1..5>`
    - those the business answered in public: `answered`, and by how long the customer waited
      `answered.1h|4h|1d|3d|7d|later` (each without those of the shorter ones)
    - surveys: `nps|csat|ces.n` and `.sum` (hundredths), `nps.promoter|passive|detractor`,
      `csat.satisfied`, `ces.squares` (ten-thousandths)
    - what was read: `negative|neutral|positive`, or else `unscored`
    - in it, each with `.negative` and `.positive`: `topic.<topic>`, `stage.<stage>`
    - `emotion.<emotion>` and, but for neutral, `stage.<stage>.emotion.<emotion>`
    - `stage.<stage>.topic.<topic>`, and with `.negative` when both are spoken of unhappily

    A deleted feedback counts nothing.
    """
    feedback, reading = scored.feedback, scored.reading
    if feedback.is_deleted:
        return {}
    counts: Counter[str] = Counter(n=1)
    counts[f"source.{feedback.source}"] += 1
    if feedback.stars is not None:
        counts[f"stars.{round(feedback.stars)}"] += 1
    counts.update(_counts_of_public_answer(feedback))
    for metric, value in feedback.survey_scores.items():
        counts.update(_counts_of_answer(metric, value))
    if reading.sentiment is None:
        counts["unscored"] += 1
        return counts
    counts[reading.sentiment.polarity] += 1
    felt = [one for one, strength in reading.emotions.items() if strength >= EMOTION_PRESENT]
    counts.update(f"emotion.{emotion}" for emotion in felt)
    for kind, aspects in (("topic", reading.topics), ("stage", reading.stages)):
        for aspect in aspects:
            counts[f"{kind}.{aspect.name}"] += 1
            if aspect.polarity is not Polarity.NEUTRAL:
                counts[f"{kind}.{aspect.name}.{aspect.polarity}"] += 1
    counts.update(_counts_of_stages(reading, felt))
    return counts


def _counts_of_public_answer(feedback: Feedback) -> Iterator[str]:
    if feedback.answered_at is None:
        return
    yield "answered"
    waited = feedback.answered_at - feedback.written_at
    # A source that tells only when a review was changed last may date it after its answer.
    if waited >= timedelta():
        fitting = (name for name, longest in ANSWERED_WITHIN.items() if waited <= longest)
        yield f"answered.{next(fitting, ANSWERED_LATER)}"


def _counts_of_answer(metric: SurveyMetric, value: float) -> dict[str, int]:
    hundredths = round(value * HUNDREDTHS)
    counts = {f"{metric}.n": 1, f"{metric}.sum": hundredths}
    if metric is SurveyMetric.NPS:
        side = "promoter" if value >= PROMOTER else "passive" if value > DETRACTOR else "detractor"
        counts[f"nps.{side}"] = 1
    elif metric is SurveyMetric.CSAT and value >= SATISFIED:
        counts["csat.satisfied"] = 1
    elif metric is SurveyMetric.CES:
        counts["ces.squares"] = hundredths**2
    return counts


def _counts_of_stages(reading: Reading, felt: Iterable[Emotion]) -> Iterator[str]:
    """What was felt and spoken of at each stage: the maps are drawn from it."""
    telling = [emotion for emotion in felt if emotion is not Emotion.NEUTRAL]
    for stage in reading.stages:
        yield from (f"stage.{stage.name}.emotion.{emotion}" for emotion in telling)
        for topic in reading.topics:
            name = f"stage.{stage.name}.topic.{topic.name}"
            yield name
            # A long text praises one stage and complains of another: only both together hurt here.
            if stage.polarity is topic.polarity is Polarity.NEGATIVE:
                yield f"{name}.negative"


def difference(old: Mapping[str, int], new: Mapping[str, int]) -> Mapping[str, int]:
    """What to add to a row that holds `old` so that it holds `new`, without what is unchanged."""
    changed = {name: new.get(name, 0) - old.get(name, 0) for name in sorted({*old, *new})}
    return {name: step for name, step in changed.items() if step}
