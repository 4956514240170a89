"""The stories of the flow, told through the handlers: what an owner would live through."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib import flow
from chalicelib.domain.alert import NotificationState, claim
from chalicelib.domain.errors import SourceUnavailable
from chalicelib.domain.feedback import Arrival, Feedback, Page
from chalicelib.domain.incident import IncidentKind, IncidentState, Outcome
from chalicelib.domain.source import SourceState
from chalicelib.ports import PullContext, SourceKind
from tests.house import House, a_survey, house, signed

CALM = ["lovely bread", "good coffee", "nice people", "great cake"]
TROUBLE = ["bad: waited long", "bad and cold", "bad again", "good coffee"]


@pytest.fixture
def bakery() -> Iterator[House]:
    with house() as built:
        yield built


def test_trouble_opens_one_incident_and_tells_the_first_contact_once(bakery: House) -> None:
    bakery.learn()
    assert bakery.outbox.emails == []

    bakery.live(3, TROUBLE)
    [incident] = bakery.store.incidents_of("bakery")
    assert incident.kind is IncidentKind.SPIKE
    assert incident.state is IncidentState.OPEN
    first_day = [email for email in bakery.outbox.emails if "first" in email.tag]
    assert [email.to for email in first_day] == ["rosa@bakery.example"]
    assert [sms.to for sms in bakery.outbox.texts if "first" in sms.tag] == ["+4930901820"]
    assert len(bakery.outbox.texts[0].text) <= 160


def test_nobody_acknowledges_so_the_next_contact_is_told(bakery: House) -> None:
    bakery.learn()
    bakery.live(2, TROUBLE)

    bakery.wait(hours=5)
    bakery.run.watch(bakery.now)

    escalations = [email.to for email in bakery.outbox.emails if "escalation" in email.tag]
    assert escalations == ["jonas@bakery.example"]


def test_acknowledging_on_the_page_ends_the_asking(bakery: House) -> None:
    bakery.learn()
    bakery.live(1, [*TROUBLE, *TROUBLE])
    token = bakery.link(0)

    assert bakery.request("GET", f"/i/{token}")[0] == 200
    assert bakery.store.incidents_of("bakery")[0].state is IncidentState.OPEN

    sent = len(bakery.outbox.emails)
    assert bakery.press(token, "act=acknowledge") == 200
    assert bakery.press(token, "act=acknowledge") == 200
    bakery.wait(hours=30)
    bakery.run.watch(bakery.now)
    [incident] = bakery.store.incidents_of("bakery")
    assert (incident.state, incident.acknowledged_by) == (IncidentState.ACKNOWLEDGED, "Rosa")
    assert len(bakery.outbox.emails) == sent


def test_good_days_resolve_the_incident_and_say_so_once_to_all_who_knew(bakery: House) -> None:
    bakery.learn()
    bakery.live(2, TROUBLE)
    bakery.press(bakery.link(0), "act=acknowledge")

    bakery.live(25, CALM)

    [incident] = bakery.store.incidents_of("bakery")
    assert incident.state is IncidentState.RESOLVED
    resolved = [email for email in bakery.outbox.emails if ".resolved." in email.tag]
    assert sorted(email.to for email in resolved) == [
        "jonas@bakery.example",
        "rosa@bakery.example",
    ]


def test_closing_by_hand_keeps_how_it_ended_with_each_customer(bakery: House) -> None:
    bakery.learn()
    bakery.live(2, TROUBLE)
    [incident] = bakery.store.incidents_of("bakery")
    customer = incident.feedback_ids[0]

    bakery.press(bakery.link(0), f"act=resolve&outcome.{customer}=recovered")

    [incident] = bakery.store.incidents_of("bakery")
    assert (incident.state, incident.resolved_by) == (IncidentState.RESOLVED, "Rosa")
    assert dict(incident.outcomes) == {customer: Outcome.RECOVERED}


def test_one_critical_feedback_goes_out_at_once_and_names_its_kind(bakery: House) -> None:
    bakery.hear(bakery.feedback("bad allergy after the nut cake"))
    bakery.run.watch(bakery.now)

    [incident] = bakery.store.incidents_of("bakery")
    assert incident.kind is IncidentKind.CRITICAL
    assert "bad allergy after the nut cake" in bakery.outbox.emails[0].text
    assert "allergy" not in bakery.outbox.texts[0].text.lower() or "nut cake" not in (
        bakery.outbox.texts[0].text
    )


def test_history_teaches_and_never_alarms(bakery: House) -> None:
    old = [
        bakery.feedback("bad and again bad allergy", written_at=bakery.now - timedelta(days=day))
        for day in range(1, 40)
    ]

    bakery.hear(*old, is_history=True)
    bakery.run.watch(bakery.now)

    assert bakery.store.incidents_of("bakery") == []
    assert bakery.outbox.emails == []
    assert sum(row["n"] for row in all_counts(bakery).values()) == 39


def test_the_same_message_twice_changes_nothing(bakery: House) -> None:
    said = bakery.feedback("bad coffee")
    bakery.hear(said)
    counts, judge = all_counts(bakery), bakery.store.load_judge("bakery")

    bakery.hear(said)

    assert all_counts(bakery) == counts
    assert bakery.store.load_judge("bakery") == judge
    assert bakery.model.calls == [1]


def test_an_edit_moves_the_count_and_a_deletion_removes_it(bakery: House) -> None:
    said = bakery.feedback("bad coffee")
    bakery.hear(said)
    assert totals(bakery) == (1, 1)

    edited = replace(said, text="great coffee", updated_at=said.updated_at + timedelta(hours=1))
    bakery.hear(edited)
    assert totals(bakery) == (1, 0)

    bakery.hear(said)
    assert totals(bakery) == (1, 0), "an older version that comes late changes nothing"

    gone = replace(edited, is_deleted=True, updated_at=said.updated_at + timedelta(hours=2))
    bakery.hear(gone)
    assert totals(bakery) == (0, 0)


def test_two_versions_in_one_batch_end_as_the_newer(bakery: House) -> None:
    old = bakery.feedback("bad coffee")
    new = replace(old, text="great coffee", updated_at=old.updated_at + timedelta(hours=1))

    bakery.hear(new, old)

    assert totals(bakery) == (1, 0)


def test_a_message_that_cannot_be_read_fails_alone(bakery: House) -> None:
    good = Arrival(feedback=bakery.feedback("bad coffee"), received_at=bakery.now)
    from chalicelib.store.envelopes import write_arrival

    report = flow.score_feedback(
        bakery.services, {"a": "{not json", "b": write_arrival(good)}, bakery.now
    )

    assert report.failed == {"a"}
    assert totals(bakery) == (1, 1)


def test_watch_judges_what_a_crash_left_between_storing_and_judging(bakery: House) -> None:
    bakery.learn()
    for _ in range(6):
        stored = bakery.feedback("bad service")
        bakery.wait(hours=1)
        store_without_judging(bakery, stored)
    assert bakery.store.incidents_of("bakery") == []

    bakery.wait(minutes=5)
    bakery.run.watch(bakery.now)

    assert len(bakery.store.incidents_of("bakery")) == 1
    assert bakery.store.unjudged("bakery", 10) == []
    assert len(bakery.outbox.emails) == 1


def test_a_claimed_mail_whose_notice_comes_is_not_sent_again(bakery: House) -> None:
    bakery.learn()
    bakery.hear(*[bakery.feedback("bad again") for _ in range(8)])
    [due] = [
        one for one in bakery.store.due_notifications(bakery.now, 10) if one.channel == "email"
    ]
    bakery.store.save_notification(claim(due, bakery.now))
    from chalicelib.alert.ses import tag_of

    notice = {
        "eventType": "Send",
        "mail": {
            "messageId": "m-1",
            "tags": {"notification": [tag_of(f"bakery/{due.notification_id}")]},
        },
    }
    flow.note_delivery(bakery.services, json.dumps(notice), bakery.now)
    bakery.wait(minutes=30)
    bakery.run.watch(bakery.now)

    kept = bakery.store.find_notification("bakery", due.incident_id, due.notification_id)
    assert kept is not None
    assert (kept.state, kept.provider_id) == (NotificationState.SENT, "m-1")
    assert bakery.outbox.emails == []


def test_a_bounced_address_is_used_no_more_and_the_next_contact_is_asked(bakery: House) -> None:
    bakery.learn()
    bakery.hear(*[bakery.feedback("bad again") for _ in range(8)])
    bakery.run.watch(bakery.now)
    from chalicelib.alert.ses import tag_of

    bounce = {
        "eventType": "Bounce",
        "mail": {
            "messageId": "m-1",
            "tags": {"notification": [tag_of(bakery.outbox.emails[0].tag)]},
        },
        "bounce": {
            "bounceType": "Permanent",
            "bouncedRecipients": [{"emailAddress": "rosa@bakery.example"}],
        },
    }
    flow.note_delivery(bakery.services, json.dumps(bounce), bakery.now)
    bakery.wait(hours=5)
    bakery.run.watch(bakery.now)

    assert bakery.store.dead_addresses("bakery") == {"rosa@bakery.example": "bounced"}
    assert [email.to for email in bakery.outbox.emails] == [
        "rosa@bakery.example",
        "jonas@bakery.example",
    ]


# --- surveys ------------------------------------------------------------------------------------


def test_resolving_goes_through_though_a_storm_pushed_out_a_quote_of_the_page(
    bakery: House,
) -> None:
    bakery.learn()
    bakery.hear(*[bakery.feedback("bad again") for _ in range(8)])
    bakery.run.watch(bakery.now)
    [shown] = bakery.store.open_incidents("bakery")
    pushed_out, *rest = shown.feedback_ids
    bakery.store.save_incident(replace(shown, feedback_ids=tuple(rest)), ())

    form = f"act=resolve&outcome.{pushed_out}=recovered&outcome.{rest[0]}=lost"
    bakery.press(bakery.link(0), form)

    [incident] = bakery.store.incidents_of("bakery")
    assert (incident.state, incident.resolved_by) == (IncidentState.RESOLVED, "Rosa")
    assert dict(incident.outcomes) == {rest[0]: Outcome.LOST}


def test_a_notice_finds_its_mail_also_where_the_name_was_too_long_for_its_tag(
    bakery: House,
) -> None:
    from chalicelib.alert.ses import notification_of, tag_of

    long, other = "Ж" * 60, "Ш" * 60
    business = bakery.store.load_business("bakery")
    assert business is not None
    first, second = business.contacts
    named = (replace(first, name=long), replace(second, name=other))
    bakery.store.save_business(replace(business, contacts=named))
    bakery.learn()
    bakery.hear(*[bakery.feedback("bad again") for _ in range(8)])
    [due] = [
        one for one in bakery.store.due_notifications(bakery.now, 10) if one.channel == "email"
    ]
    bakery.store.save_notification(claim(due, bakery.now))
    tag = tag_of(due.tag)
    notice = {"eventType": "Send", "mail": {"messageId": "m-1", "tags": {"notification": [tag]}}}

    flow.note_delivery(bakery.services, json.dumps(notice), bakery.now)
    bakery.wait(minutes=30)
    bakery.run.watch(bakery.now)

    kept = bakery.store.find_notification("bakery", due.incident_id, due.notification_id)
    assert kept is not None
    assert notification_of(tag) != due.tag
    assert (kept.state, kept.provider_id) == (NotificationState.SENT, "m-1")
    assert bakery.outbox.emails == []


def test_a_signed_survey_is_stored_once_however_often_delivered(bakery: House) -> None:
    body = a_survey(text="bad day, call me at +49 30 901820")
    headers = signed(body, bakery.now)

    for _ in range(3):
        assert bakery.request("POST", "/surveys/bakery/survey", headers, body)[0] == 202
    bakery.run.settle()

    assert totals(bakery) == (1, 1)
    [stored] = bakery.store.scored_between("bakery", "2026-05-01", "2026-05-31")
    assert stored.feedback.text == "bad day, call me at [phone]"
    assert dict(stored.feedback.survey_scores) == {"nps": 2.0}


def test_strangers_all_get_the_same_answer_and_leave_nothing(bakery: House) -> None:
    body = a_survey()
    good = signed(body, bakery.now)
    forged = {**good, "webhook-signature": "v1,AAAA"}
    odd = {**good, "webhook-signature": "v1,é€"}

    answers = {
        bakery.request("POST", path, headers, body)[::2]
        for path, headers in [
            ("/surveys/bakery/survey", forged),
            ("/surveys/bakery/survey", odd),
            ("/surveys/bakery/survey", {"content-type": "application/json"}),
            ("/surveys/nobody/survey", good),
            ("/surveys/bakery/unknown", good),
        ]
    }

    assert answers == {(401, '{"status":401}')}
    assert not bakery.queues.feedback.waiting


def test_a_survey_tool_that_asks_with_head_gets_200(bakery: House) -> None:
    assert bakery.request("HEAD", "/surveys/bakery/survey")[0] == 200


def test_a_proven_body_that_makes_no_sense_is_400_and_over_long_413(bakery: House) -> None:
    nonsense = b'{"data": {"response_id": "r1", "answers": []}}'
    long = a_survey(text="x" * 70_000)

    assert post_survey(bakery, nonsense) == 400
    assert post_survey(bakery, long) == 413
    assert not bakery.queues.feedback.waiting


def post_survey(bakery: House, body: bytes) -> int:
    return bakery.request("POST", "/surveys/bakery/survey", signed(body, bakery.now), body)[0]


# --- pull ---------------------------------------------------------------------------------------


class Reviews:
    """A source that shows what it is given, or fails."""

    def __init__(self, *feedback: Feedback) -> None:
        self.feedback = feedback
        self.is_down = False

    def fetch(self, cursor: object) -> Page:
        if self.is_down:
            raise SourceUnavailable("it does not answer", advice="wait")
        return Page(feedback=self.feedback, cursor={"seen": len(self.feedback)}, is_complete=True)

    def build(self, context: PullContext) -> "Reviews":
        return self


@pytest.fixture
def pulled(bakery: House) -> Reviews:
    """The bakery's sheet is this source, due at once."""
    source = Reviews()
    kind = SourceKind(
        name="csv", title="", required={}, optional={}, needs_secret=False, build=source.build
    )
    from chalicelib import wiring

    kinds = {**bakery.services.source_kinds, "csv": kind}
    bakery.services = replace(bakery.services, source_kinds=kinds)
    wiring.use(bakery.services)
    state = bakery.store.load_source("bakery", "sheet")
    assert state is not None
    bakery.store.save_source(replace(state, due=bakery.now))
    return source


def sheet_state(bakery: House) -> SourceState:
    state = bakery.store.load_source("bakery", "sheet")
    assert state is not None
    return state


def test_the_first_look_is_history_and_the_next_brings_news(bakery: House, pulled: Reviews) -> None:
    old = bakery.feedback("bad old days", source="sheet")
    pulled.feedback = (old,)
    bakery.run.tick(bakery.now)
    looked_first = bakery.now

    bakery.wait(hours=2)
    new = bakery.feedback("good now", source="sheet")
    pulled.feedback = (old, new)
    bakery.run.tick(bakery.now)

    stored = bakery.store.find("bakery", [old.feedback_id, new.feedback_id])
    assert stored[old.feedback_id].is_history
    assert not stored[new.feedback_id].is_history
    assert stored[new.feedback_id].seen_since == looked_first
    assert bakery.model.calls == [1, 1], "the old one is not read again"


def test_what_cannot_be_queued_leaves_the_cursor_where_it_was(
    bakery: House, pulled: Reviews
) -> None:
    pulled.feedback = (bakery.feedback("bad", source="sheet"),)

    class Full:
        def put(self, arrivals: object) -> None:
            raise RuntimeError("the queue takes nothing")

    broken = replace(bakery.services, feedback_queue=Full())
    from chalicelib.store.envelopes import write_pull

    with pytest.raises(RuntimeError):
        flow.pull_source(broken, write_pull("bakery", "sheet"), bakery.now, lambda: 100.0)

    assert dict(sheet_state(bakery).cursor) == {}
    assert dict(sheet_state(bakery).held) == {}


def test_a_source_that_stays_down_is_told_and_its_return_too(
    bakery: House, pulled: Reviews
) -> None:
    pulled.is_down = True
    for _ in range(3):
        bakery.run.tick(bakery.now)
        assert dict(sheet_state(bakery).cursor) == {}
        bakery.wait(hours=9)

    [incident] = bakery.store.incidents_of("bakery")
    assert (incident.kind, incident.source) == (IncidentKind.SOURCE, "sheet")
    assert "sheet" in bakery.outbox.emails[0].subject

    pulled.is_down = False
    bakery.run.tick(bakery.now)
    [incident] = bakery.store.incidents_of("bakery")
    assert incident.state is IncidentState.RESOLVED
    assert sheet_state(bakery).failures == 0


def test_two_plans_at_once_pull_a_source_once(bakery: House, pulled: Reviews) -> None:
    first = flow.plan_pulls(bakery.services, bakery.now)
    second = flow.plan_pulls(bakery.services, bakery.now)

    assert (first.planned, second.planned) == (1, 0)


def test_an_import_is_history_at_first_and_news_after(bakery: House) -> None:
    from tests.house import BAKERY

    exports = BAKERY.source("exports")
    assert exports is not None
    first = flow.import_feedback(
        bakery.services, BAKERY, exports, [bakery.feedback("bad")], bakery.now
    )
    second = flow.import_feedback(
        bakery.services, BAKERY, exports, [bakery.feedback("bad")], bakery.now
    )

    assert (first.is_history, second.is_history) == (True, False)


# --- the log ------------------------------------------------------------------------------------


def test_the_log_holds_counts_and_no_word_of_a_customer(bakery: House) -> None:
    bakery.hear(bakery.feedback("bad Kringelkuchen", author="Quentin Canary"))
    bakery.run.watch(bakery.now)

    lines = [json.loads(line) for line in bakery.log.getvalue().splitlines()]
    assert [line["message"] for line in lines] == ["scored a batch", "watched"]
    assert lines[0]["report"]["stored"] == 1
    assert "Kringelkuchen" not in bakery.log.getvalue()
    assert "Canary" not in bakery.log.getvalue()


def test_an_unknown_link_shows_nothing_and_a_page_may_not_be_kept(bakery: House) -> None:
    status, headers, body = bakery.request("GET", "/i/nosuchtokennosuchtoken")

    assert status == 404
    assert headers["Cache-Control"] == "no-store"
    assert "Rosa" not in body


def all_counts(bakery: House) -> dict[tuple[str, str], dict[str, int]]:
    return bakery.store.counts("bakery", "0000-00-00", "9999-99-99")


def totals(bakery: House) -> tuple[int, int]:
    """How many there are, and how many of them negative."""
    rows = all_counts(bakery).values()
    return sum(row.get("n", 0) for row in rows), sum(row.get("negative", 0) for row in rows)


def store_without_judging(bakery: House, feedback: Feedback) -> None:
    """What a crash right after storing leaves."""
    from chalicelib.domain.clock import local_date
    from chalicelib.domain.feedback import ScoredFeedback
    from chalicelib.domain.sentiment import TextToRead
    from chalicelib.store.newest import store_newest

    [reading] = bakery.model.read([TextToRead(text=feedback.text)])
    scored = ScoredFeedback(
        feedback=feedback,
        reading=reading,
        day=local_date(feedback.written_at, "Europe/Berlin"),
        received_at=bakery.now,
        seen_since=bakery.now,
    )
    store_newest(bakery.store, scored, delivery_id=None)
