"""Looks end early, services fail, queues break, cursors vanish: in the end everything that was
written has come all the same, and every last word too."""

from datetime import timedelta
from random import Random

import pytest

from chalicelib.domain.errors import QueueError, SourceError, SourceUnavailable
from chalicelib.domain.feedback import Feedback
from chalicelib.domain.source import SourceState
from chalicelib.ports import HttpAnswer
from chalicelib.pull.look import look_at
from tests.pull.direct import Direct
from tests.pull.given import NOW, OneSource, Queue
from tests.pull.played.everywhere import PLAYED
from tests.pull.playing import EVERY, Played, context_for

STEPS = 40
# What shows no more than its latest few cannot give what it no longer shows.
FEW = ("yelp", "google_places", "tripadvisor")


class Unsteady(Direct):
    """A service that does not answer now and then."""

    def __init__(self, played: Played, random: Random) -> None:
        super().__init__(played)
        self._random = random
        self.share_lost = 0.0

    def answered(self, answer: HttpAnswer) -> HttpAnswer:
        """The answer, unless it is lost on its way."""
        if self._random.random() < self.share_lost:
            raise SourceUnavailable("lost", advice="Nothing to do unless it lasts.")
        return answer


class Town:
    """A source over some days, with all that can happen to it."""

    def __init__(self, played: Played, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311  repeats the same days
        self.played = played
        self.http = Unsteady(played, self.random)
        self.store = OneSource(SourceState(business_id="bakery", source="talk"))
        self.queue = Queue()
        self.now = NOW
        self.came: dict[str, Feedback] = {}

    def look(self, *, seconds_left: float) -> bool:
        """One look an hour later; whether it saw all."""
        self.now += EVERY
        build = self.played.kind.build
        assert build is not None
        self.queue.put_there.clear()
        is_complete = False
        try:
            is_complete = look_at(
                build(context_for(self.played, self.http, self.now)),
                self.store.state,
                store=self.store,
                queue=self.queue,
                redact=lambda one: one,
                every=EVERY,
                now=self.now,
                seconds_left=lambda: seconds_left,
            ).is_complete
        except (SourceError, QueueError):
            self.queue.is_broken = False
        for arrival in self.queue.put_there:
            one = arrival.feedback
            known = self.came.get(one.external_id)
            if known is None or one.version > known.version:
                self.came[one.external_id] = one
        return is_complete

    def write(self) -> None:
        """A few customers write within the hour."""
        count = self.random.randint(1, 5)
        self.played.moment = max(self.played.moment, self.now - timedelta(minutes=count))
        self.played.write(count)

    def happens(self) -> None:
        """One of the things that happen."""
        self.random.choice(
            (
                self.write,
                self.write,
                lambda: self.look(seconds_left=100),
                lambda: self.look(seconds_left=0),
                lambda: self.look(seconds_left=0),
                self._break_queue,
                self._lose_answers,
                self._lose_cursor,
            )
        )()

    def _break_queue(self) -> None:
        self.queue.is_broken = True
        self.look(seconds_left=100)

    def _lose_answers(self) -> None:
        self.http.share_lost = 0.4
        self.look(seconds_left=100)
        self.http.share_lost = 0.0

    def _lose_cursor(self) -> None:
        if self.random.random() < 0.2:
            held = self.store.state.version
            self.store.state = SourceState(business_id="bakery", source="talk", version=held)

    def settle(self) -> None:
        """All is well until a look has seen all, twice."""
        seen = 0
        for _ in range(60):
            seen += self.look(seconds_left=100)
            if seen == 2:
                return
        raise AssertionError("it never ends")


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", [kind for kind in PLAYED if kind not in FEW])
def test_everything_that_was_written_comes(kind: str, seed: int) -> None:
    town = Town(PLAYED[kind](), seed)
    town.write()

    for _ in range(STEPS):
        town.happens()
    town.settle()

    assert len(town.came) == town.played.written
    assert not any(one.is_deleted for one in town.came.values())


@pytest.mark.parametrize("kind", [kind for kind, played in PLAYED.items() if played.has_edits])
def test_a_last_word_comes_however_the_looks_before_it_ended(kind: str) -> None:
    town = Town(PLAYED[kind](), 7)
    town.write()
    town.settle()

    town.played.edit()
    for _ in range(8):
        for step in (town._break_queue, town._lose_answers):
            step()
        town.look(seconds_left=0)
        town.now += timedelta(hours=20)
    town.settle()

    assert sum("Warm now" in one.text for one in town.came.values()) == 1
    assert len(town.came) == town.played.written
