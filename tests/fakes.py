"""Stand-ins for what is outside, with behaviour one can reason about; never used by the product."""

from collections.abc import Sequence

from chalicelib.domain.sentiment import (
    AspectReading,
    CriticalKind,
    Emotion,
    Polarity,
    Reading,
    ReadingStatus,
    Sentiment,
    TextToRead,
    Topic,
)

BAD, WAITED, ALLERGY = "bad", "waited", "allergy"


class WordModel:
    """Reads `bad` as negative, `waited` as a topic, `allergy` as critical; Greek not at all."""

    def __init__(self) -> None:
        self.calls: list[int] = []

    def read(
        self,
        texts: Sequence[TextToRead],
        *,
        languages: Sequence[str] = (),
        topics: Sequence[str] = (),
    ) -> list[Reading]:
        """One reading a text; remembers how many came at once."""
        self.calls.append(len(texts))
        return [_read(text) for text in texts]


def _read(asked: TextToRead) -> Reading:
    if asked.language == "el" or not asked.text:
        return Reading(
            status=ReadingStatus.UNSCORED,
            reason="not read",
            evidence=None if asked.stars is None else (0.9 if asked.stars <= 2 else 0.1),
        )
    is_bad = BAD in asked.text
    polarity = Polarity.NEGATIVE if is_bad else Polarity.POSITIVE
    return Reading(
        status=ReadingStatus.SCORED,
        language="en",
        sentiment=Sentiment(
            negative=0.9 if is_bad else 0.05,
            neutral=0.05,
            positive=0.05 if is_bad else 0.9,
        ),
        evidence=0.95 if is_bad else 0.05,
        emotions={Emotion.ANGER: 0.7} if is_bad else {Emotion.JOY: 0.8},
        topics=(
            (AspectReading(name=Topic.WAIT_DELIVERY, strength=0.9, polarity=polarity),)
            if WAITED in asked.text
            else ()
        ),
        critical=(CriticalKind.ALLERGY_ILLNESS,) if ALLERGY in asked.text else (),
        because=(BAD,) if is_bad else (),
        model_version="words-1",
    )
