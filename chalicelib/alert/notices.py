"""What SES says became of an e-mail (contracts C1): the notices of its configuration set."""

import json
from dataclasses import dataclass
from typing import Any

from chalicelib.alert.ses import notification_of
from chalicelib.domain.errors import FeedbackRefused

SENT = frozenset({"Send", "Delivery"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryNotice:
    """One notice. `tag` is `business/notification`; `dead_addresses` must not be used again, for
    `reason` (`bounced`, `complained`)."""

    kind: str
    tag: str = ""
    provider_id: str = ""
    was_sent: bool = False
    dead_addresses: tuple[str, ...] = ()
    reason: str = ""


def read_notice(message: str) -> DeliveryNotice:
    """The notice in an SNS message. Raises FeedbackRefused when it is none.

    The kind stands in `eventType` or, where an identity's own feedback is used, in
    `notificationType`. Only a permanent bounce kills an address, and the one that is dead is the
    one we wrote to: the report may name another, to which that one forwards.
    """
    try:
        notice = json.loads(message)
    except (ValueError, RecursionError):
        raise FeedbackRefused("the notice is not JSON", field="message") from None
    if not isinstance(notice, dict):
        raise FeedbackRefused("the notice is no object", field="message")
    kind = str(notice.get("eventType") or notice.get("notificationType") or "")
    mail = _object(notice.get("mail"))
    tags = _object(mail.get("tags")).get("notification")
    tag = str(tags[0]) if isinstance(tags, list) and tags else ""
    dead: list[str] = []
    reason = ""
    if kind == "Bounce" and _object(notice.get("bounce")).get("bounceType") == "Permanent":
        dead, reason = _addresses(notice["bounce"].get("bouncedRecipients")), "bounced"
    if kind == "Complaint":
        complaint = _object(notice.get("complaint"))
        dead, reason = _addresses(complaint.get("complainedRecipients")), "complained"
    written_to = mail.get("destination")
    if dead and isinstance(written_to, list):
        dead = [one for one in written_to if isinstance(one, str)] or dead
    return DeliveryNotice(
        kind=kind,
        tag=notification_of(tag),
        provider_id=str(mail.get("messageId", "")),
        was_sent=kind in SENT,
        dead_addresses=tuple(dead),
        reason=reason,
    )


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _addresses(recipients: Any) -> list[str]:
    if not isinstance(recipients, list):
        return []
    found = (_object(one).get("emailAddress") for one in recipients)
    return [address for address in found if isinstance(address, str)]
