"""Pull: lease what is due, look at it, and say so when a source stays in trouble.

The cursor moves only after what it passed is queued; a source in trouble never raises.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from chalicelib.domain.business import Business, SourceSettings
from chalicelib.domain.errors import (
    ConflictError,
    HeedfulError,
    SettingsError,
    SourceAuthError,
    SourceCreditsError,
    SourceError,
    SourceRateLimited,
)
from chalicelib.domain.incident import Ending, resolve, source_incident
from chalicelib.domain.reply import reply_in
from chalicelib.domain.source import PULL_LEASE, SourceState, failed, pause_after
from chalicelib.flow.posting import plan_replies, post_reply
from chalicelib.flow.protecting import protected
from chalicelib.flow.telling import save_and_tell
from chalicelib.flow.troubles import trouble_of
from chalicelib.ports import FeedbackSource, PullContext, Services
from chalicelib.pull.look import PullReport, in_our_words, look_at
from chalicelib.store.envelopes import read_pull

SOURCES_PER_PLAN = 200
# Responses that a survey tool announced wait to be fetched: somebody may be upset in one of them.
RETRY_FETCH = timedelta(minutes=5)
# A source that fails this often in a row is somebody's business; a refused credential at once.
FAILURES_BEFORE_TELLING = 3


# One worker goes through so many looks of a second or two; a plan brings 200 at most.
LOOKS_PER_WORKER = 50
MOST_WORKERS = 4
# A look stops by itself with 15 s left; with less than this none is begun.
SECONDS_TO_LOOK = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReport:
    """How many sources were due, how many of them go to be pulled now, how many approved replies
    go to be posted, and how many workers were sent for them; `troubles` are those of single ones,
    which stopped no other."""

    due: int
    planned: int
    replies: int = 0
    workers: int = 0
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PullsReport:
    """What one worker did: a report for each look, and what failed and comes again."""

    looks: tuple[PullReport, ...] = ()
    troubles: tuple[str, ...] = ()


def plan_pulls(services: Services, now: datetime) -> PlanReport:
    """Lease each source that is due, put it on the pulls queue, and send workers for what waits
    there. What nobody finished, what a survey's webhook put there, and approved replies are taken
    along."""
    due = services.store.due_sources(now, SOURCES_PER_PLAN)
    planned = 0
    troubles: list[str] = []
    for business_id, source in due:
        try:
            planned += _plan_pull(services, business_id, source, now)
        except ConflictError:
            continue
        except Exception as error:  # noqa: BLE001  one source never stops another
            troubles.append(trouble_of(business_id, error))
    replies, others = plan_replies(services, now)
    waiting = max(planned + replies, services.pull_queue.depth())
    workers = min(MOST_WORKERS, -(-waiting // LOOKS_PER_WORKER))
    if workers:
        services.start_pulls(workers)
    return PlanReport(
        due=len(due),
        planned=planned,
        replies=replies,
        workers=workers,
        troubles=(*troubles, *others),
    )


def _plan_pull(services: Services, business_id: str, source: str, now: datetime) -> bool:
    state = services.store.load_source(business_id, source)
    if state is None or state.due is None or state.due > now:
        return False
    until = now + PULL_LEASE
    services.store.save_source(replace(state, due=until, lease_until=until))
    services.pull_queue.put(business_id, source)
    return True


def pull_waiting(services: Services, seconds_left: Callable[[], float]) -> PullsReport:
    """Look at one source after the other until none waits or time is up. What fails stays on the
    queue, which shows it again and after three times lays it aside."""
    looks: list[PullReport] = []
    troubles: list[str] = []
    while seconds_left() >= SECONDS_TO_LOOK:
        letter = services.pull_queue.take()
        if letter is None:
            break
        try:
            looks.append(pull_source(services, letter.body, services.clock(), seconds_left))
        except Exception as error:  # noqa: BLE001  one source never stops another
            troubles.append(trouble_of("a look", error))
            continue
        services.pull_queue.done(letter)
    return PullsReport(looks=tuple(looks), troubles=tuple(troubles))


def pull_source(
    services: Services, message: str, now: datetime, seconds_left: Callable[[], float]
) -> PullReport:
    """Read a source from its cursor, queue what is new or changed, and only then move the cursor;
    or post an approved reply, which travels in the same queue.

    A source in trouble never raises: the trouble is written into its row, and told when it lasts.
    Raises FeedbackRefused when the message of the pulls queue is not one.
    """
    business_id, source = read_pull(message)
    answered = reply_in(source)
    if answered is not None:
        return post_reply(services, business_id, answered, now)
    report = PullReport(business_id=business_id, source=source)
    try:
        return _pull(services, report, now, seconds_left)
    except ConflictError:
        # What the faster one wrote down is as good; what it did not is there at the next look.
        return replace(report, trouble="another look at it was faster")


def _pull(
    services: Services, report: PullReport, now: datetime, seconds_left: Callable[[], float]
) -> PullReport:
    business_id, source = report.business_id, report.source
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
            redact=partial(protected, services, business),
            every=settings.every,
            now=now,
            seconds_left=seconds_left,
        )
    except (SourceError, SettingsError) as error:
        _note_failure(services, business, settings, error, now)
        return replace(report, trouble=str(error))
    if report.is_complete and state.failing_since is not None:
        _end_trouble(services, business, source, now)
    return report


def _end_trouble(services: Services, business: Business, source: str, now: datetime) -> None:
    for incident in services.store.open_incidents(business.business_id):
        if incident.source == source:
            save_and_tell(services, business, resolve(incident, Ending.BACK_TO_USUAL, now), now)
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
        save_and_tell(services, business, incident, now)
