"""The two queues in memory: first in, first out, for replays and tests."""

from collections import deque
from collections.abc import Sequence

from chalicelib.domain.feedback import Arrival
from chalicelib.ports import Letter
from chalicelib.store.envelopes import write_pull


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
        self._taken: dict[str, tuple[str, str]] = {}
        self._count = 0

    def put(self, business_id: str, source: str) -> None:
        """One look at one source, at the end."""
        self.waiting.append((business_id, source))

    def depth(self) -> int:
        """How many wait."""
        return len(self.waiting)

    def take(self) -> Letter | None:
        """The oldest."""
        if not self.waiting:
            return None
        self._count += 1
        letter = Letter(handle=str(self._count), body=write_pull(*self.waiting[0]))
        self._taken[letter.handle] = self.waiting.popleft()
        return letter

    def done(self, letter: Letter) -> None:
        """See the port."""
        self._taken.pop(letter.handle, None)

    def hidden(self) -> int:
        """How many somebody took and did not finish."""
        return len(self._taken)

    def show_again(self) -> None:
        """Twelve minutes later: what nobody finished waits again."""
        self.waiting.extendleft(reversed(self._taken.values()))
        self._taken.clear()
