"""The house rules that imports can break: DESIGN's one-way streets, executed."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from chalicelib import flow

ROOT = Path(__file__).resolve().parents[1]
STAGES = ("pull", "score", "store", "detect", "alert", "recover", "learn", "privacy", "pages")
# The steps of the flow: each may import what stands below it, and none the table of contents.
FLOW = (
    "owner_pages",
    "signing_in",
    "waiting",
    "measuring",
    "incident_pages",
    "case_pages",
    "mapping",
    "improving",
    "coaching",
    "privacy_pages",
    "pulling",
    "posting",
    "replying",
    "receiving",
    "scoring",
    "profiling",
    "watching",
    "asking",
    "judging",
    "deliveries",
    "digests",
    "acting",
    "reaching_out",
    "recovering",
    "unsubscribing",
    "standins",
    "links",
    "forgetting",
    "briefing",
    "telling",
    "protecting",
    "troubles",
)
# A leaf: words in the languages of the owners, which alert, pages and recover all speak.
LEAVES = ("wording",)

# What each part of the house may import of the house. A stage may import itself.
BELOW = {"domain", "ports", "settings"}
MAY_IMPORT: dict[str, set[str]] = {
    "domain": {"domain"},
    "ports": {"ports", "domain"},
    "settings": {"domain"},
    "wording": {"wording", "domain"},
    **{stage: {stage, *BELOW, *LEAVES} for stage in STAGES},
    "flow": {"flow", *STAGES, *BELOW, *LEAVES},
    "wiring": {*STAGES, *BELOW, *LEAVES},
    "app": {"flow", "wiring"},
    "cli": {"cli", "app", "flow", "wiring", *STAGES, *BELOW, *LEAVES},
}
# Where a package from outside may be imported.
ONLY_IN: dict[str, tuple[str, ...]] = {
    "boto3": ("wiring.py",),
    "chalice": ("app.py", "cli/"),
    "aws_lambda_powertools": ("app.py",),
    "requests": ("pull/",),
    "tweepy": ("pull/",),
    "feedparser": ("pull/",),
    "onnxruntime": ("score/",),
    "numpy": ("score/",),
    "jinja2": ("alert/", "pages/"),
    "click": ("cli/",),
    "pydantic": ("cli/",),
}


@dataclass(frozen=True)
class Import:
    """One import: where it stands, and what it names."""

    path: Path
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} imports {self.name}"


def imports_of(path: Path, text: str) -> Iterator[Import]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(path, node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield Import(path, node.lineno, f"{node.module}.{alias.name}")


def sources() -> list[tuple[Path, str]]:
    files = [ROOT / "app.py", *sorted((ROOT / "chalicelib").rglob("*.py"))]
    return [(path.relative_to(ROOT), path.read_text(encoding="utf-8")) for path in files]


def part_of(path: Path) -> str:
    inside = path.parts[1:] if path.parts[0] == "chalicelib" else path.parts
    return inside[0].removesuffix(".py")


def part_named(name: str) -> str | None:
    parts = name.split(".")
    if parts[0] == "app":
        return "app"
    if parts[0] != "chalicelib" or len(parts) < 2:
        return None
    return parts[1]


def wrong_imports(files: list[tuple[Path, str]]) -> list[str]:
    wrong = []
    for path, text in files:
        part = part_of(path)
        if part == "__init__":
            continue
        for found in imports_of(path, text):
            named = part_named(found.name)
            if named is not None and named not in MAY_IMPORT[part]:
                wrong.append(str(found))
    return wrong


def strangers(files: list[tuple[Path, str]]) -> list[str]:
    wrong = []
    for path, text in files:
        place = path.as_posix().removeprefix("chalicelib/")
        for found in imports_of(path, text):
            homes = ONLY_IN.get(found.name.split(".")[0])
            if homes is not None and not place.startswith(homes):
                wrong.append(str(found))
    return wrong


def steps_upwards(files: list[tuple[Path, str]]) -> list[str]:
    """Imports within the flow that name a step above, the step itself or the table of contents."""
    wrong = []
    for path, text in files:
        if part_of(path) != "flow" or path.stem == "__init__":
            continue
        below = FLOW[FLOW.index(path.stem) + 1 :]
        for found in imports_of(path, text):
            step = found.name.split(".")[2:3] or [""]
            if part_named(found.name) == "flow" and step[0] not in below:
                wrong.append(str(found))
    return wrong


def steps_past_the_table(files: list[tuple[Path, str]]) -> list[str]:
    """Imports from outside that name a step of the flow and not what the table shows of it."""
    return [
        str(found)
        for path, text in files
        if part_of(path) != "flow"
        for found in imports_of(path, text)
        if part_named(found.name) == "flow" and set(found.name.split(".")[2:3]) & set(FLOW)
    ]


def where_stages_meet(files: list[tuple[Path, str]]) -> set[str]:
    """The parts of the house in which some file imports from more than one stage."""
    meeting = set()
    for path, text in files:
        named = {part_named(found.name) for found in imports_of(path, text)}
        if len(named & set(STAGES) | {part_of(path)} & set(STAGES)) > 1:
            meeting.add(part_of(path))
    return meeting


def outside_reads(files: list[tuple[Path, str]]) -> list[str]:
    """Where the environment, the clock or a sleep is used that only wiring and cli may use."""
    wrong = []
    for path, text in files:
        place = path.as_posix().removeprefix("chalicelib/")
        if place.startswith(("wiring.py", "cli/", "domain/clock.py")):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Attribute):
                spelled = ast.unparse(node)
                if spelled in (
                    "os.environ",
                    "os.getenv",
                    "datetime.now",
                    "time.sleep",
                    "time.time",
                ):
                    wrong.append(f"{path}:{node.lineno} uses {spelled}")
    return wrong


def test_imports_run_one_way() -> None:
    assert wrong_imports(sources()) == []


def test_stages_meet_in_the_flow_alone() -> None:
    # Beside those that build the stages' adapters or ask them one by one.
    assert where_stages_meet(sources()) - {"wiring", "cli"} == {"flow"}


def test_the_flow_runs_one_way_and_is_entered_through_its_table() -> None:
    modules = {path.stem for path, _ in sources() if part_of(path) == "flow"}

    assert modules == {"__init__", *FLOW}
    assert steps_upwards(sources()) == []
    assert steps_past_the_table(sources()) == []


def test_the_table_of_the_flow_shows_what_it_imports_and_does_nothing() -> None:
    table = ast.parse((ROOT / "chalicelib" / "flow" / "__init__.py").read_text(encoding="utf-8"))
    shown = [alias.name for node in table.body[1:-1] for alias in getattr(node, "names", ())]

    assert ast.get_docstring(table)
    assert {type(node) for node in table.body[1:-1]} == {ast.ImportFrom}
    assert ast.unparse(table.body[-1]).startswith("__all__ = ")
    assert sorted(shown) == sorted(flow.__all__)


def test_packages_from_outside_stay_where_they_belong() -> None:
    assert strangers(sources()) == []


def test_only_wiring_reads_the_environment_and_the_clock() -> None:
    assert outside_reads(sources()) == []


def test_the_domain_needs_nothing_but_the_standard_library() -> None:
    import sys

    foreign = [
        str(found)
        for path, text in sources()
        if part_of(path) == "domain"
        for found in imports_of(path, text)
        if found.name.split(".")[0] not in {*sys.stdlib_module_names, "chalicelib"}
    ]

    assert foreign == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("chalicelib/pull/rss.py", "from chalicelib.store import memory"),
        ("chalicelib/domain/alert.py", "from chalicelib.ports import Services"),
        ("chalicelib/alert/policy.py", "import chalicelib.flow"),
        ("app.py", "from chalicelib.store.dynamodb import DynamoStore"),
        ("chalicelib/flow/watching.py", "from chalicelib.wiring import services"),
        ("chalicelib/pages/incident.py", "from chalicelib.flow import watch"),
    ],
)
def test_a_planted_import_against_the_rules_is_found(path: str, text: str) -> None:
    assert len(wrong_imports([(Path(path), text)])) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("chalicelib/store/dynamodb.py", "import boto3"),
        ("chalicelib/alert/ses.py", "import requests"),
        ("chalicelib/flow/watching.py", "from aws_lambda_powertools import Logger"),
    ],
)
def test_a_planted_stranger_is_found(path: str, text: str) -> None:
    assert len(strangers([(Path(path), text)])) == 1


@pytest.mark.parametrize(
    "text",
    [
        "from chalicelib.flow.watching import watch",
        "from chalicelib.flow import watch",
        "from chalicelib import flow",
        "import chalicelib.flow",
    ],
)
def test_a_planted_step_upwards_is_found(text: str) -> None:
    assert len(steps_upwards([(Path("chalicelib/flow/judging.py"), text)])) == 1


def test_a_planted_step_past_the_table_is_found() -> None:
    planted = "from chalicelib.flow.telling import decide"

    assert len(steps_past_the_table([(Path("app.py"), planted)])) == 1
    assert steps_past_the_table([(Path("app.py"), "from chalicelib.flow import watch")]) == []


def test_a_planted_meeting_of_stages_is_found() -> None:
    planted = "from chalicelib.score.batch import read_batch"

    assert where_stages_meet([(Path("chalicelib/alert/policy.py"), planted)]) == {"alert"}


def test_a_planted_look_at_the_clock_is_found() -> None:
    planted = "from datetime import datetime, UTC\nnow = datetime.now(UTC)"

    assert outside_reads([(Path("chalicelib/alert/policy.py"), planted)]) == [
        "chalicelib/alert/policy.py:2 uses datetime.now"
    ]


def test_every_handler_of_the_app_is_at_most_ten_lines() -> None:
    tree = ast.parse((ROOT / "app.py").read_text(encoding="utf-8"))
    handlers = [
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.decorator_list
    ]

    too_long = {
        node.name: (node.end_lineno or node.lineno) - node.body[1].lineno + 1
        for node in handlers
        if (node.end_lineno or node.lineno) - node.body[1].lineno + 1 > 10
    }

    assert len(handlers) >= 10
    assert too_long == {}
