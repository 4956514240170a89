"""Deliver what each tool signs, three times each, and every mutant of it, through the routes.

A good delivery must be taken and stored once; a bad one must get 401 and leave nothing.
"""

import sys
from dataclasses import dataclass
from io import StringIO

from chalicelib import wiring
from chalicelib.pull.webhooks.waiting import waiting_in
from tests.house import House
from tests.pull.webhooks.mutants import Sent, bad, good
from tests.pull.webhooks.senders import SENDERS, Sender, move_in, retire

DELIVERED = 3
FIRST_DAY, LAST_DAY = "2026-05-01", "2026-05-31"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of one tool's deliveries."""

    good: int
    taken: int
    stored: int
    bad: int
    refused: int
    failed: int
    left: int

    @property
    def is_right(self) -> bool:
        """All good ones taken and stored once, all bad ones refused without a trace."""
        return (
            self.taken == self.good
            and self.stored == 1
            and self.refused == self.bad
            and not self.failed
            and not self.left
        )


def prove_one(sender: Sender) -> Tally:
    """One tool in a house of its own."""
    town = House(StringIO())
    try:
        move_in(town)
        rights = list(good(sender, town.now))
        taken = sum(
            all(_post(town, sent) in (200, 202) for _ in range(DELIVERED)) for sent in rights
        )
        stored = _stored(town, sender)
        retire(town)
        wrongs = list(bad(sender, town.now))
        statuses = [_post(town, sent) for sent in wrongs]
        return Tally(
            good=len(rights),
            taken=taken,
            stored=stored,
            bad=len(wrongs),
            refused=statuses.count(401),
            failed=sum(status >= 500 for status in statuses),
            left=len(town.queues.feedback.waiting) + len(town.queues.pulls.waiting),
        )
    finally:
        wiring.use(None)


def _post(town: House, sent: Sent) -> int:
    return town.request("POST", sent.path, sent.headers, sent.body)[0]


def _stored(town: House, sender: Sender) -> int:
    """Feedback in the table, or responses that are written down to be fetched."""
    if sender.is_fetched:
        town.queues.pulls.waiting.clear()
        state = town.store.load_source("bakery", f"from-{sender.kind.replace('_', '-')}")
        return len(waiting_in(state)) if state else 0
    town.run.settle()
    return len(town.store.scored_between("bakery", FIRST_DAY, LAST_DAY))


def main() -> int:
    """0 when every tool is right."""
    found = {sender.kind: prove_one(sender) for sender in SENDERS}
    for kind, one in found.items():
        sys.stdout.write(
            f"{kind:16} good {one.taken}/{one.good} taken, stored {one.stored}; "
            f"bad {one.refused}/{one.bad} refused, {one.failed} answered 5xx, {one.left} left\n"
        )
    rights = sum(one.is_right for one in found.values())
    sys.stdout.write(
        f"signatures: {rights} of {len(found)} tools right; "
        f"{sum(one.taken for one in found.values())} good deliveries taken and each stored once, "
        f"{sum(one.refused for one in found.values())} of "
        f"{sum(one.bad for one in found.values())} bad ones refused with 401, "
        f"{sum(one.failed for one in found.values())} answered 5xx\n"
    )
    return 0 if rights == len(found) else 1


if __name__ == "__main__":
    sys.exit(main())
