"""Every call, every fault, to the end of the week; then the window without notices; then moto."""

import sys
import time

from proofs.crash_sweep.on_moto import CALLS_AT_LEAST as REQUESTS_AT_LEAST
from proofs.crash_sweep.on_moto import sweep_on_moto
from proofs.crash_sweep.sweep import (
    CALLS_AT_LEAST,
    all_points,
    sweep_on_all_cores,
    the_week,
    without_notices,
)

SHOWN = 20
# On moto a day takes seconds; the number shares no divisor with that of the faults.
ONE_IN = 11


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
    requests, tried, differing = sweep_on_moto(ONE_IN)
    for where in differing[:SHOWN]:
        say(f"on moto, {where}\n")
    say(f"on moto: {tried} points at {requests} requests, {len(differing)} differ\n")
    say(f"{time.monotonic() - began:.0f} s\n")
    calls, points = len(week.places), tally.points.total()
    say(
        f"crash-sweep: {points} points at {calls} calls, {len(tally.differing)} differ, "
        f"{tally.lost} lost, {tally.doubled} doubled\n"
    )
    is_whole = calls >= CALLS_AT_LEAST and requests >= REQUESTS_AT_LEAST
    return 0 if is_whole and not (tally.differing or outside or differing) else 1


if __name__ == "__main__":
    sys.exit(main())
