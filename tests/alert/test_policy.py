"""The rules of the alert policy one by one: whether, why, to whom, when next."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from chalicelib.alert.policy import is_outdated, next_notifications, outlook
from chalicelib.domain.alert import (
    ChannelKind,
    Notification,
    NotificationState,
    NotifyReason,
    give_up,
    mark_sent,
)
from chalicelib.domain.business import Business, Contact, QuietHours, SmsSettings
from chalicelib.domain.errors import TransitionError
from chalicelib.domain.incident import (
    Ending,
    Incident,
    IncidentKind,
    acknowledge,
    resolve,
    snooze,
)
from chalicelib.domain.sentiment import CriticalKind
from tests.alert.samples import (
    ANNA,
    BEN,
    NOW,
    a_business,
    a_critical_incident,
    a_notification,
    an_incident,
    got_worse,
)

EMAIL, SMS = ChannelKind.EMAIL, ChannelKind.SMS
HOUR = timedelta(hours=1)
NIGHT = datetime(2026, 11, 10, 23, 30, tzinfo=UTC)
MORNING = datetime(2026, 11, 11, 6, 0, tzinfo=UTC)  # 07:00 in Berlin
SLEEPER = replace(ANNA, quiet_hours=QuietHours(start=time(22), end=time(7)))


def decide(
    incident: Incident,
    told: list[Notification],
    now: datetime = NOW,
    business: Business | None = None,
    dead: dict[str, str] | None = None,
) -> tuple[NotifyReason, list[tuple[ChannelKind, str]], datetime | None]:
    """The reason, the (channel, contact) pairs and the next look."""
    decision = next_notifications(incident, business or a_business(), told, dead or {}, now)
    pairs = [(one.channel, one.contact) for one in decision.notifications]
    return decision.reason, pairs, decision.incident.due


def told_first(now: datetime = NOW, business: Business | None = None) -> list[Notification]:
    """What the first decision writes, sent at once."""
    decision = next_notifications(an_incident(), business or a_business(), [], {}, now)
    return [mark_sent(one, "id", now) for one in decision.notifications]


def test_an_opened_incident_is_told_to_the_first_contact_by_email_and_sms() -> None:
    reason, pairs, due = decide(an_incident(), [])

    assert reason is NotifyReason.FIRST
    assert pairs == [(EMAIL, "Anna"), (SMS, "Anna")]
    assert due == NOW + 4 * HOUR


def test_without_an_sms_cap_there_is_only_the_email() -> None:
    reason, pairs, _ = decide(an_incident(), [], business=a_business(sms=SmsSettings()))

    assert (reason, pairs) == (NotifyReason.FIRST, [(EMAIL, "Anna")])


def test_asking_twice_adds_nothing() -> None:
    decision = next_notifications(an_incident(), a_business(), [], {}, NOW)

    again = next_notifications(
        decision.incident, a_business(), decision.notifications, {}, NOW + timedelta(minutes=1)
    )

    assert again.reason is NotifyReason.NONE
    assert again.notifications == ()
    assert again.incident == decision.incident


def test_asking_twice_at_the_same_moment_names_the_same_notifications() -> None:
    one = next_notifications(an_incident(), a_business(), [], {}, NOW)
    other = next_notifications(an_incident(), a_business(), [], {}, NOW)

    assert one == other


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (4 * HOUR - timedelta(seconds=1), NotifyReason.NONE),
        (4 * HOUR, NotifyReason.ESCALATION),
    ],
)
def test_the_next_contact_is_asked_when_nobody_acknowledged_in_time(
    after: timedelta, reason: NotifyReason
) -> None:
    decision = next_notifications(an_incident(), a_business(), told_first(), {}, NOW + after)

    assert decision.reason is reason
    if reason is NotifyReason.ESCALATION:
        assert [(one.channel, one.contact) for one in decision.notifications] == [(EMAIL, "Ben")]
        assert decision.incident.escalation_step == 1


def test_the_last_contact_is_followed_by_nobody_and_reminders_go_to_all_who_were_asked() -> None:
    told = told_first()
    escalated = next_notifications(an_incident(), a_business(), told, {}, NOW + 4 * HOUR)
    told += [mark_sent(one, "id", NOW + 4 * HOUR) for one in escalated.notifications]

    before = decide(an_incident(), told, NOW + 28 * HOUR - timedelta(seconds=1))
    after = decide(an_incident(), told, NOW + 28 * HOUR)

    assert before[0] is NotifyReason.NONE
    assert before[2] == NOW + 28 * HOUR
    assert after[:2] == (NotifyReason.REMINDER, [(EMAIL, "Anna"), (EMAIL, "Ben")])


def test_an_undeliverable_email_escalates_at_once_although_the_sms_was_taken() -> None:
    told = [give_up(one, "bounced") if one.channel is EMAIL else one for one in told_first()]

    reason, pairs, _ = decide(
        an_incident(), told, NOW + timedelta(minutes=1), dead={"anna@bakery.example": "bounced"}
    )

    assert (reason, pairs) == (NotifyReason.ESCALATION, [(EMAIL, "Ben")])


def test_an_email_that_bounced_after_it_was_taken_escalates_at_once() -> None:
    dead = {"anna@bakery.example": "bounced"}

    reason, pairs, _ = decide(an_incident(), told_first(), NOW + timedelta(minutes=1), dead=dead)

    assert (reason, pairs) == (NotifyReason.ESCALATION, [(EMAIL, "Ben")])


def test_a_contact_who_is_no_longer_configured_is_passed_over_at_once() -> None:
    business = a_business(contacts=(BEN,))

    reason, pairs, _ = decide(
        an_incident(), told_first(), NOW + timedelta(minutes=1), business=business
    )

    assert (reason, pairs) == (NotifyReason.ESCALATION, [(EMAIL, "Ben")])


def test_a_dead_first_address_means_the_next_live_contact_is_told_first() -> None:
    dead = {"anna@bakery.example": "bounced", "+4915550100001": "opted_out"}

    reason, pairs, _ = decide(an_incident(), [], dead=dead)

    assert (reason, pairs) == (NotifyReason.FIRST, [(EMAIL, "Ben")])


def test_a_dead_email_leaves_the_sms_of_the_same_contact() -> None:
    _, pairs, _ = decide(an_incident(), [], dead={"anna@bakery.example": "bounced"})

    assert pairs == [(SMS, "Anna")]


def test_with_no_live_address_at_all_the_incident_is_visibly_undeliverable() -> None:
    dead = {"anna@bakery.example": "x", "+4915550100001": "x", "ben@bakery.example": "x"}

    decision = next_notifications(an_incident(), a_business(), [], dead, NOW)

    assert decision.reason is NotifyReason.FIRST
    assert [one.state for one in decision.notifications] == [NotificationState.UNDELIVERABLE]
    assert decision.incident.due == NOW + 24 * HOUR


def test_a_reminder_that_nobody_can_hear_is_tried_again_tomorrow_and_not_every_minute() -> None:
    dead = {"anna@bakery.example": "x", "+4915550100001": "x", "ben@bakery.example": "x"}
    first = next_notifications(an_incident(), a_business(), [], dead, NOW)
    later = NOW + 25 * HOUR

    again = next_notifications(first.incident, a_business(), first.notifications, dead, later)

    assert again.reason is NotifyReason.NONE
    assert again.incident.due == later + 24 * HOUR


def test_a_business_without_contacts_is_told_nothing_and_breaks_nothing() -> None:
    assert decide(an_incident(), [], business=a_business(contacts=())) == (
        NotifyReason.NONE,
        [],
        None,
    )


def test_worse_is_told_over_both_channels_to_who_was_asked() -> None:
    worse = got_worse(an_incident(), NOW + HOUR)

    reason, pairs, _ = decide(worse, told_first(), NOW + HOUR)

    assert (reason, pairs) == (NotifyReason.WORSE, [(EMAIL, "Anna"), (SMS, "Anna")])


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (23 * HOUR, NotifyReason.NONE),
        (24 * HOUR - timedelta(seconds=1), NotifyReason.NONE),
        (24 * HOUR, NotifyReason.WORSE),
    ],
)
def test_worse_comes_at_most_once_a_day(after: timedelta, reason: NotifyReason) -> None:
    business = a_business(contacts=(ANNA,))
    told = told_first()
    worse = got_worse(an_incident(), NOW + HOUR)
    first_worse = next_notifications(worse, business, told, {}, NOW + HOUR)
    told += [mark_sent(one, "id", NOW + HOUR) for one in first_worse.notifications]
    worst = got_worse(worse, NOW + 2 * HOUR)

    found, _, due = decide(worst, told, NOW + HOUR + after, business=business)

    assert found is reason
    assert due == NOW + HOUR + 24 * HOUR if reason is NotifyReason.NONE else due is not None


def test_worse_is_not_told_when_the_first_message_went_out_after_it_and_shows_it() -> None:
    worse = got_worse(an_incident(), NOW)
    told = [mark_sent(one, "id", NOW + HOUR) for one in told_first()]

    reason, _, _ = decide(worse, told, NOW + 2 * HOUR)

    assert reason is NotifyReason.NONE


def test_worse_waits_while_the_first_email_is_still_to_be_sent() -> None:
    first = next_notifications(an_incident(), a_business(), [], {}, NOW)

    reason, _, _ = decide(
        got_worse(first.incident, NOW + HOUR), list(first.notifications), NOW + HOUR
    )

    assert reason is NotifyReason.NONE


def test_acknowledged_means_silence_whatever_time_passes_and_however_bad_it_gets() -> None:
    taken = acknowledge(an_incident(), "Anna", NOW + HOUR)

    for hours in (5, 30, 100):
        worse = got_worse(taken, NOW + hours * HOUR)
        assert decide(worse, told_first(), NOW + hours * HOUR) == (NotifyReason.NONE, [], None)


def test_who_acknowledged_hears_that_it_is_over() -> None:
    taken = acknowledge(an_incident(), "Anna", NOW + HOUR)
    over = resolve(taken, Ending.BACK_TO_USUAL, NOW + 9 * HOUR)

    reason, pairs, due = decide(over, told_first(), NOW + 9 * HOUR)

    assert (reason, pairs, due) == (NotifyReason.RESOLVED, [(EMAIL, "Anna")], None)


def test_who_closed_it_is_not_told_that_it_is_closed() -> None:
    told = [*told_first(), a_notification(reason=NotifyReason.ESCALATION, contact="Ben", step=1)]
    over = resolve(an_incident(), "Anna", NOW + HOUR)

    reason, pairs, _ = decide(over, told, NOW + HOUR)

    assert (reason, pairs) == (NotifyReason.RESOLVED, [(EMAIL, "Ben")])


def test_a_snoozed_incident_that_gets_worse_is_looked_at_when_the_snooze_ends_not_before() -> None:
    until = NOW + 30 * HOUR
    worse = got_worse(snooze(an_incident(), until), NOW + HOUR)

    assert decide(worse, told_first(), NOW + 2 * HOUR) == (NotifyReason.NONE, [], until)


def test_whose_message_is_under_way_hears_the_end_too_and_whose_still_waits_does_not() -> None:
    under_way = a_notification(state=NotificationState.SENDING, sent_at=None)
    waiting = a_notification(contact="Ben", state=NotificationState.PENDING, sent_at=None)
    over = resolve(an_incident(), Ending.BACK_TO_USUAL, NOW + HOUR)

    reason, pairs, _ = decide(over, [under_way, waiting], NOW + HOUR)

    assert (reason, pairs) == (NotifyReason.RESOLVED, [(EMAIL, "Anna")])


def test_edited_reviews_that_undo_it_are_told_as_a_correction() -> None:
    over = resolve(an_incident(), Ending.CORRECTED, NOW + HOUR)

    reason, pairs, _ = decide(over, told_first(), NOW + HOUR)

    assert (reason, pairs) == (NotifyReason.CORRECTED, [(EMAIL, "Anna")])


def test_the_end_is_told_once() -> None:
    over = resolve(an_incident(), Ending.BACK_TO_USUAL, NOW + HOUR)
    told = told_first()
    first = next_notifications(over, a_business(), told, {}, NOW + HOUR)

    again = next_notifications(
        over, a_business(), [*told, *first.notifications], {}, NOW + 48 * HOUR
    )

    assert len(first.notifications) == 1
    assert again.reason is NotifyReason.NONE


def test_the_end_of_a_snoozed_incident_is_told_when_the_snooze_ends() -> None:
    quiet = snooze(an_incident(), NOW + 8 * HOUR)
    over = resolve(quiet, Ending.BACK_TO_USUAL, NOW + HOUR)

    decision = next_notifications(over, a_business(), told_first(), {}, NOW + HOUR)

    assert [one.due for one in decision.notifications] == [NOW + 8 * HOUR]


def test_an_sms_waits_for_the_end_of_quiet_hours_and_the_email_does_not() -> None:
    business = a_business(contacts=(SLEEPER, BEN))

    decision = next_notifications(an_incident(), business, [], {}, NIGHT)

    assert [(one.channel, one.due) for one in decision.notifications] == [
        (EMAIL, NIGHT),
        (SMS, MORNING),
    ]


def test_a_critical_sms_knows_no_quiet_hours() -> None:
    business = a_business(contacts=(SLEEPER, BEN))
    incident = a_critical_incident(CriticalKind.INJURY)

    decision = next_notifications(incident, business, [], {}, NIGHT)

    assert {one.due for one in decision.notifications} == {NIGHT}


def test_who_sleeps_is_given_time_from_the_morning_on_before_the_next_is_asked() -> None:
    business = a_business(contacts=(SLEEPER, BEN))
    told = told_first(NIGHT, business)

    asleep = decide(an_incident(), told, NIGHT + 4 * HOUR, business)
    awake = decide(an_incident(), told, MORNING + 4 * HOUR, business)

    assert asleep[0] is NotifyReason.NONE
    assert asleep[2] == MORNING + 4 * HOUR
    assert awake[0] is NotifyReason.ESCALATION


def test_quiet_hours_follow_the_contacts_own_time_zone() -> None:
    abroad = replace(SLEEPER, time_zone="America/New_York")
    business = a_business(contacts=(abroad,))

    decision = next_notifications(an_incident(), business, [], {}, NIGHT)

    # 18:30 in New York.
    assert {one.due for one in decision.notifications} == {NIGHT}


def test_an_open_incident_that_was_told_as_over_is_refused() -> None:
    told = [*told_first(), a_notification(reason=NotifyReason.RESOLVED)]

    with pytest.raises(TransitionError):
        decide(an_incident(), told)


def test_an_incident_with_less_worsening_than_was_told_is_refused() -> None:
    told = [*told_first(), a_notification(reason=NotifyReason.WORSE, step=2)]

    with pytest.raises(TransitionError):
        decide(an_incident(worse_count=1), told)


def test_notifications_of_another_incident_are_refused() -> None:
    with pytest.raises(ValueError, match="spike-000012"):
        decide(an_incident(), [a_notification(incident_id="spike-000011")])


def test_an_incident_of_another_business_is_refused() -> None:
    with pytest.raises(ValueError, match="another business"):
        decide(an_incident(business_id="other"), [])


@pytest.mark.parametrize(
    ("incident", "reason", "is_stale"),
    [
        (an_incident(), NotifyReason.FIRST, False),
        (acknowledge(an_incident(), "Ben", NOW), NotifyReason.FIRST, True),
        (acknowledge(an_incident(), "Ben", NOW), NotifyReason.WORSE, True),
        (resolve(an_incident(), "Ben", NOW), NotifyReason.REMINDER, True),
        (resolve(an_incident(), "Ben", NOW), NotifyReason.RESOLVED, False),
        (an_incident(), NotifyReason.RESOLVED, True),
        (snooze(an_incident(), NOW + HOUR), NotifyReason.FIRST, True),
        (snooze(an_incident(), NOW), NotifyReason.FIRST, False),
    ],
)
def test_what_is_no_longer_so_is_not_sent(
    incident: Incident, reason: NotifyReason, is_stale: bool
) -> None:
    waiting = a_notification(reason=reason, state=NotificationState.PENDING)

    assert is_outdated(waiting, incident, NOW) is is_stale


def test_the_outlook_names_who_is_asked_next_and_when() -> None:
    told = told_first()

    ahead = outlook(an_incident(), a_business(), told, {}, NOW + HOUR)

    assert ahead.escalates_to == "Ben"
    assert ahead.escalates_at == NOW + 4 * HOUR
    assert ahead.reminds_at == NOW + 24 * HOUR


def test_the_outlook_of_what_somebody_took_on_is_empty() -> None:
    taken = acknowledge(an_incident(), "Anna", NOW)

    ahead = outlook(taken, a_business(), told_first(), {}, NOW)

    assert (ahead.escalates_at, ahead.reminds_at) == (None, None)


def test_a_source_that_cannot_be_read_is_told_like_any_trouble() -> None:
    silent = an_incident(kind=IncidentKind.SOURCE, source="google", topic=None)

    reason, pairs, _ = decide(silent, [])

    assert (reason, pairs) == (NotifyReason.FIRST, [(EMAIL, "Anna"), (SMS, "Anna")])


def test_a_contact_with_a_phone_only_is_reminded_by_sms() -> None:
    phone_only = Contact(name="Cem", phone="+4915550100009")
    business = a_business(contacts=(phone_only,))
    told = told_first(business=business)

    reason, pairs, _ = decide(an_incident(), told, NOW + 24 * HOUR, business)

    assert (reason, pairs) == (NotifyReason.REMINDER, [(SMS, "Cem")])


def test_a_decision_names_its_notifications_and_when_it_was_told() -> None:
    decision = next_notifications(an_incident(), a_business(), [], {}, NOW)

    assert [one.notification_id for one in decision.notifications] == [
        "spike-000012.first.0.email.Anna",
        "spike-000012.first.0.sms.Anna",
    ]
    assert {one.business_id for one in decision.notifications} == {"linden"}
    assert {one.created_at for one in decision.notifications} == {NOW}
    assert decision.incident.last_told_at == NOW


def test_reminders_are_numbered() -> None:
    business = a_business(contacts=(ANNA,))
    told = told_first(business=business)
    steps = []
    for day in (1, 3, 7):
        now = NOW + timedelta(days=day)
        decision = next_notifications(an_incident(), business, told, {}, now)
        steps += [one.notification_id for one in decision.notifications]
        told += [mark_sent(one, "id", now) for one in decision.notifications]

    assert steps == [f"spike-000012.reminder.{step}.email.Anna" for step in (1, 2, 3)]


def test_what_nobody_can_receive_says_why_and_has_a_name() -> None:
    dead = {"anna@bakery.example": "x", "+4915550100001": "x", "ben@bakery.example": "x"}

    (lost,) = next_notifications(an_incident(), a_business(), [], dead, NOW).notifications

    assert lost.notification_id == "spike-000012.first.0.email.Anna"
    assert lost.trouble == "no live address"


def test_the_end_has_the_same_name_however_often_it_is_decided() -> None:
    over = resolve(an_incident(), Ending.BACK_TO_USUAL, NOW)

    (end,) = next_notifications(over, a_business(), told_first(), {}, NOW).notifications

    assert end.notification_id == "spike-000012.resolved.0.email.Anna"


def test_the_third_contact_is_asked_a_whole_waiting_time_after_the_second() -> None:
    cem = Contact(name="Cem", email="cem@bakery.example")
    business = a_business(contacts=(ANNA, BEN, cem))
    told = told_first(business=business)
    second = next_notifications(an_incident(), business, told, {}, NOW + 4 * HOUR)
    told += [mark_sent(one, "id", NOW + 4 * HOUR) for one in second.notifications]

    early = decide(an_incident(), told, NOW + 8 * HOUR - timedelta(seconds=1), business)
    late = decide(an_incident(), told, NOW + 8 * HOUR, business)

    assert (early[0], early[2]) == (NotifyReason.NONE, NOW + 8 * HOUR)
    assert late[:2] == (NotifyReason.ESCALATION, [(EMAIL, "Cem")])


def test_a_short_snooze_ends_with_a_reminder_and_not_a_day_later() -> None:
    business = a_business(contacts=(ANNA,))
    quiet = snooze(an_incident(), NOW + 5 * HOUR)
    told = told_first(business=business)

    during = decide(quiet, told, NOW + 5 * HOUR - timedelta(seconds=1), business)
    after = decide(quiet, told, NOW + 5 * HOUR, business)

    assert (during[0], during[2]) == (NotifyReason.NONE, NOW + 5 * HOUR)
    assert after[0] is NotifyReason.REMINDER


def test_worse_news_that_waits_for_its_day_is_looked_at_before_the_next_reminder() -> None:
    told = [
        *told_first(),
        a_notification(reason=NotifyReason.WORSE, step=1, created_at=NOW + HOUR),
        a_notification(reason=NotifyReason.ESCALATION, contact="Ben", created_at=NOW + 4 * HOUR),
    ]
    worse = an_incident(worse_count=2, last_worse_at=NOW + 6 * HOUR)

    reason, _, due = decide(worse, told, NOW + 6 * HOUR)

    assert (reason, due) == (NotifyReason.NONE, NOW + 25 * HOUR)


def test_a_day_passes_between_the_second_and_the_third_time_it_is_told_as_worse() -> None:
    told = [
        *told_first(business=a_business(contacts=(ANNA,))),
        a_notification(reason=NotifyReason.WORSE, step=1, created_at=NOW + HOUR),
        a_notification(reason=NotifyReason.WORSE, step=2, created_at=NOW + 25 * HOUR),
    ]
    again = an_incident(worse_count=3, last_worse_at=NOW + 26 * HOUR)

    early = decide(again, told, NOW + 48 * HOUR, a_business(contacts=(ANNA,)))
    late = decide(again, told, NOW + 49 * HOUR, a_business(contacts=(ANNA,)))

    assert (early[0], late[0]) == (NotifyReason.NONE, NotifyReason.WORSE)


def test_what_was_told_as_worse_twice_is_not_told_a_third_time() -> None:
    told = [
        *told_first(business=a_business(contacts=(ANNA,))),
        a_notification(reason=NotifyReason.WORSE, step=1, created_at=NOW + HOUR),
        a_notification(reason=NotifyReason.WORSE, step=2, created_at=NOW + 25 * HOUR),
    ]
    same = an_incident(worse_count=2, last_worse_at=NOW + 25 * HOUR)

    early = decide(same, told, NOW + 30 * HOUR, a_business(contacts=(ANNA,)))
    late = decide(same, told, NOW + 49 * HOUR, a_business(contacts=(ANNA,)))

    assert (early[0], early[2]) == (NotifyReason.NONE, NOW + 49 * HOUR)
    assert late[0] is NotifyReason.REMINDER


@pytest.mark.parametrize(
    ("sent_at", "reason"),
    [
        (NOW + HOUR, NotifyReason.NONE),
        (NOW + HOUR - timedelta(seconds=1), NotifyReason.WORSE),
    ],
)
def test_a_first_message_sent_at_the_moment_it_got_worse_shows_it(
    sent_at: datetime, reason: NotifyReason
) -> None:
    told = [mark_sent(one, "id", sent_at) for one in told_first()]
    worse = got_worse(an_incident(), NOW + HOUR)

    assert decide(worse, told, NOW + 2 * HOUR)[0] is reason


def test_an_sms_that_waits_for_the_morning_does_not_hold_back_worse_news() -> None:
    business = a_business(contacts=(SLEEPER, BEN))
    first = next_notifications(an_incident(), business, [], {}, NIGHT)
    told = [
        mark_sent(one, "id", NIGHT) if one.channel is EMAIL else one for one in first.notifications
    ]

    reason, _, _ = decide(got_worse(an_incident(), NIGHT + HOUR), told, NIGHT + HOUR, business)

    assert reason is NotifyReason.WORSE


def test_how_far_it_was_escalated_is_not_forgotten_by_a_reminder() -> None:
    escalated = an_incident(escalation_step=1)
    told = [
        *told_first(),
        a_notification(reason=NotifyReason.ESCALATION, contact="Ben", created_at=NOW + 4 * HOUR),
    ]

    decision = next_notifications(
        escalated, a_business(), told, {"ben@bakery.example": "bounced"}, NOW + 28 * HOUR
    )

    assert [one.contact for one in decision.notifications] == ["Anna"]
    assert decision.incident.escalation_step == 1
