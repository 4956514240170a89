"""The commands as typed: exit codes, one sentence, no traceback."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chalicelib.cli.__main__ import main
from chalicelib.domain.spike import Sensitivity

TEMPLATE = Path(__file__).resolve().parents[2] / "chalicelib" / "cli" / "template.toml"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("backtest", "no-such.csv"), "there is no file no-such.csv"),
        (("apply", "--file", "no-such.toml"), "write one with ./dev heedful init"),
        (("demo", "--stream", "no-such.csv"), "there is no file no-such.csv"),
        (("demo", "--no-serve", "--out", "/dev/null/out"), "cannot be written: Not a directory"),
        (("erase-customer", "--yes"), "name the customer: --email"),
        (("export-customer", "--out", "no-such.json"), "name the customer: --email"),
        (("bench", "no-such"), "there is no no-such in benchmarks"),
        (("deploy", "--parameter", "Sender"), "not of the form NAME=VALUE"),
    ],
)
def test_a_mistake_of_the_user_is_one_sentence_and_exit_code_2(
    arguments: tuple[str, ...], sentence: str
) -> None:
    result = run(*arguments)

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert isinstance(result.exception, SystemExit)


def test_a_wrong_sensitivity_names_those_that_exist(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    path.write_text("date,review\n2026-05-04,good\n")

    result = run("backtest", str(path), "--sensitivity", "nervous")

    assert result.exit_code == 2
    assert "calm, balanced, watchful" in result.stderr


def test_init_writes_once_and_never_over_a_file(tmp_path: Path) -> None:
    path = str(tmp_path / "heedful.toml")

    assert run("init", "--file", path).exit_code == 0
    again = run("init", "--file", path)

    assert again.exit_code == 2
    assert Path(path).read_text() == TEMPLATE.read_text()


def test_the_template_states_the_false_alarms_of_each_sensitivity() -> None:
    text = TEMPLATE.read_text()

    for setting in Sensitivity:
        [line] = [one for one in text.splitlines() if f'"{setting.word}"' in one and "about" in one]
        assert f"about {setting.false_alarms_per_year} a year" in line
