"""How far a figure may be from the truth by chance alone: 95 % intervals that hold at the edges.

The textbook interval (estimate ± 1.96 standard errors) shrinks to nothing when all answers agree,
and leaves the scale when nearly all do. Those here do neither. docs/metrics.md names the sources;
`./dev prove metrics` compares them with figures reached another way and counts how often they
hold the truth.
"""

from collections.abc import Callable, Sequence
from math import sqrt

from chalicelib.domain.comparison import Interval

# The two-sided five percent of the normal distribution.
Z = 1.959963984540054
# Halvings of an interval of length two: 2**-50 is beyond what a double can tell apart here.
HALVINGS = 50


def share_interval(part: int, n: int) -> Interval:
    """`part` of `n` (n >= 1) by Wilson's score interval (1927). Raises ValueError otherwise."""
    _refuse_none(n)
    if not 0 <= part <= n:
        raise ValueError(f"{part} is no part of {n}")
    value = part / n
    middle = (value + Z**2 / (2 * n)) / (1 + Z**2 / n)
    reach = Z / (1 + Z**2 / n) * sqrt(value * (1 - value) / n + Z**2 / (4 * n**2))
    # At the edges the formula is exactly 0 and 1; floating point is not.
    low = 0.0 if part == 0 else max(0.0, middle - reach)
    high = 1.0 if part == n else min(1.0, middle + reach)
    return Interval(value=value, low=min(low, value), high=max(high, value))


def balance_interval(above: int, below: int, n: int) -> Interval:
    """`(above - below) / n`, from -1 to 1: of n answers so many speak for, so many against.

    The three counts are one multinomial sample, so the variance of the difference is
    `(a + b - (a - b)**2) / n` and not that of two independent shares. The interval holds every
    difference that the score test does not reject: the form of Tango (1998) for paired shares,
    which is the same sample. Raises ValueError for n = 0.
    """
    _refuse_none(n)
    if min(above, below) < 0 or above + below > n:
        raise ValueError(f"{above} for and {below} against are no answers of {n}")
    value = (above - below) / n

    def is_inside(difference: float) -> bool:
        distance = above - below - n * difference
        return distance**2 <= Z**2 * n * _variance(above, below, n, difference)

    low = -1.0 if below == n else _edge(is_inside, value, -1.0)
    high = 1.0 if above == n else _edge(is_inside, value, 1.0)
    return Interval(value=value, low=low, high=high)


def _variance(above: int, below: int, n: int, difference: float) -> float:
    """Of one answer, if the difference is the true one: the share against is then the likeliest
    that fits (the greater root of the likelihood's derivative)."""
    b = (2 * n - above + below) * difference - above - below
    c = -below * difference * (1 - difference)
    against = (sqrt(max(0.0, b**2 - 8 * n * c)) - b) / (4 * n)
    return max(0.0, 2 * against + difference * (1 - difference))


def _edge(is_inside: Callable[[float], bool], inside: float, outside: float) -> float:
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        if is_inside(middle):
            inside = middle
        else:
            outside = middle
    return inside


def mean_interval(total: float, squares: float, n: int, scale: tuple[float, float]) -> Interval:
    """The average of n answers on a bounded scale from their sum and their squares' sum.

    Student's t, over the answers and one more at each end of the scale: it is wide when few
    answers agree by chance, loses weight as answers come, and never leaves the scale. Raises
    ValueError for n = 0.
    """
    _refuse_none(n)
    lowest, highest = scale
    value = min(max(total / n, lowest), highest)
    doubted = n + 2
    mean = (total + lowest + highest) / doubted
    spread = max(0.0, squares + lowest**2 + highest**2 - doubted * mean**2) / (doubted - 1)
    reach = student_t(doubted - 1) * sqrt(spread / doubted)
    return Interval(
        value=value,
        low=min(value, max(lowest, mean - reach)),
        high=max(value, min(highest, mean + reach)),
    )


def student_t(freedom: int) -> float:
    """The 97.5 % point of Student's t (Abramowitz and Stegun 26.7.5): right to one percent from 2
    degrees of freedom on, to 0.0002 from 10 on."""
    z, v = Z, freedom
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92_160,
    )
    return float(sum(term / v**power for power, term in enumerate(terms)))


def median_ranks(n: int) -> tuple[int, int]:
    """Between which of n sorted answers (1..n) the median of all lies: no distribution is assumed
    (Conover, "Practical Nonparametric Statistics", on quantiles). Raises ValueError for n = 0."""
    _refuse_none(n)
    low = max(1, int((n - Z * sqrt(n)) // 2))
    return low, n + 1 - low


def placed(rank: int, counts: Sequence[int]) -> int:
    """In which of the classes, smallest first, the answer of that rank lies. Raises ValueError
    when there are fewer answers."""
    reached = 0
    for place, count in enumerate(counts):
        reached += count
        if rank <= reached:
            return place
    raise ValueError(f"there is no answer {rank} of {reached}")


def _refuse_none(n: int) -> None:
    if n < 1:
        raise ValueError("no answers have no interval")
