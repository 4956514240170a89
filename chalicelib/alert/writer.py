"""From a notification to the message: worded when it is sent, with links that open its pages."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from chalicelib.alert.address_message import render_address_mail
from chalicelib.alert.case_message import CASES_SHOWN, render_overdue_mail
from chalicelib.alert.digest_message import INCIDENTS_SHOWN, render_digest
from chalicelib.alert.message import render_email
from chalicelib.alert.request_message import render_request_mail
from chalicelib.alert.sign_in_message import render_sign_in_mail
from chalicelib.alert.text_message import render_sms
from chalicelib.domain.address import is_about_address
from chalicelib.domain.alert import (
    ChannelKind,
    Email,
    Notification,
    NotifyReason,
    PageLink,
    Sms,
    hash_of,
)
from chalicelib.domain.briefing import Briefing
from chalicelib.domain.business import Business, Contact
from chalicelib.domain.case import is_about_overdue, is_to_be_told_of
from chalicelib.domain.digest import Digest
from chalicelib.domain.forgetting import as_kept, has_person
from chalicelib.domain.incident import Incident
from chalicelib.domain.request import is_about_request, request_id_of
from chalicelib.domain.session import SIGN_IN_LIVES
from chalicelib.ports import Store

LINK_LIVES = timedelta(days=30)
# Those that are due stand first in the list; a hundred wait nowhere.
OVERDUE_LOOKED_AT = 100

Brief = Callable[[Business, Incident, Sequence[Incident], Contact], Briefing]
Digests = Callable[[Business, Notification, Contact], Digest]


class Writer:
    """Writes messages. `brief` puts together what an alert tells one contact, `digest` what a
    digest does; `page_address` is where the pages are, without a final slash."""

    def __init__(
        self,
        *,
        store: Store,
        brief: Brief,
        digest: Digests,
        new_token: Callable[[], str],
        page_address: str,
        now: datetime,
    ) -> None:
        self._store = store
        self._brief = brief
        self._digest = digest
        self._new_token = new_token
        self._page_address = page_address
        self._now = now

    def write(
        self,
        business: Business,
        notification: Notification,
        contact: Contact,
        about: Sequence[Incident],
    ) -> Email | Sms:
        """The message to one contact; an alert is `about` the first incident and carries the rest.

        Raises ValueError when there is nobody to write to.
        """
        if notification.is_alert:
            briefing = self._brief(business, about[0], about[1:], contact)
            return self._render(notification, contact, briefing)
        if is_about_address(notification.incident_id):
            return self._about_address(business, notification, contact)
        if notification.reason is NotifyReason.SIGN_IN:
            return self._sign_in(business, notification, contact)
        if is_about_request(notification.incident_id):
            return self._about_request(business, notification, contact)
        if is_about_overdue(notification.incident_id):
            return self._about_overdue(business, notification, contact)
        digest = self._digest(business, notification, contact)
        shown = digest.still_open[:INCIDENTS_SHOWN]
        return render_digest(
            digest,
            contact=contact,
            links={
                one.incident_id: f"{self._page_address}/i/{self._link(notification, one)}"
                for one in shown
            },
            unsubscribe_link=f"{self._page_address}/u/{self._link(notification)}",
            tag=notification.tag,
        )

    def _about_address(
        self, business: Business, notification: Notification, contact: Contact
    ) -> Email:
        standins = self._store.standins(business.business_id)
        return render_address_mail(
            next(one for one in standins if one.contact == contact.name),
            business=business,
            contact=contact,
            reason=notification.reason,
            link=f"{self._page_address}/u/{self._link(notification)}",
            tag=notification.tag,
        )

    def _about_request(
        self, business: Business, notification: Notification, contact: Contact
    ) -> Email:
        request_id = request_id_of(notification.incident_id)
        request = self._store.load_request(business.business_id, request_id)
        if request is None:
            raise ValueError("there is no such request any more")
        return render_request_mail(
            request,
            business=business,
            contact=contact,
            link=f"{self._page_address}/o/privacy/{request_id}",
            tag=notification.tag,
            now=self._now,
        )

    def _about_overdue(
        self, business: Business, notification: Notification, contact: Contact
    ) -> Email:
        business_id = business.business_id
        listed = self._store.open_cases(business_id, OVERDUE_LOOKED_AT)
        late = [one for one in listed if is_to_be_told_of(one, contact.name, self._now)]
        newest = [one.feedback_ids[-1] for one in late[:CASES_SHOWN] if one.feedback_ids]
        found = self._store.find(business_id, newest)
        kept = (as_kept(one, self._now) for one in found.values())
        return render_overdue_mail(
            late,
            said={one.feedback.feedback_id: one for one in kept if has_person(one)},
            business=business,
            contact=contact,
            link=f"{self._page_address}/o/cases",
            tag=notification.tag,
        )

    def _sign_in(self, business: Business, notification: Notification, contact: Contact) -> Email:
        return render_sign_in_mail(
            business,
            contact,
            until=self._now + SIGN_IN_LIVES,
            link=f"{self._page_address}/s/{self._link(notification, lives=SIGN_IN_LIVES)}",
            tag=notification.tag,
        )

    def _render(
        self, notification: Notification, contact: Contact, briefing: Briefing
    ) -> Email | Sms:
        token = self._link(notification)
        link = f"{self._page_address}/i/{token}"
        tag = notification.tag
        if notification.channel is ChannelKind.SMS:
            return render_sms(
                briefing, contact=contact, reason=notification.reason, link=link, tag=tag
            )
        return render_email(
            briefing,
            contact=contact,
            reason=notification.reason,
            link=link,
            unsubscribe_link=f"{self._page_address}/u/{token}",
            tag=tag,
            now=self._now,
        )

    def _link(
        self,
        notification: Notification,
        incident: Incident | None = None,
        *,
        lives: timedelta = LINK_LIVES,
    ) -> str:
        """A fresh link to the incident, or to what the notification is about; only the hash of
        its token is kept."""
        token = self._new_token()
        self._store.save_link(
            PageLink(
                token_hash=hash_of(token),
                business_id=notification.business_id,
                incident_id=incident.incident_id if incident else notification.incident_id,
                contact=notification.contact,
                channel=notification.channel,
                expires_at=self._now + lives,
            )
        )
        return token
