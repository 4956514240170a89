"""Drive the handlers of app.py on this machine, in simulated time, as AWS would call them.

The demo, the backtest and the tests go through here, so that there is no second way for feedback:
schedules become calls, queues become batches, a batch's failures go back to the queue.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import ModuleType
from typing import Any, Protocol, TextIO

from chalicelib.store.envelopes import write_arrival
from chalicelib.store.memory_queues import MemoryFeedbackQueue

BATCH = 10
# After so many rounds without rest a message keeps failing: the run ends with an error.
MOST_ROUNDS = 10_000


class SimulatedClock:
    """A clock that goes only when told to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The moment it was set to last."""
        return self.now


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message taken from a queue: what to delete it by, and what it says."""

    handle: str
    body: str


class Queue(Protocol):
    """A queue as Lambda's poller sees it."""

    def take(self) -> list[Message]:
        """The next batch, empty when there is none."""
        ...

    def delete(self, messages: Sequence[Message]) -> None:
        """These were handled."""
        ...


class MemoryQueue:
    """The poller's side of a queue in memory."""

    def __init__(self, queue: MemoryFeedbackQueue, most: int) -> None:
        self._queue = queue
        self._most = most

    def take(self) -> list[Message]:
        """Up to a batch of the oldest."""
        return [
            Message(handle=uuid.uuid4().hex, body=write_arrival(taken))
            for taken in self._queue.take(self._most)
        ]

    def delete(self, messages: Sequence[Message]) -> None:
        """Taking them was deleting them."""


class SqsQueue:
    """The poller's side of an SQS queue."""

    def __init__(self, client: Any, url: str, most: int) -> None:
        self._client = client
        self._url = url
        self._most = most

    def take(self) -> list[Message]:
        """Up to a batch, without waiting."""
        answer = self._client.receive_message(
            QueueUrl=self._url, MaxNumberOfMessages=self._most, WaitTimeSeconds=0
        )
        return [
            Message(handle=one["ReceiptHandle"], body=one["Body"])
            for one in answer.get("Messages", [])
        ]

    def delete(self, messages: Sequence[Message]) -> None:
        """In one call."""
        if messages:
            self._client.delete_message_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(place), "ReceiptHandle": one.handle}
                    for place, one in enumerate(messages)
                ],
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class LambdaContext:
    """What Lambda tells a handler about its call."""

    function_name: str
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-central-1:000000000000:function:local"
    aws_request_id: str = "local"

    def get_remaining_time_in_millis(self) -> int:
        """Always plenty."""
        return 120_000


def load_app(log: TextIO) -> ModuleType:
    """The module app.py, logging into `log` instead of onto the screen."""
    import app

    for handler in app.logger.handlers:
        handler.setStream(log)  # type: ignore[attr-defined]
    return app


class LocalRun:
    """One product on this machine: its handlers, its queues, its clock.

    `pulls` says how many looks wait; `feedback` is read as Lambda's poller reads it.
    """

    def __init__(
        self,
        app: ModuleType,
        clock: SimulatedClock,
        *,
        pulls: Callable[[], int],
        feedback: Queue,
    ) -> None:
        self._app = app
        self._clock = clock
        self._pulls = pulls
        self._feedback = feedback

    def tick(self, now: datetime) -> int:
        """What AWS would start at that moment: the schedules, then the queues until both rest.

        Says how many messages went out.
        """
        self._clock.now = now
        self._app.plan_pulls({}, LambdaContext(function_name="plan_pulls"))
        self.settle()
        return self.watch(now)

    def watch(self, now: datetime) -> int:
        """The schedule of the sender alone; how many messages went out."""
        self._clock.now = now
        report = self._app.watch({}, LambdaContext(function_name="watch"))
        return int(report["sends"]["sent"])

    def write_digests(self, now: datetime) -> int:
        """The hourly schedule of the digests; how many were written for the watch to send."""
        self._clock.now = now
        report = self._app.write_digests({}, LambdaContext(function_name="write_digests"))
        return int(report["written"])

    def settle(self) -> None:
        """Handle what is queued until nothing is."""
        for _ in range(MOST_ROUNDS):
            pulled = self._pull() if self._pulls() else 0
            scored = self._handle(self._feedback, self._app.score_feedback, "score_feedback")
            if not pulled and not scored:
                return
        raise RuntimeError("a message keeps coming back; the log says which step fails")

    def _pull(self) -> int:
        """The worker that a plan sends for."""
        report = self._app.pull_source({}, LambdaContext(function_name="pull_source"))
        if report["troubles"]:
            raise RuntimeError(f"pull_source could not finish: {'; '.join(report['troubles'])}")
        return len(report["looks"])

    def _handle(self, queue: Queue, handler: Any, name: str) -> int:
        messages = queue.take()
        if not messages:
            return 0
        records = [
            {
                "messageId": str(place),
                "receiptHandle": one.handle,
                "body": one.body,
                "attributes": {},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:eu-central-1:000000000000:{name}",
                "awsRegion": "eu-central-1",
            }
            for place, one in enumerate(messages)
        ]
        answer = handler({"Records": records}, LambdaContext(function_name=name)) or {}
        failed = {one["itemIdentifier"] for one in answer.get("batchItemFailures", [])}
        done = [one for place, one in enumerate(messages) if str(place) not in failed]
        queue.delete(done)
        if failed:
            raise RuntimeError(f"{name} could not finish {len(failed)} of {len(messages)} messages")
        return len(done)
