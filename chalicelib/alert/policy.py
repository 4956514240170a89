"""Whether and why somebody is told about an incident: one pure function, asked after every change.

What changed is read from the incident and from what was told already, never remembered elsewhere:
asking twice adds nothing, and a crash between asking and writing loses nothing. Terms and order
follow alerting systems: group, silence, repeat, escalate, resolve once.

One contact is asked at a time. E-mail carries the guarantee (its delivery is reported back); an
SMS goes beside it when the business has SMS on. Who acknowledged hears only how it ended.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.alert.hearers import Hearers
from chalicelib.domain.alert import ChannelKind, Notification, NotificationState, NotifyReason
from chalicelib.domain.briefing import Outlook
from chalicelib.domain.business import Business, Contact
from chalicelib.domain.errors import TransitionError
from chalicelib.domain.incident import Ending, Incident, IncidentKind, IncidentState

# A day is soon enough for a second word; who heard it thrice will not hear it better every day.
REPEAT_AFTER = timedelta(hours=24)
REMIND_AFTER_DAYS = (1, 2, 4, 7)
WORSE_AT_MOST_EVERY = timedelta(hours=24)
NO_LIVE_ADDRESS = "no live address"

ENDINGS = frozenset({NotifyReason.RESOLVED, NotifyReason.CORRECTED})
ASKING = frozenset({NotifyReason.FIRST, NotifyReason.ESCALATION})
LEFT_US = frozenset({NotificationState.SENDING, NotificationState.SENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Why somebody is told (NONE: nobody is), with the outbox rows to write and the incident with
    the time of its next look. Save `incident` and `notifications` in one transaction."""

    reason: NotifyReason
    notifications: tuple[Notification, ...]
    incident: Incident


def next_notifications(
    incident: Incident,
    business: Business,
    told: Sequence[Notification],
    dead_addresses: Mapping[str, str],
    now: datetime,
) -> Decision:
    """What is to be told about the incident now.

    `told` are all notifications of the incident, whatever became of them. Raises TransitionError
    when they tell of a life that the incident cannot have had, ValueError when they are not its.
    """
    hearers = Hearers(business=business, dead_addresses=dead_addresses)
    look = _Look(incident, business, tuple(told), hearers, now)
    look.refuse_the_impossible()
    reason, notifications = look.decide()
    return look.decision(reason, notifications)


def outlook(
    incident: Incident,
    business: Business,
    told: Sequence[Notification],
    dead_addresses: Mapping[str, str],
    now: datetime,
) -> Outlook:
    """What comes next if nobody does anything, for the sentence at the foot of every message."""
    hearers = Hearers(business=business, dead_addresses=dead_addresses)
    look = _Look(incident, business, tuple(told), hearers, now)
    if incident.state is not IncidentState.OPEN:
        return Outlook()
    following = look.following_contact()
    return Outlook(
        escalates_at=look.escalates_at() if following else None,
        escalates_to=following.name if following else None,
        reminds_at=look.reminds_at(),
    )


def is_outdated(notification: Notification, incident: Incident, now: datetime) -> bool:
    """True when a waiting notification would tell what is no longer so: cancel it unsent.

    An acknowledgement, a snooze or a resolution that is seen before the send stops it.
    """
    if notification.reason in ENDINGS:
        return incident.is_open
    is_snoozed = incident.snoozed_until is not None and now < incident.snoozed_until
    return is_snoozed or incident.state is not IncidentState.OPEN


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at one incident; every method reads, none changes."""

    incident: Incident
    business: Business
    told: tuple[Notification, ...]
    hearers: Hearers
    now: datetime

    def refuse_the_impossible(self) -> None:
        if self.incident.business_id != self.business.business_id:
            raise ValueError(f"{self.incident.incident_id} is another business's")
        if any(one.incident_id != self.incident.incident_id for one in self.told):
            raise ValueError(f"a notification is not of {self.incident.incident_id}")
        if self.incident.is_open and self.of(ENDINGS):
            raise TransitionError(f"{self.incident.incident_id} was told as over and is open")
        if self.incident.worse_count < self.worse_told():
            raise TransitionError(f"{self.incident.incident_id} got better after it got worse")

    def decide(self) -> tuple[NotifyReason, list[Notification]]:
        if not self.incident.is_open:
            return self.ending()
        if self.incident.state is IncidentState.ACKNOWLEDGED or self.is_snoozed():
            return NotifyReason.NONE, []
        if not self.of(ASKING):
            first = self.hearers.first()
            return self.ask(first, NotifyReason.FIRST) if first else (NotifyReason.NONE, [])
        following = self.following_contact()
        if following and self.now >= self.escalates_at():
            return self.ask(following, NotifyReason.ESCALATION)
        if self.has_worse_news() and self.now >= self.worse_at():
            return self.tell_again(NotifyReason.WORSE, self.incident.worse_count)
        if self.now >= self.reminds_at():
            return self.tell_again(NotifyReason.REMINDER, self.reminders() + 1)
        return NotifyReason.NONE, []

    def decision(self, reason: NotifyReason, notifications: list[Notification]) -> Decision:
        known = {one.notification_id for one in self.told}
        fresh = tuple(one for one in notifications if one.notification_id not in known)
        if not fresh:
            # Something is to be told and nobody can hear it: look again tomorrow, not at once.
            is_stuck = reason not in ENDINGS and reason is not NotifyReason.NONE
            due = self.now + REPEAT_AFTER if is_stuck else self.next_look()
            return Decision(
                reason=NotifyReason.NONE,
                notifications=(),
                incident=replace(self.incident, due=due),
            )
        after = replace(
            self.incident,
            last_told_at=self.now,
            escalation_step=max(
                self.incident.escalation_step, *(self.hearers.place(one.contact) for one in fresh)
            ),
        )
        then = replace(self, incident=after, told=self.told + fresh)
        return Decision(
            reason=reason,
            notifications=fresh,
            incident=replace(after, due=then.next_look()),
        )

    # --- what is decided -------------------------------------------------------------------

    def ask(
        self, contact: Contact, reason: NotifyReason
    ) -> tuple[NotifyReason, list[Notification]]:
        """Ask one person to act: by e-mail and, when SMS is on, by SMS."""
        channels = self.hearers.channels(contact)
        if not channels:
            lost = self.notification(contact, ChannelKind.EMAIL, reason, step=0)
            state = NotificationState.UNDELIVERABLE
            return reason, [replace(lost, state=state, trouble=NO_LIVE_ADDRESS)]
        return reason, [self.notification(contact, kind, reason, step=0) for kind in channels]

    def tell_again(
        self, reason: NotifyReason, step: int
    ) -> tuple[NotifyReason, list[Notification]]:
        """The same people once more: worse news over every channel, reminders over one."""
        notifications = []
        for contact in self.asked_contacts():
            channels = self.hearers.channels(contact)
            if reason is not NotifyReason.WORSE:
                channels = channels[:1]
            notifications += [self.notification(contact, kind, reason, step) for kind in channels]
        return reason, notifications

    def ending(self) -> tuple[NotifyReason, list[Notification]]:
        """To those whom an earlier message may have reached, but not to who ended it. Once: told
        again it has the same name, and `decision` leaves out what is known."""
        corrected = self.incident.ending is Ending.CORRECTED
        reason = NotifyReason.CORRECTED if corrected else NotifyReason.RESOLVED
        reached = {one.contact for one in self.told if one.state in LEFT_US}
        notifications = [
            self.notification(contact, kind, reason, step=0)
            for contact in self.hearers.named(reached - {self.incident.resolved_by})
            for kind in self.hearers.channels(contact)[:1]
        ]
        return reason, notifications

    # --- when ------------------------------------------------------------------------------

    def next_look(self) -> datetime | None:
        if self.incident.state is not IncidentState.OPEN or not self.of(ASKING):
            return None
        moments = [self.reminds_at()]
        if self.following_contact():
            moments.append(self.escalates_at())
        if self.has_worse_news():
            moments.append(self.worse_at())
        return max(min(moments), self.snooze_end() or self.now)

    def escalates_at(self) -> datetime:
        """When the next contact is asked: at once if the last one cannot be reached."""
        asked = self.last_asked()
        if all(self.is_lost(one) for one in self.carriers(asked)):
            return self.now
        return self.hearing_starts(asked) + self.business.escalate_after

    def reminds_at(self) -> datetime:
        """Ever later after the last word (`REMIND_AFTER_DAYS`; the last one goes on), or when a
        snooze ends that was set since."""
        last = max(one.created_at for one in self.told)
        snooze_end = self.snooze_end()
        if snooze_end and snooze_end > last:
            return snooze_end
        pause = REMIND_AFTER_DAYS[min(self.reminders(), len(REMIND_AFTER_DAYS) - 1)]
        return last + timedelta(days=pause)

    def worse_at(self) -> datetime:
        """When worse news may go out."""
        earlier = [one.created_at for one in self.of({NotifyReason.WORSE})]
        return max(earlier) + WORSE_AT_MOST_EVERY if earlier else self.now

    def hearing_starts(self, asked: Sequence[Notification]) -> datetime:
        """From when on the asked contact can be expected to hear: not in quiet hours."""
        moment = asked[0].created_at
        for contact in self.hearers.named({asked[0].contact}):
            moment = self.quiet_end(contact, moment) or moment
        return max(moment, self.snooze_end() or moment)

    def quiet_end(self, contact: Contact, moment: datetime) -> datetime | None:
        """When the contact's quiet hours end; critical matters know none."""
        if self.incident.kind is IncidentKind.CRITICAL or contact.quiet_hours is None:
            return None
        zone = contact.time_zone or self.business.time_zone
        return contact.quiet_hours.ends_after(moment, zone)

    def snooze_end(self) -> datetime | None:
        return self.incident.snoozed_until

    def is_snoozed(self) -> bool:
        end = self.snooze_end()
        return end is not None and self.now < end

    # --- who -------------------------------------------------------------------------------

    def following_contact(self) -> Contact | None:
        """The next reachable contact after the last one asked."""
        asked = {one.contact for one in self.of(ASKING)}
        return self.hearers.after(self.last_asked()[0].contact, asked) if asked else None

    def asked_contacts(self) -> list[Contact]:
        return self.hearers.named({one.contact for one in self.of(ASKING)})

    def last_asked(self) -> list[Notification]:
        """The notifications that asked the contact furthest down the list."""
        asking = self.of(ASKING)
        furthest = max(self.hearers.place(one.contact) for one in asking)
        return [one for one in asking if self.hearers.place(one.contact) == furthest]

    def carriers(self, asked: Iterable[Notification]) -> list[Notification]:
        """Those that must arrive: the e-mail, or the SMS where there is no e-mail. An SMS that
        was taken is no proof that it arrived."""
        rows = list(asked)
        emails = [one for one in rows if one.channel is ChannelKind.EMAIL]
        return emails or rows

    def is_lost(self, asked: Notification) -> bool:
        """True when it cannot have been read: not taken, or its address died since (a bounce)."""
        if asked.state is NotificationState.UNDELIVERABLE:
            return True
        contacts = self.hearers.named({asked.contact})
        return not any(asked.channel in self.hearers.channels(one) for one in contacts)

    # --- what was told ---------------------------------------------------------------------

    def of(self, reasons: Iterable[NotifyReason]) -> list[Notification]:
        wanted = frozenset(reasons)
        return [one for one in self.told if one.reason in wanted]

    def has_worse_news(self) -> bool:
        """True when it got worse and the first message does not show it, nor is about to: a
        message is worded when it is sent."""
        if self.incident.worse_count <= self.worse_told():
            return False
        since = self.incident.last_worse_at or self.now
        first = self.carriers(self.of({NotifyReason.FIRST}))
        return not any(
            one.is_waiting or (one.sent_at is not None and one.sent_at >= since) for one in first
        )

    def worse_told(self) -> int:
        return max((one.step for one in self.of({NotifyReason.WORSE})), default=0)

    def reminders(self) -> int:
        return max((one.step for one in self.of({NotifyReason.REMINDER})), default=0)

    def notification(
        self, contact: Contact, kind: ChannelKind, reason: NotifyReason, step: int
    ) -> Notification:
        due = self.now
        if kind is ChannelKind.SMS:
            due = self.quiet_end(contact, self.now) or self.now
        if reason in ENDINGS:
            due = max(due, self.snooze_end() or due)
        return Notification(
            business_id=self.business.business_id,
            incident_id=self.incident.incident_id,
            reason=reason,
            channel=kind,
            contact=contact.name,
            due=due,
            created_at=self.now,
            step=step,
        )
