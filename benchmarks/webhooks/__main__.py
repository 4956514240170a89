"""Run the fuzz of the webhook routes: `python -m benchmarks.webhooks [--cases N] [--json]`.

The true handler of app.py answers requests as API Gateway hands them over; half are signed. Exits
with 1 when one was answered with 5xx, or when something was kept whose sender was not proven.
"""

import argparse
import json
import sys
import time
from collections import Counter
from io import StringIO
from random import Random
from typing import Any

from chalicelib import wiring
from chalicelib.cli.local_run import LambdaContext
from chalicelib.store.envelopes import read_arrival, write_arrival
from tests.house import House
from tests.pull.webhooks.hostile import Case, draw
from tests.pull.webhooks.senders import move_in

CONTEXT = LambdaContext(function_name="api_handler")


class Nowhere(StringIO):
    """A log that keeps nothing."""

    def write(self, text: str) -> int:
        """Forget it."""
        return len(text)


def main() -> int:
    """Print the table or JSON; the last line holds the figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    try:
        figures = measure(House(Nowhere()), options.cases, options.seed)
    finally:
        wiring.use(None)
    if options.json:
        sys.stdout.write(json.dumps(figures) + "\n")
    else:
        for name, value in figures.items():
            sys.stdout.write(f"{name:34} {value}\n")
    sys.stdout.write(
        f"webhooks: {figures['cases']} cases, {figures['answered_5xx']} answered with 5xx, "
        f"{figures['kept_unproven']} kept without proof, "
        f"{figures['cpu_microseconds_a_request']} µs CPU each\n"
    )
    return 1 if figures["answered_5xx"] or figures["kept_unproven"] else 0


def measure(town: House, cases: int, seed: int) -> dict[str, Any]:
    """Answer so many requests."""
    move_in(town)
    random = Random(seed)  # noqa: S311  draws requests, guards nothing
    statuses: Counter[int] = Counter()
    failed: list[str] = []
    kept = kept_unproven = slowest = 0
    begun = time.process_time()
    spent = 0.0
    for _ in range(cases):
        case = draw(random, town.now)
        before = time.process_time()
        status = _answer(town, case)
        taken = time.process_time() - before
        spent, slowest = spent + taken, max(slowest, round(taken * 1e6))
        statuses[status] += 1
        if status >= 500:
            failed.append(case.kind)
        left = _take_what_is_kept(town)
        kept += left
        kept_unproven += left if not case.is_signed else 0
    return {
        "cases": cases,
        **{f"answered_{status}": count for status, count in sorted(statuses.items())},
        "answered_5xx": len(failed),
        "kinds_that_failed": sorted(set(failed)),
        "kept": kept,
        "kept_unproven": kept_unproven,
        "cpu_microseconds_a_request": round(spent / cases * 1e6),
        "slowest_cpu_microseconds": slowest,
        "cpu_seconds": round(time.process_time() - begun, 1),
    }


def _answer(town: House, case: Case) -> int:
    return int(town.app.app(case.event, CONTEXT)["statusCode"])


def _take_what_is_kept(town: House) -> int:
    """How much waits in the queues now; what does not survive the way through SQS raises."""
    arrivals = town.queues.feedback.waiting
    for arrival in arrivals:
        if read_arrival(write_arrival(arrival)) != arrival:
            raise AssertionError("an arrival is not what was sent")
    left = len(arrivals) + len(town.queues.pulls.waiting)
    arrivals.clear()
    town.queues.pulls.waiting.clear()
    return left


if __name__ == "__main__":
    sys.exit(main())
