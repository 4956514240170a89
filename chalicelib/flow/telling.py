"""Tell: whom an incident is told to next, at the addresses that are used now."""

from datetime import datetime

from chalicelib.alert import policy
from chalicelib.domain.address import in_force
from chalicelib.domain.business import Business
from chalicelib.domain.incident import Incident
from chalicelib.ports import Services


def decide(
    services: Services, business: Business, incident: Incident, now: datetime
) -> policy.Decision:
    """Whom to tell of it now, from what they were told before; and when to look again."""
    told = services.store.notifications_of(business.business_id, incident.incident_id)
    dead = services.store.dead_addresses(business.business_id)
    reached = in_force(business, services.store.standins(business.business_id))
    return policy.next_notifications(incident, reached, told, dead, now)


def save_and_tell(
    services: Services, business: Business, incident: Incident, now: datetime
) -> None:
    """Save an incident and, in the same transaction, the notifications that it leads to."""
    decision = decide(services, business, incident, now)
    services.store.save_incident(decision.incident, decision.notifications)


def load_in_force(services: Services, business_id: str) -> Business | None:
    """The business with the addresses that are used now."""
    business = services.store.load_business(business_id)
    return in_force(business, services.store.standins(business_id)) if business else None
