"""Alerts, and the notifications that carry them: who is told what, why, over which channel.

A notification is written in the same transaction as the change it tells of, sent after, and marked
after that: PENDING → SENDING (under a lease) → SENT or UNDELIVERABLE. It holds no customer's words;
the message is rendered when it is sent, from the rows as they are then.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

# Twice the watch function's time-out and longer than a delivery notice takes: a sender that died
# is overtaken only after the notice of what it sent had time to come (reliability 0.3).
LEASE = timedelta(minutes=15)
MAX_ATTEMPTS = 8


class NotifyReason(StrEnum):
    """Why somebody is told."""

    FIRST = "first"
    WORSE = "worse"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    CORRECTED = "corrected"
    RESOLVED = "resolved"
    DIGEST = "digest"
    CONFIRM = "confirm"
    MOVED = "moved"
    SIGN_IN = "sign_in"
    REQUEST = "request"
    OVERDUE = "overdue"
    NONE = "none"


# About no incident: a summary, the question to a new address, the last word to an old one, and what
# somebody asks about their own words.
ABOUT_NO_INCIDENT = frozenset(
    {
        NotifyReason.DIGEST,
        NotifyReason.CONFIRM,
        NotifyReason.MOVED,
        NotifyReason.SIGN_IN,
        NotifyReason.REQUEST,
        NotifyReason.OVERDUE,
    }
)


class ChannelKind(StrEnum):
    """Over which a notification goes."""

    EMAIL = "email"
    SMS = "sms"


class NotificationState(StrEnum):
    """Where a notification is on its way."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNDELIVERABLE = "undeliverable"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One delivery of one alert to one contact over one channel.

    `contact` is the contact's name. What is about no incident has a name of its own in
    `incident_id`: a digest that of its local date (see `domain.digest.about`), a mail about an
    address that of the address (see `domain.address`). `step` tells repeats of one reason apart
    (the second time it got worse, the third reminder). `due` is when it may be sent: quiet hours
    hold it back.
    """

    business_id: str
    incident_id: str
    reason: NotifyReason
    channel: ChannelKind
    contact: str
    due: datetime
    created_at: datetime
    step: int = 0
    state: NotificationState = NotificationState.PENDING
    attempts: int = 0
    lease_until: datetime | None = None
    provider_id: str | None = None
    sent_at: datetime | None = None
    trouble: str | None = None
    carried: tuple[str, ...] = ()
    version: int = 0

    @property
    def notification_id(self) -> str:
        """The same for the same telling, so that writing it twice is writing it once."""
        return f"{self.incident_id}.{self.reason}.{self.step}.{self.channel}.{self.contact}"

    @property
    def tag(self) -> str:
        """What the message carries, so that the provider's notice finds the notification again."""
        return f"{self.business_id}/{self.notification_id}"

    @property
    def is_alert(self) -> bool:
        """True when it is about an incident, False for a digest or about an address."""
        return self.reason not in ABOUT_NO_INCIDENT

    @property
    def is_waiting(self) -> bool:
        """True while it is still to be sent."""
        return self.state in (NotificationState.PENDING, NotificationState.SENDING)


def claim(notification: Notification, now: datetime, carried: tuple[str, ...] = ()) -> Notification:
    """Take it for sending until the lease runs out, with those that its message carries beside."""
    return replace(
        notification,
        state=NotificationState.SENDING,
        attempts=notification.attempts + 1,
        lease_until=now + LEASE,
        due=now + LEASE,
        carried=carried,
    )


def mark_sent(notification: Notification, provider_id: str, now: datetime) -> Notification:
    """The provider took it."""
    return replace(
        notification,
        state=NotificationState.SENT,
        provider_id=provider_id,
        sent_at=now,
        lease_until=None,
        trouble=None,
    )


def put_back(notification: Notification, trouble: str, now: datetime) -> Notification:
    """The provider did not take it this time: try again later, ever more slowly (1 to 64 min)."""
    if notification.attempts >= MAX_ATTEMPTS:
        return give_up(notification, trouble)
    wait = timedelta(minutes=2 ** min(notification.attempts, 6))
    return replace(
        notification,
        state=NotificationState.PENDING,
        due=now + wait,
        lease_until=None,
        trouble=trouble,
    )


def give_up(notification: Notification, trouble: str) -> Notification:
    """It will never arrive this way; somebody else must be told."""
    return replace(
        notification,
        state=NotificationState.UNDELIVERABLE,
        lease_until=None,
        trouble=trouble,
    )


def cancel(notification: Notification) -> Notification:
    """What it would tell is no longer so."""
    return replace(notification, state=NotificationState.CANCELLED, lease_until=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendLog:
    """When the messages of the last day or so went out: what the caps on sending look at.
    `digests` are e-mails too, kept apart from those about incidents."""

    business_id: str
    emails: tuple[datetime, ...] = ()
    sms: tuple[datetime, ...] = ()
    digests: tuple[datetime, ...] = ()
    version: int = 0

    def of(self, channel: ChannelKind) -> tuple[datetime, ...]:
        """The moments of one channel, oldest first."""
        return self.emails if channel is ChannelKind.EMAIL else self.sms

    def noted(self, channel: ChannelKind, now: datetime, *, is_digest: bool = False) -> "SendLog":
        """One more message at `now`; what is older than two days is forgotten."""
        if is_digest:
            return replace(self, digests=(*_lately(self.digests, now), now))
        if channel is ChannelKind.EMAIL:
            return replace(self, emails=(*_lately(self.emails, now), now))
        return replace(self, sms=(*_lately(self.sms, now), now))


def _lately(moments: tuple[datetime, ...], now: datetime) -> tuple[datetime, ...]:
    return tuple(one for one in moments if one > now - timedelta(days=2))


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLink:
    """What stands behind a link in a message. Only the hash of its token is kept.

    The random token (128 bits, 22 characters) goes into the message and nowhere else.
    """

    token_hash: str
    business_id: str
    incident_id: str
    contact: str
    channel: ChannelKind
    expires_at: datetime


def hash_of(token: str) -> str:
    """What is kept of a link's token."""
    # Whoever types an address types anything: half a surrogate pair is no token and no fault.
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """A rendered e-mail. `unsubscribe_url` makes the one-click header; `tag` names the
    notification, so that the provider's delivery notice finds it again."""

    to: str
    subject: str
    text: str
    html: str
    tag: str
    unsubscribe_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sms:
    """A rendered SMS: at most 160 characters of the GSM-7 alphabet; no customer's name or words."""

    to: str
    text: str
    tag: str
