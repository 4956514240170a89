"""Did a figure change, or is it chance? Nobody should act on an arrow that a coin would draw.

Each test compares two samples at |z| >= 1.645, the two-sided ten percent of the normal
distribution: Welch's form for averages and shares, the difference of two Poisson counts for
numbers of voices.
"""

from collections.abc import Sequence
from math import sqrt

from chalicelib.domain.digest import FEWEST, Change, Figure

Z = 1.645


def figure_of(now: Sequence[float], before: Sequence[float]) -> Figure:
    """The averages of two samples, and whether they differ. A share is an average of 0 and 1."""
    return Figure(
        value=_mean(now),
        n=len(now),
        value_before=_mean(before),
        n_before=len(before),
        change=change_of_means(now, before),
    )


def change_of_means(now: Sequence[float], before: Sequence[float]) -> Change:
    """TOO_FEW when either sample has fewer than FEWEST values."""
    if min(len(now), len(before)) < FEWEST:
        return Change.TOO_FEW
    step = sum(now) / len(now) - sum(before) / len(before)
    # One voice of doubt on each side: two samples that each agree with themselves prove little.
    noise = _doubt(now, before) / len(now) + _doubt(before, now) / len(before)
    return _direction(step, noise)


def change_of_counts(now: int, before: int) -> Change:
    """Two numbers of voices in periods of the same length."""
    if now + before < FEWEST:
        return Change.TOO_FEW
    return _direction(now - before, now + before)


def change_of_shares(part: int, n: int, part_before: int, n_before: int) -> Change:
    """`part` of `n` against `part_before` of `n_before`."""
    now = [1.0] * part + [0.0] * (n - part)
    return change_of_means(now, [1.0] * part_before + [0.0] * (n_before - part_before))


def _direction(step: float, noise: float) -> Change:
    if step == 0 or abs(step) < Z * sqrt(noise):
        return Change.STEADY
    return Change.UP if step > 0 else Change.DOWN


def _doubt(values: Sequence[float], others: Sequence[float]) -> float:
    """The variance, with one value of the other sample's average added."""
    doubted = [*values, sum(others) / len(others)]
    mean = sum(doubted) / len(doubted)
    return sum((value - mean) ** 2 for value in doubted) / (len(doubted) - 1)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
