"""The flow: pull → score → store → detect → alert → recover. The only place where stages meet.

One function per Lambda, in the order in which a customer's words travel. Each takes the services
and the time, calls the stages, and returns a report of counts that `app.py` logs; none of them logs
a customer's word. Whatever crashes here is run again: every step is safe to repeat.
"""

import contextlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from chalicelib.alert import policy, trend
from chalicelib.alert.notices import DeliveryNotice, read_notice
from chalicelib.alert.ses import notification_of, tag_of
from chalicelib.detect.judgement import judge_changes
from chalicelib.domain.address import (
    ASKED_A_DAY,
    Standin,
    about_confirming,
    about_move,
    ask_for,
    confirm,
    in_force,
    is_about_address,
    is_about_move,
    standin_of,
    take_back,
)
from chalicelib.domain.alert import (
    ChannelKind,
    Notification,
    NotifyReason,
    PageLink,
    hash_of,
    mark_sent,
)
from chalicelib.domain.briefing import Briefing
from chalicelib.domain.business import (
    Business,
    Contact,
    Purpose,
    SourceSettings,
    StoragePolicy,
)
from chalicelib.domain.clock import local_date
from chalicelib.domain.digest import Digest, Period, digest_address, is_about_digest, wants_digest
from chalicelib.domain.errors import (
    ConflictError,
    FeedbackRefused,
    HeedfulError,
    SettingsError,
    SourceAuthError,
    SourceCreditsError,
    SourceError,
    SourceRateLimited,
    TransitionError,
    kind_and_place,
)
from chalicelib.domain.feedback import Arrival, Feedback, ScoredFeedback
from chalicelib.domain.forgetting import Receipt, as_kept, has_person, without_person
from chalicelib.domain.incident import (
    Ending,
    Incident,
    Outcome,
    acknowledge,
    record_outcome,
    resolve,
    snooze,
    source_incident,
)
from chalicelib.domain.judging import JUDGED_AT_ONCE
from chalicelib.domain.sentiment import Reading, ReadingStatus
from chalicelib.domain.source import (
    PULL_LEASE,
    SourceState,
    failed,
    pause_after,
    remember,
    succeeded,
)
from chalicelib.domain.spike import Sensitivity
from chalicelib.learn import digest as digests
from chalicelib.learn import figures
from chalicelib.ports import FeedbackSource, PullContext, Services
from chalicelib.privacy.consent import may_process
from chalicelib.privacy.erase import Eraser
from chalicelib.privacy.export import export_of
from chalicelib.privacy.person import Person, feedback_of, look_for
from chalicelib.privacy.retention import RetentionReport, take_outlived, words_until
from chalicelib.privacy.traces import TRACE_KEY, Tracer, protect
from chalicelib.pull.look import PullReport, in_our_words, look_at
from chalicelib.pull.webhooks.reception import (
    Call,
    SurveyReport,
    arrivals_of,
    prove,
    take_delivery,
)
from chalicelib.score.batch import read_batch
from chalicelib.store.envelopes import read_arrival, read_pull
from chalicelib.store.newest import is_newer, store_newest
from chalicelib.store.rules import fits_together

if TYPE_CHECKING:
    from chalicelib.alert.delivery import SendReport

SOURCES_PER_PLAN = 200
BUSINESSES_PER_WATCH = 50
INCIDENTS_PER_WATCH = 100
# With less than this left the watch judges no more: what waits to be sent comes first.
SECONDS_TO_SEND = 25.0
# Responses that a survey tool announced wait to be fetched: somebody may be upset in one of them.
RETRY_FETCH = timedelta(minutes=5)
# score_feedback judges what it stores at once; what waits longer than this was dropped.
UNJUDGED_FOR = timedelta(minutes=1)
QUOTED = 20
# The kind of a chat tool's source, and the name by which its route looks for one.
MESSAGES = "messages"
# No business has this id: no id of heedful.toml may hold an asterisk.
OPERATOR = "*operator"
LINK_LIVES_AFTER_END = timedelta(days=7)
TRIES = 5
# A source that fails this often in a row is somebody's business; a refused credential at once.
FAILURES_BEFORE_TELLING = 3


def name_of_failure(error: Exception) -> str:
    """What the log may say of an error: its kind and its place, never its words."""
    return kind_and_place(error)


# --- pull ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReport:
    """How many sources were due, and how many of them go to be pulled now; `troubles` are those
    of single sources, which stopped no other."""

    due: int
    planned: int
    troubles: tuple[str, ...] = ()


def plan_pulls(services: Services, now: datetime) -> PlanReport:
    """Lease each source that is due and put it on the pulls queue."""
    due = services.store.due_sources(now, SOURCES_PER_PLAN)
    planned = 0
    troubles: list[str] = []
    for business_id, source in due:
        try:
            planned += _plan_pull(services, business_id, source, now)
        except ConflictError:
            continue
        except Exception as error:  # noqa: BLE001  one source never stops another
            troubles.append(_trouble(business_id, error))
    return PlanReport(due=len(due), planned=planned, troubles=tuple(troubles))


def _plan_pull(services: Services, business_id: str, source: str, now: datetime) -> bool:
    state = services.store.load_source(business_id, source)
    if state is None or state.due is None or state.due > now:
        return False
    until = now + PULL_LEASE
    services.store.save_source(replace(state, due=until, lease_until=until))
    services.pull_queue.put(business_id, source)
    return True


def pull_source(
    services: Services, message: str, now: datetime, seconds_left: Callable[[], float]
) -> PullReport:
    """Read a source from its cursor, queue what is new or changed, and only then move the cursor.

    A source in trouble never raises: the trouble is written into its row, and told when it lasts.
    Raises FeedbackRefused when the message of the pulls queue is not one.
    """
    business_id, source = read_pull(message)
    report = PullReport(business_id=business_id, source=source)
    business = services.store.load_business(business_id)
    settings = business.source(source) if business else None
    state = services.store.load_source(business_id, source)
    is_looked_at = settings is not None and (
        settings.every is not None or settings.kind in services.webhook_kinds
    )
    if business is None or settings is None or state is None or not is_looked_at:
        return replace(report, trouble="no longer configured")
    try:
        report = look_at(
            _build_source(services, business, settings, now),
            state,
            store=services.store,
            queue=services.feedback_queue,
            redact=partial(_protected, services, business),
            every=settings.every,
            now=now,
            seconds_left=seconds_left,
        )
    except ConflictError:
        return replace(report, trouble="another look at it was faster")
    except (SourceError, SettingsError) as error:
        _note_failure(services, business, settings, error, now)
        return replace(report, trouble=str(error))
    if report.is_complete and state.failing_since is not None:
        _end_trouble(services, business, source, now)
    return report


def _end_trouble(services: Services, business: Business, source: str, now: datetime) -> None:
    for incident in services.store.open_incidents(business.business_id):
        if incident.source == source:
            _save_and_tell(services, business, resolve(incident, Ending.BACK_TO_USUAL, now), now)
    # Only now: whoever dies before this ends it at the next look.
    state = services.store.load_source(business.business_id, source)
    if state is not None and not state.failures:
        services.store.save_source(replace(state, failing_since=None))


def _build_source(
    services: Services, business: Business, settings: SourceSettings, now: datetime
) -> FeedbackSource:
    with in_our_words(settings.name):
        build = services.source_kinds[settings.kind].build
        if build is None:
            raise SettingsError(f"kind {settings.kind} is not pulled; correct heedful.toml")
        return build(
            PullContext(
                business=business,
                settings=settings,
                secrets=services.secrets.get(settings.secret) if settings.secret else (),
                http=services.http,
                now=now,
            )
        )


def _protected(services: Services, business: Business, feedback: Feedback) -> Feedback:
    if not may_process(business, Purpose.ALERTS, feedback):
        # Stars and scores may be counted; what was said is not ours to read.
        feedback = replace(feedback, text="", author=None, author_id=None)
    return protect(feedback, business.country, _tracer(services, business))


def _note_failure(
    services: Services,
    business: Business,
    settings: SourceSettings,
    error: HeedfulError,
    now: datetime,
) -> None:
    state = services.store.load_source(business.business_id, settings.name)
    if state is None:
        return
    retry_at = now + pause_after(state.failures, settings.every or RETRY_FETCH)
    if isinstance(error, SourceRateLimited):
        retry_at = max(error.retry_at, retry_at)
    advice = error.advice if isinstance(error, SourceError) else str(error)
    state = failed(state, trouble=str(error), advice=advice, now=now, retry_at=retry_at)
    services.store.save_source(state)
    needs_a_person = isinstance(error, SourceAuthError | SourceCreditsError | SettingsError)
    if needs_a_person or state.failures >= FAILURES_BEFORE_TELLING:
        _tell_of_source(services, business, state, now)


def _tell_of_source(
    services: Services, business: Business, state: SourceState, now: datetime
) -> None:
    incident = source_incident(state, now)
    if services.store.load_incident(business.business_id, incident.incident_id) is None:
        _save_and_tell(services, business, incident, now)


def _decide(
    services: Services, business: Business, incident: Incident, now: datetime
) -> policy.Decision:
    told = services.store.notifications_of(business.business_id, incident.incident_id)
    dead = services.store.dead_addresses(business.business_id)
    reached = in_force(business, services.store.standins(business.business_id))
    return policy.next_notifications(incident, reached, told, dead, now)


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
            feedback=state.dated(_protected(services, business, one), now),
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


# --- surveys ------------------------------------------------------------------------------------


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
    return take_delivery(services, call, partial(_protected, services), now)


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
    arrivals = arrivals_of(proven, partial(_protected, services), now)
    services.feedback_queue.put(arrivals)
    try:
        reading = read_batch(services.model, proven.business, arrivals, {})[0]
        reason = "queued"
    except Exception as error:  # noqa: BLE001  the message is queued, and a person answers it
        reading = Reading(status=ReadingStatus.UNSCORED, reason="not read")
        reason = _trouble(business_id, error)
    return MessageReport(
        status=200,
        reason=reason,
        queued=len(arrivals),
        hand_over=decide_hand_over(arrivals[0].feedback.text, reading).reason,
        polarity=reading.sentiment.polarity if reading.sentiment else None,
        emotions={one: round(strength, 3) for one, strength in reading.emotions.items()},
    )


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
    troubles: tuple[str, ...] = ()


def score_feedback(services: Services, messages: Mapping[str, str], now: datetime) -> ScoreReport:
    """Score what is new in one model call, store and count it, then judge each business once.

    `messages` are the batch of the feedback queue by message id. One that fails is reported and
    tried again by the queue; its neighbours are stored. A repeat skips storing, never judging.
    """
    by_business: dict[str, dict[str, Arrival]] = defaultdict(dict)
    unreadable = set()
    for message_id, message in messages.items():
        try:
            arrival = read_arrival(message)
        except FeedbackRefused:
            unreadable.add(message_id)
            continue
        by_business[arrival.feedback.business_id][message_id] = arrival
    report = ScoreReport(failed=frozenset(unreadable))
    for business_id, batch in by_business.items():
        try:
            business = services.store.load_business(business_id)
            if business is None:
                report = replace(report, failed=report.failed | batch.keys())
                continue
            done = _store_batch(services, business, batch, now)
            judged = judge_business(services, business, now)
        except Exception as error:  # noqa: BLE001  one business never stops another
            report = replace(
                report,
                failed=report.failed | batch.keys(),
                troubles=(*report.troubles, _trouble(business_id, error)),
            )
            continue
        report = replace(
            report,
            failed=report.failed | done.failed,
            stored=report.stored + done.stored,
            already=report.already + done.already,
            unscored=report.unscored + done.unscored,
            judged=report.judged + judged.judged,
            incidents=report.incidents + judged.incidents,
            notifications=report.notifications + judged.notifications,
            troubles=report.troubles + done.troubles,
        )
    if report.notifications:
        services.nudge()
    return report


def _store_batch(
    services: Services, business: Business, batch: Mapping[str, Arrival], now: datetime
) -> ScoreReport:
    # Two versions of one feedback in one batch are taken in the order of their versions.
    ordered = sorted(batch.items(), key=lambda pair: pair[1].feedback.version)
    ordered = _but_for_erased(services, business, ordered)
    ids = {arrival.feedback.feedback_id for arrival in batch.values()}
    stored = services.store.find(business.business_id, ids)
    fresh = [
        (message_id, arrival)
        for message_id, arrival in ordered
        if is_newer(arrival.feedback, stored.get(arrival.feedback.feedback_id))
    ]
    fresh = _but_for_repeats(services, fresh, now)
    readings = read_batch(services.model, business, [one for _, one in fresh], stored)
    lost, troubles, count, unscored = set(), [], 0, 0
    for (message_id, arrival), reading in zip(fresh, readings, strict=True):
        scored = _to_keep(business, arrival, reading)
        try:
            count += store_newest(services.store, scored, delivery_id=arrival.delivery_id)
            unscored += not reading.is_scored
        except Exception as error:  # noqa: BLE001  one feedback never stops its neighbours
            lost.add(message_id)
            troubles.append(_trouble(business.business_id, error))
    return ScoreReport(
        failed=frozenset(lost),
        stored=count,
        already=len(batch) - count - len(lost),
        unscored=unscored,
        troubles=tuple(troubles),
    )


def _to_keep(business: Business, arrival: Arrival, reading: Reading) -> ScoredFeedback:
    """What is stored of it: its words as long as business and source allow, or not at all."""
    feedback = arrival.feedback
    settings = business.source(feedback.source)
    policy = settings.storage_policy if settings else StoragePolicy.FULL
    until = words_until(arrival.received_at, policy, business.privacy.keep_words)
    scored = ScoredFeedback(
        feedback=feedback,
        reading=reading,
        day=local_date(feedback.written_at, business.time_zone),
        received_at=arrival.received_at,
        seen_since=arrival.seen_since,
        is_history=arrival.is_history,
        words_until=until,
    )
    return scored if until > arrival.received_at else without_person(scored)


def _but_for_erased(
    services: Services, business: Business, batch: Sequence[tuple[str, Arrival]]
) -> list[tuple[str, Arrival]]:
    """Without what somebody wrote before they had everything erased: it was on its way then."""
    traces = {trace for _, arrival in batch for trace in arrival.feedback.traces}
    erased = services.store.tombstones(business.business_id, traces) if traces else {}
    return [
        (message_id, arrival)
        for message_id, arrival in batch
        if not any(
            arrival.feedback.written_at <= erased[trace]
            for trace in arrival.feedback.traces
            if trace in erased
        )
    ]


def _trouble(business_id: str, error: Exception) -> str:
    return f"{business_id}: {kind_and_place(error)}"


def _but_for_repeats(
    services: Services, fresh: Sequence[tuple[str, Arrival]], now: datetime
) -> list[tuple[str, Arrival]]:
    """A delivery that is sent again without a date of its own looks newer than what it repeats."""
    kept: list[tuple[str, Arrival]] = []
    names: set[str] = set()
    for message_id, arrival in fresh:
        name = arrival.delivery_id
        if name is not None:
            business_id = arrival.feedback.business_id
            if name in names or services.store.was_delivered(business_id, name, now):
                continue
            names.add(name)
        kept.append((message_id, arrival))
    return kept


# --- detect: judge what is stored ---------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeReport:
    """How many changes were judged, and what came of it."""

    judged: int = 0
    incidents: int = 0
    notifications: int = 0


def judge_business(
    services: Services,
    business: Business,
    now: datetime,
    has_time: Callable[[], bool] = lambda: True,
) -> JudgeReport:
    """Judge all that waits, one lot at a time, each lot in one transaction.

    On a conflict everything is read and decided again, five times at most; what is left then, or
    when time is up, is judged by `watch`.
    """
    report = JudgeReport()
    lost, at_once = 0, JUDGED_AT_ONCE
    while lost < TRIES and has_time():
        state = services.store.load_judge(business.business_id)
        # What came together is judged in the order in which it was written.
        waiting = sorted(
            services.store.unjudged(business.business_id, at_once),
            key=lambda one: (one.received_at, one.written_at, one.feedback_id),
        )
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
        if not fits_together(waiting, incidents, notifications) and len(waiting) > 1:
            # Many contacts are told much at once.
            at_once = len(waiting) // 2
            continue
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
        if len(waiting) < at_once:
            break
    return report


# --- alert: tell somebody -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchReport:
    """One round of the watch: what it judged, decided and sent, and what lies in dead letters;
    `troubles` are those of single businesses, which stopped no other."""

    judged: int
    looked_at: int
    sends: "SendReport"
    dead_letters: Mapping[str, int]
    troubles: tuple[str, ...] = ()


def watch(services: Services, now: datetime, seconds_left: Callable[[], float]) -> WatchReport:
    """Send what waits, and catch whatever an earlier step dropped. The only sender."""
    # Here and at the pages the import waits: a webhook must not pay for templates.
    from chalicelib.alert.delivery import Sender

    judged = 0
    troubles: list[str] = []
    since = now - UNJUDGED_FOR
    for business_id in services.store.businesses_with_unjudged(since, BUSINESSES_PER_WATCH):
        try:
            business = services.store.load_business(business_id)
            if business is not None:
                judged += judge_business(
                    services, business, now, lambda: seconds_left() > SECONDS_TO_SEND
                ).judged
        except Exception as error:  # noqa: BLE001  one business never stops another
            troubles.append(_trouble(business_id, error))
    due = services.store.due_incidents(now, INCIDENTS_PER_WATCH)
    for incident in due:
        try:
            _look_at_incident(services, incident, now)
        except ConflictError:
            continue
        except Exception as error:  # noqa: BLE001
            troubles.append(_trouble(incident.business_id, error))
    sender = Sender(
        store=services.store,
        email=services.email,
        sms=services.sms,
        brief=partial(brief, services, now),
        digest=partial(digest_for, services, now),
        new_token=services.new_token,
        page_address=services.page_address,
        now=now,
    )
    sends = sender.send_due(seconds_left)
    lost = services.depths.dead_letters()
    try:
        _tell_operator(services, lost, now)
    except Exception as error:  # noqa: BLE001  the alarm on the watch's errors tells it instead
        troubles.append(_trouble("operator", error))
    return WatchReport(
        judged=judged,
        looked_at=len(due),
        sends=sends,
        dead_letters=lost,
        troubles=(*troubles, *sends.troubles),
    )


def _tell_operator(services: Services, depths: Mapping[str, int], now: datetime) -> None:
    """Once a day of each queue in which something lies, after it was noted that it is told: a mail
    too few is made up for tomorrow and by the alarm, a mail every minute by nothing."""
    from chalicelib.alert.lost import budget_of, render_lost

    if not services.operator:
        return
    news = {
        queue: depth
        for queue, depth in depths.items()
        if depth
        and services.store.take_from_budget(
            OPERATOR, budget_of(queue, now), 1, 1, paid_for=now.isoformat()
        )
    }
    if news:
        services.email().send(render_lost(news, services.operator))


def _look_at_incident(services: Services, incident: Incident, now: datetime) -> None:
    business = services.store.load_business(incident.business_id)
    if business is None:
        # Its business was taken out of heedful.toml: at the head of the line it would block others.
        services.store.save_incident(replace(incident, due=None), ())
        return
    _save_and_tell(services, business, _as_it_stands(services, incident, now), now)


def _as_it_stands(services: Services, incident: Incident, now: datetime) -> Incident:
    """A source that answers again ends its incident, also when a pull died before it could."""
    if incident.source is None:
        return incident
    state = services.store.load_source(incident.business_id, incident.source)
    is_over = state is None or not state.failures
    return resolve(incident, Ending.BACK_TO_USUAL, now) if is_over else incident


def brief(
    services: Services,
    now: datetime,
    business: Business,
    incident: Incident,
    gathered: Sequence[Incident],
    contact: Contact,
) -> Briefing:
    """All that a message or a page tells one contact of an incident, from the rows as they are."""
    from chalicelib.recover.advice import advise

    store = services.store
    quoted = store.find(business.business_id, incident.feedback_ids[-QUOTED:])
    kept = [as_kept(one, now) for one in quoted.values()]
    quotes = tuple(one for one in kept if has_person(one))
    today = date.fromisoformat(local_date(now, business.time_zone))
    counts = store.counts(
        business.business_id, (today - timedelta(days=trend.DAYS)).isoformat(), today.isoformat()
    )
    told = tuple(store.notifications_of(business.business_id, incident.incident_id))
    dead = store.dead_addresses(business.business_id)
    advice = advise(incident, business, quotes, contact.language)
    # What is named as the cause is not called calm a few lines below.
    cause = advice.cause.topic if advice.cause else None
    moving = frozenset(topic for topic in (incident.topic, cause) if topic)
    return Briefing(
        incident=incident,
        business=business,
        quotes=quotes,
        weeks=trend.weeks_of(counts, today, incident.location),
        steady=trend.steady_topics(counts, today, moving),
        advice=advice,
        told=told,
        outlook=policy.outlook(incident, business, told, dead, now),
        dead_addresses=dead,
        gathered=tuple(gathered),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """What a notice of the mail service changed."""

    kind: str
    marked: bool = False
    died: int = 0


def note_delivery(services: Services, message: str, now: datetime) -> DeliveryReport:
    """Take in a notice: mark what was sent (also what nobody could mark before dying), and use
    an address no more that bounced for good or complained."""
    try:
        notice = read_notice(message)
    except FeedbackRefused:
        # SES greets a new topic with a plain sentence; no second try would make a notice of it.
        return DeliveryReport(kind="no notice")
    marked = False
    if notice.tag and notice.was_sent:
        marked = _mark_sent_by_tag(services, notice, now)
    business_id, _, notification_id = notice.tag.partition("/")
    for address in notice.dead_addresses if business_id else ():
        services.store.mark_dead(business_id, address, notice.reason, now)
    if business_id and notice.dead_addresses:
        _look_again(services, business_id, notification_id.partition(".")[0], now)
    return DeliveryReport(kind=notice.kind, marked=marked, died=len(notice.dead_addresses))


def _look_again(services: Services, business_id: str, incident_id: str, now: datetime) -> None:
    """Nobody read it: the watch shall ask the next contact now and not in hours."""
    for _ in range(TRIES):
        incident = services.store.load_incident(business_id, incident_id)
        if incident is None or not incident.is_open:
            return
        with contextlib.suppress(ConflictError):
            services.store.save_incident(replace(incident, due=now), ())
            return


def _mark_sent_by_tag(services: Services, notice: DeliveryNotice, now: datetime) -> bool:
    business_id, _, notification_id = notice.tag.partition("/")
    found = _find_notification(services, business_id, notification_id)
    if found is None:
        whole = _uncut(services, business_id, notification_id)
        found = _find_notification(services, business_id, whole) if whole else None
    told = (*found.carried, found.notification_id) if found else ()
    marked = [_mark_sent(services, business_id, one, notice.provider_id, now) for one in told]
    return any(marked)


def _uncut(services: Services, business_id: str, cut: str) -> str | None:
    """The id of which a tag held only the beginning: a Cyrillic letter of a contact's name takes
    six of its signs. None when it begins no contact's, or those of several."""
    business = services.store.load_business(business_id)
    about, name = cut.split(".", 4)[:4], cut.split(".", 4)[4:]
    if business is None or not name:
        return None
    whole = [".".join((*about, one.name)) for one in business.contacts]
    tag = f"{business_id}/{cut}"
    fitting = [one for one in whole if notification_of(tag_of(f"{business_id}/{one}")) == tag]
    return fitting[0] if len(fitting) == 1 else None


def _mark_sent(
    services: Services, business_id: str, notification_id: str, provider_id: str, now: datetime
) -> bool:
    for _ in range(TRIES):
        found = _find_notification(services, business_id, notification_id)
        if found is None or not found.is_waiting:
            return False
        with contextlib.suppress(ConflictError):
            services.store.save_notification(mark_sent(found, provider_id, now))
            return True
    return False


def _find_notification(
    services: Services, business_id: str, notification_id: str
) -> Notification | None:
    incident_id = notification_id.partition(".")[0]
    return services.store.find_notification(business_id, incident_id, notification_id)


# --- learn: the digest --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestReport:
    """How many digests were due, how many of them are new, and how many had nothing to report;
    `troubles` are those of single businesses, which stopped no other."""

    due: int = 0
    written: int = 0
    quiet: int = 0
    troubles: tuple[str, ...] = ()


def write_digests(services: Services, now: datetime) -> DigestReport:
    """Write the notification of each digest whose local hour has come; `watch` sends it.

    Asked every hour: what is written for a local date is never written again.
    """
    report = DigestReport()
    for business_id in services.store.list_businesses():
        try:
            done = _write_digests_of(services, business_id, now)
        except Exception as error:  # noqa: BLE001  one business never stops another
            done = DigestReport(troubles=(_trouble(business_id, error),))
        report = DigestReport(
            due=report.due + done.due,
            written=report.written + done.written,
            quiet=report.quiet + done.quiet,
            troubles=report.troubles + done.troubles,
        )
    return report


def _write_digests_of(services: Services, business_id: str, now: datetime) -> DigestReport:
    business = _load_in_force(services, business_id)
    if business is None:
        return DigestReport()
    waiting = _digests_due(services, business, now)
    made: dict[Period, Digest] = {}
    written = quiet = 0
    for contact, day in waiting:
        told = digests.notification_for(business_id, contact, day, now)
        if services.store.find_notification(business_id, told.incident_id, told.notification_id):
            continue
        period = digests.period_of(contact, day)
        if period not in made:
            made[period] = _digest(services, business, period, now, has_voices=False)
        with contextlib.suppress(ConflictError):
            for one in digests.notifications_for(made[period], contact, day, now):
                services.store.save_notification(one)
                written += one.is_waiting
                quiet += not one.is_waiting
    return DigestReport(due=len(waiting), written=written, quiet=quiet)


def _digests_due(
    services: Services, business: Business, now: datetime
) -> list[tuple[Contact, date]]:
    found = [(contact, digests.due_day(contact, business, now)) for contact in business.contacts]
    due = [(contact, day) for contact, day in found if day is not None]
    dead = services.store.dead_addresses(business.business_id) if due else {}
    return [(contact, day) for contact, day in due if wants_digest(contact, dead)]


def digest_for(
    services: Services,
    now: datetime,
    business: Business,
    notification: Notification,
    contact: Contact,
) -> Digest:
    """What a digest tells one contact, from the rows as they are when it is sent."""
    zone = contact.time_zone or business.time_zone
    day = date.fromisoformat(local_date(notification.created_at, zone))
    return _digest(services, business, digests.period_of(contact, day), now, has_voices=True)


def _digest(
    services: Services, business: Business, period: Period, now: datetime, *, has_voices: bool
) -> Digest:
    """Without voices there are no quotes and no surveys: enough to see whether it is quiet."""
    store, business_id = services.store, business.business_id
    first = (period.last - figures.YEAR).isoformat()
    counts = store.counts(business_id, first, period.last.isoformat())
    states = [store.load_source(business_id, one.name) for one in business.sources]
    known = figures.Known(
        counts=counts,
        said=_said(services, business_id, period, now) if has_voices else (),
        said_before=(
            _said(services, business_id, period.before, now)
            if has_voices and figures.has_surveys(counts, period.before)
            else ()
        ),
        incidents=store.incidents_of(business_id),
        sources={one.source: one for one in states if one is not None},
        dead_addresses=store.dead_addresses(business_id),
    )
    standins = tuple(store.standins(business_id))
    return replace(figures.digest_of(business, period, known, now), standins=standins)


def _said(
    services: Services, business_id: str, period: Period, now: datetime
) -> list[ScoredFeedback]:
    first, last = period.first.isoformat(), period.last.isoformat()
    return [as_kept(one, now) for one in services.store.scored_between(business_id, first, last)]


# --- protect: what must go ----------------------------------------------------------------------


def apply_retention(
    services: Services, now: datetime, seconds_left: Callable[[], float]
) -> RetentionReport:
    """Take the words out of all feedback whose time is up; what is left over waits an hour."""
    return take_outlived(services.store, now, lambda: seconds_left() > SECONDS_TO_SEND)


def customers_feedback(
    services: Services, business: Business, person: Person
) -> list[ScoredFeedback]:
    """What an erasure would take: for the command line, which shows it and asks first."""
    wanted = look_for(person, business, _tracer(services, business))
    return feedback_of(services.store, business.business_id, wanted)


def export_customer(
    services: Services, business: Business, person: Person, now: datetime
) -> dict[str, object]:
    """All that is kept of a customer, as JSON takes it."""
    found = customers_feedback(services, business, person)
    return export_of(business, found, services.store.incidents_of(business.business_id), now)


def erase_customer(
    services: Services, business: Business, person: Person, now: datetime
) -> Receipt:
    """One pass of an erasure; done when the receipt says so (see `privacy.erase`)."""
    wanted = look_for(person, business, _tracer(services, business))
    return _eraser(services, business).erase(wanted, now)


def replay_erasure(
    services: Services, business: Business, receipt: Receipt, now: datetime
) -> Receipt:
    """Erase once more what that receipt is of: after an older copy of the table was restored."""
    return _eraser(services, business).replay(receipt, now)


def _eraser(services: Services, business: Business) -> Eraser:
    return Eraser(
        store=services.store,
        letters=services.letters,
        read_arrival=read_arrival,
        tracer=_tracer(services, business),
        business=business,
    )


def _tracer(services: Services, business: Business) -> Tracer:
    return Tracer(business.business_id, lambda: services.secrets.get(TRACE_KEY)[0])


# --- the pages behind the links -----------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAnswer:
    """What a browser gets."""

    status: int
    body: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Behind:
    """What a link leads to."""

    link: PageLink
    business: Business
    incident: Incident
    contact: Contact


def incident_page(services: Services, token: str, now: datetime) -> PageAnswer:
    """The page behind a link. Shows and never changes anything."""
    behind = _open_link(services, token, now)
    if isinstance(behind, PageAnswer):
        return behind
    return _show_incident(services, behind, token, now, notice="")


def act_on_incident(services: Services, token: str, body: bytes, now: datetime) -> PageAnswer:
    """A button of that page. Each may be pressed twice; the second time changes nothing."""
    for _ in range(TRIES):
        behind = _open_link(services, token, now)
        if isinstance(behind, PageAnswer):
            return behind
        try:
            notice, incident = _act(services, behind, body, now)
            return _show_incident(
                services, replace(behind, incident=incident), token, now, notice=notice
            )
        except ConflictError:
            continue
        except TransitionError:
            return _show_incident(services, behind, token, now, notice="refused")
    raise ConflictError("the incident kept changing while somebody acted on it")


def _act(services: Services, behind: _Behind, body: bytes, now: datetime) -> tuple[str, Incident]:
    from chalicelib.pages import actions

    incident, business, by = behind.incident, behind.business, behind.contact.name
    match actions.read_action(body.decode("utf-8", "replace")):
        case actions.Acknowledge():
            changed, notice = acknowledge(incident, by, now), "done_acknowledge"
        case actions.Snooze(hours=hours):
            changed, notice = snooze(incident, now + timedelta(hours=hours)), "done_snooze"
        case actions.Resolve(outcomes=outcomes):
            ended = resolve(incident, by, now)
            changed, notice = _with_outcomes(ended, outcomes), "done_resolve"
        case actions.SaveOutcomes(outcomes=outcomes):
            changed, notice = _with_outcomes(incident, outcomes), "done_outcomes"
        case actions.NotNegative(feedback_id=feedback_id):
            if feedback_id in incident.feedback_ids:
                services.store.mark_not_negative(business.business_id, feedback_id, now)
            return "done_not_negative", incident
        case _:
            return "not_understood", incident
    if changed == incident:
        return notice, incident
    decision = _decide(services, business, changed, now)
    services.store.save_incident(decision.incident, decision.notifications)
    return notice, decision.incident


def _with_outcomes(incident: Incident, outcomes: Mapping[str, Outcome]) -> Incident:
    for feedback_id, outcome in outcomes.items():
        # A storm may have pushed out what the page still showed; the rest of the form holds.
        if feedback_id in incident.feedback_ids:
            incident = record_outcome(incident, feedback_id, outcome)
    return incident


def _show_incident(
    services: Services, behind: _Behind, token: str, now: datetime, *, notice: str
) -> PageAnswer:
    from chalicelib.pages.headers import PAGE_HEADERS
    from chalicelib.pages.incident import render_incident_page

    page = render_incident_page(
        brief(services, now, behind.business, behind.incident, (), behind.contact),
        contact=behind.contact,
        action=token,
        now=now,
        notice=notice,
    )
    return PageAnswer(status=200, body=page, headers=PAGE_HEADERS)


def _open_link(
    services: Services, token: str, now: datetime, *, may_be_old: bool = False
) -> "_Behind | PageAnswer":
    from chalicelib.pages.headers import PAGE_HEADERS
    from chalicelib.pages.notes import render_expired_page, render_unknown_page

    link = services.store.find_link(hash_of(token))
    business = _load_in_force(services, link.business_id) if link else None
    if link is None or business is None:
        return PageAnswer(status=404, body=render_unknown_page("en"), headers=PAGE_HEADERS)
    contact = next((one for one in business.contacts if one.name == link.contact), None)
    incident = services.store.load_incident(link.business_id, link.incident_id)
    if contact is None or incident is None:
        return PageAnswer(status=404, body=render_unknown_page("en"), headers=PAGE_HEADERS)
    if not may_be_old and now >= _expiry(link, incident):
        page = render_expired_page(contact.language)
        return PageAnswer(status=410, body=page, headers=PAGE_HEADERS)
    return _Behind(link=link, business=business, incident=incident, contact=contact)


def _expiry(link: PageLink, incident: Incident) -> datetime:
    if incident.resolved_at is None:
        return link.expires_at
    return min(link.expires_at, incident.resolved_at + LINK_LIVES_AFTER_END)


def unsubscribe_page(services: Services, token: str, now: datetime) -> PageAnswer:
    """The question before an address is used no more. Shows and never changes anything."""
    return _answer_unsubscribe(services, token, None, now)


def unsubscribe(services: Services, token: str, body: bytes, now: datetime) -> PageAnswer:
    """One click in the mail program, or the button: this address hears no more.

    The last live address is not switched off by one click: the page asks first.
    """
    return _answer_unsubscribe(services, token, body, now)


def _answer_unsubscribe(
    services: Services, token: str, body: bytes | None, now: datetime
) -> PageAnswer:
    from chalicelib.pages import unsubscribe as page
    from chalicelib.pages.headers import PAGE_HEADERS

    link = services.store.find_link(hash_of(token))
    # An old mail shows nothing of its incident any more, and still ends the mails, digests too.
    if link is not None and is_about_digest(link.incident_id):
        return _answer_digest(services, link, token, body, now)
    if link is not None and now < link.expires_at and is_about_address(link.incident_id):
        return _answer_address(services, link, token, body, now)
    behind = _open_link(services, token, now, may_be_old=True)
    if isinstance(behind, PageAnswer):
        return behind
    business, contact = behind.business, behind.contact
    request = None if body is None else page.read_unsubscribe(body.decode("utf-8", "replace"))
    dead = services.store.dead_addresses(business.business_id)
    decision = page.decide_unsubscribe(request, contact, business, dead)
    ends = decision.step in (page.UnsubscribeStep.STOPPED, page.UnsubscribeStep.ALL_OFF)
    if request is not None and ends and contact.email:
        services.store.mark_dead(business.business_id, contact.email, page.UNSUBSCRIBED, now)
    if decision.step is page.UnsubscribeStep.STARTED and contact.email:
        services.store.revive(business.business_id, contact.email, now)
    if decision.new_address and not _ask_address(services, behind, decision.new_address, now):
        decision = page.UnsubscribeDecision(step=page.UnsubscribeStep.TOO_OFTEN)
    shown = page.render_unsubscribe_page(decision, contact=contact, business=business, action=token)
    return PageAnswer(status=200, body=shown, headers=PAGE_HEADERS)


def _answer_digest(
    services: Services, link: PageLink, token: str, body: bytes | None, now: datetime
) -> PageAnswer:
    """The same question for the digest alone; alerts go on."""
    from chalicelib.pages import unsubscribe as page
    from chalicelib.pages.digest import render_digest_page
    from chalicelib.pages.headers import PAGE_HEADERS
    from chalicelib.pages.notes import render_unknown_page

    business = _load_in_force(services, link.business_id)
    contacts = business.contacts if business else ()
    contact = next((one for one in contacts if one.name == link.contact), None)
    if business is None or contact is None:
        return PageAnswer(status=404, body=render_unknown_page("en"), headers=PAGE_HEADERS)
    request = None if body is None else page.read_unsubscribe(body.decode("utf-8", "replace"))
    ended = digest_address(contact)
    if request is not None and request.wish == "start":
        services.store.revive(business.business_id, ended, now)
    elif request is not None:
        services.store.mark_dead(business.business_id, ended, page.UNSUBSCRIBED, now)
    dead = services.store.dead_addresses(business.business_id)
    shown = render_digest_page(
        is_ended=not wants_digest(contact, dead),
        contact=contact,
        business=business,
        action=token,
    )
    return PageAnswer(status=200, body=shown, headers=PAGE_HEADERS)


def _ask_address(services: Services, behind: _Behind, address: str, now: datetime) -> bool:
    """Have the watch ask a new address whether alerts may go there; False when that is enough for
    today. Twice for the same address in an hour is once."""
    store, business_id = services.store, behind.business.business_id
    applied = store.load_business(business_id)
    contacts = applied.contacts if applied else ()
    contact = next((one for one in contacts if one.name == behind.contact.name), None)
    if contact is None:
        return False
    before = standin_of(contact, store.standins(business_id))
    standin = ask_for(address, contact, business_id, before, now)
    told = _about_address(standin, about_confirming(standin), NotifyReason.CONFIRM, now)
    day = f"addresses.{now:%Y-%m-%d}"
    if not store.take_from_budget(business_id, day, 1, ASKED_A_DAY, paid_for=told.notification_id):
        return False
    # First the wish, then its mail: whoever dies between them is asked to press again.
    store.save_standin(standin)
    with contextlib.suppress(ConflictError):
        store.save_notification(told)
    return True


def _about_address(
    standin: Standin, about: str, reason: NotifyReason, now: datetime
) -> Notification:
    return Notification(
        business_id=standin.business_id,
        incident_id=about,
        reason=reason,
        channel=ChannelKind.EMAIL,
        contact=standin.contact,
        due=now,
        created_at=now,
    )


def _answer_address(
    services: Services, link: PageLink, token: str, body: bytes | None, now: datetime
) -> PageAnswer:
    """Behind the mail to a new address: yes. Behind the last one to the old: take it back."""
    from chalicelib.pages import address as page
    from chalicelib.pages.headers import PAGE_HEADERS
    from chalicelib.pages.notes import render_unknown_page

    store, about = services.store, link.incident_id
    business = store.load_business(link.business_id)
    contacts = business.contacts if business else ()
    contact = next((one for one in contacts if one.name == link.contact), None)
    standin = standin_of(contact, store.standins(link.business_id)) if contact else None
    if business is None or contact is None or standin is None:
        return PageAnswer(status=404, body=render_unknown_page("en"), headers=PAGE_HEADERS)
    wish = None if body is None else page.read_address_wish(body.decode("utf-8", "replace"))
    if wish == page.TAKE_BACK and is_about_move(about):
        standin = take_back(standin)
        store.save_standin(standin)
    elif wish == page.CONFIRM and about == about_confirming(standin):
        # Pressed again it does it all again: the first may have died on the way.
        standin = _confirm(services, standin, now)
    shown = page.render_address_page(
        standin, about=about, contact=contact, business=business, action=token
    )
    return PageAnswer(status=200, body=shown, headers=PAGE_HEADERS)


def _confirm(services: Services, standin: Standin, now: datetime) -> Standin:
    standin = confirm(standin)
    if standin.address is None:
        # It was taken back since.
        return standin
    services.store.save_standin(standin)
    # Whoever says yes from that very address wants its mail, whatever was before.
    services.store.revive(standin.business_id, standin.address, now)
    last_word = _about_address(standin, about_move(standin), NotifyReason.MOVED, now)
    with contextlib.suppress(ConflictError):
        services.store.save_notification(last_word)
    return standin


def _load_in_force(services: Services, business_id: str) -> Business | None:
    """The business with the addresses that are used now."""
    business = services.store.load_business(business_id)
    return in_force(business, services.store.standins(business_id)) if business else None
