"""A product-limit curve in fractions, against the one of the product."""

from fractions import Fraction
from math import exp, log, sqrt
from random import Random

from chalicelib.learn.survival import Wait, waiting_at, waiting_curve

Z = 1.959963984540054


def differing(curves: int) -> int:
    """So many made-up groups of up to forty customers; how many curves differ at some day."""
    chance = Random(11)  # noqa: S311  the same groups every time
    wrong = 0
    for _ in range(curves):
        waits = [
            Wait(days=chance.randint(1, 12), has_happened=chance.random() < 0.6)
            for _ in range(chance.randint(1, 40))
        ]
        steps = waiting_curve(waits)
        for day in range(14):
            share, low, high = _still_waiting(waits, day)
            found = waiting_at(steps, day, len(waits))
            is_same = abs(float(share) - found.value) < 1e-12
            if low is not None and high is not None:
                is_same &= abs(low - found.low) < 1e-9 and abs(high - found.high) < 1e-9
            if not is_same or not 0 <= found.low <= found.value <= found.high <= 1:
                wrong += 1
                break
    return wrong


def _still_waiting(waits: list[Wait], day: int) -> tuple[Fraction, float | None, float | None]:
    """By looking at each day anew: of those watched on it, how many it happened to."""
    share, spread = Fraction(1), Fraction(0)
    for one in range(1, day + 1):
        watched = sum(wait.days >= one for wait in waits)
        happened = sum(wait.has_happened and wait.days == one for wait in waits)
        if not happened:
            continue
        share *= Fraction(watched - happened, watched)
        if happened < watched:
            spread += Fraction(happened, watched * (watched - happened))
    if share in (0, 1):
        return share, None, None
    reach = Z * sqrt(spread) / -log(share)
    return share, float(share) ** exp(reach), float(share) ** exp(-reach)
