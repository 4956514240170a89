"""The demo as a stranger runs it: what it finds, what it leaves, and what a kill leaves."""

import contextlib
import csv
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from chalicelib.cli.demo import clear, monday_to_tell, run_demo
from chalicelib.cli.demo_files import write_whole
from chalicelib.domain.errors import UserError

ROOT = Path(__file__).resolve().parents[2]
GOOD = ["Lovely bread and kind people.", "Great cake, we will be back.", "Very nice coffee!"]
BAD = [
    "We waited forty minutes and nobody came. Never again.",
    "Rude staff and cold food, a terrible evening.",
    "Disgusting soup, and they refused to take it back.",
]


@pytest.fixture
def stream(tmp_path: Path) -> Path:
    """Sixteen good days and two awful ones, three reviews a day."""
    path = tmp_path / "stream.csv"
    start = datetime(2026, 5, 4, 10)  # noqa: DTZ001  an export's local time
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("review_id", "date", "rating", "review", "location"))
        for day in range(18):
            for number, text in enumerate(BAD * 2 if day >= 16 else GOOD):
                written = start + timedelta(days=day, hours=number * 2)
                stars = 1 if day >= 16 else 5
                writer.writerow(
                    (f"r{day}-{number}", written, stars, f"{text} ({day}.{number})", "")
                )
    return path


def test_a_stream_with_trouble_ends_in_one_incident_one_mail_and_one_sms(
    tmp_path: Path, stream: Path
) -> None:
    out = tmp_path / "out"
    said: list[str] = []

    summary = run_demo(out=out, stream=stream, is_served=False, say=said.append, most_looks=36)

    assert (summary.pulled, summary.scored) == (60, 60)
    [incident] = summary.incidents
    assert f"{incident.opened_at:%Y-%m-%d}" in ("2026-05-20", "2026-05-21")
    first = message_from_bytes((out / "email-01.eml").read_bytes(), policy=default)
    assert first["To"] == "rosa@demo.example"
    plain = first.get_body(("plain",))
    assert plain is not None
    assert "forty minutes" in plain.get_content()
    texts = sorted(path.name for path in out.glob("sms-*.txt"))
    assert texts[0] == "sms-01.txt"
    assert len((out / "sms-01.txt").read_text().strip()) <= 160
    assert incident.sentence in "\n".join(said)

    # Monday the 25th looks back on the week of the trouble.
    rosa, jonas = (
        message_from_bytes((out / f"email-{number:02d}.eml").read_bytes(), policy=default)
        for number in summary.digests
    )
    assert {rosa["To"], jonas["To"]} == {"rosa@demo.example", "jonas@demo.example"}
    assert rosa["Subject"].startswith("Your week at Rosa's: ")
    assert f"email-{summary.digests[-1]:02d}.html" in "\n".join(said)
    assert "forty minutes" in (out / "page.html").read_text()


@pytest.mark.parametrize(
    ("last", "monday"),
    [
        ("2026-06-02T20:00", "2026-06-01T06:05"),
        ("2026-06-04T06:00", "2026-06-01T06:05"),
        ("2026-06-04T06:10", "2026-06-08T06:05"),
        ("2026-06-07T21:00", "2026-06-08T06:05"),
        ("2026-06-08T05:00", "2026-06-08T06:05"),
        ("2026-10-24T12:00", "2026-10-26T07:05"),
    ],
)
def test_the_summary_is_that_of_the_last_week_of_which_there_is_something_to_tell(
    last: str, monday: str
) -> None:
    moment = datetime.fromisoformat(f"{last}+00:00")

    assert monday_to_tell(moment) == datetime.fromisoformat(f"{monday}+00:00")


@pytest.mark.parametrize("after", [1.0, 6.0])
def test_a_kill_leaves_no_process_and_the_next_run_starts_clean(
    tmp_path: Path, stream: Path, after: float
) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-P", "-m", "chalicelib.cli", "demo", "--no-serve"]
    arguments = ["--out", str(out), "--stream", str(stream)]
    demo = subprocess.Popen(
        [*command, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    time.sleep(after)
    started = descendants(demo.pid)

    demo.send_signal(signal.SIGKILL)
    demo.wait()

    assert all_gone(started)
    assert {path.name for path in out.glob("*")} <= {".heedful-demo", "heedful.toml"}
    clear(out)
    assert [path.name for path in out.iterdir()] == [".heedful-demo"]


def descendants(pid: int) -> set[int]:
    """Everything that a process has started, and what that has started."""
    children: dict[int, set[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            children.setdefault(int(fields[1]), set()).add(int(path.parent.name))
    found: set[int] = set()
    waiting = [pid]
    while waiting:
        new = children.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def all_gone(pids: set[int]) -> bool:
    """True as soon as none of them lives any more."""
    for _ in range(300):
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return True
        time.sleep(0.1)
    return False


def test_a_folder_with_somebody_elses_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")

    with pytest.raises(UserError, match="no demo wrote"):
        clear(tmp_path)

    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_whole(path, b"first")

    write_whole(path, b"second")

    assert path.read_bytes() == b"second"
    assert [one.name for one in tmp_path.iterdir()] == ["a.txt"]
