"""A small world in virtual time: incidents, the policy, the caps, an outbox and two providers.

It does what `watch` does, minute by minute, on plain dictionaries; the tests change incidents at
chosen minutes and read afterwards who was told what and when.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.alert.caps import allowance, plan_sending
from chalicelib.alert.policy import Decision, is_outdated, next_notifications
from chalicelib.domain.alert import (
    ChannelKind,
    Notification,
    NotifyReason,
    cancel,
    claim,
    give_up,
    mark_sent,
    put_back,
)
from chalicelib.domain.business import Business
from chalicelib.domain.errors import ChannelError
from chalicelib.domain.incident import Incident
from tests.alert.samples import NOW, a_business


@dataclass(frozen=True)
class Told:
    """One message that went out, in minutes since the world began."""

    minute: int
    reason: NotifyReason
    channel: ChannelKind
    contact: str
    about: tuple[str, ...]


@dataclass
class World:
    """Everything there is. `provider` may raise a ChannelError for a notification."""

    business: Business = field(default_factory=a_business)
    start: datetime = NOW
    minute: int = 0
    incidents: dict[str, Incident] = field(default_factory=dict)
    outbox: dict[str, Notification] = field(default_factory=dict)
    dead: dict[str, str] = field(default_factory=dict)
    sent: list[Told] = field(default_factory=list)
    provider: Callable[[Notification], None] = lambda notification: None

    @property
    def now(self) -> datetime:
        """The present moment of the world."""
        return self.start + timedelta(minutes=self.minute)

    def notifications_of(self, incident_id: str) -> list[Notification]:
        """The outbox rows of one incident, oldest first."""
        return [one for one in self.outbox.values() if one.incident_id == incident_id]

    def change(self, incident: Incident) -> Decision:
        """Write a changed incident and what is to be told of it, as one transaction would."""
        decision = next_notifications(
            incident,
            self.business,
            self.notifications_of(incident.incident_id),
            self.dead,
            self.now,
        )
        self.incidents[incident.incident_id] = decision.incident
        for one in decision.notifications:
            self.outbox.setdefault(one.notification_id, one)
        return decision

    def incident(self, incident_id: str = "spike-000012") -> Incident:
        """The incident as it is now."""
        return self.incidents[incident_id]

    def run(self, minutes: int, *, every: int = 1) -> None:
        """Let time pass, with a watch run every so many minutes, the first one at once."""
        end = self.minute + minutes
        while self.minute < end:
            self.watch()
            self.minute += every
        self.minute = end

    def watch(self) -> None:
        """Look at what is due and send what waits."""
        for incident in list(self.incidents.values()):
            if incident.due is not None and incident.due <= self.now:
                self.change(incident)
        for channel in ChannelKind:
            self._send(channel)

    def _send(self, channel: ChannelKind) -> None:
        due = [
            one
            for one in self.outbox.values()
            if one.is_waiting and one.due <= self.now and one.channel is channel
        ]
        current = []
        for one in due:
            if is_outdated(one, self.incidents[one.incident_id], self.now):
                self.outbox[one.notification_id] = cancel(one)
            else:
                current.append(one)
        times = [
            self.start + timedelta(minutes=told.minute)
            for told in self.sent
            if told.channel is channel
        ]
        allowed = allowance(channel, times, self.now, self.business.time_zone)
        plan = plan_sending(current, self.incidents, allowed)
        for one in plan.held:
            self.outbox[one.notification_id] = replace(one, due=plan.next_at)
        for bundle in plan.bundles:
            self._deliver(bundle.notification, bundle.gathered)

    def _deliver(self, carrier: Notification, gathered: tuple[Notification, ...]) -> None:
        claimed = claim(carrier, self.now)
        try:
            self.provider(claimed)
        except ChannelError as error:
            after = put_back if error.retryable else _gave_up
            self.outbox[carrier.notification_id] = after(claimed, str(error), self.now)
            if not error.retryable:
                incident = self.incidents[carrier.incident_id]
                self.incidents[carrier.incident_id] = replace(incident, due=self.now)
            return
        for one in (claimed, *(claim(other, self.now) for other in gathered)):
            self.outbox[one.notification_id] = mark_sent(one, "provider", self.now)
        self.sent.append(
            Told(
                minute=self.minute,
                reason=carrier.reason,
                channel=carrier.channel,
                contact=carrier.contact,
                about=(carrier.incident_id, *(one.incident_id for one in gathered)),
            )
        )

    def emails(self) -> list[tuple[int, NotifyReason, str]]:
        """(minute, reason, contact) of every e-mail."""
        return self._told(ChannelKind.EMAIL)

    def texts(self) -> list[tuple[int, NotifyReason, str]]:
        """(minute, reason, contact) of every SMS."""
        return self._told(ChannelKind.SMS)

    def _told(self, channel: ChannelKind) -> list[tuple[int, NotifyReason, str]]:
        return [
            (told.minute, told.reason, told.contact)
            for told in self.sent
            if told.channel is channel
        ]


def _gave_up(notification: Notification, trouble: str, now: datetime) -> Notification:
    return give_up(notification, trouble)
