"""Each function may do what it does, and nothing else: the policies against the calls really made.

Every handler is driven through what it does on the embedded AWS while each call to AWS is noted;
what its policy file grants must be exactly that. What AWS does on a function's behalf (polling its
queue, writing its log, keeping a failed call) is granted without a call of ours.
"""

from __future__ import annotations

import base64
import json
import re
import threading
import urllib.parse
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

import app
from chalicelib import wiring
from chalicelib.alert.ses import tag_of
from chalicelib.cli.local_run import LambdaContext, SimulatedClock
from chalicelib.cli.ministack import create_resources, running_ministack
from chalicelib.domain.clock import utc_now
from chalicelib.domain.judging import unjudged_from
from chalicelib.domain.reply import Reply, approve
from chalicelib.pages.owner_frame import MORE, TABS
from chalicelib.ports import Store
from chalicelib.settings import Settings
from tests.embedded_aws import (
    COMPLAINT,
    OWNER,
    SECRET,
    SENDER,
    SETTINGS,
    apply_settings,
    batch,
    client,
    mails_to,
    request,
    signed,
    survey_response,
    told_by_sns,
)
from tests.pull.webhooks.deliveries import FROG_FORM, multipart

POLICIES = Path(__file__).resolve().parent.parent / ".chalice"
FILES = {
    "plan_pulls": "policy-plan-pulls.json",
    "pull_source": "policy-pull-source.json",
    "api_handler": "policy-api.json",
    "score_feedback": "policy-score-feedback.json",
    "watch": "policy-watch.json",
    "note_delivery": "policy-note-delivery.json",
    "write_digests": "policy-write-digests.json",
    "apply_retention": "policy-apply-retention.json",
}
# Granted for what Lambda and SQS do in the function's name.
BY_AWS = {"WriteItsOwnLog", "KeepCallsThatFailed", "TakeFromItsQueue"}
TRANSACTION = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}
FEED = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Town blog</title>
<id>blog</id><updated>2026-11-21T10:00:00Z</updated><entry><id>1</id><title>The bakery</title>
<published>2026-11-21T10:00:00Z</published><updated>2026-11-21T10:00:00Z</updated>
<content>The rolls were stale again.</content></entry></feed>"""

FROG = "Word0123456789abcdef key"

Right = tuple[str, str]


class Calls:
    """Notes every call to AWS under the name of the function that makes it."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.by_function: dict[str, set[Right]] = defaultdict(set)
        self.function = ""
        self._names = names

    def note(self, params: dict[str, Any], model: Any, **_: object) -> None:
        """botocore calls this before each request."""
        if self.function:
            rights = self._rights(model.service_model.service_name, model.name, params)
            self.by_function[self.function] |= rights

    def _rights(self, service: str, operation: str, params: dict[str, Any]) -> set[Right]:
        if service == "dynamodb":
            return self._table_rights(operation, params)
        if service == "sqs":
            action = operation.removesuffix("Batch")
            return {(f"sqs:{action}", self._names[params["QueueUrl"]])}
        if service == "sesv2":
            raw = {("ses:SendRawEmail", "mail")} if "Raw" in params["Content"] else set()
            return {("ses:SendEmail", "mail")} | raw
        if service == "sns":
            return {("sns:Publish", "phone" if "PhoneNumber" in params else "topic")}
        if service == "ssm":
            return {("ssm:GetParameter", "secrets")}
        if (service, operation) == ("lambda", "Invoke"):
            return {("lambda:InvokeFunction", params["FunctionName"])}
        return {(f"{service}:{operation}", "?")}

    def _table_rights(self, operation: str, params: dict[str, Any]) -> set[Right]:
        if operation == "TransactWriteItems":
            kinds = {kind for item in params["TransactItems"] for kind in item}
            return {(TRANSACTION[kind], "Table") for kind in kinds}
        index = params.get("IndexName")
        return {(f"dynamodb:{operation}", f"Table/index/{index}" if index else "Table")}


def granted(function: str) -> set[Right]:
    """What a policy file allows, in the same words."""
    rights: set[Right] = set()
    for statement in json.loads((POLICIES / FILES[function]).read_text())["Statement"]:
        # Text messages go over SNS here, the branch that is taken by default.
        said = statement["Fn::If"][1] if "Fn::If" in statement else statement
        if said["Effect"] == "Allow" and said["Sid"] not in BY_AWS:
            resources = (
                said["Resource"] if isinstance(said["Resource"], list) else [said["Resource"]]
            )
            rights |= {
                (action, thing) for action in said["Action"] for thing in map(thing_of, resources)
            }
    return rights


def thing_of(resource: Any) -> str:
    """The thing that a resource of a policy stands for."""
    if resource == "*":
        return "phone"
    if "Fn::GetAtt" in resource:
        return str(resource["Fn::GetAtt"][0])
    text = str(resource["Fn::Sub"])
    if text.startswith("${"):
        return text.replace("${", "").replace(".Arn}", "")
    if ":ses:" in text:
        return "mail"
    return "secrets" if ":parameter/heedful/${Stage}/" in text else text


class Feed(BaseHTTPRequestHandler):
    """A blog with one comment; everything else is broken."""

    def do_GET(self) -> None:
        """Answer the source."""
        is_feed = self.path == "/comments.xml"
        body = FEED.encode()
        self.send_response(200 if is_feed else 403)
        self.send_header("content-type", "application/rss+xml")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


class Driver:
    """Calls the handlers of app.py as AWS would, and says to the notes who is at work."""

    def __init__(self, address: str, variables: dict[str, str], calls: Calls) -> None:
        self.address = address
        self.variables = variables
        self.calls = calls

    def call(self, function: str, trigger: Any) -> Any:
        handler = app.app if function == "api_handler" else getattr(app, function)
        self.calls.function = function
        try:
            return handler(trigger, LambdaContext(function_name=function))
        finally:
            self.calls.function = ""

    def drain(self, function: str, queue: str) -> None:
        """Hand over what waits in a queue."""
        while True:
            trigger, receipts = batch(self.variables[queue], self.address)
            if not receipts:
                return
            self.call(function, trigger)
            for receipt in receipts:
                client("sqs", self.address).delete_message(
                    QueueUrl=self.variables[queue], ReceiptHandle=receipt
                )

    def browse(
        self,
        method: str,
        path: str,
        form: Mapping[str, str] | None = None,
        *,
        resource: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        body = urllib.parse.urlencode(form or {}).encode()
        told = {"content-type": "application/x-www-form-urlencoded"} if form else {}
        told |= headers or {}
        place = resource or path[:3] + "{token}"
        return self.call("api_handler", request(method, path, place, body, told))


def settings_with(port: int) -> str:
    """The bakery with a living feed, a dead one, a phone for text messages, a second contact."""
    address = f"http://127.0.0.1:{port}"
    phone = '\nphone = "+4930123456"'
    budget = "[business.sms]\nmonthly_cap_usd = 5\n\n"
    more = f"""
[[business.source]]
name = "dead"
kind = "rss"
address = "{address}/gone"
every = "1h"

[[business.source]]
name = "frog"
kind = "jotform"
secret = "bakery/frog"
address = "{address}"

[[business.source]]
name = "square"
kind = "mastodon"
address = "{address}"
tags = ["bakery"]
every = "1h"

[[business.contact]]
name = "Ben"
email = "ben@bakery.example"
language = "en"
"""
    first = "[[business.contact]]"
    email = f'email = "{OWNER}"'
    feed = 'kind = "rss"\n'
    living = SETTINGS.replace("https://blog.example", address)
    living = living.replace(feed, feed + 'secret = "bakery/blog"\n')
    return living.replace(email, email + phone).replace(first, budget + first, 1) + more


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calls]:
    """What each function asked AWS for while it did all that it does."""
    feed = HTTPServer(("127.0.0.1", 0), Feed)
    threading.Thread(target=feed.serve_forever, daemon=True).start()
    with running_ministack() as address:
        variables = create_resources(client("cloudformation", address), sender=SENDER)
        lost = {
            client("sqs", address).create_queue(QueueName=name)["QueueUrl"]: name
            for name in ("FeedbackLost", "PullsLost", "LostCalls")
        }
        queues = {
            variables["HEEDFUL_PULLS_QUEUE"]: "Pulls",
            variables["HEEDFUL_FEEDBACK_QUEUE"]: "Feedback",
        }
        calls = Calls(queues | lost)
        # Clients made from now on tell of their calls.
        boto3.setup_default_session()
        boto3.DEFAULT_SESSION.events.register("before-parameter-build", calls.note)
        clock = SimulatedClock(utc_now())
        services = wiring.build_services(
            Settings.from_env(
                variables
                | {
                    "HEEDFUL_ENDPOINT_URL": address,
                    "HEEDFUL_PAGE_ADDRESS": "https://pages.example/api",
                    "HEEDFUL_DEAD_LETTER_QUEUES": " ".join(lost),
                    "HEEDFUL_WATCH_FUNCTION": "Watch",
                    "HEEDFUL_PULL_FUNCTION": "PullSource",
                    "HEEDFUL_ALLOW_LOOPBACK_SOURCES": "1",
                }
            ),
            clock,
        )
        services = replace(services, start_pulls=started(services.start_pulls))
        wiring.use(services)
        apply_settings(
            services, tmp_path_factory.mktemp("settings"), settings_with(feed.server_port)
        )
        for name, value in {"survey": SECRET, "blog": SECRET, "frog": FROG}.items():
            client("ssm", address).put_parameter(
                Name=f"{variables['HEEDFUL_SECRETS_PATH']}/bakery/{name}",
                Value=value,
                Type="SecureString",
            )
        drive(Driver(address, variables, calls), clock)
        yield calls
        wiring.use(None)
        boto3.setup_default_session()
    feed.shutdown()
    feed.server_close()


def drive(driver: Driver, clock: SimulatedClock) -> None:
    """A day of a bakery: feeds, a survey, mails, a person on the pages, notices of delivery."""
    services = wiring.services()
    driver.call("plan_pulls", {})
    driver.call("pull_source", {})
    driver.drain("score_feedback", "HEEDFUL_FEEDBACK_QUEUE")
    driver.call("watch", {})

    path, resource = "/surveys/bakery/survey", "/surveys/{business}/{provider}"
    for text in (COMPLAINT, COMPLAINT + " And nobody apologised."):
        body = survey_response("r-1", text)
        headers = signed(body, f"d-{len(text)}")
        driver.call("api_handler", request("POST", path, resource, body, headers))
        driver.drain("score_feedback", "HEEDFUL_FEEDBACK_QUEUE")
        clock.now += timedelta(seconds=5)

    # A tool that signs nothing and brings only an id: its answers are fetched.
    path, resource = (
        f"/surveys/bakery/jotform/{FROG.split()[0]}",
        "/surveys/{business}/jotform/{secret}",
    )
    # API Gateway hands a form over in base64, because its parts need not be UTF-8.
    form = {"content-type": "multipart/form-data; boundary=frog0123"}
    called = request("POST", path, resource, b"", form)
    called |= {"body": base64.b64encode(multipart(FROG_FORM)).decode(), "isBase64Encoded": True}
    assert driver.call("api_handler", called)["statusCode"] == 202
    driver.call("pull_source", {})

    clock.now += timedelta(minutes=30)
    driver.call("watch", {})
    (incident,) = [one for one in services.store.open_incidents("bakery") if one.feedback_ids]
    forms: list[dict[str, str]] = [
        {"act": "acknowledge"},
        {"act": "snooze", "hours": "4"},
        {"act": "not_negative", "feedback": incident.feedback_ids[0]},
        {"act": "resolve"},
    ]
    for link in links(driver.address, "/i/"):
        driver.browse("GET", link)
        for form in forms:
            driver.browse("POST", link, form)
            clock.now += timedelta(seconds=5)
    driver.drain("score_feedback", "HEEDFUL_FEEDBACK_QUEUE")

    # A notice that is faster than our own note that the mail is sent.
    waiting = services.store.due_notifications(clock.now + timedelta(days=1), 10)
    tag = tag_of(f"bakery/{waiting[0].notification_id}")
    driver.call("note_delivery", {"Records": [{"Sns": told_by_sns(sent(tag))}]})
    driver.call("note_delivery", {"Records": [{"Sns": told_by_sns(bounced())}]})
    driver.call("watch", {})
    for leaving in links(driver.address, "/u/"):
        driver.browse("GET", leaving)
        driver.browse("POST", leaving, {"List-Unsubscribe": "One-Click"})

    walk_the_pages(driver, services.store, clock)

    # A reply that somebody approved, on its way to a site that refuses it.
    leave_approved(services.store, clock)
    driver.call("plan_pulls", {})
    driver.call("pull_source", {})

    # Somebody reads the page on privacy and asks; the watch tells the owner.
    path, resource = "/privacy/bakery", "/privacy/{business}"
    asked = b"kind=access&answer_to=quirina%40post.example"
    typed = {"content-type": "application/x-www-form-urlencoded"}
    driver.call("api_handler", request("GET", path, resource, b"", {}))
    answer = driver.call("api_handler", request("POST", path, resource, asked, typed))
    assert answer["statusCode"] == 200
    driver.call("watch", {})

    # Two days on: reminders, sources again, and an edit that died between storing and judging.
    leave_unjudged(services.store, clock)
    clock.now += timedelta(days=2)
    driver.call("plan_pulls", {})
    driver.call("pull_source", {})
    driver.drain("score_feedback", "HEEDFUL_FEEDBACK_QUEUE")
    driver.call("watch", {})

    # The next Monday morning: the digest, with what was said that week.
    clock.now += timedelta(days=7 - clock.now.weekday())
    clock.now = clock.now.replace(hour=10)
    driver.call("write_digests", {})
    driver.call("watch", {})

    # More than a year on nobody needs to know any more who said what.
    clock.now += timedelta(days=400)
    driver.call("apply_retention", {})


def started(start: Callable[[int], None]) -> Callable[[int], None]:
    """The same call; the embedded AWS has no function of that name, and the call was noted."""

    def start_anyway(workers: int) -> None:
        with suppress(ClientError):
            start(workers)

    return start_anyway


def walk_the_pages(driver: Driver, store: Store, clock: SimulatedClock) -> None:
    """An owner signs in, looks at every page, and presses what can be pressed."""
    ours = {"sec-fetch-site": "same-origin"}
    driver.browse(
        "POST", "/sign-in/bakery", {"email": OWNER}, resource="/sign-in/{business}", headers=ours
    )
    driver.call("watch", {})
    (link,) = links(driver.address, "/s/")
    driver.browse("GET", link)
    answer = driver.browse("POST", link, {"go": "in"}, headers=ours)
    cookie = answer["headers"]["Set-Cookie"].partition(";")[0]
    signed_in = {**ours, "cookie": cookie}
    for page in (*TABS, *MORE):
        shown = driver.browse("GET", f"/o/{page}", resource="/o/{page}", headers=signed_in)
        assert shown["statusCode"] == 200, page
    for incident in store.incidents_of("bakery")[:1]:
        path = f"/o/incidents/{incident.incident_id}"
        driver.browse("GET", path, resource="/o/{page}/{name}", headers=signed_in)
    for case in store.open_cases("bakery", 1):
        path = f"/o/cases/{case.case_id}"
        driver.browse("GET", path, resource="/o/{page}/{name}", headers=signed_in)
        form = {"act": "contact"}
        driver.browse("POST", path, form, resource="/o/{page}/{name}", headers=signed_in)
    driver.browse("POST", "/o/sign-out", {"go": "out"}, resource="/o/sign-out", headers=signed_in)
    clock.now += timedelta(seconds=5)


def leave_unjudged(store: Store, clock: SimulatedClock) -> None:
    """What a worker leaves that dies after it stored an edit."""
    old = store.scored_between("bakery", "2000-01-01", "2100-01-01")[-1]
    edit = replace(old.feedback, text="It was only a seed.", updated_at=clock.now)
    new = replace(old, feedback=edit, received_at=clock.now)
    store.store(new, old, unjudged_from(new, old))


def leave_approved(store: Store, clock: SimulatedClock) -> None:
    """What the page leaves when a person approves a reply."""
    said = store.scored_between("bakery", "2000-01-01", "2100-01-01")[0].feedback
    business = store.load_business("bakery")
    assert business is not None
    draft = Reply(
        business_id="bakery",
        feedback_id=said.feedback_id,
        source="square",
        language="en",
        text="We are sorry.",
        drafted_at=clock.now,
    )
    by = business.contacts[0].name
    store.save_reply(approve(draft, draft.text, draft.text_hash, by, clock.now))


def links(address: str, kind: str) -> list[str]:
    """The paths of all links of that kind in the owner's mails."""
    text = "".join(json.dumps(mail) for mail in mails_to(address, OWNER))
    return sorted(set(re.findall(rf"https://pages\.example/api({kind}[A-Za-z0-9_-]+)", text)))


def sent(tag: str) -> dict[str, Any]:
    """SES's notice that a mail is on its way."""
    return {
        "eventType": "Send",
        "mail": {"messageId": "m-1", "destination": [OWNER], "tags": {"notification": [tag]}},
    }


def bounced() -> dict[str, Any]:
    """SES's notice that an address is no more."""
    return {
        "eventType": "Bounce",
        "mail": {
            "messageId": "m-2",
            "destination": ["ben@bakery.example"],
            "tags": {"notification": [tag_of("bakery/none")]},
        },
        "bounce": {
            "bounceType": "Permanent",
            "bouncedRecipients": [{"emailAddress": "ben@bakery.example"}],
        },
    }


@pytest.mark.parametrize("function", FILES)
def test_a_function_may_do_all_that_it_does(function: str, calls: Calls) -> None:
    assert calls.by_function[function]
    assert calls.by_function[function] - granted(function) == set()


@pytest.mark.parametrize("function", FILES)
def test_a_function_may_do_nothing_that_it_never_does(function: str, calls: Calls) -> None:
    assert granted(function) - calls.by_function[function] == set()
