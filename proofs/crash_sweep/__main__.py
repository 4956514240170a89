"""Every call, every fault, to the end of the week; then the window without notices; then moto."""

import sys
import time

from proofs.crash_sweep.sweep import (
    CALLS_AT_LEAST,
    all_points,
    sweep_on_all_cores,
    the_week,
    without_notices,
)

SHOWN = 20


def main() -> int:
    """0 when nothing differs anywhere."""
    say, began = sys.stdout.write, time.monotonic()
    week = the_week()
    tally = sweep_on_all_cores(all_points(week), days=99)
    for where, found in list(tally.differing.items())[:SHOWN]:
        say(f"{where}: {found}\n")
    for fault, count in tally.points.items():
        say(f"{fault:18} {count} points\n")
    windows = list(without_notices())
    inside = sum(one.count for one in windows if one.is_in_window)
    outside = sum(one.count for one in windows if not one.is_in_window)
    say(f"without notices of the mail service: {inside} doubled in the window, {outside} outside\n")
    say(f"{time.monotonic() - began:.0f} s\n")
    calls, points = len(week.places), tally.points.total()
    say(
        f"crash-sweep: {points} points at {calls} calls, {len(tally.differing)} differ, "
        f"{tally.lost} lost, {tally.doubled} doubled\n"
    )
    return 0 if not tally.differing and not outside and calls >= CALLS_AT_LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
