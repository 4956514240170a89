"""Voices as pages look at them, in memory."""

from collections.abc import Iterable

from chalicelib.domain.audit import Act
from chalicelib.domain.empathy import QuoteMark
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.improvement import Improvement
from chalicelib.domain.journey import Glimpse, glimpse_of
from chalicelib.store.memory_cases import MemoryCases
from chalicelib.store.voice_rows import newest_change_first


class MemoryVoices(MemoryCases):
    """Implements `ports.VoiceStore` beside the rest of the memory store."""

    _feedback: dict[tuple[str, str], ScoredFeedback]
    _days: dict[tuple[str, str], set[str]]

    def __init__(self) -> None:
        super().__init__()
        self._quote_marks: dict[tuple[str, str], QuoteMark] = {}
        self._improvements: dict[tuple[str, str], Improvement] = {}

    def newest_between(
        self, business_id: str, first_day: str, last_day: str, limit: int
    ) -> list[Glimpse]:
        """See `ports.VoiceStore`."""
        found = [
            self._feedback[business_id, feedback_id]
            for (owner, day), feedback_ids in self._days.items()
            if owner == business_id and first_day <= day <= last_day
            for feedback_id in feedback_ids
        ]
        found.sort(key=lambda one: one.feedback.feedback_id)
        found.sort(key=lambda one: (one.day, one.feedback.written_at), reverse=True)
        return [glimpse_of(one) for one in found[:limit]]

    def voices(self, business_id: str, feedback_ids: Iterable[str]) -> list[ScoredFeedback]:
        """See `ports.VoiceStore`."""
        found = [self._feedback.get((business_id, one)) for one in feedback_ids]
        return [one for one in found if one is not None and not one.feedback.is_deleted]

    def quote_marks(self, business_id: str) -> list[QuoteMark]:
        """See `ports.VoiceStore`."""
        kept = sorted(self._quote_marks.items())
        return [mark for (owner, _), mark in kept if owner == business_id]

    def save_quote_mark(self, mark: QuoteMark, act: Act) -> None:
        """See `ports.VoiceStore`."""
        self._quote_marks[mark.business_id, mark.quote_id] = mark
        self.save_act(act)

    def improvements(self, business_id: str) -> list[Improvement]:
        """See `ports.VoiceStore`."""
        found = (one for (owner, _), one in self._improvements.items() if owner == business_id)
        return newest_change_first(found)

    def save_improvement(self, improvement: Improvement, act: Act) -> None:
        """See `ports.VoiceStore`."""
        self._improvements[improvement.business_id, improvement.improvement_id] = improvement
        self.save_act(act)
