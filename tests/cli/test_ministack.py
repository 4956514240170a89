"""The embedded AWS starts empty, has what is deployed, and is gone with whoever started it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from chalicelib.cli import ministack
from chalicelib.cli.ministack import EmbeddedAwsError, create_resources, running_ministack
from chalicelib.domain.errors import UserError

ROOT = Path(__file__).resolve().parents[2]
SENDER = "alerts@bakery.example"
HOLD_IT = """
import sys, time
from chalicelib.cli.ministack import running_ministack
with running_ministack() as address:
    print(address, flush=True)
    time.sleep(600)
"""


def client(name: str, address: str) -> Any:
    """A client for the embedded AWS."""
    return boto3.client(
        name,
        endpoint_url=address,
        region_name=ministack.REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running_ministack() as started:
        yield started


@pytest.fixture(scope="module")
def variables(address: str) -> dict[str, str]:
    return create_resources(client("cloudformation", address), sender=SENDER)


def descendants(process: int) -> set[int]:
    """Process ids of all that came from a process."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found: set[int] = set()
    while True:
        more = {child for child, parent in parents.items() if parent in found | {process}} - found
        if not more:
            return found
        found |= more


def is_alive(process: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def test_it_listens_on_the_loopback_alone(address: str) -> None:
    port = int(address.rpartition(":")[2])
    listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    hosts = {line[1].split(":")[0] for line in listening if line[1].endswith(f":{port:04X}")}

    assert hosts == {"0100007F"}


def test_the_table_has_the_keys_and_indexes_that_are_deployed(
    address: str, variables: dict[str, str]
) -> None:
    template = json.loads((ROOT / "infra" / "resources.json").read_text())
    deployed = template["Resources"]["Table"]["Properties"]

    found = client("dynamodb", address).describe_table(TableName=variables["HEEDFUL_TABLE"])[
        "Table"
    ]

    assert found["KeySchema"] == deployed["KeySchema"]
    assert {
        index["IndexName"]: index["Projection"] for index in found["GlobalSecondaryIndexes"]
    } == {index["IndexName"]: index["Projection"] for index in deployed["GlobalSecondaryIndexes"]}


def test_a_request_that_was_repeated_gives_the_same_resources(
    address: str, variables: dict[str, str]
) -> None:
    assert create_resources(client("cloudformation", address), sender=SENDER) == variables


def test_what_is_put_on_a_queue_comes_out_of_it(address: str, variables: dict[str, str]) -> None:
    sqs = client("sqs", address)
    sqs.send_message(QueueUrl=variables["HEEDFUL_PULLS_QUEUE"], MessageBody="bakery news")

    found = sqs.receive_message(QueueUrl=variables["HEEDFUL_PULLS_QUEUE"])["Messages"]

    assert [message["Body"] for message in found] == ["bakery news"]


def test_the_sender_may_send_with_the_configuration_set_and_a_stranger_may_not(
    address: str, variables: dict[str, str]
) -> None:
    ses = client("sesv2", address)

    def send(sender: str) -> str:
        sent = ses.send_email(
            FromEmailAddress=sender,
            Destination={"ToAddresses": ["owner@bakery.example"]},
            ConfigurationSetName=variables["HEEDFUL_CONFIGURATION_SET"],
            Content={"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "b"}}}},
        )
        return str(sent["MessageId"])

    assert send(SENDER)
    with pytest.raises(ses.exceptions.MessageRejected):
        send("stranger@elsewhere.example")


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_no_process_port_or_folder_stays_however_its_starter_ends(
    way: signal.Signals, tmp_path: Path
) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", HOLD_IT],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env=dict(os.environ) | {"TMPDIR": str(tmp_path)},
    )
    assert starter.stdout is not None
    with starter.stdout:
        port = int(starter.stdout.readline().strip().rpartition(":")[2])
    started = descendants(starter.pid)
    folders = list(tmp_path.iterdir())
    assert len(started) >= 2

    starter.send_signal(way)
    starter.wait()

    give_up_at = time.monotonic() + 20
    while time.monotonic() < give_up_at and (
        any(map(is_alive, started)) or list(tmp_path.iterdir())
    ):
        time.sleep(0.02)
    assert not [process for process in started if is_alive(process)]
    assert len(folders) == 1
    assert list(tmp_path.iterdir()) == []
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_server_that_cannot_start_is_said_with_its_own_words(tmp_path: Path) -> None:
    broken = tmp_path / ".venv-ministack" / "bin" / "python"
    broken.parent.mkdir(parents=True)
    broken.write_text(
        f'#!/bin/sh\n[ "$1" = -I ] && exec {sys.executable} "$@"\necho no such planet\nexit 3\n'
    )
    broken.chmod(0o755)

    with (
        pytest.raises(EmbeddedAwsError, match="no such planet"),
        running_ministack(tmp_path),
    ):
        pass


def test_without_its_environment_one_is_told_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"run this through \./dev"), running_ministack(tmp_path):
        pass
