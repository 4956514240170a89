"""What is kept, one protocol per kind of row; the store is all of them.

Every write that depends on what was read raises `ConflictError` when somebody else wrote in
between; reading again and deciding again is right.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from chalicelib.domain.address import Standin
from chalicelib.domain.alert import Notification, PageLink, SendLog
from chalicelib.domain.audit import Act
from chalicelib.domain.business import Business
from chalicelib.domain.case import RecoveryCase
from chalicelib.domain.concern import Concern
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.forgetting import Receipt
from chalicelib.domain.incident import Incident
from chalicelib.domain.judging import JudgeState, Unjudged
from chalicelib.domain.request import PersonRequest
from chalicelib.domain.source import SourceState
from chalicelib.ports.profiles import ProfileStore
from chalicelib.ports.replies import ReplyStore
from chalicelib.ports.sessions import SessionStore
from chalicelib.ports.voices import VoiceStore


class BusinessStore(Protocol):
    """The configuration that `heedful apply` writes."""

    def load_business(self, business_id: str) -> Business | None:
        """The business, or None when there is none of that id."""
        ...

    def list_businesses(self) -> tuple[str, ...]:
        """The ids of all businesses, sorted."""
        ...

    def save_business(self, business: Business) -> None:
        """Write or replace it."""
        ...

    def remove_business(self, business_id: str) -> None:
        """Take its configuration away; its feedback stays until retention or erasure takes it."""
        ...


class SourceStore(Protocol):
    """One row per source: cursor, lease, health."""

    def load_source(self, business_id: str, source: str) -> SourceState | None:
        """The row, or None before the source was first applied."""
        ...

    def save_source(self, state: SourceState) -> SourceState:
        """Write it if the stored version is still `state.version` (0: none); returns the next."""
        ...

    def remove_source(self, business_id: str, source: str) -> None:
        """Forget the row; doing it twice is doing it once."""
        ...

    def due_sources(self, now: datetime, limit: int) -> list[tuple[str, str]]:
        """(business id, source name) of rows due at or before now, longest waiting first."""
        ...


class FeedbackStore(Protocol):
    """Feedback rows, count rows and what waits to be judged."""

    def find(self, business_id: str, feedback_ids: Iterable[str]) -> dict[str, ScoredFeedback]:
        """What is stored of these (deleted ones too), by feedback id; absent ones left out."""
        ...

    def store(
        self,
        scored: ScoredFeedback,
        previous: ScoredFeedback | None,
        unjudged: Unjudged,
        *,
        delivery_id: str | None = None,
    ) -> None:
        """In one transaction: the row, its counts, the unjudged row and the delivery's claim.

        `previous` is what `find` returned; its counts are taken back. Raises ConflictError when
        the stored row is no longer that one. A delivery id that is claimed already is no error.
        """
        ...

    def note_answer(self, answered: ScoredFeedback, previous: ScoredFeedback) -> None:
        """Put the same feedback with `answered_at` in its place, and count the answer; nobody
        judges. Raises ConflictError when the stored row is no longer `previous`."""
        ...

    def mark_not_negative(
        self, business_id: str, feedback_id: str, now: datetime, act: Act | None = None
    ) -> None:
        """Note that a person said the label is wrong; counts and text stay. Idempotent. The act,
        and a concern for the case that it may have opened, are written with it."""
        ...

    def was_delivered(self, business_id: str, delivery_id: str, now: datetime) -> bool:
        """True for a week after feedback of this webhook delivery was stored."""
        ...

    def counts(
        self, business_id: str, first_day: str, last_day: str
    ) -> dict[tuple[str, str], dict[str, int]]:
        """(local date, location) to flat counts, both days included."""
        ...

    def scored_between(
        self, business_id: str, first_day: str, last_day: str
    ) -> list[ScoredFeedback]:
        """Stored feedback of these local dates, oldest first, deleted ones left out."""
        ...


class JudgeStore(Protocol):
    """The detector's row, the ledger, and the queue of what is unjudged."""

    def load_judge(self, business_id: str) -> JudgeState:
        """The row; version 0 when there is none yet."""
        ...

    def unjudged(self, business_id: str, limit: int) -> list[Unjudged]:
        """The oldest waiting, by (received at, feedback id)."""
        ...

    def businesses_with_unjudged(self, before: datetime, limit: int) -> list[str]:
        """Businesses that have rows waiting since before that moment."""
        ...

    def commit_judged(
        self,
        state: JudgeState,
        judged: Sequence[Unjudged],
        incidents: Sequence[Incident],
        notifications: Sequence[Notification],
    ) -> None:
        """In one transaction: the state if its version is unchanged, the ledger entry, the
        unjudged rows gone, incidents and notifications written, and what may lead to a case noted
        (see `domain.concern`). Raises ConflictError."""
        ...

    def ledger(self, business_id: str) -> Iterable[Unjudged]:
        """Everything judged so far, in the order in which it was judged."""
        ...


class IncidentStore(Protocol):
    """Incidents, the notifications that tell of them, and the links in those."""

    def load_incident(self, business_id: str, incident_id: str) -> Incident | None:
        """The incident, or None."""
        ...

    def open_incidents(self, business_id: str) -> list[Incident]:
        """Those that are not resolved, oldest first."""
        ...

    def incidents_of(self, business_id: str) -> list[Incident]:
        """All there ever were, resolved ones too, by (opened at, id)."""
        ...

    def save_incident(
        self,
        incident: Incident,
        notifications: Sequence[Notification],
        *,
        acts: Sequence[Act] = (),
        concern: Concern | None = None,
    ) -> None:
        """All in one transaction, if the incident's stored version is unchanged. A notification
        whose id exists stays as it is. Raises ConflictError."""
        ...

    def listed_incidents(
        self, business_id: str, *, is_open: bool, limit: int, before: datetime | None = None
    ) -> list[Incident]:
        """Those that are open, or those that ended, opened before that moment, newest first. The
        list may lag a moment behind."""
        ...

    def notifications_of(self, business_id: str, incident_id: str) -> list[Notification]:
        """All of one incident, by creation."""
        ...

    def due_notifications(self, now: datetime, limit: int) -> list[Notification]:
        """Waiting ones due at or before now (a lease that ran out counts as due)."""
        ...

    def due_incidents(self, now: datetime, limit: int) -> list[Incident]:
        """Open incidents whose next reminder or escalation is due."""
        ...

    def save_notification(self, notification: Notification) -> Notification:
        """Write it if its stored version is unchanged; returns the next. Raises ConflictError."""
        ...

    def find_notification(
        self, business_id: str, incident_id: str, notification_id: str
    ) -> Notification | None:
        """The notification, or None."""
        ...

    def save_link(self, link: PageLink) -> None:
        """Remember a link by its token's hash."""
        ...

    def find_link(self, token_hash: str) -> PageLink | None:
        """The link, or None; an expired one is returned, the page says so."""
        ...


class ContactStore(Protocol):
    """What became of addresses, and what was spent on whom."""

    def dead_addresses(self, business_id: str) -> dict[str, str]:
        """Address to reason (`bounced`, `complained`, `opted_out`, `unsubscribed`)."""
        ...

    def mark_dead(self, business_id: str, address: str, reason: str, now: datetime) -> None:
        """Use this address no more. Idempotent; the first reason stays."""
        ...

    def revive(self, business_id: str, address: str, now: datetime) -> None:
        """Use this address again. Idempotent."""
        ...

    def standins(self, business_id: str) -> list[Standin]:
        """The stand-ins of all contacts, by contact, confirmed or waiting."""
        ...

    def save_standin(self, standin: Standin) -> None:
        """Write or replace the stand-in of its contact."""
        ...

    def load_sends(self, business_id: str) -> SendLog:
        """The messages of the last day or so; version 0 when there was none yet."""
        ...

    def save_sends(self, log: SendLog) -> SendLog:
        """Write it if the stored version is still `log.version`; returns the next."""
        ...

    def take_from_budget(
        self, business_id: str, budget: str, amount: int, limit: int, *, paid_for: str
    ) -> bool:
        """Add to a counter (`sms-cents.2026-03`) unless it would pass the limit; False when it
        would. `paid_for` names what is bought: what was paid for once costs nothing again."""
        ...


class ErasureStore(Protocol):
    """What must be forgotten, and what keeps it from coming back."""

    def forget(self, kept: ScoredFeedback, previous: ScoredFeedback | None) -> None:
        """Put what is left of a feedback in its place; counts stay and nobody judges.

        Raises ConflictError when the stored row is no longer `previous`, ValueError when what is
        left would count for something else.
        """
        ...

    def outlived(self, now: datetime, limit: int) -> list[ScoredFeedback]:
        """Feedback of all businesses whose words must be gone at or before now."""
        ...

    def save_tombstones(self, business_id: str, traces: Iterable[str], now: datetime) -> None:
        """Feedback with one of these traces that was written by now is stored no more."""
        ...

    def tombstones(self, business_id: str, traces: Iterable[str]) -> dict[str, datetime]:
        """Of these traces those with a tombstone, and since when."""
        ...

    def save_receipt(self, receipt: Receipt) -> None:
        """Write or replace it."""
        ...

    def receipts(self, business_id: str) -> list[Receipt]:
        """Those of all erasures, the oldest first."""
        ...


class CaseStore(Protocol):
    """Recovery cases, and which feedback belongs to which."""

    def save_case(
        self,
        case: RecoveryCase,
        act: Act | None = None,
        notifications: Sequence[Notification] = (),
        *,
        claims: Sequence[str] = (),
    ) -> RecoveryCase:
        """All in one transaction, if the case's stored version is unchanged; returns the next.

        `act` is who changed it. `claims` are feedback that belongs to it from now on. A
        notification whose id exists stays as it is. Raises ConflictError, also when one of the
        claims belongs to another case.
        """
        ...

    def load_case(self, business_id: str, case_id: str) -> RecoveryCase | None:
        """The case, or None."""
        ...

    def claimed(self, business_id: str, feedback_ids: Iterable[str]) -> dict[str, str]:
        """Feedback id to the id of its case; those without one are left out."""
        ...

    def open_cases(self, business_id: str, limit: int) -> list[RecoveryCase]:
        """Those that did not end, the one that is due first first, those without a time last.
        The list may lag a moment behind."""
        ...

    def cases_closed_between(
        self, business_id: str, first_day: str, last_day: str, limit: int
    ) -> list[RecoveryCase]:
        """Those that ended on these dates (UTC, both included), newest first; one that was opened
        again is not among them. The list may lag a moment behind."""
        ...

    def cases_of_customer(self, business_id: str, customer: str) -> list[RecoveryCase]:
        """All cases of one customer, oldest first, as they are now."""
        ...

    def due_cases(self, now: datetime, limit: int) -> list[RecoveryCase]:
        """Open cases of all businesses that the watch must look at now, longest due first."""
        ...

    def outlived_cases(self, now: datetime, limit: int) -> list[RecoveryCase]:
        """Ended cases of all businesses whose root cause and note must be gone by now."""
        ...

    def concerns(self, business_id: str, limit: int) -> list[Concern]:
        """What may lead to a case and was not acted on, by id."""
        ...

    def businesses_with_concerns(self, before: datetime, limit: int) -> list[str]:
        """Businesses with concerns that came up at or before that moment."""
        ...

    def drop_concern(self, concern: Concern) -> None:
        """All of it was acted on. Idempotent."""
        ...


class AuditStore(Protocol):
    """What people did. Rows are only ever added."""

    def save_act(self, act: Act) -> None:
        """Write an act that changed no row of its own; the same act twice is one."""
        ...

    def acts(self, business_id: str, first: datetime, last: datetime, limit: int) -> list[Act]:
        """The acts from `first` to `last` (both included), newest first, no more than `limit`."""
        ...


class RequestStore(Protocol):
    """What people ask about their own words."""

    def save_request(
        self,
        request: PersonRequest,
        act: Act | None = None,
        notifications: Sequence[Notification] = (),
    ) -> PersonRequest:
        """All in one transaction, if the request's stored version is unchanged (0: there is none);
        returns the next. A notification whose id exists stays as it is. Raises ConflictError."""
        ...

    def load_request(self, business_id: str, request_id: str) -> PersonRequest | None:
        """The request, or None."""
        ...

    def open_requests(self, business_id: str, limit: int) -> list[PersonRequest]:
        """Those that wait for an answer, the one that is due first first. The list may lag a
        moment behind."""
        ...

    def requests_of(self, business_id: str, limit: int) -> list[PersonRequest]:
        """All there were, the newest day first."""
        ...

    def due_requests(self, now: datetime, limit: int) -> list[PersonRequest]:
        """Those of all businesses whose `look_at` has come, longest waiting first."""
        ...


class Store(
    SessionStore,
    BusinessStore,
    SourceStore,
    FeedbackStore,
    JudgeStore,
    IncidentStore,
    ContactStore,
    ErasureStore,
    CaseStore,
    AuditStore,
    RequestStore,
    VoiceStore,
    ReplyStore,
    ProfileStore,
    Protocol,
):
    """All of it: one DynamoDB table, or its twin in memory."""
