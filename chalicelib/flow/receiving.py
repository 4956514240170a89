"""Receive: what comes by itself, a survey, a message or a file, goes on the same queue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from chalicelib.domain.business import Business, SourceSettings
from chalicelib.domain.feedback import Arrival, Feedback
from chalicelib.domain.sentiment import Reading, ReadingStatus
from chalicelib.domain.source import SourceState, remember, succeeded
from chalicelib.flow.protecting import protected
from chalicelib.flow.troubles import trouble_of
from chalicelib.ports import Services
from chalicelib.pull.webhooks.reception import Call, SurveyReport, arrivals_of, prove, take_delivery
from chalicelib.score.batch import read_batch

# The kind of a chat tool's source, and the name by which its route looks for one.
MESSAGES = "messages"


def receive_survey(
    services: Services,
    business_id: str,
    provider: str,
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
    *,
    path_secret: str = "",
) -> SurveyReport:
    """Prove the sender over the raw bytes, redact, queue, answer: see `reception`."""
    call = Call(
        business_id=business_id,
        provider=provider,
        headers=headers,
        body=body,
        path_secret=path_secret,
    )
    return take_delivery(services, call, partial(protected, services), now)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReport:
    """The status for the chat tool, the reason for our log, and what the message says: `hand_over`
    is the reason why a person should answer, or "none"; None for a message that was refused."""

    status: int
    reason: str
    queued: int = 0
    hand_over: str | None = None
    polarity: str | None = None
    emotions: Mapping[str, float] = field(default_factory=dict)


def receive_message(
    services: Services, business_id: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> MessageReport:
    """Queue a proven message like any feedback, then read it at once: should a person answer?

    Queued first: what follows may fail, and then a person answers.
    """
    from chalicelib.recover.hand_over import decide_hand_over

    call = Call(business_id=business_id, provider=MESSAGES, headers=headers, body=body)
    proven = prove(services, call, now)
    if isinstance(proven, SurveyReport):
        return MessageReport(status=proven.status, reason=proven.reason)
    if proven.settings.kind != MESSAGES:
        # A survey tool that somebody named so, and whose answers stand elsewhere.
        return MessageReport(status=401, reason="that source is no chat tool")
    arrivals = arrivals_of(proven, partial(protected, services), now)
    services.feedback_queue.put(arrivals)
    try:
        reading = read_batch(services.model, proven.business, arrivals, {})[0]
        reason = "queued"
    except Exception as error:  # noqa: BLE001  the message is queued, and a person answers it
        reading = Reading(status=ReadingStatus.UNSCORED, reason="not read")
        reason = trouble_of(business_id, error)
    return MessageReport(
        status=200,
        reason=reason,
        queued=len(arrivals),
        hand_over=decide_hand_over(arrivals[0].feedback.text, reading).reason,
        polarity=reading.sentiment.polarity if reading.sentiment else None,
        emotions={one: round(strength, 3) for one, strength in reading.emotions.items()},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import by hand put on the queue, and whether it counts as history."""

    queued: int
    is_history: bool


def import_feedback(
    services: Services,
    business: Business,
    settings: SourceSettings,
    feedback: Sequence[Feedback],
    now: datetime,
) -> ImportReport:
    """Feedback from a file goes the way of all feedback; the first import is history."""
    state = services.store.load_source(business.business_id, settings.name) or SourceState(
        business_id=business.business_id, source=settings.name
    )
    arrivals = [
        Arrival(
            feedback=state.dated(protected(services, business, one), now),
            received_at=now,
            seen_since=state.looked_at,
            is_history=state.is_history,
        )
        for one in feedback
    ]
    services.feedback_queue.put(arrivals)
    done = succeeded(state, cursor=state.cursor, is_complete=True, now=now)
    services.store.save_source(remember(done, tuple(one.feedback for one in arrivals)))
    return ImportReport(queued=len(arrivals), is_history=state.is_history)
