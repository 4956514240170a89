"""Parts of a number of voices, with the interval in which the truth lies (see `intervals`)."""

from chalicelib.domain.journey import Share
from chalicelib.learn.intervals import share_interval


def share_of(part: int, n: int) -> Share:
    """`part` of `n`; of nobody it lies anywhere. Raises ValueError when it is no part."""
    if part == n == 0:
        return Share(part=0, n=0, low=0.0, high=1.0)
    interval = share_interval(part, n)
    return Share(part=part, n=n, low=interval.low, high=interval.high)
