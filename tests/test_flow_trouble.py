"""What may go wrong between any two steps of the flow, and what must hold all the same."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib import flow
from chalicelib.alert.ses import tag_of
from chalicelib.cli.configure import apply_file
from chalicelib.domain.alert import MAX_ATTEMPTS, Email, NotifyReason
from chalicelib.domain.business import Contact, SourceSettings
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.feedback import Arrival, Feedback
from chalicelib.domain.judging import Change
from chalicelib.domain.source import SourceState
from chalicelib.ports import PullContext, Services, SourceKind
from chalicelib.store.envelopes import write_arrival, write_pull
from tests.house import BAKERY, START, House, house


@pytest.fixture
def bakery() -> Iterator[House]:
    with house() as built:
        built.store.save_business(replace(BAKERY, business_id="florist", name="Fern"))
        yield built


class Broken:
    """A store in which one method fails for one business."""

    def __init__(self, behind: object, method: str, business_id: str) -> None:
        self._behind, self._method, self._business_id = behind, method, business_id

    def __getattr__(self, name: str) -> Any:
        function = getattr(self._behind, name)

        def called(*given: Any, **named: Any) -> Any:
            if name == self._method and self._business_id in str(given[0]):
                raise ValueError("a row of this business cannot be read: Kringelkuchen")
            return function(*given, **named)

        return called


def broken(built: House, method: str, business_id: str = "florist") -> Services:
    store: Any = Broken(built.store, method, business_id)
    return replace(built.services, store=store)


@pytest.mark.parametrize("method", ["load_business", "load_judge", "commit_judged"])
def test_a_business_that_cannot_be_judged_leaves_the_others_their_alerts(
    bakery: House, method: str
) -> None:
    said = [
        bakery.feedback("bad allergy", business_id=name, external_id=name)
        for name in ("florist", "bakery")
    ]
    messages = {
        one.business_id: write_arrival(Arrival(feedback=one, received_at=bakery.now))
        for one in said
    }
    services = broken(bakery, method)

    scored = flow.score_feedback(services, messages, bakery.now)
    bakery.wait(minutes=5)
    watched = flow.watch(services, bakery.now, lambda: 100.0)

    assert scored.failed == {"florist"}
    assert [email.tag.split("/")[0] for email in bakery.outbox.emails] == ["bakery"]
    troubles = (*scored.troubles, *watched.troubles)
    assert all("florist: ValueError in called" in trouble for trouble in troubles)
    assert "Kringelkuchen" not in str(troubles), "a message may hold a customer's words"


def test_a_feedback_that_cannot_be_stored_fails_alone(bakery: House) -> None:
    good, bad = bakery.feedback("bad day"), bakery.feedback("bad night", external_id="poison")
    services = broken(bakery, "store", "poison")

    report = flow.score_feedback(
        services,
        {
            one.external_id: write_arrival(Arrival(feedback=one, received_at=bakery.now))
            for one in (bad, good)
        },
        bakery.now,
    )

    assert report.failed == {"poison"}
    assert list(bakery.store.find("bakery", [good.feedback_id, bad.feedback_id])) == [
        good.feedback_id
    ]


def test_an_incident_of_a_business_that_is_gone_does_not_stand_in_the_way(bakery: House) -> None:
    bakery.hear(bakery.feedback("bad allergy", business_id="florist"))
    bakery.store.remove_business("florist")

    bakery.wait(days=2)
    flow.watch(bakery.services, bakery.now, lambda: 100.0)

    assert bakery.store.due_incidents(bakery.now, 10) == []


def test_the_watch_sends_before_it_judges_all_of_a_long_line(bakery: House) -> None:
    bakery.hear(bakery.feedback("bad allergy"))
    messages = [Arrival(feedback=bakery.feedback("good"), received_at=bakery.now) for _ in range(5)]
    services = broken(bakery, "commit_judged", "bakery")
    flow.score_feedback(
        services, {str(n): write_arrival(one) for n, one in enumerate(messages)}, bakery.now
    )
    bakery.wait(minutes=5)

    report = flow.watch(bakery.services, bakery.now, lambda: 20.0)

    assert (report.judged, report.sends.sent) == (0, 2)


def test_messages_of_a_business_that_cannot_be_read_hold_up_no_other(bakery: House) -> None:
    bakery.hear(bakery.feedback("bad allergy", business_id="florist"))
    bakery.hear(bakery.feedback("bad allergy"))

    report = flow.watch(broken(bakery, "load_business"), bakery.now, lambda: 100.0)

    assert [email.tag.split("/")[0] for email in bakery.outbox.emails] == ["bakery"]
    assert all("florist: ValueError" in trouble for trouble in report.troubles)


def test_messages_of_a_business_that_is_gone_are_cancelled(bakery: House) -> None:
    bakery.hear(bakery.feedback("bad allergy", business_id="florist"))
    bakery.store.remove_business("florist")

    report = flow.watch(bakery.services, bakery.now, lambda: 100.0)

    assert (report.sends.cancelled, bakery.outbox.emails) == (2, [])
    assert bakery.store.due_notifications(bakery.now + timedelta(days=9), 10) == []


# --- mails that end ----------------------------------------------------------------------------


class Deaf:
    """A mail service that takes every mail and whose answers are lost on the way."""

    def __init__(self) -> None:
        self.taken: list[Email] = []

    def send(self, email: Email) -> str:
        self.taken.append(email)
        raise TimeoutError


def test_a_mail_whose_answer_is_always_lost_is_not_sent_for_ever(bakery: House) -> None:
    channel = Deaf()
    services = replace(bakery.services, email=lambda: channel)
    bakery.hear(bakery.feedback("bad allergy"))

    for _ in range(100):
        flow.watch(services, bakery.now, lambda: 100.0)
        bakery.wait(minutes=20)

    firsts = [email for email in channel.taken if ".first." in email.tag]
    assert len(firsts) == MAX_ATTEMPTS
    assert any(".escalation." in email.tag for email in channel.taken)


def test_a_bounce_asks_the_next_contact_at_once(bakery: House) -> None:
    bakery.hear(bakery.feedback("bad allergy"))
    bakery.run.watch(bakery.now)
    bounce = {
        "eventType": "Bounce",
        "mail": {"tags": {"notification": [tag_of(bakery.outbox.emails[0].tag)]}},
        "bounce": {
            "bounceType": "Permanent",
            "bouncedRecipients": [{"emailAddress": "rosa@bakery.example"}],
        },
    }

    flow.note_delivery(bakery.services, json.dumps(bounce), bakery.now)
    bakery.wait(minutes=1)
    bakery.run.watch(bakery.now)

    assert [email.to for email in bakery.outbox.emails] == [
        "rosa@bakery.example",
        "jonas@bakery.example",
    ]


def test_the_address_that_bounced_is_the_one_we_wrote_to(bakery: House) -> None:
    """The report may name the address to which ours forwards, or spell it in another way."""
    bounce = {
        "eventType": "Bounce",
        "mail": {"tags": {"notification": ["bakery_2Fx"]}, "destination": ["rosa@bakery.example"]},
        "bounce": {
            "bounceType": "Permanent",
            "bouncedRecipients": [{"emailAddress": "Rosa.Private@elsewhere.example"}],
        },
    }

    flow.note_delivery(bakery.services, json.dumps(bounce), bakery.now)

    assert bakery.store.dead_addresses("bakery") == {"rosa@bakery.example": "bounced"}


def test_the_sentence_that_greets_a_new_topic_is_no_error(bakery: House) -> None:
    said = "Successfully validated SNS topic for Amazon SES event publishing."
    assert flow.note_delivery(bakery.services, said, bakery.now).kind == "no notice"


ONE_CLICK = (
    b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
)


@pytest.mark.parametrize("days", [0, 25])
def test_one_click_in_the_mail_program_ends_the_mails_also_of_an_old_one(
    bakery: House, days: int
) -> None:
    """Mail programs send a multipart form (RFC 8058), perhaps long after the matter is closed."""
    bakery.hear(bakery.feedback("bad allergy"))
    bakery.run.watch(bakery.now)
    token = bakery.link(0).partition("#")[0]
    bakery.press(token, "act=resolve")
    bakery.wait(days=days)

    headers = {"content-type": "multipart/form-data; boundary=x"}
    status, _, _ = bakery.request("POST", f"/u/{token}", headers, ONE_CLICK)

    assert status == 200
    assert bakery.store.dead_addresses("bakery") == {"rosa@bakery.example": "unsubscribed"}


# --- a source's trouble is always told ----------------------------------------------------------


def test_a_source_whose_row_cannot_be_read_leaves_the_others_their_turn(bakery: House) -> None:
    for business_id in ("florist", "bakery"):
        state = SourceState(business_id=business_id, source="more", due=START)
        bakery.store.save_source(state)

    report = flow.plan_pulls(broken(bakery, "load_source"), bakery.now)

    assert list(bakery.queues.pulls.waiting) == [("bakery", "more")]
    assert [one.split(" in ")[0] for one in report.troubles] == ["florist: ValueError"]


class Surprising:
    """A source whose module meets what nobody foresaw."""

    def fetch(self, cursor: object) -> Any:
        raise KeyError("Kringelkuchen")

    @classmethod
    def build(cls, context: PullContext) -> "Surprising":
        return cls()


def test_what_a_source_did_not_foresee_is_told_and_dies_in_no_queue(bakery: House) -> None:
    kind = SourceKind(
        name="csv", title="", required={}, optional={}, needs_secret=False, build=Surprising.build
    )
    services = replace(bakery.services, source_kinds={"csv": kind})

    for _ in range(3):
        report = flow.pull_source(
            services, write_pull("bakery", "sheet"), bakery.now, lambda: 100.0
        )
        assert "sheet cannot be understood (KeyError in fetch" in (report.trouble or "")
        bakery.wait(hours=9)
    flow.watch(services, bakery.now, lambda: 100.0)

    assert "sheet" in bakery.outbox.emails[0].subject
    assert "Kringelkuchen" not in bakery.outbox.emails[0].text


class Overtaken:
    """A store in which another worker has just written the source's row."""

    def __init__(self, behind: object) -> None:
        self._behind = behind

    def __getattr__(self, name: str) -> Any:
        return getattr(self._behind, name)

    def save_source(self, state: SourceState) -> SourceState:
        raise ConflictError(f"{state.source} was written by another worker")


def test_trouble_that_a_faster_look_wrote_down_already_is_no_error(bakery: House) -> None:
    kind = SourceKind(
        name="csv", title="", required={}, optional={}, needs_secret=False, build=Surprising.build
    )
    store: Any = Overtaken(bakery.store)
    services = replace(bakery.services, source_kinds={"csv": kind}, store=store)
    before = bakery.store.load_source("bakery", "sheet")

    report = flow.pull_source(services, write_pull("bakery", "sheet"), bakery.now, lambda: 100.0)

    assert report.trouble == "another look at it was faster"
    assert bakery.store.load_source("bakery", "sheet") == before


def test_a_kind_that_is_known_no_more_is_told_too(bakery: House) -> None:
    services = replace(bakery.services, source_kinds={})

    report = flow.pull_source(services, write_pull("bakery", "sheet"), START, lambda: 100.0)

    assert "cannot be understood (KeyError" in (report.trouble or "")


# --- the line of what is judged -----------------------------------------------------------------


def test_more_people_than_one_transaction_holds_are_all_told(bakery: House) -> None:
    """Sixty judged at once and forty messages would be more rows than DynamoDB takes."""
    people = tuple(
        Contact(name=f"P{number}", email=f"p{number}@bakery.example", phone=f"+49309018{number}")
        for number in range(20)
    )
    soon = timedelta(minutes=5)
    bakery.store.save_business(replace(BAKERY, contacts=people, escalate_after=soon))
    for _ in range(3):
        bakery.hear(bakery.feedback("bad allergy"))
    for _ in range(22):
        bakery.run.watch(bakery.now)
        bakery.wait(minutes=6)

    for text in ("bad allergy", *["good"] * 60):
        bakery.wait(seconds=1)
        store_without_judging(bakery, bakery.feedback(text))
    bakery.wait(minutes=5)
    report = flow.watch(bakery.services, bakery.now, lambda: 100.0)

    assert (report.troubles, report.judged) == ((), 61)
    assert bakery.store.unjudged("bakery", 10) == []
    told = bakery.store.notifications_of("bakery", "critical-000003")
    assert sum(one.reason is NotifyReason.WORSE for one in told) == 40


def test_an_edit_wakes_nobody_twice_and_a_new_danger_does(bakery: House) -> None:
    first, other = bakery.feedback("bad allergy"), bakery.feedback("bad allergy too")
    bakery.hear(first)
    bakery.hear(other)

    bakery.wait(hours=1)
    bakery.hear(replace(first, text="bad allergy, still", updated_at=bakery.now))
    assert len(bakery.store.incidents_of("bakery")) == 2

    calm = bakery.feedback("good")
    bakery.hear(calm)
    bakery.wait(hours=1)
    bakery.hear(replace(calm, text="bad allergy after all", updated_at=bakery.now))
    assert len(bakery.store.incidents_of("bakery")) == 3


def test_an_edit_that_came_in_before_what_it_edits_is_judged_after_it(bakery: House) -> None:
    said = bakery.feedback("bad day")
    edited = replace(said, text="good day", updated_at=said.updated_at + timedelta(minutes=1))
    early = bakery.now
    bakery.wait(minutes=2)
    store_without_judging(bakery, said)
    store_without_judging(bakery, edited, received_at=early)

    changes = [one.change for one in bakery.store.unjudged("bakery", 10)]
    assert changes == [Change.NEW, Change.EDITED]


def test_an_edit_in_a_file_that_is_imported_again_is_taken_whatever_its_hash(
    bakery: House,
) -> None:
    exports = BAKERY.source("exports")
    assert exports is not None
    said = [bakery.feedback(f"bad bread {number}") for number in range(8)]
    flow.import_feedback(bakery.services, BAKERY, exports, said, bakery.now)
    bakery.run.settle()
    bakery.wait(days=1)

    edited = [replace(one, text=f"good bread {number}") for number, one in enumerate(said)]
    flow.import_feedback(bakery.services, BAKERY, exports, edited, bakery.now)
    bakery.run.settle()

    stored = bakery.store.find("bakery", [one.feedback_id for one in said])
    assert {one.feedback.text for one in stored.values()} == {one.text for one in edited}


def test_apply_that_was_stopped_ends_the_same_when_it_is_run_again(bakery: House) -> None:
    new = SourceSettings(name="feed", kind="rss", every=timedelta(hours=1))
    wanted = replace(BAKERY, sources=(new, *BAKERY.sources[1:]))
    with pytest.raises(ValueError, match="cannot be read"):
        list(apply_file(broken(bakery, "remove_source", "bakery"), [wanted], is_dry_run=False))

    list(apply_file(bakery.services, [wanted], is_dry_run=False))

    assert bakery.store.due_sources(bakery.now, 10) == [("bakery", "feed")]
    assert bakery.store.load_source("bakery", "sheet") is None


def store_without_judging(
    built: House, feedback: Feedback, received_at: datetime | None = None
) -> None:
    """What a death between storing and judging leaves."""
    arrival = Arrival(feedback=feedback, received_at=received_at or built.now)
    services = broken(built, "load_judge", feedback.business_id)
    flow.score_feedback(services, {"one": write_arrival(arrival)}, built.now)
