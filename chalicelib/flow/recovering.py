"""Recover: whoever is unhappy gets a case, and somebody who looks after it in time.

What may lead to a case was noted where it was judged (`domain.concern`). Whoever judges acts on it
at once; what a crash left over is acted on by the watch. Every step may be repeated.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.audit import Act, ActKind
from chalicelib.domain.business import Business, Purpose
from chalicelib.domain.case import CaseState, RecoveryCase, case_id_of, settle
from chalicelib.domain.concern import Concern
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.incident import Incident, Outcome
from chalicelib.flow.telling import load_in_force
from chalicelib.flow.troubles import TRIES, trouble_of
from chalicelib.ports import Services
from chalicelib.privacy.consent import may_process
from chalicelib.recover.cases import case_after, customer_of, withdrawal_of
from chalicelib.recover.due import next_step_at

CONCERNS_AT_ONCE = 25
BUSINESSES_PER_WATCH = 50
CASES_PER_WATCH = 100
# Whoever judges acts on what it noted at once; what waits longer than this was dropped.
DROPPED_AFTER = timedelta(minutes=1)


def act_on_concerns(services: Services, business: Business, now: datetime) -> int:
    """Open, join, reopen and withdraw cases for all that was noted; returns how many changed.

    Raises ConflictError when others keep changing the same rows: the watch comes again.
    """
    changed = 0
    for concern in services.store.concerns(business.business_id, CONCERNS_AT_ONCE):
        changed += _act_on(services, business, concern, now)
        services.store.drop_concern(concern)
    return changed


def act_on_noted(services: Services, business: Business, concern: Concern, now: datetime) -> None:
    """Act at once on what a page just noted. The page may delete nothing: the watch, which finds
    the concern again and nothing left to do, takes it away."""
    with suppress(ConflictError):
        _act_on(services, business, concern, now)


def outcome_acts(services: Services, concern: Concern) -> list[Act]:
    """What the trail says of a concern about how it ended with whom: one act a customer."""
    claimed = services.store.claimed(concern.business_id, concern.outcomes)
    return [
        Act(
            business_id=concern.business_id,
            at=concern.since,
            who=concern.by,
            what=ActKind.NOTE_OUTCOME,
            about=f"case:{claimed.get(feedback_id, feedback_id)}",
            detail=str(outcome),
        )
        for feedback_id, outcome in concern.outcomes.items()
    ]


def _act_on(services: Services, business: Business, concern: Concern, now: datetime) -> int:
    quoted_in = _quoted_in(services, concern)
    voices = tuple(dict.fromkeys((*quoted_in, *concern.feedback_ids)))
    claimed = services.store.claimed(business.business_id, voices)
    # Who is only quoted once more in an incident that got worse has a case already.
    news = [one for one in voices if one in concern.feedback_ids or one not in claimed]
    found = services.store.find(business.business_id, news)
    changed = 0
    for feedback_id in news:
        scored = found.get(feedback_id)
        if scored is not None and _may_open(business, scored):
            incident = quoted_in.get(feedback_id)
            changed += _hear(services, business, scored, claimed, incident, now)
    return changed + _note_outcomes(services, business, concern)


def _quoted_in(services: Services, concern: Concern) -> dict[str, Incident]:
    """Feedback id to the incident that quotes it; one that cannot wait comes before a spike."""
    loaded = [
        services.store.load_incident(concern.business_id, one) for one in concern.incident_ids
    ]
    ranked = sorted((one for one in loaded if one), key=lambda one: one.kind != "critical")
    found: dict[str, Incident] = {}
    for incident in ranked:
        for feedback_id in incident.feedback_ids:
            found.setdefault(feedback_id, incident)
    return found


def _may_open(business: Business, scored: ScoredFeedback) -> bool:
    """Where recovery needs the customer's own consent there is no case without it; what is gone
    may always close one."""
    may = may_process(business, Purpose.RECOVERY, scored.feedback)
    return may or withdrawal_of(scored) is not None


def _hear(
    services: Services,
    business: Business,
    scored: ScoredFeedback,
    claimed: Mapping[str, str],
    quoted_in: Incident | None,
    now: datetime,
) -> bool:
    """What one feedback changes. Somebody else may be at the same case: then all is read again."""
    store, business_id = services.store, business.business_id
    feedback_id = scored.feedback.feedback_id
    for _ in range(TRIES):
        own = store.load_case(business_id, claimed[feedback_id]) if feedback_id in claimed else None
        is_known = own is not None or withdrawal_of(scored) is not None
        customer = customer_of(scored.feedback)
        others = () if is_known else store.cases_of_customer(business_id, customer)
        case = case_after(
            scored, own=own, of_customer=others, quoted_in=quoted_in, business=business, now=now
        )
        if case is None:
            return False
        if case.version == 0:
            case = first_free(services, case)
        with suppress(ConflictError):
            store.save_case(case, claims=[feedback_id] if own is None else ())
            return True
        claimed = store.claimed(business_id, [feedback_id])
    raise ConflictError(f"the case of {feedback_id} kept changing")


def first_free(services: Services, case: RecoveryCase) -> RecoveryCase:
    """The new case under the first id that no forgotten customer's case has."""
    life = 1
    while True:
        case_id = case_id_of(case.business_id, case.customer, case.cause, life)
        taken = services.store.load_case(case.business_id, case_id)
        if taken is None or taken.customer == case.customer:
            return replace(case, case_id=case_id)
        life += 1


def _note_outcomes(services: Services, business: Business, concern: Concern) -> int:
    """What somebody said on an incident's page of how it ended, written through to the cases.
    "No contact" ends none: somebody is still to be spoken to."""
    ends = {Outcome.RECOVERED: CaseState.RECOVERED, Outcome.LOST: CaseState.LOST}
    claimed = services.store.claimed(business.business_id, concern.outcomes)
    changed = 0
    for feedback_id, outcome in concern.outcomes.items():
        if outcome in ends and feedback_id in claimed:
            changed += _end(services, business, claimed[feedback_id], ends[outcome], concern)
    return changed


def _end(
    services: Services, business: Business, case_id: str, state: CaseState, concern: Concern
) -> bool:
    for _ in range(TRIES):
        case = services.store.load_case(business.business_id, case_id)
        if case is None or (case.reopened_at is not None and case.reopened_at > concern.since):
            return False
        ended = settle(case, state, concern.by, concern.since)
        if ended == case:
            return False
        with suppress(ConflictError):
            services.store.save_case(keep_words(ended, business))
            return True
    raise ConflictError(f"{case_id} kept changing")


def keep_words(case: RecoveryCase, business: Business) -> RecoveryCase:
    """An ended case with the moment at which what people wrote into it must be gone."""
    if case.is_open or case.closed_at is None:
        return case
    return replace(case, words_until=case.closed_at + business.privacy.keep_words)


def look_at_cases(services: Services, now: datetime) -> tuple[str, ...]:
    """The watch's part: act on what was dropped, and tell of whom nobody spoke to in time.

    Returns the troubles of single businesses, which stop no other.
    """
    troubles: list[str] = []
    since = now - DROPPED_AFTER
    for business_id in services.store.businesses_with_concerns(since, BUSINESSES_PER_WATCH):
        try:
            _act_for(services, business_id, now)
        except ConflictError:
            continue
        except Exception as error:  # noqa: BLE001  one business never stops another
            troubles.append(trouble_of(business_id, error))
    for case in services.store.due_cases(now, CASES_PER_WATCH):
        try:
            _tell_of(services, case, now)
        except ConflictError:
            continue
        except Exception as error:  # noqa: BLE001
            troubles.append(trouble_of(case.business_id, error))
    return tuple(troubles)


def _act_for(services: Services, business_id: str, now: datetime) -> None:
    business = services.store.load_business(business_id)
    if business is not None:
        act_on_concerns(services, business, now)
        return
    # Taken out of heedful.toml: at the head of the line it would block others.
    for concern in services.store.concerns(business_id, CONCERNS_AT_ONCE):
        services.store.drop_concern(concern)


def _tell_of(services: Services, case: RecoveryCase, now: datetime) -> None:
    from chalicelib.alert.overdue import tell_overdue

    business = load_in_force(services, case.business_id)
    if business is None:
        services.store.save_case(replace(case, looked_at_next=None))
        return
    telling = tell_overdue(
        case,
        business,
        services.store.dead_addresses(case.business_id),
        now,
        next_look=next_step_at(now, business),
    )
    services.store.save_case(telling.case, None, telling.notifications)
