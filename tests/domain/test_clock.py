"""Times as text sort as times; a local date is what the owner's calendar shows."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.clock import from_text, local_date, to_text

MOMENTS = st.datetimes(timezones=st.just(UTC))


@given(MOMENTS, MOMENTS)
def test_text_sorts_as_time_in_every_year(one: datetime, other: datetime) -> None:
    assert (to_text(one) < to_text(other)) == (one < other)


@given(MOMENTS)
def test_what_is_written_is_read_again(moment: datetime) -> None:
    assert from_text(to_text(moment)) == moment
    assert len(to_text(moment)) == 27


def test_every_offset_is_written_in_utc() -> None:
    moment = datetime(2026, 3, 29, 12, tzinfo=timezone(timedelta(hours=2)))

    assert to_text(moment) == "2026-03-29T10:00:00.000000Z"


def test_a_time_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="without an offset"):
        from_text("2026-03-29T10:00:00")


@pytest.mark.parametrize(
    ("hour", "zone", "day"),
    [
        (21, "Europe/Berlin", "2026-03-29"),
        (22, "Europe/Berlin", "2026-03-30"),
        (9, "Pacific/Kiritimati", "2026-03-29"),
        (10, "Pacific/Kiritimati", "2026-03-30"),
        (9, "Pacific/Niue", "2026-03-28"),
        (11, "Pacific/Niue", "2026-03-29"),
    ],
)
def test_a_local_date_is_the_one_on_the_owners_wall(hour: int, zone: str, day: str) -> None:
    assert local_date(datetime(2026, 3, 29, hour, tzinfo=UTC), zone) == day
