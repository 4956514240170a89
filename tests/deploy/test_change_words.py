"""A change set in words: everything is named, and what loses feedback is shouted."""

from __future__ import annotations

from typing import Any

from chalicelib.cli.change_words import describe_changes


def change(action: str, kind: str, name: str, replacement: str = "False") -> dict[str, Any]:
    return {
        "Action": action,
        "ResourceType": kind,
        "LogicalResourceId": name,
        "Replacement": replacement,
    }


def test_changes_are_grouped_by_what_is_done_to_what() -> None:
    said = describe_changes(
        [
            change("Modify", "AWS::Lambda::Function", "Watch"),
            change("Add", "AWS::SQS::Queue", "Pulls"),
            change("Add", "AWS::SQS::Queue", "Feedback"),
            change("Remove", "AWS::CloudWatch::Alarm", "Old"),
        ]
    )

    assert said == [
        "creates 2 queues: Feedback, Pulls",
        "changes 1 function: Watch",
        "removes 1 alarm: Old",
    ]


def test_a_thing_that_holds_feedback_and_would_be_lost_is_said_last_and_loudly() -> None:
    said = describe_changes(
        [
            change("Remove", "AWS::SQS::Queue", "Feedback"),
            change("Modify", "AWS::DynamoDB::Table", "Table", "True"),
            change("Modify", "AWS::Lambda::Function", "Watch"),
        ]
    )

    assert said == [
        "changes 1 function: Watch",
        "REMOVES the queue Feedback: what is in it stays behind.",
        "REPLACES the table Table: what is in it stays behind.",
    ]


def test_a_thing_that_is_made_anew_is_said_to_be() -> None:
    said = describe_changes([change("Modify", "AWS::Lambda::LayerVersion", "Packages", "True")])

    assert said == ["changes 1 set of packages: Packages", "(1 set of packages made anew)"]


def test_a_kind_without_a_word_of_its_own_is_called_by_its_own_name() -> None:
    said = describe_changes([change("Add", "AWS::Route53::RecordSet", "Name")])

    assert said == ["creates 1 Route53::RecordSet: Name"]


def test_what_merely_refers_to_a_change_is_set_apart() -> None:
    follower = change("Modify", "AWS::IAM::Role", "SchedulerRole") | {
        "Details": [{"Evaluation": "Dynamic", "ChangeSource": "ResourceAttribute"}]
    }

    said = describe_changes([follower, change("Modify", "AWS::Lambda::Function", "Watch")])

    assert said == ["changes 1 function: Watch", "(looks at what refers to these: SchedulerRole)"]
