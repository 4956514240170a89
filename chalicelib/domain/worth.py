"""What a customer brings in a year, as the owner estimates it: from so much to so much."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """Whole units of the business's currency. Raises ValueError unless 0 < low <= high: a point
    that nobody knows would make every figure that rests on it look certain."""

    low: int
    high: int

    def __post_init__(self) -> None:
        if not 0 < self.low <= self.high:
            raise ValueError("what a customer brings goes from more than nothing to more")
