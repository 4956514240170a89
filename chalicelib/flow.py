"""The flow: pull → score → store → detect → alert → recover. The only place where stages meet.

One function per Lambda, in the order in which a customer's words travel. Each takes the services
and the time, calls the stages, and returns a report of counts that `app.py` logs; none of them logs
a customer's word. Whatever crashes here is run again: every step is safe to repeat.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from chalicelib.alert import policy
from chalicelib.detect.judgement import judge_changes
from chalicelib.domain.business import Business, SourceSettings
from chalicelib.domain.clock import local_date
from chalicelib.domain.errors import (
    ConflictError,
    FeedbackRefused,
    HeedfulError,
    SettingsError,
    SignatureRefused,
    SourceAuthError,
    SourceContractError,
    SourceError,
    SourceRateLimited,
)
from chalicelib.domain.feedback import Arrival, Feedback, ScoredFeedback
from chalicelib.domain.incident import Ending, Incident, resolve, source_incident
from chalicelib.domain.judging import JUDGED_AT_ONCE, unjudged_from
from chalicelib.domain.sentiment import Reading, ReadingStatus, TextToRead
from chalicelib.domain.source import PULL_LEASE, SourceState, failed, pause_after, remember
from chalicelib.domain.source import succeeded as looked
from chalicelib.domain.spike import Sensitivity
from chalicelib.ports import Delivery, PullContext, Services
from chalicelib.privacy.redact import redact

SOURCES_PER_PLAN = 200
SECONDS_TO_STOP = 15.0
TRIES = 5
# A source that fails this often in a row is somebody's business; a refused credential at once.
FAILURES_BEFORE_TELLING = 3


# --- pull ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReport:
    """How many sources were due, and how many of them go to be pulled now."""

    due: int
    planned: int


def plan_pulls(services: Services, now: datetime) -> PlanReport:
    """Lease each source that is due and put it on the pulls queue."""
    due = services.store.due_sources(now, SOURCES_PER_PLAN)
    planned = 0
    for business_id, source in due:
        state = services.store.load_source(business_id, source)
        if state is None or state.due is None or state.due > now:
            continue
        until = now + PULL_LEASE
        try:
            services.store.save_source(replace(state, due=until, lease_until=until))
        except ConflictError:
            continue
        services.pull_queue.put(business_id, source)
        planned += 1
    return PlanReport(due=len(due), planned=planned)


@dataclass(frozen=True, slots=True, kw_only=True)
class PullReport:
    """One look at one source: pages and feedback read, queued, refused, and what went wrong."""

    source: str
    pages: int = 0
    read: int = 0
    queued: int = 0
    refused: int = 0
    is_complete: bool = False
    trouble: str | None = None


def pull_source(
    services: Services,
    business_id: str,
    source: str,
    now: datetime,
    seconds_left: Callable[[], float],
) -> PullReport:
    """Read a source from its cursor, queue what is new or changed, and only then move the cursor.

    A source in trouble never raises: the trouble is written into its row, and told when it lasts.
    """
    business = services.store.load_business(business_id)
    settings = business.source(source) if business else None
    state = services.store.load_source(business_id, source)
    if business is None or settings is None or state is None or settings.every is None:
        return PullReport(source=source, trouble="no longer configured")
    try:
        report, state = _read_pages(services, business, settings, state, now, seconds_left)
    except ConflictError:
        return PullReport(source=source, trouble="another look at it was faster")
    except (SourceError, SettingsError) as error:
        return _note_failure(services, business, settings, now, error)
    next_look = now + settings.every if report.is_complete else now
    services.store.save_source(replace(state, due=next_look, lease_until=None))
    _end_source_incidents(services, business, source, now)
    return report


def _read_pages(
    services: Services,
    business: Business,
    settings: SourceSettings,
    state: SourceState,
    now: datetime,
    seconds_left: Callable[[], float],
) -> tuple[PullReport, SourceState]:
    kind = services.source_kinds[settings.kind]
    if kind.build is None:
        raise SettingsError(f"a source of kind {settings.kind} is not pulled")
    secrets = services.secrets.get(settings.secret) if settings.secret else ()
    source = kind.build(
        PullContext(
            business=business, settings=settings, secrets=secrets, http=services.http, now=now
        )
    )
    is_history, seen_since = state.is_history, state.looked_at
    report = PullReport(source=settings.name)
    while True:
        page = source.fetch(state.cursor)
        if page.is_empty_suspect:
            raise SourceContractError(
                f"{settings.name} answers empty where it used to have feedback",
                advice="Open the source and see whether the reviews are still there.",
            )
        said = tuple(_redacted(one, business) for one in page.feedback)
        fresh = tuple(one for one in said if state.is_new(one))
        services.feedback_queue.put(
            [
                Arrival(feedback=one, received_at=now, seen_since=seen_since, is_history=is_history)
                for one in fresh
            ]
        )
        state = remember(
            looked(state, cursor=page.cursor, is_complete=page.is_complete, now=now), said
        )
        state = services.store.save_source(state)
        report = PullReport(
            source=settings.name,
            pages=report.pages + 1,
            read=report.read + len(said),
            queued=report.queued + len(fresh),
            refused=report.refused + page.refused,
            is_complete=page.is_complete,
        )
        if page.is_complete or seconds_left() < SECONDS_TO_STOP:
            return report, state


def _redacted(feedback: Feedback, business: Business) -> Feedback:
    return replace(feedback, text=redact(feedback.text, business.country))


def _note_failure(
    services: Services,
    business: Business,
    settings: SourceSettings,
    now: datetime,
    error: HeedfulError,
) -> PullReport:
    trouble = str(error)
    advice = error.advice if isinstance(error, SourceError) else trouble
    state = services.store.load_source(business.business_id, settings.name)
    every = settings.every or timedelta(hours=1)
    if state is not None:
        retry_at = now + pause_after(state.failures + 1, every)
        if isinstance(error, SourceRateLimited):
            retry_at = max(error.retry_at, now + every)
        state = failed(state, trouble=trouble, advice=advice, now=now, retry_at=retry_at)
        services.store.save_source(state)
        is_refused = isinstance(error, SourceAuthError | SettingsError)
        if is_refused or state.failures >= FAILURES_BEFORE_TELLING:
            _tell_of_source(services, business, state, now)
    return PullReport(source=settings.name, trouble=trouble)


def _tell_of_source(
    services: Services, business: Business, state: SourceState, now: datetime
) -> None:
    incident = source_incident(state, now)
    if services.store.load_incident(business.business_id, incident.incident_id) is None:
        _save_and_tell(services, business, incident, now)


def _end_source_incidents(
    services: Services, business: Business, source: str, now: datetime
) -> None:
    for incident in services.store.open_incidents(business.business_id):
        if incident.source == source:
            _save_and_tell(services, business, resolve(incident, Ending.BACK_TO_USUAL, now), now)


def _decide(
    services: Services, business: Business, incident: Incident, now: datetime
) -> policy.Decision:
    told = services.store.notifications_of(business.business_id, incident.incident_id)
    dead = services.store.dead_addresses(business.business_id)
    return policy.next_notifications(incident, business, told, dead, now)


def _save_and_tell(
    services: Services, business: Business, incident: Incident, now: datetime
) -> None:
    decision = _decide(services, business, incident, now)
    services.store.save_incident(decision.incident, decision.notifications)


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
            feedback=_redacted(one, business),
            received_at=now,
            seen_since=state.looked_at,
            is_history=state.is_history,
        )
        for one in feedback
    ]
    services.feedback_queue.put(arrivals)
    done = looked(state, cursor=state.cursor, is_complete=True, now=now)
    services.store.save_source(remember(done, tuple(one.feedback for one in arrivals)))
    return ImportReport(queued=len(arrivals), is_history=state.is_history)


# --- surveys ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyReport:
    """The status for the sender, and the reason for our log."""

    status: int
    reason: str
    queued: int = 0


def receive_survey(
    services: Services,
    business_id: str,
    provider: str,
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
) -> SurveyReport:
    """Prove the sender over the raw bytes, redact, queue, answer.

    An unknown business, an unknown provider, a missing secret and a bad signature look the same
    from outside: 401. A proven body that makes no sense is 400, so that the sender's log says so.
    """
    business = services.store.load_business(business_id)
    settings = _webhook_settings(services, business, provider)
    if business is None or settings is None:
        return SurveyReport(status=401, reason="unknown business or provider")
    receive = services.source_kinds[settings.kind].receive
    if receive is None or settings.secret is None:
        return SurveyReport(status=401, reason="no secret is configured")
    try:
        received = receive(
            Delivery(
                business=business,
                settings=settings,
                secrets=services.secrets.get(settings.secret),
                headers=headers,
                body=body,
                now=now,
            )
        )
    except (SignatureRefused, SettingsError) as error:
        return SurveyReport(status=401, reason=str(error))
    except FeedbackRefused as error:
        return SurveyReport(status=400, reason=f"{error.field}: {error}")
    arrivals = [
        Arrival(
            feedback=_redacted(one, business),
            received_at=now,
            delivery_id=f"{settings.name}.{received.delivery_id}",
        )
        for one in received.feedback
    ]
    services.feedback_queue.put(arrivals)
    return SurveyReport(status=202, reason="queued", queued=len(arrivals))


def _webhook_settings(
    services: Services, business: Business | None, provider: str
) -> SourceSettings | None:
    if business is None:
        return None
    webhooks = [one for one in business.sources if services.source_kinds[one.kind].receive]
    named = [one for one in webhooks if one.name == provider]
    of_kind = [one for one in webhooks if one.kind == provider]
    return next(iter(named or of_kind), None)


# --- score and store ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreReport:
    """What became of a batch: message ids that failed, and counts of what was done."""

    failed: frozenset[str] = frozenset()
    stored: int = 0
    already: int = 0
    unscored: int = 0
    judged: int = 0
    incidents: int = 0
    notifications: int = 0


def score_feedback(
    services: Services, arrivals: Mapping[str, Arrival], now: datetime
) -> ScoreReport:
    """Score what is new in one model call, store and count it, then judge each business once.

    `arrivals` are the batch by message id. One that fails is reported and tried again by the
    queue; its neighbours are stored. A repeat skips storing, never judging.
    """
    by_business: dict[str, dict[str, Arrival]] = defaultdict(dict)
    for message_id, arrival in arrivals.items():
        by_business[arrival.feedback.business_id][message_id] = arrival
    report = ScoreReport()
    for business_id, batch in by_business.items():
        business = services.store.load_business(business_id)
        if business is None:
            report = replace(report, failed=report.failed | batch.keys())
            continue
        done = _store_batch(services, business, batch, now)
        judged = judge_business(services, business, now)
        report = ScoreReport(
            failed=report.failed | done.failed,
            stored=report.stored + done.stored,
            already=report.already + done.already,
            unscored=report.unscored + done.unscored,
            judged=report.judged + judged.judged,
            incidents=report.incidents + judged.incidents,
            notifications=report.notifications + judged.notifications,
        )
    if report.notifications:
        services.nudge()
    return report


def _store_batch(
    services: Services, business: Business, batch: Mapping[str, Arrival], now: datetime
) -> ScoreReport:
    ids = {arrival.feedback.feedback_id for arrival in batch.values()}
    stored = services.store.find(business.business_id, ids)
    # Two versions of one feedback in one batch are taken in the order of their versions.
    ordered = sorted(batch.items(), key=lambda pair: pair[1].feedback.version)
    fresh = [
        (message_id, arrival)
        for message_id, arrival in ordered
        if _is_newer(arrival.feedback, stored.get(arrival.feedback.feedback_id))
    ]
    readings = _read_texts(services, business, [arrival for _, arrival in fresh], stored)
    failed_ids, unscored = set(), 0
    for (message_id, arrival), reading in zip(fresh, readings, strict=True):
        scored = ScoredFeedback(
            feedback=arrival.feedback,
            reading=reading,
            day=local_date(arrival.feedback.written_at, business.time_zone),
            received_at=arrival.received_at,
            seen_since=arrival.seen_since,
            is_history=arrival.is_history,
        )
        unscored += not reading.is_scored
        try:
            _store_one(services, scored, arrival.delivery_id)
        except HeedfulError:
            failed_ids.add(message_id)
    return ScoreReport(
        failed=frozenset(failed_ids),
        stored=len(fresh) - len(failed_ids),
        already=len(batch) - len(fresh),
        unscored=unscored,
    )


def _is_newer(feedback: Feedback, stored: ScoredFeedback | None) -> bool:
    return stored is None or feedback.version > stored.feedback.version


def _read_texts(
    services: Services,
    business: Business,
    arrivals: Sequence[Arrival],
    stored: Mapping[str, ScoredFeedback],
) -> list[Reading]:
    """One reading an arrival; a deletion and an unchanged text are not read again."""
    readings: list[Reading | None] = []
    for arrival in arrivals:
        feedback, old = arrival.feedback, stored.get(arrival.feedback.feedback_id)
        if feedback.is_deleted:
            readings.append(Reading(status=ReadingStatus.UNSCORED, reason="deleted"))
        elif old is not None and old.feedback.content_hash == feedback.content_hash:
            readings.append(old.reading)
        else:
            readings.append(None)
    unread = [arrivals[place] for place, reading in enumerate(readings) if reading is None]
    texts = [
        TextToRead(text=one.feedback.text, stars=one.feedback.stars, language=one.feedback.language)
        for one in unread
    ]
    fresh = iter(
        services.model().read(texts, languages=business.languages, topics=business.topics)
        if texts
        else ()
    )
    return [reading if reading is not None else next(fresh) for reading in readings]


def _store_one(services: Services, scored: ScoredFeedback, delivery_id: str | None) -> None:
    """Store against what is there now; whoever loses a race reads again and decides again."""
    business_id, feedback_id = scored.feedback.business_id, scored.feedback.feedback_id
    for _ in range(TRIES):
        previous = services.store.find(business_id, [feedback_id]).get(feedback_id)
        if not _is_newer(scored.feedback, previous):
            return
        change = unjudged_from(scored, previous)
        kept = scored
        if previous is not None:
            # An edit keeps the day it was counted on, and whether it was history when it came.
            kept = replace(scored, day=previous.day, is_history=previous.is_history)
        try:
            services.store.store(kept, previous, change, delivery_id=delivery_id)
        except ConflictError:
            continue
        return
    raise ConflictError(f"feedback {feedback_id} kept changing while it was stored")


# --- detect: judge what is stored ---------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeReport:
    """How many changes were judged, and what came of it."""

    judged: int = 0
    incidents: int = 0
    notifications: int = 0


def judge_business(services: Services, business: Business, now: datetime) -> JudgeReport:
    """Judge all that waits, ninety at a time, each lot in one transaction.

    On a conflict everything is read and decided again, five times at most; what is left then is
    judged by `watch`.
    """
    report = JudgeReport()
    lost = 0
    while lost < TRIES:
        state = services.store.load_judge(business.business_id)
        waiting = services.store.unjudged(business.business_id, JUDGED_AT_ONCE)
        if not waiting:
            break
        judgement = judge_changes(
            state,
            waiting,
            partial(services.store.load_incident, business.business_id),
            sensitivity=Sensitivity.from_word(business.sensitivity),
            day=local_date(now, business.time_zone),
            now=now,
        )
        decided = [
            _decide(services, business, incident, now) for incident in judgement.incidents.values()
        ]
        incidents = [one.incident for one in decided]
        notifications = [told for one in decided for told in one.notifications]
        try:
            services.store.commit_judged(judgement.state, waiting, incidents, notifications)
        except ConflictError:
            lost += 1
            continue
        report = JudgeReport(
            judged=report.judged + len(waiting),
            incidents=report.incidents + len(incidents),
            notifications=report.notifications + len(notifications),
        )
        if len(waiting) < JUDGED_AT_ONCE:
            break
    return report
