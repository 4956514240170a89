"""One case a seed: some customers, the versions of what they said, and a way in which they come.

What must stand at the end is worked out here anew from the set of versions, by nothing of the
product but its rule which version is the newest.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from chalicelib import flow
from chalicelib.cli.local_run import SimulatedClock
from chalicelib.cli.memory_services import Outbox, memory_services
from chalicelib.domain.feedback import Arrival, Feedback
from chalicelib.store.envelopes import write_arrival
from chalicelib.store.memory import MemoryStore
from proofs.town.sources import row
from proofs.town.week import EVER
from tests.fakes import WordModel
from tests.house import BAKERY, START

TEXTS = ("good bread", "bad bread", "bad: waited long", "good, though we waited", "bad allergy")
Row = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Case:
    """The messages in the order and the batches in which they come."""

    versions: tuple[Feedback, ...]
    batches: tuple[tuple[Arrival, ...], ...]


def case_of(seed: int) -> Case:
    """Three to eight customers, up to three versions each, some deleted, some sent again."""
    draw = Random(seed)  # noqa: S311  a case, no secret
    versions: list[Feedback] = []
    for number in range(draw.randint(3, 8)):
        written_at = START - timedelta(hours=draw.randint(1, 60))
        said = row(number, draw.choice(TEXTS), written_at=written_at, updated_at=written_at)
        versions.append(said)
        for _ in range(draw.randint(0, 2)):
            versions.append(_changed(versions[-1], draw))
    messages = [_arrival(one, draw) for one in versions]
    # The same message again: a queue delivers at least once.
    messages += [draw.choice(messages) for _ in range(draw.randint(0, 6))]
    draw.shuffle(messages)
    batches: list[tuple[Arrival, ...]] = []
    while messages:
        size = draw.randint(1, 10)
        batches.append(tuple(messages[:size]))
        messages = messages[size:]
    return Case(versions=tuple(versions), batches=tuple(batches))


def _changed(said: Feedback, draw: Random) -> Feedback:
    # Sometimes at the very moment of the version before: then its content decides.
    updated_at = said.updated_at + timedelta(minutes=draw.choice((0, 5, 30)))
    if draw.random() < 0.25:
        return replace(said, is_deleted=True, updated_at=updated_at)
    return replace(
        said,
        text=draw.choice(TEXTS),
        stars=draw.choice((None, 1.0, 3.0, 5.0)),
        location=draw.choice(("main", "harbour")),
        is_deleted=False,
        updated_at=updated_at,
    )


def _arrival(said: Feedback, draw: Random) -> Arrival:
    came = START + timedelta(seconds=draw.randint(0, 3600))
    return Arrival(feedback=said, received_at=came, seen_since=came)


def wrong_in(seed: int, store: MemoryStore | None = None) -> list[str]:
    """What is wrong at the end of that case; empty when nothing is."""
    store, case = store or MemoryStore(), case_of(seed)
    clock = SimulatedClock(START + timedelta(hours=2))
    services, _ = memory_services(store, Outbox(), clock)
    services = replace(services, model=WordModel)
    store.save_business(BAKERY)
    for batch in case.batches:
        messages = {str(place): write_arrival(one) for place, one in enumerate(batch)}
        report = flow.score_feedback(services, messages, clock.now)
        if report.failed or report.troubles:
            return [f"failed: {report}"]
    newest = newest_of(case.versions)
    return [*_wrong_rows(store, newest), *_wrong_counts(store, newest)]


def newest_of(versions: Sequence[Feedback]) -> dict[str, Feedback]:
    """The version that counts, by feedback id."""
    newest: dict[str, Feedback] = {}
    for one in sorted(versions, key=lambda said: said.version):
        newest[one.feedback_id] = one
    return newest


def _wrong_rows(store: MemoryStore, newest: dict[str, Feedback]) -> list[str]:
    stored = store.find("bakery", newest)
    wrong = [
        f"{key}: {stored[key].feedback.text!r} is stored" if key in stored else f"{key} is lost"
        for key, said in newest.items()
        if key not in stored or stored[key].feedback.version != said.version
    ]
    if store.unjudged("bakery", 1):
        wrong.append("something was never judged")
    last = {one.feedback_id: one.version for one in store.ledger("bakery")}
    wrong += [
        f"{key} was judged in an older version"
        for key in newest
        if last.get(key) != newest[key].version
    ]
    changes = Counter((one.feedback_id, one.version) for one in store.ledger("bakery"))
    return wrong + [
        f"{key} was judged {times} times" for key, times in changes.items() if times > 1
    ]


def _wrong_counts(store: MemoryStore, newest: dict[str, Feedback]) -> list[str]:
    found, should = store.counts("bakery", *EVER), tally(newest)
    return [
        f"{place}: {found.get(place)} instead of {should.get(place)}"
        for place in sorted({*found, *should})
        if found.get(place) != should.get(place)
    ]


def tally(newest: dict[str, Feedback]) -> dict[Row, dict[str, int]]:
    """The counts by day in Berlin and location, worked out by hand for the words of `TEXTS`."""
    counts: dict[Row, Counter[str]] = {}
    for said in newest.values():
        if said.is_deleted:
            continue
        day = (said.written_at + timedelta(hours=2)).date().isoformat()
        at = counts.setdefault((day, said.location), Counter())
        is_bad = "bad" in said.text
        at.update(["n", f"source.{said.source}"])
        at.update(["negative", "emotion.anger"] if is_bad else ["positive", "emotion.joy"])
        if "waited" in said.text:
            side = "negative" if is_bad else "positive"
            at.update(["topic.wait_delivery", f"topic.wait_delivery.{side}"])
        if said.stars is not None:
            at[f"stars.{said.stars:.0f}"] += 1
    return {place: dict(numbers) for place, numbers in counts.items()}
