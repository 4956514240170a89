"""Twelve scenarios in the life of an alert, in virtual time: nine of sending, three of silence.

They follow the acceptance scenarios of Prometheus Alertmanager that have a meaning here: merge,
repeat, retry, batching, resolved, resolved filter, cold start, reload and time-out of a receiver;
silencing, a silence that ends early, and a silence put over one that holds.
"""

from dataclasses import replace
from datetime import timedelta

from chalicelib.domain.alert import ChannelKind, Notification, NotificationState, NotifyReason
from chalicelib.domain.business import SmsSettings
from chalicelib.domain.errors import ChannelError
from chalicelib.domain.incident import Ending, resolve, snooze
from tests.alert.samples import ANNA, BEN, a_business, a_critical_incident, an_incident, got_worse
from tests.alert.world import World

HOUR = 60
DAY = 24 * HOUR
FIRST, WORSE, REMINDER = NotifyReason.FIRST, NotifyReason.WORSE, NotifyReason.REMINDER
RESOLVED, ESCALATION = NotifyReason.RESOLVED, NotifyReason.ESCALATION


def test_merge_the_same_incident_opened_again_is_told_once_with_its_latest_numbers() -> None:
    world = World()
    world.change(an_incident())
    world.change(an_incident(negative=5))
    world.change(an_incident(negative=6))

    world.run(HOUR)

    assert world.emails() == [(0, FIRST, "Anna")]
    assert world.incident().negative == 6


def test_repeat_comes_ever_later_until_somebody_takes_it_on() -> None:
    world = World(business=a_business(contacts=(ANNA,)))
    world.change(an_incident())

    world.run(22 * DAY, every=60)

    assert world.emails() == [
        (0, FIRST, "Anna"),
        (DAY, REMINDER, "Anna"),
        (3 * DAY, REMINDER, "Anna"),
        (7 * DAY, REMINDER, "Anna"),
        (14 * DAY, REMINDER, "Anna"),
        (21 * DAY, REMINDER, "Anna"),
    ]
    assert world.texts() == [(0, FIRST, "Anna")]


def test_retry_of_one_dead_channel_does_not_repeat_the_other() -> None:
    tries: list[int] = []

    def email_is_down_for_ten_minutes(notification: Notification) -> None:
        if notification.channel is ChannelKind.EMAIL and world.minute < 10:
            tries.append(world.minute)
            raise ChannelError("down", retryable=True)

    world = World(provider=email_is_down_for_ten_minutes)
    world.change(an_incident())

    world.run(HOUR)

    assert tries == [0, 2, 6]
    assert world.emails() == [(14, FIRST, "Anna")]
    assert world.texts() == [(0, FIRST, "Anna")]


def test_batching_what_comes_in_a_storm_is_gathered_into_the_messages_that_are_allowed() -> None:
    world = World(business=a_business(contacts=(BEN,)))
    for minute in range(30):
        world.change(an_incident(generation=minute))
        world.run(1)
    world.run(HOUR)

    in_the_hour = [told for told in world.sent if told.minute < HOUR]
    assert len(in_the_hour) == 3
    later = [told for told in world.sent if told.minute >= HOUR]
    assert [told.minute for told in later] == [60]
    told_of = [incident_id for told in world.sent for incident_id in told.about]
    assert sorted(told_of) == sorted(world.incidents)


def most_within(world: World, channel: ChannelKind, minutes: int) -> int:
    """The most messages of a channel in any stretch of so many minutes."""
    times = [told.minute for told in world.sent if told.channel is channel]
    return max(sum(start <= one < start + minutes for one in times) for start in times)


def test_a_storm_of_critical_matters_fills_no_inbox_and_loses_none() -> None:
    world = World()
    for minute in range(HOUR):
        for number in range(3):
            world.change(replace(a_critical_incident(), generation=minute * 3 + number))
        world.run(1)
    told_in_the_hour = list(world.sent)
    world.run(DAY + 2 * HOUR, every=15)

    assert len([told for told in told_in_the_hour if told.channel is ChannelKind.EMAIL]) == 3
    assert len([told for told in told_in_the_hour if told.channel is ChannelKind.SMS]) == 1
    assert most_within(world, ChannelKind.EMAIL, HOUR) == 3
    assert most_within(world, ChannelKind.SMS, HOUR) == 1
    assert most_within(world, ChannelKind.EMAIL, DAY) <= 2 * 10
    told_of = {one for told in world.sent for one in told.about if told.contact == "Anna"}
    assert told_of == set(world.incidents)


def test_resolved_is_told_once_to_who_was_told() -> None:
    world = World()
    world.change(an_incident())
    world.run(HOUR)

    world.change(resolve(world.incident(), Ending.BACK_TO_USUAL, world.now))
    world.change(world.incident())
    world.run(2 * DAY, every=10)

    assert world.emails() == [(0, FIRST, "Anna"), (HOUR, RESOLVED, "Anna")]
    assert world.incident().due is None


def test_resolved_before_anybody_was_told_tells_nobody() -> None:
    world = World()
    world.change(an_incident())
    world.change(resolve(world.incident(), Ending.BACK_TO_USUAL, world.now))

    world.run(DAY, every=10)

    assert world.sent == []
    states = {one.state for one in world.outbox.values()}
    assert states == {NotificationState.CANCELLED}


def test_cold_start_an_incident_that_waited_while_nothing_ran_is_told_at_once() -> None:
    world = World()
    world.change(an_incident())
    world.minute = 9 * HOUR

    world.run(HOUR)

    assert world.emails() == [(9 * HOUR, FIRST, "Anna"), (9 * HOUR, ESCALATION, "Ben")]


def test_reload_a_changed_configuration_does_not_tell_the_same_again() -> None:
    world = World()
    world.change(an_incident())
    world.run(HOUR)

    world.business = replace(
        world.business, contacts=(ANNA, BEN), escalate_after=timedelta(hours=6)
    )
    world.change(world.incident())
    world.run(2 * HOUR)

    assert world.emails() == [(0, FIRST, "Anna")]


def test_a_receiver_that_times_out_for_good_is_passed_over_for_the_next_contact() -> None:
    def anna_is_gone(notification: Notification) -> None:
        if notification.contact == "Anna":
            raise ChannelError("no such address", retryable=False, is_permanent=True)

    world = World(provider=anna_is_gone)
    world.change(an_incident())

    world.run(HOUR)

    assert world.emails() == [(1, ESCALATION, "Ben")]
    assert world.texts() == []


def test_a_silence_holds_everything_back_and_reminds_once_when_it_ends() -> None:
    world = World(business=a_business(sms=SmsSettings()))
    world.change(an_incident())
    world.run(10)

    world.change(snooze(world.incident(), world.now + timedelta(hours=30)))
    world.change(got_worse(world.incident(), world.now))
    world.run(30 * HOUR, every=10)

    assert world.emails() == [(0, FIRST, "Anna")]

    world.run(HOUR, every=10)

    assert world.emails()[1:] == [(10 + 30 * HOUR, WORSE, "Anna")]


def test_a_silence_that_is_ended_early_lets_the_reminder_through() -> None:
    world = World(business=a_business(contacts=(ANNA,)))
    world.change(an_incident())
    world.run(10)
    world.change(snooze(world.incident(), world.now + timedelta(days=7)))
    world.run(2 * DAY, every=10)

    world.change(snooze(world.incident(), world.now))
    world.run(HOUR)

    assert world.emails() == [(0, FIRST, "Anna"), (10 + 2 * DAY, REMINDER, "Anna")]


def test_a_longer_silence_over_one_that_holds_replaces_it() -> None:
    world = World(business=a_business(contacts=(ANNA,)))
    world.change(an_incident())
    world.run(10)
    world.change(snooze(world.incident(), world.now + timedelta(hours=4)))
    world.run(HOUR)

    world.change(snooze(world.incident(), world.now + timedelta(hours=24)))
    world.run(23 * HOUR, every=10)

    assert world.emails() == [(0, FIRST, "Anna")]

    world.run(2 * HOUR, every=10)

    assert world.emails()[1:] == [(70 + DAY, REMINDER, "Anna")]
