"""The briefing: what a message and a page tell of an incident, from the rows as they are."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from chalicelib.alert import policy, trend
from chalicelib.domain.briefing import Briefing
from chalicelib.domain.business import Business, Contact
from chalicelib.domain.clock import local_date
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.forgetting import as_kept, has_person
from chalicelib.domain.incident import Incident
from chalicelib.ports import Services

QUOTED = 20


def brief(
    services: Services,
    now: datetime,
    business: Business,
    incident: Incident,
    gathered: Sequence[Incident],
    contact: Contact,
    *,
    voices: Sequence[ScoredFeedback] | None = None,
) -> Briefing:
    """All that a message or a page tells one contact of an incident, from the rows as they are.

    `voices` are those to quote, where they are at hand; else the newest are read.
    """
    from chalicelib.recover.advice import advise

    store = services.store
    if voices is None:
        found = store.find(business.business_id, incident.feedback_ids[-QUOTED:])
        voices = tuple(found.values())
    kept = [as_kept(one, now) for one in voices]
    quotes = tuple(one for one in kept if has_person(one))
    today = date.fromisoformat(local_date(now, business.time_zone))
    # A moment late does no harm here, and is half the price.
    counts = store.counts_at_a_glance(
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
