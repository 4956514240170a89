"""Whom cases are told to that nobody looks after in time: their owner, then the others. Pure.

One person a step. Cases that fall due near each other are told in one mail: when many were unhappy
at once, many fall due at once. By e-mail alone, and not at night: they waited already.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chalicelib.alert.hearers import Hearers
from chalicelib.domain.alert import ChannelKind, Notification, NotifyReason
from chalicelib.domain.business import Business, Contact
from chalicelib.domain.case import RecoveryCase, Severity, about_overdue, escalate
from chalicelib.domain.session import Role

# Nobody can be reached: an address may live again tomorrow.
TRY_AGAIN_AFTER = timedelta(days=1)
# When the mails about what fell due since the last one go out, on the business's wall.
TOLD_AT = (time(10), time(13), time(16), time(19))
# What cannot wait goes out at the next full hour: an inbox gets one such mail an hour.
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """The case with its next look, and what goes out; to be saved in one transaction."""

    case: RecoveryCase
    notifications: tuple[Notification, ...]


def tell_overdue(
    case: RecoveryCase,
    business: Business,
    dead_addresses: Mapping[str, str],
    now: datetime,
    *,
    next_look: datetime,
) -> Telling:
    """Tell the next person of a case that is due; `next_look` is when to ask whether still nobody
    did anything.

    Who was told since it was opened (or opened again) is not told again, and after the last person
    nobody looks any more: the case stands on top of every list.
    """
    hearers = Hearers(business=business, dead_addresses=dead_addresses)
    able = [one for one in business.contacts if one.role is not Role.READ_ONLY]
    able.sort(key=lambda one: one.name != case.owner)
    reached = [one for one in able if ChannelKind.EMAIL in hearers.channels(one)]
    if not reached:
        return Telling(case=replace(case, looked_at_next=now + TRY_AGAIN_AFTER), notifications=())
    waiting = [one for one in reached if one.name not in case.told_to]
    if not waiting and case.paused_until is not None:
        # A pause ended: whoever looks after it hears that, also for a second time.
        waiting = reached[:1]
    if not waiting:
        return Telling(case=replace(case, looked_at_next=None), notifications=())
    contact = waiting[0]
    told_at = tells_at(case.severity, business, now)
    notification = Notification(
        business_id=business.business_id,
        incident_id=about_overdue(told_at),
        reason=NotifyReason.OVERDUE,
        channel=ChannelKind.EMAIL,
        contact=contact.name,
        due=_not_at_night(contact, business, told_at),
        created_at=now,
    )
    after = escalate(case, contact.name, now, next_look=next_look if waiting[1:] else None)
    return Telling(case=after, notifications=(notification,))


def tells_at(severity: Severity, business: Business, now: datetime) -> datetime:
    """When the next mail goes that may still carry a case: always later than now, so that none
    misses the mail that was to tell of it."""
    zone = ZoneInfo(business.time_zone)
    local = now.astimezone(zone)
    if severity is Severity.URGENT:
        full = local.replace(minute=0, second=0, microsecond=0)
        return now - (local - full) + HOUR
    today = local.date()
    moments = (
        datetime.combine(day, at, zone).astimezone(UTC)
        for day in (today, today + timedelta(days=1))
        for at in TOLD_AT
    )
    return next(moment for moment in moments if moment > now)


def _not_at_night(contact: Contact, business: Business, moment: datetime) -> datetime:
    if contact.quiet_hours is None:
        return moment
    zone = contact.time_zone or business.time_zone
    return contact.quiet_hours.ends_after(moment, zone) or moment
