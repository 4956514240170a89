"""docs/invariants.md names what proves each invariant: all of it is there, and none is left out."""

import ast
import re
from pathlib import Path

import pytest

from chalicelib.cli.measures import measures

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "invariants.md").read_text(encoding="utf-8")
NUMBERS = [f"I{number}" for number in range(1, 16)]
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def row_of(number: str) -> str:
    (row,) = re.findall(rf"^\| {number} \|.*$", PAGE, re.MULTILINE)
    return str(row)


def names_in(path: str) -> set[str]:
    module = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in module.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("number", NUMBERS)
def test_an_invariant_has_a_proof_and_a_test(number: str) -> None:
    row = row_of(number)

    assert re.search(r"`\./dev prove [\w-]+`", row)
    assert TEST.search(row)


@pytest.mark.parametrize(("path", "name"), sorted(set(TEST.findall(PAGE))))
def test_a_named_test_exists(path: str, name: str) -> None:
    assert name in names_in(path)


def test_the_named_proofs_are_those_that_there_are() -> None:
    named = set(re.findall(r"`\./dev prove ([\w-]+)`", PAGE)) - {"NAME"}

    assert named == set(measures("proofs"))


def test_the_named_benchmarks_exist() -> None:
    named = set(re.findall(r"`\./dev bench ([\w-]+)`", PAGE))

    assert named <= set(measures("benchmarks"))


def test_every_proof_ends_with_a_line_of_its_own_name() -> None:
    """The last line is what a machine reads."""
    silent = [
        name
        for name in measures("proofs")
        if not any(
            f"{name}:" in path.read_text(encoding="utf-8")
            for path in (ROOT / "proofs" / name.replace("-", "_")).glob("*.py")
        )
    ]

    assert silent == []
