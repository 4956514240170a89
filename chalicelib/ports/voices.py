"""What the maps read: the newest voices, and what people decided about single sentences."""

from collections.abc import Iterable
from typing import Protocol

from chalicelib.domain.audit import Act
from chalicelib.domain.empathy import QuoteMark
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.improvement import Improvement
from chalicelib.domain.journey import Glimpse


class VoiceStore(Protocol):
    """Feedback as a page looks at it: few rows, which may lag a moment behind."""

    def newest_between(
        self, business_id: str, first_day: str, last_day: str, limit: int
    ) -> list[Glimpse]:
        """The newest of these local dates without their words, newest first, deleted ones left
        out; at most `limit`."""
        ...

    def counts_at_a_glance(
        self, business_id: str, first_day: str, last_day: str
    ) -> dict[tuple[str, str], dict[str, int]]:
        """What `FeedbackStore.counts` gives, perhaps a moment old, at half the price."""
        ...

    def voices(self, business_id: str, feedback_ids: Iterable[str]) -> list[ScoredFeedback]:
        """These with their words, in the order asked for; absent and deleted ones left out."""
        ...

    def quote_marks(self, business_id: str) -> list[QuoteMark]:
        """What was decided about sentences, by feedback and sentence."""
        ...

    def save_quote_mark(self, mark: QuoteMark, act: Act) -> None:
        """Write or replace it, with the act, in one transaction."""
        ...

    def improvements(self, business_id: str) -> list[Improvement]:
        """All that were noted, the newest change first."""
        ...

    def save_improvement(self, improvement: Improvement, act: Act) -> None:
        """Write or replace it, with the act, in one transaction."""
        ...
