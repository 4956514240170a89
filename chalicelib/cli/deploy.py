"""Deploying and taking down: upload, show what would change in words, and do it on yes.

`chalice deploy` cannot carry this package: it uploads directly, which AWS caps at 50 MB, and knows
nothing of the table and the queues. CloudFormation does the change and rolls it back when it fails.
"""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.cli.artifact_bucket import ArtifactBucket
from chalicelib.cli.change_words import describe_changes
from chalicelib.cli.configure import make_trace_key
from chalicelib.cli.package import Package
from chalicelib.domain.clock import utc_now
from chalicelib.domain.errors import HeedfulError, UserError
from chalicelib.store.secrets import SsmSecrets

LOOK_EVERY_SECONDS = 2.0
REQUIRED_PARAMETERS = {
    "Sender": "--sender: the e-mail address that alerts come from",
    "Operator": "--operator: the e-mail address that hears when Heedful itself is ill",
}
NEVER_CREATED = "REVIEW_IN_PROGRESS"
CREATION_FAILED = "ROLLBACK_COMPLETE"


class DeploymentFailed(HeedfulError):
    """CloudFormation could not do it and went back to what was there before; says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """boto3 clients of one account and region; `look_every` is the pause between two looks."""

    cloudformation: Any
    s3: Any
    sts: Any
    dynamodb: Any
    ssm: Any
    look_every: float = LOOK_EVERY_SECONDS

    @classmethod
    def reached_by(cls, make_client: Callable[[str], Any]) -> "Cloud":
        """Clients from a function that makes one by its service's name."""
        services = ("cloudformation", "s3", "sts", "dynamodb", "ssm")
        return cls(**{service: make_client(service) for service in services})


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whoever sits at the keyboard: `say` shows a line, `ask` returns True on yes."""

    say: Callable[[str], None]
    ask: Callable[[str], bool]


def stack_name(stage: str) -> str:
    """The CloudFormation stack of a stage."""
    return f"heedful-{stage}"


def deploy(
    package: Package,
    *,
    stage: str,
    parameters: Mapping[str, str],
    cloud: Cloud,
    person: Person,
) -> dict[str, str] | None:
    """Upload the package, show the changes, apply them on yes; the stack's outputs, or None on no.

    Parameters that are not given keep what they are. Raises UserError for a missing one or a stack
    that is busy, DeploymentFailed when CloudFormation rolled back.
    """
    stack = stack_name(stage)
    current = find_stack(cloud, stack)
    if current is not None and current["StackStatus"] == CREATION_FAILED:
        person.say("The first deployment failed and left an empty stack; it is removed first.")
        remove_stack(cloud, stack)
        current = None
    refuse_when_busy(current, stack)
    is_new = current is None or current["StackStatus"] == NEVER_CREATED
    values = parameter_values(package, {} if is_new else stack_parameters(current), parameters)
    bucket = ArtifactBucket.open(s3=cloud.s3, sts=cloud.sts)
    person.say(f"Uploading {package.sizes()}")
    template_url, archives = upload(package, bucket, stage)
    change_set = create_change_set(cloud, stack, template_url, values, is_new=is_new)
    changes = wait_for_changes(cloud, stack, change_set)
    if not changes:
        cloud.cloudformation.delete_change_set(StackName=stack, ChangeSetName=change_set)
        person.say("Nothing changes: what is deployed is what is here.")
        return stack_outputs(find_stack(cloud, stack))
    for line in describe_changes(changes):
        person.say(line)
    if not person.ask(f"Apply this to the stack {stack}?"):
        cloud.cloudformation.delete_change_set(StackName=stack, ChangeSetName=change_set)
        if is_new:
            remove_stack(cloud, stack)
        person.say("Nothing was changed.")
        return None
    # Before the functions that need it.
    make_trace_key(SsmSecrets(f"/heedful/{stage}", cloud.ssm, utc_now))
    cloud.cloudformation.execute_change_set(StackName=stack, ChangeSetName=change_set)
    done = wait_for_stack(cloud, stack)
    if done["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise DeploymentFailed(
            f"The deployment failed and what was there before is back.\n{why(cloud, stack)}"
        )
    bucket.keep_for(stage, archives)
    return stack_outputs(done)


def destroy(*, stage: str, cloud: Cloud, person: Person) -> bool:
    """Take the stack down, and on a second yes also the feedback and the secrets; False on no."""
    stack = stack_name(stage)
    current = find_stack(cloud, stack)
    if current is None:
        raise UserError(f"There is no stack {stack}: nothing of that stage is deployed here.")
    refuse_when_busy(current, stack)
    if not person.ask(
        f"Take down {stack}: functions, queues with what waits in them, schedules, pages, alarms?"
    ):
        return False
    table = stack_outputs(current).get("TableName")
    remove_stack(cloud, stack)
    ArtifactBucket.open(s3=cloud.s3, sts=cloud.sts).remove_stage(stage)
    person.say(f"{stack} is gone. The table {table} with the feedback and the secrets stay.")
    if table and person.ask(
        f"Delete the table {table} and the secrets below /heedful/{stage}/ too?"
    ):
        cloud.dynamodb.delete_table(TableName=table)
        delete_secrets(cloud, stage)
        person.say("Table and secrets are deleted. AWS keeps a copy of the table for 35 days.")
    return True


def upload(package: Package, bucket: ArtifactBucket, stage: str) -> tuple[str, set[str]]:
    """Archives and a template that names them; returns the template's address and all keys."""
    template = json.loads(package.template.read_text())
    keys = {path.name: bucket.upload(stage, path) for path in (package.code, package.layer)}
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        for name in ("CodeUri", "ContentUri"):
            if name in properties:
                key = keys[Path(properties[name]).name]
                properties[name] = {"Bucket": bucket.name, "Key": key}
    text = json.dumps(template, separators=(",", ":")).encode()
    key = bucket.put(stage, hashlib.sha256(text).hexdigest() + ".json", text)
    return bucket.address_of(key), {*keys.values(), key}


def find_stack(cloud: Cloud, stack: str) -> dict[str, Any] | None:
    """What CloudFormation says of the stack, or None when there is none."""
    try:
        found: list[dict[str, Any]] = cloud.cloudformation.describe_stacks(StackName=stack)[
            "Stacks"
        ]
    except cloud.cloudformation.exceptions.ClientError as error:
        # The only trouble that describe_stacks reports as a validation error is a missing stack.
        if error.response["Error"]["Code"] == "ValidationError":
            return None
        raise
    return next((one for one in found if one["StackStatus"] != "DELETE_COMPLETE"), None)


def refuse_when_busy(current: dict[str, Any] | None, stack: str) -> None:
    """Two changes at once would trip over each other."""
    status = current["StackStatus"] if current else ""
    if status.endswith("_IN_PROGRESS") and status != NEVER_CREATED:
        raise UserError(
            f"{stack} is being changed right now ({status}): try again when it is done."
        )
    if status.endswith("_FAILED"):
        raise UserError(
            f"{stack} is stuck in {status}: open it in the CloudFormation console and continue the "
            "roll-back there, then deploy again."
        )


def parameter_values(
    package: Package, previous: Mapping[str, str], given: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Given values, else what the stack has, else the template's default."""
    declared = json.loads(package.template.read_text())["Parameters"]
    unknown = sorted(given.keys() - declared.keys())
    if unknown:
        raise UserError(
            f"There is no parameter {unknown[0]}; there are: {', '.join(sorted(declared))}."
        )
    values: list[dict[str, Any]] = []
    for name, about in declared.items():
        if name in given:
            values.append({"ParameterKey": name, "ParameterValue": given[name]})
        elif name in previous:
            values.append({"ParameterKey": name, "UsePreviousValue": True})
        elif "Default" not in about:
            raise UserError(f"The first deployment needs {REQUIRED_PARAMETERS.get(name, name)}.")
    return values


def stack_parameters(current: dict[str, Any] | None) -> dict[str, str]:
    """What the stack was deployed with."""
    given = current.get("Parameters", []) if current else []
    return {one["ParameterKey"]: one.get("ParameterValue", "") for one in given}


def stack_outputs(current: dict[str, Any] | None) -> dict[str, str]:
    """What the stack tells of itself."""
    outputs = current.get("Outputs", []) if current else []
    return {one["OutputKey"]: one["OutputValue"] for one in outputs}


def create_change_set(
    cloud: Cloud, stack: str, template_url: str, values: list[dict[str, Any]], *, is_new: bool
) -> str:
    """Ask CloudFormation what the template would change."""
    name = f"heedful-{time.time_ns()}"
    try:
        cloud.cloudformation.create_change_set(
            StackName=stack,
            ChangeSetName=name,
            ChangeSetType="CREATE" if is_new else "UPDATE",
            TemplateURL=template_url,
            Parameters=values,
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
            Tags=[{"Key": "application", "Value": "heedful"}],
        )
    except cloud.cloudformation.exceptions.ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        reason = error.response["Error"]["Message"]
        raise DeploymentFailed(f"CloudFormation refuses the template: {reason}") from error
    return name


def wait_for_changes(cloud: Cloud, stack: str, change_set: str) -> list[dict[str, Any]]:
    """All changes of the set; none when the template is what is deployed."""
    changes: list[dict[str, Any]] = []
    token: dict[str, str] = {}
    while True:
        found = cloud.cloudformation.describe_change_set(
            StackName=stack, ChangeSetName=change_set, **token
        )
        if found["Status"] == "FAILED":
            reason = found.get("StatusReason", "")
            if "didn't contain changes" in reason or "No updates" in reason:
                return []
            raise DeploymentFailed(f"CloudFormation refuses the template: {reason}")
        if found["Status"] != "CREATE_COMPLETE":
            time.sleep(cloud.look_every)
            continue
        changes += [one["ResourceChange"] for one in found["Changes"]]
        if "NextToken" not in found:
            return changes
        token = {"NextToken": found["NextToken"]}


def wait_for_stack(cloud: Cloud, stack: str) -> dict[str, Any]:
    """The stack once it rests."""
    while True:
        found = find_stack(cloud, stack)
        if found is None:
            return {"StackStatus": "DELETE_COMPLETE"}
        if not found["StackStatus"].endswith("_IN_PROGRESS"):
            return found
        time.sleep(cloud.look_every)


def remove_stack(cloud: Cloud, stack: str) -> None:
    """Delete it and wait. Raises DeploymentFailed when something would not go."""
    cloud.cloudformation.delete_stack(StackName=stack)
    done = wait_for_stack(cloud, stack)
    if done["StackStatus"] != "DELETE_COMPLETE":
        raise DeploymentFailed(f"{stack} could not be taken down.\n{why(cloud, stack)}")


def why(cloud: Cloud, stack: str) -> str:
    """The reasons of the newest attempt, in the order in which things failed."""
    pages = cloud.cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack)
    reasons: list[str] = []
    for event in (event for page in pages for event in page["StackEvents"]):
        if event["ResourceStatus"].endswith("_FAILED"):
            reason = event.get("ResourceStatusReason", "no reason given")
            if "cancelled" not in reason.lower():
                reasons.append(f"  {event['LogicalResourceId']}: {reason}")
        if event.get("ResourceStatusReason") == "User Initiated":
            break
    return "\n".join(reversed(reasons)) or "  CloudFormation gives no reason."


def delete_secrets(cloud: Cloud, stage: str) -> None:
    """Every parameter of the stage."""
    pages = cloud.ssm.get_paginator("get_parameters_by_path").paginate(
        Path=f"/heedful/{stage}/", Recursive=True
    )
    names = [parameter["Name"] for page in pages for parameter in page["Parameters"]]
    for start in range(0, len(names), 10):
        cloud.ssm.delete_parameters(Names=names[start : start + 10])
