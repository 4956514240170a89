"""Reach out: a person opens a case by hand, or opens one again that ended too early.

The pages call these. Who is not told apart from others, for want of a trace, is a customer of
their own.
"""

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.audit import Act, ActKind
from chalicelib.domain.business import Business, Purpose
from chalicelib.domain.case import CaseOrigin, RecoveryCase, join, reopen
from chalicelib.domain.errors import ConflictError, TransitionError
from chalicelib.domain.session import Visitor
from chalicelib.flow.recovering import first_free
from chalicelib.flow.troubles import TRIES
from chalicelib.ports import Services
from chalicelib.privacy.consent import may_process
from chalicelib.recover.cases import cause_of, customer_of, opened
from chalicelib.recover.due import due_at


def open_by_hand(
    services: Services, visitor: Visitor, business: Business, feedback_id: str, now: datetime
) -> RecoveryCase:
    """The case of this feedback: its own when it has one, its customer's about the same cause, or
    a new one. Whoever opens it looks after it.

    Raises TransitionError when the visitor may not, when the words are gone, or when the customer's
    consent is missing; ConflictError when others keep changing the same case.
    """
    _refuse_looker(visitor, business)
    store, business_id = services.store, business.business_id
    for _ in range(TRIES):
        scored = store.find(business_id, [feedback_id]).get(feedback_id)
        if scored is None or scored.feedback.is_deleted or scored.feedback.is_erased:
            raise TransitionError("there is nobody left to speak to: the words are gone")
        if not may_process(business, Purpose.RECOVERY, scored.feedback):
            raise TransitionError("this customer did not agree to be looked after")
        own = store.claimed(business_id, [feedback_id]).get(feedback_id)
        case = store.load_case(business_id, own) if own else None
        if case is not None:
            return case
        of_customer = store.cases_of_customer(business_id, customer_of(scored.feedback))
        same = [one for one in of_customer if one.cause == cause_of(scored)]
        if same:
            case, written_at = same[-1], scored.feedback.written_at
            is_new = case.closed_at is not None and written_at > case.closed_at
            begun = _again(join(case, feedback_id), business, now, is_new=is_new)
        else:
            fresh = opened(scored, CaseOrigin.HAND, None, business, now)
            begun = first_free(services, fresh)
        begun = replace(begun, owner=begun.owner or visitor.contact)
        act = _act(visitor, ActKind.OPEN_CASE, begun, now)
        try:
            return store.save_case(begun, act, claims=[feedback_id])
        except ConflictError:
            continue
    raise ConflictError(f"the case of {feedback_id} kept changing")


def reopen_by_hand(
    services: Services, visitor: Visitor, business: Business, case_id: str, now: datetime
) -> RecoveryCase:
    """A case that ended goes on; one that is open stays as it is. Its clock begins anew.

    Raises TransitionError when the visitor may not, or when there is no such case or nobody in it
    any more; ConflictError when somebody else changed it in this very moment.
    """
    _refuse_looker(visitor, business)
    case = services.store.load_case(business.business_id, case_id)
    if case is None or not case.customer:
        raise TransitionError("there is nobody in this case any more")
    if case.is_open:
        return case
    act = _act(visitor, ActKind.REOPEN_CASE, case, now)
    return services.store.save_case(_again(case, business, now, is_new=False), act)


def _again(case: RecoveryCase, business: Business, now: datetime, *, is_new: bool) -> RecoveryCase:
    """A person who corrects an ending says nothing of the customer: only a new complaint counts."""
    due = due_at(case.severity, now, business)
    begun = reopen(case, now, severity=case.severity, due=due)
    return begun if is_new else replace(begun, reopened=case.reopened)


def _act(visitor: Visitor, what: ActKind, case: RecoveryCase, now: datetime) -> Act:
    return Act(
        business_id=case.business_id,
        at=now,
        who=visitor.contact,
        what=what,
        about=f"case:{case.case_id}",
        detail=str(case.origin) if what is ActKind.OPEN_CASE else "",
    )


def _refuse_looker(visitor: Visitor, business: Business) -> None:
    if visitor.business_id != business.business_id or not visitor.may_act:
        raise TransitionError(f"{visitor.contact} may look and not act")
