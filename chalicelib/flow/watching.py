"""Watch: once a minute, judge what was dropped, look at incidents that are due, send what waits.

The only sender. It comes again in a minute: whatever an earlier step left is caught here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from chalicelib.domain.errors import ConflictError
from chalicelib.domain.incident import Ending, Incident, resolve
from chalicelib.flow.asking import look_at_requests
from chalicelib.flow.briefing import brief
from chalicelib.flow.digests import digest_for
from chalicelib.flow.judging import judge_business
from chalicelib.flow.recovering import look_at_cases
from chalicelib.flow.telling import save_and_tell
from chalicelib.flow.troubles import trouble_of
from chalicelib.ports import Services

if TYPE_CHECKING:
    from chalicelib.alert.delivery import SendReport

BUSINESSES_PER_WATCH = 50
INCIDENTS_PER_WATCH = 100
# With less than this left the watch judges no more: what waits to be sent comes first.
SECONDS_TO_SEND = 25.0
# score_feedback judges what it stores at once; what waits longer than this was dropped.
UNJUDGED_FOR = timedelta(minutes=1)
# No business has this id: no id of heedful.toml may hold an asterisk.
OPERATOR = "*operator"


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
            troubles.append(trouble_of(business_id, error))
    due = services.store.due_incidents(now, INCIDENTS_PER_WATCH)
    for incident in due:
        try:
            _look_at_incident(services, incident, now)
        except ConflictError:
            continue
        except Exception as error:  # noqa: BLE001
            troubles.append(trouble_of(incident.business_id, error))
    troubles += look_at_requests(services, now)
    troubles += look_at_cases(services, now)
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
        troubles.append(trouble_of("operator", error))
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
    save_and_tell(services, business, _as_it_stands(services, incident, now), now)


def _as_it_stands(services: Services, incident: Incident, now: datetime) -> Incident:
    """A source that answers again ends its incident, also when a pull died before it could."""
    if incident.source is None:
        return incident
    state = services.store.load_source(incident.business_id, incident.source)
    is_over = state is None or not state.failures
    return resolve(incident, Ending.BACK_TO_USUAL, now) if is_over else incident
