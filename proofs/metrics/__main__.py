"""Hold every line of the table, curves and coverage; the figure stands in the last line."""

import sys

from proofs.metrics import coverage
from proofs.metrics.curve import differing
from proofs.metrics.table import METRICS, rows, wrong_in

CURVES = 300
# How often an interval of 95 % must hold the truth: on average, and where it is worst.
ON_AVERAGE, AT_WORST = 0.945, 0.92


def main() -> int:
    """0 when all agree."""
    say, table = sys.stdout.write, rows()
    wrong = [(row, one) for row in table for one in wrong_in(row)]
    for row, one in wrong:
        say(f"{row.metric} of {dict(row.counts)}: {one}\n")
    curves = differing(CURVES)
    say(f"{CURVES} curves in fractions: {curves} differ\n")
    held = {
        "share": [each for n in (10, 30, 100) for each in coverage.of_shares(n)],
        "balance": [each for n in (10, 20, 40) for each in coverage.of_balances(n)],
        "average": [each for n in (10, 20) for each in coverage.of_means(n)],
    }
    for kind, found in held.items():
        say(f"{kind:8} held {sum(found) / len(found):.3f} on average, {min(found):.3f} at worst\n")
    loose = [
        kind
        for kind, found in held.items()
        if sum(found) / len(found) < ON_AVERAGE or min(found) < AT_WORST
    ]
    ok = not wrong and not curves and not loose and {row.metric for row in table} == set(METRICS)
    worst = min(min(found) for found in held.values())
    say(
        f"metrics: {len(table)} lines of {len(METRICS)} metrics, {len(wrong)} differ; "
        f"{curves} of {CURVES} curves differ; 95 % ranges hold the truth in {worst:.1%} at worst: "
        f"{'holds' if ok else 'DOES NOT HOLD'}\n"
    )
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
