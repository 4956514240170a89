"""Is the deployed stage well: does the sender run, does nothing lie in the dead-letter queues, does
no message wait."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from chalicelib.cli.checks.asking_aws import Clients, rows_or_why
from chalicelib.cli.checks.rows import Finding, Row
from chalicelib.ports import Services
from chalicelib.store.queues import SqsDepths

# The watch runs every minute; CloudWatch shows a run some minutes later.
RUN_WITHIN = timedelta(minutes=15)
LOOK_BACK = timedelta(hours=24)
# Two runs of the watch, and what it sends in one.
WAITED_TOO_LONG = timedelta(minutes=10)
LOST_QUEUES = ("FeedbackLostQueue", "PullsLostQueue", "LostCallsQueue")
HEALTHY = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE")


def stack_row(stage: str, stack: Mapping[str, Any]) -> Row:
    """What CloudFormation says of the stage's stack."""
    status = str(stack.get("StackStatus", "?"))
    what = f"stage {stage}"
    if status in HEALTHY:
        changed = stack.get("LastUpdatedTime") or stack.get("CreationTime")
        return Row(
            what=what,
            finding=Finding.GOOD,
            is_reachable=True,
            newest=changed if isinstance(changed, datetime) else None,
            trouble="deployed",
        )
    if status.endswith("_IN_PROGRESS"):
        return Row(
            what=what,
            finding=Finding.NOTE,
            trouble=f"is being changed right now ({status})",
            to_fix="Check again when the deployment is done",
        )
    return Row(
        what=what,
        finding=Finding.TO_FIX,
        trouble=f"the stack is in the state {status}",
        to_fix=f"Run ./dev heedful deploy --stage {stage} again and read what it says",
    )


def health_rows(
    client: Clients, services: Services, stack: Mapping[str, Any], now: datetime
) -> Iterator[Row]:
    """The sender's last run, alarms and who hears them, dead letters, the message that waits
    longest."""
    outputs = named(stack, "Output")
    name, made_at = str(stack.get("StackName", "")), stack.get("CreationTime")
    cloudwatch = client("cloudwatch")
    yield from rows_or_why(
        "watch, the sender",
        "cloudwatch:GetMetricStatistics",
        lambda: [watch_row(cloudwatch, outputs.get("WatchFunction", ""), now, made_at)],
    )
    yield from rows_or_why(
        "alarms", "cloudwatch:DescribeAlarms", lambda: [alarm_row(cloudwatch, name)]
    )
    yield from rows_or_why(
        "operator", "sns:ListSubscriptionsByTopic", lambda: [operator_row(client, name)]
    )
    queues = {outputs[name].rsplit("/", 1)[-1]: outputs[name] for name in LOST_QUEUES
              if outputs.get(name)}  # fmt: skip
    depths = SqsDepths(queues, client("sqs"))
    yield from rows_or_why(
        "dead letters", "sqs:GetQueueAttributes", lambda: [lost_row(depths.dead_letters())]
    )
    yield from rows_or_why(
        "messages to send", "dynamodb:Query", lambda: [waiting_row(services, now)]
    )


def named(stack: Mapping[str, Any], what: str) -> dict[str, str]:
    """`Parameter`s or `Output`s of a stack by name."""
    listed = stack.get(f"{what}s", [])
    return {one[f"{what}Key"]: one.get(f"{what}Value", "") for one in listed}


def alarm_row(cloudwatch: Any, stack: str) -> Row:
    """Which of the stack's alarms ring."""
    found = cloudwatch.describe_alarms(AlarmNamePrefix=f"{stack}-", StateValue="ALARM")
    ringing = [str(one["AlarmDescription"]).rstrip(".") for one in found.get("MetricAlarms", [])]
    if not ringing:
        return Row(what="alarms", finding=Finding.GOOD, trouble="none rings")
    return Row(
        what="alarms",
        finding=Finding.TO_FIX,
        trouble="; ".join(ringing),
        to_fix="Read the log of the function that the alarm names, in CloudWatch",
    )


def operator_row(client: Clients, stack: str) -> Row:
    """Whether whoever is to hear the alarms has confirmed that they want to."""
    topic = client("cloudformation").describe_stack_resource(
        StackName=stack, LogicalResourceId="OperatorNotices"
    )["StackResourceDetail"]["PhysicalResourceId"]
    listed = client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    if any(one["SubscriptionArn"].startswith("arn:") for one in listed):
        return Row(what="operator", finding=Finding.GOOD, trouble="hears the alarms")
    return Row(
        what="operator",
        finding=Finding.TO_FIX,
        trouble="nobody hears the alarms: the subscription is not confirmed",
        to_fix="Click the link in the mail that AWS sent to the operator, or deploy again with "
        "--operator ADDRESS to have it sent anew",
    )


def watch_row(
    cloudwatch: Any, function: str, now: datetime, made_at: datetime | None = None
) -> Row:
    """When the sender last ran, as its metrics show it; a stage made just now has time."""
    what = "watch, the sender"
    if not function:
        return Row(
            what=what,
            finding=Finding.TO_FIX,
            trouble="an older version is deployed, which does not say how it is called",
            to_fix="Run ./dev heedful deploy again",
        )
    answer = cloudwatch.get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="Invocations",
        Dimensions=[{"Name": "FunctionName", "Value": function}],
        StartTime=now - LOOK_BACK,
        EndTime=now + timedelta(minutes=1),
        Period=300,
        Statistics=["Sum"],
    )
    runs = [one["Timestamp"] for one in answer.get("Datapoints", []) if one.get("Sum", 0) > 0]
    last = max(runs, default=None)
    if last is not None and last >= now - RUN_WITHIN:
        return Row(what=what, finding=Finding.GOOD, is_reachable=True, newest=last, trouble="runs")
    if last is None and made_at is not None and made_at > now - RUN_WITHIN:
        return Row(
            what=what,
            finding=Finding.NOTE,
            trouble="no run is seen yet; the stage was made moments ago",
            to_fix="Check again in a quarter of an hour",
        )
    since = f"since {last:%Y-%m-%d %H:%M} UTC" if last else "in the last day"
    return Row(
        what=what,
        finding=Finding.TO_FIX,
        is_reachable=False,
        newest=last,
        trouble=f"has not run {since}, so nobody is told anything",
        to_fix="Look whether its schedule is enabled in EventBridge Scheduler, and deploy again if "
        "it is not there",
    )


def lost_row(depths: Mapping[str, int]) -> Row:
    """What failed for good and lies where nothing reads it."""
    full = {name: count for name, count in depths.items() if count}
    if not full:
        return Row(what="dead letters", finding=Finding.GOOD, trouble="none")
    named = ", ".join(f"{count} in {name}" for name, count in sorted(full.items()))
    return Row(
        what="dead letters",
        finding=Finding.TO_FIX,
        trouble=named,
        to_fix="Mend what the log of the function says, then put them back with "
        "aws sqs start-message-move-task",
    )


def waiting_row(services: Services, now: datetime) -> Row:
    """The oldest notification that should have been sent."""
    due = services.store.due_notifications(now, 100)
    late = [one for one in due if one.due < now - WAITED_TOO_LONG]
    if not late:
        return Row(what="messages to send", finding=Finding.GOOD, trouble=f"{len(due)} wait")
    oldest = min(one.due for one in late)
    return Row(
        what="messages to send",
        finding=Finding.TO_FIX,
        newest=oldest,
        trouble=f"{len(late)} wait, the oldest since {oldest:%Y-%m-%d %H:%M} UTC",
        to_fix="Read the log of watch: it names what the mail or SMS service answers",
    )
