"""When a business was open for so long: over nights, days off and the change of clocks."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.opening_hours import OpeningHours, Span

BERLIN = "Europe/Berlin"
HOUR = timedelta(hours=1)
EVERY_DAY = OpeningHours()
WEEKDAYS = OpeningHours(
    spans=tuple(Span(weekday=day, opens=time(9), closes=time(17)) for day in range(5))
)
BAR = OpeningHours(spans=(Span(weekday=5, opens=time(18), closes=time(2)),))


def at(text: str) -> datetime:
    """A moment of that Berlin summer."""
    return datetime.fromisoformat(f"{text}+02:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "since", "open_for", "until"),
    [
        (EVERY_DAY, "2026-05-04T11:00", 2, "2026-05-04T13:00"),
        (EVERY_DAY, "2026-05-04T17:00", 2, "2026-05-05T10:00"),
        (EVERY_DAY, "2026-05-04T03:00", 2, "2026-05-04T11:00"),
        (EVERY_DAY, "2026-05-04T22:00", 2, "2026-05-05T11:00"),
        (EVERY_DAY, "2026-05-04T09:00", 9, "2026-05-04T18:00"),
        # Friday afternoon, then Monday.
        (WEEKDAYS, "2026-05-08T16:00", 2, "2026-05-11T10:00"),
        (WEEKDAYS, "2026-05-09T12:00", 16, "2026-05-12T17:00"),
        # Saturday night; what is left waits a week.
        (BAR, "2026-05-10T01:00", 2, "2026-05-16T19:00"),
        (BAR, "2026-05-09T12:00", 8, "2026-05-10T02:00"),
    ],
)
def test_only_hours_count_in_which_it_is_open(
    hours: OpeningHours, since: str, open_for: int, until: str
) -> None:
    assert hours.after(at(since), open_for * HOUR, BERLIN) == at(until)


def test_an_hour_that_the_clocks_skip_is_no_open_hour() -> None:
    night = OpeningHours(spans=(Span(weekday=6, opens=time(1), closes=time(5)),))
    # 28 March 2027: two o'clock is three o'clock; one to five are three hours.
    begins = datetime(2027, 3, 28, 0, 0, tzinfo=UTC)

    assert night.after(begins, 3 * HOUR, BERLIN) == datetime(2027, 3, 28, 3, 0, tzinfo=UTC)


def test_spans_that_overlap_count_once() -> None:
    twice = OpeningHours(
        spans=(
            Span(weekday=0, opens=time(9), closes=time(12)),
            Span(weekday=0, opens=time(11), closes=time(13)),
        )
    )

    assert twice.after(at("2026-05-04T09:00"), 4 * HOUR, BERLIN) == at("2026-05-04T13:00")


def test_a_business_that_never_opens_still_has_a_time() -> None:
    moment = at("2026-05-04T09:00")

    assert OpeningHours(spans=()).after(moment, 2 * HOUR, BERLIN) == moment + 2 * HOUR


def test_a_weekday_has_a_number() -> None:
    with pytest.raises(ValueError, match="0 to 6"):
        Span(weekday=7, opens=time(9), closes=time(18))


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  aware by `timezones`
    st.timedeltas(timedelta(minutes=1), timedelta(hours=40)),
)
def test_it_is_never_sooner_and_ends_within_the_hours(since: datetime, wait: timedelta) -> None:
    for hours in (EVERY_DAY, WEEKDAYS):
        until = hours.after(since, wait, "UTC")

        assert until >= since + wait
        assert any(
            one.weekday == until.weekday() and one.opens < until.time() <= one.closes
            for one in hours.spans
        )
