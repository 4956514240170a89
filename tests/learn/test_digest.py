"""Which digest is due: once per local date in every zone, over every leap of the clocks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from chalicelib.domain.alert import NotificationState
from chalicelib.domain.business import Contact, DigestWish
from chalicelib.domain.digest import Digest, Period, about, about_silence
from chalicelib.learn.digest import due_day, notifications_for, period_of
from chalicelib.learn.figures import Known, digest_of
from tests.learn.samples import JONAS, MONDAY, NOW, ROSA, WEEK, a_business, a_voice, counts_from

DAILY = replace(ROSA, digest=DigestWish.DAILY)
HOURS = (4, 22)


def transitions(zone: ZoneInfo) -> Iterator[datetime]:
    """The moments of 2026 to 2030 at which the zone's offset changes, to the hour."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    end = datetime(2031, 1, 1, tzinfo=UTC)
    step = timedelta(days=14)
    while moment < end:
        if moment.astimezone(zone).utcoffset() != (moment + step).astimezone(zone).utcoffset():
            low, high = moment, moment + step
            while high - low > timedelta(minutes=30):
                middle = low + (high - low) / 2
                is_after = middle.astimezone(zone).utcoffset() != low.astimezone(zone).utcoffset()
                low, high = (low, middle) if is_after else (middle, high)
            yield high
        moment += step


def looks_around(moment: datetime) -> list[datetime]:
    """Every hour at two past, from a day and a half before to as long after."""
    start = moment.replace(minute=2, second=0, microsecond=0) - timedelta(hours=36)
    return [start + timedelta(hours=hours) for hours in range(73)]


def whole_dates(looks: list[datetime], zone: ZoneInfo) -> set[date]:
    """The local dates that lie between the first and the last look."""
    dates = {look.astimezone(zone).date() for look in looks}
    return dates - {min(dates), max(dates)}


def found(contact: Contact, looks: list[datetime]) -> set[date]:
    days = (due_day(contact, a_business(), look) for look in looks)
    return {day for day in days if day is not None}


def test_every_local_date_has_its_digest_over_every_leap_of_every_zone() -> None:
    missed, seen = [], 0
    # Zones that leap alike are one zone here: the same moments on the same wall.
    walls: set[tuple[object, ...]] = set()
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        leaps = tuple(transitions(zone))
        wall = (*leaps, *(leap.astimezone(zone).utcoffset() for leap in leaps))
        if not leaps or wall in walls:
            continue
        walls.add(wall)
        for leap in leaps:
            looks = looks_around(leap)
            for hour in HOURS:
                contact = replace(DAILY, time_zone=name, digest_hour=hour)
                seen += 1
                if whole_dates(looks, zone) - found(contact, looks):
                    missed.append((name, leap, hour))

    assert missed == []
    assert seen > 400


def test_a_digest_is_named_by_its_date_so_that_a_second_look_finds_it_written() -> None:
    looks = [NOW + timedelta(hours=hours) for hours in range(24)]
    weekly = {due_day(ROSA, a_business(), look) for look in looks}

    assert weekly == {MONDAY, None}
    assert about(MONDAY) == "digest-2026-05-11"


@pytest.mark.parametrize(
    ("wish", "local", "day"),
    [
        (DigestWish.WEEKLY, "2026-05-11T07:59", None),
        (DigestWish.WEEKLY, "2026-05-11T08:00", "2026-05-11"),
        (DigestWish.WEEKLY, "2026-05-11T23:59", "2026-05-11"),
        (DigestWish.WEEKLY, "2026-05-12T08:00", None),
        (DigestWish.DAILY, "2026-05-12T07:59", None),
        (DigestWish.DAILY, "2026-05-12T08:00", "2026-05-12"),
        (DigestWish.OFF, "2026-05-11T08:00", None),
    ],
)
def test_it_is_due_from_its_hour_until_its_date_ends(
    wish: DigestWish, local: str, day: str | None
) -> None:
    now = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)

    due = due_day(replace(ROSA, digest=wish), a_business(), now)

    assert (due.isoformat() if due else None) == day


def test_the_contacts_own_wall_decides() -> None:
    abroad = replace(ROSA, time_zone="America/New_York")

    assert due_day(ROSA, a_business(), NOW) == MONDAY
    assert due_day(abroad, a_business(), NOW) is None
    assert due_day(abroad, a_business(), NOW + timedelta(hours=6)) == MONDAY


def test_an_owner_who_moves_east_or_west_on_the_day_gets_no_second_digest() -> None:
    names = {
        about(day)
        for zone in ("Pacific/Auckland", "Europe/Berlin", "America/Los_Angeles")
        for hours in range(24)
        if (
            day := due_day(
                replace(ROSA, time_zone=zone), a_business(), NOW + timedelta(hours=hours - 6)
            )
        )
    }

    assert names == {"digest-2026-05-11"}


def test_a_week_looks_back_on_seven_whole_dates_and_a_day_on_one() -> None:
    assert period_of(ROSA, MONDAY) == WEEK
    assert period_of(DAILY, MONDAY) == Period(first=date(2026, 5, 10), last=date(2026, 5, 10))
    assert WEEK.before == Period(first=date(2026, 4, 27), last=date(2026, 5, 3))


def a_digest(*days: date) -> Digest:
    business = a_business(sources=())
    counts = counts_from([a_voice(number, day) for number, day in enumerate(days)])
    return digest_of(business, WEEK, Known(counts=counts), NOW)


def test_nothing_to_report_is_said_under_a_name_that_stays_the_same() -> None:
    quiet = a_digest(date(2026, 4, 20))

    held, said = notifications_for(quiet, ROSA, MONDAY, NOW)
    _, again = notifications_for(quiet, ROSA, MONDAY + timedelta(days=7), NOW + timedelta(days=7))

    assert (held.incident_id, held.state) == (about(MONDAY), NotificationState.CANCELLED)
    assert said.incident_id == about_silence(date(2026, 4, 20)) == again.incident_id
    assert said.notification_id == again.notification_id
    assert said.is_waiting


def test_something_to_report_is_one_notification_a_contact_and_date() -> None:
    (rosa,) = notifications_for(a_digest(WEEK.last), ROSA, MONDAY, NOW)
    (jonas,) = notifications_for(a_digest(WEEK.last), JONAS, MONDAY, NOW)

    assert rosa.notification_id == "digest-2026-05-11.digest.0.email.Rosa"
    assert jonas.notification_id == "digest-2026-05-11.digest.0.email.Jonas"
    assert rosa.is_waiting


def test_a_planted_name_by_the_moment_is_two_digests_on_one_date() -> None:
    """What the rule protects from: a moment names each look anew."""
    looks = [NOW + timedelta(hours=hours) for hours in range(3)]
    by_moment = {look.isoformat() for look in looks if due_day(ROSA, a_business(), look)}

    assert len(by_moment) == 3
    assert len(found(ROSA, looks)) == 1
