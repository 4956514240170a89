"""From the network's logits to calibrated probabilities and evidence: formulas and their numbers.

The numbers are fitted in training/ on the pool's development rows and lie beside the weights.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.sentiment import Sentiment

LEAST, MOST = 0.01, 0.99
"""Evidence stays within .01 and .99: no single text may decide alone (the detector's range)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Vector scaling of the three polarity logits, and how stars weigh beside the text.

    `scale` and `shift` are per polarity (negative, neutral, positive). `negative_share` is the
    share of negatives in the calibration mix. `stars` holds (constant, text logit, stars) of the
    logistic regression for text with stars, `stars_alone` holds (constant, stars).
    """

    scale: tuple[float, float, float]
    shift: tuple[float, float, float]
    negative_share: float
    stars: tuple[float, float, float]
    stars_alone: tuple[float, float]

    @classmethod
    def from_numbers(cls, numbers: Mapping[str, Any]) -> "Calibration":
        """Read the calibration from the numbers beside the weights."""
        scale, shift = numbers["scale"], numbers["shift"]
        constant, text, per_star = numbers["stars"]
        alone, alone_star = numbers["stars_alone"]
        return cls(
            scale=(scale[0], scale[1], scale[2]),
            shift=(shift[0], shift[1], shift[2]),
            negative_share=numbers["negative_share"],
            stars=(constant, text, per_star),
            stars_alone=(alone, alone_star),
        )

    def sentiment(self, logits: Sequence[float]) -> Sentiment:
        """Give calibrated probabilities for three raw logits."""
        scaled = [
            float(logit) * scale + shift
            for logit, scale, shift in zip(logits, self.scale, self.shift, strict=True)
        ]
        negative, neutral, positive = softmax(scaled)
        return Sentiment(negative=negative, neutral=neutral, positive=positive)

    def evidence(self, sentiment: Sentiment | None, stars: float | None) -> float | None:
        """P(negative against not negative) at even odds, from text, stars or both; else None.

        Text: logit of the calibrated negative minus the logit of the mix's own negative share.
        """
        text = None if sentiment is None else self._text_logit(sentiment)
        if text is None and stars is None:
            return None
        if stars is None:
            assert text is not None  # noqa: S101 - narrowed just above
            return _held(text)
        if text is None:
            constant, per_star = self.stars_alone
            return _held(constant + per_star * stars)
        constant, per_text, per_star = self.stars
        return _held(constant + per_text * text + per_star * stars)

    def _text_logit(self, sentiment: Sentiment) -> float:
        return logit(sentiment.negative) - logit(self.negative_share)


def softmax(logits: Sequence[float]) -> list[float]:
    """Probabilities that sum to one."""
    highest = max(logits)
    powers = [math.exp(value - highest) for value in logits]
    total = sum(powers)
    return [power / total for power in powers]


def sigmoid(value: float) -> float:
    """The probability of a logit."""
    if value >= 0:
        return 1.0 / (1.0 + math.exp(-value))
    power = math.exp(value)
    return power / (1.0 + power)


def logit(share: float) -> float:
    """The log odds of a probability, kept finite."""
    share = min(max(share, 1e-6), 1.0 - 1e-6)
    return math.log(share / (1.0 - share))


def _held(value: float) -> float:
    return min(max(sigmoid(value), LEAST), MOST)
