"""Clients of queues, mail, parameters and functions that count each call and send nothing."""

from collections import defaultdict, deque
from typing import Any

from benchmarks.cost.table import ClientError
from benchmarks.cost.units import Meter

# SQS charges a request for every 64 kB of a call's body.
CHUNK_BYTES = 64 * 1024
# A standard queue delivers at least once: so many messages one comes a second time.
COMES_TWICE = 50


class MeteredQueues:
    """An `sqs` client. What is sent waits by queue; `receive` is Lambda's poller."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._sent = 0
        self.waiting: dict[str, deque[str]] = defaultdict(deque)

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> dict[str, Any]:
        """One message."""
        self._put(QueueUrl, [MessageBody])
        return {}

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, str]]) -> dict[str, Any]:
        """Up to ten in one request."""
        self._put(QueueUrl, [one["MessageBody"] for one in Entries])
        return {}

    def _put(self, url: str, bodies: list[str]) -> None:
        self._meter.add("sqs request", max(1, -(-sum(map(len, bodies)) // CHUNK_BYTES)))
        for body in bodies:
            self._sent += 1
            self.waiting[url] += [body] * (2 if self._sent % COMES_TWICE == 0 else 1)

    def get_queue_attributes(self, *, QueueUrl: str, AttributeNames: list[str]) -> dict[str, Any]:
        """The depth of a queue."""
        self._meter.add("sqs request")
        return {"Attributes": dict.fromkeys(AttributeNames, len(self.waiting[QueueUrl]))}

    def receive_message(self, *, QueueUrl: str, MaxNumberOfMessages: int) -> dict[str, Any]:
        """The oldest, which is gone then: nothing fails here."""
        self._meter.add("sqs request")
        waiting = self.waiting[QueueUrl]
        bodies = [waiting.popleft() for _ in range(min(MaxNumberOfMessages, len(waiting)))]
        return {"Messages": [{"ReceiptHandle": "handle", "Body": body} for body in bodies]}

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> None:
        """One that was worked on."""
        self._meter.add("sqs request")

    def receive(self, url: str, most: int) -> list[str]:
        """A batch, received and deleted: two requests. Nothing when nothing waits."""
        waiting = self.waiting[url]
        batch = [waiting.popleft() for _ in range(min(most, len(waiting)))]
        if batch:
            self._meter.add("sqs request", 2)
        return batch


class MeteredMail:
    """A `sesv2` client; what was sent stays in `mails`, as SES was asked."""

    class exceptions:
        """The client's `exceptions`."""

        ClientError = ClientError

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self.mails: list[dict[str, Any]] = []

    def send_email(self, **asked: Any) -> dict[str, str]:
        """One mail to one address."""
        self._meter.add("ses mail")
        self._meter.add("ses bytes", len(asked["Content"]["Raw"]["Data"]))
        self.mails.append(asked)
        return {"MessageId": f"mail-{len(self.mails)}"}


class MeteredParameters:
    """An `ssm` client that knows one secret under every name."""

    class exceptions:
        """The client's `exceptions`."""

        ParameterNotFound = ClientError

    def __init__(self, meter: Meter, secret: str) -> None:
        self._meter = meter
        self._secret = secret

    def get_parameter(self, **_: Any) -> dict[str, Any]:
        """Standard parameters cost nothing; opening one is a request to KMS."""
        self._meter.add("ssm call")
        self._meter.add("kms request")
        return {"Parameter": {"Value": self._secret}}
