"""Parts of a number of voices, with the interval in which the truth lies.

Wilson's score interval (E. B. Wilson 1927, J. Am. Stat. Assoc. 22, 209-212): it never leaves 0..1,
has a width at no and at all of n, and holds for the small numbers that shops have.
"""

from math import sqrt

from chalicelib.domain.journey import Share

# The two-sided 95 percent of the normal distribution.
Z = 1.959964


def share_of(part: int, n: int) -> Share:
    """`part` of `n`; of nobody it lies anywhere. Raises ValueError when it is no part."""
    if not 0 <= part <= n:
        raise ValueError(f"{part} is no part of {n}")
    if n == 0:
        return Share(part=0, n=0, low=0.0, high=1.0)
    value, square = part / n, Z * Z
    middle = (value + square / (2 * n)) / (1 + square / n)
    reach = Z * sqrt(value * (1 - value) / n + square / (4 * n * n)) / (1 + square / n)
    low = 0.0 if part == 0 else max(0.0, middle - reach)
    high = 1.0 if part == n else min(1.0, middle + reach)
    return Share(part=part, n=n, low=low, high=high)
