"""`heedful check` as typed, against the embedded AWS: it sees the stage and changes nothing."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from click.testing import CliRunner

from chalicelib.cli.__main__ import main
from chalicelib.cli.configure import apply_file, check_file
from chalicelib.cli.ministack import create_resources, running_ministack
from chalicelib.wiring import deployed_services
from tests.embedded_aws import SECRET, SENDER, client
from tests.pull.playing import Answer, send
from tests.pull.site import Site, running_site

ROOT = Path(__file__).resolve().parents[2]

SETTINGS = """
[[business]]
id = "bakery"
name = "Rosa Bakery"
time_zone = "Europe/Berlin"
country = "DE"

[[business.contact]]
name = "Rosa"
email = "rosa@bakery.example"

[[business.source]]
name = "survey"
kind = "survey"
secret = "bakery/survey"

[[business.source]]
name = "reviews"
kind = "judge_me"
every = "1h"
secret = "bakery/reviews"
shop = "rosa.myshopify.com"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A stage on the embedded AWS, and the file it goes by."""

    address: str
    path: Path
    table: str

    def check(self, *arguments: str, stage: str = "test") -> tuple[int, dict[str, dict[str, Any]]]:
        """The exit code, and the rows by what they are about."""
        result = CliRunner().invoke(
            main,
            ["check", "--json", "--file", str(self.path), "--stage", stage,
             "--endpoint-url", self.address, *arguments],
        )  # fmt: skip
        assert result.exit_code in (0, 1), result.output
        return result.exit_code, {row["what"]: row for row in json.loads(result.output)["rows"]}

    def rows(self) -> list[Any]:
        """All that the table holds."""
        found: list[Any] = client("dynamodb", self.address).scan(TableName=self.table)["Items"]
        return sorted(found, key=str)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    path = tmp_path_factory.mktemp("settings") / "heedful.toml"
    path.write_text(SETTINGS)
    with running_ministack() as address:
        made = create_resources(
            client("cloudformation", address), sender=SENDER, stack="heedful-test"
        )
        ssm = client("ssm", address)
        for name in ("test", "other"):
            parameter = f"/heedful/{name}/bakery/survey"
            ssm.put_parameter(Name=parameter, Value=SECRET, Type="SecureString")
        list(apply_file(deployed_services("test", address), check_file(path), is_dry_run=False))
        yield Stage(address=address, path=path, table=made["HEEDFUL_TABLE"])


def test_a_deployed_stage_is_seen_whole_and_left_as_it_is(stage: Stage) -> None:
    before = stage.rows()

    code, rows = stage.check()

    assert code == 1
    assert stage.rows() == before
    findings = {what: row["finding"] for what, row in rows.items()}
    assert findings["AWS account"] == findings["stage test"] == "good"
    assert findings["bakery/survey (survey)"] == "note"
    assert findings["bakery/reviews (judge_me)"] == "to fix"
    assert "secret set bakery/reviews --stage test" in rows["bakery/reviews (judge_me)"]["to_fix"]
    assert findings["contact Rosa of bakery"] == "good"
    assert rows["e-mail by SES"]["reachable"] is True
    assert " a day" in rows["e-mail by SES"]["quota_left"]
    assert f"sender {SENDER}" in rows
    assert findings["dead letters"] == findings["messages to send"] == "good"
    assert findings["watch, the sender"] == "to fix"
    assert "heedful.toml" not in rows


def test_a_lost_message_and_a_file_that_was_not_applied_are_to_fix(stage: Stage) -> None:
    outputs = client("cloudformation", stage.address).describe_stacks(StackName="heedful-test")
    (lost,) = [
        one["OutputValue"]
        for one in outputs["Stacks"][0]["Outputs"]
        if one["OutputKey"] == "FeedbackLostQueue"
    ]
    client("sqs", stage.address).send_message(QueueUrl=lost, MessageBody="{}")
    stage.path.write_text(SETTINGS.replace("Rosa Bakery", "Rosa's"))

    _, rows = stage.check()

    stage.path.write_text(SETTINGS)
    assert rows["dead letters"]["trouble"].startswith("1 in ")
    assert "Rosa Bakery -> Rosa's" in rows["heedful.toml"]["trouble"]
    assert rows["heedful.toml"]["to_fix"] == "Run ./dev heedful apply --stage test"


def test_before_deployment_it_says_so_and_checks_all_the_same(stage: Stage) -> None:
    code, rows = stage.check(stage="other")

    assert code == 1
    assert rows["stage other"]["finding"] == "note"
    assert "not deployed yet" in rows["stage other"]["trouble"]
    assert rows["bakery/survey (survey)"]["finding"] == "good"
    assert rows["bakery/reviews (judge_me)"]["finding"] == "to fix"
    assert "dead letters" not in rows


def test_without_a_file_the_stage_s_own_businesses_are_checked(stage: Stage) -> None:
    _, rows = Stage(
        address=stage.address, path=stage.path.with_name("none.toml"), table=stage.table
    ).check()

    assert "bakery/survey (survey)" in rows


def test_without_a_file_and_without_a_stage_the_way_out_is_said(stage: Stage) -> None:
    result = CliRunner().invoke(
        main,
        ["check", "--file", "none.toml", "--stage", "other", "--endpoint-url", stage.address],
    )

    assert result.exit_code == 2
    assert "./dev heedful init --file none.toml" in result.stderr


class Instance:
    """A Mastodon instance on this machine whose owner says yes at once."""

    def __init__(self, site: Site) -> None:
        site.otherwise = self.respond

    def respond(self, handler: Any) -> None:
        """What stands at that address."""
        parts = urlsplit(handler.path)
        if parts.path == "/oauth/authorize":
            asked = dict(parse_qsl(parts.query))
            back = urlencode({"code": "code-1", "state": asked["state"]})
            location = f"{asked['redirect_uri']}?{back}"
            send(handler, Answer(status=302, headers={"Location": location}))
        elif parts.path == "/api/v1/apps":
            send(handler, Answer(said={"client_id": "id-1", "client_secret": "hidden-1"}))
        else:
            assert parts.path == "/oauth/token"
            send(handler, Answer(said={"access_token": "hidden-2", "token_type": "Bearer"}))


def test_a_sign_in_as_it_is_typed_ends_in_ssm_and_not_on_the_screen(stage: Stage) -> None:
    with running_site() as site:
        Instance(site)
        arguments = [
            "connect", "mastodon", "--site", site.root, "--name", "bakery/mastodon",
            "--stage", "test", "--endpoint-url", stage.address,
        ]  # fmt: skip
        # Without a path there is no browser to open: this test is the browser.
        with subprocess.Popen(
            [sys.executable, "-m", "chalicelib.cli", *arguments],
            cwd=ROOT,
            env={**os.environ, "PATH": "", "BROWSER": "", "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as running:
            assert running.stdout is not None
            shown = ""
            while "/oauth/authorize?" not in shown:
                line = running.stdout.readline()
                assert line, shown
                shown += line
            address = next(word for word in shown.split() if word.startswith(site.root))
            with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310
                assert answer.status == 200
            shown += running.stdout.read()
            assert running.wait(timeout=60) == 0, shown

    kept = client("ssm", stage.address).get_parameter(
        Name="/heedful/test/bakery/mastodon", WithDecryption=True
    )["Parameter"]
    assert (kept["Value"], kept["Type"]) == ("hidden-2", "SecureString")
    assert "hidden" not in shown
    assert 'secret = "bakery/mastodon"' in shown
