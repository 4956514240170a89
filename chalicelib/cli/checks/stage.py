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
    client: Clients, services: Services, outputs: Mapping[str, str], now: datetime
) -> Iterator[Row]:
    """The sender's last run, the alarms, the dead letters, the oldest message that waits."""
    function = outputs.get("WatchFunction", "")
    cloudwatch = client("cloudwatch")
    yield from rows_or_why(
        "watch, the sender",
        "cloudwatch:GetMetricStatistics",
        lambda: [watch_row(cloudwatch, function, now)],
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


def watch_row(cloudwatch: Any, function: str, now: datetime) -> Row:
    """When the sender last ran, as its metrics show it."""
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
