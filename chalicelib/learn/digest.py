"""Which digest is due for whom: once per local date, however often anybody asks.

A digest is named by the local date of its day, never by a moment: no leap of the clocks and no
change of the owner's zone makes a second one. It is due from its hour until that date ends, so
that an hourly look finds it whatever happened at one look. The hour lies outside 00:00-03:59,
where clocks leap.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.domain.alert import ChannelKind, Notification, NotificationState, NotifyReason
from chalicelib.domain.business import Business, Contact, DigestWish
from chalicelib.domain.digest import Digest, Period, about, about_silence

MONDAY = 0
PAUSED = "nothing to report"


def due_day(contact: Contact, business: Business, now: datetime) -> date | None:
    """The local date whose digest is due at `now`, or None: not its day, or not yet its hour."""
    local = now.astimezone(ZoneInfo(contact.time_zone or business.time_zone))
    if contact.digest is DigestWish.OFF or local.hour < contact.digest_hour:
        return None
    if contact.digest is DigestWish.WEEKLY and local.weekday() != MONDAY:
        return None
    return local.date()


def period_of(contact: Contact, day: date) -> Period:
    """What the digest of that date looks back on: whole dates, the last of them yesterday."""
    days = 1 if contact.digest is DigestWish.DAILY else 7
    return Period(first=day - timedelta(days=days), last=day - timedelta(days=1))


def notification_for(business_id: str, contact: Contact, day: date, now: datetime) -> Notification:
    """The one notification of that contact and date."""
    return Notification(
        business_id=business_id,
        incident_id=about(day),
        reason=NotifyReason.DIGEST,
        channel=ChannelKind.EMAIL,
        contact=contact.name,
        due=now,
        created_at=now,
    )


def notifications_for(
    digest: Digest, contact: Contact, day: date, now: datetime
) -> tuple[Notification, ...]:
    """What to write, in this order, each only if the one before is new.

    With nothing to report the date's own notification is cancelled at once and only holds the
    place; "nothing to report" has a name that stays the same until there is something again.
    """
    dated = notification_for(digest.business.business_id, contact, day, now)
    if not digest.is_quiet:
        return (dated,)
    held = replace(dated, state=NotificationState.CANCELLED, trouble=PAUSED)
    return (held, replace(dated, incident_id=about_silence(digest.last_heard)))
