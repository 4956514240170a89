"""The week again and again, each time with one fault at one call.

A process dies before or after the call, the call is refused, its answer is lost after it was done,
or another worker is given the same task and finishes it first. What follows is what AWS does; at
the end all rows and all messages are those of the undisturbed week.
"""

import multiprocessing
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from proofs.town.faults import Fault
from proofs.town.town import PLAIN, Seams
from proofs.town.week import Difference, Week, difference, learned, lived_with, undisturbed

# A new step adds to these; fewer would mean that the sweep no longer sees some of them.
CALLS_AT_LEAST = 2_200
FAILS = frozenset({Fault.REFUSED, Fault.ANSWER_LOST})
Point = tuple[int, Fault]


@dataclass(kw_only=True)
class Tally:
    """What a sweep found: points by fault, and the points at which something differs."""

    points: Counter[Fault] = field(default_factory=Counter)
    differing: dict[str, Difference] = field(default_factory=dict)

    @property
    def lost(self) -> int:
        """E-mails that did not go out."""
        return sum(one.lost.total() for one in self.differing.values())

    @property
    def doubled(self) -> int:
        """Messages that went out once more than they should."""
        return sum(one.doubled.total() for one in self.differing.values())


@cache
def the_week(seams: Seams = PLAIN) -> Week:
    """The undisturbed week."""
    return undisturbed(learned(seams))


def all_points(week: Week) -> list[Point]:
    """Every call with every fault."""
    return [(place, fault) for place in week.places for fault in Fault]


def some_points(week: Week, count: int) -> list[Point]:
    """So many of them, spread evenly over the week, the faults in turn."""
    points = all_points(week)
    step = max(1, len(points) // count)
    # A step that shares no divisor with the number of faults meets them all.
    return points[:: step + (step % len(Fault) == 0)]


def at_point(point: Point, week: Week, days: int) -> Difference:
    """What differs when that call meets that fault, so many days later."""
    place, fault = point
    is_source_trouble = fault in FAILS and week.calls[place].endswith(".fetch")
    town = lived_with(week, place, fault, days=days)
    return difference(town, week.evening(place, days), is_source_trouble=is_source_trouble)


def sweep(points: Iterable[Point], days: int, seams: Seams = PLAIN) -> Tally:
    """Meet each point and see what differs so many days later."""
    week, tally = the_week(seams), Tally()
    for point in points:
        note(tally, week, point, at_point(point, week, days))
    return tally


def note(tally: Tally, week: Week, point: Point, found: Difference) -> None:
    """Take one point into the tally."""
    place, fault = point
    tally.points[fault] += 1
    if found:
        tally.differing[f"call {place}, {week.calls[place]}, {fault}"] = found


def sweep_on_all_cores(points: list[Point], days: int) -> Tally:
    """The same, shared among the machine's processors; the tally does not depend on how many."""
    week, tally = the_week(), Tally()
    with multiprocessing.get_context("fork").Pool(len(os.sched_getaffinity(0))) as pool:
        shares = pool.imap(_at_point, [(point, days) for point in points], chunksize=20)
        for point, found in zip(points, shares, strict=True):
            note(tally, week, point, found)
    return tally


def _at_point(given: tuple[Point, int]) -> Difference:
    point, days = given
    return at_point(point, the_week(), days)


@dataclass(frozen=True, kw_only=True)
class Doubled:
    """How many e-mails a fault doubles at a point, and whether that is in the named window."""

    where: str
    count: int
    is_in_window: bool


def without_notices(every: int = 1) -> Iterator[Doubled]:
    """What is doubled when the mail service never tells what it sent, around each send."""
    week = undisturbed(learned(has_notices=False))
    for place, fault in window_points(week)[::every]:
        town = lived_with(week, place, fault, days=1)
        yield Doubled(
            where=f"call {place}, {week.calls[place]}, {fault}",
            count=(town.told() - week.evening(place, 1).told()).total(),
            is_in_window=in_the_window(week, place, fault),
        )


def window_points(week: Week) -> list[Point]:
    """Deaths and lost answers at the calls around a send: where the one named window lies."""
    around = ("OutboxEmail.send", "save_notification")
    return [
        (place, fault)
        for place in week.places
        if week.calls[place].endswith(around)
        for fault in (Fault.DIES_BEFORE, Fault.DIES_AFTER, Fault.ANSWER_LOST)
    ]


def in_the_window(week: Week, place: int, fault: Fault) -> bool:
    """The provider has the mail, and not all that it tells is marked yet: nobody knows."""
    if week.calls[place].endswith("OutboxEmail.send"):
        return fault is not Fault.DIES_BEFORE
    while week.calls[place].endswith(".save_notification"):
        place -= 1
    return week.calls[place].endswith("OutboxEmail.send")
