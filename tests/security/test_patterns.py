"""No pattern of ours needs much longer for a hostile text than for a harmless one of its length.

Steps are counted, not seconds: twice as long a text may take twice the steps of a pattern that is
tried at one place, four times those of one that is looked for at every place, and no more.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.security.backtracking import MOST_STEPS, steps_of

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 12
# A search starts at every place, and a run may reach the end from each: two powers, no third.
# The edges of short texts make the quotient a little more than four.
MOST_GROWTH = 4.8
FEW_STEPS = 400
USES = {"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}


def modules() -> Iterator[Path]:
    """Every module that runs on Lambda or in the command line."""
    yield from sorted((ROOT / "chalicelib").rglob("*.py"))


def compiled() -> Iterator[tuple[str, re.Pattern[str] | re.Pattern[bytes]]]:
    """Patterns that a module keeps, also those that it puts together from words."""
    for path in modules():
        if "re." not in path.read_text() or path.name == "__main__.py":
            continue
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for label, value in vars(importlib.import_module(name)).items():
            held = value.values() if isinstance(value, dict) else [value]
            for place, one in enumerate(held):
                if isinstance(one, re.Pattern):
                    yield f"{name}.{label}[{place}]", one


def written_in_place() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Patterns that stand in a call, such as `re.sub("...", ...)`."""
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "re"
                and node.func.attr in USES - {"compile"}
                and isinstance(node.args[0], ast.Constant)
                and isinstance(node.args[0].value, str)
            ):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", re.compile(node.args[0].value)


def trouble_with(pattern: re.Pattern[str] | re.Pattern[bytes]) -> list[str]:
    """Repetitions of a pattern whose steps grow faster than they may."""
    short, long = steps_of(pattern, ROUNDS), steps_of(pattern, 2 * ROUNDS)
    return [
        f"{before!r} + {body!r} * n: {short[before, body]} steps, then {steps}"
        for (before, body), steps in long.items()
        if steps == MOST_STEPS or (steps > FEW_STEPS and steps / short[before, body] > MOST_GROWTH)
    ]


def test_every_pattern_is_looked_at() -> None:
    found = dict(compiled())

    assert len(found) > 50
    assert "chalicelib.privacy.redact._EMAIL[0]" in found
    assert sum("critical" in name for name in found) > 5
    assert list(written_in_place())


def test_no_pattern_takes_ever_more_steps() -> None:
    found = {
        name: trouble
        for name, one in [*compiled(), *written_in_place()]
        if (trouble := trouble_with(one))
    }

    assert found == {}


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+$",
        r"(a|a)*b",
        r"(\w+\s?)*!",
        r"^(\d+)*x",
        r"([a-z]+)*\d",
        r"a*a*a*a*b",
        r"(.*)(.*)(.*)x",
        r"(?:x+x+)+y",
    ],
)
def test_a_planted_pattern_that_explodes_is_found(pattern: str) -> None:
    assert trouble_with(re.compile(pattern))


@pytest.mark.parametrize("pattern", [r"a+b", r"\s+", r"[^<>]*>", r"(?:ab)+c", r"\bx\w{1,64}@"])
def test_a_plain_pattern_is_left_alone(pattern: str) -> None:
    assert trouble_with(re.compile(pattern)) == []


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        (r"a(b|c)+d", "xxabcbd", True),
        (r"a(b|c)+d", "xxabcb", False),
        (r"(?<=\s)(\w)\1{2,}\b", "so aaa", True),
        (r"(?i)https?://\S+(?!\S)", "see HTTP://x.y", True),
        (r"^\d{3}$", "1234", False),
        (r"[^a-z]\Z", "abc", False),
        (r"(?s)<.*?>", "<a\nb>", True),
        (r"(?>a+)b", "aab", True),
    ],
)
def test_the_counting_matcher_agrees_with_the_real_one(pattern: str, text: str, fits: bool) -> None:
    from tests.security.backtracking import Matcher

    assert Matcher(re.compile(pattern)).search(text) is fits
    assert (re.compile(pattern).search(text) is not None) is fits
