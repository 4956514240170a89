"""When somebody must have spoken to a customer: from how bad it is, in the business's own hours.

Two hours for what cannot wait, about one working day for somebody furious, two for the rest; a
business that is open from nine to six has nine of them a day.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from chalicelib.domain.business import Business
from chalicelib.domain.case import Severity

OPEN_FOR: Mapping[Severity, timedelta] = MappingProxyType(
    {
        Severity.URGENT: timedelta(hours=2),
        Severity.HIGH: timedelta(hours=8),
        Severity.NORMAL: timedelta(hours=16),
    }
)


def due_at(severity: Severity, since: datetime, business: Business) -> datetime:
    """When the first contact must be made (UTC)."""
    return business.opening_hours.after(since, OPEN_FOR[severity], business.time_zone)


def next_step_at(now: datetime, business: Business) -> datetime:
    """When the next person is told that still nobody did: as long as with an alert, but only
    hours count in which the business is open."""
    return business.opening_hours.after(now, business.escalate_after, business.time_zone)
