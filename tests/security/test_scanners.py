"""What `./dev prove security` is made of: waivers with reasons, and scanners that ask nobody."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from proofs.security.findings import HERE, Finding, Waiver, left_over, read_waivers
from proofs.security.planted import plant, rules, sorted_out
from proofs.security.scanners import policies_of

ROOT = Path(__file__).resolve().parents[2]


def a_finding(rule: str = "B1", where: str = "app.py") -> Finding:
    return Finding(scanner="bandit", rule=rule, where=where, words="line 3: careful")


def a_waiver(rule: str = "B1", where: str = "app.py") -> Waiver:
    return Waiver(scanner="bandit", rule=rule, where=where, reason="because it is only a test")


def test_every_waiver_gives_a_reason_and_stands_once() -> None:
    waivers = read_waivers()

    named = [(one.scanner, one.rule, one.where) for one in waivers]
    assert len(set(named)) == len(named)
    assert all(len(one.reason) >= 20 for one in waivers)


def test_a_waiver_without_a_reason_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "waivers.toml"
    path.write_text('[[waiver]]\nscanner = "bandit"\nrule = "B1"\nwhere = "*"\nreason = "ok"\n')

    with pytest.raises(ValueError, match="bandit B1 gives no reason"):
        read_waivers(path)


def test_only_what_a_waiver_names_is_waived() -> None:
    findings = [a_finding(), a_finding(where="flow.py"), a_finding(rule="B2")]

    left, idle = left_over(findings, [a_waiver()])

    assert left == findings[1:]
    assert idle == []


def test_a_waiver_for_everywhere_covers_everywhere_and_one_for_nothing_is_told() -> None:
    findings = [a_finding(), a_finding(where="flow.py")]

    left, idle = left_over(findings, [a_waiver(where="*"), a_waiver(rule="B9")])

    assert left == []
    assert idle == [a_waiver(rule="B9")]


def test_no_scanner_may_ask_anybody_for_anything() -> None:
    text = (HERE / "scanners.py").read_text()

    for said in ("--metrics=off", "--disable-version-check", "--skip-download", "--no-verify"):
        assert said in text


def test_a_rule_that_misses_its_planted_fault_is_told(tmp_path: Path) -> None:
    plant(tmp_path)
    found = [
        Finding(scanner="semgrep", rule=rule, where=str(tmp_path / "planted.py"), words="")
        for rule in sorted(rules())[1:]
    ]

    outside, blind = sorted_out([a_finding(), *found], tmp_path)

    assert outside == [a_finding()]
    assert blind == {min(rules())}
    assert len(rules()) >= 5
    assert {one.name for one in tmp_path.iterdir()} == {"planted.py", "planted.html"}


def test_a_policy_is_read_in_both_branches_with_names_in_place_of_references() -> None:
    other = {"Sid": "B", "Resource": {"Fn::GetAtt": ["Feedback", "Arn"]}}
    said = {"Fn::If": ["C", {"Sid": "A", "Resource": {"Fn::Sub": "${Table.Arn}/index/due"}}, other]}
    policy = {"PolicyDocument": {"Version": "2012-10-17", "Statement": [said]}}
    template = {"Resources": {"WatchRole": {"Properties": {"Policies": [policy]}}}}

    statements = [found["Statement"] for _, found in policies_of(template)]

    table = "arn:aws:dynamodb:us-east-1:000000000000:table/Table/index/due"
    queue = "arn:aws:sqs:us-east-1:000000000000:Feedback"
    assert statements == [
        [{"Sid": "A", "Resource": table}],
        [{"Sid": "B", "Resource": queue}],
    ]


def test_the_scanners_are_pinned_in_an_environment_of_their_own() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    names = {line.split(">")[0].split("<")[0] for line in groups["security"]}

    assert names >= {"bandit", "checkov", "detect-secrets", "parliament", "semgrep"}
    assert not names & {line.split(">")[0] for line in groups["dev"]}
    assert (
        "prepare_environment .venv-security requirements-security.txt" in (ROOT / "dev").read_text()
    )
