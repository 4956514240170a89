"""Two groups compared: intervals, the curve of each group, and what is read from both."""

from dataclasses import dataclass

# A week: most who are spoken to at all have been by then.
LANDMARK_DAYS = 7
# Below this many in either group there is nothing to compare.
MINIMUM_OF_A_GROUP = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An estimate between its bounds."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """From that day on so large a share is still waiting; `at_risk` were just before."""

    day: float
    at_risk: int
    happened: int
    waiting: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """One group: how many are in it, how many came back, and the curve of those still away."""

    n: int
    returned: int
    curve: tuple[Step, ...] = ()

    @property
    def is_firm(self) -> bool:
        """True when there are enough to say something."""
        return self.n >= MINIMUM_OF_A_GROUP


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The share that was back so many days after the landmark, in both groups, and how much
    greater it is among those who were spoken to: as it is, and with an even mix of severities
    (None when no severity is in both groups often enough)."""

    days: int
    contacted: Interval
    others: Interval
    difference: Interval
    even: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Both groups; `readings` are empty when either is too small. `left_out` had come back, or
    were not watched long enough, before the groups were made."""

    contacted: Cohort
    others: Cohort
    left_out: int
    readings: tuple[Reading, ...] = ()
