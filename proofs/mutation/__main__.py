"""A sample of all changes, drawn from a fixed seed; `--size N` draws another number of them."""

import argparse
import multiprocessing
import os
import sys
import time
from dataclasses import replace
from random import Random

from proofs.mutation.mutants import Mutant, mutants_of
from proofs.mutation.trial import ROOT, is_killed, warm_up

SIZE, SEED, LEAST = 500, 2026, 0.85
FLOW_TESTS = ("tests/test_flow.py", "tests/test_flow_trouble.py", "tests/test_digest_flow.py")
STORE_TESTS = ("tests/store", "tests/contracts")
OUTBOX_TESTS = ("tests/alert/test_delivery.py", "tests/alert/test_caps.py", "tests/domain")
# Which files are changed, and the tests that are asked first; the flow's are asked after them.
GROUPS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "store": (("chalicelib/store/*.py",), STORE_TESTS),
    "detect": (("chalicelib/detect/*.py",), ("tests/detect",)),
    "alert policy": (
        ("chalicelib/alert/policy.py", "chalicelib/alert/hearers.py"),
        ("tests/alert/test_policy.py", "tests/alert/test_scenarios.py"),
    ),
    "outbox": (
        ("chalicelib/alert/delivery.py", "chalicelib/alert/caps.py", "chalicelib/domain/alert.py"),
        OUTBOX_TESTS,
    ),
    "signatures": (
        ("chalicelib/pull/webhooks/signatures.py",),
        ("tests/pull/webhooks/test_signatures.py", "tests/pull/test_surveys.py"),
    ),
}


def all_mutants() -> dict[str, list[Mutant]]:
    """Every change of every group."""
    return {
        group: [
            mutant
            for pattern in patterns
            for path in sorted(ROOT.glob(pattern))
            for mutant in mutants_of(ROOT, str(path.relative_to(ROOT)))
        ]
        for group, (patterns, _) in GROUPS.items()
    }


def survives(given: tuple[str, Mutant]) -> bool:
    """True when neither the module's tests nor the flow's see the change."""
    group, mutant = given
    return not is_killed(mutant, GROUPS[group][1]) and not is_killed(mutant, FLOW_TESTS)


def unchanged() -> list[tuple[str, Mutant]]:
    """No change at all, a file of each group: it must survive, or the tests see ghosts."""
    firsts = [(group, found[0]) for group, found in all_mutants().items()]
    return [
        (group, replace(one, was="nothing", source=(ROOT / one.path).read_text(encoding="utf-8")))
        for group, one in firsts
    ]


def drawn(size: int) -> list[tuple[str, Mutant]]:
    """So many changes, each group with its share of all."""
    every = [(group, mutant) for group, found in all_mutants().items() for mutant in found]
    return Random(SEED).sample(every, min(size, len(every)))  # noqa: S311  a sample, no secret


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
