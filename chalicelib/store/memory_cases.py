"""Cases and acts of the store's twin in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.alert import Notification
from chalicelib.domain.audit import Act
from chalicelib.domain.case import RecoveryCase
from chalicelib.domain.clock import to_text
from chalicelib.domain.concern import Concern
from chalicelib.store import rules
from chalicelib.store.memory_incidents import MemoryIncidents, refuse_unless


class MemoryCases(MemoryIncidents):
    """Implements `ports.CaseStore` and `ports.AuditStore` without any outside."""

    def __init__(self) -> None:
        super().__init__()
        self._cases: dict[tuple[str, str], RecoveryCase] = {}
        self._claims: dict[tuple[str, str], str] = {}

    def save_case(
        self,
        case: RecoveryCase,
        act: Act | None = None,
        notifications: Sequence[Notification] = (),
        *,
        claims: Sequence[str] = (),
    ) -> RecoveryCase:
        """See `ports.CaseStore`."""
        rules.refuse_many_claims(claims, notifications)
        stored = self._cases.get((case.business_id, case.case_id))
        version = stored.version if stored else 0
        refuse_unless(case.version == version, "case", case.case_id)
        for feedback_id in claims:
            holder = self._claims.get((case.business_id, feedback_id), case.case_id)
            refuse_unless(holder == case.case_id, "case of", feedback_id)
        saved = replace(case, version=version + 1)
        self._cases[case.business_id, case.case_id] = saved
        self._claims |= {(case.business_id, feedback_id): case.case_id for feedback_id in claims}
        if act is not None:
            self.save_act(act)
        self._write_incidents((), notifications)
        return saved

    def load_case(self, business_id: str, case_id: str) -> RecoveryCase | None:
        """See `ports.CaseStore`."""
        return self._cases.get((business_id, case_id))

    def claimed(self, business_id: str, feedback_ids: Iterable[str]) -> dict[str, str]:
        """See `ports.CaseStore`."""
        found = {one: self._claims.get((business_id, one)) for one in feedback_ids}
        return {one: case_id for one, case_id in found.items() if case_id is not None}

    def _cases_of(self, business_id: str) -> list[RecoveryCase]:
        found = (case for (owner, _), case in self._cases.items() if owner == business_id)
        return sorted(found, key=lambda case: case.case_id)

    def open_cases(self, business_id: str, limit: int) -> list[RecoveryCase]:
        """See `ports.CaseStore`."""
        found = [case for case in self._cases_of(business_id) if case.is_open]
        found.sort(key=lambda case: (case.due is None, case.due or case.opened_at))
        # Without a time they stand by their ids.
        timed = sum(case.due is not None for case in found)
        return [*found[:timed], *sorted(found[timed:], key=lambda case: case.case_id)][:limit]

    def cases_closed_between(
        self, business_id: str, first_day: str, last_day: str, limit: int
    ) -> list[RecoveryCase]:
        """See `ports.CaseStore`."""
        found = [
            (to_text(case.closed_at), case.case_id, case)
            for case in self._cases_of(business_id)
            if case.closed_at is not None and not case.is_open
        ]
        newest = sorted(found, key=lambda ended: ended[:2], reverse=True)
        return [case for at, _, case in newest if first_day <= at[:10] <= last_day][:limit]

    def cases_of_customer(self, business_id: str, customer: str) -> list[RecoveryCase]:
        """See `ports.CaseStore`."""
        return rules.of_customer(self._cases_of(business_id), customer)

    def due_cases(self, now: datetime, limit: int) -> list[RecoveryCase]:
        """See `ports.CaseStore`."""
        due = [
            (case.looked_at_next, key, case)
            for key, case in self._cases.items()
            if case.looked_at_next is not None and case.is_due(now)
        ]
        return [case for _, _, case in sorted(due, key=lambda waiting: waiting[:2])[:limit]]

    def outlived_cases(self, now: datetime, limit: int) -> list[RecoveryCase]:
        """See `ports.CaseStore`."""
        due = [
            (case.words_until, key, case)
            for key, case in self._cases.items()
            if not case.is_open and case.words_until is not None and case.words_until <= now
        ]
        return [case for _, _, case in sorted(due, key=lambda waiting: waiting[:2])[:limit]]

    def concerns(self, business_id: str, limit: int) -> list[Concern]:
        """See `ports.CaseStore`."""
        waiting = self._concerns.get(business_id, {})
        return [waiting[name] for name in sorted(waiting)[:limit]]

    def businesses_with_concerns(self, before: datetime, limit: int) -> list[str]:
        """See `ports.CaseStore`."""
        oldest = [
            (min(one.since for one in waiting.values()), business_id)
            for business_id, waiting in self._concerns.items()
            if waiting
        ]
        return [business_id for since, business_id in sorted(oldest) if since <= before][:limit]

    def drop_concern(self, concern: Concern) -> None:
        """See `ports.CaseStore`."""
        self._concerns.get(concern.business_id, {}).pop(concern.concern_id, None)

    def acts(self, business_id: str, first: datetime, last: datetime, limit: int) -> list[Act]:
        """See `ports.AuditStore`."""
        found = [
            act
            for act in self._acts.values()
            if act.business_id == business_id and first <= act.at <= last
        ]
        return sorted(found, key=lambda act: act.at, reverse=True)[:limit]
