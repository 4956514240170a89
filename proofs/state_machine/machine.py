"""What may happen at the bakery, as rules; what must always hold, as invariants.

The model beside the town is a plain dictionary of what was accepted. A fault that is armed meets
one of the next calls, whatever rule makes it. At the end everything comes to rest, and nothing may
be left undone.
"""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chalicelib import flow
from chalicelib.alert.caps import PER_DAY
from chalicelib.domain.alert import ChannelKind, NotificationState, NotifyReason
from chalicelib.domain.case import CaseState
from chalicelib.domain.counts import counts_of
from chalicelib.domain.feedback import Feedback, feedback_id
from chalicelib.domain.incident import IncidentState
from chalicelib.privacy.person import Person
from chalicelib.recover.cases import withdrawal_of
from proofs.town.faults import Fault, Fuse
from proofs.town.sources import row
from proofs.town.town import TOWN_BAKERY, Town
from proofs.town.week import EVER, learned
from tests.house import SECRET, START, a_survey, signed

TEXTS = ("good bread", "bad bread", "bad: waited long", "bad allergy after the nut cake")
NEW_SECRET = "whsec_" + "bmV3LW5ldy1uZXctbmV3LW5ldy1uZXctbmV3LW5ldw=="
FOREIGN_SECRET = "whsec_" + "Zm9yZWlnbi1mb3JlaWduLWZvcmVpZ24tZm9yZWlnbg=="
# In Berlin the clocks leap forward on 28 March 2027 and back on 25 October 2026.
BEGINNINGS = (START, datetime(2026, 10, 24, 20, tzinfo=UTC), datetime(2027, 3, 27, 20, tzinfo=UTC))
ASKING = frozenset({"first", "escalation", "worse", "reminder"})
BERLIN = ZoneInfo("Europe/Berlin")
_LEARNED: list[Town] = []
# How often each rule was lived, for the proof's last words.
STEPS: Counter[str] = Counter()


def must(holds: bool, otherwise: str) -> None:
    """Raises AssertionError saying what is wrong."""
    if not holds:
        raise AssertionError(otherwise)


def beginning() -> Town:
    """A twin of the one town that has learned what is usual."""
    if not _LEARNED:
        _LEARNED.append(learned())
    return _LEARNED[0].twin(Fuse())


class Bakery(RuleBasedStateMachine):
    """See the module."""

    @initialize(at=st.sampled_from(BEGINNINGS))
    def open_the_shop(self, at: datetime) -> None:
        """A quiet town; another business keeps one review that nobody may touch."""
        self.town = beginning()
        self.town.store.save_business(replace(TOWN_BAKERY, business_id="florist", name="Fern"))
        self.town.clock.now = at
        self.accepted: dict[str, str] = {}
        self.sheet: dict[str, Feedback] = {}
        self.erased: set[str] = set()
        self.secrets = [SECRET]
        self.responses = self.rows = self.faults = 0
        self.seen_emails = len(self.town.outbox.emails)
        self.answered: set[str] = set()
        self.per_day: Counter[tuple[str, Any]] = Counter()
        self.florist = self._florist()

    # --- what customers do -----------------------------------------------------------------

    @rule(text=st.sampled_from(TEXTS))
    def answer_a_survey(self, text: str) -> None:
        """A signed response; its sender tries until it is taken."""
        STEPS["answer_a_survey"] += 1
        self.responses += 1
        name = f"r{self.responses}"
        self._deliver(name, text)
        self.accepted[name] = text

    @rule(data=st.data())
    def deliver_again(self, data: st.DataObject) -> None:
        """The sender repeats what was taken: it changes nothing."""
        STEPS["deliver_again"] += 1
        if self.accepted:
            name = data.draw(st.sampled_from(sorted(self.accepted)))
            self._deliver(name, self.accepted[name])

    @rule(minutes=st.sampled_from((-60, -6, 9, 600)))
    def replay_an_old_one(self, minutes: int) -> None:
        """A signature of another time is refused and leaves nothing."""
        STEPS["replay_an_old_one"] += 1
        moment = self.town.clock.now + timedelta(minutes=minutes)
        self._refused(signed(a_survey("old", "bad"), moment), a_survey("old", "bad"))

    @rule()
    def forge(self) -> None:
        """So is one over other bytes."""
        STEPS["forge"] += 1
        headers = signed(a_survey("forged", "good"), self.town.clock.now)
        self._refused(headers, a_survey("forged", "bad"))

    @rule(text=st.sampled_from(TEXTS), count=st.integers(1, 3))
    def write_into_the_sheet(self, text: str, count: int) -> None:
        """New lines."""
        STEPS["write_into_the_sheet"] += 1
        for _ in range(count):
            self.rows += 1
            now = self.town.clock.now
            line = row(5000 + self.rows, text, written_at=now, updated_at=now)
            self.sheet[line.feedback_id] = line
        self._show()

    @rule(data=st.data(), text=st.sampled_from(TEXTS), is_deleted=st.booleans())
    def change_a_line(self, data: st.DataObject, text: str, is_deleted: bool) -> None:
        """An edit, or a line that is taken back. Nobody edits at the very moment of writing: which
        of two such versions is the newer, a row that lost what it held could not tell."""
        STEPS["change_a_line"] += 1
        if not self.sheet:
            return
        key = data.draw(st.sampled_from(sorted(self.sheet)))
        self.town.wait(minutes=1)
        now = self.town.clock.now
        self.sheet[key] = replace(self.sheet[key], text=text, is_deleted=is_deleted, updated_at=now)
        self._show()

    @rule(is_locked=st.booleans())
    def turn_the_lock(self, is_locked: bool) -> None:
        """The sheet refuses its credential, or takes it again."""
        STEPS["turn_the_lock"] += 1
        self.town.sheet.is_locked = is_locked

    # --- what AWS does ---------------------------------------------------------------------

    @rule()
    def tick(self) -> None:
        """All schedules and queues once."""
        STEPS["tick"] += 1
        self._tick()

    @rule(time=st.sampled_from((1, 16, 61, 240, 1440, 4320)))
    def let_time_pass(self, time: int) -> None:
        """The clock leaps; nothing runs in between."""
        STEPS["let_time_pass"] += 1
        self.town.wait(minutes=time)

    @rule(later=st.integers(0, 40), fault=st.sampled_from(Fault))
    def arm(self, later: int, fault: Fault) -> None:
        """One of the next calls dies, is throttled, loses its answer or is overtaken."""
        STEPS["arm"] += 1
        self.faults += 1
        self.town.fuse.arm(later, fault)

    # --- what people and operators do ------------------------------------------------------

    @rule(
        data=st.data(),
        form=st.sampled_from(("act=acknowledge", "act=resolve", "act=snooze&hours=4")),
    )
    def press(self, data: st.DataObject, form: str) -> None:
        """A button behind one of the mails."""
        STEPS["press"] += 1
        alerts = [one.tag for one in self.town.outbox.emails if ".digest." not in one.tag]
        if not alerts:
            return
        tag = data.draw(st.sampled_from(sorted(set(alerts))))
        self.town.press(tag, form)
        incident = self.town.store.load_incident("bakery", tag.split("/")[1].partition(".")[0])
        if incident is not None and incident.state is not IncidentState.OPEN:
            self.answered.add(incident.incident_id)

    @rule(data=st.data())
    def bounce(self, data: st.DataObject) -> None:
        """A mail comes back for good."""
        STEPS["bounce"] += 1
        if self.town.outbox.emails:
            place = data.draw(st.integers(0, len(self.town.outbox.emails) - 1))
            self.town.bounce(self.town.outbox.emails[place])

    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        """One click on unsubscribe."""
        STEPS["leave"] += 1
        if self.town.outbox.emails:
            place = data.draw(st.integers(0, len(self.town.outbox.emails) - 1))
            self.town.leave(self.town.outbox.emails[place].tag)

    @rule()
    def rotate_the_secret(self) -> None:
        """The new secret beside the old one, then alone."""
        STEPS["rotate_the_secret"] += 1
        if self.secrets == [SECRET]:
            self.secrets = [NEW_SECRET, SECRET]
        else:
            self.secrets = [NEW_SECRET]
        self.town.secrets.values["bakery/survey"] = tuple(self.secrets)

    @rule()
    def lose_the_cursor(self) -> None:
        """The row forgets where it was and what it held."""
        STEPS["lose_the_cursor"] += 1
        store = self.town.store
        state = store.load_source("bakery", "sheet")
        if state is not None:
            empty: Any = MappingProxyType({})
            store.save_source(replace(state, cursor=empty, held=empty))

    @rule(data=st.data())
    def erase(self, data: st.DataObject) -> None:
        """A customer whose words we have asks to be forgotten."""
        STEPS["erase"] += 1
        known = sorted(self.town.store.find("bakery", self.sheet))
        if known:
            key = data.draw(st.sampled_from(known))
            self.town.erase(Person(feedback_ids=(key,)))
            self.erased.add(key)

    # --- what must hold after every step ---------------------------------------------------

    @invariant()
    def counts_are_those_of_the_rows(self) -> None:
        """I2, I3: whatever happened, counts and rows belong together."""
        tally: dict[tuple[str, str], Counter[str]] = {}
        for (owner, _), scored in self.town.store._feedback.items():
            if owner == "bakery":
                place = (scored.day, scored.feedback.location)
                tally.setdefault(place, Counter()).update(counts_of(scored))
        should = {place: +numbers for place, numbers in tally.items() if +numbers}
        must(self.town.store.counts("bakery", *EVER) == should, "counts are not those of the rows")

    @invariant()
    def nothing_that_was_accepted_is_lost(self) -> None:
        """I1, I11: it is stored or it waits; the sheet's row holds nothing that is neither."""
        waiting = {one.feedback.feedback_id for one in self.town.queues.feedback.waiting}
        stored = {key for _, key in self.town.store._feedback}
        there = waiting | stored
        answers = {feedback_id("survey", name) for name in self.accepted}
        must(answers <= there, "an answer is lost")
        state = self.town.store.load_source("bakery", "sheet")
        must(state is None or set(state.held) <= there, "a line of the sheet is lost")

    @invariant()
    def nobody_is_told_twice(self) -> None:
        """I5: each notification at most once, by e-mail and by SMS."""
        for tag, times in self.town.told_more_than_once().items():
            must(times == 1, f"{tag} was told {times} times")

    @invariant()
    def the_day_has_its_cap(self) -> None:
        """I8; a sender that dies right after sending may leave one message uncounted."""
        most = PER_DAY[ChannelKind.EMAIL] + self.faults
        must(max(self.per_day.values(), default=0) <= most, "more mails than a day may bring")

    @invariant()
    def the_neighbour_is_untouched(self) -> None:
        """I9."""
        must(self._florist() == self.florist, "a neighbour's rows changed")

    @invariant()
    def an_erased_customer_is_nowhere(self) -> None:
        """I10: no words of theirs in the table or in a queue."""
        for key in self.erased:
            stored = self.town.store._feedback.get(("bakery", key))
            words = stored is not None and (stored.feedback.text or stored.feedback.author)
            must(not words, "words of an erased customer are back")

    def teardown(self) -> None:
        """Let everything come to rest, and see that nothing is left undone."""
        if not hasattr(self, "town"):
            return
        town = self.town
        town.fuse.disarm()
        self.town.sheet.is_locked = False
        for _ in range(3):
            self.town.wait(hours=7)
            for _ in range(3):
                self._tick()
                self.town.wait(minutes=16)
        self.nothing_that_was_accepted_is_lost()
        self.counts_are_those_of_the_rows()
        self.nobody_is_told_twice()
        store = self.town.store
        must(not store.unjudged("bakery", 1), "something is unjudged")
        must(not town.queues.feedback.waiting, "feedback is left in the queue")
        must(not town.queues.pulls.waiting, "a pull is left in the queue")
        self._every_line_is_stored()
        self._every_incident_was_told()
        self._everybody_who_is_quoted_has_one_case()
        judged = Counter((one.feedback_id, one.version) for one in store.ledger("bakery"))
        must(max(judged.values(), default=1) == 1, "something was judged twice")

    # --- what the rules share --------------------------------------------------------------

    def _deliver(self, name: str, text: str) -> None:
        body = a_survey(name, text)

        def send() -> None:
            headers = signed(
                body, self.town.clock.now, delivery=f"msg_{name}", secret=self.secrets[-1]
            )
            report = flow.receive_survey(
                self.town.services, "bakery", "survey", headers, body, self.town.clock.now
            )
            must(report.status == 202, report.reason)

        self.town.again(send)

    def _refused(self, headers: dict[str, str], body: bytes) -> None:
        before = len(self.town.queues.feedback.waiting)
        report = self.town.again(
            lambda: flow.receive_survey(
                self.town.services, "bakery", "survey", headers, body, self.town.clock.now
            )
        )
        must(report.status == 401, f"{report.status} instead of 401")
        must(len(self.town.queues.feedback.waiting) == before, "what was refused is queued")

    def _show(self) -> None:
        lines = tuple(self.sheet.values())
        middle = (len(lines) + 1) // 2
        self.town.sheet.pages = tuple(page for page in (lines[:middle], lines[middle:]) if page)

    def _tick(self) -> None:
        town = self.town
        town.once(town.plan)
        town.settle()
        town.once(town.write_digests)
        town.once(town.apply_retention)
        town.once(town.watch)
        today = town.clock.now.astimezone(BERLIN).date()
        for email in town.outbox.emails[self.seen_emails :]:
            reason = email.tag.split(".")[1]
            incident_id = email.tag.split("/")[1].partition(".")[0]
            # I7: who answered is asked no more.
            must(reason not in ASKING or incident_id not in self.answered, f"{email.tag} after all")
            kind = "digest" if reason in ("digest", "overdue") else "alert"
            self.per_day[kind, today] += 1
        self.seen_emails = len(town.outbox.emails)
        town.tell_what_was_sent()

    def _florist(self) -> Any:
        store = self.town.store
        return store.counts("florist", *EVER), store.incidents_of("florist")

    def _every_line_is_stored(self) -> None:
        stored = self.town.store.find("bakery", self.sheet)
        for key, line in self.sheet.items():
            if key in self.erased:
                continue
            must(key in stored, f"{line.external_id} is lost")
            is_same = stored[key].feedback.is_deleted == line.is_deleted
            must(is_same, f"{line.external_id} is deleted in one place only")
            is_same = line.is_deleted or stored[key].feedback.text == line.text
            must(is_same, f"{line.external_id} is stored in an older version")

    def _every_incident_was_told(self) -> None:
        """I4: sent, or visibly undeliverable, or no longer so when its turn came."""
        store = self.town.store
        ended = {
            NotificationState.SENT,
            NotificationState.UNDELIVERABLE,
            NotificationState.CANCELLED,
        }
        for incident in store.incidents_of("bakery"):
            told = store.notifications_of("bakery", incident.incident_id)
            first = [one for one in told if one.reason is NotifyReason.FIRST]
            must(bool(first) or not incident.is_open, f"{incident.incident_id} was never told")
            late = [
                one
                for one in first
                if one.state not in ended and one.due < self.town.clock.now - timedelta(days=1)
            ]
            must(not late, f"{incident.incident_id} still waits")

    def _everybody_who_is_quoted_has_one_case(self) -> None:
        """I15: one, and an open or ended one, while they are unhappy; nothing is left to act on."""
        store = self.town.store
        must(not store._concerns.get("bakery"), "a concern was not acted on")
        cases = [case for (owner, _), case in store._cases.items() if owner == "bakery"]
        quoted = {one for each in store.incidents_of("bakery") for one in each.feedback_ids}
        for name, scored in store.find("bakery", quoted).items():
            if withdrawal_of(scored) is not None:
                continue
            own = [case for case in cases if name in case.feedback_ids]
            must(len(own) == 1, f"{name} has {len(own)} cases")
            must(own[0].state is not CaseState.WITHDRAWN, f"the case of {name} was withdrawn")
