"""The likely root cause: the topic most of the unhappy share, and the emotion it leaves."""

from collections import defaultdict
from collections.abc import Sequence

from chalicelib.domain.briefing import RootCause
from chalicelib.domain.counts import EMOTION_PRESENT
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.incident import Incident
from chalicelib.domain.sentiment import Emotion, Polarity

UNHAPPY_EMOTIONS = (
    Emotion.ANGER,
    Emotion.FEAR,
    Emotion.DISAPPOINTMENT,
    Emotion.CONFUSION,
    Emotion.SADNESS,
)
# Evidence is P(negative) at even odds: above one half the feedback speaks against us.
EVIDENCE_UNHAPPY = 0.5


def find_root_cause(quotes: Sequence[ScoredFeedback], incident: Incident) -> RootCause | None:
    """The topic that most of the unhappy quotes speak ill of, or None when they name none.

    On a tie the incident's own topic, then the one that is spoken of most clearly. The emotion is
    the strongest of the unhappy ones over the quotes about that topic.
    """
    unhappy = [quote for quote in quotes if _is_unhappy(quote)]
    about: dict[str, list[ScoredFeedback]] = defaultdict(list)
    clarity: dict[str, float] = defaultdict(float)
    for quote in unhappy:
        for aspect in quote.reading.topics:
            if aspect.polarity is Polarity.NEGATIVE:
                about[aspect.name].append(quote)
                clarity[aspect.name] += aspect.strength
    if not about:
        return None
    topic = max(
        sorted(about), key=lambda name: (len(about[name]), name == incident.topic, clarity[name])
    )
    return RootCause(
        topic=topic,
        emotion=leading_emotion(about[topic]),
        count=len(about[topic]),
        of=len(unhappy),
    )


def leading_emotion(quotes: Sequence[ScoredFeedback]) -> Emotion | None:
    """The unhappy emotion that is present in these quotes with the greatest sum, or None."""
    strength = {
        emotion: sum(
            read
            for quote in quotes
            if (read := quote.reading.emotions.get(emotion, 0.0)) >= EMOTION_PRESENT
        )
        for emotion in UNHAPPY_EMOTIONS
    }
    strongest = max(UNHAPPY_EMOTIONS, key=lambda emotion: strength[emotion])
    return strongest if strength[strongest] > 0 else None


def _is_unhappy(quote: ScoredFeedback) -> bool:
    evidence = quote.reading.evidence
    return not quote.is_not_negative and evidence is not None and evidence > EVIDENCE_UNHAPPY
