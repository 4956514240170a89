"""Feedback: one thing a customer said, and the form in which it travels and rests."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from chalicelib.domain.clock import to_text
from chalicelib.domain.likeness import Likeness
from chalicelib.domain.sentiment import Reading

# A review of 16,000 characters is longer than any site accepts; a longer text is an accident or
# an attack. The row stays far below DynamoDB's 400 kB and SQS's 256 kB.
TEXT_LIMIT = 16_000
ID_LIMIT, NAME_LIMIT, URL_LIMIT = 512, 200, 2_000
# An empty date often comes as the year 1; no zone of the world can show that.
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
MAIN_LOCATION = "main"


class FeedbackKind(StrEnum):
    """How the customer spoke."""

    REVIEW = "review"
    MENTION = "mention"
    SURVEY = "survey"
    MESSAGE = "message"


class SurveyMetric(StrEnum):
    """The three survey scores (contracts B8): NPS 0-10, CSAT 1-5, CES 1-7 (higher is easier)."""

    NPS = "nps"
    CSAT = "csat"
    CES = "ces"


def feedback_id(source: str, external_id: str) -> str:
    """The 32 hex digits that name a feedback for ever: a hash of its natural key."""
    return hashlib.sha256(f"{source}\0{external_id}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a customer said, redacted, in the words of no single source.

    `stars` runs from 1 to 5 whatever the source's scale. `is_deleted` means that the source took
    the feedback back. Times are aware and UTC. `kept_hash` is the content hash of words that had
    to go (a deletion, a source's terms), so that the version stays what it was; `kept_id` is the
    feedback id when the natural key had to go with them. `traces` are keyed hashes by which the
    feedback of somebody who asks for it is found (see `privacy.traces`); `is_erased` means that
    the person asked for its end, and nothing that the source says changes it any more. `likeness`
    is what its text is known by on its way to the judge; it is not stored with it.
    `answered_at` is when the business first answered where everybody can read it. It is nothing
    that the customer said: an answer changes neither content hash nor version.
    """

    business_id: str
    source: str
    external_id: str
    kind: FeedbackKind
    text: str
    written_at: datetime
    updated_at: datetime
    stars: float | None = None
    author: str | None = None
    author_id: str | None = None
    language: str | None = None
    location: str = MAIN_LOCATION
    url: str | None = None
    order_reference: str | None = None
    survey_scores: Mapping[SurveyMetric, float] = field(
        default_factory=lambda: MappingProxyType({})
    )
    has_consent: bool = False
    is_deleted: bool = False
    kept_hash: str | None = None
    kept_id: str | None = None
    traces: tuple[str, ...] = ()
    is_erased: bool = False
    answered_at: datetime | None = None
    likeness: Likeness | None = None

    def __post_init__(self) -> None:
        if not self.external_id:
            raise ValueError("external_id is empty")
        if self.stars is not None and not 1 <= self.stars <= 5:
            raise ValueError(f"stars must lie in 1..5, got {self.stars}")
        if self.written_at.tzinfo is None or self.updated_at.tzinfo is None:
            raise ValueError("written_at and updated_at need a time zone")
        if self.answered_at is not None and self.answered_at.tzinfo is None:
            raise ValueError("answered_at needs a time zone")

    @property
    def feedback_id(self) -> str:
        """See `feedback_id`."""
        return self.kept_id or feedback_id(self.source, self.external_id)

    @property
    def content_hash(self) -> str:
        """Sixteen hex digits that change when anything the customer said changes."""
        if self.kept_hash is not None:
            return self.kept_hash
        # Five stars are five stars, whether a source writes 5 or 5.0.
        said = [
            self.text,
            None if self.stars is None else float(self.stars),
            sorted((metric, float(score)) for metric, score in self.survey_scores.items()),
            self.location,
            self.is_deleted,
        ]
        return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()[:16]

    @property
    def version(self) -> str:
        """Sorts versions of one feedback whatever order they arrive in: time first, then content.

        A deletion sorts after every edit of the same moment, so that gone stays gone.
        """
        return f"{to_text(self.updated_at)}#{int(self.is_deleted)}#{self.content_hash}"

    def clamped(self, now: datetime) -> "Feedback":
        """The same with no time in the future (a sender's clock may run ahead), none before 1970,
        and nothing longer than a row and a queue can carry; too long an id becomes its hash."""
        key, url, answered = self.external_id, self.url, self.answered_at
        return replace(
            self,
            external_id=key if len(key) <= ID_LIMIT else feedback_id(self.source, key),
            text=self.text[:TEXT_LIMIT],
            written_at=min(max(self.written_at, EARLIEST), now),
            updated_at=min(max(self.updated_at, EARLIEST), now + timedelta(minutes=5)),
            author=_capped(self.author),
            author_id=_capped(self.author_id),
            location=self.location[:NAME_LIMIT],
            url=None if url is None or len(url) > URL_LIMIT else url,
            order_reference=_capped(self.order_reference),
            answered_at=None if answered is None else min(max(answered, EARLIEST), now),
        )


def _capped(name: str | None) -> str | None:
    return None if name is None else name[:NAME_LIMIT]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One feedback on its way to being scored: what the feedback queue carries.

    `seen_since` is when we last looked at the source before this look; the detector's event-age
    rule needs it, and because it travels here neither queue delay nor redrive changes it.
    `delivery_id` names a webhook delivery, claimed where the feedback is stored.
    """

    feedback: Feedback
    received_at: datetime
    seen_since: datetime | None = None
    is_history: bool = False
    delivery_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredFeedback:
    """A feedback with what the model says of it: what is stored.

    `day` is the business's local date when it was written, at the zone that was set when it was
    stored: it names the count row for ever, so that an edit or a deletion finds it again.
    `words_until` is when words and person must be gone (see `domain.forgetting`).
    """

    feedback: Feedback
    reading: Reading
    day: str
    received_at: datetime
    seen_since: datetime | None = None
    is_history: bool = False
    is_not_negative: bool = False
    words_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a source: its feedback, where to go on, and whether this run has seen all.

    `refused` counts what could not be understood. `is_empty_suspect` is set by a source whose
    answer is empty although it says elsewhere that there is something.
    """

    feedback: tuple[Feedback, ...]
    cursor: Mapping[str, object]
    is_complete: bool
    refused: int = 0
    is_empty_suspect: bool = False
