"""The service blueprint: what the customer does, what the business does for it, and where it fails.

The rows are those of G. L. Shostack's blueprint (Harvard Business Review, January 1984) with the
layer of what customers felt beside them.
"""

from dataclasses import dataclass

from chalicelib.domain.journey import Share
from chalicelib.domain.sentiment import Emotion
from chalicelib.domain.step import BlueprintStep


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """A step with what customers say of it. `negative` counts mentions: who names two of its topics
    counts twice. `fails` is true when it is surely worse than the way as a whole."""

    step: BlueprintStep
    negative: Share
    emotions: tuple[tuple[Emotion, int], ...]
    fails: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """All steps in the order of the service; `bad_days` is the step at which the bad days grew."""

    steps: tuple[StepView, ...]
    is_template: bool
    bad_days: str | None = None

    @property
    def failing(self) -> tuple[StepView, ...]:
        """The steps that fail, the surest first."""
        found = [one for one in self.steps if one.fails]
        return tuple(sorted(found, key=lambda one: -one.negative.low))
