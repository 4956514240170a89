"""What the mail service says became of a mail: it was sent, or its address is dead."""

import contextlib
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.alert.notices import DeliveryNotice, read_notice
from chalicelib.alert.ses import notification_of, tag_of
from chalicelib.domain.alert import Notification, mark_sent
from chalicelib.domain.errors import ConflictError, FeedbackRefused
from chalicelib.flow.troubles import TRIES
from chalicelib.ports import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """What a notice of the mail service changed."""

    kind: str
    marked: bool = False
    died: int = 0


def note_delivery(services: Services, message: str, now: datetime) -> DeliveryReport:
    """Take in a notice: mark what was sent (also what nobody could mark before dying), and use
    an address no more that bounced for good or complained."""
    try:
        notice = read_notice(message)
    except FeedbackRefused:
        # SES greets a new topic with a plain sentence; no second try would make a notice of it.
        return DeliveryReport(kind="no notice")
    marked = False
    if notice.tag and notice.was_sent:
        marked = _mark_sent_by_tag(services, notice, now)
    business_id, _, notification_id = notice.tag.partition("/")
    for address in notice.dead_addresses if business_id else ():
        services.store.mark_dead(business_id, address, notice.reason, now)
    if business_id and notice.dead_addresses:
        _look_again(services, business_id, notification_id.partition(".")[0], now)
    return DeliveryReport(kind=notice.kind, marked=marked, died=len(notice.dead_addresses))


def _look_again(services: Services, business_id: str, incident_id: str, now: datetime) -> None:
    """Nobody read it: the watch shall ask the next contact now and not in hours."""
    for _ in range(TRIES):
        incident = services.store.load_incident(business_id, incident_id)
        if incident is None or not incident.is_open:
            return
        with contextlib.suppress(ConflictError):
            services.store.save_incident(replace(incident, due=now), ())
            return


def _mark_sent_by_tag(services: Services, notice: DeliveryNotice, now: datetime) -> bool:
    business_id, _, notification_id = notice.tag.partition("/")
    found = _find_notification(services, business_id, notification_id)
    if found is None:
        whole = _uncut(services, business_id, notification_id)
        found = _find_notification(services, business_id, whole) if whole else None
    told = (*found.carried, found.notification_id) if found else ()
    marked = [_mark_sent(services, business_id, one, notice.provider_id, now) for one in told]
    return any(marked)


def _uncut(services: Services, business_id: str, cut: str) -> str | None:
    """The id of which a tag held only the beginning: a Cyrillic letter of a contact's name takes
    six of its signs. None when it begins no contact's, or those of several."""
    business = services.store.load_business(business_id)
    about, name = cut.split(".", 4)[:4], cut.split(".", 4)[4:]
    if business is None or not name:
        return None
    whole = [".".join((*about, one.name)) for one in business.contacts]
    tag = f"{business_id}/{cut}"
    fitting = [one for one in whole if notification_of(tag_of(f"{business_id}/{one}")) == tag]
    return fitting[0] if len(fitting) == 1 else None


def _mark_sent(
    services: Services, business_id: str, notification_id: str, provider_id: str, now: datetime
) -> bool:
    for _ in range(TRIES):
        found = _find_notification(services, business_id, notification_id)
        if found is None or not found.is_waiting:
            return False
        with contextlib.suppress(ConflictError):
            services.store.save_notification(mark_sent(found, provider_id, now))
            return True
    return False


def _find_notification(
    services: Services, business_id: str, notification_id: str
) -> Notification | None:
    incident_id = notification_id.partition(".")[0]
    return services.store.find_notification(business_id, incident_id, notification_id)
