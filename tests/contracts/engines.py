"""What the contract runs on: memory, moto in this process, MiniStack on the loopback."""

import json
from pathlib import Path
from random import Random
from typing import Any

import boto3
from botocore.config import Config

from chalicelib.store.dynamodb import DynamoStore

ROOT = Path(__file__).parents[2]
REGION = "eu-central-1"


def dynamodb_client(endpoint_url: str | None = None) -> Any:
    """A client with made-up credentials that does not repeat a call by itself."""
    return boto3.client(
        "dynamodb",
        endpoint_url=endpoint_url,
        region_name=REGION,
        aws_access_key_id="nobody",
        aws_secret_access_key="nothing",
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=60),
    )


def table_definition() -> dict[str, Any]:
    """The table as it is deployed."""
    resources = json.loads((ROOT / "infra" / "resources.json").read_text())["Resources"]
    properties: dict[str, Any] = resources["Table"]["Properties"]
    wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    return {name: properties[name] for name in wanted}


def create_table(client: Any, name: str) -> None:
    """An empty table of that name."""
    client.create_table(TableName=name, **table_definition())


def dynamo_store(client: Any, name: str) -> DynamoStore:
    """A store that does not really wait."""
    seeded = Random(name)  # noqa: S311  pauses and marks, no secret
    return DynamoStore(name, client, random=seeded, sleep=lambda seconds: None)
