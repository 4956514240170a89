"""Random lives of a reply: edits, approvals, forms that are old, rows that are forged, sites in
trouble, functions that die, people who leave. Whatever reaches the site is looked at there.

Each text that a site gets must be the one that a person of the business, who may act and is still
there, approved last, with no edit since. At last the same lives are led by a house that posts
without asking, to see that the look would find it.
"""

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random

from chalicelib import flow
from chalicelib.domain.business import Business
from chalicelib.domain.errors import (
    ConflictError,
    ReplyRefused,
    SourceUnavailable,
    TransitionError,
)
from chalicelib.domain.feedback import Feedback
from chalicelib.domain.reply import Reply, ReplyState, text_hash
from chalicelib.domain.session import Role
from tests.house import BAKERY
from tests.test_replies_flow import TOWN, Street

LIVES, STEPS = 400, 40
PEOPLE = ("Rosa", "Jonas", "Ben", "Eve", "Mallory", "")
TEXTS = ("Dear Kim, sorry.", "Dear Kim, call us.", "Dear Kim, it was our fault.\n\nRosa")
TROUBLE = (
    SourceUnavailable("down", advice=""),
    ReplyRefused("not taken", advice=""),
    ValueError("odd"),
)


class Died(BaseException):
    """The function ended in the middle."""


@dataclass(slots=True)
class Tally:
    """What the lives saw: steps by kind, texts that reached a site, and what was wrong."""

    steps: Counter[str] = field(default_factory=Counter)
    reached: int = 0
    wrong: list[str] = field(default_factory=list)


class Life:
    """One reply among people, and what it may say at the moment."""

    def __init__(self, random: Random, tally: Tally, *, asks: bool = True) -> None:
        self.random, self.tally, self.asks = random, tally, asks
        self.street = Street()
        self.site = self.street.site
        self.take, self.site.post = self.site.post, self._arrives  # type: ignore[method-assign]
        self.agreed: tuple[str, str] | None = None
        self.is_done = False
        self.old = [self.street.draft().text_hash]

    def _arrives(self, feedback: Feedback, reply: Reply) -> str | None:
        """The site's door: is this what somebody agreed to?"""
        place = self.take(feedback, reply)
        self.tally.reached += 1
        if self.agreed is None or reply.text != self.agreed[0]:
            self.tally.wrong.append("a text that nobody approved as it stands")
        elif not _may_act(self.business, self.agreed[1]):
            self.tally.wrong.append("the approval of somebody who may not")
        if self.is_done:
            self.tally.wrong.append("a reply that was done already")
        return place

    @property
    def business(self) -> Business:
        return self.street.store.load_business("bakery") or BAKERY

    def live(self, steps: int) -> None:
        """So many steps."""
        kinds: list[Callable[[], None]] = [
            self.edit, self.edit, self.approve, self.approve, self.approve, self.post, self.post,
            self.again, self.forge, self.leave, self.wait,
        ]  # fmt: skip
        for _ in range(steps):
            step = self.random.choice(kinds)
            self.tally.steps[step.__name__] += 1
            try:
                step()
            except (TransitionError, ConflictError, Died):
                self.tally.steps[f"{step.__name__}, refused or died"] += 1
            self.old.append(self.street.draft().text_hash)
            self.is_done = self.street.state() in (ReplyState.POSTED, ReplyState.COPIED)

    def _shown(self) -> str:
        now = self.street.draft().text_hash
        return now if self.random.random() < 0.7 else self.random.choice(self.old)

    def edit(self) -> None:
        """Somebody sends a form with another text."""
        before = self.street.draft().text
        by, text = self.random.choice(PEOPLE), self.random.choice(TEXTS)
        after = self.street.edit(text, by=by, shown=self._shown())
        if after.text != before:
            self.agreed = None

    def approve(self) -> None:
        """Somebody presses the button, on a text that may be old or another."""
        self.street.business = self.business
        by, stored = self.random.choice(PEOPLE), self.street.draft().text
        text = stored if self.random.random() < 0.7 else self.random.choice(TEXTS)
        shown = self.random.choice([text_hash(text), self._shown()])
        reply = self.street.approve(text, by=by, shown=shown)
        if not _may_act(self.business, str(reply.approved_by)) or reply.text != stored:
            self.tally.wrong.append("an approval that should have been refused")
        self.agreed = (reply.text, str(reply.approved_by))

    def post(self) -> None:
        """The schedule comes by; the site may be ill, or the function die after it took it."""
        self.site.trouble = self.random.choice((None, None, None, *TROUBLE))
        self.site.then = self.random.choice((lambda: None, self._die))
        try:
            if not self.asks:
                self._post_without_asking()
            self.street.post()
        finally:
            self.site.trouble, self.site.then = None, lambda: None

    def _die(self) -> None:
        raise Died

    def _post_without_asking(self) -> None:
        reply = self.street.stored()
        if reply is not None and self.site.trouble is None:
            self.site.post(self.street.review, reply)

    def again(self) -> None:
        """A message of the queue comes a second time."""
        street = self.street
        flow.post_reply(street.services, "bakery", street.feedback_id, street.now)

    def forge(self) -> None:
        """The row's text changes behind the approval, or the row names another approver."""
        reply = self.street.stored()
        if reply is None or reply.state is not ReplyState.APPROVED:
            return
        if self.random.random() < 0.5:
            changed = replace(reply, text=f"{reply.text} And a refund.")
        else:
            changed = replace(reply, approved_by=self.random.choice(("Eve", "Mallory")))
        self.street.store.save_reply(changed)
        self.agreed = None

    def leave(self) -> None:
        """Ben leaves, or comes back."""
        self.street.store.save_business(self.random.choice((TOWN, BAKERY)))

    def wait(self) -> None:
        """Time goes by."""
        self.street.wait(minutes=self.random.choice((1, 4, 6, 45)))


def _may_act(business: Business, name: str) -> bool:
    return any(one.name == name and one.role is not Role.READ_ONLY for one in business.contacts)


def prove(say: Callable[[str], object], lives: int = LIVES, steps: int = STEPS) -> Tally:
    """Lead so many lives; the planted ones must be found out."""
    tally, planted = Tally(), Tally()
    for seed in range(lives):
        Life(Random(seed), tally).live(steps)  # noqa: S311  draws steps, guards nothing
    for seed in range(max(lives // 20, 5)):
        Life(Random(seed), planted, asks=False).live(steps)  # noqa: S311
    for wrong in sorted(set(tally.wrong)):
        say(f"wrong       {wrong}")
    if not planted.wrong:
        say("MISSED      a house that posts without asking")
        tally.wrong.append("the planted fault was missed")
    refused = sum(count for name, count in tally.steps.items() if "," in name)
    taken = sum(tally.steps.values()) - refused
    say(
        f"replies: {lives} lives, {taken} steps, {refused} refused or died, {tally.reached} texts "
        f"at the site, {len(tally.wrong)} unapproved; planted: {len(planted.wrong)} seen"
    )
    return tally


def main() -> int:
    """0 when nothing reached a site that nobody approved."""
    tally = prove(lambda line: sys.stdout.write(f"{line}\n"))
    return 1 if tally.wrong or not tally.reached else 0


if __name__ == "__main__":
    sys.exit(main())
