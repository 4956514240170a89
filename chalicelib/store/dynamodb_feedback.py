"""Feedback, counts and judging in the table; the two transactions everything rests on."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.alert import Notification
from chalicelib.domain.audit import Act
from chalicelib.domain.clock import to_text
from chalicelib.domain.concern import concern_of, correction_of
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.incident import Incident
from chalicelib.domain.judging import JudgeState, Unjudged
from chalicelib.store import case_rows, feedback_rows, keys, rows, rules
from chalicelib.store.attributes import Row, make_row
from chalicelib.store.count_names import lengthened, shortened
from chalicelib.store.dynamodb_incidents import IncidentRows
from chalicelib.store.dynamodb_table import MARK, Write, version_condition
from chalicelib.store.keys import Shard

# The character after `#`: greater than every sort key of the last day.
_AFTER_DAY = "$"


class FeedbackRows(IncidentRows):
    """Implements `ports.FeedbackStore`."""

    def find(self, business_id: str, feedback_ids: Iterable[str]) -> dict[str, ScoredFeedback]:
        """See the port."""
        wanted = [keys.feedback_key(business_id, feedback_id) for feedback_id in feedback_ids]
        found = map(feedback_rows.feedback_from, self._table.get_many(wanted).values())
        return {scored.feedback.feedback_id: scored for scored in found}

    def store(
        self,
        scored: ScoredFeedback,
        previous: ScoredFeedback | None,
        unjudged: Unjudged,
        *,
        delivery_id: str | None = None,
    ) -> None:
        """See the port; storing what is stored already changes nothing."""
        scored = rules.at_rest(scored)
        rules.refuse_older(scored, previous)
        if rules.is_repeat(scored, previous):
            return
        feedback = scored.feedback
        condition = feedback_rows.condition_on(previous)
        writes: list[Write] = [self._table.put_of(feedback_rows.feedback_row(scored), **condition)]
        for (day, location), steps in rules.count_steps(scored, previous).items():
            key = keys.count_key(feedback.business_id, day, location)
            writes.append(self._table.add_of(key, shortened(steps)))
        writes.append(self._table.put_of(rows.unjudged_row(unjudged)))
        if delivery_id is not None:
            writes.append(self._table.put_of(_delivery_row(scored, delivery_id)))
        refused = self._table.write_together(writes)
        if refused and not _is_there(refused[0], scored):
            raise ConflictError(f"feedback {feedback.feedback_id} changed since it was read")

    def note_answer(self, answered: ScoredFeedback, previous: ScoredFeedback) -> None:
        """See the port."""
        rules.refuse_other_words(answered, previous)
        feedback = answered.feedback
        row, condition = feedback_rows.feedback_row(answered), feedback_rows.condition_on(previous)
        writes: list[Write] = [self._table.put_of(row, **condition)]
        for (day, location), steps in rules.count_steps(answered, previous).items():
            key = keys.count_key(feedback.business_id, day, location)
            writes.append(self._table.add_of(key, shortened(steps)))
        refused = self._table.write_together(writes)
        if refused and not (refused[0] and feedback_rows.feedback_from(refused[0]) == answered):
            raise ConflictError(f"feedback {feedback.feedback_id} changed since it was read")

    def mark_not_negative(
        self, business_id: str, feedback_id: str, now: datetime, act: Act | None = None
    ) -> None:
        """See the port; what is not there or deleted is left alone."""
        marking = self._table.update_of(
            keys.feedback_key(business_id, feedback_id),
            "SET #flag = :true, #since = if_not_exists(#since, :now)",
            # A deleted one is in no day.
            condition=f"attribute_exists({keys.DAY_SORT})",
            names={"#flag": feedback_rows.NOT_NEGATIVE, "#since": "not_neg_at"},
            values={":true": {"BOOL": True}, ":now": {"S": to_text(now)}},
        )
        beside = [case_rows.concern_row(correction_of(business_id, feedback_id, now))]
        if act is not None:
            beside.append(case_rows.act_row(act))
        self._table.write_together([marking, *map(self._table.put_of, beside)])

    def counts(
        self, business_id: str, first_day: str, last_day: str
    ) -> dict[tuple[str, str], dict[str, int]]:
        """See the port; what is zero is left out."""
        return self._counts(business_id, first_day, last_day, may_lag=False)

    def counts_at_a_glance(
        self, business_id: str, first_day: str, last_day: str
    ) -> dict[tuple[str, str], dict[str, int]]:
        """See `ports.VoiceStore`; what is zero is left out."""
        return self._counts(business_id, first_day, last_day, may_lag=True)

    def _counts(
        self, business_id: str, first_day: str, last_day: str, *, may_lag: bool
    ) -> dict[tuple[str, str], dict[str, int]]:
        partition, _ = keys.count_key(business_id, first_day, "")
        last = last_day + _AFTER_DAY
        found: dict[tuple[str, str], dict[str, int]] = {}
        for row in self._table.query(partition, first=first_day, last=last, may_lag=may_lag):
            day, location = row[keys.SORT]["S"].split("#", 1)
            numbers = {name: int(each["N"]) for name, each in row.items() if "N" in each}
            counts = {name: number for name, number in lengthened(numbers).items() if number}
            if counts:
                found[day, location] = counts
        return found

    def scored_between(
        self, business_id: str, first_day: str, last_day: str
    ) -> list[ScoredFeedback]:
        """See the port. The index lists, the rows answer: it may lag, they do not."""
        listed = [
            key
            for month in keys.months(first_day, last_day)
            for key in self._table.query_index(
                keys.DAY_INDEX,
                keys.day_partition(business_id, month),
                first=first_day,
                last=last_day + _AFTER_DAY,
            )
        ]
        found = map(feedback_rows.feedback_from, self._table.get_many(listed).values())
        return sorted(
            (
                scored
                for scored in found
                if first_day <= scored.day <= last_day and not scored.feedback.is_deleted
            ),
            key=lambda s: (s.day, s.feedback.written_at, s.feedback.feedback_id),
        )

    def was_delivered(self, business_id: str, delivery_id: str, now: datetime) -> bool:
        """See the port."""
        row = self._table.get(keys.delivery_key(business_id, delivery_id))
        # DynamoDB may take two days to remove what has expired.
        return row is not None and int(row[keys.TTL]["N"]) > now.timestamp()


class JudgeRows(IncidentRows):
    """Implements `ports.JudgeStore`."""

    def load_judge(self, business_id: str) -> JudgeState:
        """See the port."""
        row = self._table.get(keys.judge_key(business_id))
        return JudgeState(business_id=business_id) if row is None else rows.judge_from(row)

    def unjudged(self, business_id: str, limit: int) -> list[Unjudged]:
        """See the port."""
        waiting = self._table.query(keys.unjudged_partition(business_id), limit=limit)
        return [rows.unjudged_from(row) for row in waiting]

    def businesses_with_unjudged(self, before: datetime, limit: int) -> list[str]:
        """See the port; the one that waits longest first."""
        last = to_text(before - timedelta(microseconds=1))
        listed = self._table.query_index(keys.DUE_INDEX, Shard.UNJUDGED, last=last)
        waiting: dict[str, None] = {}
        for partition, _ in listed:
            waiting[keys.business_of(partition)] = None
            if len(waiting) == limit:
                break
        return list(waiting)

    def commit_judged(
        self,
        state: JudgeState,
        judged: Sequence[Unjudged],
        incidents: Sequence[Incident],
        notifications: Sequence[Notification],
    ) -> None:
        """See the port; `state.sequence` is the number of this ledger entry.

        That each judged row must still be there is what stops two judges of whom one read the
        rows before, and the state after, the other's commit.
        """
        rules.refuse_too_many(judged, incidents, notifications)
        after = replace(state, version=state.version + 1)
        mark = self._table.new_mark()
        row = rows.judge_row(after) | {MARK: {"S": mark}}
        writes = [self._table.put_of(row, **version_condition(state.version))]
        writes += [self._table.delete_of(keys.unjudged_key(unjudged)) for unjudged in judged]
        if judged:
            entry = rows.ledger_row(state.business_id, state.sequence, judged)
            writes.append(self._table.put_of(entry, **version_condition(0)))
        concern = concern_of(state, judged, incidents)
        if concern is not None:
            writes.append(self._table.put_of(case_rows.concern_row(concern)))
        self._write_with_notifications(writes, mark, incidents, notifications)

    def ledger(self, business_id: str) -> Iterable[Unjudged]:
        """See the port."""
        partition, _ = keys.ledger_key(business_id, 0)
        for row in self._table.query(partition):
            yield from rows.ledger_from(row)


def _is_there(row: Row, scored: ScoredFeedback) -> bool:
    return bool(row) and rules.is_repeat(scored, feedback_rows.feedback_from(row))


def _delivery_row(scored: ScoredFeedback, delivery_id: str) -> Row:
    expires = scored.received_at + rules.DELIVERY_KEPT
    key = keys.delivery_key(scored.feedback.business_id, delivery_id)
    return make_row(key, {keys.TTL: int(expires.timestamp())})
