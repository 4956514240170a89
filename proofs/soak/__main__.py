"""The whole year, the same on every machine."""

import sys
import time

from proofs.soak.year import live_a_year

DAYS, SEED = 365, 2026
MOST_GROWN_BYTES = 5_000_000
SHOWN = 20


def main() -> int:
    """0 when nothing is lost, told twice or left waiting, and the process has not grown."""
    say, began = sys.stdout.write, time.monotonic()
    year = live_a_year(days=DAYS, seed=SEED)
    for one in year.wrong[:SHOWN]:
        say(f"{one}\n")
    say(f"{year.feedback} feedbacks, {year.incidents} incidents, {year.emails} e-mails, ")
    say(f"{year.texts} SMS; {time.monotonic() - began:.0f} s\n")
    say(
        f"soak: {year.days} days, {year.calls} calls, {year.faults} faults, "
        f"{len(year.wrong)} broken invariants, memory grown by {year.grown_bytes / 1e6:.1f} MB, "
        f"oldest unsent {year.oldest_unsent.total_seconds() / 60:.0f} min\n"
    )
    return 0 if not year.wrong and year.grown_bytes < MOST_GROWN_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
