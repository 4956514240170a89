"""The embedded AWS for the demo and the tests: MiniStack on the loopback, in its own environment.

It is never imported, only talked to over HTTP, and ends with the process that started it.
"""

import json
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.error import URLError

from chalicelib.domain.errors import HeedfulError, UserError

ROOT = Path(__file__).resolve().parents[2]
REGION = "eu-central-1"
READY_WITHIN_SECONDS = 60
"""A second is usual; a busy machine takes longer."""

KEPT_TYPES = (
    "AWS::DynamoDB::Table",
    "AWS::SQS::Queue",
    "AWS::SNS::Topic",
    "AWS::SES::ConfigurationSet",
    "AWS::SES::EmailIdentity",
)
"""What the handlers talk to. Functions, schedules and alarms are left out where the handlers are
called directly."""

OUTPUT_VARIABLES = {
    "TableName": "HEEDFUL_TABLE",
    "PullsQueue": "HEEDFUL_PULLS_QUEUE",
    "FeedbackQueue": "HEEDFUL_FEEDBACK_QUEUE",
    "ConfigurationSetName": "HEEDFUL_CONFIGURATION_SET",
}


class EmbeddedAwsError(HeedfulError):
    """MiniStack did not start or did not do what was asked; carries the end of its log."""


@contextmanager
def running_ministack(root: Path = ROOT) -> Iterator[str]:
    """A fresh, empty MiniStack; gives its address, as "http://127.0.0.1:PORT".

    It and all it started are gone when the block or this process ends, kill -9 included.
    Raises UserError when it is not installed or no port is free, EmbeddedAwsError when it fails.
    """
    python = root / ".venv-ministack" / "bin" / "python"
    if not python.exists():
        raise UserError("The embedded AWS is not installed: run this through ./dev.")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    guard = subprocess.Popen(  # noqa: S603  our own interpreter and script
        [python, "-I", Path(__file__).with_name("guard.py"), python, "-m", "ministack"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=ministack_environment(port),
        # Ctrl-C is for us; the guard learns of our end by the end of its input.
        start_new_session=True,
    )
    try:
        assert guard.stdin is not None and guard.stdout is not None  # noqa: S101  for the types
        guard.stdout.readline()
        if not answers(address, guard):
            guard.stdin.close()
            raise EmbeddedAwsError(f"The embedded AWS did not start.\n{guard.stdout.read()}")
        yield address
    finally:
        if guard.stdin is not None:
            guard.stdin.close()
        guard.wait()
        if guard.stdout is not None:
            guard.stdout.close()


def ministack_environment(port: int) -> dict[str, str]:
    """All that it gets of an environment: nothing of the caller's, credentials least of all."""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "LOG_LEVEL": "WARNING",
        "TMPDIR": tempfile.gettempdir(),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def free_port() -> int:
    """A port of the loopback that nobody uses right now."""
    try:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])
    except OSError as error:
        raise UserError(
            "No port is free on 127.0.0.1: end some programs that listen there and try again."
        ) from error


def answers(address: str, guard: "subprocess.Popen[str]") -> bool:
    """True as soon as it answers; False when it ended or took too long."""
    give_up_at = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < give_up_at and guard.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_ministack/ready", timeout=5) as answer:  # noqa: S310
                if answer.status == 200:
                    return True
        except (URLError, OSError):
            time.sleep(0.05)
    return False


def create_resources(
    cloudformation: Any, *, sender: str, stack: str = "heedful", root: Path = ROOT
) -> dict[str, str]:
    """Create table, queues, topics and mail settings from the definitions that are deployed.

    `cloudformation` is a boto3 client for MiniStack. Returns the environment variables that the
    functions get on AWS, but for those that name other functions.
    """
    template = resources_alone(json.loads((root / "infra" / "resources.json").read_text()))
    # On a busy machine the answer may come after the client has asked a second time.
    with suppress(cloudformation.exceptions.AlreadyExistsException):
        cloudformation.create_stack(
            StackName=stack,
            TemplateBody=json.dumps(template),
            Parameters=[
                {"ParameterKey": "Sender", "ParameterValue": sender},
                {"ParameterKey": "Operator", "ParameterValue": sender},
            ],
        )
    outputs = wait_for_stack(cloudformation, stack)
    return {variable: outputs[output] for output, variable in OUTPUT_VARIABLES.items()} | {
        "HEEDFUL_SENDER": sender,
        "HEEDFUL_SECRETS_PATH": "/heedful/demo",
        "HEEDFUL_SMS_BACKEND": "sns",
        "HEEDFUL_WATCH_FUNCTION": "",
        "HEEDFUL_PULL_FUNCTION": "",
    }


def wait_for_stack(cloudformation: Any, stack: str) -> dict[str, str]:
    """Its outputs, once it is complete."""
    while True:
        found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        if found["StackStatus"] == "CREATE_COMPLETE":
            return {out["OutputKey"]: out["OutputValue"] for out in found.get("Outputs", [])}
        if not found["StackStatus"].endswith("_IN_PROGRESS"):
            raise EmbeddedAwsError(
                f"The resources could not be created: {found.get('StackStatusReason', '')}"
            )
        time.sleep(0.05)


def resources_alone(template: dict[str, Any]) -> dict[str, Any]:
    """The part of the deployed definitions that needs no function."""
    kept = {
        logical_id: {key: value for key, value in resource.items() if key != "DependsOn"}
        for logical_id, resource in template["Resources"].items()
        if resource.get("Type") in KEPT_TYPES
    }
    names = {*kept, *template["Parameters"]}
    outputs = {
        name: output
        for name, output in template["Outputs"].items()
        if isinstance(output["Value"], dict) and output["Value"].get("Ref") in names
    }
    return {
        "Parameters": template["Parameters"],
        "Conditions": template["Conditions"],
        "Resources": kept,
        "Outputs": outputs,
    }
