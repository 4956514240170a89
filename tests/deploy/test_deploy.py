"""On the embedded AWS: said in words, done on yes, rolled back when it fails, taken down."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from chalicelib.cli import ministack
from chalicelib.cli.deploy import Cloud, DeploymentFailed, Person, deploy, destroy
from chalicelib.cli.ministack import running_ministack
from chalicelib.cli.package import HOST_PYTHON, Package, cached_package
from chalicelib.domain.errors import UserError

pytestmark = pytest.mark.artifact

# The embedded AWS has no budgets; the sender's address is its own.
PARAMETERS = {
    "Sender": "alerts@bakery.example",
    "Operator": "technician@bakery.example",
    "MonthlyBudget": "0",
}


@dataclass
class Keyboard:
    """A person who answers as told and remembers what was shown."""

    answers: list[bool] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)

    def person(self) -> Person:
        return Person(say=self.shown.append, ask=self.ask)

    def ask(self, question: str) -> bool:
        self.shown.append(question)
        return self.answers.pop(0)


def cloud_at(address: str) -> Cloud:
    """Clients of the embedded AWS."""

    def client(name: str) -> Any:
        return boto3.client(
            name,
            endpoint_url=address,
            region_name=ministack.REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    return replace(Cloud.reached_by(client), look_every=0.05)


@pytest.fixture(scope="module")
def package() -> Package:
    return cached_package(stage="test", target=HOST_PYTHON)


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with running_ministack() as address:
        yield cloud_at(address)


def changed(package: Package, folder: Path, change: dict[str, Any]) -> Package:
    """The package with other properties of some of its resources."""
    for path in (package.code, package.layer):
        shutil.copyfile(path, folder / path.name)
    template = json.loads(package.template.read_text())
    for logical_id, resource in change.items():
        if resource is None:
            del template["Resources"][logical_id]
        elif logical_id in template["Resources"]:
            template["Resources"][logical_id]["Properties"] |= resource["Properties"]
        else:
            template["Resources"][logical_id] = resource
    (folder / package.template.name).write_text(json.dumps(template))
    return replace(package, folder=folder)


def time_out_of(cloud: Cloud, function: str) -> int:
    template = cloud.cloudformation.get_template(
        StackName="heedful-test", TemplateStage="Processed"
    )["TemplateBody"]
    body = json.loads(template) if isinstance(template, str) else template
    return int(body["Resources"][function]["Properties"]["Timeout"])


def test_it_is_deployed_changed_rolled_back_and_taken_down(
    cloud: Cloud, package: Package, tmp_path: Path
) -> None:
    # The first time, everything is created.
    keyboard = Keyboard(answers=[True])
    outputs = deploy(
        package, stage="test", parameters=PARAMETERS, cloud=cloud, person=keyboard.person()
    )
    assert outputs is not None
    assert outputs["PageAddress"].startswith("https://")
    words = "\n".join(keyboard.shown)
    assert re.search(r"^creates \d functions: APIHandler, .*ScoreFeedback, Watch", words, re.M)
    assert "creates 5 queues: Feedback, FeedbackLost, LostCalls, Pulls, PullsLost" in words
    assert "creates 1 table: Table" in words
    assert keyboard.shown[-1] == "Apply this to the stack heedful-test?"

    # Deployed again it changes nothing and asks nothing.
    keyboard = Keyboard()
    again = deploy(package, stage="test", parameters={}, cloud=cloud, person=keyboard.person())
    assert again == outputs
    assert keyboard.shown[-1] == "Nothing changes: what is deployed is what is here."

    # A change is named, and nothing else is.
    (tmp_path / "slower").mkdir()
    slower = changed(package, tmp_path / "slower", {"Watch": {"Properties": {"Timeout": 57}}})
    keyboard = Keyboard(answers=[True])
    deploy(slower, stage="test", parameters={}, cloud=cloud, person=keyboard.person())
    assert "changes 1 function: Watch" in keyboard.shown
    assert time_out_of(cloud, "Watch") == 57

    # One that fails leaves what was there before, and says which resource failed.
    (tmp_path / "broken").mkdir()
    broken = changed(
        package,
        tmp_path / "broken",
        {
            "Watch": {"Properties": {"Timeout": 58}},
            "Taken": {
                "Type": "AWS::SSM::Parameter",
                "DependsOn": ["Watch"],
                "Properties": {"Name": "/taken", "Type": "String", "Value": "ours"},
            },
        },
    )
    cloud.ssm.put_parameter(Name="/taken", Value="somebody else's", Type="String")
    keyboard = Keyboard(answers=[True])
    with pytest.raises(DeploymentFailed, match=r"Taken: .*already exists"):
        deploy(broken, stage="test", parameters={}, cloud=cloud, person=keyboard.person())
    (stack,) = cloud.cloudformation.describe_stacks(StackName="heedful-test")["Stacks"]
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert time_out_of(cloud, "Watch") == 57

    # Taken down, the feedback stays until it is asked for by name.
    keyboard = Keyboard(answers=[True, False])
    assert destroy(stage="test", cloud=cloud, person=keyboard.person())
    assert cloud.dynamodb.list_tables()["TableNames"] == [outputs["TableName"]]
    with pytest.raises(UserError, match="There is no stack heedful-test"):
        destroy(stage="test", cloud=cloud, person=Keyboard().person())


def test_a_no_leaves_nothing_behind(cloud: Cloud, package: Package) -> None:
    keyboard = Keyboard(answers=[False])

    done = deploy(
        package, stage="test", parameters=PARAMETERS, cloud=cloud, person=keyboard.person()
    )

    assert done is None
    assert cloud.dynamodb.list_tables()["TableNames"] == []
    with pytest.raises(UserError, match="There is no stack"):
        destroy(stage="test", cloud=cloud, person=Keyboard().person())


def test_a_second_yes_deletes_the_feedback_and_the_secrets(cloud: Cloud, package: Package) -> None:
    deploy(
        package,
        stage="test",
        parameters=PARAMETERS,
        cloud=cloud,
        person=Keyboard(answers=[True]).person(),
    )
    for name in ("/heedful/test/survey", "/heedful/prod/survey"):
        cloud.ssm.put_parameter(Name=name, Value="whsec_made-up", Type="SecureString")

    destroy(stage="test", cloud=cloud, person=Keyboard(answers=[True, True]).person())

    assert cloud.dynamodb.list_tables()["TableNames"] == []
    left = cloud.ssm.get_parameters_by_path(Path="/heedful/", Recursive=True)["Parameters"]
    assert [parameter["Name"] for parameter in left] == ["/heedful/prod/survey"]


def test_the_first_deployment_needs_a_sender(cloud: Cloud, package: Package) -> None:
    with pytest.raises(UserError, match="needs --sender"):
        deploy(package, stage="test", parameters={}, cloud=cloud, person=Keyboard().person())


def test_a_parameter_that_does_not_exist_is_named(cloud: Cloud, package: Package) -> None:
    with pytest.raises(UserError, match=r"no parameter Sendr; there are: .*Sender"):
        deploy(
            package,
            stage="test",
            parameters={"Sendr": "a@b.example"},
            cloud=cloud,
            person=Keyboard().person(),
        )


def test_a_template_that_is_refused_is_no_traceback(cloud: Cloud, package: Package) -> None:
    with pytest.raises(DeploymentFailed, match=r"refuses the template: .*AWS::Budgets::Budget"):
        deploy(
            package,
            stage="test",
            parameters=PARAMETERS | {"MonthlyBudget": "5"},
            cloud=cloud,
            person=Keyboard().person(),
        )
