"""A bakery on the embedded AWS: its settings, its survey tool's signature, its mails."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
import urllib.request
from pathlib import Path
from typing import Any

import boto3

from chalicelib.cli import ministack
from chalicelib.cli.configure import apply_file, check_file
from chalicelib.ports import Services

SENDER = "alerts@bakery.example"
OWNER = "rosa@bakery.example"
SECRET = "whsec_" + base64.b64encode(b"a made-up secret of a bakery....").decode()
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": ministack.REGION,
}
COMPLAINT = "There was a shard of glass in my bread roll and I cut my mouth. I had to see a doctor."
SETTINGS = """
[[business]]
id = "bakery"
name = "Rosa Bakery"
time_zone = "Europe/Berlin"
country = "DE"
trade = "bakery"
languages = ["en"]
sensitivity = "balanced"
escalate_after = "4h"

[[business.contact]]
name = "Rosa"
email = "rosa@bakery.example"
language = "en"

[[business.source]]
name = "survey"
kind = "survey"
secret = "bakery/survey"

[[business.source]]
name = "town-blog"
kind = "rss"
address = "https://blog.example/comments.xml"
every = "1h"
"""


def client(name: str, address: str) -> Any:
    """A boto3 client of the embedded AWS."""
    return boto3.client(
        name,
        endpoint_url=address,
        region_name=ministack.REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def apply_settings(services: Services, folder: Path, settings: str = SETTINGS) -> None:
    """Store the bakery as `heedful apply` would."""
    path = folder / "heedful.toml"
    path.write_text(settings)
    list(apply_file(services, check_file(path), is_dry_run=False))


def survey_response(response_id: str, text: str) -> bytes:
    """What a survey tool posts."""
    answers = [
        {"metric": "csat", "value": 1, "scale": [1, 5]},
        {"metric": "text", "value": text},
    ]
    answer = {"response_id": response_id, "answers": answers, "language": "en"}
    return json.dumps({"type": "response.completed", "data": answer}).encode()


def signed(body: bytes, delivery_id: str, secret: str = SECRET) -> dict[str, str]:
    """Headers of a delivery in the Standard Webhooks form."""
    stamp = str(int(time.time()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = b".".join((delivery_id.encode(), stamp.encode(), body))
    signature = base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
    return {
        "content-type": "application/json",
        "webhook-id": delivery_id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{signature}",
    }


def mails_to(address: str, recipient: str) -> list[dict[str, Any]]:
    """What the embedded AWS was asked to send to somebody, oldest first."""
    with urllib.request.urlopen(f"{address}/_ministack/ses/messages", timeout=10) as answer:  # noqa: S310
        by_account = json.load(answer)["messages"]
    return [
        mail for mails in by_account.values() for mail in mails if recipient in json.dumps(mail)
    ]


def request(method: str, path: str, resource: str, body: bytes, headers: dict[str, str]) -> Any:
    """A call of the public routes as API Gateway hands it over."""
    names = re.findall(r"{(\w+)}", resource)
    values = re.fullmatch(re.sub(r"{\w+}", "([^/]+)", resource), path)
    assert values is not None
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": dict(zip(names, values.groups(), strict=True)),
        "stageVariables": None,
        "requestContext": {
            "httpMethod": method,
            "resourcePath": resource,
            "path": f"/api{path}",
            "identity": {"sourceIp": "203.0.113.7"},
            "requestId": "1",
        },
        "body": body.decode() or None,
        "isBase64Encoded": False,
    }


def told_by_sns(message: object) -> dict[str, Any]:
    """A notice as SNS wraps it."""
    return {"Subject": None, "Message": json.dumps(message), "MessageAttributes": {}}


def batch(queue_url: str, address: str) -> tuple[dict[str, Any], list[str]]:
    """What waits in a queue as Lambda is given it, and the receipts to delete it by."""
    found = client("sqs", address).receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10)
    messages = found.get("Messages", [])
    records = [
        {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": {},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-central-1:000000000000:queue",
            "awsRegion": "eu-central-1",
        }
        for message in messages
    ]
    return {"Records": records}, [message["ReceiptHandle"] for message in messages]
