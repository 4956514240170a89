"""Whether a chatbot should let a person answer: decided from what the model read, and the words.

It hands over rather too often: a person who answers a calm customer costs a minute, a machine that
answers an upset one costs the customer.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.sentiment import Emotion, Polarity, Reading

# How sure the model must be, of 1.
ANGER_AT_LEAST = 0.5
NEGATIVE_AT_LEAST = 0.6
_ASKS_FOR_A_PERSON = re.compile(
    r"\b(?:speak|talk|chat|connect me|put me through|get me|transfer me)\b[^.?!]{0,20}"
    r"\b(?:human|person|someone|somebody|agent|representative|manager|colleague|staff|people)\b"
    r"|\b(?:real|actual|live) (?:human|person|agent)\b"
    r"|\b(?:mit|an|zu) (?:einem|einer|einen|dem|der|den|ihrem|ihrer|ihren)\b[^.?!]{0,20}"
    r"\b(?:menschen?|mitarbeiter(?:in)?|person|chefin|chef)\b",
    re.IGNORECASE,
)


class HandOverReason(StrEnum):
    """Why a person should answer, or that none need."""

    CRITICAL = "critical"
    ASKED_FOR = "asked_for"
    ANGER = "anger"
    NEGATIVE = "negative"
    NOT_READ = "not_read"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """The decision with its reason."""

    reason: HandOverReason

    @property
    def is_due(self) -> bool:
        """True when a person should answer."""
        return self.reason is not HandOverReason.NONE


def decide_hand_over(text: str, reading: Reading) -> HandOver:
    """The first reason that holds, the gravest first. What cannot be read, a person reads."""
    sentiment = reading.sentiment
    negative = sentiment.negative if sentiment else 0.0
    anger = reading.emotions.get(Emotion.ANGER, 0.0)
    if reading.critical:
        return HandOver(reason=HandOverReason.CRITICAL)
    if _ASKS_FOR_A_PERSON.search(text):
        return HandOver(reason=HandOverReason.ASKED_FOR)
    if sentiment is None or not reading.is_scored:
        return HandOver(reason=HandOverReason.NOT_READ)
    if anger >= ANGER_AT_LEAST and sentiment.polarity is not Polarity.POSITIVE:
        return HandOver(reason=HandOverReason.ANGER)
    if negative >= NEGATIVE_AT_LEAST:
        return HandOver(reason=HandOverReason.NEGATIVE)
    return HandOver(reason=HandOverReason.NONE)
