"""A notification's way: taken, sent, put back ever more slowly, given up, cancelled."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.alert import (
    LEASE,
    MAX_ATTEMPTS,
    ChannelKind,
    Notification,
    NotificationState,
    NotifyReason,
    SendLog,
    cancel,
    claim,
    give_up,
    hash_of,
    mark_sent,
    put_back,
)

NOW = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)
WAITING = Notification(
    business_id="bakery",
    incident_id="spike-000001",
    reason=NotifyReason.FIRST,
    channel=ChannelKind.EMAIL,
    contact="Owner",
    due=NOW,
    created_at=NOW,
)


def test_the_same_telling_has_the_same_id_and_another_has_not() -> None:
    others = [
        replace(WAITING, reason=NotifyReason.WORSE),
        replace(WAITING, channel=ChannelKind.SMS),
        replace(WAITING, contact="Deputy"),
        replace(WAITING, step=1),
        replace(WAITING, incident_id="spike-000002"),
    ]

    assert replace(WAITING, due=NOW + LEASE).notification_id == WAITING.notification_id
    assert len({one.notification_id for one in [WAITING, *others]}) == 6


def test_taking_it_leases_it() -> None:
    taken = claim(WAITING, NOW)

    assert (taken.state, taken.attempts, taken.is_waiting) == (NotificationState.SENDING, 1, True)
    assert taken.lease_until == taken.due == NOW + LEASE


def test_what_was_sent_waits_no_more() -> None:
    sent = mark_sent(replace(claim(WAITING, NOW), trouble="busy"), "id-1", NOW)

    assert (sent.state, sent.is_waiting, sent.provider_id) == (
        NotificationState.SENT,
        False,
        "id-1",
    )
    assert (sent.lease_until, sent.trouble, sent.sent_at) == (None, None, NOW)


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(1, 2), (2, 4), (5, 32), (6, 64), (MAX_ATTEMPTS - 1, 64)]
)
def test_each_try_waits_longer_than_the_one_before(attempts: int, minutes: int) -> None:
    back = put_back(replace(claim(WAITING, NOW), attempts=attempts), "busy", NOW)

    assert (back.state, back.trouble) == (NotificationState.PENDING, "busy")
    assert (back.due, back.lease_until) == (NOW + timedelta(minutes=minutes), None)


def test_after_the_last_try_it_is_given_up() -> None:
    last = replace(claim(WAITING, NOW), attempts=MAX_ATTEMPTS)

    assert put_back(last, "busy", NOW) == give_up(last, "busy")
    assert give_up(last, "busy").state is NotificationState.UNDELIVERABLE
    assert not give_up(last, "busy").is_waiting
    assert not cancel(last).is_waiting


def test_the_log_of_sends_forgets_after_two_days_and_keeps_channels_apart() -> None:
    old, young = NOW - timedelta(days=2), NOW - timedelta(days=2) + timedelta(seconds=1)
    log = SendLog(business_id="bakery", emails=(old, young), sms=(old,))

    after = log.noted(ChannelKind.EMAIL, NOW)

    assert after.of(ChannelKind.EMAIL) == (young, NOW)
    assert after.of(ChannelKind.SMS) == (old,)
    assert after.noted(ChannelKind.SMS, NOW).of(ChannelKind.SMS) == (NOW,)


def test_of_a_token_only_its_hash_is_kept() -> None:
    assert hash_of("token") != hash_of("Token")
    assert (len(hash_of("token")), "token" in hash_of("token")) == (64, False)


def test_what_no_token_can_be_is_hashed_like_any() -> None:
    assert hash_of("\ud800") != hash_of("\udc00")
    assert hash_of("a") == hashlib.sha256(b"a").hexdigest()
