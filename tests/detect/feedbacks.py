"""Streams of evidence for the tests: seeded, so that every run sees the same."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from chalicelib.detect.detector import judge, new_state
from chalicelib.detect.state import DetectorState
from chalicelib.domain.spike import Evidence, Notice, NoticeKind, Sensitivity

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
GOOD = 0.06
BAD = 0.94


def dice(seed: int) -> Random:
    """Luck that repeats."""
    return Random(seed)  # noqa: S311 - nothing is kept secret with it


def evidence(number: int | str, at: datetime, negative: float | None, **more: object) -> Evidence:
    """One feedback; written and judged at `at` unless `now` is given."""
    asked: dict[str, object] = {"now": at, "source": "web", **more}
    return Evidence(feedback_id=f"f{number}", at=at, negative=negative, **asked)  # type: ignore[arg-type]


def quiet(
    count: int,
    *,
    start: datetime = START,
    per_day: float = 2.0,
    share: float = 0.1,
    seed: int = 1,
    name: str = "q",
    **more: object,
) -> Iterator[Evidence]:
    """Feedbacks at random times, a `share` of them negative."""
    random = dice(seed)
    at = start
    for number in range(count):
        at += timedelta(days=random.expovariate(per_day))
        negative = BAD if random.random() < share else GOOD
        yield evidence(f"{name}{number}", at, negative, **more)


def run(
    stream: Iterator[Evidence] | list[Evidence],
    state: DetectorState | None = None,
    sensitivity: Sensitivity = Sensitivity.BALANCED,
) -> tuple[DetectorState, list[Notice]]:
    """Judge a whole stream; the state at its end and every notice on the way."""
    state = state or new_state()
    notices = []
    for one in stream:
        state, notice = judge(state, one, sensitivity=sensitivity)
        if notice:
            notices.append(notice)
    return state, notices


def kinds(notices: list[Notice]) -> list[NoticeKind]:
    """What was said, in order."""
    return [notice.kind for notice in notices]


def settled(count: int = 120, **more: object) -> tuple[DetectorState, datetime]:
    """A business that is known and calm, and the time after its last feedback."""
    stream = list(quiet(count, **more))  # type: ignore[arg-type]
    state, notices = run(stream)
    assert notices == []
    return state, stream[-1].at + timedelta(hours=6)


def burst(count: int, start: datetime, negative: float = BAD, **more: object) -> list[Evidence]:
    """`count` feedbacks, half an hour apart, all as negative as said."""
    name = str(more.pop("name", "b"))
    gap = timedelta(minutes=30)
    return [evidence(f"{name}{i}", start + gap * i, negative, **more) for i in range(count)]


def praise(count: int, start: datetime, *, name: str = "g") -> list[Evidence]:
    """`count` good feedbacks, six hours apart."""
    return [evidence(f"{name}{i}", start + timedelta(hours=6 * i), GOOD) for i in range(count)]
