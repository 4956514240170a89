"""How much may be sent: a storm fills no inbox and costs no fortune, and nothing is dropped.

Per business at most ten e-mails and three SMS on one local day, and at most three e-mails and one
SMS within any sixty minutes. What has no message of its own is gathered: the last message that is
allowed carries it, or else the first of the next hour.

A digest goes whatever alerts have used: its name allows one a contact and local date. Of the day's
ten it takes its place, but never more than half of them, and none of the hour's: a morning of
digests must not silence an alarm.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from chalicelib.domain.alert import ChannelKind, Notification, NotifyReason
from chalicelib.domain.incident import Incident, IncidentKind

PER_DAY: Mapping[ChannelKind, int] = MappingProxyType({ChannelKind.EMAIL: 10, ChannelKind.SMS: 3})
PER_HOUR: Mapping[ChannelKind, int] = MappingProxyType({ChannelKind.EMAIL: 3, ChannelKind.SMS: 1})
HOUR = timedelta(hours=1)
DIGESTS_COUNTED = 5

URGENCY = (
    NotifyReason.FIRST,
    NotifyReason.ESCALATION,
    NotifyReason.WORSE,
    NotifyReason.CORRECTED,
    NotifyReason.RESOLVED,
    NotifyReason.REMINDER,
    NotifyReason.DIGEST,
    NotifyReason.CONFIRM,
    NotifyReason.MOVED,
    NotifyReason.SIGN_IN,
    NotifyReason.REQUEST,
    NotifyReason.OVERDUE,
    NotifyReason.NONE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How many messages may go now, and when to ask again for those that may not."""

    left: int
    next_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """One message: the notification it is about, and those it carries beside."""

    notification: Notification
    gathered: tuple[Notification, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingPlan:
    """What goes now, and what is held until `next_at`."""

    bundles: tuple[Bundle, ...]
    held: tuple[Notification, ...]
    next_at: datetime


def allowance(
    channel: ChannelKind,
    sent_at: Sequence[datetime],
    now: datetime,
    time_zone: str,
    digests_at: Sequence[datetime] = (),
) -> Allowance:
    """What the caps leave for alerts, given when this channel's alerts, and the digests, of the
    last day or so were sent."""
    zone = ZoneInfo(time_zone)
    today = now.astimezone(zone).date()
    of_day = [moment for moment in sent_at if moment.astimezone(zone).date() == today]
    digests = [moment for moment in digests_at if moment.astimezone(zone).date() == today]
    of_hour = sorted(moment for moment in sent_at if now - HOUR < moment <= now)
    left_today = PER_DAY[channel] - len(of_day) - min(len(digests), DIGESTS_COUNTED)
    left_this_hour = PER_HOUR[channel] - len(of_hour)
    if left_today <= 0:
        tomorrow = datetime.combine(today + timedelta(days=1), datetime.min.time(), zone)
        return Allowance(left=0, next_at=tomorrow.astimezone(now.tzinfo))
    if left_this_hour <= 0:
        return Allowance(left=0, next_at=of_hour[-PER_HOUR[channel]] + HOUR)
    return Allowance(left=min(left_today, left_this_hour), next_at=now + HOUR)


def plan_sending(
    waiting: Sequence[Notification], incidents: Mapping[str, Incident], allowed: Allowance
) -> SendingPlan:
    """Share what is allowed among what waits on one channel of one business.

    The urgent first, every contact before anyone's second message; what is left over joins the
    last message to the same contact. `incidents` maps an incident's id to the incident.
    """
    queue = sorted(waiting, key=lambda one: _urgency(one, incidents))
    chosen = _choose(queue, allowed.left)
    left_over = [one for one in queue if one not in chosen]
    last_to = {one.contact: one for one in chosen}
    bundles = tuple(
        Bundle(
            notification=one,
            gathered=tuple(other for other in left_over if last_to.get(other.contact) is one),
        )
        for one in chosen
    )
    held = tuple(one for one in left_over if one.contact not in last_to)
    return SendingPlan(bundles=bundles, held=held, next_at=allowed.next_at)


def _choose(queue: Sequence[Notification], left: int) -> list[Notification]:
    seen: set[str] = set()
    leading: list[Notification] = []
    following: list[Notification] = []
    for one in queue:
        (following if one.contact in seen else leading).append(one)
        seen.add(one.contact)
    picked = (leading + following)[: max(left, 0)]
    return [one for one in queue if one in picked]


def _urgency(
    notification: Notification, incidents: Mapping[str, Incident]
) -> tuple[bool, int, datetime, str]:
    incident = incidents.get(notification.incident_id)
    is_critical = incident is not None and incident.kind is IncidentKind.CRITICAL
    rank = URGENCY.index(notification.reason)
    return (not is_critical, rank, notification.created_at, notification.notification_id)
