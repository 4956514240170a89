"""The two queues in memory: first in, first out, for replays and tests."""

from collections import deque
from collections.abc import Sequence

from chalicelib.domain.feedback import Arrival


class MemoryFeedbackQueue:
    """Implements `ports.FeedbackQueue`."""

    def __init__(self) -> None:
        self.waiting: deque[Arrival] = deque()

    def put(self, arrivals: Sequence[Arrival]) -> None:
        """All of them, at the end."""
        self.waiting.extend(arrivals)

    def take(self, most: int = 10) -> list[Arrival]:
        """The oldest, and no more than a batch of them; they are gone from the queue."""
        return [self.waiting.popleft() for _ in range(min(most, len(self.waiting)))]


class MemoryPullQueue:
    """Implements `ports.PullQueue`."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[str, str]] = deque()

    def put(self, business_id: str, source: str) -> None:
        """One look at one source, at the end."""
        self.waiting.append((business_id, source))

    def take(self, most: int = 10) -> list[tuple[str, str]]:
        """The oldest (business id, source name), and no more than so many."""
        return [self.waiting.popleft() for _ in range(min(most, len(self.waiting)))]
