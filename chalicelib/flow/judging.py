"""Judge: the detector moves on over what is stored; incidents open, worsen or end."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chalicelib.detect.judgement import judge_changes
from chalicelib.domain.business import Business
from chalicelib.domain.clock import local_date
from chalicelib.domain.concern import concern_of
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.judging import JUDGED_AT_ONCE
from chalicelib.domain.spike import Sensitivity
from chalicelib.flow.recovering import act_on_concerns
from chalicelib.flow.telling import decide
from chalicelib.flow.troubles import TRIES
from chalicelib.ports import Services
from chalicelib.store.rules import fits_together


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
    report, is_concerned = JudgeReport(), False
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
            decide(services, business, incident, now) for incident in judgement.incidents.values()
        ]
        incidents = [one.incident for one in decided]
        notifications = [told for one in decided for told in one.notifications]
        if not fits_together(waiting, incidents, notifications) and len(waiting) > 1:
            # Many contacts are told much at once.
            at_once = len(waiting) // 2
            continue
        try:
            services.store.commit_judged(
                judgement.state, judgement.judged, incidents, notifications
            )
        except ConflictError:
            lost += 1
            continue
        is_concerned |= concern_of(judgement.state, waiting, incidents) is not None
        report = JudgeReport(
            judged=report.judged + len(waiting),
            incidents=report.incidents + len(incidents),
            notifications=report.notifications + len(notifications),
        )
        if len(waiting) < at_once:
            break
    if is_concerned:
        with suppress(ConflictError):
            # The watch comes again to what others were at just now.
            act_on_concerns(services, business, now)
    return report
