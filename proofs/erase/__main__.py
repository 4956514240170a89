"""Plant one customer in every place there is, erase them, and look for them in all of it (T13).

Before: rows of four feedbacks, an open incident that quotes them, mails, a message that waits in
the queue, one among the dead letters, one there that no code understands any more. Then the
erasure, and after it what brings people back: the source shows all of it again, with an edit, dead
letters return, reminders and a digest go out, the page behind a link is opened. Counts, ledger and
detector must be what they were. At last the same search is made to miss on purpose, place by
place, to see that it would not.
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib import flow
from chalicelib.domain.case import CaseState, close, pause
from chalicelib.domain.feedback import Arrival, Feedback, feedback_id
from chalicelib.domain.session import Role, Visitor
from chalicelib.flow import protecting
from chalicelib.flow.recovering import keep_words
from chalicelib.privacy.traces import TRACE_KEY
from chalicelib.store import letters
from chalicelib.store.envelopes import write_arrival
from proofs.erase.world import (
    AUTHOR_ID,
    CASE_NOTE,
    EMAIL,
    NAME,
    NEEDLES,
    PHONE,
    PHRASE,
    World,
    hits,
    of_others,
    of_the_person,
    world,
)
from tests.house import BAKERY

OTHERS = 12
EVER = ("0000-00-00", "9999-99-99")


def plant(town: World, others: int) -> list[Feedback]:
    """The customer everywhere; what they said."""
    said = of_the_person(town)
    town.bring(*of_others(town, others))
    town.run.settle()
    town.bring(*said)
    town.run.settle()
    town.wait(minutes=5)
    write_into_cases(town, said)
    town.ask()
    answer(town, said)
    late = replace(said[0], external_id="late-1", text=f"again a bad {PHRASE}, {EMAIL}")
    dead = replace(said[0], external_id="dead-1", text=f"and the {PHRASE} again")
    protected = [protecting.protected(town.services, BAKERY, one) for one in (late, dead)]
    waiting, lost = (
        write_arrival(Arrival(feedback=one, received_at=town.clock.now)) for one in protected
    )
    other = write_arrival(
        Arrival(feedback=replace(said[0], external_id="o-1", text="good", author="Guest 99",
                                 author_id="guest-99", url=None), received_at=town.clock.now)
    )  # fmt: skip
    old = f'{{"v":0,"arrival":{{"author_id":"{AUTHOR_ID}","text":"the {PHRASE}"}}}}'
    town.services.letters[letters.FEEDBACK].put([waiting])
    town.services.letters[letters.FEEDBACK_LOST].put([lost, old, other])
    town.services.letters[letters.PULLS_LOST].put(['{"v":1,"pull":["bakery","sheet"]}'])
    return said


def write_into_cases(town: World, said: list[Feedback]) -> None:
    """One case of the customer is closed and another put on hold, with words that name them."""
    claimed = town.store.claimed("bakery", [one.feedback_id for one in said])
    first, *others = (
        case
        for case_id in dict.fromkeys(claimed.values())
        if (case := town.store.load_case("bakery", case_id))
    )
    words = f"{NAME} at {EMAIL}: {CASE_NOTE}"
    ended = close(
        first, CaseState.LOST, "Rosa", town.clock.now, root_cause=f"{PHRASE}, {PHONE}", note=words
    )
    town.store.save_case(keep_words(ended, BAKERY))
    for case in others:
        town.store.save_case(pause(case, town.clock.now + timedelta(days=2), words))


def answer(town: World, said: list[Feedback]) -> None:
    """Replies that name the customer: to one review edited, to one approved and waiting to be
    posted, and one to another guest that gives the customer's address away."""
    rosa = Visitor(business_id="bakery", contact="Rosa", role=Role.OWNER, language="en")
    services, now = town.services, town.clock.now
    other = feedback_id("exports", "other-0")
    texts = {
        said[1].feedback_id: f"Dear {NAME}, about the {PHRASE}: we are sorry.",
        said[3].feedback_id: f"We rang {PHONE} about the {PHRASE}.",
        other: f"We told {EMAIL} so.",
    }
    for key, text in texts.items():
        shown = flow.draft_for(services, BAKERY, key, "en", now).text_hash
        edited = flow.edit_reply(services, rosa, BAKERY, key, text, shown, now)
        if key == said[3].feedback_id:
            flow.approve_reply(services, rosa, BAKERY, key, edited.text, edited.text_hash, now)


def come_back(town: World, said: list[Feedback]) -> None:
    """All that may bring somebody back: the source, an edit, dead letters, reminders, a digest."""
    edited = replace(said[0], text=f"still angry about the {PHRASE}", updated_at=town.clock.now)
    town.bring(*said, edited)
    lost = town.services.letters[letters.FEEDBACK_LOST]
    held = lost.take()
    town.services.letters[letters.FEEDBACK].put([one.body for one in held])
    lost.delete(held)
    town.run.settle()
    for _ in range(3):
        town.wait(hours=5)
    town.clock.now += timedelta(days=7 - town.clock.now.weekday())
    flow.write_digests(town.services, town.clock.now.replace(hour=10))
    town.wait(hours=2)
    for email in town.outbox.emails:
        if "/i/" in email.text:
            token = email.text.split("/i/", 1)[1].split()[0].rstrip(".,)")
            page = flow.incident_page(town.services, token, town.clock.now)
            town.log.write(page.body.replace("\n", " ") + "\n")


def figures_of(town: World) -> Any:
    """What must not change: counts, what was judged, the detector."""
    judge = town.store.load_judge("bakery")
    return (
        town.store.counts("bakery", *EVER),
        tuple(town.store.ledger("bakery")),
        dict(judge.detector),
        judge.generation,
    )


def missed(town: World, mails_since: int) -> dict[str, bool]:
    """Whether the search sees the person where they are planted again, place by place."""
    seen = {}
    stored = replace(of_the_person(town)[0], external_id="planted")
    arrival = Arrival(feedback=stored, received_at=town.clock.now)
    for name in (letters.FEEDBACK, letters.FEEDBACK_LOST, letters.CALLS_LOST):
        queue = town.services.letters[name]
        queue.put([write_arrival(arrival)])
        seen[name] = any(hit.startswith(name) for hit in hits(town.places(mails_since)))
        taken = queue.take()
        queue.delete([one for one in taken if PHRASE in one.body])
        queue.give_back([one for one in taken if PHRASE not in one.body])
    town.log.write(f'{{"message": "{EMAIL}"}}\n')
    seen["log"] = any(hit.startswith("log") for hit in hits(town.places(mails_since)))
    town.services.feedback_queue.put([arrival])
    # As if nobody had written tombstones: another moment of writing and no traces.
    town.run.settle()
    found = hits(town.places(mails_since))
    seen["table"] = any(hit.startswith("table") for hit in found)
    seen["export"] = any(hit.startswith("export") for hit in found)
    return seen


def prove(say: Callable[[str], object], others: int = OTHERS) -> bool:
    """Say what was seen; True when it holds."""
    with world() as town:
        said = plant(town, others)
        before, was = hits(town.places(0)), figures_of(town)
        known = town.known()
        mails = len(town.outbox.emails)
        receipt = town.erase()
        is_same = figures_of(town) == was
        straight_after = hits(town.places(mails))
        again = town.erase()
        come_back(town, said)
        places = town.places(mails)
        left = hits(places)
        is_followed = known > 0 and town.known() > 0
        scanned = {place: len(texts) for place, texts in places.items()}
        seen = missed(town, mails)
        key = town.services.secrets.get(TRACE_KEY)[0]
        is_keyed = not any(key in text for texts in places.values() for text in texts)
    say(f"planted     {len(before)} hits in {len({hit.split(':')[0] for hit in before})} places")
    say(f"scanned     {', '.join(f'{place} {many}' for place, many in scanned.items())}")
    say(f"followed    by {known} marks before, {'some' if is_followed else 'none'} after")
    say(f"receipt     {len(receipt.feedback)} feedback, {len(receipt.messages)} messages")
    for hit in sorted({*straight_after, *left}):
        say(f"left        {hit}")
    for place, was_seen in seen.items():
        say(f"planted in  {place}: {'seen' if was_seen else 'MISSED'}")
    is_done = receipt.done_at is not None and again.feedback == receipt.feedback
    say(
        f"erase: {len(straight_after) + len(left)} hits of {len(NEEDLES)} identifiers in "
        f"{len(places)} places ({sum(scanned.values())} texts), {len(before)} before, figures "
        f"{'unchanged' if is_same else 'CHANGED'}, planted misses seen {sum(seen.values())} of "
        f"{len(seen)}"
    )
    is_clean = not straight_after and not left and known > 0 and not is_followed
    return is_clean and is_same and is_done and is_keyed and all(seen.values()) and bool(before)


def main() -> int:
    """0 when nothing is left and every planted miss is seen."""
    return 0 if prove(lambda line: sys.stdout.write(f"{line}\n")) else 1


if __name__ == "__main__":
    sys.exit(main())
