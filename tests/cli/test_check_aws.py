"""What `heedful check` says of sending, people and the stage, from answers in AWS's own shapes."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from chalicelib.cli.check import Account, check_all, look_up_account
from chalicelib.cli.checks.email import email_rows
from chalicelib.cli.checks.people import contact_rows
from chalicelib.cli.checks.rows import Checked, Finding, Row
from chalicelib.cli.checks.sms import sms_rows
from chalicelib.cli.checks.stage import (
    alarm_row,
    lost_row,
    operator_row,
    stack_row,
    waiting_row,
    watch_row,
)
from chalicelib.cli.local_run import SimulatedClock
from chalicelib.cli.memory_services import Outbox, memory_services
from chalicelib.domain.address import Standin
from chalicelib.domain.alert import ChannelKind, Notification, NotifyReason
from chalicelib.domain.business import Business, Contact, SmsBackend, SmsSettings, SourceSettings
from chalicelib.store.memory import MemoryStore

NOW = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)
PHONE = "+4930901820"
BAKERY = Business(
    business_id="bakery",
    name="Bakery",
    time_zone="Europe/Berlin",
    country="DE",
    contacts=(Contact(name="Rosa", email="rosa@bakery.example", phone=PHONE),),
    sources=(SourceSettings(name="exports", kind="import"),),
    sms=SmsSettings(monthly_cap_usd=1),
)
SENDER = "alerts@bakery.example"
Said = tuple[str, Mapping[str, Any]]
Stub = Callable[[str], Any]


@contextmanager
def aws(service: str, *answers: Said | tuple[str, str, int]) -> Iterator[Stub]:
    """A client that gives these answers in this order, checked against the service's model; an
    answer of (call, code, status) is an error."""
    made = boto3.client(
        service,
        region_name="eu-central-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    with Stubber(made) as stub:
        for answer in answers:
            if len(answer) == 3:
                stub.add_client_error(answer[0], answer[1], "no", answer[2])
            else:
                stub.add_response(answer[0], dict(answer[1]))
        yield lambda name: made
        stub.assert_no_pending_responses()


def account(*, production: bool = True, sent: float = 1.0, **more: Any) -> Said:
    given = {
        "ProductionAccessEnabled": production,
        "SendingEnabled": True,
        "EnforcementStatus": "HEALTHY",
        "SendQuota": {"Max24HourSend": 200.0, "MaxSendRate": 1.0, "SentLast24Hours": sent},
    }
    return "get_account", given | more


def identity(*, verified: bool) -> Said:
    return "get_email_identity", {"VerifiedForSendingStatus": verified}


NO_IDENTITY = ("get_email_identity", "NotFoundException", 404)


def mail(*answers: Any, sender: str = SENDER) -> list[Row]:
    with aws("sesv2", *answers) as client:
        return email_rows(client, [BAKERY], sender)


def findings(rows: Sequence[Row]) -> list[tuple[str, Finding]]:
    return [(row.what, row.finding) for row in rows]


def test_in_production_only_the_sender_needs_to_be_verified() -> None:
    rows = mail(account(), identity(verified=True))

    assert findings(rows) == [
        ("e-mail by SES", Finding.GOOD),
        (f"sender {SENDER}", Finding.GOOD),
    ]
    assert rows[0].quota == "199 of 200 a day"


def test_in_the_sandbox_every_recipient_does_too() -> None:
    rows = mail(account(production=False), identity(verified=True), NO_IDENTITY, NO_IDENTITY)

    assert findings(rows) == [
        ("e-mail by SES", Finding.NOTE),
        (f"sender {SENDER}", Finding.GOOD),
        ("recipient rosa@bakery.example", Finding.TO_FIX),
    ]
    assert "sandbox" in rows[0].trouble
    assert "aws sesv2 create-email-identity --email-identity rosa@" in rows[2].to_fix


def test_a_domain_that_is_verified_speaks_for_its_addresses() -> None:
    rows = mail(account(), NO_IDENTITY, identity(verified=True))

    assert rows[1].finding is Finding.GOOD


def test_a_sender_whose_link_was_not_clicked_is_told_to_click_it() -> None:
    rows = mail(account(), identity(verified=False))

    assert rows[1].finding is Finding.TO_FIX
    assert rows[1].to_fix.startswith("Click the link")


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (account(SendingEnabled=False), "stopped this account"),
        (account(EnforcementStatus="SHUTDOWN"), "stopped this account"),
        (account(EnforcementStatus="PROBATION"), "bounces and complaints"),
        (account(sent=200.0), "used up"),
    ],
)
def test_an_account_that_cannot_send_is_to_fix(answer: Said, trouble: str) -> None:
    rows = mail(answer, identity(verified=True))

    assert rows[0].finding is Finding.TO_FIX
    assert trouble in rows[0].trouble
    assert rows[0].to_fix


def test_a_quota_without_end_is_no_quota_used_up() -> None:
    quota = {"Max24HourSend": -1.0, "MaxSendRate": 1.0, "SentLast24Hours": 9.0}

    rows = mail(account(SendQuota=quota), identity(verified=True))

    assert (rows[0].finding, rows[0].quota) == (Finding.GOOD, "no limit")


def test_before_deployment_the_identities_that_can_send_are_named() -> None:
    listed = {
        "EmailIdentities": [
            {"IdentityName": SENDER, "SendingEnabled": True},
            {"IdentityName": "new.example", "SendingEnabled": False},
        ]
    }

    rows = mail(account(), ("list_email_identities", listed), sender="")

    assert (rows[1].finding, rows[1].trouble) == (Finding.GOOD, SENDER)


def test_a_right_that_is_missing_is_named() -> None:
    rows = mail(("get_account", "AccessDeniedException", 403))

    assert findings(rows) == [("e-mail by SES", Finding.TO_FIX)]
    assert "ses:GetAccount" in rows[0].to_fix


def test_what_aws_does_not_show_here_is_a_note() -> None:
    rows = mail(("get_account", "InvalidAction", 400))

    assert findings(rows) == [("e-mail by SES", Finding.NOTE)]
    assert "InvalidAction" in rows[0].trouble


def sns(*, sandbox: bool, limit: str = "5", opted_out: bool = False) -> list[Said]:
    numbers = {"PhoneNumbers": [{"PhoneNumber": PHONE, "Status": "Pending"}]}
    return [
        ("get_sms_sandbox_account_status", {"IsInSandbox": sandbox}),
        ("get_sms_attributes", {"attributes": {"MonthlySpendLimit": limit}}),
        *([("list_sms_sandbox_phone_numbers", numbers)] if sandbox else []),
        ("check_if_phone_number_is_opted_out", {"isOptedOut": opted_out}),
    ]


def texts(*answers: Said, business: Business | None = None, backend: SmsBackend) -> list[Row]:
    if business is None:
        business = replace(BAKERY, sms=SmsSettings(monthly_cap_usd=1, backend=backend))
    with aws(str(backend), *answers) as client:
        return sms_rows(client, [business], backend)


def test_texts_by_sns_in_production_are_good() -> None:
    rows = texts(*sns(sandbox=False), backend=SmsBackend.SNS)

    assert findings(rows) == [("SMS by SNS", Finding.GOOD)]
    assert rows[0].quota == "$5 a month"


def test_in_the_sms_sandbox_a_number_must_be_verified() -> None:
    rows = texts(*sns(sandbox=True), backend=SmsBackend.SNS)

    assert findings(rows) == [("SMS by SNS", Finding.NOTE), ("phone …1820", Finding.TO_FIX)]
    assert "Sandbox destinations" in rows[1].to_fix


def test_a_limit_of_aws_below_the_owner_s_is_to_fix_before_texts_are_dropped() -> None:
    paying = replace(BAKERY, sms=SmsSettings(monthly_cap_usd=20))

    rows = texts(*sns(sandbox=False, limit="1"), business=paying, backend=SmsBackend.SNS)

    assert rows[0].finding is Finding.TO_FIX
    assert "$20" in rows[0].to_fix


def test_a_phone_whose_owner_said_stop_is_to_fix() -> None:
    rows = texts(*sns(sandbox=False, opted_out=True), backend=SmsBackend.SNS)

    assert rows[1].finding is Finding.TO_FIX
    assert "STOP" in rows[1].trouble
    assert PHONE not in rows[1].words


def end_user_messaging(*, sandbox: bool, has_sender: bool) -> list[Said]:
    tier = "SANDBOX" if sandbox else "PRODUCTION"
    limit = {"Name": "TEXT_MESSAGE_MONTHLY_SPEND_LIMIT", "EnforcedLimit": 1, "MaxLimit": 1,
             "Overridden": False}  # fmt: skip
    named = [{"SenderIdArn": "arn:aws:x", "SenderId": "BAKERY", "IsoCountryCode": "DE",
              "MessageTypes": ["TRANSACTIONAL"], "MonthlyLeasingPrice": "0",
              "DeletionProtectionEnabled": False, "Registered": True}]  # fmt: skip
    return [
        ("describe_account_attributes",
         {"AccountAttributes": [{"Name": "ACCOUNT_TIER", "Value": tier}]}),
        ("describe_spend_limits", {"SpendLimits": [limit]}),
        ("describe_phone_numbers", {"PhoneNumbers": []}),
        ("describe_sender_ids", {"SenderIds": named if has_sender else []}),
        *([("describe_verified_destination_numbers", {"VerifiedDestinationNumbers": []})]
          if sandbox else []),
    ]  # fmt: skip


def test_end_user_messaging_in_production_with_a_sender_is_good() -> None:
    rows = texts(
        *end_user_messaging(sandbox=False, has_sender=True), backend=SmsBackend.END_USER_MESSAGING
    )

    assert findings(rows) == [("SMS by End User Messaging", Finding.GOOD)]


def test_end_user_messaging_needs_a_sender_and_in_its_sandbox_verified_numbers() -> None:
    rows = texts(
        *end_user_messaging(sandbox=True, has_sender=False), backend=SmsBackend.END_USER_MESSAGING
    )

    assert findings(rows) == [
        ("SMS by End User Messaging", Finding.NOTE),
        ("SMS by End User Messaging: sender", Finding.TO_FIX),
        ("phone …1820", Finding.TO_FIX),
    ]


@pytest.mark.parametrize(
    ("business", "trouble"),
    [
        (replace(BAKERY, sms=SmsSettings()), "off"),
        (replace(BAKERY, contacts=(Contact(name="R", email="r@b.example"),)), "no contact"),
    ],
)
def test_aws_is_not_asked_about_texts_that_nobody_gets(business: Business, trouble: str) -> None:
    rows = texts(business=business, backend=SmsBackend.SNS)

    assert findings(rows) == [("SMS", Finding.GOOD)]
    assert trouble in rows[0].trouble


def test_a_stage_that_sends_by_another_service_than_the_file_says_is_to_fix() -> None:
    other = replace(
        BAKERY, sms=SmsSettings(monthly_cap_usd=1, backend=SmsBackend.END_USER_MESSAGING)
    )

    rows = texts(*sns(sandbox=False), business=other, backend=SmsBackend.SNS)

    assert rows[0].finding is Finding.TO_FIX
    assert "SmsBackend=pinpoint-sms-voice-v2" in rows[0].to_fix


@pytest.mark.parametrize(
    ("contact", "cap", "dead", "finding", "words"),
    [
        ({"email": "r@b.example", "phone": PHONE}, 5, {}, Finding.GOOD, "e-mail and SMS"),
        ({"email": "r@b.example", "phone": PHONE}, 0, {}, Finding.GOOD, "told by e-mail"),
        ({"phone": PHONE}, 0, {}, Finding.TO_FIX, "SMS is off"),
        ({"phone": PHONE}, 5, {}, Finding.GOOD, "told by SMS"),
        ({"email": "r@b.example"}, 0, {"r@b.example": "bounced"}, Finding.TO_FIX, "came back"),
        ({"email": "r@b.example", "phone": PHONE}, 5, {"r@b.example": "complained"},
         Finding.NOTE, "marked our mail as spam"),
        ({"email": "r@b.example", "phone": PHONE}, 5,
         {"r@b.example": "unsubscribed", PHONE: "opted_out"}, Finding.TO_FIX, "STOP"),
    ],
)  # fmt: skip
def test_a_contact_needs_one_address_that_lives(
    contact: dict[str, Any],
    cap: float,
    dead: Mapping[str, str],
    finding: Finding,
    words: str,
) -> None:
    business = replace(
        BAKERY,
        contacts=(Contact(name="Rosa", **contact),),
        sms=SmsSettings(monthly_cap_usd=cap),
    )

    (row,) = contact_rows(business, dead)

    assert row.finding is finding
    assert words in row.trouble
    assert bool(row.to_fix) is (finding is not Finding.GOOD)


@pytest.mark.parametrize(
    ("changes", "dead", "finding", "words"),
    [
        (
            {"address": "home@b.example"},
            {"r@b.example": "bounced"},
            Finding.NOTE,
            "told by e-mail; mail goes to home@b.example, confirmed in place of r@b.example",
        ),
        (
            {"address": "home@b.example"},
            {"home@b.example": "bounced"},
            Finding.TO_FIX,
            "cannot be told: mail to it came back; mail goes to home@b.example",
        ),
        (
            {"asked": "new@b.example"},
            {"r@b.example": "bounced"},
            Finding.TO_FIX,
            "came back; new@b.example was asked for and is not confirmed yet",
        ),
        ({"asked": "new@b.example"}, {}, Finding.NOTE, "told by e-mail; new@b.example was asked"),
        (
            {"address": "home@b.example", "instead_of": "before@b.example"},
            {},
            Finding.GOOD,
            "told by e-mail",
        ),
    ],
    ids=["in force", "in force and dead", "asked in need", "asked", "of an address before"],
)
def test_a_standin_that_is_in_force_is_the_address_that_is_looked_at(
    changes: dict[str, Any], dead: Mapping[str, str], finding: Finding, words: str
) -> None:
    plain = {"business_id": "bakery", "contact": "Rosa", "instead_of": "r@b.example"}
    business = replace(BAKERY, contacts=(Contact(name="Rosa", email="r@b.example"),))

    (row,) = contact_rows(business, dead, [Standin(**(plain | changes))])

    assert row.finding is finding
    assert row.trouble.startswith(words) if finding is not Finding.TO_FIX else words in row.trouble
    assert ("home@b.example" in row.trouble) is (words != "told by e-mail" and "home" in words)


def ran_at(*moments: datetime) -> Said:
    points = [{"Timestamp": moment, "Sum": 5.0, "Unit": "Count"} for moment in moments]
    return "get_metric_statistics", {"Label": "Invocations", "Datapoints": points}


@pytest.mark.parametrize(
    ("moments", "finding"),
    [
        ((NOW - timedelta(hours=3), NOW - timedelta(minutes=15)), Finding.GOOD),
        ((NOW - timedelta(minutes=16),), Finding.TO_FIX),
        ((), Finding.TO_FIX),
    ],
)
def test_the_sender_must_have_run_lately(moments: tuple[datetime, ...], finding: Finding) -> None:
    with aws("cloudwatch", ran_at(*moments)) as client:
        row = watch_row(client("cloudwatch"), "heedful-Watch", NOW)

    assert row.finding is finding
    assert row.newest == max(moments, default=None)


def test_a_stage_made_just_now_has_time_until_its_first_run() -> None:
    with aws("cloudwatch", ran_at(), ran_at()) as client:
        rows = [
            watch_row(client("cloudwatch"), "heedful-Watch", NOW, NOW - timedelta(minutes=minutes))
            for minutes in (14, 15)
        ]

    assert [row.finding for row in rows] == [Finding.NOTE, Finding.TO_FIX]


def test_an_alarm_that_rings_is_told_in_its_own_words() -> None:
    ringing = {"AlarmName": "heedful-prod-WatchFailed-1", "AlarmDescription": "It fails.",
               "StateValue": "ALARM"}  # fmt: skip
    with aws(
        "cloudwatch",
        ("describe_alarms", {"MetricAlarms": [ringing]}),
        ("describe_alarms", {"MetricAlarms": []}),
    ) as client:
        rows = [alarm_row(client("cloudwatch"), "heedful-prod") for _ in range(2)]

    assert [(row.finding, row.trouble) for row in rows] == [
        (Finding.TO_FIX, "It fails"),
        (Finding.GOOD, "none rings"),
    ]


@pytest.mark.parametrize(
    ("subscription", "finding"),
    [("PendingConfirmation", Finding.TO_FIX), ("arn:aws:sns:x:1:t:2", Finding.GOOD)],
)
def test_an_operator_who_has_not_confirmed_hears_nothing(
    subscription: str, finding: Finding
) -> None:
    detail = {"LogicalResourceId": "OperatorNotices", "PhysicalResourceId": "arn:aws:sns:x:1:t",
              "ResourceType": "AWS::SNS::Topic", "ResourceStatus": "CREATE_COMPLETE",
              "LastUpdatedTimestamp": NOW}  # fmt: skip
    listed = {"Subscriptions": [{"SubscriptionArn": subscription}]}
    with (
        aws("cloudformation", ("describe_stack_resource", {"StackResourceDetail": detail})) as one,
        aws("sns", ("list_subscriptions_by_topic", listed)) as other,
    ):
        row = operator_row(lambda name: other(name) if name == "sns" else one(name), "heedful-prod")

    assert row.finding is finding


def test_dead_letters_are_counted_by_queue() -> None:
    row = lost_row({"FeedbackLost": 2, "PullsLost": 0})

    assert (row.finding, row.trouble) == (Finding.TO_FIX, "2 in FeedbackLost")
    assert lost_row({"FeedbackLost": 0}).finding is Finding.GOOD


def test_a_message_that_waits_too_long_is_to_fix() -> None:
    store = MemoryStore()
    services, _ = memory_services(store, Outbox(), SimulatedClock(NOW))

    def wait_since(due: datetime, contact: str) -> None:
        store.save_notification(
            Notification(
                business_id="bakery",
                incident_id="i1",
                reason=NotifyReason.FIRST,
                channel=ChannelKind.EMAIL,
                contact=contact,
                due=due,
                created_at=due,
            )
        )

    wait_since(NOW - timedelta(minutes=10), "Rosa")
    fresh = waiting_row(services, NOW)
    wait_since(NOW - timedelta(minutes=11), "Jonas")
    stale = waiting_row(services, NOW)

    assert (fresh.finding, fresh.trouble) == (Finding.GOOD, "1 wait")
    assert stale.finding is Finding.TO_FIX
    assert stale.newest == NOW - timedelta(minutes=11)


@pytest.mark.parametrize(
    ("status", "finding"),
    [
        ("UPDATE_COMPLETE", Finding.GOOD),
        ("UPDATE_ROLLBACK_COMPLETE", Finding.GOOD),
        ("UPDATE_IN_PROGRESS", Finding.NOTE),
        ("UPDATE_ROLLBACK_FAILED", Finding.TO_FIX),
    ],
)
def test_the_stack_s_state_is_told(status: str, finding: Finding) -> None:
    assert stack_row("prod", {"StackStatus": status}).finding is finding


def look_up(stacks: Said | tuple[str, str, int]) -> Account:
    with (
        aws("sts", ("get_caller_identity", {"Account": "123456789012"})) as sts,
        aws("cloudformation", stacks) as cloudformation,
    ):
        return look_up_account(
            lambda name: sts(name) if name == "sts" else cloudformation(name), "prod"
        )


@pytest.mark.parametrize("status", ["REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "DELETE_COMPLETE"])
def test_a_stack_that_never_came_to_be_is_not_deployed(status: str) -> None:
    stack = {"StackName": "heedful-prod", "CreationTime": NOW, "StackStatus": status}

    found = look_up(("describe_stacks", {"Stacks": [stack]}))

    assert (found.number, found.stack) == ("123456789012", None)


def test_a_stack_that_is_not_there_is_told_from_one_that_may_not_be_seen() -> None:
    absent = look_up(("describe_stacks", "ValidationError", 400))
    hidden = look_up(("describe_stacks", "AccessDenied", 403))

    assert (absent.stack, absent.why) == (None, "")
    assert hidden.stack is None
    assert "AccessDenied" in hidden.why


def whole(account: Account, *, written: bool, stored: Sequence[Business] = ()) -> Checked:
    store = MemoryStore()
    services, _ = memory_services(store, Outbox(), SimulatedClock(NOW))

    def client(name: str) -> Any:
        raise AssertionError(name)

    return check_all(
        services,
        client,
        account=account,
        stage="prod",
        written=[BAKERY] if written else [],
        stored=stored,
    )


def test_without_an_account_the_sources_are_checked_all_the_same() -> None:
    found = whole(Account(why="Unable to locate credentials"), written=True)

    assert findings(found.rows) == [
        ("AWS account", Finding.TO_FIX),
        ("stage prod", Finding.NOTE),
        ("bakery/exports (import)", Finding.GOOD),
        ("contact Rosa of bakery", Finding.GOOD),
    ]
    assert "not deployed yet" in found.rows[1].trouble
    assert "AWS_PROFILE" in found.rows[0].to_fix
    assert found.exit_code == 1


def table() -> Checked:
    return Checked(
        rows=(
            Row(what="good", finding=Finding.GOOD, is_reachable=True, newest=NOW, quota="1 of 2"),
            Row(
                what="bad",
                finding=Finding.TO_FIX,
                is_reachable=False,
                trouble="it is away",
                to_fix="Wait until it is back and see whether its address is still the same.",
            ),
            Row(what="odd", finding=Finding.NOTE, trouble="look here"),
        )
    )


def test_a_wide_screen_shows_the_next_step_in_the_last_column() -> None:
    lines = table().in_words(120).splitlines()

    assert lines[0] == "      what  reachable  newest            quota left  what to fix"
    assert lines[1].split() == ["ok", "good", "yes", "2026-03-29", "10:00", "1", "of", "2"]
    assert lines[2].startswith("FIX   bad   no")
    assert "It is away. Wait until it is back" in lines[2]
    assert lines[-1] == "1 to fix."
    assert all(len(line) <= 120 for line in lines)


def test_a_narrow_screen_shows_it_below() -> None:
    lines = table().in_words(60).splitlines()

    assert lines[2] == "FIX   bad   no"
    assert lines[3].startswith("      It is away. Wait")
    assert all(len(line) <= 60 for line in lines)


def test_what_does_not_fit_beside_the_name_stands_below_it() -> None:
    row = Row(
        what="e-mail by SES",
        finding=Finding.GOOD,
        is_reachable=True,
        quota="199 of 200 a day",
        cost="by the thousand, and what is " + "more " * 20,
        trouble="production",
    )

    lines = Checked(rows=(row,)).in_words(50).splitlines()

    assert lines[0].split() == ["what", "reachable", "quota", "left"]
    assert lines[1] == "ok  e-mail by SES  yes        199 of 200 a day"
    assert lines[2:4] == ["      cost: by the thousand, and what is mo….", "      Production."]
    assert all(len(line) <= 50 for line in lines)


def test_notes_fail_nothing() -> None:
    found = Checked(rows=tuple(row for row in table().rows if row.what != "bad"))

    assert (found.to_fix, found.exit_code) == (0, 0)
    assert found.in_words(80).endswith("Nothing to fix.")


def test_the_json_has_one_object_a_row() -> None:
    said = json.loads(json.dumps(table().as_json()))

    assert said["to_fix"] == 1
    assert said["rows"][0] == {
        "what": "good",
        "finding": "good",
        "reachable": True,
        "credential_good_until": None,
        "newest": "2026-03-29T10:00:00.000000Z",
        "quota_left": "1 of 2",
        "cost": None,
        "trouble": None,
        "to_fix": None,
    }
