"""The limit: the mean delay that no detector can beat, even one that is told everything.

Among all rules with the same mean time between false alarms, CUSUM with both shares known has the
smallest worst-case mean delay (Lorden 1971, Moustakides 1986). Its mean times are computed exactly,
up to a grid, as those of a Markov chain, and averaged over the usual shares.
"""

from collections.abc import Callable
from statistics import NormalDist

import numpy as np

from benchmarks.detection.world import SEPARATION, Floats

SHARES = (0.05, 0.10, 0.15, 0.25)
_CELLS = 100
# Parts of equal chance into which each normal curve is cut; 500 change no digit shown.
_PARTS = 300

Increments = tuple[Floats, Floats, Floats]


def _normal_quantiles(parts: int) -> Floats:
    """Midpoint quantiles of the standard normal curve, by bisection on its distribution."""

    curve = NormalDist()
    return np.array([curve.inv_cdf((i + 0.5) / parts) for i in range(parts)])


_QUANTILES = _normal_quantiles(_PARTS)


def _worse(share: float, odds: float) -> float:
    return odds * share / (1.0 - share + odds * share)


def perfect_labels(share: float, odds: float) -> Increments:
    """Log likelihood ratios and their chances on quiet and on bad days."""
    worse = _worse(share, odds)
    steps = np.log([worse / share, (1.0 - worse) / (1.0 - share)])
    return steps, np.array([share, 1.0 - share]), np.array([worse, 1.0 - worse])


def hard_labels(share: float, odds: float) -> Increments:
    """The same for labels that are right nine times in ten."""
    worse = _worse(share, odds)
    quiet = 0.9 * share + 0.1 * (1.0 - share)
    bad = 0.9 * worse + 0.1 * (1.0 - worse)
    steps = np.log([bad / quiet, (1.0 - bad) / (1.0 - quiet)])
    return steps, np.array([quiet, 1.0 - quiet]), np.array([bad, 1.0 - bad])


def soft_scores(share: float, odds: float) -> Increments:
    """The same for the calibrated scores of the simulated model."""
    worse = _worse(share, odds)
    seen = np.concatenate([_QUANTILES + SEPARATION / 2.0, _QUANTILES - SEPARATION / 2.0])
    score = 1.0 / (1.0 + np.exp(-SEPARATION * seen))
    steps = np.log(
        (worse * score + (1.0 - worse) * (1.0 - score))
        / (share * score + (1.0 - share) * (1.0 - score))
    )
    quiet = np.concatenate([np.full(_PARTS, share), np.full(_PARTS, 1.0 - share)]) / _PARTS
    bad = np.concatenate([np.full(_PARTS, worse), np.full(_PARTS, 1.0 - worse)]) / _PARTS
    return steps, quiet, bad


def _mean_time(threshold: float, steps: Floats, chances: Floats) -> float:
    """Mean number of feedbacks until CUSUM, begun at 0, passes the threshold."""
    width = threshold / (_CELLS - 0.5)
    states = np.arange(_CELLS) * width
    move = np.zeros((_CELLS, _CELLS))
    for state in range(_CELLS):
        # What lands between two cells is shared out, which keeps the mean of every step.
        landed = np.maximum(0.0, states[state] + steps) / width
        lower = np.floor(landed).astype(int)
        upper_part = landed - lower
        for cell, part in ((lower, 1.0 - upper_part), (lower + 1, upper_part)):
            stays = cell < _CELLS
            weights = (chances * part)[stays]
            move[state] += np.bincount(cell[stays], weights=weights, minlength=_CELLS)
    times = np.linalg.solve(np.eye(_CELLS) - move, np.ones(_CELLS))
    return float(times[0])


def worst_mean_delay(
    evidence: Callable[[float, float], Increments], odds: float, between: float
) -> float:
    """Feedbacks to the alarm, with `between` of them between false alarms; mean over shares."""
    delays = []
    for share in SHARES:
        steps, quiet, bad = evidence(share, odds)
        low, high = 0.05, 12.0
        for _ in range(14):
            middle = (low + high) / 2.0
            if _mean_time(middle, steps, quiet) < between:
                low = middle
            else:
                high = middle
        # Two-valued evidence makes the times jump: the limit is then a mixture of two thresholds.
        before, after = (_mean_time(edge, steps, quiet) for edge in (low, high))
        part = (between - before) / (after - before) if after > before else 1.0
        early, late = (_mean_time(edge, steps, bad) for edge in (low, high))
        delays.append((1.0 - part) * early + part * late)
    return float(np.mean(delays))


def limit_table(rates: tuple[float, ...]) -> list[tuple[str, list[float]]]:
    """Rows of (change and evidence, delay in feedbacks at each rate)."""
    kinds = (("hard", hard_labels), ("soft", soft_scores), ("perfect", perfect_labels))
    return [
        (
            f"odds x{odds:.0f}, {name}",
            [worst_mean_delay(evidence, odds, 90.0 * rate) for rate in rates],
        )
        for odds in (4.0, 12.0)
        for name, evidence in kinds
    ]
