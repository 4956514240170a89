"""Quiet hours go by the wall, also in the nights in which clocks change."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.business import Business, Contact, Location, QuietHours, SmsSettings

MINUTE = timedelta(minutes=1)
BERLIN = "Europe/Berlin"
NIGHT = QuietHours(start=time(21), end=time(7))
NOON = QuietHours(start=time(12), end=time(14))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "now", "ends"),
    [
        # Winter: Berlin is an hour ahead of UTC.
        (NIGHT, "2026-01-10T19:59:59", None),
        (NIGHT, "2026-01-10T20:00", "2026-01-11T06:00"),
        (NIGHT, "2026-01-10T23:30", "2026-01-11T06:00"),
        (NIGHT, "2026-01-11T05:59:59", "2026-01-11T06:00"),
        (NIGHT, "2026-01-11T06:00", None),
        (NOON, "2026-01-11T10:59", None),
        (NOON, "2026-01-11T11:00", "2026-01-11T13:00"),
        (NOON, "2026-01-11T13:00", None),
        (QuietHours(start=time(9), end=time(9)), "2026-01-11T08:00", None),
        # The clocks go forward at 01:00 UTC on 29 March: the night is an hour shorter.
        (NIGHT, "2026-03-28T20:00", "2026-03-29T05:00"),
        (NIGHT, "2026-03-29T01:00", "2026-03-29T05:00"),
        (NIGHT, "2026-03-29T04:59", "2026-03-29T05:00"),
        (NIGHT, "2026-03-29T05:00", None),
        # They go back at 01:00 UTC on 25 October: an hour longer.
        (NIGHT, "2026-10-24T19:00", "2026-10-25T06:00"),
        (NIGHT, "2026-10-25T05:59", "2026-10-25T06:00"),
        (NIGHT, "2026-10-25T06:00", None),
        # An end within the hour that comes twice: the second time it is quiet again.
        (QuietHours(start=time(22), end=time(2, 30)), "2026-10-25T00:10", "2026-10-25T00:30"),
        (QuietHours(start=time(22), end=time(2, 30)), "2026-10-25T01:10", "2026-10-25T01:30"),
    ],
)
def test_quiet_hours_hold_on_the_wall(hours: QuietHours, now: str, ends: str | None) -> None:
    assert hours.ends_after(utc(now), BERLIN) == (utc(ends) if ends else None)


@given(
    st.integers(0, 366 * 24 * 60).map(lambda minutes: utc("2026-01-01") + minutes * MINUTE),
    st.times(),
    st.times(),
    st.sampled_from([BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
)
def test_an_end_is_always_ahead_and_never_more_than_a_day(
    now: datetime, start: time, end: time, zone: str
) -> None:
    ends = QuietHours(start=start, end=end).ends_after(now, zone)

    assert ends is None or now < ends <= now + timedelta(hours=25)


def test_a_contact_can_be_told_somehow() -> None:
    assert Contact(name="Owner", phone="+493023125123").email is None
    with pytest.raises(ValueError, match="neither e-mail nor phone"):
        Contact(name="Owner")


@pytest.mark.parametrize(("cap", "is_on"), [(0.0, False), (0.01, True)])
def test_sms_is_off_without_a_cap(cap: float, is_on: bool) -> None:
    assert SmsSettings(monthly_cap_usd=cap).is_on is is_on


def test_a_place_is_shown_by_its_name_and_an_unknown_one_by_its_id() -> None:
    business = Business(
        business_id="bakery",
        name="Bakery",
        time_zone=BERLIN,
        country="DE",
        contacts=(),
        locations=(Location(location_id="station", name="Station kiosk"),),
    )

    assert business.location_name("station") == "Station kiosk"
    assert business.location_name("main") == "main"
    assert business.location_ids == {"Station kiosk": "station"}
    assert business.source("none") is None
