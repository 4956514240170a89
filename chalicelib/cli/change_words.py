"""What a change set would do, in words a person can say yes or no to."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

NOUNS = {
    "AWS::ApiGateway::Deployment": ("version of the public pages", "versions of the public pages"),
    "AWS::ApiGateway::RestApi": (
        "address for pages and surveys",
        "addresses for pages and surveys",
    ),
    "AWS::ApiGateway::Stage": ("stage of the public pages", "stages of the public pages"),
    "AWS::Budgets::Budget": ("budget alarm", "budget alarms"),
    "AWS::CloudWatch::Alarm": ("alarm", "alarms"),
    "AWS::DynamoDB::Table": ("table", "tables"),
    "AWS::IAM::Role": ("role", "roles"),
    "AWS::Lambda::EventInvokeConfig": ("retry rule", "retry rules"),
    "AWS::Lambda::EventSourceMapping": ("link from a queue", "links from queues"),
    "AWS::Lambda::Function": ("function", "functions"),
    "AWS::Lambda::LayerVersion": ("set of packages", "sets of packages"),
    "AWS::Lambda::Permission": ("right to call a function", "rights to call functions"),
    "AWS::Logs::LogGroup": ("log", "logs"),
    "AWS::SES::ConfigurationSet": ("mail setting", "mail settings"),
    "AWS::SES::ConfigurationSetEventDestination": ("mail notice", "mail notices"),
    "AWS::SES::EmailIdentity": ("mail sender", "mail senders"),
    "AWS::SNS::Subscription": ("subscription", "subscriptions"),
    "AWS::SNS::Topic": ("topic", "topics"),
    "AWS::SNS::TopicPolicy": ("topic's policy", "topics' policies"),
    "AWS::SQS::Queue": ("queue", "queues"),
    "AWS::SQS::QueuePolicy": ("queue's policy", "queues' policies"),
    "AWS::SSM::Parameter": ("parameter", "parameters"),
    "AWS::Scheduler::Schedule": ("schedule", "schedules"),
}
VERBS = {"Add": "creates", "Modify": "changes", "Remove": "removes"}
LOSSES = {"Remove": "REMOVES", "True": "REPLACES", "Conditional": "MAY REPLACE"}
HOLDS_FEEDBACK = ("AWS::DynamoDB::Table", "AWS::SQS::Queue")


def describe_changes(changes: Iterable[dict[str, Any]]) -> list[str]:
    """One line a kind of change and of thing; what would lose something comes last, in capitals."""
    grouped: dict[tuple[str, str], list[str]] = defaultdict(list)
    replaced: Counter[str] = Counter()
    followers, warnings = [], []
    for change in changes:
        kind, name, action = change["ResourceType"], change["LogicalResourceId"], change["Action"]
        loss = LOSSES.get("Remove" if action == "Remove" else change.get("Replacement", ""))
        if loss and action != "Add" and kind in HOLDS_FEEDBACK:
            warnings.append(f"{loss} the {NOUNS[kind][0]} {name}: what is in it stays behind.")
        elif action == "Modify" and only_follows(change):
            followers.append(name)
        else:
            grouped[action, kind].append(name)
            replaced[kind] += action == "Modify" and change.get("Replacement") == "True"
    lines = [
        f"{verb} {counted(kind, len(names))}: {', '.join(sorted(names))}"
        for action, verb in VERBS.items()
        for (found, kind), names in sorted(grouped.items())
        if found == action
    ]
    lines += [f"({counted(kind, n)} made anew)" for kind, n in sorted(replaced.items()) if n]
    if followers:
        lines.append(f"(looks at what refers to these: {', '.join(sorted(followers))})")
    return lines + warnings


def only_follows(change: dict[str, Any]) -> bool:
    """Whether it is named only because it refers to something that changes."""
    details = change.get("Details", [])
    return bool(details) and all(detail.get("Evaluation") == "Dynamic" for detail in details)


def counted(kind: str, count: int) -> str:
    """ "1 queue", "5 queues"; a kind without a word of its own is called by AWS's."""
    one, many = NOUNS.get(kind, (kind.removeprefix("AWS::"), kind.removeprefix("AWS::")))
    return f"{count} {one if count == 1 else many}"
