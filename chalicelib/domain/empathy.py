"""The empathy map: what customers think and feel, hear, see, say and do, their pains and gains.

The six fields are those of D. Gray's empathy map (Gamestorming, 2010), with one sentence of a
customer in one field. People may move a sentence to another field or hide it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.sentiment import Polarity


class MapField(StrEnum):
    """Where a sentence stands on the map."""

    THINK_FEEL = "think_feel"
    HEAR = "hear"
    SEE = "see"
    SAY_DO = "say_do"
    PAINS = "pains"
    GAINS = "gains"


def sentence_mark(feedback_id: str, sentence: str) -> str:
    """Eight hex digits that name a sentence of a feedback: too few to tell its words from."""
    return hashlib.sha256(f"{feedback_id}\0{sentence}".encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteMark:
    """What a person decided about one sentence: it stands in `place`, or nowhere when None."""

    business_id: str
    feedback_id: str
    sentence: str
    place: MapField | None
    by: str
    at: datetime

    @property
    def quote_id(self) -> str:
        """What names the sentence: the feedback's id and its mark."""
        return f"{self.feedback_id}-{self.sentence}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """One sentence of a customer, with what is known of it: `polarity` is the sentence's own."""

    said_in: ScoredFeedback
    text: str
    polarity: Polarity
    place: MapField
    is_moved: bool = False

    @property
    def sentence(self) -> str:
        """See `sentence_mark`."""
        return sentence_mark(self.said_in.feedback.feedback_id, self.text)

    @property
    def quote_id(self) -> str:
        """See `QuoteMark.quote_id`."""
        return f"{self.said_in.feedback.feedback_id}-{self.sentence}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmpathyMap:
    """The sayings chosen for each field, and how many sentences there were to choose from.

    `hidden` is how many a person took off; `voices` how many texts were read for it.
    """

    fields: Mapping[MapField, tuple[Saying, ...]]
    found: Mapping[MapField, int]
    voices: int
    hidden: int = 0
