"""Send what waits: claim, render, send, mark, in this order and each step on its own.

A claim is a lease: who dies after it is overtaken when the lease has run out, long after the
provider's own notice would have told that the message went out. What the caps do not allow now is
held, never dropped. One message that cannot be rendered or sent never stops another.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.alert.caps import Bundle, allowance, plan_sending
from chalicelib.alert.policy import is_outdated
from chalicelib.alert.writer import OVERDUE_LOOKED_AT, Brief, Digests, Writer
from chalicelib.domain.address import in_force, is_about_address, is_to_be_told
from chalicelib.domain.alert import (
    MAX_ATTEMPTS,
    ChannelKind,
    Email,
    Notification,
    NotificationState,
    NotifyReason,
    cancel,
    claim,
    give_up,
    mark_sent,
    put_back,
)
from chalicelib.domain.business import Business
from chalicelib.domain.case import is_about_overdue, is_to_be_told_of
from chalicelib.domain.digest import wants_digest
from chalicelib.domain.errors import ChannelError, ConflictError, kind_and_place
from chalicelib.domain.incident import Incident
from chalicelib.domain.request import is_about_request, request_id_of
from chalicelib.domain.session import SIGN_IN_LIVES
from chalicelib.ports import EmailChannel, SmsChannel, Store

AT_ONCE = 100
TRIES = 3
# One SMS segment costs at most this where SNS is told so (contracts C2): the cap is kept safely.
SMS_CENTS = 20
SECONDS_TO_STOP = 10.0
# Why an address is among the dead ones whose reader had enough of alerts (see ContactStore).
UNSUBSCRIBED = "unsubscribed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReport:
    """What became of the messages that were due. `unknown`: the provider's answer was lost;
    `troubles` are those of single businesses, which stopped no other."""

    sent: int = 0
    gathered: int = 0
    held: int = 0
    cancelled: int = 0
    failed: int = 0
    unknown: int = 0
    troubles: tuple[str, ...] = ()

    def plus(self, other: "SendReport") -> "SendReport":
        """Both together."""
        return SendReport(
            sent=self.sent + other.sent,
            gathered=self.gathered + other.gathered,
            held=self.held + other.held,
            cancelled=self.cancelled + other.cancelled,
            failed=self.failed + other.failed,
            unknown=self.unknown + other.unknown,
            troubles=self.troubles + other.troubles,
        )


class Sender:
    """Sends the notifications of all businesses. `brief` puts together what an alert tells one
    contact, `digest` what a digest does."""

    def __init__(
        self,
        *,
        store: Store,
        email: Callable[[], EmailChannel],
        sms: Callable[[], SmsChannel],
        brief: Brief,
        digest: Digests,
        new_token: Callable[[], str],
        page_address: str,
        now: datetime,
    ) -> None:
        self._store = store
        self._email = email
        self._sms = sms
        self._now = now
        self._writer = Writer(
            store=store,
            brief=brief,
            digest=digest,
            new_token=new_token,
            page_address=page_address,
            now=now,
        )

    def send_due(self, seconds_left: Callable[[], float]) -> SendReport:
        """Send what is due and allowed now; stops in time and leaves the rest for the next run."""
        waiting: dict[tuple[str, ChannelKind], list[Notification]] = defaultdict(list)
        for one in self._store.due_notifications(self._now, AT_ONCE):
            waiting[one.business_id, one.channel].append(one)
        report = SendReport()
        for (business_id, channel), notifications in waiting.items():
            if seconds_left() < SECONDS_TO_STOP:
                break
            try:
                report = report.plus(self._send_for(business_id, channel, notifications))
            except Exception as error:  # noqa: BLE001  one business never stops another
                trouble = f"{business_id}: {kind_and_place(error)}"
                report = report.plus(SendReport(troubles=(trouble,)))
        return report

    def _send_for(
        self, business_id: str, channel: ChannelKind, notifications: Sequence[Notification]
    ) -> SendReport:
        applied = self._store.load_business(business_id)
        if applied is None:
            # It was taken out of heedful.toml: at the head of the line they would block others.
            gone = [self._save(cancel(one)) for one in notifications]
            return SendReport(cancelled=len(gone))
        business = in_force(applied, self._store.standins(business_id))
        incidents = {
            incident_id: incident
            for incident_id in {one.incident_id for one in notifications}
            if (incident := self._store.load_incident(business.business_id, incident_id))
        }
        current, apart, cancelled = [], [], 0
        for one in notifications:
            incident = incidents.get(one.incident_id)
            reached = applied if one.reason is NotifyReason.SIGN_IN else business
            if not one.is_alert and self._is_wanted(reached, one):
                apart.append(one)
            elif channel is ChannelKind.SMS and one.state is NotificationState.SENDING:
                # Receipts for SMS take days; the e-mail of the same incident carries the guarantee.
                self._save(give_up(one, "nobody knows whether it was sent"))
                self._look_again(one)
            elif one.state is NotificationState.SENDING and one.attempts >= MAX_ATTEMPTS:
                # Each may have arrived though no notice says so: an inbox must not fill for ever.
                self._save(give_up(one, f"tried {one.attempts} times, never confirmed"))
                self._look_again(one)
            elif incident is None or is_outdated(one, incident, self._now):
                cancelled += self._save(cancel(one)) is not None
            else:
                current.append(one)
        log = self._store.load_sends(business.business_id)
        allowed = allowance(
            channel,
            log.of(channel),
            self._now,
            business.time_zone,
            log.digests if channel is ChannelKind.EMAIL else (),
        )
        plan = plan_sending(current, incidents, allowed)
        held = sum(self._save(replace(one, due=plan.next_at)) is not None for one in plan.held)
        report = SendReport(cancelled=cancelled, held=held)
        for bundle in (*plan.bundles, *(Bundle(notification=one) for one in apart)):
            is_sign_in = bundle.notification.reason is NotifyReason.SIGN_IN
            reached = applied if is_sign_in else business
            report = report.plus(self._send(reached, channel, bundle))
        return report

    def _is_wanted(self, business: Business, notification: Notification) -> bool:
        """A digest while its contact wants one; a mail about an address while it has a reader."""
        if is_about_address(notification.incident_id):
            standins = self._store.standins(business.business_id)
            return any(is_to_be_told(one, notification.incident_id) for one in standins)
        if notification.reason is NotifyReason.SIGN_IN:
            return self._is_asked_for(business, notification)
        if is_about_request(notification.incident_id):
            asked = request_id_of(notification.incident_id)
            request = self._store.load_request(business.business_id, asked)
            return request is not None and request.is_open
        if is_about_overdue(notification.incident_id):
            waiting = self._store.open_cases(business.business_id, OVERDUE_LOOKED_AT)
            return any(is_to_be_told_of(one, notification.contact, self._now) for one in waiting)
        dead = self._store.dead_addresses(business.business_id)
        return any(
            one.name == notification.contact and wants_digest(one, dead)
            for one in business.contacts
        )

    def _is_asked_for(self, business: Business, notification: Notification) -> bool:
        """A link for signing in, while whoever asked still waits. Who ended the alerts may sign
        in; an address that bounces or complained gets nothing."""
        if self._now >= notification.created_at + SIGN_IN_LIVES:
            return False
        dead = self._store.dead_addresses(business.business_id)
        return any(
            one.name == notification.contact
            and one.email
            and dead.get(one.email, UNSUBSCRIBED) == UNSUBSCRIBED
            for one in business.contacts
        )

    def _send(self, business: Business, channel: ChannelKind, bundle: Bundle) -> SendReport:
        others = [
            taken
            for one in bundle.gathered
            if (taken := self._save(claim(one, self._now))) is not None
        ]
        # The notice of this message must find all that it told, should we die before marking them.
        carried = tuple(one.notification_id for one in others)
        claimed = self._save(claim(bundle.notification, self._now, carried))
        if claimed is None:
            for one in others:
                self._save(put_back(one, "the message that was to carry it had gone", self._now))
            return SendReport()
        try:
            about = {one: self._still_so(one) for one in (claimed, *others) if one.is_alert}
        except ConflictError as error:
            for one in (claimed, *others):
                self._save(put_back(one, str(error), self._now))
            return SendReport(failed=1)
        over = [one for one, incident in about.items() if incident is None]
        cancelled = sum(self._save(cancel(one)) is not None for one in over)
        others = [one for one in others if one not in over]
        if claimed in over:
            for one in others:
                self._save(put_back(one, "the message that was to carry it is outdated", self._now))
            return SendReport(cancelled=cancelled)
        try:
            incidents = [incident for incident in about.values() if incident is not None]
            provider_id = self._deliver(business, channel, claimed, incidents)
        except ChannelError as error:
            self._note_failure(business, claimed, error)
            for one in others:
                self._save(put_back(one, "the message that carried it was not taken", self._now))
            return SendReport(failed=1, cancelled=cancelled)
        except Exception:  # noqa: BLE001  one dead channel never stops another
            # A lost answer: it may have been sent. The lease stays until a notice can have come.
            return SendReport(unknown=1, cancelled=cancelled)
        for one in (claimed, *others):
            self._save(mark_sent(one, provider_id, self._now))
        self._note_send(claimed)
        return SendReport(sent=1, gathered=len(others), cancelled=cancelled)

    def _still_so(self, claimed: Notification) -> Incident | None:
        """The incident as it is after the claim, or None when it is no longer to be told so.

        Writing it back, though nothing changed, is what makes an ending wait for us: whoever ends
        it from an older version fails, looks again, finds our claim, and tells this contact too.
        """
        for _ in range(TRIES):
            incident = self._store.load_incident(claimed.business_id, claimed.incident_id)
            if incident is None or is_outdated(claimed, incident, self._now):
                return None
            if not incident.is_open:
                return incident
            try:
                self._store.save_incident(incident, ())
            except ConflictError:
                continue
            return incident
        raise ConflictError("the incident kept changing while it was being told")

    def _deliver(
        self,
        business: Business,
        channel: ChannelKind,
        notification: Notification,
        about: Sequence[Incident],
    ) -> str:
        contact = next((one for one in business.contacts if one.name == notification.contact), None)
        if contact is None:
            raise ChannelError("the contact is no longer in heedful.toml", retryable=False)
        if not (contact.email if channel is ChannelKind.EMAIL else contact.phone):
            raise ChannelError(f"the contact has no {channel} address any more", retryable=False)
        try:
            message = self._writer.write(business, notification, contact, about)
        except Exception as error:
            raise ChannelError(
                f"it cannot be worded: {type(error).__name__}", retryable=True
            ) from error
        if isinstance(message, Email):
            return self._email().send(message)
        self._pay_for_sms(business, notification)
        return self._sms().send(message)

    def _pay_for_sms(self, business: Business, notification: Notification) -> None:
        month = f"sms-cents.{self._now:%Y-%m}"
        cap = round(business.sms.monthly_cap_usd * 100)
        # By its name: a message that is tried again, also after a crash, is paid for once.
        if not self._store.take_from_budget(
            business.business_id, month, SMS_CENTS, cap, paid_for=notification.notification_id
        ):
            raise ChannelError("this month's cap for SMS is used up", retryable=False)

    def _note_failure(
        self, business: Business, notification: Notification, error: ChannelError
    ) -> None:
        contact = next((one for one in business.contacts if one.name == notification.contact), None)
        is_own = not is_about_address(notification.incident_id)
        if error.is_permanent and contact is not None and is_own:
            is_email = notification.channel is ChannelKind.EMAIL
            address = contact.email if is_email else contact.phone
            if address:
                self._store.mark_dead(business.business_id, address, "refused", self._now)
        if error.retryable and not error.is_permanent:
            after = put_back(notification, str(error), self._now)
        else:
            after = give_up(notification, str(error))
        self._save(after)
        if not after.is_waiting:
            self._look_again(notification)

    def _look_again(self, notification: Notification) -> None:
        """Nobody was reached this way: the policy shall look for another way at once."""
        incident = self._store.load_incident(notification.business_id, notification.incident_id)
        if incident is not None and incident.is_open:
            try:
                self._store.save_incident(replace(incident, due=self._now), ())
            except ConflictError:
                # Whoever changed it has looked at it just now.
                return

    def _save(self, notification: Notification) -> Notification | None:
        """None when another sender or a delivery notice was faster."""
        try:
            return self._store.save_notification(notification)
        except ConflictError:
            return None

    def _note_send(self, sent: Notification) -> None:
        if sent.reason in (NotifyReason.SIGN_IN, NotifyReason.OVERDUE):
            # They have caps of their own: strangers who ask for links must silence no alert, nor
            # may a reminder of what an alert told already.
            return
        for _ in range(TRIES):
            log = self._store.load_sends(sent.business_id)
            try:
                log = log.noted(sent.channel, self._now, is_digest=not sent.is_alert)
                self._store.save_sends(log)
            except ConflictError:
                continue
            return
