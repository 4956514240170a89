"""Queues and dead letters as a person's command reads them through: take, give back, delete, put.

SQS shows a message only to whoever takes it, so reading a queue through keeps its messages from
everybody else until they are given back.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from chalicelib.domain.errors import QueueError
from chalicelib.ports import Letter

# The names under which `Services.letters` has them.
FEEDBACK, PULLS = "feedback", "pulls"
FEEDBACK_LOST, PULLS_LOST, CALLS_LOST = "feedback-lost", "pulls-lost", "calls-lost"
# SQS's limit for one call.
AT_ONCE = 10
KEPT_SECONDS = 900


class SqsLetters:
    """Implements `ports.Letters` over an SQS client."""

    def __init__(self, queue_url: str, client: Any) -> None:
        self._client = client
        self._queue_url = queue_url

    def take(self) -> list[Letter]:
        """See the port. It waits a second, so that SQS asks all of its servers."""
        answer = self._client.receive_message(
            QueueUrl=self._queue_url,
            MaxNumberOfMessages=AT_ONCE,
            WaitTimeSeconds=1,
            VisibilityTimeout=KEPT_SECONDS,
        )
        return [
            Letter(handle=one["ReceiptHandle"], body=one["Body"])
            for one in answer.get("Messages", [])
        ]

    def give_back(self, letters: Sequence[Letter]) -> None:
        """See the port. What fails shows itself again after a quarter of an hour."""
        for some in _tens(letters):
            entries = [
                {"Id": str(place), "ReceiptHandle": one.handle, "VisibilityTimeout": 0}
                for place, one in enumerate(some)
            ]
            self._client.change_message_visibility_batch(QueueUrl=self._queue_url, Entries=entries)

    def delete(self, letters: Sequence[Letter]) -> None:
        """See the port. Raises QueueError when something stays."""
        for some in _tens(letters):
            entries = [
                {"Id": str(place), "ReceiptHandle": one.handle} for place, one in enumerate(some)
            ]
            answer = self._client.delete_message_batch(QueueUrl=self._queue_url, Entries=entries)
            if answer.get("Failed"):
                raise QueueError(f"{len(answer['Failed'])} messages were not deleted")

    def put(self, bodies: Sequence[str]) -> None:
        """See the port."""
        for body in bodies:
            self._client.send_message(QueueUrl=self._queue_url, MessageBody=body)

    def hidden(self) -> int:
        """See the port."""
        name = "ApproximateNumberOfMessagesNotVisible"
        answer = self._client.get_queue_attributes(QueueUrl=self._queue_url, AttributeNames=[name])
        return int(answer["Attributes"][name])


def _tens(letters: Sequence[Letter]) -> Iterator[Sequence[Letter]]:
    for start in range(0, len(letters), AT_ONCE):
        yield letters[start : start + AT_ONCE]


class MemoryLetters:
    """Implements `ports.Letters` over a queue in memory: `write` and `read` are its envelopes."""

    def __init__(
        self,
        waiting: deque[Any],
        write: Callable[[Any], str] = str,
        read: Callable[[str], Any] = str,
    ) -> None:
        self._waiting = waiting
        self._write = write
        self._read = read
        self._taken: dict[str, Any] = {}
        self.handled_elsewhere = 0

    def take(self) -> list[Letter]:
        """See the port."""
        letters: list[Letter] = []
        while self._waiting and len(letters) < AT_ONCE:
            held = self._waiting.popleft()
            body = self._write(held)
            handle = f"{len(self._taken)}-{hashlib.sha256(body.encode()).hexdigest()[:8]}"
            self._taken[handle] = held
            letters.append(Letter(handle=handle, body=body))
        return letters

    def give_back(self, letters: Sequence[Letter]) -> None:
        """See the port; in the order in which they stood."""
        back = [self._taken.pop(one.handle) for one in letters if one.handle in self._taken]
        self._waiting.extendleft(reversed(back))

    def delete(self, letters: Sequence[Letter]) -> None:
        """See the port."""
        for one in letters:
            self._taken.pop(one.handle, None)

    def put(self, bodies: Sequence[str]) -> None:
        """See the port."""
        self._waiting.extend(self._read(body) for body in bodies)

    def hidden(self) -> int:
        """See the port."""
        return self.handled_elsewhere + len(self._taken)

    def show_again(self) -> None:
        """A quarter of an hour later: what nobody gave back or deleted can be taken again."""
        self.give_back([Letter(handle=handle, body="") for handle in self._taken])
