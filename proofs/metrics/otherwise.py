"""The same figures reached another way: slowly, from first principles, sharing no formula.

Wilson's bounds are found by trying shares against the score test in decimals of forty digits;
those of a balance by searching the likeliest shares for each difference on a fine grid; Student's
t by adding up its density; product-limit estimates in fractions.
"""

from collections.abc import Callable
from decimal import Decimal, getcontext
from fractions import Fraction
from math import exp, lgamma, log, pi, sqrt

getcontext().prec = 40
Z = Decimal("1.959963984540054235524594430520551529555")


def share_bounds(part: int, n: int) -> tuple[float, float]:
    """The shares that the score test does not reject, by halving in decimals."""
    seen = Decimal(part) / n

    def is_inside(share: Decimal) -> bool:
        return (seen - share) ** 2 * n <= Z * Z * share * (1 - share)

    low = _halved(is_inside, seen, Decimal(0)) if part else Decimal(0)
    high = _halved(is_inside, seen, Decimal(1)) if part < n else Decimal(1)
    return float(low), float(high)


def balance_bounds(above: int, below: int, n: int) -> tuple[float, float]:
    """The same for a difference of two shares of one sample; for each difference the likeliest
    shares are searched, not computed."""
    seen = Decimal(above - below) / n

    def is_inside(difference: Decimal) -> bool:
        d = float(difference)
        against = _likeliest(above, below, n, d)
        variance = max(0.0, 2 * against + d - d * d)
        return (above - below - n * d) ** 2 <= float(Z) ** 2 * n * variance + 1e-12

    low = _halved(is_inside, seen, Decimal(-1), 40) if below < n else Decimal(-1)
    high = _halved(is_inside, seen, Decimal(1), 40) if above < n else Decimal(1)
    return float(low), float(high)


def _likeliest(above: int, below: int, n: int, difference: float) -> float:
    """The share against with the greatest likelihood when shares differ by `difference`."""
    low, high = max(0.0, -difference), (1 - difference) / 2

    def surprise(against: float) -> float:
        shares = (against + difference, against, 1 - 2 * against - difference)
        told = (above, below, n - above - below)
        return -sum(k * log(max(p, 1e-300)) for k, p in zip(told, shares, strict=True) if k)

    # The likelihood of three shares on a line has one top: thirds close in on it.
    for _ in range(120):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        if surprise(left) <= surprise(right):
            high = right
        else:
            low = left
    return (low + high) / 2


def _halved(
    is_inside: Callable[[Decimal], bool], inside: Decimal, outside: Decimal, times: int = 80
) -> Decimal:
    for _ in range(times):
        middle = (inside + outside) / 2
        if is_inside(middle):
            inside = middle
        else:
            outside = middle
    return inside


def student_point(freedom: int) -> float:
    """The 97.5 % point of Student's t, by adding up the density from the middle outwards."""
    scale = exp(lgamma((freedom + 1) / 2) - lgamma(freedom / 2)) / sqrt(freedom * pi)
    step, area, at = 1e-4, 0.0, 0.0

    def density(x: float) -> float:
        return scale * float((1 + x * x / freedom) ** (-(freedom + 1) / 2))

    while True:
        more = step * (density(at) + 4 * density(at + step / 2) + density(at + step)) / 6
        if area + more >= 0.475:
            return at + step * (0.475 - area) / more
        area, at = area + more, at + step


def mean_bounds(
    total: Fraction, squares: Fraction, n: int, scale: tuple[int, int]
) -> tuple[float, float]:
    """Student's interval of n answers with one more at each end of the scale, in fractions."""
    lowest, highest = scale
    total, squares = total + lowest + highest, squares + lowest**2 + highest**2
    mean = total / (n + 2)
    variance = (squares - (n + 2) * mean**2) / (n + 1)
    reach = student_point(n + 1) * sqrt(variance / (n + 2))
    return max(float(lowest), float(mean) - reach), min(float(highest), float(mean) + reach)
