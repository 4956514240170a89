"""The caps: how much may be sent, what is gathered, and that nothing is dropped."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.alert.caps import Allowance, allowance, plan_sending
from chalicelib.domain.alert import ChannelKind, Notification, NotificationState, NotifyReason
from chalicelib.domain.incident import Incident
from tests.alert.samples import NOW, a_critical_incident, a_notification, an_incident

EMAIL, SMS = ChannelKind.EMAIL, ChannelKind.SMS
MINUTE = timedelta(minutes=1)


def a_waiting(number: int, contact: str = "Anna", **changes: object) -> Notification:
    """One of many waiting e-mails; the number orders them by age."""
    return a_notification(
        incident_id=f"spike-{number:06d}",
        contact=contact,
        state=NotificationState.PENDING,
        created_at=NOW + number * MINUTE,
        **changes,
    )


def allowed(left: int) -> Allowance:
    """So many now, the rest in an hour."""
    return Allowance(left=left, next_at=NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    ("channel", "sent", "left"),
    [(EMAIL, 0, 3), (EMAIL, 2, 1), (EMAIL, 3, 0), (SMS, 0, 1), (SMS, 1, 0)],
)
def test_an_hour_allows_three_emails_and_one_sms(
    channel: ChannelKind, sent: int, left: int
) -> None:
    times = [NOW - n * MINUTE for n in range(sent)]

    assert allowance(channel, times, NOW, "Europe/Berlin").left == left


def test_the_hour_slides_so_that_no_sixty_minutes_hold_more() -> None:
    times = [NOW - 50 * MINUTE, NOW - 30 * MINUTE, NOW - 10 * MINUTE]

    found = allowance(EMAIL, times, NOW, "Europe/Berlin")

    assert found == Allowance(left=0, next_at=NOW + 10 * MINUTE)


def test_what_was_sent_exactly_an_hour_ago_counts_no_more() -> None:
    assert allowance(SMS, [NOW - 60 * MINUTE], NOW, "Europe/Berlin").left == 1


@pytest.mark.parametrize(("channel", "cap"), [(EMAIL, 10), (SMS, 3)])
def test_a_local_day_allows_ten_emails_and_three_sms(channel: ChannelKind, cap: int) -> None:
    times = [NOW - timedelta(hours=2) - n * MINUTE for n in range(cap)]

    found = allowance(channel, times, NOW, "Europe/Berlin")

    # Midnight in Berlin.
    assert found == Allowance(left=0, next_at=datetime(2026, 11, 10, 23, tzinfo=UTC))


def test_yesterday_on_the_owners_wall_does_not_count_today() -> None:
    # 00:30 in Berlin is still the day before in UTC.
    now = datetime(2026, 11, 10, 23, 30, tzinfo=UTC)
    times = [now - timedelta(hours=2) - n * MINUTE for n in range(10)]

    assert allowance(EMAIL, times, now, "Europe/Berlin").left == 3


def test_what_fits_goes_out_one_by_one() -> None:
    plan = plan_sending([a_waiting(2), a_waiting(1)], {}, allowed(3))

    assert [bundle.notification.incident_id for bundle in plan.bundles] == [
        "spike-000001",
        "spike-000002",
    ]
    assert all(bundle.gathered == () for bundle in plan.bundles)
    assert plan.held == ()


def test_the_last_allowed_message_carries_the_rest() -> None:
    plan = plan_sending([a_waiting(n) for n in range(5)], {}, allowed(2))

    assert [len(bundle.gathered) for bundle in plan.bundles] == [0, 3]


def test_the_critical_goes_first_and_reminders_go_last() -> None:
    critical = a_critical_incident()
    waiting = [
        a_waiting(1, reason=NotifyReason.REMINDER),
        a_waiting(2),
        a_notification(incident_id=critical.incident_id, created_at=NOW + 9 * MINUTE),
    ]
    incidents: dict[str, Incident] = {critical.incident_id: critical}

    plan = plan_sending(waiting, incidents, allowed(3))

    assert [bundle.notification.incident_id for bundle in plan.bundles] == [
        critical.incident_id,
        "spike-000002",
        "spike-000001",
    ]


def test_nobody_gets_a_second_message_before_everybody_has_a_first() -> None:
    waiting = [a_waiting(1), a_waiting(2), a_waiting(3, "Ben")]

    plan = plan_sending(waiting, {}, allowed(2))

    assert {bundle.notification.contact for bundle in plan.bundles} == {"Anna", "Ben"}
    assert plan.held == ()


def test_who_has_no_message_now_is_held_until_the_next_hour() -> None:
    waiting = [a_waiting(1), a_waiting(2, "Ben")]

    plan = plan_sending(waiting, {}, allowed(1))

    assert [one.contact for one in plan.held] == ["Ben"]
    assert plan.next_at == NOW + timedelta(hours=1)


@given(
    contacts=st.lists(st.sampled_from(["Anna", "Ben", "Cem"]), max_size=30),
    left=st.integers(min_value=-1, max_value=4),
)
def test_whatever_waits_is_sent_gathered_or_held_exactly_once(
    contacts: list[str], left: int
) -> None:
    waiting = [a_waiting(number, contact) for number, contact in enumerate(contacts)]
    incidents = {one.incident_id: an_incident() for one in waiting}

    plan = plan_sending(waiting, incidents, allowed(left))

    carried = [one for bundle in plan.bundles for one in (bundle.notification, *bundle.gathered)]
    assert sorted(one.notification_id for one in (*carried, *plan.held)) == sorted(
        one.notification_id for one in waiting
    )
    assert len(plan.bundles) <= max(left, 0)
    for bundle in plan.bundles:
        assert {one.contact for one in bundle.gathered} <= {bundle.notification.contact}


def test_the_tenth_of_a_day_may_still_go() -> None:
    times = [NOW - timedelta(hours=2) - n * MINUTE for n in range(9)]

    assert allowance(EMAIL, times, NOW, "Europe/Berlin") == Allowance(
        left=1, next_at=NOW + timedelta(hours=1)
    )


@pytest.mark.parametrize(("digests", "left"), [(0, 3), (3, 2), (5, 0), (9, 0)])
def test_digests_take_their_place_in_the_day_but_never_more_than_half_of_it(
    digests: int, left: int
) -> None:
    alerts = [NOW - timedelta(hours=2) - n * MINUTE for n in range(5)]
    morning = [NOW - timedelta(hours=5) - n * MINUTE for n in range(digests)]

    assert allowance(EMAIL, alerts, NOW, "Europe/Berlin", morning).left == left
    assert allowance(EMAIL, [], NOW, "Europe/Berlin", morning).left == 3


def test_yesterdays_digests_take_nothing_from_today() -> None:
    alerts = [NOW - timedelta(hours=2) - n * MINUTE for n in range(5)]
    yesterday = [NOW - timedelta(hours=20) - n * MINUTE for n in range(5)]

    assert allowance(EMAIL, alerts, NOW, "Europe/Berlin", yesterday).left == 3
