"""The scanners: each is run on this machine without any network, and its answer read."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from proofs.security.findings import HERE, Finding

ROOT = HERE.parents[1]
SCANNERS = ROOT / ".venv-security" / "bin"
CODE = ("app.py", "chalicelib")
# Where a key or a password could be written down by mistake.
WRITTEN = (*CODE, "infra", ".chalice", ".ci", "dev", "pyproject.toml", "docs", "README.md")
# A kind of source says in words what its secret looks like, and heedful.toml names it; what ruff
# takes for a password stands beside the reason why it is none.
DESCRIBED = r'secret_form=|secret = "[a-z-]+/[a-z0-9-]+"|noqa: S10[56]'
# The model's own hashes; and sentences with their translation, which some versions take for names
# with their values ("... the access token" = "...").
NO_SECRETS = r"score/model/|wording/trouble/|__pycache__"
# They ask their makers for news when they may.
QUIET = {
    "SEMGREP_SEND_METRICS": "off",
    "SEMGREP_ENABLE_VERSION_CHECK": "0",
    "CHECKOV_RUN_SCA_PACKAGE_SCAN_V2": "false",
    "LOG_LEVEL": "ERROR",
    "NO_COLOR": "1",
}


class ScannerFailed(RuntimeError):
    """A scanner did not answer: nothing can be said."""


def ask(program: str, *arguments: str, given: str | None = None, folder: Path = ROOT) -> str:
    """What a scanner wrote. Raises ScannerFailed when it wrote nothing."""
    done = subprocess.run(  # noqa: S603  our own environment's programs
        [SCANNERS / program, *arguments],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={"PATH": f"{SCANNERS}:{os.defpath}", "HOME": tempfile.gettempdir(), **QUIET},
    )
    if not done.stdout.strip():
        raise ScannerFailed(f"{program} ended with {done.returncode}: {done.stderr[-400:]}")
    return done.stdout


def bandit(paths: Sequence[str] = CODE) -> list[Finding]:
    """Dangerous calls in Python code."""
    answer = json.loads(ask("bandit", "-q", "-r", "-f", "json", *paths))
    return [
        Finding(
            scanner="bandit",
            rule=one["test_id"],
            where=one["filename"].removeprefix("./"),
            words=f"line {one['line_number']}: {one['issue_text']}",
        )
        for one in answer["results"]
    ]


def semgrep(paths: Sequence[str] = CODE, rules: Path = HERE / "rules.yml") -> list[Finding]:
    """Our own few rules, and no others: nothing is fetched."""
    answer = json.loads(
        ask(
            "semgrep",
            "scan",
            "--metrics=off",
            "--disable-version-check",
            "--no-git-ignore",
            "--json",
            "--quiet",
            "--jobs=1",
            f"--config={rules}",
            *paths,
        )
    )
    if answer["errors"]:
        raise ScannerFailed(f"semgrep could not read everything: {answer['errors'][:2]}")
    return [
        Finding(
            scanner="semgrep",
            rule=one["check_id"].rsplit(".", 1)[-1],
            where=one["path"],
            words=f"line {one['start']['line']}: {one['extra']['message']}",
        )
        for one in answer["results"]
    ]


def detect_secrets(paths: Sequence[str] = WRITTEN) -> list[Finding]:
    """Keys and passwords in files; the packaged template is among them."""
    answer = json.loads(
        ask(
            "detect-secrets",
            "scan",
            "--no-verify",
            "--all-files",
            f"--exclude-lines={DESCRIBED}",
            f"--exclude-files={NO_SECRETS}",
            *paths,
        )
    )
    return [
        Finding(
            scanner="detect-secrets",
            rule=one["type"],
            where=path,
            words=f"line {one['line_number']}",
        )
        for path, found in answer["results"].items()
        for one in found
    ]


def checkov(template: Mapping[str, Any]) -> list[Finding]:
    """The packaged template against the rules for CloudFormation."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.json"
        path.write_text(json.dumps(template))
        answer = json.loads(
            ask(
                "checkov",
                f"--file={path}",
                "--framework=cloudformation",
                "--skip-download",
                "--compact",
                "--quiet",
                "--soft-fail",
                "--output=json",
                folder=Path(folder),
            )
        )
    if "results" not in answer:
        raise ScannerFailed(f"checkov read no resource: {answer}")
    return [
        Finding(
            scanner="checkov",
            rule=one["check_id"],
            where=one["resource"],
            words=one["check_name"],
        )
        for one in answer["results"]["failed_checks"]
    ]


def parliament(template: Mapping[str, Any]) -> list[Finding]:
    """Every policy of the packaged template, its references replaced by made-up names."""
    asked = json.dumps(list(policies_of(template)))
    answer = ask("python", "-W", "ignore", "-c", _ASK_PARLIAMENT, given=asked)
    found = {tuple(one) for one in json.loads(answer.splitlines()[-1])}
    return [
        Finding(scanner="parliament", rule=issue, where=where, words=words)
        for where, issue, words in sorted(found)
    ]


_ASK_PARLIAMENT = """
import json, sys
from parliament import analyze_policy_string
found = []
for where, policy in json.load(sys.stdin):
    for one in analyze_policy_string(json.dumps(policy)).findings:
        found.append([where, one.issue, str(one.detail)[:200]])
print(json.dumps(found))
"""


def policies_of(template: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each identity policy with its resource's name; one for either branch of a condition."""
    for name, resource in template["Resources"].items():
        for policy in resource.get("Properties", {}).get("Policies", []):
            document = policy["PolicyDocument"]
            for branch in (1, 2):
                said = [
                    _plain(one["Fn::If"][branch] if "Fn::If" in one else one)
                    for one in document["Statement"]
                ]
                yield name, {"Version": document["Version"], "Statement": said}


def _plain(value: Any) -> Any:
    """With a made-up name in place of every reference."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "Fn::GetAtt" in value:
        name = value["Fn::GetAtt"][0]
        kind = "dynamodb" if name == "Table" else "lambda" if name in _FUNCTIONS else "sqs"
        return _ARNS[kind].format(name)
    if "Ref" in value:
        return f"made-up-{value['Ref'].lower()}@shop.example"
    if "Fn::Sub" in value:
        return _filled(str(value["Fn::Sub"]))
    return {key: _plain(one) for key, one in value.items()}


_FUNCTIONS = frozenset({"PlanPulls", "PullSource", "Watch", "WriteDigests", "ApplyRetention"})
_ARNS = {
    "dynamodb": "arn:aws:dynamodb:us-east-1:000000000000:table/{}",
    "lambda": "arn:aws:lambda:us-east-1:000000000000:function:{}",
    "sqs": "arn:aws:sqs:us-east-1:000000000000:{}",
}
_NAMES = {
    "${AWS::Partition}": "aws",
    "${AWS::Region}": "us-east-1",
    "${AWS::AccountId}": "000000000000",
    "${AWS::StackName}": "heedful-prod",
    "${Table.Arn}": _ARNS["dynamodb"].format("Table"),
    "${Stage}": "prod",
}


def _filled(text: str) -> str:
    for name, made_up in _NAMES.items():
        text = text.replace(name, made_up)
    return text.replace("${", "").replace("}", "")
