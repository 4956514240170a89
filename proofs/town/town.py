"""The flow with everything around it in memory, and what AWS does when a worker fails.

A queue brings its message again, a sender of webhooks, a technician and an impatient thumb try
again, a schedule simply comes the next time.
"""

import itertools
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

from chalicelib import flow
from chalicelib.alert.ses import tag_of
from chalicelib.cli.configure import apply_file
from chalicelib.cli.local_run import SimulatedClock
from chalicelib.cli.memory_services import Outbox, memory_services
from chalicelib.domain.alert import Email
from chalicelib.domain.business import Business, SourceSettings, StoragePolicy
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.feedback import Feedback
from chalicelib.ports import PullContext, SourceKind
from chalicelib.privacy.person import Person
from chalicelib.privacy.traces import TRACE_KEY
from chalicelib.store.envelopes import write_arrival
from chalicelib.store.memory import MemoryStore
from proofs.town.faults import CallFailed, Fuse, ProcessDied, Wired
from proofs.town.sources import Sheet, Wall
from proofs.town.state import comparable, messages_of, state_of, tags_of
from tests.fakes import WordModel
from tests.house import BAKERY, SECRET, START, a_survey, signed

BATCH = 10
# A look that failed comes again after the source's hour; a claim is overtaken after its lease.
ROUNDS, ROUND = 6, timedelta(minutes=16)
MOST_TRIES = 50
TOWN_BAKERY = replace(
    BAKERY,
    sources=(
        *BAKERY.sources,
        SourceSettings(
            name="wall",
            kind="rss",
            every=timedelta(hours=1),
            # Its terms let us keep words for a day: retention has something to take.
            storage_policy=StoragePolicy.TTL_24H,
        ),
        SourceSettings(name="chat", kind="messages", secret="bakery/chat"),  # noqa: S106  a name
    ),
)


@dataclass(frozen=True, kw_only=True)
class Seams:
    """Where a proof may put something else in: what it gets is what stands there, and the fuse.

    `deletes_first`: the queue forgets its messages when it hands them over.
    """

    store: Callable[[MemoryStore, Fuse], Any] = lambda store, fuse: Wired(store, fuse)
    queue: Callable[[Any, Fuse], Any] = lambda queue, fuse: Wired(queue, fuse)
    email: Callable[["Town", Any], Any] = lambda town, channel: _wired_email(town, channel)
    memory: Callable[[], MemoryStore] = MemoryStore
    deletes_first: bool = False


def _wired_email(town: "Town", channel: Any) -> Any:
    return Wired(channel, town.fuse)


PLAIN = Seams()


class Town:
    """Every adapter is wired to the fuse. `has_notices`: the mail service tells what it sent."""

    def __init__(self, fuse: Fuse, seams: Seams = PLAIN, *, has_notices: bool = True) -> None:
        self.fuse, self.seams, self.has_notices = fuse, seams, has_notices
        self.store, self.outbox = seams.memory(), Outbox()
        self.sheet, self.wall = Sheet(), Wall()
        self.clock = SimulatedClock(START)
        self.batch = BATCH
        self._reported = self._tokens = 0
        services, self.queues = memory_services(
            self.store,
            self.outbox,
            self.clock,
            secrets={"bakery/survey": (SECRET,), "bakery/chat": (SECRET,), TRACE_KEY: (SECRET,)},
        )
        self.secrets: Any = services.secrets
        self.queues_read_by_hand: Any = tuple(services.letters.values())
        self.services = replace(
            services,
            store=seams.store(self.store, fuse),
            feedback_queue=seams.queue(self.queues.feedback, fuse),
            pull_queue=Wired(self.queues.pulls, fuse),
            secrets=Wired(services.secrets, fuse),
            email=lambda: seams.email(self, self.outbox.email()),
            sms=lambda: Wired(self.outbox.sms(), fuse),
            depths=Wired(services.depths, fuse),
            letters={name: Wired(one, fuse) for name, one in services.letters.items()},
            model=lambda: Wired(WordModel(), fuse),
            nudge=lambda: fuse.call("nudge", lambda: None),
            start_pulls=lambda workers: fuse.call("start_pulls", lambda: None),
            new_token=self._token,
            source_kinds={
                **services.source_kinds,
                "csv": self._kind("csv", self.sheet),
                "rss": self._kind("rss", self.wall),
            },
        )

    def _kind(self, name: str, source: object) -> SourceKind:
        def build(context: PullContext) -> Any:
            return Wired(source, self.fuse)

        return SourceKind(
            name=name, title="", required={}, optional={}, needs_secret=False, build=build
        )

    def _token(self) -> str:
        self._tokens += 1
        return f"token{self._tokens:017d}"

    def twin(self, fuse: Fuse, seams: Seams | None = None, **changes: Any) -> "Town":
        """Another town in the same state; values are frozen and need no copies."""
        changes = {"has_notices": self.has_notices, **changes}
        twin = Town(fuse, seams or self.seams, **changes)
        vars(twin.store).update({name: _copied(kept) for name, kept in vars(self.store).items()})
        twin.outbox.emails[:], twin.outbox.texts[:] = self.outbox.emails, self.outbox.texts
        twin.queues.feedback.waiting.extend(self.queues.feedback.waiting)
        twin.queues.pulls.waiting.extend(self.queues.pulls.waiting)
        twin.clock.now = self.clock.now
        twin.sheet.pages, twin.sheet.is_locked = self.sheet.pages, self.sheet.is_locked
        twin.wall.reviews, twin.wall.is_busy = self.wall.reviews, self.wall.is_busy
        twin._reported, twin._tokens = self._reported, self._tokens
        return twin

    # --- who tries again, and who does not -------------------------------------------------

    def wait(self, **time: float) -> None:
        """Let time pass; nothing runs."""
        self.clock.now += timedelta(**time)

    def again(self, call: Callable[[], Any]) -> Any:
        """Until it lives through it: a queue, a webhook's sender, a thumb, a technician."""
        for _ in range(MOST_TRIES):
            self.fuse.meanwhile = call
            try:
                return call()
            except (ProcessDied, CallFailed, ConflictError):
                self.wait(minutes=1)
        raise AssertionError("it fails again and again")

    def once(self, call: Callable[[], Any]) -> None:
        """A schedule: what fails is not tried again before its next time."""
        self.fuse.meanwhile = call
        try:
            call()
        except (ProcessDied, CallFailed, ConflictError):
            self.wait(seconds=1)

    # --- the queues and the schedules ------------------------------------------------------

    def settle(self) -> None:
        """The two queues until both rest."""
        pulls, feedback = self.queues.pulls, self.queues.feedback.waiting
        for _ in range(MOST_TRIES):
            if not pulls.depth():
                break
            self._delivered(self.work)
            # What failed stays on the queue and is shown again.
            self.wait(minutes=1 if pulls.hidden() else 0)
            if not self.seams.deletes_first:
                pulls.show_again()
        for _ in range(MOST_TRIES):
            batch = list(itertools.islice(feedback, self.batch))
            if not batch:
                return
            messages = {str(place): write_arrival(one) for place, one in enumerate(batch)}
            for _ in batch:
                feedback.popleft()
            report = self._delivered(partial(self.score, messages))
            failed = report.failed if report else ()
            feedback.extendleft(
                one for place, one in reversed([*enumerate(batch)]) if str(place) in failed
            )
        raise AssertionError("a message fails again and again")

    def _delivered(self, call: Callable[[], Any]) -> Any:
        if not self.seams.deletes_first:
            return self.again(call)
        return self.once(call)

    def work(self) -> None:
        """A worker on the pulls queue; a queue may hand out twice what somebody is still at."""
        if not self.seams.deletes_first:
            self.queues.pulls.show_again()
        flow.pull_waiting(self.services, lambda: 100.0)

    def pull(self, message: str) -> None:
        """A look at a source, as the pulls queue asks for it."""
        flow.pull_source(self.services, message, self.clock.now, lambda: 100.0)

    def score(self, messages: dict[str, str]) -> flow.ScoreReport:
        """A batch of the feedback queue."""
        return flow.score_feedback(self.services, messages, self.clock.now)

    def plan(self) -> None:
        """The schedule of the pulls."""
        flow.plan_pulls(self.services, self.clock.now)

    def watch(self) -> None:
        """The schedule of the sender."""
        flow.watch(self.services, self.clock.now, lambda: 100.0)

    def write_digests(self) -> None:
        """The schedule of the digests."""
        flow.write_digests(self.services, self.clock.now)

    def apply_retention(self) -> None:
        """The schedule of what must go."""
        flow.apply_retention(self.services, self.clock.now, lambda: 100.0)

    def rest(self, rounds: int = ROUNDS) -> None:
        """Rounds of all schedules, a lease apart; mail is reported as it goes out."""
        for _ in range(rounds):
            self.once(self.plan)
            self.settle()
            self.once(self.write_digests)
            self.once(self.apply_retention)
            self.once(self.watch)
            self.tell_what_was_sent()
            self.clock.now += ROUND

    def tell_what_was_sent(self) -> None:
        """The mail service's notices of all e-mails it took since the last time."""
        for email in self.outbox.emails[self._reported :]:
            self._reported += 1
            if self.has_notices:
                self.report("Send", email)

    # --- people and services outside -------------------------------------------------------

    def report(self, kind: str, email: Email, **more: Any) -> None:
        """What the mail service says of an e-mail."""
        number = self.outbox.emails.index(email) + 1
        tags = {"notification": [tag_of(email.tag)]}
        notice = {"eventType": kind, "mail": {"messageId": f"email-{number}", "tags": tags}, **more}
        text = json.dumps(notice)
        self.again(lambda: flow.note_delivery(self.services, text, self.clock.now))

    def bounce(self, email: Email) -> None:
        """The mail comes back for good."""
        recipients = [{"emailAddress": email.to}]
        about = {"bounceType": "Permanent", "bouncedRecipients": recipients}
        self.report("Bounce", email, bounce=about)

    def link(self, part_of_tag: str, kind: str = "i") -> str:
        """The token in the first e-mail with such a tag; one of nothing when there is none."""
        email = next((one for one in self.outbox.emails if part_of_tag in one.tag), None)
        if email is None:
            return "nothing"
        text = email.text if kind == "i" else str(email.unsubscribe_url)
        return re.split(r"[#\s]", text.split(f"/{kind}/", 1)[1])[0]

    def press(self, part_of_tag: str, form: str) -> None:
        """Press a button on the page behind the link in the first such e-mail."""
        token = self.link(part_of_tag)
        self.again(
            lambda: flow.act_on_incident(self.services, token, form.encode(), self.clock.now)
        )

    def leave(self, part_of_tag: str) -> None:
        """One click on unsubscribe in the first such e-mail."""
        token, form = self.link(part_of_tag, "u"), b"List-Unsubscribe=One-Click"
        self.again(lambda: flow.unsubscribe(self.services, token, form, self.clock.now))

    def ask_address(self, part_of_tag: str, wish: str) -> None:
        """A wish about an address, on the page that the first such e-mail links for it."""
        found = [one for one in self.outbox.emails if part_of_tag in one.tag]
        paths = re.findall(r"/u/([A-Za-z0-9_-]+)", found[0].text) if found else []
        token, form = (paths or ["nothing"])[0], f"wish={wish}".encode()
        self.again(lambda: flow.unsubscribe(self.services, token, form, self.clock.now))

    def sign_in(self, address: str) -> None:
        """An owner asks for the link that lets them in; the watch mails it."""
        form = f"email={address}".encode()
        self.again(lambda: flow.ask_to_sign_in(self.services, "bakery", {}, form, self.clock.now))

    def ask_about_words(self, form: str) -> None:
        """A customer asks on the public page what is kept of them."""
        asked = form.encode()
        self.again(
            lambda: flow.ask_about_words(self.services, "bakery", asked, ("", "en"), self.clock.now)
        )

    def chat(self, text: str, message: str) -> None:
        """A chat tool's customer; the tool asks again until it is answered."""
        body = json.dumps({"message_id": message, "text": text, "language": "en"}).encode()

        def send() -> None:
            headers = signed(body, self.clock.now, delivery=f"msg_{message}")
            report = flow.receive_message(self.services, "bakery", headers, body, self.clock.now)
            if report.status != 200:
                raise AssertionError(f"the chat tool was answered {report.status}")

        self.again(send)

    def survey(self, text: str, response: str = "r1") -> None:
        """A signed response; its sender tries until it is taken."""
        body = a_survey(response, text)

        def send() -> None:
            headers = signed(body, self.clock.now, delivery=f"msg_{response}")
            report = flow.receive_survey(
                self.services, "bakery", "survey", headers, body, self.clock.now
            )
            if report.status != 202:
                raise AssertionError(report.reason)

        self.again(send)

    def import_file(self, feedback: list[Feedback]) -> None:
        """`heedful import`; the technician tries until it ends well."""
        (settings,) = (one for one in TOWN_BAKERY.sources if one.name == "exports")
        self.again(
            lambda: flow.import_feedback(
                self.services, TOWN_BAKERY, settings, feedback, self.clock.now
            )
        )

    def apply(self, *businesses: Business) -> None:
        """`heedful apply`; the same."""
        self.again(lambda: list(apply_file(self.services, businesses, is_dry_run=False)))

    def erase(self, person: Person) -> None:
        """`heedful erase-customer`, pass after pass until its receipt says that it is done."""
        for _ in range(MOST_TRIES):
            receipt = self.again(
                lambda: flow.erase_customer(self.services, TOWN_BAKERY, person, self.clock.now)
            )
            if receipt.done_at is not None:
                return
            # A pass that died kept messages from everybody for a quarter of an hour.
            self.wait(minutes=16)
            for letters in self.queues_read_by_hand:
                letters.show_again()
        raise AssertionError("the erasure does not come to its end")

    # --- what stands now -------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """See `state_of`."""
        queues = self.queues
        return state_of(self.store, [list(queues.feedback.waiting), list(queues.pulls.waiting)])

    def emails(self) -> Counter[Any]:
        """All e-mails with all their words."""
        return messages_of(self.outbox.emails)

    def told(self) -> Counter[str]:
        """How often each notification was told by e-mail, comparable with another town's."""
        return comparable(tags_of(self.outbox.emails, self.store))

    def texts(self) -> Counter[str]:
        """The same by SMS."""
        return comparable(tags_of(self.outbox.texts, self.store))

    def told_more_than_once(self) -> dict[str, int]:
        """Notifications that went out twice over one channel, by their full names."""
        tags = tags_of(self.outbox.emails, self.store) + tags_of(self.outbox.texts, self.store)
        return {tag: times for tag, times in tags.items() if times > 1}


def _copied(kept: Any) -> Any:
    match kept:
        case Counter():
            return Counter(kept)
        case dict():
            return {key: _copied(one) for key, one in kept.items()}
        case list() | set():
            return type(kept)(kept)
        case _:
            return kept
