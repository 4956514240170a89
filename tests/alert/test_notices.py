"""Delivery notices of the mail service: which mail, and which address is dead."""

import json

import pytest

from chalicelib.alert.notices import DeliveryNotice, read_notice
from chalicelib.alert.ses import tag_of
from chalicelib.domain.errors import FeedbackRefused

TAG = "linden/spike-000012.first.0.email.Zoë K."
ADDRESS = "anna@bakery.example"


def a_notice(kind: str, *, key: str = "eventType", **more: object) -> str:
    """A notice as SES writes it."""
    mail = {"messageId": "provider-1", "tags": {"notification": [tag_of(TAG)]}}
    return json.dumps({key: kind, "mail": mail, **more})


@pytest.mark.parametrize("kind", ["Send", "Delivery"])
def test_a_mail_that_left_is_named_with_its_notification(kind: str) -> None:
    assert read_notice(a_notice(kind)) == DeliveryNotice(
        kind=kind, tag=TAG, provider_id="provider-1", was_sent=True
    )


@pytest.mark.parametrize(
    ("bounce_type", "dead"),
    [("Permanent", (ADDRESS,)), ("Transient", ()), ("Undetermined", ())],
)
def test_only_a_permanent_bounce_kills_an_address(bounce_type: str, dead: tuple[str, ...]) -> None:
    bounce = {"bounceType": bounce_type, "bouncedRecipients": [{"emailAddress": ADDRESS}]}

    notice = read_notice(a_notice("Bounce", bounce=bounce))

    assert notice.dead_addresses == dead
    assert notice.was_sent is False
    assert notice.reason == ("bounced" if dead else "")


@pytest.mark.parametrize("key", ["eventType", "notificationType"])
def test_a_complaint_kills_all_addresses_it_names(key: str) -> None:
    complaint = {"complainedRecipients": [{"emailAddress": ADDRESS}, {"emailAddress": "b@c.d"}]}

    notice = read_notice(a_notice("Complaint", key=key, complaint=complaint))

    assert notice.dead_addresses == (ADDRESS, "b@c.d")
    assert notice.reason == "complained"


@pytest.mark.parametrize("message", ["", "no json", "[]", "3", "null", "[" * 100_000])
def test_what_is_no_notice_is_refused(message: str) -> None:
    with pytest.raises(FeedbackRefused):
        read_notice(message)


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"eventType": None, "mail": None},
        {"eventType": "Bounce"},
        {"eventType": "Bounce", "bounce": []},
        {"eventType": "Bounce", "bounce": {"bounceType": "Permanent"}},
        {
            "eventType": "Bounce",
            "bounce": {"bounceType": "Permanent", "bouncedRecipients": [None, 3, {}]},
        },
        {"eventType": "Complaint", "complaint": {"complainedRecipients": "x"}},
        {"eventType": "Send", "mail": {"tags": {"notification": []}}},
        {"eventType": "Send", "mail": {"tags": []}},
    ],
)
def test_a_notice_with_holes_kills_nobody(message: dict[str, object]) -> None:
    notice = read_notice(json.dumps(message))

    assert notice.dead_addresses == ()
    assert notice.tag == ""
