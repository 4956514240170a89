"""Opening hours in heedful.toml."""

from datetime import time

import pytest

from chalicelib.cli.opening_hours import read_opening_hours
from chalicelib.domain.opening_hours import OpeningHours, Span


def test_without_a_word_it_is_open_every_day_from_nine_to_six() -> None:
    assert read_opening_hours({}) == OpeningHours()
    assert {(one.opens, one.closes) for one in OpeningHours().spans} == {(time(9), time(18))}
    assert [one.weekday for one in OpeningHours().spans] == [0, 1, 2, 3, 4, 5, 6]


def test_a_day_may_have_two_spans_and_one_that_is_not_named_is_closed() -> None:
    found = read_opening_hours({"sat": "18:00-02:00", "mon": "09:00-12:00, 14:00 - 18:30"})

    assert found.spans == (
        Span(weekday=0, opens=time(9), closes=time(12)),
        Span(weekday=0, opens=time(14), closes=time(18, 30)),
        Span(weekday=5, opens=time(18), closes=time(2)),
    )


@pytest.mark.parametrize(
    ("written", "mistake"),
    [
        ({"monday": "09:00-18:00"}, "'monday' is no day"),
        ({"mon": "9-18"}, "mon must be times like"),
        ({"mon": "09:00-24:00"}, "mon must be times like"),
        ({"mon": "09:00-09:00"}, "opens and closes at the same time"),
        ({"mon": "closed", "tue": ""}, "closed on every day"),
    ],
)
def test_what_is_wrong_is_said_with_the_day(written: dict[str, str], mistake: str) -> None:
    with pytest.raises(ValueError, match=mistake):
        read_opening_hours(written)
