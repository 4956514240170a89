"""A thousand lives of fifty steps, the same on every machine."""

import sys
import time
from collections import Counter

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from proofs.state_machine.machine import STEPS, Bakery

EXAMPLES, STEPS_EACH = 1_000, 50


def live(examples: int, steps: int) -> Counter[str]:
    """So many lives of so many steps; raises at the first that breaks an invariant. How often each
    rule was lived."""
    STEPS.clear()
    run_state_machine_as_test(
        Bakery,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
    return STEPS


def main() -> int:
    """0 when no invariant was broken."""
    say, began = sys.stdout.write, time.monotonic()
    steps = live(EXAMPLES, STEPS_EACH)
    for name, count in steps.most_common():
        say(f"{name:24} {count}\n")
    say(f"{time.monotonic() - began:.0f} s\n")
    say(
        f"state-machine: {EXAMPLES} lives of up to {STEPS_EACH} steps, {steps.total()} steps, "
        "0 invariants broken\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
