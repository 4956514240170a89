"""The two SQS queues as the flow sees them, and how much lies in those for what failed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chalicelib.domain.errors import QueueError
from chalicelib.domain.feedback import Arrival
from chalicelib.ports import Letter
from chalicelib.store.envelopes import write_arrival, write_pull

# SQS's limits for one SendMessageBatch.
MESSAGES_AT_ONCE = 10
BYTES_AT_ONCE = 262_144
TRIES = 3
# Dead letters wait for fourteen days: whoever hears of them five minutes later has lost nothing.
LOOK_EVERY = 5
# Those that wait and those that somebody is handling.
ANYWHERE = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


class SqsFeedbackQueue:
    """Implements `ports.FeedbackQueue` over an SQS client."""

    def __init__(self, queue_url: str, client: Any) -> None:
        self._client = client
        self._queue_url = queue_url

    def put(self, arrivals: Sequence[Arrival]) -> None:
        """All of them, or QueueError: some may be queued then, which is harmless twice."""
        for batch in batches([write_arrival(arrival) for arrival in arrivals]):
            self._send(batch)

    def _send(self, batch: Sequence[str]) -> None:
        entries = [{"Id": str(place), "MessageBody": body} for place, body in enumerate(batch)]
        for _ in range(TRIES):
            answer = self._client.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
            failed = {entry["Id"] for entry in answer.get("Failed", [])}
            entries = [entry for entry in entries if entry["Id"] in failed]
            if not entries:
                return
        raise QueueError(f"{len(entries)} of {len(batch)} messages were not taken by the queue")


def batches(bodies: Sequence[str]) -> Iterator[list[str]]:
    """The messages in order, in batches that SQS takes. Bodies are ASCII: a character, a byte."""
    batch: list[str] = []
    size = 0
    for body in bodies:
        if batch and (len(batch) == MESSAGES_AT_ONCE or size + len(body) > BYTES_AT_ONCE):
            yield batch
            batch, size = [], 0
        batch.append(body)
        size += len(body)
    if batch:
        yield batch


class SqsPullQueue:
    """Implements `ports.PullQueue` over an SQS client."""

    def __init__(self, queue_url: str, client: Any) -> None:
        self._client = client
        self._queue_url = queue_url

    def put(self, business_id: str, source: str) -> None:
        """One look at one source."""
        body = write_pull(business_id, source)
        self._client.send_message(QueueUrl=self._queue_url, MessageBody=body)

    def depth(self) -> int:
        """See the port."""
        return _count(self._client, self._queue_url, ("ApproximateNumberOfMessages",))

    def take(self) -> Letter | None:
        """See the port. It does not wait: what a server did not show yet is there at the next
        plan."""
        answer = self._client.receive_message(QueueUrl=self._queue_url, MaxNumberOfMessages=1)
        for one in answer.get("Messages", []):
            return Letter(handle=one["ReceiptHandle"], body=one["Body"])
        return None

    def done(self, letter: Letter) -> None:
        """See the port."""
        self._client.delete_message(QueueUrl=self._queue_url, ReceiptHandle=letter.handle)


class SqsDepths:
    """Implements `ports.Depths`: `queue_urls` are the dead-letter queues' by name.

    Asked every minute, it looks at every fifth time and says in between what it saw last: three
    queues a minute were the dearest thing that an idle deployment did.
    """

    def __init__(self, queue_urls: Mapping[str, str], client: Any) -> None:
        self._client = client
        self._queue_urls = queue_urls
        self._asked = 0
        self._seen: dict[str, int] = {}

    def dead_letters(self) -> dict[str, int]:
        """Queue name to the approximate number of messages, those just being read included."""
        if self._asked % LOOK_EVERY == 0:
            self._seen = {name: self._depth(url) for name, url in self._queue_urls.items()}
        self._asked += 1
        return dict(self._seen)

    def _depth(self, queue_url: str) -> int:
        return _count(self._client, queue_url, ANYWHERE)


def _count(client: Any, queue_url: str, names: Sequence[str]) -> int:
    answer = client.get_queue_attributes(QueueUrl=queue_url, AttributeNames=list(names))
    return sum(int(answer["Attributes"][name]) for name in names)
