"""The pinned requirement files say what pyproject.toml says, with hashes and without hosts."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?: ; (?P<marker>.+?))? \\$", re.M)
FILES = [
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-ministack.txt",
    "requirements-security.txt",
]


def pins(file_name: str) -> list[Requirement]:
    """Every pin of a generated file, with its marker."""
    found = PIN.finditer((ROOT / file_name).read_text())
    return [
        Requirement(
            f"{pin['name']}=={pin['version']}" + (f" ; {pin['marker']}" if pin["marker"] else "")
        )
        for pin in found
    ]


def declared(file_name: str) -> list[Requirement]:
    """What pyproject.toml asks for in the file of that name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    run_time: list[str] = project["project"]["dependencies"]
    groups: dict[str, list[str]] = project["dependency-groups"]
    asked = {
        "requirements.txt": run_time,
        "requirements-dev.txt": run_time + groups["dev"],
        "requirements-ministack.txt": groups["ministack"],
        "requirements-security.txt": groups["security"],
    }
    return [Requirement(line) for line in asked[file_name]]


def reachable(roots: list[Requirement]) -> set[str]:
    """Names that the installed packages' own metadata lead to from these roots, here."""
    found: set[str] = set()
    waiting = [(root.name, set(root.extras)) for root in roots]
    while waiting:
        name, extras = waiting.pop()
        canonical = canonicalize_name(name)
        if canonical in found and not extras:
            continue
        found.add(canonical)
        for line in requires(name) or []:
            needed = Requirement(line)
            environments = [{"extra": extra} for extra in (extras | {""})]
            applies = needed.marker is None or any(needed.marker.evaluate(e) for e in environments)
            if applies and canonicalize_name(needed.name) not in found:
                waiting.append((needed.name, set(needed.extras)))
    return found


@pytest.mark.parametrize("file_name", FILES)
def test_every_declared_dependency_is_pinned_to_a_version_it_allows(file_name: str) -> None:
    pinned = pins(file_name)

    for asked in declared(file_name):
        versions = [p for p in pinned if p.name == canonicalize_name(asked.name)]
        assert versions, f"{asked.name} is not in {file_name}: run ./dev lock"
        for pin in versions:
            exact = next(iter(pin.specifier)).version
            assert asked.specifier.contains(exact), f"{pin} is not {asked}: run ./dev lock"


@pytest.mark.parametrize("file_name", ["requirements.txt", "requirements-dev.txt"])
def test_the_pins_are_the_declared_dependencies_with_all_they_need_and_nothing_else(
    file_name: str,
) -> None:
    needed = reachable(declared(file_name))
    here = {p.name for p in pins(file_name) if p.marker is None or p.marker.evaluate()}

    assert here == needed, "run ./dev lock"


def test_the_development_set_pins_what_lambda_gets_at_the_same_versions() -> None:
    lambda_pins = {str(pin) for pin in pins("requirements.txt")}

    assert lambda_pins <= {str(pin) for pin in pins("requirements-dev.txt")}


def test_this_environment_has_the_pinned_versions() -> None:
    for pin in pins("requirements-dev.txt"):
        if pin.marker is not None and not pin.marker.evaluate():
            continue
        try:
            installed = version(pin.name)
        except PackageNotFoundError:
            installed = "nothing"
        assert pin.specifier.contains(installed), f"{pin} is asked for, {installed} is installed"


@pytest.mark.parametrize("file_name", FILES)
def test_every_pin_has_a_hash_and_no_line_names_a_host(file_name: str) -> None:
    text = (ROOT / file_name).read_text()
    blocks = re.split(r"\n(?=[a-z])", text.strip())

    assert len(blocks) == len(pins(file_name)) > 0
    for block in blocks:
        assert block.count("--hash=sha256:") >= 1, block.splitlines()[0]
    assert "://" not in text
    assert not re.search(r"^-", text, re.M)


def test_no_lock_file_records_where_packages_came_from() -> None:
    assert not (ROOT / "uv.lock").exists()
