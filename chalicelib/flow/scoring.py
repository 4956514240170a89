"""Score: read a batch in one model call, store and count it, and have each business judged.

One business never stops another, and one feedback never its neighbours.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.business import Business, StoragePolicy
from chalicelib.domain.clock import local_date
from chalicelib.domain.errors import ConflictError, FeedbackRefused
from chalicelib.domain.feedback import Arrival, Feedback, ScoredFeedback
from chalicelib.domain.forgetting import without_person
from chalicelib.domain.sentiment import Reading
from chalicelib.flow.judging import judge_business
from chalicelib.flow.profiling import note_voice
from chalicelib.flow.troubles import trouble_of
from chalicelib.ports import Services
from chalicelib.privacy.retention import words_until
from chalicelib.score.batch import read_batch
from chalicelib.store.envelopes import read_arrival
from chalicelib.store.newest import is_newer, note_answer, store_newest


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
                troubles=(*report.troubles, trouble_of(business_id, error)),
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
    ordered = sorted(batch.items(), key=lambda pair: _place_in_line(pair[1]))
    ordered = _but_for_erased(services, business, ordered)
    ids = {arrival.feedback.feedback_id for arrival in batch.values()}
    stored = services.store.find(business.business_id, ids)
    fresh = [
        (message_id, arrival)
        for message_id, arrival in ordered
        if _says_more(arrival.feedback, stored.get(arrival.feedback.feedback_id))
    ]
    fresh = _but_for_repeats(services, fresh, now)
    readings = read_batch(services.model, business, [one for _, one in fresh], stored)
    lost, troubles, count, unscored = set(), [], 0, 0
    for (message_id, arrival), reading in zip(fresh, readings, strict=True):
        scored = _to_keep(business, arrival, reading)
        try:
            note_voice(services, business, scored)
            count += store_newest(services.store, scored, delivery_id=arrival.delivery_id)
            unscored += not reading.is_scored
        except Exception as error:  # noqa: BLE001  one feedback never stops its neighbours
            lost.add(message_id)
            troubles.append(trouble_of(business.business_id, error))
    for message_id, arrival in ordered:
        try:
            _note_answer(services, arrival.feedback, stored)
        except ConflictError as error:
            lost.add(message_id)
            troubles.append(trouble_of(business.business_id, error))
    return ScoreReport(
        failed=frozenset(lost),
        stored=count,
        already=len(batch) - count - len(lost),
        unscored=unscored,
        troubles=tuple(troubles),
    )


def _says_more(feedback: Feedback, stored: ScoredFeedback | None) -> bool:
    """Whether the customer said something that is not stored yet.

    At some sources the owner's answer moves the time of the last change: nobody is to be judged
    again for that.
    """
    if stored is None:
        return True
    is_same = feedback.content_hash == stored.feedback.content_hash
    return is_newer(feedback, stored) and not (is_same and feedback.answered_at is not None)


def _note_answer(
    services: Services, feedback: Feedback, stored: Mapping[str, ScoredFeedback]
) -> None:
    held = stored.get(feedback.feedback_id)
    # What was new is stored with its answer, unless another version of it came first.
    is_noted = held is not None and held.feedback.answered_at is not None
    if feedback.answered_at is not None and not is_noted:
        note_answer(services.store, feedback)


def _place_in_line(arrival: Arrival) -> tuple[datetime, datetime, str, str]:
    """The order in which it will be judged (see `judging`), so that a watch that judges what is
    stored so far takes the same ones first; versions of one feedback in their own order."""
    feedback = arrival.feedback
    return arrival.received_at, feedback.written_at, feedback.feedback_id, feedback.version


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
