"""Voices as pages look at them: few reads, each of them half the price because it may lag."""

from collections.abc import Iterable
from itertools import chain, islice

from chalicelib.domain.audit import Act
from chalicelib.domain.empathy import QuoteMark
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.improvement import Improvement
from chalicelib.domain.journey import Glimpse
from chalicelib.store import case_rows, feedback_rows, keys, voice_rows
from chalicelib.store.dynamodb_incidents import IncidentRows

# The character after `#`: greater than every sort key of the last day.
_AFTER_DAY = "$"


class VoiceRows(IncidentRows):
    """Implements `ports.VoiceStore`."""

    def newest_between(
        self, business_id: str, first_day: str, last_day: str, limit: int
    ) -> list[Glimpse]:
        """See the port."""
        listed = chain.from_iterable(
            self._table.query_entries(
                keys.day_partition(business_id, month),
                first=first_day,
                last=last_day + _AFTER_DAY,
                limit=limit,
            )
            for month in reversed(keys.months(first_day, last_day))
        )
        return [voice_rows.glimpse_from(row) for row in islice(listed, limit)]

    def voices(self, business_id: str, feedback_ids: Iterable[str]) -> list[ScoredFeedback]:
        """See the port."""
        wanted = [keys.feedback_key(business_id, one) for one in feedback_ids]
        rows = self._table.get_many(wanted, may_lag=True)
        found = [feedback_rows.feedback_from(rows[key]) for key in wanted if key in rows]
        return [scored for scored in found if not scored.feedback.is_deleted]

    def quote_marks(self, business_id: str) -> list[QuoteMark]:
        """See the port."""
        partition, _ = keys.quote_mark_key(business_id, "")
        return [voice_rows.mark_from(row) for row in self._table.query(partition)]

    def save_quote_mark(self, mark: QuoteMark, act: Act) -> None:
        """See the port."""
        writes = [voice_rows.mark_row(mark), case_rows.act_row(act)]
        self._table.write_together([self._table.put_of(row) for row in writes])

    def improvements(self, business_id: str) -> list[Improvement]:
        """See the port."""
        partition, _ = keys.improvement_key(business_id, "")
        return voice_rows.newest_change_first(
            voice_rows.improvement_from(row) for row in self._table.query(partition)
        )

    def save_improvement(self, improvement: Improvement, act: Act) -> None:
        """See the port."""
        writes = [voice_rows.improvement_row(improvement), case_rows.act_row(act)]
        self._table.write_together([self._table.put_of(row) for row in writes])
