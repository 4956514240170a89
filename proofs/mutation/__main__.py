"""A sample of all changes, drawn from a fixed seed; `--size N` draws another number of them."""

import argparse
import multiprocessing
import os
import sys
import time

from proofs.mutation.sample import GROUPS, all_mutants, drawn, survives, unchanged
from proofs.mutation.trial import warm_up

SIZE, LEAST = 500, 0.85


def main() -> int:
    """0 when enough of them are killed."""
    parser = argparse.ArgumentParser(prog="mutation")
    parser.add_argument("--size", type=int, default=SIZE)
    size: int = parser.parse_args().size
    say, began = sys.stdout.write, time.monotonic()
    total = sum(map(len, all_mutants().values()))
    chosen = drawn(size)
    warm_up()
    with multiprocessing.get_context("fork").Pool(len(os.sched_getaffinity(0))) as pool:
        ghosts = [
            one
            for one, alive in zip(unchanged(), pool.map(survives, unchanged()), strict=True)
            if not alive
        ]
        if ghosts:
            say(f"mutation: the tests of {ghosts[0][0]} fail without any change\n")
            return 2
        lived = pool.map(survives, chosen, chunksize=1)
    for group in GROUPS:
        of_group = [alive for (name, _), alive in zip(chosen, lived, strict=True) if name == group]
        say(f"{group:14} {len(of_group) - sum(of_group)} of {len(of_group)} killed\n")
    for (_, mutant), alive in zip(chosen, lived, strict=True):
        if alive:
            say(f"  survived: {mutant}\n")
    killed = len(chosen) - sum(lived)
    share = killed / max(1, len(chosen))
    say(f"{time.monotonic() - began:.0f} s\n")
    say(f"mutation: {killed} of {len(chosen)} killed ({share:.1%}), drawn from {total}\n")
    return 0 if share >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
