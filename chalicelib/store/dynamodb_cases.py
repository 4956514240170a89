"""Cases and acts in the table."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from chalicelib.domain.alert import Notification
from chalicelib.domain.audit import Act
from chalicelib.domain.case import RecoveryCase, customer_part
from chalicelib.domain.clock import to_text
from chalicelib.domain.concern import Concern
from chalicelib.store import case_rows, keys, rules
from chalicelib.store.dynamodb_incidents import IncidentRows
from chalicelib.store.dynamodb_table import MARK, version_condition
from chalicelib.store.keys import Shard

# After every moment of a day, and after every act of a moment.
_AFTER = "~"


class CaseRows(IncidentRows):
    """Implements `ports.CaseStore` and `ports.AuditStore`."""

    def save_case(
        self,
        case: RecoveryCase,
        act: Act | None = None,
        notifications: Sequence[Notification] = (),
        *,
        claims: Sequence[str] = (),
    ) -> RecoveryCase:
        """See the port."""
        rules.refuse_many_claims(claims, notifications)
        saved = replace(case, version=case.version + 1)
        mark = self._table.new_mark()
        row = case_rows.case_row(saved) | {MARK: {"S": mark}}
        writes = [self._table.put_of(row, **version_condition(case.version))]
        writes += [
            self._table.put_of(
                case_rows.claim_row(case.business_id, feedback_id, case.case_id),
                **case_rows.claim_condition(case.case_id),
            )
            for feedback_id in claims
        ]
        if act is not None:
            writes.append(self._table.put_of(case_rows.act_row(act)))
        self._write_with_notifications(writes, mark, (), notifications)
        return saved

    def load_case(self, business_id: str, case_id: str) -> RecoveryCase | None:
        """See the port."""
        row = self._table.get(keys.case_key(business_id, case_id))
        return None if row is None else case_rows.case_from(row)

    def claimed(self, business_id: str, feedback_ids: Iterable[str]) -> dict[str, str]:
        """See the port."""
        wanted = {keys.claim_key(business_id, one): one for one in feedback_ids}
        found = self._table.get_many(wanted)
        return {wanted[key]: row[case_rows.CASE]["S"] for key, row in found.items()}

    def open_cases(self, business_id: str, limit: int) -> list[RecoveryCase]:
        """See the port."""
        listed = self._table.query_list(keys.open_cases_partition(business_id), limit=limit)
        return [case for case in map(case_rows.case_from, listed) if case.is_open]

    def cases_closed_between(
        self, business_id: str, first_day: str, last_day: str, limit: int
    ) -> list[RecoveryCase]:
        """See the port."""
        listed = (
            row
            for month in reversed(keys.months(first_day, last_day))
            for row in self._table.query_list(
                keys.ended_cases_partition(business_id, month),
                first=first_day,
                last=last_day + _AFTER,
                limit=limit,
                newest_first=True,
            )
        )
        return [case_rows.case_from(row) for row in islice(listed, limit)]

    def cases_of_customer(self, business_id: str, customer: str) -> list[RecoveryCase]:
        """See the port."""
        partition, _ = keys.case_key(business_id, customer_part(business_id, customer))
        found = map(case_rows.case_from, self._table.query(partition))
        return rules.of_customer(found, customer)

    def due_cases(self, now: datetime, limit: int) -> list[RecoveryCase]:
        """See the port."""
        found = map(case_rows.case_from, self._due_rows(Shard.CASE, now))
        due = (case for case in found if case.is_due(now))
        return list(islice(due, limit))

    def outlived_cases(self, now: datetime, limit: int) -> list[RecoveryCase]:
        """See the port."""
        found = map(case_rows.case_from, self._due_rows(Shard.CASE_WORDS, now))
        due = (one for one in found if one.words_until is not None and one.words_until <= now)
        return list(islice(due, limit))

    def concerns(self, business_id: str, limit: int) -> list[Concern]:
        """See the port."""
        partition, _ = keys.concern_key(business_id, "")
        return [case_rows.concern_from(row) for row in self._table.query(partition, limit=limit)]

    def businesses_with_concerns(self, before: datetime, limit: int) -> list[str]:
        """See the port; the one that waits longest first."""
        listed = self._table.query_index(keys.DUE_INDEX, Shard.CONCERN, last=to_text(before))
        waiting: dict[str, None] = {}
        for partition, _ in listed:
            waiting[keys.business_of(partition)] = None
            if len(waiting) == limit:
                break
        return list(waiting)

    def drop_concern(self, concern: Concern) -> None:
        """See the port."""
        self._table.delete(keys.concern_key(concern.business_id, concern.concern_id))

    def save_act(self, act: Act) -> None:
        """See the port."""
        self._table.put(case_rows.act_row(act))

    def acts(self, business_id: str, first: datetime, last: datetime, limit: int) -> list[Act]:
        """See the port."""
        since, until = to_text(first), to_text(last)
        listed = (
            row
            for month in reversed(keys.months(since, until))
            for row in self._table.query(
                keys.act_key(business_id, month, "")[0],
                first=since,
                last=until + _AFTER,
                limit=limit,
                newest_first=True,
            )
        )
        return [case_rows.act_from(row) for row in islice(listed, limit)]
