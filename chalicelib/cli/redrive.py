"""`heedful redrive`: show what failed too often, without a customer's word, and put it back."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chalicelib.domain.clock import to_text
from chalicelib.domain.errors import FeedbackRefused
from chalicelib.ports import Letter, Letters, Services
from chalicelib.store.envelopes import read_arrival, read_pull
from chalicelib.store.letters import CALLS_LOST, FEEDBACK, FEEDBACK_LOST, PULLS, PULLS_LOST

# Where the messages of a dead-letter queue came from.
ORIGINS = {FEEDBACK_LOST: FEEDBACK, PULLS_LOST: PULLS}
SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Redriven:
    """How many messages lay there, how many were put back, how many stay because nobody can read
    them."""

    found: int = 0
    put_back: int = 0
    unreadable: int = 0


def redrive(
    services: Services, *, say: Callable[[str], object], ask: Callable[[str], bool]
) -> Redriven:
    """Show each dead-letter queue and ask whether its messages go back where they came from.

    First they are put back, then deleted: whoever dies between them has them twice, which is
    harmless. What nobody can read stays: it would only fail again.
    """
    found = put_back = unreadable = 0
    for name, origin in ORIGINS.items():
        if name not in services.letters:
            continue
        lost = services.letters[name]
        held = take_all(lost)
        try:
            good = [one for one in held if name_of(name, one.body) is not None]
            found += len(held)
            unreadable += len(held) - len(good)
            for line in shown(name, held):
                say(line)
            if good and ask(f"Put {len(good)} back on the {origin} queue"):
                put_back += len(good)
                _put_back(lost, services.letters[origin], good)
                held = [one for one in held if one not in good]
        finally:
            lost.give_back(held)
    if CALLS_LOST in services.letters:
        calls = services.letters[CALLS_LOST]
        held = take_all(calls)
        calls.give_back(held)
        found += len(held)
        for line in shown(CALLS_LOST, held):
            say(line)
    return Redriven(found=found, put_back=put_back, unreadable=unreadable)


def _put_back(lost: Letters, origin: Letters, letters: Sequence[Letter]) -> None:
    for one in letters:
        origin.put([one.body])
        lost.delete([one])


def take_all(letters: Letters) -> list[Letter]:
    """Every message of a queue, kept from others until it is given back."""
    held: list[Letter] = []
    while some := letters.take():
        held += some
    return held


def shown(name: str, letters: Sequence[Letter]) -> list[str]:
    """What lies there, in kinds and counts."""
    if not letters:
        return [f"{name}: nothing"]
    kinds = Counter(
        name_of(name, one.body) or f"not understood, {len(one.body)} characters" for one in letters
    )
    lines = [f"  {many} x {kind}" for kind, many in kinds.most_common(SHOWN)]
    if len(kinds) > SHOWN:
        lines.append(f"  and {len(kinds) - SHOWN} other kinds")
    note = " (not put back: its schedule comes again)" if name == CALLS_LOST else ""
    return [f"{name}: {len(letters)}{note}", *lines]


def name_of(name: str, body: str) -> str | None:
    """What a message is, without anybody's word; None when nobody can read it."""
    try:
        if name == FEEDBACK_LOST:
            arrival = read_arrival(body)
            said = arrival.feedback
            day = to_text(arrival.received_at)[:10]
            return f"{said.business_id}: {said.kind} of {said.source}, {day}"
        if name == PULLS_LOST:
            business_id, source = read_pull(body)
            return f"{business_id}: look at {source}"
        return _call(body)
    except (FeedbackRefused, ValueError):
        return None


def _call(body: str) -> str | None:
    """The name of a function whose call failed, as Lambda and the scheduler hand it over."""
    plain = json.loads(body)
    if not isinstance(plain, dict):
        return None
    context = plain.get("requestContext")
    arn = context.get("functionArn") if isinstance(context, dict) else None
    if isinstance(arn, str):
        return f"a call of {arn.split(':function:')[-1].split(':')[0]}"
    return "a delivery notice" if "TopicArn" in plain else "a scheduled call"
