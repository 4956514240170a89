"""docs/security.md names a test for every row, and every test that it names is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([^|`]+) \| ([^|]+) \| (`[^|]+`) \|$", re.M)
REFERENCE = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
ROWS = {name: REFERENCE.findall(tests) for name, _, tests in ROW.findall(PAGE)}
# What must never be left out, whatever else is added.
MUST = {
    "SSRF in feed addresses",
    "body bombs",
    "data protection",
    "forged deliveries",
    "formulas in a CSV",
    "frames, scripts, caches",
    "header injection",
    "HTML injection",
    "least privilege",
    "links in mails",
    "log injection",
    "one business in another's rows",
    "our own mails coming back as feedback",
    "patterns that never end",
    "secrets",
    "supply chain",
    "too many requests",
    "words and persons in the wrong place",
}


@cache
def names_in(path: str) -> frozenset[str]:
    """Names of the tests of a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def test_no_row_of_the_checklist_is_missing_and_each_has_a_test() -> None:
    assert ROWS.keys() >= MUST
    assert [name for name, tests in ROWS.items() if not tests] == []
    assert len(ROWS) == sum(line.startswith("| ") for line in PAGE.splitlines()) - 1


@pytest.mark.parametrize("name", ROWS)
def test_every_test_of_a_row_is_there(name: str) -> None:
    missing = [f"{path}::{test}" for path, test in ROWS[name] if test not in names_in(path)]

    assert missing == []


def test_a_test_that_is_gone_would_be_noticed() -> None:
    assert "test_that_nobody_wrote" not in names_in("tests/security/test_tokens.py")
    assert "test_a_forged_token_opens_nothing_and_changes_nothing" in names_in(
        "tests/security/test_tokens.py"
    )
