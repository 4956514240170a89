"""One `store` fixture, on each engine in turn: what holds for one must hold for all."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.cli.ministack import ROOT, running_ministack
from chalicelib.ports import Store
from chalicelib.store.memory import MemoryStore
from tests.contracts.engines import create_table, dynamo_store, dynamodb_client

_numbers = count(1)


@pytest.fixture(scope="session")
def unconnected_client() -> Any:
    """A client for all modules: making one takes longer than most tests."""
    return dynamodb_client()


@pytest.fixture(scope="module")
def moto_client(unconnected_client: Any) -> Iterator[Any]:
    """DynamoDB in this process, empty for every module."""
    with mock_aws():
        yield unconnected_client


@pytest.fixture(scope="session")
def ministack_client() -> Iterator[Any]:
    """DynamoDB of the stricter engine, in a process of its own."""
    if not (ROOT / ".venv-ministack" / "bin" / "python").exists():
        pytest.skip("the environment of the embedded AWS is not installed: ./dev test does it")
    with running_ministack() as address:
        yield dynamodb_client(address)


@pytest.fixture(params=["memory", "moto", "ministack"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty store."""
    if request.param == "memory":
        yield MemoryStore()
        return
    client = request.getfixturevalue(f"{request.param}_client")
    name = f"contract-{next(_numbers)}"
    create_table(client, name)
    yield dynamo_store(client, name)
    client.delete_table(TableName=name)
