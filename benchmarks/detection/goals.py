"""What the detector is held to: the goal of every cell, by scenario and feedbacks a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

RATES = (0.3, 0.5, 2.0, 8.0, 30.0)
MOST_FALSE_ALARMS = 1.15
MOST_COLD_ALARMS = 0.16


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """At least (`is_floor`) or at most these shares at 0.5, 2, 8 and 30 a day."""

    is_floor: bool
    shares: tuple[float, float, float, float]

    def at(self, per_day: float) -> float | None:
        """The goal at a pace, None where none was set."""
        paces = (0.5, 2.0, 8.0, 30.0)
        return self.shares[paces.index(per_day)] if per_day in paces else None


GOALS: Mapping[str, Goal] = {
    "step": Goal(is_floor=True, shares=(0.54, 0.77, 0.97, 0.98)),
    "bigstep": Goal(is_floor=True, shares=(0.68, 0.96, 1.00, 1.00)),
    "burst": Goal(is_floor=True, shares=(0.91, 0.87, 0.94, 1.00)),
    "bomb": Goal(is_floor=True, shares=(1.00, 1.00, 1.00, 1.00)),
    "slow": Goal(is_floor=True, shares=(0.86, 0.97, 1.00, 1.00)),
    "location": Goal(is_floor=True, shares=(0.39, 0.72, 0.97, 1.00)),
    "coldstep": Goal(is_floor=True, shares=(0.27, 0.70, 0.87, 0.87)),
    "double": Goal(is_floor=False, shares=(0.15, 0.15, 0.15, 0.15)),
    "triple": Goal(is_floor=False, shares=(0.18, 0.18, 0.18, 0.18)),
    "backfill": Goal(is_floor=False, shares=(0.05, 0.05, 0.05, 0.05)),
    "mixshift": Goal(is_floor=False, shares=(0.32, 0.32, 0.32, 0.32)),
    "newsource": Goal(is_floor=False, shares=(0.25, 0.25, 0.25, 0.25)),
}


def verdict(goal: float, is_floor: bool, share: float, streams: int) -> str:
    """`met`, `close` (short by no more than two standard errors) or `short`."""
    miss = goal - share if is_floor else share - goal
    if miss <= 0.0:
        return "met"
    return "close" if miss <= 2.0 * sqrt(max(goal * (1.0 - goal), 0.01) / streams) else "short"
