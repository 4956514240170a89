"""What people wrote into a customer's case goes with the customer.

That there was a case and how it ended stays, and nothing in it leads to anybody. A case that was
still open ends: there is nobody left to win back. What somebody wrote of this customer into the
case of another is not found: nothing is guessed from free words.
"""

import contextlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from chalicelib.domain.case import RecoveryCase, forget
from chalicelib.domain.clock import to_text
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.ports import CaseStore
from chalicelib.privacy.person import Wanted

TRIES = 5


def cases_of_person(
    store: CaseStore, business_id: str, wanted: Wanted, found: Sequence[ScoredFeedback]
) -> list[RecoveryCase]:
    """The person's cases, oldest first: those of their feedback, and those that are named by one
    of their traces."""
    feedback_ids = {one.feedback.feedback_id for one in found} | wanted.feedback_ids
    claimed = store.claimed(business_id, sorted(feedback_ids))
    cases = {
        case_id: case
        for case_id in claimed.values()
        if (case := store.load_case(business_id, case_id)) is not None and case.customer
    }
    for customer in sorted(wanted.traces | wanted.feedback_ids):
        cases |= {one.case_id: one for one in store.cases_of_customer(business_id, customer)}
    return sorted(cases.values(), key=lambda case: (case.opened_at, case.case_id))


def forget_cases(store: CaseStore, cases: Iterable[RecoveryCase], now: datetime) -> None:
    """Take the person out of these. Safe to repeat."""
    for case in cases:
        _forget(store, case, now)


def _forget(store: CaseStore, case: RecoveryCase, now: datetime) -> None:
    for _ in range(TRIES):
        with contextlib.suppress(ConflictError):
            store.save_case(forget(case, now))
            return
        case = store.load_case(case.business_id, case.case_id) or case
    raise ConflictError(f"case {case.case_id} kept changing while it was erased")


def as_exported(case: RecoveryCase) -> dict[str, Any]:
    """A case as its customer gets it: what was done, and what was written down about them."""
    return {
        "id": case.case_id,
        "opened_at": to_text(case.opened_at),
        "why": str(case.origin),
        "about": case.cause,
        "feedback": list(case.feedback_ids),
        "state": str(case.state),
        "first_contacted_at": to_text(case.first_contacted_at) if case.first_contacted_at else None,
        "closed_at": to_text(case.closed_at) if case.closed_at else None,
        "waits_for": case.pause_reason,
        "root_cause": case.root_cause,
        "note": case.note,
        "kept_until": to_text(case.words_until) if case.words_until else None,
    }
