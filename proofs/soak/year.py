"""A simulated year: sources looked at every quarter of an hour, a watch every five minutes, people
who write, edit, answer and do not, and one call in a hundred that meets a fault.

What stays in memory is measured after the town of the year is gone: what then remains beyond the
first day's caches would be a leak of the process.
"""

import gc
import tracemalloc
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import Any

from chalicelib.domain.alert import ChannelKind, NotificationState, NotifyReason
from chalicelib.domain.counts import counts_of
from chalicelib.domain.feedback import Feedback, feedback_id
from chalicelib.domain.incident import IncidentState
from proofs.town.faults import Fault, Fuse, suffer
from proofs.town.sources import row
from proofs.town.town import PLAIN, TOWN_BAKERY, Town
from proofs.town.week import EVER, learned
from tests.house import START

QUARTER = timedelta(minutes=15)
WATCH = timedelta(minutes=5)
FAULTS = 0.01
SHOWN = 40
TEXTS = ("good bread", "good cake", "good, warm rolls", "bad: waited long", "bad day")
# How likely each of them is on a usual day, and in the one bad week of each quarter.
USUAL, BAD_WEEK = (40, 30, 22, 5, 3), (15, 10, 10, 40, 25)


class Weather(Fuse):
    """One call in so many meets a fault, drawn from a seed; calls are counted and not kept."""

    def __init__(self, random: Random, share: float) -> None:
        super().__init__()
        self.count = 0
        self.faults: Counter[Fault] = Counter()
        self._random, self._share, self._is_inside = random, share, False

    def call(self, name: str, function: Callable[[], Any]) -> Any:
        """The call, perhaps under a fault."""
        self.count += 1
        if self._is_inside or self._random.random() >= self._share:
            return function()
        fault = self._random.choice(tuple(Fault))
        self.faults[fault] += 1
        # Whoever overtakes is not overtaken: each fault is one.
        self._is_inside = True
        try:
            return suffer(fault, name, function, self.meanwhile)
        finally:
            self._is_inside = False

    def calm(self) -> None:
        """No fault any more."""
        self._share = 0.0


class Window:
    """A source that shows what was written last, as most do."""

    def __init__(self) -> None:
        self.lines: dict[str, Feedback] = {}

    def show(self) -> tuple[tuple[Feedback, ...], ...]:
        """One page, the oldest first."""
        return (tuple(self.lines.values())[-SHOWN:],)


@dataclass(frozen=True, kw_only=True)
class Year:
    """What a year was like. `grown_bytes` is what is still held after it is over."""

    days: int
    calls: int
    faults: int
    feedback: int
    incidents: int
    emails: int
    texts: int
    grown_bytes: int
    oldest_unsent: timedelta
    wrong: tuple[str, ...]


def live_a_year(*, days: int, seed: int, watch_every: timedelta = WATCH) -> Year:
    """Live so many days, and look at every invariant at their end."""
    learned()
    _live(days=1, seed=seed, watch_every=watch_every)
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    year = _live(days=days, seed=seed, watch_every=watch_every)
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return replace(year, grown_bytes=after - before)


def _live(*, days: int, seed: int, watch_every: timedelta) -> Year:
    draw = Random(seed)  # noqa: S311  a simulated year, no secret
    weather = Weather(draw, FAULTS)
    fast = tuple(
        replace(one, every=QUARTER) if one.is_pulled else one for one in TOWN_BAKERY.sources
    )
    town = learned().twin(weather, PLAIN)
    town.store.save_business(replace(TOWN_BAKERY, sources=fast))
    people = People(town, draw)
    end = START + timedelta(days=days)
    while town.clock.now < end:
        moment = town.clock.now
        people.act()
        town.once(town.plan)
        town.settle()
        if moment.minute < QUARTER.seconds // 60:
            town.once(town.write_digests)
            town.once(town.apply_retention)
        for _ in range(QUARTER // watch_every):
            town.once(town.watch)
            town.tell_what_was_sent()
            people.look_at_the_line()
            town.clock.now += watch_every
        town.clock.now = moment + QUARTER
    weather.calm()
    for _ in range(4):
        town.wait(hours=7)
        town.rest(2)
    return Year(
        days=days,
        calls=weather.count,
        faults=weather.faults.total(),
        feedback=len(town.store._feedback),
        incidents=len(town.store.incidents_of("bakery")),
        emails=len(town.outbox.emails),
        texts=len(town.outbox.texts),
        grown_bytes=0,
        oldest_unsent=people.oldest_unsent,
        wrong=tuple(wrong_after(town, people)),
    )


class People:
    """Customers who write, an owner who answers most alerts after some hours."""

    def __init__(self, town: Town, draw: Random) -> None:
        self.town, self.draw = town, draw
        self.sheet, self.wall = Window(), Window()
        self.accepted: list[str] = []
        self.written = 0
        self.oldest_unsent = timedelta(0)

    def act(self) -> None:
        """A quarter of an hour of theirs."""
        town, draw = self.town, self.draw
        if draw.random() < 0.04:
            self._write("sheet", self.sheet)
            town.sheet.pages = self.sheet.show()
        if draw.random() < 0.02:
            self._write("wall", self.wall)
            town.wall.reviews = tuple(reversed(self.wall.show()[0]))[:12]
        if self.sheet.lines and draw.random() < 0.004:
            self._edit()
        if draw.random() < 0.03:
            self.written += 1
            name = f"answer{self.written}"
            town.survey(self._text(), response=name)
            self.accepted.append(name)
        if draw.random() < 0.1:
            self._answer_alerts()

    def look_at_the_line(self) -> None:
        """How long the longest waiting notification has been due."""
        now = self.town.clock.now
        for one in self.town.store.due_notifications(now, 1):
            self.oldest_unsent = max(self.oldest_unsent, now - one.due)

    def _text(self) -> str:
        day = (self.town.clock.now - START).days
        weights = BAD_WEEK if day % 91 in range(60, 67) else USUAL
        if self.draw.random() < 0.004:
            return "bad allergy after the nut cake"
        return self.draw.choices(TEXTS, weights)[0]

    def _write(self, source: str, window: Window) -> None:
        self.written += 1
        now = self.town.clock.now
        said = row(
            self.written,
            self._text(),
            source=source,
            external_id=f"{source}{self.written}",
            written_at=now,
            updated_at=now,
        )
        window.lines[said.feedback_id] = said

    def _edit(self) -> None:
        key = self.draw.choice(list(self.sheet.lines)[-SHOWN:])
        said = self.sheet.lines[key]
        self.sheet.lines[key] = replace(
            said,
            text=self._text(),
            is_deleted=self.draw.random() < 0.3,
            updated_at=self.town.clock.now,
        )
        self.town.sheet.pages = self.sheet.show()

    def _answer_alerts(self) -> None:
        for incident in self.town.store.open_incidents("bakery"):
            tag = f"bakery/{incident.incident_id}."
            form = "act=resolve" if incident.acknowledged_at else "act=acknowledge"
            if self.draw.random() < 0.3:
                self.town.press(tag, form)


def wrong_after(town: Town, people: People) -> list[str]:
    """Every invariant, looked at when the year is over and all is at rest."""
    store = town.store
    wrong = []
    lines = {**people.sheet.lines, **people.wall.lines}
    wanted = set(lines) | {feedback_id("survey", name) for name in people.accepted}
    stored = store.find("bakery", wanted)
    wrong += [f"I1: {key} is lost" for key in wanted - set(stored)]
    wrong += [
        f"I2: {key} is an older version"
        for key, said in lines.items()
        if key in stored and stored[key].feedback.is_deleted != said.is_deleted
    ]
    wrong += _wrong_counts(store._feedback.values(), store.counts("bakery", *EVER))
    twice = town.told_more_than_once()
    wrong += [f"I5: {tag} told {times} times" for tag, times in twice.items()]
    wrong += _untold(town)
    if store.unjudged("bakery", 1) or town.queues.feedback.waiting or town.queues.pulls.waiting:
        wrong.append("I1: something still waits")
    judged = Counter((one.feedback_id, one.version) for one in store.ledger("bakery"))
    wrong += [f"I2: {key} judged {times} times" for key, times in judged.items() if times > 1]
    return wrong


def _wrong_counts(rows: Any, found: Mapping[tuple[str, str], Mapping[str, int]]) -> list[str]:
    tally: dict[tuple[str, str], Counter[str]] = {}
    for scored in rows:
        place = (scored.day, scored.feedback.location)
        tally.setdefault(place, Counter()).update(counts_of(scored))
    should = {place: dict(+numbers) for place, numbers in tally.items() if +numbers}
    return [f"I3: counts of {place}" for place in should if found.get(place) != should[place]]


def _untold(town: Town) -> list[str]:
    wrong = []
    for incident in town.store.incidents_of("bakery"):
        told = town.store.notifications_of("bakery", incident.incident_id)
        first = [
            one
            for one in told
            if one.reason is NotifyReason.FIRST and one.channel is ChannelKind.EMAIL
        ]
        went_out = any(one.state is NotificationState.SENT for one in first)
        was_moot = all(one.state is NotificationState.CANCELLED for one in first)
        if incident.state is IncidentState.OPEN and not went_out:
            wrong.append(f"I4: {incident.incident_id} is open and nobody was told")
        if not went_out and not was_moot:
            wrong.append(f"I4: {incident.incident_id} was never sent")
    return wrong
