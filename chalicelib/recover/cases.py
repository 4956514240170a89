"""Which case a feedback leads to: opened, joined, opened again, or withdrawn. Pure.

A feedback belongs to one case at most, and a customer has one case per cause: whoever complains
again of the same goes on with it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.business import Business
from chalicelib.domain.case import (
    CaseOrigin,
    CaseState,
    RecoveryCase,
    Severity,
    Withdrawal,
    case_id_of,
    join,
    reopen,
    withdraw,
)
from chalicelib.domain.concern import UNHAPPY
from chalicelib.domain.feedback import Feedback, ScoredFeedback, SurveyMetric
from chalicelib.domain.incident import Incident, IncidentKind
from chalicelib.domain.low_score import has_low_score
from chalicelib.domain.sentiment import Emotion, Polarity
from chalicelib.recover.due import due_at

# What somebody is furious with: clear anger, the fewest stars, the lowest third of an NPS scale.
ANGRY = 0.5
FURIOUS_STARS = 1.5
FURIOUS_SCORES = {SurveyMetric.NPS: 3, SurveyMetric.CSAT: 1, SurveyMetric.CES: 1}


def customer_of(feedback: Feedback) -> str:
    """What tells customers apart: the trace of the author, else of an e-mail address or a number,
    else of an order, else the feedback itself. The order's trace stands first (`privacy.traces`),
    and a household may share an order: it says least."""
    traces = feedback.traces
    personal = traces[1:] if feedback.order_reference else traces
    return next(iter((*personal, *traces)), feedback.feedback_id)


def cause_of(scored: ScoredFeedback) -> str:
    """The topic the customer speaks ill of most clearly; "" when none is known."""
    ill = [one for one in scored.reading.topics if one.polarity is Polarity.NEGATIVE]
    return max(ill, key=lambda one: (one.strength, one.name)).name if ill else ""


def severity_of(scored: ScoredFeedback, origin: CaseOrigin) -> Severity:
    """How long it may wait."""
    if origin is CaseOrigin.CRITICAL or scored.reading.critical:
        return Severity.URGENT
    feedback = scored.feedback
    is_furious = (
        scored.reading.emotions.get(Emotion.ANGER, 0.0) >= ANGRY
        or (feedback.stars is not None and feedback.stars <= FURIOUS_STARS)
        or any(score <= FURIOUS_SCORES[metric] for metric, score in feedback.survey_scores.items())
    )
    return Severity.HIGH if is_furious else Severity.NORMAL


def withdrawal_of(scored: ScoredFeedback) -> Withdrawal | None:
    """Why this feedback leads to no case; None when its customer is to be won back."""
    if scored.feedback.is_erased:
        return Withdrawal.ERASED
    if scored.feedback.is_deleted:
        return Withdrawal.DELETED
    if scored.is_not_negative:
        return Withdrawal.NOT_NEGATIVE
    evidence = scored.reading.evidence
    is_negative = evidence is not None and evidence >= UNHAPPY
    if is_negative or scored.reading.critical or has_low_score(scored.feedback):
        return None
    return Withdrawal.EDITED


def origin_of(scored: ScoredFeedback, quoted_in: Incident | None) -> CaseOrigin | None:
    """What makes it a case by itself; None for an unhappy voice that nobody was told of."""
    if quoted_in is not None:
        is_critical = quoted_in.kind is IncidentKind.CRITICAL or bool(scored.reading.critical)
        return CaseOrigin.CRITICAL if is_critical else CaseOrigin.INCIDENT
    return CaseOrigin.SURVEY if has_low_score(scored.feedback) else None


def case_after(
    scored: ScoredFeedback,
    *,
    own: RecoveryCase | None,
    of_customer: Sequence[RecoveryCase],
    quoted_in: Incident | None,
    business: Business,
    now: datetime,
) -> RecoveryCase | None:
    """The case as it is because of this feedback, or None when nothing changes.

    `own` is the case that it belongs to already, `of_customer` are all cases of its customer.
    Asked again after its answer was saved, it says None.
    """
    gone = withdrawal_of(scored)
    if own is not None:
        changed = _changed(own, scored, gone, business, now)
        return changed if changed != own else None
    if gone is not None:
        return None
    same = [case for case in of_customer if case.cause == cause_of(scored)]
    if same:
        return _once_more(same[-1], scored, quoted_in, business, now)
    origin = origin_of(scored, quoted_in)
    return opened(scored, origin, quoted_in, business, now) if origin is not None else None


def opened(
    scored: ScoredFeedback,
    origin: CaseOrigin,
    quoted_in: Incident | None,
    business: Business,
    now: datetime,
    *,
    life: int = 1,
) -> RecoveryCase:
    """A new case of this customer and cause; not saved yet."""
    customer, cause = customer_of(scored.feedback), cause_of(scored)
    severity = severity_of(scored, origin)
    due = due_at(severity, now, business)
    return RecoveryCase(
        business_id=business.business_id,
        case_id=case_id_of(business.business_id, customer, cause, life),
        customer=customer,
        cause=cause,
        origin=origin,
        severity=severity,
        opened_at=now,
        feedback_ids=(scored.feedback.feedback_id,),
        incident_id=quoted_in.incident_id if quoted_in else None,
        location=scored.feedback.location,
        due=due,
        looked_at_next=due,
    )


def _changed(
    own: RecoveryCase,
    scored: ScoredFeedback,
    gone: Withdrawal | None,
    business: Business,
    now: datetime,
) -> RecoveryCase:
    feedback_id = scored.feedback.feedback_id
    if gone is None:
        if own.state is CaseState.WITHDRAWN and own.customer:
            return _again(join(own, feedback_id), scored, business, now)
        return join(own, feedback_id) if own.is_open else own
    if not own.is_untouched:
        return own
    rest = tuple(one for one in own.feedback_ids if one != feedback_id)
    return replace(own, feedback_ids=rest) if rest else withdraw(own, gone, now)


def _once_more(
    case: RecoveryCase,
    scored: ScoredFeedback,
    quoted_in: Incident | None,
    business: Business,
    now: datetime,
) -> RecoveryCase:
    joined = join(case, scored.feedback.feedback_id)
    if quoted_in is not None and joined.incident_id is None:
        joined = replace(joined, incident_id=quoted_in.incident_id)
    # What was said before it ended is no new complaint.
    ended_at = case.closed_at if case.state is not CaseState.WITHDRAWN else None
    if ended_at is not None and scored.feedback.written_at <= ended_at:
        return joined
    return _again(joined, scored, business, now)


def _again(
    case: RecoveryCase, scored: ScoredFeedback, business: Business, now: datetime
) -> RecoveryCase:
    severity = severity_of(scored, case.origin)
    return reopen(case, now, severity=severity, due=due_at(severity, now, business))
