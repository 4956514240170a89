"""Whoever mistypes gets one sentence, exit code 2 and no traceback, through the true command."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chalicelib.cli.__main__ import main
from chalicelib.cli.measures import measures


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


COMMANDS = sorted(main.commands)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does(command: str) -> None:
    result = run(command, "--help")

    assert result.exit_code == 0
    assert f"Usage: main {command}" in result.output
    assert (main.commands[command].help or "").rstrip().endswith((".", ")"))


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_option_is_named(command: str) -> None:
    result = run(command, "--colour")

    assert result.exit_code == 2
    assert "No such option '--colour'" in result.output


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("none.csv", None, "there is no file"),
        ("empty.csv", b"", "the file is empty"),
        ("sheet.csv", b"PK\x03\x04", "save it as CSV"),
        ("page.csv", b"<html></html>", "this is a web page"),
        ("wrong.csv", b"when,x\n1,2\n", "Name it: --date-column"),
        ("bad.csv", b"date,review\nsoon,x\n", "line 2: the date is in no form that is known"),
    ],
)
@pytest.mark.parametrize("command", [["backtest"], ["demo", "--no-serve", "--stream"]])
def test_a_wrong_file_is_one_sentence(
    tmp_path: Path, command: list[str], name: str, content: bytes | None, words: str
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    out = ["--out", str(tmp_path / "out")] if command[0] == "demo" else []

    result = run(*command, str(file), *out)

    assert result.exit_code == 2
    assert words in result.output
    assert len(result.output.strip().splitlines()) == 1


@pytest.mark.parametrize("zone", ["Nowhere", "Europe", "", "../zones", "x" * 300])
def test_a_time_zone_that_is_none_is_one_sentence(tmp_path: Path, zone: str) -> None:
    file = tmp_path / "export.csv"
    file.write_text("date,review\n2026-03-01,fine\n")

    result = run("backtest", str(file), "--time-zone", zone)

    assert result.exit_code == 2
    assert "is no time zone; name one like Europe/Berlin" in result.output


@pytest.mark.parametrize("command", [["init", "--file"], ["apply", "--file"]])
def test_a_heedful_toml_in_the_wrong_place_is_one_sentence(
    tmp_path: Path, command: list[str]
) -> None:
    result = run(*command, str(tmp_path / "nowhere" / "heedful.toml"))

    assert result.exit_code == 2
    assert result.output.startswith("heedful: ")
    assert len(result.output.strip().splitlines()) == 1


def test_init_then_a_wrong_line_then_apply(tmp_path: Path) -> None:
    file = tmp_path / "heedful.toml"
    assert run("init", "--file", str(file)).exit_code == 0
    file.write_text(file.read_text(encoding="utf-8").replace('"DE"', '"Germany"'))

    result = run("apply", "--file", str(file))

    assert result.exit_code == 2
    assert result.output == (
        f'heedful: {file}, line 9: business.1.country must be two capital letters like "DE"\n'
    )


def test_an_import_of_a_file_that_is_not_there_asks_nothing_of_aws(tmp_path: Path) -> None:
    result = run("import", str(tmp_path / "none.csv"), "--source", "exports")

    assert result.exit_code == 2
    assert "there is no file" in result.output


@pytest.mark.parametrize("command", ["bench", "prove"])
def test_a_measure_that_is_not_there_is_told_with_those_that_are(command: str) -> None:
    result = run(command, "nonsense")

    assert result.exit_code == 2
    assert "there is no nonsense in" in result.output


def test_what_follows_a_benchmarks_name_is_the_benchmarks_own() -> None:
    result = run("bench", "detection", "--quick", "--only", "nonsense")

    assert result.exit_code == 2
    assert "usage: benchmarks.detection" in result.output
    assert "--only: invalid choice: 'nonsense'" in result.output


@pytest.mark.parametrize("folder", ["benchmarks", "proofs", "nowhere"])
def test_each_measure_has_a_title_in_plain_words(folder: str) -> None:
    titles = measures(folder)

    assert bool(titles) == (folder != "nowhere")
    assert all(title and '"' not in title for title in titles.values())
