"""How many feedbacks come a day, forgotten slowly, on the clock of when they were written."""

from dataclasses import dataclass, replace

from chalicelib.detect.parameters import PACE_HALF_LIFE_DAYS, SECONDS_A_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """`heard` feedbacks in `days` days, both fading; `last` is the newest's time in seconds."""

    heard: float = 0.0
    days: float = 0.0
    last: int | None = None

    def per_day(self) -> float:
        """Feedbacks a day; one a day is assumed before anything is known."""
        return (self.heard + 1.0) / (self.days + 1.0)

    def days_until(self, at: int) -> float:
        """Days from the newest feedback to `at`; 0 for what is older, and for the very first."""
        if self.last is None or at <= self.last:
            return 0.0
        return (at - self.last) / SECONDS_A_DAY

    def after(self, at: int) -> "Pace":
        """The pace with one more feedback written at `at` seconds."""
        gap = self.days_until(at)
        kept = 0.5 ** (gap / PACE_HALF_LIFE_DAYS)
        return replace(
            self,
            heard=self.heard * kept + 1.0,
            days=self.days * kept + gap,
            last=at if self.last is None else max(at, self.last),
        )
