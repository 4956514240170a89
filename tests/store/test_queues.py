"""The queues take all or raise; what AWS refuses in part is sent again."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.domain.errors import QueueError
from chalicelib.domain.feedback import TEXT_LIMIT, Arrival
from chalicelib.store.envelopes import read_arrival, read_pull
from chalicelib.store.memory_queues import MemoryFeedbackQueue, MemoryPullQueue
from chalicelib.store.queues import SqsDepths, SqsFeedbackQueue, SqsPullQueue, batches
from tests.contracts.builders import NOW, a_feedback


def arrivals(many: int, text: str = "cold bread") -> list[Arrival]:
    """So many feedbacks that differ by their ids."""
    return [
        Arrival(feedback=a_feedback(f"r{number}", text=text), received_at=NOW)
        for number in range(many)
    ]


@pytest.fixture(scope="module")
def sqs() -> Iterator[Any]:
    """SQS in this process."""
    with mock_aws():
        yield boto3.client(
            "sqs",
            region_name="eu-central-1",
            aws_access_key_id="nobody",
            aws_secret_access_key="nothing",
        )


@pytest.fixture
def queue_url(sqs: Any, request: pytest.FixtureRequest) -> str:
    """An empty queue."""
    url: str = sqs.create_queue(QueueName=request.node.name[:80])["QueueUrl"]
    return url


def bodies(sqs: Any, queue_url: str) -> list[str]:
    """All that lies in a queue."""
    found: list[str] = []
    while messages := sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get(
        "Messages", []
    ):
        found += [message["Body"] for message in messages]
    return found


def test_all_arrivals_reach_the_queue(sqs: Any, queue_url: str) -> None:
    sent = arrivals(23)

    SqsFeedbackQueue(queue_url, sqs).put(sent)

    found = [read_arrival(body) for body in bodies(sqs, queue_url)]
    assert sorted(one.feedback.external_id for one in found) == sorted(
        one.feedback.external_id for one in sent
    )
    assert all(one in sent for one in found)


def test_the_longest_texts_go_one_by_one(sqs: Any, queue_url: str) -> None:
    SqsFeedbackQueue(queue_url, sqs).put(arrivals(3, "😡" * TEXT_LIMIT))

    assert len(bodies(sqs, queue_url)) == 3


def test_nothing_is_sent_for_nothing(sqs: Any, queue_url: str) -> None:
    SqsFeedbackQueue(queue_url, sqs).put([])

    assert bodies(sqs, queue_url) == []


def test_a_pull_reaches_the_queue(sqs: Any, queue_url: str) -> None:
    SqsPullQueue(queue_url, sqs).put("bakery", "reviews")

    assert [read_pull(body) for body in bodies(sqs, queue_url)] == [("bakery", "reviews")]


def test_a_pull_that_is_taken_is_hidden_and_gone_when_it_is_done(sqs: Any, queue_url: str) -> None:
    queue = SqsPullQueue(queue_url, sqs)
    queue.put("bakery", "reviews")
    assert queue.depth() == 1

    letter = queue.take()

    assert letter is not None
    assert read_pull(letter.body) == ("bakery", "reviews")
    assert queue.take() is None
    assert queue.depth() == 0
    assert SqsDepths({"pulls": queue_url}, sqs).dead_letters() == {"pulls": 1}

    queue.done(letter)

    assert SqsDepths({"pulls": queue_url}, sqs).dead_letters() == {"pulls": 0}


def test_depths_count_what_waits_and_what_is_being_looked_at(sqs: Any, queue_url: str) -> None:
    empty = sqs.create_queue(QueueName="empty")["QueueUrl"]
    SqsFeedbackQueue(queue_url, sqs).put(arrivals(3))
    sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=1)

    depths = SqsDepths({"feedback": queue_url, "pulls": empty}, sqs).dead_letters()

    assert depths == {"feedback": 3, "pulls": 0}


def test_depths_are_looked_at_every_fifth_time(sqs: Any, queue_url: str) -> None:
    depths = SqsDepths({"feedback": queue_url}, sqs)
    before = depths.dead_letters()
    SqsFeedbackQueue(queue_url, sqs).put(arrivals(2))

    told = [depths.dead_letters() for _ in range(5)]

    assert before == {"feedback": 0}
    assert told == [{"feedback": 0}] * 4 + [{"feedback": 2}]


def test_a_batch_holds_ten_messages_and_256_kilobytes_at_most() -> None:
    assert [len(batch) for batch in batches(["x"] * 21)] == [10, 10, 1]
    assert list(batches([])) == []
    full, one = "x" * 131_072, "y"
    assert list(batches([full, full, one])) == [[full, full], [one]]
    assert list(batches([one, full, full])) == [[one, full], [full]]
    assert list(batches(["z" * 300_000, one])) == [["z" * 300_000], [one]]


class PartialSqs:
    """An SQS that refuses a message some times before it takes it."""

    def __init__(self, refusals: dict[str, int]) -> None:
        self.left = Counter(refusals)
        self.taken: list[str] = []
        self.calls = 0

    def send_message_batch(self, *, QueueUrl: str, Entries: list[Any]) -> dict[str, Any]:
        self.calls += 1
        failed = []
        for entry in Entries:
            external_id = read_arrival(entry["MessageBody"]).feedback.external_id
            if self.left[external_id] > 0:
                self.left[external_id] -= 1
                failed.append({"Id": entry["Id"], "Code": "InternalError", "SenderFault": False})
            else:
                self.taken.append(external_id)
        return {"Failed": failed} if failed else {}


def test_what_was_refused_in_a_batch_is_sent_again_and_only_that() -> None:
    sqs = PartialSqs({"r3": 1, "r7": 2})

    SqsFeedbackQueue("url", sqs).put(arrivals(10))

    assert sqs.calls == 3
    assert Counter(sqs.taken) == Counter(f"r{number}" for number in range(10))


def test_what_stays_refused_raises_and_says_how_many() -> None:
    sqs = PartialSqs({"r3": 99, "r4": 99})

    with pytest.raises(QueueError, match="2 of 10"):
        SqsFeedbackQueue("url", sqs).put(arrivals(12))

    assert sqs.calls == 3


def test_queues_in_memory_give_back_in_order_what_they_took() -> None:
    feedback_queue, pull_queue = MemoryFeedbackQueue(), MemoryPullQueue()
    sent = arrivals(12)

    feedback_queue.put(sent[:5])
    feedback_queue.put(sent[5:])
    pull_queue.put("bakery", "reviews")

    assert feedback_queue.take(10) == sent[:10]
    assert feedback_queue.take(10) == sent[10:]
    assert feedback_queue.take(10) == []
    assert pull_queue.depth() == 1
    letter = pull_queue.take()
    assert letter is not None
    assert read_pull(letter.body) == ("bakery", "reviews")
    assert (pull_queue.take(), pull_queue.depth(), pull_queue.hidden()) == (None, 0, 1)


def test_a_pull_in_memory_that_nobody_finished_waits_again() -> None:
    pull_queue = MemoryPullQueue()
    for source in ("one", "two", "three"):
        pull_queue.put("bakery", source)
    first, second = pull_queue.take(), pull_queue.take()
    assert first and second

    pull_queue.done(second)
    pull_queue.show_again()
    pull_queue.done(first)

    assert list(pull_queue.waiting) == [("bakery", "one"), ("bakery", "three")]
    assert pull_queue.hidden() == 0
