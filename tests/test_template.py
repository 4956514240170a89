"""What would be deployed: one role a function, a queue behind every failure, and no surprises."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.cli.layer import PackageError
from chalicelib.cli.package import (
    LAMBDA_PYTHON,
    cached_package,
    check_template,
    functions,
    stage_config,
)
from chalicelib.domain.errors import UserError
from chalicelib.domain.feedback import Feedback, ScoredFeedback
from chalicelib.domain.sentiment import Reading
from chalicelib.store.names import SHORT_NAMES

pytestmark = pytest.mark.artifact

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE: dict[str, Any] = json.loads(cached_package(stage="test").template.read_text())
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]
FUNCTIONS = functions(TEMPLATE)
HANDLERS = {
    "PlanPulls": "app.plan_pulls",
    "PullSource": "app.pull_source",
    "APIHandler": "app.app",
    "ScoreFeedback": "app.score_feedback",
    "Watch": "app.watch",
    "NoteDelivery": "app.note_delivery",
    "WriteDigests": "app.write_digests",
    "ApplyRetention": "app.apply_retention",
}
ROUTES = {
    "/surveys/{business}/{provider}": {"post", "head"},
    "/surveys/{business}/jotform/{secret}": {"post", "head"},
    "/messages/{business}": {"post", "head"},
    "/i/{token}": {"get", "post"},
    "/u/{token}": {"get", "post"},
    "/privacy/{business}": {"get", "post"},
    "/sign-in/{business}": {"get", "post"},
    "/s/{token}": {"get", "post"},
    "/o/sign-out": {"post"},
    "/o/{page}": {"get"},
    "/o/{page}/{name}": {"get", "post"},
}
WORK_QUEUES = {"Pulls": "PullSource", "Feedback": "ScoreFeedback"}
# Of these Lambda's poller asks all month whether something waits.
POLLED = {"Feedback": "ScoreFeedback"}
SCHEDULED = ("PlanPulls", "Watch", "WriteDigests", "ApplyRetention")
CONFIG_KEYS = {
    "version",
    "app_name",
    "autogen_policy",
    "automatic_layer",
    "api_gateway_stage",
    "api_gateway_endpoint_type",
    "minimum_compression_size",
    "lambda_architecture",
    "xray",
    "log_retention_in_days",
    "stages",
}


def of_type(kind: str) -> dict[str, dict[str, Any]]:
    """Properties of all resources of a type, by logical id."""
    return {
        logical_id: resource.get("Properties", {})
        for logical_id, resource in RESOURCES.items()
        if resource["Type"] == kind
    }


def names_in(value: object) -> set[str]:
    """Every logical id or parameter that a value refers to."""
    if isinstance(value, dict):
        found: set[str] = set().union(*map(names_in, value.values()))
        if "Ref" in value:
            found |= {value["Ref"]}
        if "Fn::GetAtt" in value:
            found |= {value["Fn::GetAtt"][0]}
        if "Fn::Sub" in value:
            found |= {
                name.split(".")[0] for name in re.findall(r"\$\{([^}!]+)\}", value["Fn::Sub"])
            }
        return found
    if isinstance(value, list):
        return set().union(*map(names_in, value))
    return set()


def role_of(function: str) -> str:
    """Logical id of a function's role."""
    return str(FUNCTIONS[function]["Properties"]["Role"]["Fn::GetAtt"][0])


def statements(function: str) -> list[dict[str, Any]]:
    """What a function's role says."""
    policies = RESOURCES[role_of(function)]["Properties"]["Policies"]
    assert len(policies) == 1
    found: list[dict[str, Any]] = []
    for said in policies[0]["PolicyDocument"]["Statement"]:
        # Either branch may hold: the tests look at both.
        found += said["Fn::If"][1:] if "Fn::If" in said else [said]
    return found


def allowed(function: str) -> set[str]:
    """Actions that a function's role allows."""
    return {
        action
        for said in statements(function)
        if said["Effect"] == "Allow"
        for action in said["Action"]
    }


def test_the_functions_are_those_of_the_design_and_all_declared_in_app() -> None:
    found = {name: each["Properties"]["Handler"] for name, each in FUNCTIONS.items()}

    assert found == HANDLERS


def test_the_routes_are_those_of_the_design() -> None:
    paths = RESOURCES["RestAPI"]["Properties"]["DefinitionBody"]["paths"]

    assert {path: set(methods) for path, methods in paths.items()} == ROUTES


def test_forms_reach_us_as_they_were_sent() -> None:
    binary = RESOURCES["RestAPI"]["Properties"]["DefinitionBody"][
        "x-amazon-apigateway-binary-media-types"
    ]

    # Jotform's parts need not be UTF-8; JSON must be, and stays text.
    assert {"multipart/form-data", "application/x-www-form-urlencoded"} <= set(binary)
    assert not {"application/json", "*/*"} & set(binary)


def test_every_function_runs_on_the_target_with_the_layer() -> None:
    for name, function in FUNCTIONS.items():
        assert function["Properties"]["Runtime"] == f"python{LAMBDA_PYTHON}", name
        assert function["Properties"]["Architectures"] == ["x86_64"], name
    assert TEMPLATE["Globals"]["Function"]["Layers"] == [{"Ref": "Dependencies"}]
    assert RESOURCES["Dependencies"]["Properties"]["CompatibleRuntimes"] == ["python3.13"]


def test_every_change_of_the_merge_template_hits_something_that_exists() -> None:
    merged = json.loads((ROOT / "infra" / "resources.json").read_text())["Resources"]

    assert merged.keys() <= RESOURCES.keys()
    for logical_id, resource in RESOURCES.items():
        assert "Type" in resource, logical_id


def test_each_function_has_a_role_of_its_own() -> None:
    roles = [role_of(function) for function in FUNCTIONS]

    assert len(set(roles)) == len(roles) == len(HANDLERS)


@pytest.mark.parametrize("function", HANDLERS)
def test_no_role_allows_a_wildcard_action(function: str) -> None:
    assert not [action for action in allowed(function) if "*" in action]


@pytest.mark.parametrize("function", HANDLERS)
def test_no_role_names_every_resource_but_where_aws_offers_nothing_else(function: str) -> None:
    everything = [said["Action"] for said in statements(function) if said["Resource"] == "*"]

    # A phone number has no ARN.
    assert everything == ([["sns:Publish"]] if function == "Watch" else [])


def test_the_right_to_send_text_messages_is_no_right_to_publish_to_topics() -> None:
    denied = [said for said in statements("Watch") if said["Effect"] == "Deny"]

    assert denied == [
        {
            "Sid": "ButPublishToNoTopic",
            "Effect": "Deny",
            "Action": ["sns:Publish"],
            "Resource": {"Fn::Sub": "arn:${AWS::Partition}:sns:*:*:*"},
        }
    ]


def test_only_watch_may_send() -> None:
    senders = {
        function
        for function in FUNCTIONS
        if any(action.startswith(("ses:", "sns:", "sms-voice:")) for action in allowed(function))
    }

    assert senders == {"Watch"}


def test_the_public_routes_may_neither_send_nor_delete_nor_scan_nor_invoke() -> None:
    services = {action.split(":")[0] for action in allowed("APIHandler")}

    assert services <= {"logs", "sqs", "ssm", "dynamodb"}
    assert not allowed("APIHandler") & {"dynamodb:DeleteItem", "dynamodb:BatchWriteItem"}


@pytest.mark.parametrize("function", HANDLERS)
def test_no_function_may_scan(function: str) -> None:
    assert "dynamodb:Scan" not in allowed(function)


@pytest.mark.parametrize("function", HANDLERS)
def test_each_function_writes_to_its_own_log_alone(function: str) -> None:
    logs = [
        said["Resource"] for said in statements(function) if "logs:PutLogEvents" in said["Action"]
    ]

    assert [f"${{AWS::StackName}}-{function}-*:*" in log["Fn::Sub"] for log in logs] == [True]


@pytest.mark.parametrize(("queue", "function"), POLLED.items())
def test_a_batch_that_failed_in_part_keeps_what_failed(queue: str, function: str) -> None:
    (event,) = FUNCTIONS[function]["Properties"]["Events"].values()

    assert event["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert event["Properties"]["Queue"] == {"Fn::Sub": f"${{{queue}.Arn}}"}
    assert event["Properties"]["ScalingConfig"]["MaximumConcurrency"] >= 2


@pytest.mark.parametrize(("queue", "function"), WORK_QUEUES.items())
def test_a_message_comes_back_no_sooner_than_six_time_outs_and_ends_in_a_dead_letter_queue(
    queue: str, function: str
) -> None:
    visible_after = RESOURCES[queue]["Properties"]["VisibilityTimeout"]
    redrive = RESOURCES[queue]["Properties"]["RedrivePolicy"]

    assert visible_after >= 6 * FUNCTIONS[function]["Properties"]["Timeout"]
    assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": [f"{queue}Lost", "Arn"]}
    assert redrive["maxReceiveCount"] >= 3


def test_queues_are_encrypted_and_keep_words_four_days_and_dead_letters_fourteen() -> None:
    kept_days = {
        name: queue["MessageRetentionPeriod"] / 86_400
        for name, queue in of_type("AWS::SQS::Queue").items()
    }

    assert kept_days == {
        "Pulls": 4,
        "PullsLost": 14,
        "Feedback": 4,
        "FeedbackLost": 14,
        "LostCalls": 14,
    }
    assert all(queue["SqsManagedSseEnabled"] for queue in of_type("AWS::SQS::Queue").values())


@pytest.mark.parametrize("function", SCHEDULED)
def test_a_schedule_has_a_retry_and_a_dead_letter_queue(function: str) -> None:
    schedule = RESOURCES[f"{function}Schedule"]["Properties"]

    assert schedule["Target"]["Arn"] == {"Fn::GetAtt": [function, "Arn"]}
    assert schedule["Target"]["RetryPolicy"]["MaximumEventAgeInSeconds"] >= 60
    assert schedule["Target"]["DeadLetterConfig"]["Arn"] == {"Fn::GetAtt": ["LostCalls", "Arn"]}


@pytest.mark.parametrize("function", [*SCHEDULED, "PullSource", "NoteDelivery"])
def test_a_call_without_a_caller_that_waits_leaves_a_trace_when_it_fails(function: str) -> None:
    calls = RESOURCES[f"{function}Calls"]["Properties"]

    assert calls["FunctionName"] == {"Ref": function}
    assert calls["DestinationConfig"]["OnFailure"]["Destination"] == {
        "Fn::GetAtt": ["LostCalls", "Arn"]
    }
    assert "sqs:SendMessage" in allowed(function)


def test_nobody_polls_the_pulls_for_whom_the_plan_sends_workers() -> None:
    variables = FUNCTIONS["PlanPulls"]["Properties"]["Environment"]["Variables"]

    assert "Events" not in FUNCTIONS["PullSource"]["Properties"]
    assert variables["HEEDFUL_PULL_FUNCTION"] == {"Ref": "PullSource"}
    assert {"lambda:InvokeFunction", "sqs:GetQueueAttributes"} <= allowed("PlanPulls")
    assert {"sqs:ReceiveMessage", "sqs:DeleteMessage"} <= allowed("PullSource")


def test_a_delivery_notice_that_cannot_be_handed_over_is_kept() -> None:
    (event,) = FUNCTIONS["NoteDelivery"]["Properties"]["Events"].values()

    assert event["Properties"]["Topic"] == {"Fn::Sub": "${DeliveryNotices}"}
    assert event["Properties"]["RedrivePolicy"]["deadLetterTargetArn"] == {
        "Fn::GetAtt": ["LostCalls", "Arn"]
    }


def test_the_mail_service_tells_what_became_of_a_mail() -> None:
    destination = RESOURCES["DeliveryEvents"]["Properties"]["EventDestination"]

    assert destination["Enabled"] is True
    assert destination["SnsDestination"] == {"TopicARN": {"Ref": "DeliveryNotices"}}
    assert {"send", "delivery", "bounce", "complaint", "reject"} <= set(
        destination["MatchingEventTypes"]
    )


def test_the_table_is_paid_by_use_encrypted_restorable_and_survives_the_stack() -> None:
    table = RESOURCES["Table"]["Properties"]

    assert table["BillingMode"] == "PAY_PER_REQUEST"
    # DynamoDB encrypts every table; named here would be a key whose requests are charged.
    assert "SSESpecification" not in table
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert RESOURCES["Table"]["DeletionPolicy"] == "RetainExceptOnCreate"
    assert RESOURCES["Table"]["UpdateReplacePolicy"] == "Retain"


def test_the_index_by_day_holds_the_score_and_no_word_of_the_customer() -> None:
    indexes = {
        one["IndexName"]: one for one in RESOURCES["Table"]["Properties"]["GlobalSecondaryIndexes"]
    }
    short = {
        **SHORT_NAMES[Feedback],
        **SHORT_NAMES[Reading],
        **SHORT_NAMES[ScoredFeedback],
    }
    long = {name: field for field, name in short.items()}

    projected = {long[name] for name in indexes["by_day"]["Projection"]["NonKeyAttributes"]}

    assert projected >= {"source", "stars", "location", "sentiment", "evidence", "topics"}
    assert not projected & {"text", "author", "author_id", "url", "order_reference", "because"}
    assert indexes["due"]["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_there_are_three_alarms_and_all_reach_the_operator() -> None:
    alarms = of_type("AWS::CloudWatch::Alarm")

    assert alarms.keys() == {"WatchDidNotRun", "WatchFailed", "FeedbackIsStuck"}
    for alarm in alarms.values():
        assert alarm["AlarmActions"] == [{"Ref": "OperatorNotices"}]
        assert alarm["Namespace"].startswith("AWS/")
    assert alarms["WatchDidNotRun"]["TreatMissingData"] == "breaching"
    subscription = RESOURCES["OperatorNotices"]["Properties"]["Subscription"]
    assert subscription == [{"Protocol": "email", "Endpoint": {"Ref": "Operator"}}]


def test_a_bill_that_grows_is_told_to_the_operator() -> None:
    budget = RESOURCES["Budget"]["Properties"]

    assert budget["Budget"]["BudgetLimit"] == {"Amount": {"Ref": "MonthlyBudget"}, "Unit": "USD"}
    (notification,) = budget["NotificationsWithSubscribers"]
    assert notification["Notification"]["Threshold"] == 80
    assert notification["Subscribers"][0]["Address"] == {"Ref": "Operator"}


def test_each_function_has_a_log_that_is_kept_thirty_days() -> None:
    groups = of_type("AWS::Logs::LogGroup")

    owners = {name for group in groups.values() for name in names_in(group["LogGroupName"])}
    assert owners == FUNCTIONS.keys()
    assert {group["RetentionInDays"] for group in groups.values()} == {30}


def test_lambda_s_own_three_lines_a_call_are_not_paid_for() -> None:
    logging = TEMPLATE["Globals"]["Function"]["LoggingConfig"]

    assert logging == {"LogFormat": "JSON", "SystemLogLevel": "WARN"}


def test_the_api_is_throttled_and_does_not_log_bodies() -> None:
    (settings,) = RESOURCES["RestAPI"]["Properties"]["MethodSettings"]

    assert 0 < settings["ThrottlingRateLimit"] <= 100
    assert 0 < settings["ThrottlingBurstLimit"] <= 100
    assert settings["DataTraceEnabled"] is False


def test_nothing_that_costs_while_nobody_uses_it_is_there() -> None:
    kinds = {resource["Type"] for resource in RESOURCES.values()}

    assert not kinds & {
        "AWS::SecretsManager::Secret",
        "AWS::KMS::Key",
        "AWS::EC2::NatGateway",
        "AWS::Lambda::Alias",
    }
    for function in FUNCTIONS.values():
        assert "ProvisionedConcurrencyConfig" not in function["Properties"]


def test_the_functions_learn_of_their_resources_by_reference() -> None:
    shared = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]

    assert names_in(shared) == {
        "Table",
        "Pulls",
        "Feedback",
        "Sender",
        "ConfigurationSet",
        "Stage",
        "SmsBackend",
    }
    assert names_in(FUNCTIONS["Watch"]["Properties"]["Environment"]["Variables"]) >= {
        "FeedbackLost",
        "PullsLost",
        "LostCalls",
    }
    watch = FUNCTIONS["Watch"]["Properties"]["Environment"]["Variables"]
    assert watch["HEEDFUL_OPERATOR"] == {"Ref": "Operator"}
    assert watch["HEEDFUL_DEAD_LETTER_QUEUES"]["Fn::Join"][1] == [
        {"Ref": name} for name in ("FeedbackLost", "PullsLost", "LostCalls")
    ]
    assert "POWERTOOLS_LOGGER_LOG_EVENT" not in json.dumps(TEMPLATE)
    assert FUNCTIONS["ScoreFeedback"]["Properties"]["Environment"]["Variables"] == {
        "HEEDFUL_WATCH_FUNCTION": {"Ref": "Watch"}
    }


def test_no_account_number_region_or_secret_is_written_down() -> None:
    text = json.dumps(TEMPLATE)

    assert not re.search(r"(?<!\d)\d{12}(?!\d)", text)
    assert not re.search(r"\b(?:eu|us|ap|sa|ca|me|af)-[a-z]+-\d\b", text)
    assert not re.search(r"AKIA[0-9A-Z]{16}|whsec_|BEGIN [A-Z ]*PRIVATE KEY", text)


def test_every_limit_of_a_function_has_its_reason_in_the_notes() -> None:
    notes = (ROOT / "infra" / "README.md").read_text()
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", notes, re.M))

    for name, function in FUNCTIONS.items():
        handler = function["Properties"]["Handler"].removeprefix("app.")
        cells = [
            cell.strip() for cell in rows["api_handler" if handler == "app" else handler].split("|")
        ]
        assert cells[0] == f"{function['Properties']['Timeout']} s", name
        assert cells[1] == f"{function['Properties']['MemorySize']:,} MB", name
        assert len(cells[-1]) > 20, name


def test_the_chalice_configuration_has_no_key_that_chalice_would_silently_ignore() -> None:
    config = json.loads((ROOT / ".chalice" / "config.json").read_text())

    assert config.keys() <= CONFIG_KEYS
    for stage in config["stages"].values():
        assert stage.keys() <= {"lambda_functions"}
        for name, settings in stage.get("lambda_functions", {}).items():
            assert name == "api_handler" or f"app.{name}" in HANDLERS.values()
            assert settings.keys() == {"iam_policy_file", "lambda_timeout", "lambda_memory_size"}
            assert (ROOT / ".chalice" / settings["iam_policy_file"]).exists()


def test_a_stage_that_nobody_configured_is_refused() -> None:
    with pytest.raises(UserError, match=r"no stage 'prdo'.*it has: prod, test"):
        stage_config(ROOT, "prdo")


@pytest.mark.parametrize(
    ("logical_id", "change", "said"),
    [
        ("Watch", {"Handler": "chalicelib.alert.watch"}, "not in app.py"),
        ("Watch", {"Runtime": "python3.11"}, "would run on python3.11"),
    ],
)
def test_a_template_that_lambda_would_misread_is_not_handed_over(
    logical_id: str, change: dict[str, str], said: str
) -> None:
    changed = RESOURCES[logical_id] | {"Properties": FUNCTIONS[logical_id]["Properties"] | change}

    with pytest.raises(PackageError, match=said):
        check_template({"Resources": RESOURCES | {logical_id: changed}}, LAMBDA_PYTHON)


def test_a_change_to_a_resource_that_does_not_exist_is_not_handed_over() -> None:
    with pytest.raises(PackageError, match="changes Wtach, which does not exist"):
        check_template({"Resources": {"Wtach": {"Properties": {}}}}, LAMBDA_PYTHON)
