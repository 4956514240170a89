"""The one script: what it says when asked for nothing or for something it does not know."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

DEV = Path(__file__).resolve().parent.parent / "dev"


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [DEV, *arguments], capture_output=True, text=True, cwd=folder, check=False
    )


@pytest.mark.parametrize("arguments", [(), ("tset",)])
def test_a_wrong_command_is_a_user_s_mistake_and_lists_the_right_ones(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    done = run(*arguments, folder=tmp_path)

    assert done.returncode == 2
    assert done.stdout == ""
    for command in ("demo", "test", "heedful", "package", "bench", "prove"):
        assert f"\n  {command} " in done.stderr


def test_help_is_no_mistake(tmp_path: Path) -> None:
    done = run("--help", folder=tmp_path)

    assert done.returncode == 0
    assert "usage: ./dev COMMAND" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_it_is_plain_posix_shell() -> None:
    text = DEV.read_text()

    assert text.startswith("#!/bin/sh\n")
    assert not [word for word in ("[[ ", "local ", "function ", "<<<", "${!") if word in text]


def test_ci_runs_what_a_developer_runs() -> None:
    commands = [
        line
        for line in (DEV.parent / ".ci" / "run").read_text().splitlines()
        if line and not line.startswith("#")
    ]

    assert commands == ['exec "$(dirname -- "$0")/../dev" test']
