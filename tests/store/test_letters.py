"""Reading a queue through: what is taken is kept from others, given back, deleted or left."""

from collections import deque
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.domain.clock import utc_now
from chalicelib.domain.errors import QueueError
from chalicelib.ports import Letter, Letters
from chalicelib.store.letters import MemoryLetters, SqsLetters
from chalicelib.store.secrets import SsmSecrets

CREDENTIALS = {
    "region_name": "eu-central-1",
    "aws_access_key_id": "nobody",
    "aws_secret_access_key": "nothing",
}


@pytest.fixture(params=["memory", "sqs"])
def letters(request: pytest.FixtureRequest) -> Iterator[Letters]:
    """An empty queue."""
    if request.param == "memory":
        yield MemoryLetters(deque())
        return
    with mock_aws():
        sqs = boto3.client("sqs", **CREDENTIALS)
        yield SqsLetters(sqs.create_queue(QueueName="letters")["QueueUrl"], sqs)


def all_of(letters: Letters) -> list[Letter]:
    """Every message, taken."""
    held: list[Letter] = []
    while some := letters.take():
        held += some
    return held


def test_every_message_is_shown_once_and_stays_when_given_back(letters: Letters) -> None:
    letters.put([f"m{number}" for number in range(23)])

    held = all_of(letters)
    assert sorted(one.body for one in held) == sorted(f"m{number}" for number in range(23))
    assert letters.take() == []
    letters.give_back(held)

    assert len(all_of(letters)) == 23


def test_what_is_deleted_is_gone(letters: Letters) -> None:
    letters.put(["a", "b", "c"])
    held = all_of(letters)

    letters.delete([one for one in held if one.body == "b"])
    letters.give_back([one for one in held if one.body != "b"])

    assert sorted(one.body for one in all_of(letters)) == ["a", "c"]


def test_nothing_is_done_for_nothing(letters: Letters) -> None:
    letters.put([])
    letters.give_back([])
    letters.delete([])

    assert letters.take() == []
    assert letters.hidden() == 0


def test_what_another_is_handling_is_counted() -> None:
    with mock_aws():
        sqs = boto3.client("sqs", **CREDENTIALS)
        url = sqs.create_queue(QueueName="letters")["QueueUrl"]
        letters = SqsLetters(url, sqs)
        letters.put(["a", "b"])

        sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1)

        assert letters.hidden() == 1


class Stubborn:
    """An SQS that deletes nothing."""

    def delete_message_batch(self, *, QueueUrl: str, Entries: list[Any]) -> dict[str, Any]:
        return {"Failed": Entries}


def test_what_could_not_be_deleted_is_said() -> None:
    with pytest.raises(QueueError, match="1 messages were not deleted"):
        SqsLetters("url", Stubborn()).delete([Letter(handle="h", body="b")])


def test_a_secret_is_kept_once_and_never_changed() -> None:
    with mock_aws():
        secrets = SsmSecrets("/heedful/test", boto3.client("ssm", **CREDENTIALS), utc_now)

        assert secrets.keep("privacy/trace-key", "first")
        assert not secrets.keep("privacy/trace-key", "second")

        assert secrets.get("privacy/trace-key") == ("first",)
