"""A week at the bakery in which the process may die at any call of any adapter.

What AWS does after a death is done here: a queue brings its message again, a sender of webhooks
and an impatient thumb try again, a schedule simply comes the next time. `undisturbed` lives the
week in one go; `with_death` lives it again from the step in which the process dies.
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
from chalicelib.cli.local_run import SimulatedClock
from chalicelib.cli.memory_services import Outbox, memory_services
from chalicelib.domain.alert import ChannelKind, Email
from chalicelib.domain.errors import SourceAuthError
from chalicelib.domain.feedback import Arrival, Feedback, FeedbackKind, Page
from chalicelib.domain.source import SourceState
from chalicelib.ports import PullContext, SourceKind
from chalicelib.store.envelopes import write_arrival, write_pull
from chalicelib.store.memory import MemoryStore
from tests.fakes import WordModel
from tests.house import BAKERY, SECRET, START, a_survey, signed

BATCH = 10
READS = re.compile(
    r"\.(find|load|due|list|businesses_with|unjudged|notifications_of|dead_|counts|open_|get|read"
    r"|fetch|was_|incidents_of)"
)
EVER = ("0000-00-00", "9999-99-99")


class ProcessDied(BaseException):
    """No `except Exception` stands in the way of a death."""


class Fuse:
    """Counts the calls of all adapters and kills the process before or after the chosen one."""

    def __init__(self, place: int | None = None, *, is_after: bool = False) -> None:
        self.calls: list[str] = []
        self._place, self._is_after = place, is_after

    def call(self, name: str, function: Callable[[], Any]) -> Any:
        """What the function answers, unless the process dies here."""
        is_here = len(self.calls) == self._place
        self.calls.append(name)
        if is_here and not self._is_after:
            raise ProcessDied(f"before {name}")
        answer = function()
        if is_here:
            raise ProcessDied(f"after {name}")
        return answer


class Wired:
    """An adapter whose every call passes the fuse."""

    def __init__(self, behind: object, fuse: Fuse) -> None:
        self._behind, self._fuse = behind, fuse

    def __getattr__(self, name: str) -> Any:
        function = getattr(self._behind, name)
        called = f"{type(self._behind).__name__}.{name}"
        return lambda *given, **named: self._fuse.call(called, lambda: function(*given, **named))


class Sheet:
    """A source of two pages, or one that refuses the credential."""

    def __init__(self) -> None:
        self.pages: tuple[tuple[Feedback, ...], ...] = ()
        self.is_locked = False

    def fetch(self, cursor: Any) -> Page:
        """The page after the cursor."""
        if self.is_locked:
            raise SourceAuthError("the sheet refuses access", advice="share it again")
        place = int(cursor.get("page", 0)) % len(self.pages)
        is_last = place + 1 == len(self.pages)
        return Page(
            feedback=self.pages[place],
            cursor={"page": 0 if is_last else place + 1},
            is_complete=is_last,
        )


class Town:
    """The flow with everything around it in memory; every adapter is wired to the fuse."""

    def __init__(self, store: MemoryStore, fuse: Fuse) -> None:
        self.fuse, self.store, self.outbox, self.sheet = fuse, store, Outbox(), Sheet()
        self.clock = SimulatedClock(START)
        services, self.queues = memory_services(
            store, self.outbox, self.clock, secrets={"bakery/survey": (SECRET,)}
        )
        sheet = SourceKind(
            name="csv", title="", required={}, optional={}, needs_secret=False, build=self._build
        )
        self.services = replace(
            services,
            store=Wired(store, fuse),
            feedback_queue=Wired(self.queues.feedback, fuse),
            pull_queue=Wired(self.queues.pulls, fuse),
            secrets=Wired(services.secrets, fuse),
            email=lambda: Wired(self.outbox.email(), fuse),
            sms=lambda: Wired(self.outbox.sms(), fuse),
            depths=Wired(services.depths, fuse),
            model=lambda: Wired(WordModel(), fuse),
            nudge=lambda: fuse.call("nudge", lambda: None),
            source_kinds={**services.source_kinds, "csv": sheet},
        )
        self.services = replace(self.services, new_token=self._token)
        self._reported = self._tokens = 0

    def twin(self, fuse: Fuse) -> "Town":
        """Another town in the same state; values are frozen and need no copies."""
        twin = Town(MemoryStore(), fuse)
        vars(twin.store).update({name: _copied(kept) for name, kept in vars(self.store).items()})
        twin.outbox.emails[:], twin.outbox.texts[:] = self.outbox.emails, self.outbox.texts
        twin.queues.feedback.waiting.extend(self.queues.feedback.waiting)
        twin.queues.pulls.waiting.extend(self.queues.pulls.waiting)
        twin.clock.now = self.clock.now
        twin.sheet.pages, twin.sheet.is_locked = self.sheet.pages, self.sheet.is_locked
        twin._reported, twin._tokens = self._reported, self._tokens
        return twin

    def _token(self) -> str:
        self._tokens += 1
        return f"token{self._tokens:017d}"

    def _build(self, context: PullContext) -> Any:
        return Wired(self.sheet, self.fuse)

    def wait(self, **time: float) -> None:
        """Let time pass; nothing runs."""
        self.clock.now += timedelta(**time)

    def again(self, call: Callable[[], Any]) -> Any:
        """Until it lives through it: a queue, a webhook's sender, a thumb."""
        while True:
            try:
                return call()
            except ProcessDied:
                self.wait(minutes=1)

    def once(self, call: Callable[[], Any]) -> None:
        """A schedule: what dies is not tried again before its next time."""
        try:
            call()
        except ProcessDied:
            self.wait(seconds=1)

    def settle(self) -> None:
        """The two queues until both rest."""
        pulls, feedback = self.queues.pulls.waiting, self.queues.feedback.waiting
        while pulls:
            message = write_pull(*pulls[0])
            self.again(partial(self._pull, message))
            pulls.popleft()
        while feedback:
            batch = list(itertools.islice(feedback, BATCH))
            messages = {str(place): write_arrival(one) for place, one in enumerate(batch)}
            report = self.again(partial(self._score, messages))
            done = [one for place, one in enumerate(batch) if str(place) not in report.failed]
            for one in done:
                feedback.remove(one)

    def _pull(self, message: str) -> None:
        flow.pull_source(self.services, message, self.clock.now, lambda: 100.0)

    def _score(self, messages: dict[str, str]) -> flow.ScoreReport:
        return flow.score_feedback(self.services, messages, self.clock.now)

    def rest(self) -> None:
        """Three rounds of schedules, a lease apart; mail is reported as it goes out."""
        for _ in range(3):
            self.once(lambda: flow.plan_pulls(self.services, self.clock.now))
            self.settle()
            self.once(lambda: flow.watch(self.services, self.clock.now, lambda: 100.0))
            for email in self.outbox.emails[self._reported :]:
                self._reported += 1
                self.report("Send", email)
            self.wait(minutes=16)

    def report(self, kind: str, email: Email, **more: Any) -> None:
        """What the mail service says of an e-mail."""
        number = self.outbox.emails.index(email) + 1
        tags = {"notification": [tag_of(email.tag)]}
        notice = {"eventType": kind, "mail": {"messageId": f"email-{number}", "tags": tags}, **more}
        text = json.dumps(notice)
        self.again(lambda: flow.note_delivery(self.services, text, self.clock.now))

    def press(self, part_of_tag: str, form: str) -> None:
        """Press a button on the page behind the link in the first such e-mail."""
        email = next(one for one in self.outbox.emails if part_of_tag in one.tag)
        token = re.split(r"[#\s]", email.text.split("/i/", 1)[1])[0]
        answer = self.again(
            lambda: flow.act_on_incident(self.services, token, form.encode(), self.clock.now)
        )
        assert answer.status == 200

    def survey(self, text: str, response: str = "r1") -> None:
        """A signed response; its sender tries until it is taken."""
        body = a_survey(response, text)

        def send() -> None:
            headers = signed(body, self.clock.now, delivery=f"msg_{response}")
            report = flow.receive_survey(
                self.services, "bakery", "survey", headers, body, self.clock.now
            )
            assert report.status == 202

        self.again(send)


def row(number: int, text: str, **changes: Any) -> Feedback:
    """A line of the sheet, written when the week began."""
    given: dict[str, Any] = {
        "business_id": "bakery",
        "source": "sheet",
        "external_id": f"row{number}",
        "kind": FeedbackKind.REVIEW,
        "text": text,
        "written_at": START,
        "updated_at": START,
    }
    return Feedback(**given | changes)


BAD = [row(number, "bad: waited long") for number in range(12)]


def trouble(town: Town) -> None:
    """Two pages of bad reviews: an incident, an e-mail, an SMS."""
    town.sheet.pages = (tuple(BAD[:6]), tuple(BAD[6:]))
    town.rest()


def allergy(town: Town) -> None:
    """One response that cannot wait."""
    town.wait(hours=2)
    town.survey("bad allergy after the nut cake")
    town.rest()


def silence(town: Town) -> None:
    """Nobody answers: the second contact is asked."""
    town.wait(hours=6)
    town.rest()


def bounce(town: Town) -> None:
    """One of those mails comes back; the first contact takes the allergy on."""
    last = town.outbox.emails[-1]
    recipients = [{"emailAddress": last.to}]
    town.report("Bounce", last, bounce={"bounceType": "Permanent", "bouncedRecipients": recipients})
    town.press("critical", "act=acknowledge")
    town.rest()


def corrections(town: Town) -> None:
    """One review is edited, one taken back."""
    town.wait(hours=10)
    edited = replace(BAD[0], text="good after all", updated_at=town.clock.now)
    gone = replace(BAD[7], is_deleted=True, updated_at=town.clock.now)
    town.sheet.pages = ((edited, *BAD[1:6]), (gone, *BAD[8:]))
    town.rest()


def locked(town: Town) -> None:
    """The sheet refuses its credential; somebody takes that on."""
    town.sheet.is_locked = True
    town.wait(hours=2)
    town.rest()
    town.wait(hours=3)
    town.press("source", "act=acknowledge")


def unlocked(town: Town) -> None:
    """The sheet answers again."""
    town.sheet.is_locked = False
    town.wait(hours=8)
    town.rest()


def answers(town: Town) -> None:
    """All is closed by hand."""
    town.press("spike", "act=resolve")
    town.press("critical", "act=resolve")
    town.rest()


def storm(town: Town) -> None:
    """Three at once where the hour allows one more e-mail: one message carries all of them."""
    town.wait(hours=20)
    log = town.store.load_sends("bakery")
    for _ in range(2):
        log = town.store.save_sends(log.noted(ChannelKind.EMAIL, town.clock.now))
    for number in range(3):
        town.survey(f"bad allergy, guest {number}", response=f"guest{number}")
    town.rest()


WEEK = (trouble, allergy, silence, bounce, corrections, locked, unlocked, answers, storm)


@dataclass(frozen=True, kw_only=True)
class Ending:
    """What stands at the end of the week, without the times at which it came to stand."""

    feedback: object
    counts: object
    judged: object
    sources: object
    incidents: object
    notifications: object
    dead_addresses: object
    left_over: object
    emails: Counter[str]
    texts: Counter[str]


def ending_of(town: Town) -> Ending:
    """See `Ending`."""
    store = town.store
    stored = store.scored_between("bakery", *EVER)
    incidents = store.incidents_of("bakery")
    told = [
        one
        for incident in incidents
        for one in store.notifications_of("bakery", incident.incident_id)
    ]
    sources = [store.load_source("bakery", source.name) for source in BAKERY.sources]
    return Ending(
        feedback={
            one.feedback.feedback_id: (one.feedback.text, one.is_history, one.reading.status)
            for one in stored
        },
        counts=store.counts("bakery", *EVER),
        judged=Counter((one.feedback_id, one.change) for one in store.ledger("bakery")),
        sources=[
            (one.source, dict(one.cursor), dict(one.held), one.failures, one.trouble)
            for one in sources
            if one is not None
        ],
        incidents={
            _named(one.incident_id): (one.state, one.acknowledged_by, one.resolved_by)
            for one in incidents
        },
        notifications={_named(one.notification_id): str(one.state) for one in told},
        dead_addresses=store.dead_addresses("bakery"),
        left_over=(
            store.unjudged("bakery", 100),
            [one.notification_id for one in store.due_notifications(town.clock.now, 100)],
            list(town.queues.feedback.waiting),
            list(town.queues.pulls.waiting),
        ),
        emails=Counter(_named(one.tag) for one in town.outbox.emails),
        texts=Counter(_named(one.tag) for one in town.outbox.texts),
    )


def _named(name: str) -> str:
    """Without the moment at which a source began to fail: a death may move it by a minute."""
    return re.sub(r"source-sheet-\d+", "source-sheet", name)


def learned() -> Town:
    """After twenty days of four content customers each, the sheet due at once."""
    town = Town(MemoryStore(), Fuse())
    town.store.save_business(BAKERY)
    for source in BAKERY.sources:
        due = START if source.is_pulled else None
        state = SourceState(business_id="bakery", source=source.name, due=due)
        town.store.save_source(replace(state, looked_at=START, first_look_done=True))
    past = [
        row(1000 + number, "good bread", written_at=START - timedelta(hours=6 * number))
        for number in range(80, 0, -1)
    ]
    town.queues.feedback.put(
        [Arrival(feedback=one, received_at=START, is_history=True) for one in past]
    )
    town.settle()
    return town


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


@dataclass(frozen=True, kw_only=True)
class Week:
    """A week in which nothing dies: its calls, and each morning (and the end) with its first."""

    calls: list[str]
    mornings: list[tuple[int, Town]]

    @property
    def changes(self) -> list[int]:
        """The calls that change something. Between two of them every death is the same one."""
        return [place for place, call in enumerate(self.calls) if not READS.search(call)]

    def day_of(self, place: int) -> int:
        """On which day of the week that call is made."""
        return max(day for day, (first, _) in enumerate(self.mornings) if first <= place)

    def should_be(self, place: int, days: int = 99) -> Ending:
        """What stands so many days after that call when nobody dies."""
        return ending_of(self.mornings[min(self.day_of(place) + days, len(WEEK) - 1) + 1][1])


def undisturbed(start: Town) -> Week:
    """Live it and remember every morning."""
    town = start.twin(Fuse())
    mornings = []
    for step in WEEK:
        mornings.append((len(town.fuse.calls), town.twin(Fuse())))
        step(town)
    mornings.append((len(town.fuse.calls), town))
    return Week(calls=town.fuse.calls, mornings=mornings)


def with_death(week: Week, place: int, *, is_after: bool = True, days: int = 99) -> Ending:
    """What stands so many days later when the process dies before or after that call."""
    day = week.day_of(place)
    first, morning = week.mornings[day]
    town = morning.twin(Fuse(place - first, is_after=is_after))
    for step in WEEK[day : day + days + 1]:
        step(town)
    return ending_of(town)
