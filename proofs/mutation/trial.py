"""Run the tests of a module against a change of it, in a child of this process.

The parent has loaded what is heavy and nothing of the product: a child starts in no time and
imports the changed module instead of the file.
"""

import importlib.abc
import importlib.util
import os
import resource
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from proofs.mutation.mutants import Mutant

ROOT = Path(__file__).resolve().parents[2]
CPU_SECONDS = 240
# pytest and its plugins are not among them: it wants to load them itself.
HEAVY = (
    "boto3", "botocore", "chalice.app", "chalice.local", "jinja2", "moto", "numpy", "phonenumbers",
    "requests",
)  # fmt: skip


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Hands out the changed module under its name."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The changed module's own, and nothing else."""
        if name != self._mutant.module:
            return None
        return importlib.util.spec_from_loader(name, self, origin=str(ROOT / self._mutant.path))

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed source; `__file__` stays, for what lies beside it."""
        module.__file__ = str(ROOT / self._mutant.path)
        exec(compile(self._mutant.source, module.__file__, "exec"), module.__dict__)  # noqa: S102


def warm_up() -> None:
    """Load what every child needs."""
    for name in HEAVY:
        importlib.import_module(name)


def is_killed(mutant: Mutant, tests: Sequence[str]) -> bool:
    """True when one of the tests fails, or does not come to its end."""
    child = os.fork()
    if child == 0:
        _try(mutant, tests)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) != 0


def _forget_the_product() -> None:
    # The command line has loaded parts of it: the tests would meet those, unchanged.
    for name in [*sys.modules]:
        if name.partition(".")[0] in ("app", "chalicelib", "tests"):
            del sys.modules[name]


def _try(mutant: Mutant, tests: Sequence[str]) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    code = 1
    try:
        import pytest

        _forget_the_product()
        sys.meta_path.insert(0, _Changed(mutant))
        sys.dont_write_bytecode = True
        code = int(
            pytest.main(
                ["-x", "-q", "-p", "no:cacheprovider", "--rootdir", str(ROOT), "-k",
                 "not ministack", *(str(ROOT / one) for one in tests)]
            )
        )  # fmt: skip
    finally:
        os._exit(code)
