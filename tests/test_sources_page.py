"""docs/sources.md and the code say the same."""

import re
from dataclasses import replace

import pytest

from chalicelib.cli.providers import PROVIDERS
from chalicelib.wiring import PULLED, SourceKinds
from proofs.sources.docs import BY_HAND, PAGE, heading, parts_of, section, table, written
from proofs.sources.examples import TEMPLATE, examples

TEXT = PAGE.read_text(encoding="utf-8")
PARTS = parts_of(TEXT)


def test_the_page_is_as_the_code_writes_it() -> None:
    assert written(TEXT) == TEXT, "run python -m proofs.sources.docs"


@pytest.mark.parametrize("kind", PULLED)
def test_every_source_has_its_section_with_all_that_a_person_must_say(kind: str) -> None:
    found = SourceKinds()[kind]

    assert heading(found) in TEXT
    for label in BY_HAND:
        after = PARTS[kind].split(label)
        assert len(after) == 2, f"{kind} says {label} {len(after) - 1} times"
        assert len(after[1].split("\n\n")[0]) > 5
    assert f"<!-- {kind}: written by" in PARTS[kind]


def test_no_section_is_of_a_source_that_is_gone() -> None:
    assert set(PARTS) == set(PULLED)


@pytest.mark.parametrize("kind", PULLED)
def test_the_table_links_to_the_section(kind: str) -> None:
    (row,) = [line for line in table().splitlines() if f"| `{kind}` |" in line]

    found = re.search(r"\(#([^)]+)\)", row)
    assert found is not None
    assert heading(SourceKinds()[kind]) in TEXT


def test_every_way_to_connect_is_shown() -> None:
    for provider in PROVIDERS:
        assert f"heedful connect {provider}" in TEXT


def test_what_is_not_supported_is_said_with_its_reason() -> None:
    for name in ("Facebook", "Reddit", "Google Q&A"):
        assert name in TEXT.split("## What is not supported")[1]


def test_a_planted_change_of_a_cost_is_found() -> None:
    kind = replace(SourceKinds()["rss"], costs="a fortune")

    assert "a fortune" in section(kind, examples(TEMPLATE.read_text(encoding="utf-8")))
    assert section(kind, examples(TEMPLATE.read_text(encoding="utf-8"))) not in TEXT
