"""Which files are changed, which tests are asked, and the sample that is drawn.

A module of its own: the workers of a pool look functions up by the name of their module.
"""

from dataclasses import replace
from random import Random

from proofs.mutation.mutants import Mutant, mutants_of
from proofs.mutation.trial import ROOT, is_killed

SEED = 2026
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
