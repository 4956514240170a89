"""Who may meet at the same rows: pairs of tasks, and how the town stands when they meet.

Whatever the order of their calls, and also when one of them dies on the way and is tried again,
the end must be one that the two could have had one after the other; where the tasks meet at many
rows, each row must be.
"""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache, partial
from random import Random
from typing import Any

from chalicelib import flow
from chalicelib.domain.feedback import Arrival, Feedback
from chalicelib.store.envelopes import read_arrival, write_arrival, write_pull
from proofs.interleaving.turns import Turns
from proofs.town.faults import Fuse
from proofs.town.sources import on_wall, row
from proofs.town.town import PLAIN, TOWN_BAKERY, Seams, Town
from proofs.town.week import BAD, NEXT_MONDAY, allergy, learned, trouble

Task = Callable[[], Any]
Meeting = Callable[[Town], tuple[Task, ...]]


def same_batch(town: Town) -> tuple[Task, ...]:
    """A batch that is handed out again while the first worker is still at it."""
    put(town, *(row(300 + number, "bad: waited long") for number in range(4)))
    messages = taken(town)
    return partial(town.score, messages), partial(town.score, messages)


def versions(town: Town) -> tuple[Task, ...]:
    """New feedback, and its edit, its deletion and a repeat, in two batches."""
    first = [row(300 + number, "good pie") for number in range(4)]
    later = town.clock.now
    put(town, *first)
    one = taken(town)
    edited = replace(first[1], text="good pie, waited", updated_at=later)
    gone = replace(first[2], is_deleted=True, updated_at=later)
    put(town, edited, gone, first[0])
    other = taken(town)
    return partial(town.score, one), partial(town.score, other)


def neighbours(town: Town) -> tuple[Task, ...]:
    """Two batches of different customers, counted in the same row."""
    put(town, *(row(300 + number, "good pie") for number in range(3)))
    one = taken(town)
    put(town, *(row(400 + number, "good tart") for number in range(3)))
    return partial(town.score, one), partial(town.score, taken(town))


def two_watches(town: Town) -> tuple[Task, ...]:
    """The sender's schedule fires twice while mails wait."""
    town.survey("bad allergy after the nut cake", response="twice")
    town.settle()
    return town.watch, town.watch


def judge_and_watch(town: Town) -> tuple[Task, ...]:
    """The watch judges what a worker stores."""
    put(town, *(row(300 + number, "bad allergy") for number in range(2)))
    messages = taken(town)
    town.wait(minutes=2)
    return partial(town.score, messages), town.watch


def judged_between(town: Town) -> tuple[Task, ...]:
    """The same, with the watch between the first that the worker stores and the second."""
    put(town, *(row(300 + number, "bad allergy") for number in range(2)))
    messages = taken(town)
    town.wait(minutes=2)
    (first, one), (second, other) = sorted(
        messages.items(), key=lambda pair: read_arrival(pair[1]).feedback.feedback_id
    )
    return partial(town.score, {first: one}), town.watch, partial(town.score, {second: other})


def thumb_and_watch(town: Town) -> tuple[Task, ...]:
    """Somebody takes it on while the next contact is about to be asked: before that is decided,
    before it is sent, or after."""
    allergy(town)
    town.wait(hours=5)
    only_decide = partial(flow.watch, town.services, town.clock.now, lambda: 0.0)
    return partial(press, town, "critical", b"act=acknowledge"), only_decide, town.watch


def two_thumbs(town: Town) -> tuple[Task, ...]:
    """One closes it while another snoozes it."""
    allergy(town)
    return (
        partial(press, town, "critical", b"act=resolve"),
        partial(press, town, "critical", b"act=snooze&hours=4"),
    )


def bounce_and_watch(town: Town) -> tuple[Task, ...]:
    """A mail comes back while the watch looks at its incident."""
    allergy(town)
    email = town.outbox.emails[-1]
    return partial(town.bounce, email), town.watch


def two_looks(town: Town) -> tuple[Task, ...]:
    """Two looks at one source."""
    town.wall.reviews = tuple(on_wall(number, "good bread") for number in range(12))
    message = write_pull("bakery", "wall")
    return partial(town.pull, message), partial(town.pull, message)


def two_plans(town: Town) -> tuple[Task, ...]:
    """The schedule of the pulls fires twice."""
    town.sheet.pages = (tuple(BAD[:3]),)
    town.wait(hours=2)
    return town.plan, town.plan


def two_digests(town: Town) -> tuple[Task, ...]:
    """The schedule of the digests fires twice, and the sender is there."""
    town.clock.now = NEXT_MONDAY + timedelta(hours=1)
    return town.write_digests, town.write_digests, town.watch


def edit_and_label(town: Town) -> tuple[Task, ...]:
    """The owner calls a review not negative while its customer edits it."""
    trouble(town)
    edited = replace(BAD[2], text="bad: waited very long", updated_at=town.clock.now)
    put(town, edited)
    form = f"act=not_negative&feedback={BAD[2].feedback_id}".encode()
    return partial(town.score, taken(town)), partial(press, town, "spike", form)


def apply_and_look(town: Town) -> tuple[Task, ...]:
    """The technician changes a source while somebody looks at it."""
    town.sheet.pages = (tuple(BAD[:2]),)
    slower = tuple(
        replace(one, every=timedelta(hours=2)) if one.name == "sheet" else one
        for one in TOWN_BAKERY.sources
    )
    message = write_pull("bakery", "sheet")
    return (
        partial(town.apply, replace(TOWN_BAKERY, sources=slower)),
        partial(town.again, partial(town.pull, message)),
    )


MEETINGS: tuple[Meeting, ...] = (
    same_batch, versions, neighbours, two_watches, judge_and_watch, thumb_and_watch, two_thumbs,
    bounce_and_watch, two_looks, two_plans, two_digests, edit_and_label, apply_and_look,
)  # fmt: skip


def put(town: Town, *feedback: Feedback) -> None:
    """Let feedback wait in the queue as if a source had brought it now."""
    town.queues.feedback.waiting.extend(
        Arrival(feedback=one, received_at=town.clock.now, seen_since=town.clock.now)
        for one in feedback
    )


def taken(town: Town) -> dict[str, str]:
    """All that waits, handed to a worker."""
    waiting = town.queues.feedback.waiting
    messages = {str(place): write_arrival(one) for place, one in enumerate(waiting)}
    waiting.clear()
    return messages


def press(town: Town, part_of_tag: str, form: bytes) -> None:
    """A button, pressed once."""
    flow.act_on_incident(town.services, town.link(part_of_tag), form, town.clock.now)


@dataclass(frozen=True, kw_only=True)
class Ends:
    """The ends that the tasks could have had one after the other."""

    states: tuple[Mapping[str, Any], ...]
    told: tuple[Mapping[str, int], ...]


def come_to_rest(town: Town) -> None:
    """What AWS does after two workers met."""
    town.tell_what_was_sent()
    town.settle()
    town.rest(3)


@cache
def prepared(seams: Seams) -> Town:
    """The town before anybody meets."""
    return learned(seams)


@cache
def ends_in_order(meeting: Meeting) -> Ends:
    """See `Ends`; what stands at a seam must not decide what is right."""
    states, told = [], []
    count = len(meeting(prepared(PLAIN).twin(Fuse())))
    orders = [(meeting, order) for order in itertools.permutations(range(count))]
    if meeting is judge_and_watch:
        # A batch is stored one by one, and a watch that comes in between may judge the first.
        orders.append((judged_between, (0, 1, 2)))
    for tasks_of, order in orders:
        town = prepared(PLAIN).twin(Fuse())
        tasks = tasks_of(town)
        for place in order:
            town.again(tasks[place])
        come_to_rest(town)
        states.append(town.state())
        told.append(town.told())
    return Ends(states=tuple(states), told=tuple(told))


def met(meeting: Meeting, random: Random, seams: Seams = PLAIN) -> list[str]:
    """What is wrong after they met in an order drawn at random; empty when nothing is."""
    turns = Turns(random)
    town = prepared(seams).twin(turns)
    tasks = meeting(town)
    for place in turns.run(tasks):
        town.again(tasks[place])
    come_to_rest(town)
    ends = ends_in_order(meeting)
    wrong = strangers(town.state(), ends.states)
    wrong += [
        f"{tag} told {times} times"
        for tag, times in town.told().items()
        if times > max(one.get(tag, 0) for one in ends.told)
    ]
    least = {tag: min(one.get(tag, 0) for one in ends.told) for one in ends.told for tag in one}
    now = town.told()
    return wrong + [f"{tag} was lost" for tag, times in least.items() if now.get(tag, 0) < times]


def strangers(state: Mapping[str, Any], ends: tuple[Mapping[str, Any], ...]) -> list[str]:
    """Rows that are as none of the ends has them."""
    wrong = []
    for kind in sorted({name for one in (state, *ends) for name in one}):
        choices = [end.get(kind) for end in ends]
        wrong += _strange(kind, state.get(kind), choices)
    return wrong


def _strange(name: str, found: Any, choices: list[Any]) -> list[str]:
    if any(found == one for one in choices):
        return []
    if isinstance(found, Mapping) and all(isinstance(one, Mapping) for one in choices):
        keys = sorted({key for one in (found, *choices) for key in one}, key=str)
        return [
            told
            for key in keys
            for told in _strange(f"{name} {key}", found.get(key), [one.get(key) for one in choices])
        ]
    return [f"{name}: {found!r} is none of {choices!r}"]
