"""Intervals that hold at the edges: never empty, never outside the scale, never without n."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.comparison import Interval
from chalicelib.learn.intervals import (
    balance_interval,
    mean_interval,
    median_ranks,
    placed,
    share_interval,
    student_t,
)
from proofs.metrics import coverage

CES = (1.0, 7.0)


def bounds(one: Interval) -> tuple[float, float, float]:
    return round(one.value, 4), round(one.low, 4), round(one.high, 4)


@pytest.mark.parametrize(
    ("part", "n", "expected"),
    [
        (0, 1, (0.0, 0.0, 0.7935)),
        (1, 1, (1.0, 0.2065, 1.0)),
        (0, 10, (0.0, 0.0, 0.2775)),
        (8, 10, (0.8, 0.4902, 0.9433)),
        (10, 10, (1.0, 0.7225, 1.0)),
        (81_000, 100_000, (0.81, 0.8076, 0.8124)),
    ],
)
def test_a_share_has_wilsons_interval(
    part: int, n: int, expected: tuple[float, float, float]
) -> None:
    assert bounds(share_interval(part, n)) == expected


@pytest.mark.parametrize(
    ("above", "below", "n", "expected"),
    [
        (0, 0, 1, (0.0, -0.7935, 0.7935)),
        (10, 0, 10, (1.0, 0.4449, 1.0)),
        (0, 10, 10, (-1.0, -1.0, -0.4449)),
        (0, 0, 10, (0.0, -0.2775, 0.2775)),
        (5, 5, 10, (0.0, -0.5268, 0.5268)),
        (20, 12, 48, (0.1667, -0.0649, 0.3792)),
    ],
)
def test_a_balance_has_the_interval_of_one_sample(
    above: int, below: int, n: int, expected: tuple[float, float, float]
) -> None:
    assert bounds(balance_interval(above, below, n)) == expected


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_a_balance_turned_round_has_its_interval_turned_round(
    above: int, below: int, neither: int
) -> None:
    n = above + below + neither
    if not n:
        return
    one, other = balance_interval(above, below, n), balance_interval(below, above, n)

    assert -1 <= one.low <= one.value <= one.high <= 1
    assert one.low < one.high
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low), abs=1e-9)


def test_an_average_on_which_all_agree_is_still_doubted() -> None:
    few, many = mean_interval(70, 490, 10, CES), mean_interval(700, 4900, 100, CES)

    assert bounds(few) == (7.0, 5.3995, 7.0)
    assert bounds(many) == (7.0, 6.8245, 7.0)


@given(st.lists(st.sampled_from([1.0, 2.0, 3.5, 6.0, 7.0]), min_size=1, max_size=60))
def test_an_average_stays_on_its_scale_with_its_value_inside(answers: list[float]) -> None:
    squares = sum(one**2 for one in answers)
    found = mean_interval(sum(answers), squares, len(answers), CES)

    assert 1 <= found.low <= found.value <= found.high <= 7
    assert found.low < found.high


def test_squares_that_fit_no_answers_make_no_interval_of_nothing() -> None:
    found = mean_interval(55, 0, 10, CES)

    assert found.low <= found.value <= found.high


@pytest.mark.parametrize(
    ("freedom", "point"), [(10, 2.2281), (11, 2.2010), (30, 2.0423), (100, 1.9840)]
)
def test_students_points_are_those_of_the_tables(freedom: int, point: float) -> None:
    assert student_t(freedom) == pytest.approx(point, abs=2e-4)


@pytest.mark.parametrize(
    ("n", "ranks"), [(1, (1, 1)), (2, (1, 2)), (10, (1, 10)), (11, (2, 10)), (100, (40, 61))]
)
def test_the_median_lies_between_two_ranks(n: int, ranks: tuple[int, int]) -> None:
    assert median_ranks(n) == ranks


def test_a_rank_lies_in_the_class_that_reaches_it() -> None:
    assert [placed(rank, [2, 0, 3]) for rank in range(1, 6)] == [0, 0, 2, 2, 2]
    with pytest.raises(ValueError, match="no answer 6 of 5"):
        placed(6, [2, 0, 3])


@pytest.mark.parametrize(
    "ask",
    [
        lambda: share_interval(0, 0),
        lambda: share_interval(2, 1),
        lambda: share_interval(-1, 3),
        lambda: balance_interval(0, 0, 0),
        lambda: balance_interval(2, 2, 3),
        lambda: mean_interval(0, 0, 0, CES),
        lambda: median_ranks(0),
    ],
)
def test_what_is_no_sample_has_no_interval(ask: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"no answers|no part"):
        ask()


def test_the_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    shares, balances = list(coverage.of_shares(20)), list(coverage.of_balances(12))

    assert sum(shares) / len(shares) >= 0.95
    assert min(shares) >= 0.92
    assert sum(balances) / len(balances) >= 0.95
    assert min(balances) >= 0.93
    assert min(coverage.of_means(10)) >= 0.95
