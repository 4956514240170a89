"""The second step after storing: what waits to be judged, and what the judge knows.

Storing a feedback leaves a small `Unjudged` row without any text. Judging takes up to sixty of
them at once, moves the detector on, and writes what was judged into a ledger, in that order: the
detector's state is a cache, and the ledger rebuilds it to the last bit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.likeness import Likeness
from chalicelib.domain.low_score import has_low_score
from chalicelib.domain.sentiment import CriticalKind, Emotion
from chalicelib.domain.spike import Correction, Evidence

# Sixty deletions, the judge's own row, the ledger's, incidents and notifications fit into the
# hundred rows of one DynamoDB transaction.
JUDGED_AT_ONCE = 60


class Change(StrEnum):
    """What happened to the feedback since it was judged last."""

    NEW = "new"
    EDITED = "edited"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unjudged:
    """One stored change that the detector has not seen; numbers and ids only.

    `negative` is P(negative) at even odds, None when neither text nor stars say anything.
    `groups` look like `location:main` and `topic:wait_delivery`. `likeness` is there while it waits
    and gone from the ledger. `counts_as` is there once it was judged an echo (see `echoes`): the
    feedback under whose id the detector knows the complaint, which is as `negative` now.
    """

    business_id: str
    feedback_id: str
    version: str
    change: Change
    received_at: datetime
    written_at: datetime
    source: str
    negative: float | None
    groups: tuple[str, ...] = ()
    seen_since: datetime | None = None
    is_history: bool = False
    critical: tuple[CriticalKind, ...] = ()
    stars: float | None = None
    anger: float = 0.0
    likeness: Likeness | None = None
    counts_as: str | None = None
    is_low_score: bool = False

    @property
    def as_told(self) -> Evidence | Correction:
        """What it means to the detector; judging and rebuilding from the ledger both go by it."""
        if self.change is not Change.NEW or self.counts_as is not None:
            return Correction(
                feedback_id=self.counts_as or self.feedback_id,
                negative=self.negative,
                now=self.received_at,
            )
        return Evidence(
            feedback_id=self.feedback_id,
            at=self.written_at,
            now=self.received_at,
            negative=self.negative,
            source=self.source,
            groups=self.groups,
            seen_since=self.seen_since,
            is_history=self.is_history,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeState:
    """The one row per business that judging rewrites, conditional on its version.

    `detector`, `rage` and `echoes` are the detector's own documents. `sequence` numbers the ledger,
    `generation` the incidents. `open_spike` is the incident of the spike that is open now,
    `last_critical` the last one about a critical feedback; `critical_count` counts those of the
    local `critical_day`.
    """

    business_id: str
    detector: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    rage: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    echoes: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    sequence: int = 0
    generation: int = 0
    open_spike: str | None = None
    critical_day: str = ""
    critical_count: int = 0
    last_critical: str | None = None
    version: int = 0


def unjudged_from(scored: ScoredFeedback, previous: ScoredFeedback | None) -> Unjudged:
    """What the judge must hear of a feedback that is about to be stored.

    `previous` is the version that it replaces. A feedback that was gone and is back is an edit.
    Of an edit only those critical kinds are told that it did not have: nobody is woken twice.
    """
    feedback, reading = scored.feedback, scored.reading
    change = Change.NEW if previous is None else Change.EDITED
    if feedback.is_deleted:
        change = Change.DELETED
    known = previous.reading.critical if previous is not None else ()
    return Unjudged(
        business_id=feedback.business_id,
        feedback_id=feedback.feedback_id,
        version=feedback.version,
        change=change,
        received_at=scored.received_at,
        written_at=feedback.written_at,
        source=feedback.source,
        negative=None if feedback.is_deleted else reading.evidence,
        groups=groups_of(scored),
        seen_since=scored.seen_since,
        is_history=scored.is_history,
        critical=tuple(kind for kind in reading.critical if kind not in known),
        stars=feedback.stars,
        anger=reading.emotions.get(Emotion.ANGER, 0.0),
        likeness=feedback.likeness,
        is_low_score=not feedback.is_deleted and has_low_score(feedback),
    )


def groups_of(scored: ScoredFeedback) -> tuple[str, ...]:
    """`location:main`, then `topic:wait_delivery` for each topic of the text."""
    topics = tuple(f"topic:{aspect.name}" for aspect in scored.reading.topics)
    return (f"location:{scored.feedback.location}", *topics)
