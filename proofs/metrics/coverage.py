"""How often an interval holds the truth: every possible sample, weighed by its chance."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from math import exp, lgamma, log

from chalicelib.domain.comparison import Interval
from chalicelib.learn.intervals import (
    balance_interval,
    mean_interval,
    share_interval,
)

SCALE = (1.0, 7.0)
# How the answers 1..7 may be spread: mostly easy, all over, two camps, nearly all the same.
SPREADS = (
    (0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.3),
    (1 / 7,) * 7,
    (0.4, 0.05, 0.03, 0.02, 0.05, 0.1, 0.35),
    (0.0, 0.0, 0.0, 0.01, 0.02, 0.07, 0.9),
)


def of_shares(n: int) -> Iterator[float]:
    """For each true share on a grid, how often Wilson's interval holds it."""
    found = [share_interval(part, n) for part in range(n + 1)]
    for truth in (number / 50 for number in range(1, 50)):
        yield sum(
            _chance((part, n - part), (truth, 1 - truth))
            for part, one in enumerate(found)
            if _holds(one, truth)
        )


@cache
def _balances(n: int) -> dict[tuple[int, int], Interval]:
    return {
        (above, below): balance_interval(above, below, n)
        for above in range(n + 1)
        for below in range(n + 1 - above)
    }


def of_balances(n: int) -> Iterator[float]:
    """For each pair of true shares on a grid, how often the interval of the balance holds it."""
    for for_us in range(1, 9):
        for against in range(1, 10 - for_us):
            p, q = for_us / 10, against / 10
            yield sum(
                _chance((above, below, n - above - below), (p, q, 1 - p - q))
                for (above, below), one in _balances(n).items()
                if _holds(one, p - q)
            )


def of_means(n: int) -> Iterator[float]:
    """For each spread of answers, how often the interval of the average holds it."""
    for spread in SPREADS:
        truth = sum(answer * chance for answer, chance in enumerate(spread, 1))
        states: dict[tuple[int, int], float] = {(0, 0): 1.0}
        for _ in range(n):
            following: defaultdict[tuple[int, int], float] = defaultdict(float)
            for (total, squares), chance in states.items():
                for answer, more in enumerate(spread, 1):
                    if more:
                        following[total + answer, squares + answer**2] += chance * more
            states = following
        yield sum(
            chance
            for (total, squares), chance in states.items()
            if _holds(mean_interval(total, squares, n, SCALE), truth)
        )


def _holds(one: Interval, truth: float) -> bool:
    return one.low - 1e-9 <= truth <= one.high + 1e-9


def _chance(told: tuple[int, ...], shares: tuple[float, ...]) -> float:
    """Of exactly these numbers, by the multinomial distribution."""
    ways = lgamma(sum(told) + 1) - sum(lgamma(k + 1) for k in told)
    if any(k and p <= 0 for k, p in zip(told, shares, strict=True)):
        return 0.0
    return exp(ways + sum(k * log(p) for k, p in zip(told, shares, strict=True) if k))
