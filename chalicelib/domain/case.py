"""A recovery case: one customer's way back, OPEN → CONTACTED → RECOVERED or LOST.

One per customer and cause. Every change is a function from one value to the next; one that is not
allowed raises `TransitionError`, and asking twice for the same change returns the case as it is.
A case that nobody touched is WITHDRAWN when what opened it is gone: there is nobody to win back.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from chalicelib.domain.errors import TransitionError

# More of one customer than anybody reads on a page.
FEEDBACK_KEPT = 50
ABOUT_OVERDUE = "overdue-"


class CaseState(StrEnum):
    """Where on the way back a customer is."""

    OPEN = "open"
    CONTACTED = "contacted"
    RECOVERED = "recovered"
    LOST = "lost"
    WITHDRAWN = "withdrawn"


class Withdrawal(StrEnum):
    """Why there is nobody to win back."""

    NOT_NEGATIVE = "not_negative"
    EDITED = "edited"
    DELETED = "deleted"
    ERASED = "erased"


class CaseOrigin(StrEnum):
    """What opened it."""

    INCIDENT = "incident"
    CRITICAL = "critical"
    SURVEY = "survey"
    SUGGESTION = "suggestion"
    HAND = "hand"


class Severity(StrEnum):
    """How long it may wait: see `recover.due`."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCase:
    """Who is unhappy about what, who looks after it until when, and how it ended.

    `customer` is what tells customers apart (see `customer_of` in `recover.cases`): a keyed trace
    or a feedback id, never a name; "" once the person was forgotten. `cause` is the topic they
    complain of, "" when none is known; `root_cause` is what a person found out. `owner` is a
    contact's name. `due` is when the first contact must be made, and while paused when it goes on.
    `cost_cents` is what making it right cost, in hundredths of the business's currency. `reopened`
    counts how often the same customer was unhappy again after the end. `told_to` are
    those to whom the delay was told, and `looked_at_next` is when the watch looks whether the next
    one must be. `words_until` is when root cause and note must be gone.
    """

    business_id: str
    case_id: str
    customer: str
    cause: str
    origin: CaseOrigin
    severity: Severity
    opened_at: datetime
    feedback_ids: tuple[str, ...] = ()
    incident_id: str | None = None
    location: str | None = None
    state: CaseState = CaseState.OPEN
    owner: str | None = None
    due: datetime | None = None
    paused_until: datetime | None = None
    pause_reason: str = ""
    first_contacted_at: datetime | None = None
    contacted_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    root_cause: str = ""
    note: str = ""
    cost_cents: int = 0
    reopened: int = 0
    reopened_at: datetime | None = None
    escalated_at: datetime | None = None
    told_to: tuple[str, ...] = ()
    looked_at_next: datetime | None = None
    withdrawal: Withdrawal | None = None
    words_until: datetime | None = None
    version: int = 0

    @property
    def is_open(self) -> bool:
        """True until it ended."""
        return self.state in (CaseState.OPEN, CaseState.CONTACTED)

    @property
    def is_untouched(self) -> bool:
        """True while nobody took it on, spoke to the customer or wrote anything down."""
        return (
            self.state is CaseState.OPEN
            and self.owner is None
            and self.first_contacted_at is None
            and self.paused_until is None
            and not self.reopened
        )

    @property
    def lacks_root_cause(self) -> bool:
        """True when it ended with one tap on another page and nobody said why it came to it."""
        ended = self.state in (CaseState.RECOVERED, CaseState.LOST)
        return ended and not self.root_cause and bool(self.customer)

    def is_overdue(self, now: datetime) -> bool:
        """True when nobody spoke to the customer in time, or what a pause waited for is due."""
        is_paused = self.paused_until is not None and now < self.paused_until
        return self.is_open and not is_paused and self.due is not None and self.due <= now

    def is_due(self, now: datetime) -> bool:
        """True when the watch must look at it: nobody spoke to the customer in time, or a pause
        is over."""
        return self.is_open and self.looked_at_next is not None and self.looked_at_next <= now


def case_id_of(business_id: str, customer: str, cause: str, life: int = 1) -> str:
    """The id of a customer's case about one cause: the same whoever opens it, however often.

    Its first part is the customer's, see `customer_part`. `life` counts the cases of that cause
    whose customer was erased since: what was forgotten is not gone on with.
    """
    return f"{customer_part(business_id, customer)}-{_hash(cause)[:8]}-{life}"


def about_overdue(told_at: datetime) -> str:
    """What stands in a notification of overdue cases where others have their incident: when it is
    told, so that what falls due until then is told with it."""
    return f"{ABOUT_OVERDUE}{told_at.astimezone(UTC):%Y%m%dT%H%M}"


def is_about_overdue(incident_id: str) -> bool:
    """True when a notification is about overdue cases."""
    return incident_id.startswith(ABOUT_OVERDUE)


def is_to_be_told_of(case: RecoveryCase, contact: str, now: datetime) -> bool:
    """True while this person is to do something about it that nobody did yet."""
    return contact in case.told_to and case.is_overdue(now)


def customer_part(business_id: str, customer: str) -> str:
    """What the ids of all cases of one customer begin with: sixteen hexadecimal digits."""
    return _hash(f"{business_id}\0{customer}")[:16]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def take(case: RecoveryCase, owner: str) -> RecoveryCase:
    """Somebody looks after it. Raises TransitionError when it ended."""
    _refuse_ended(case, "taken on")
    return replace(case, owner=owner)


def contact(case: RecoveryCase, by: str, now: datetime) -> RecoveryCase:
    """Somebody spoke to the customer. Raises TransitionError when it ended."""
    _refuse_ended(case, "contacted")
    if case.state is CaseState.CONTACTED and case.due is None:
        return case
    return replace(
        case,
        state=CaseState.CONTACTED,
        owner=case.owner or by,
        contacted_at=now,
        first_contacted_at=case.first_contacted_at or now,
        due=None,
        paused_until=None,
        pause_reason="",
        looked_at_next=None,
    )


def pause(case: RecoveryCase, until: datetime, reason: str) -> RecoveryCase:
    """It waits for something, which is named. Raises TransitionError without a reason or when it
    ended."""
    _refuse_ended(case, "paused")
    if not reason.strip():
        raise TransitionError(f"{case.case_id} is paused for no reason; say what it waits for")
    return replace(
        case, due=until, paused_until=until, pause_reason=reason.strip(), looked_at_next=until
    )


def go_on(case: RecoveryCase) -> RecoveryCase:
    """The pause is over: what it waited for is there, or not, and somebody must look."""
    return replace(case, paused_until=None, pause_reason="")


def close(
    case: RecoveryCase,
    state: CaseState,
    by: str,
    now: datetime,
    *,
    root_cause: str,
    note: str = "",
    cost_cents: int = 0,
) -> RecoveryCase:
    """It ended RECOVERED or LOST; the root cause must be named. A second time it is corrected.

    Raises TransitionError without a root cause, with a negative cost, or for another state.
    """
    if state not in (CaseState.RECOVERED, CaseState.LOST):
        raise TransitionError(f"a case ends recovered or lost, not {state}")
    if not root_cause.strip():
        raise TransitionError(f"{case.case_id} cannot end without a root cause")
    if cost_cents < 0:
        raise TransitionError("what it cost is less than nothing")
    return replace(
        _ended(case, state, now),
        closed_by=by,
        root_cause=root_cause.strip(),
        note=note.strip(),
        cost_cents=cost_cents,
        owner=case.owner or by,
    )


def settle(case: RecoveryCase, state: CaseState, by: str, now: datetime) -> RecoveryCase:
    """It ended with a tap on the incident's page, which asks for no root cause: the case goes on
    asking for it (`lacks_root_cause`). What was closed with a root cause stays as it is."""
    if state not in (CaseState.RECOVERED, CaseState.LOST):
        raise TransitionError(f"a case ends recovered or lost, not {state}")
    if case.state is state or case.root_cause or case.state is CaseState.WITHDRAWN:
        return case
    first = case.first_contacted_at or (now if state is CaseState.RECOVERED else None)
    ended = replace(_ended(case, state, now), first_contacted_at=first)
    return replace(ended, closed_by=by, owner=case.owner or by)


def withdraw(case: RecoveryCase, why: Withdrawal, now: datetime) -> RecoveryCase:
    """What opened it is gone. Somebody who already looks after it goes on doing so."""
    if not case.is_untouched:
        return case
    return replace(_ended(case, CaseState.WITHDRAWN, now), withdrawal=why)


def join(case: RecoveryCase, feedback_id: str) -> RecoveryCase:
    """The same customer said more of the same cause; the newest are kept."""
    if feedback_id in case.feedback_ids:
        return case
    return replace(case, feedback_ids=(*case.feedback_ids, feedback_id)[-FEEDBACK_KEPT:])


def reopen(case: RecoveryCase, now: datetime, *, severity: Severity, due: datetime) -> RecoveryCase:
    """The same customer is unhappy again, or somebody closed it too early.

    One that was withdrawn was never closed, and is not counted as reopened. Of one that is open
    nothing changes but that it may have become more urgent.
    """
    if case.is_open:
        is_worse = _URGENCY.index(severity) < _URGENCY.index(case.severity)
        return replace(case, severity=severity) if is_worse else case
    was_closed = case.state is not CaseState.WITHDRAWN
    return replace(
        case,
        state=CaseState.OPEN,
        severity=severity,
        due=due,
        looked_at_next=due,
        contacted_at=None,
        closed_at=None,
        closed_by=None,
        withdrawal=None,
        words_until=None,
        escalated_at=None,
        told_to=(),
        reopened=case.reopened + was_closed,
        reopened_at=now if was_closed else case.reopened_at,
    )


def escalate(
    case: RecoveryCase, contact: str, now: datetime, *, next_look: datetime | None
) -> RecoveryCase:
    """One more person is told that nobody spoke to the customer in time."""
    told = tuple(dict.fromkeys((*case.told_to, contact)))
    return replace(go_on(case), escalated_at=now, told_to=told, looked_at_next=next_look)


def without_words(case: RecoveryCase) -> RecoveryCase:
    """What people wrote down is gone; how it ended stays."""
    return replace(case, root_cause="", note="", pause_reason="", words_until=None)


def without_customer(case: RecoveryCase) -> RecoveryCase:
    """Nothing in it leads to the person any more; that there was a case, and its end, stay."""
    return replace(without_words(case), customer="", feedback_ids=())


def forget(case: RecoveryCase, now: datetime) -> RecoveryCase:
    """The customer asked to be forgotten: whatever its state, there is nobody to win back."""
    if case.is_open:
        case = replace(_ended(case, CaseState.WITHDRAWN, now), withdrawal=Withdrawal.ERASED)
    return without_customer(case)


_URGENCY = tuple(Severity)


def _ended(case: RecoveryCase, state: CaseState, now: datetime) -> RecoveryCase:
    return replace(
        case,
        state=state,
        closed_at=case.closed_at or now,
        due=None,
        paused_until=None,
        pause_reason="",
        looked_at_next=None,
    )


def _refuse_ended(case: RecoveryCase, what: str) -> None:
    if not case.is_open:
        raise TransitionError(f"{case.case_id} ended and cannot be {what}")
