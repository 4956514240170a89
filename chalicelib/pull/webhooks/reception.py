"""Taking a delivery: prove the sender, redact, queue, answer. What the two webhook routes share.

An unknown business, an unknown provider, a missing secret and a bad signature look the same from
outside: 401. Nothing here answers 404 or 410, which tell many senders to stop for good, and what
our own queue or table cannot take is raised, so that the sender tries again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.business import Business, SourceSettings
from chalicelib.domain.errors import (
    ConflictError,
    FeedbackRefused,
    QueueError,
    SettingsError,
    SignatureRefused,
)
from chalicelib.domain.feedback import Arrival, Feedback
from chalicelib.domain.source import SourceState
from chalicelib.ports import Delivery, Received, Services
from chalicelib.pull.webhooks.waiting import WAITING_LIMIT, waiting_in, with_waiting

# A survey response is a few kB; API Gateway itself would take ten MB.
BODY_LIMIT = 64 * 1024
TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyReport:
    """The status for the sender, and the reason for our log."""

    status: int
    reason: str
    queued: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What came in on a webhook route: `headers` have lower-case names; `provider` is the name of
    a source or its kind; `path_secret` the rest of the address, where there is one."""

    business_id: str
    provider: str
    headers: Mapping[str, str]
    body: bytes
    path_secret: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A delivery whose sender is proven: whose it is, and what it brought."""

    business: Business
    settings: SourceSettings
    received: Received


def prove(services: Services, call: Call, now: datetime) -> Proven | SurveyReport:
    """The delivery, or the answer that refuses it: 413, 401, or 400 for a proven body that makes
    no sense, so that the sender's log says so."""
    if len(call.body) > BODY_LIMIT:
        return SurveyReport(status=413, reason=f"more than {BODY_LIMIT} bytes")
    business = services.store.load_business(call.business_id)
    reasons = ["unknown business or provider"]
    for settings in _candidates(services, business, call.provider):
        receive = services.source_kinds[settings.kind].receive
        if business is None or receive is None or settings.secret is None:
            reasons.append("no secret is configured")
            continue
        try:
            delivery = Delivery(
                business=business,
                settings=settings,
                secrets=services.secrets.get(settings.secret),
                headers=call.headers,
                body=call.body,
                now=now,
                path_secret=call.path_secret,
            )
            return Proven(business=business, settings=settings, received=receive(delivery))
        except (SignatureRefused, SettingsError) as error:
            reasons.append(str(error))
        except FeedbackRefused as error:
            return SurveyReport(status=400, reason=f"{error.field}: {error}")
    return SurveyReport(status=401, reason=reasons[-1])


def take_delivery(
    services: Services,
    call: Call,
    redact: Callable[[Business, Feedback], Feedback],
    now: datetime,
) -> SurveyReport:
    """Prove it and put what it brought on its queue."""
    proven = prove(services, call, now)
    if isinstance(proven, SurveyReport):
        return proven
    brought = proven.received
    if brought.waiting:
        keep_waiting(services, proven.business.business_id, proven.settings.name, brought, now)
        return SurveyReport(status=202, reason="to be fetched", queued=len(brought.waiting))
    arrivals = arrivals_of(proven, redact, now)
    if arrivals:
        services.feedback_queue.put(arrivals)
    return SurveyReport(status=202, reason=brought.note or "queued", queued=len(arrivals))


def arrivals_of(
    proven: Proven, redact: Callable[[Business, Feedback], Feedback], now: datetime
) -> list[Arrival]:
    """What the delivery brought, redacted, as the feedback queue takes it."""
    name = f"{proven.settings.name}.{proven.received.delivery_id}"
    return [
        Arrival(
            feedback=redact(proven.business, one),
            received_at=now,
            delivery_id=f"{name}.{one.feedback_id}",
        )
        for one in proven.received.feedback
    ]


def keep_waiting(
    services: Services, business_id: str, source: str, brought: Received, now: datetime
) -> None:
    """Write down which responses are to be fetched, then wake whoever fetches them.

    What is written is found by the next plan too, should the queue lose the call.
    """
    for _ in range(TRIES):
        state = services.store.load_source(business_id, source) or SourceState(
            business_id=business_id, source=source
        )
        if len(waiting_in(state)) >= WAITING_LIMIT:
            raise QueueError(f"more than {WAITING_LIMIT} responses of {source} wait to be fetched")
        try:
            services.store.save_source(with_waiting(state, brought.waiting, now))
        except ConflictError:
            continue
        services.pull_queue.put(business_id, source)
        return
    raise ConflictError("the source's row kept changing while a delivery was written down")


def _candidates(
    services: Services, business: Business | None, provider: str
) -> Sequence[SourceSettings]:
    sources = business.sources if business else ()
    webhooks = [one for one in sources if one.kind in services.webhook_kinds]
    named = [one for one in webhooks if one.name == provider]
    return named or [one for one in webhooks if one.kind == provider]
