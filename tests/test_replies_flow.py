"""Replies through the flow: a draft, a person's yes to it, and the site, once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from chalicelib import flow
from chalicelib.cli.local_run import SimulatedClock
from chalicelib.cli.memory_services import Outbox, memory_services
from chalicelib.domain.audit import ActKind
from chalicelib.domain.business import Business, Contact
from chalicelib.domain.errors import (
    ConflictError,
    ReplyRefused,
    SourceAuthError,
    SourceRateLimited,
    SourceUnavailable,
    TransitionError,
)
from chalicelib.domain.feedback import Arrival, Feedback, FeedbackKind
from chalicelib.domain.reply import Reply, ReplyState, approve, text_hash
from chalicelib.domain.session import Role, Visitor
from chalicelib.domain.tone import Promise
from chalicelib.ports import PullContext
from chalicelib.store.letters import FEEDBACK
from chalicelib.store.memory import MemoryStore
from tests.fakes import WordModel
from tests.house import BAKERY, START

TOWN = replace(
    BAKERY,
    contacts=(
        *BAKERY.contacts,
        Contact(name="Ben", email="ben@bakery.example", role=Role.STAFF),
        Contact(name="Eve", email="eve@bakery.example", role=Role.READ_ONLY),
    ),
)


class Site:
    """Takes replies, or is in trouble; can die after it took one."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        self.trouble: Exception | None = None
        self.then: Callable[[], None] = lambda: None

    def post(self, feedback: Feedback, reply: Reply) -> str | None:
        if self.trouble is not None:
            raise self.trouble
        if (feedback.external_id, reply.text) not in self.taken:
            self.taken.append((feedback.external_id, reply.text))
        self.then()
        return f"at-{feedback.external_id}"


class Street:
    """A bakery with one angry review, and a site that takes answers to it; all in memory."""

    def __init__(self) -> None:
        self.clock = SimulatedClock(START)
        self.store = MemoryStore()
        services, _ = memory_services(self.store, Outbox(), self.clock)
        self.site = Site()
        self.services = replace(services, model=WordModel, posters={"import": self._build})
        self.business: Business = TOWN
        self.store.save_business(TOWN)
        self.review = self.hear("waited, bad", "r1")

    @property
    def now(self) -> datetime:
        return self.clock.now

    def wait(self, **time: float) -> None:
        self.clock.now += timedelta(**time)

    def hear(self, text: str, key: str, **changes: Any) -> Feedback:
        said = Feedback(
            business_id="bakery",
            source="exports",
            external_id=key,
            kind=FeedbackKind.REVIEW,
            text=text,
            written_at=START,
            updated_at=self.now,
            stars=1,
            author="Kim",
        )
        said = replace(said, **changes)
        self.services.feedback_queue.put([Arrival(feedback=said, received_at=self.now)])
        self.settle()
        return said

    def settle(self) -> None:
        """Whatever waits in the feedback queue is scored and stored."""
        letters = self.services.letters[FEEDBACK]
        while taken := letters.take():
            bodies = {str(place): letter.body for place, letter in enumerate(taken)}
            assert flow.score_feedback(self.services, bodies, self.now).failed == frozenset()
            letters.delete(taken)

    def _build(self, context: PullContext) -> Site:
        assert context.settings.name == "exports"
        return self.site

    @property
    def feedback_id(self) -> str:
        return self.review.feedback_id

    def draft(self) -> Reply:
        return flow.draft_for(self.services, self.business, self.feedback_id, "en", self.now)

    def edit(self, text: str, by: str = "Rosa", shown: str | None = None) -> Reply:
        return flow.edit_reply(
            self.services,
            visitor(by),
            self.business,
            self.feedback_id,
            text,
            self.draft().text_hash if shown is None else shown,
            self.now,
        )

    def approve(self, text: str | None = None, by: str = "Rosa", shown: str | None = None) -> Reply:
        text = self.draft().text if text is None else text
        return flow.approve_reply(
            self.services,
            visitor(by),
            self.business,
            self.feedback_id,
            text,
            text_hash(text) if shown is None else shown,
            self.now,
        )

    def copy(self) -> Reply:
        return flow.copy_reply(
            self.services, visitor("Rosa"), self.business, self.feedback_id, self.now
        )

    def stored(self) -> Reply | None:
        return self.store.load_reply("bakery", self.feedback_id)

    def state(self) -> ReplyState | None:
        reply = self.stored()
        return reply.state if reply else None

    def post(self) -> str | None:
        """As the pulls queue would: whatever waits is taken to its site."""
        flow.plan_pulls(self.services, self.now)
        trouble = None
        while (letter := self.services.pull_queue.take()) is not None:
            report = flow.pull_source(self.services, letter.body, self.now, lambda: 100.0)
            self.services.pull_queue.done(letter)
            if report.source.startswith("reply:"):
                trouble = report.trouble
        return trouble


def visitor(name: str) -> Visitor:
    role = {"Ben": Role.STAFF, "Eve": Role.READ_ONLY}.get(name, Role.OWNER)
    return Visitor(business_id="bakery", contact=name, role=role, language="en")


@pytest.fixture
def street() -> Street:
    """See `Street`."""
    return Street()


def test_what_a_person_approved_is_at_the_site_five_minutes_later(street: Street) -> None:
    text = street.draft().text

    street.approve()
    assert street.site.taken == []
    street.post()
    street.settle()

    assert street.site.taken == [(street.review.external_id, text)]
    reply = street.stored()
    assert reply is not None
    assert (reply.state, reply.approved_by) == (ReplyState.POSTED, "Rosa")
    assert (reply.posted_at, reply.posted_as) == (
        street.now,
        f"at-{street.review.external_id}",
    )
    found = street.store.find("bakery", [street.feedback_id])[street.feedback_id]
    assert found.feedback.answered_at == street.now


def test_looking_at_a_draft_stores_nothing_and_shows_the_same_twice(street: Street) -> None:
    first = street.draft()

    assert street.draft() == first
    assert (first.state, first.version, first.text[:9]) == (ReplyState.DRAFT, 0, "Dear Kim,")
    assert street.stored() is None


def test_an_edited_draft_is_what_is_approved_and_posted(street: Street) -> None:
    street.edit("Dear Kim,\r\n\r\nsorry. Rosa", by="Ben")

    street.approve("Dear Kim,\n\nsorry. Rosa")
    street.post()

    assert street.site.taken == [(street.review.external_id, "Dear Kim,\n\nsorry. Rosa")]


def test_the_trail_tells_who_edited_and_who_approved_and_holds_no_word(street: Street) -> None:
    street.edit("Dear Kim, sorry.", by="Ben")
    street.wait(minutes=1)
    street.approve()

    now = street.now
    acts = street.store.acts("bakery", now - timedelta(hours=1), now, 10)
    assert [(act.who, act.what, act.detail) for act in acts] == [
        ("Rosa", ActKind.APPROVE_REPLY, "approved"),
        ("Ben", ActKind.EDIT_REPLY, ""),
    ]
    assert {act.about for act in acts} == {f"reply:{street.feedback_id}"}


# Nothing without a person's yes


def test_a_draft_that_nobody_approved_is_never_posted(street: Street) -> None:
    street.edit("Dear Kim, sorry.")

    street.post()
    flow.post_reply(street.services, "bakery", street.feedback_id, street.now)

    assert street.site.taken == []


def test_an_edit_after_the_approval_keeps_the_reply_at_home(street: Street) -> None:
    street.approve()
    street.edit("Dear Kim, call us.", by="Ben")

    street.post()
    trouble = flow.post_reply(street.services, "bakery", street.feedback_id, street.now).trouble

    assert (street.site.taken, street.state(), trouble) == ([], ReplyState.DRAFT, "not_approved")


def test_a_text_that_changed_behind_the_approval_is_not_posted(street: Street) -> None:
    street.approve()
    reply = street.stored()
    assert reply is not None
    street.store.save_reply(replace(reply, text=reply.text + " And a refund."))

    assert street.post() == "text_changed"

    assert (street.site.taken, street.state()) == ([], ReplyState.FAILED)


@pytest.mark.parametrize("by", ["Eve", "Mallory", ""])
def test_whoever_may_not_act_can_neither_edit_nor_approve(street: Street, by: str) -> None:
    with pytest.raises(TransitionError):
        street.approve(by=by)
    with pytest.raises(TransitionError):
        street.edit("Dear Kim, sorry.", by=by)

    street.post()
    assert (street.stored(), street.site.taken) == (None, [])


def test_a_session_of_another_business_approves_nothing_here(street: Street) -> None:
    stranger = replace(visitor("Rosa"), business_id="boutique")
    text = street.draft().text

    with pytest.raises(TransitionError):
        flow.approve_reply(
            street.services,
            stranger,
            street.business,
            street.feedback_id,
            text,
            text_hash(text),
            street.now,
        )


def test_a_session_older_than_the_loss_of_its_rights_approves_nothing(street: Street) -> None:
    pretender = replace(visitor("Eve"), role=Role.OWNER)
    text = street.draft().text

    with pytest.raises(TransitionError):
        flow.approve_reply(
            street.services,
            pretender,
            street.business,
            street.feedback_id,
            text,
            text_hash(text),
            street.now,
        )


@pytest.mark.parametrize("by", ["Eve", "Mallory"])
def test_a_row_that_names_somebody_who_may_not_approve_is_not_posted(
    street: Street, by: str
) -> None:
    draft = street.draft()
    forged = approve(draft, draft.text, draft.text_hash, by, street.now)
    street.store.save_reply(forged)

    assert street.post() == "nobody_approved"

    assert (street.site.taken, street.state()) == ([], ReplyState.FAILED)


def test_whoever_left_the_business_before_the_posting_has_not_approved(street: Street) -> None:
    street.approve(by="Ben")
    street.store.save_business(BAKERY)

    assert street.post() == "nobody_approved"
    assert street.site.taken == []


def test_a_form_that_showed_another_text_approves_nothing(street: Street) -> None:
    shown = street.draft()
    street.edit("Dear Kim, call us.", by="Ben")

    with pytest.raises(TransitionError, match="the text changed"):
        street.approve(shown.text, shown=shown.text_hash)
    with pytest.raises(TransitionError, match="the text changed"):
        street.approve(shown.text)

    assert street.state() is ReplyState.DRAFT


def test_of_two_who_edit_at_once_the_second_must_read_again(street: Street) -> None:
    shown = street.draft().text_hash
    street.edit("Dear Kim, sorry.", by="Ben", shown=shown)

    with pytest.raises(TransitionError, match="meanwhile"):
        street.edit("Dear Kim, call us.", by="Rosa", shown=shown)


def test_staff_promise_what_the_owner_allows_and_the_owner_what_they_like(street: Street) -> None:
    text = "Dear Kim, you get a refund."
    street.edit(text, by="Ben")

    with pytest.raises(TransitionError, match="refund"):
        street.approve(text, by="Ben")
    assert street.state() is ReplyState.DRAFT

    street.business = replace(TOWN, promises=(Promise.REFUND,))
    assert street.approve(text, by="Ben").state is ReplyState.APPROVED
    street.business = TOWN
    street.edit(text + " Yes.", by="Ben")
    assert street.approve(text + " Yes.", by="Rosa").state is ReplyState.APPROVED


def test_too_long_a_reply_is_refused_before_anybody_approves_it(street: Street) -> None:
    with pytest.raises(TransitionError, match="1500 are taken there"):
        street.edit("a" * 1501)


# Once, and by one


def test_a_function_that_dies_after_the_site_took_it_leaves_one_reply(street: Street) -> None:
    street.approve()

    def die() -> None:
        raise KeyboardInterrupt

    street.site.then = die
    with pytest.raises(KeyboardInterrupt):
        street.post()
    street.site.then = lambda: None
    assert street.post() == "held_by_another" or street.state() is ReplyState.APPROVED
    street.wait(minutes=11)
    street.post()

    assert len(street.site.taken) == 1
    assert street.state() is ReplyState.POSTED


def test_two_functions_at_one_reply_post_it_once(street: Street) -> None:
    street.approve()
    services, now = street.services, street.now
    troubles = []

    def another() -> None:
        street.site.then = lambda: None
        troubles.append(flow.post_reply(services, "bakery", street.feedback_id, now).trouble)

    street.site.then = another
    flow.post_reply(services, "bakery", street.feedback_id, now)

    assert (len(street.site.taken), troubles) == (1, ["held_by_another"])
    assert street.state() is ReplyState.POSTED


def test_nobody_changes_a_reply_while_it_is_being_posted(street: Street) -> None:
    street.approve()
    refused = []

    def meddle() -> None:
        changes: list[Callable[[], Reply]] = [partial(street.edit, "Another text"), street.copy]
        for change in changes:
            with pytest.raises(TransitionError, match="being posted"):
                change()
            refused.append(change)

    street.site.then = meddle
    street.post()

    assert (len(refused), street.state()) == (2, ReplyState.POSTED)


def test_a_second_yes_to_what_is_posted_posts_nothing_more(street: Street) -> None:
    text = street.draft().text
    street.approve()
    street.post()

    with pytest.raises(TransitionError):
        street.approve(text)
    street.post()

    assert len(street.site.taken) == 1


# Trouble


def test_a_site_in_trouble_is_asked_again_later_and_the_page_says_why(street: Street) -> None:
    street.approve()
    street.site.trouble = SourceUnavailable("it does not answer", advice="Wait.")

    assert street.post() == "it does not answer"
    reply = street.stored()
    assert reply is not None
    assert (reply.state, reply.trouble, reply.advice) == (
        ReplyState.APPROVED,
        "it does not answer",
        "Wait.",
    )
    assert reply.due is not None
    assert reply.due > street.now
    street.site.trouble = None
    street.wait(hours=1)
    street.post()

    assert street.state() is ReplyState.POSTED
    assert len(street.site.taken) == 1


def test_a_pause_that_a_site_asks_for_is_kept(street: Street) -> None:
    street.approve()
    at = street.now + timedelta(hours=3)
    street.site.trouble = SourceRateLimited("too fast", advice="", retry_at=at)

    street.post()

    reply = street.stored()
    assert reply is not None
    assert reply.due == at


@pytest.mark.parametrize(
    "trouble",
    [
        ReplyRefused("not taken", advice="Copy it."),
        SourceAuthError("no access", advice="Copy it."),
    ],
)
def test_what_only_a_person_can_mend_is_left_to_one(street: Street, trouble: Exception) -> None:
    street.approve()
    street.site.trouble = trouble

    street.post()

    reply = street.stored()
    assert reply is not None
    assert (reply.state, reply.trouble, reply.advice, reply.due) == (
        ReplyState.FAILED,
        str(trouble),
        "Copy it.",
        None,
    )
    assert street.copy().state is ReplyState.COPIED


def test_what_nobody_understands_is_tried_again_and_not_for_ever(street: Street) -> None:
    street.approve()
    street.site.trouble = ValueError("odd")

    for _ in range(12):
        street.post()
        street.wait(hours=7)

    assert street.state() is ReplyState.FAILED
    reply = street.stored()
    assert reply is not None
    assert "odd" not in reply.trouble


def test_one_reply_in_trouble_stops_no_source_and_no_other_reply(street: Street) -> None:
    street.approve()
    street.store.save_business(replace(TOWN, business_id="gone"))
    lost = street.draft()
    street.store.save_reply(replace(lost, business_id="nobody", version=0, due=street.now))

    street.post()

    assert street.state() is ReplyState.POSTED


# Where there is no way in, and whom nobody answers


def test_where_heedful_has_no_way_in_the_approved_text_is_handed_over(street: Street) -> None:
    street.services = replace(street.services, posters={})

    reply = street.approve()

    assert (reply.state, reply.approved_by, reply.due) == (ReplyState.COPIED, "Rosa", None)
    street.post()
    assert street.site.taken == []


def test_legal_words_leave_the_first_word_to_a_person(street: Street) -> None:
    street.review = street.hear("waited, bad, my lawyer will write", "r2")

    draft = street.draft()

    assert (draft.text, draft.needs_expert) == ("", True)
    with pytest.raises(TransitionError, match="nothing to approve"):
        street.approve()
    street.edit("Dear Sam, Rosa will call you.")
    assert street.approve().state is ReplyState.APPROVED


def test_whoever_was_erased_or_took_it_back_is_not_answered(street: Street) -> None:
    from chalicelib.privacy.person import Person

    street.approve()
    person = Person(feedback_ids=(street.feedback_id,))
    flow.erase_customer(street.services, TOWN, person, street.now)

    street.post()

    assert street.site.taken == []
    with pytest.raises(TransitionError, match="the words are gone"):
        street.draft()


def test_a_review_that_was_taken_back_before_the_posting_stays_unanswered(street: Street) -> None:
    street.approve()
    street.wait(minutes=1)
    street.hear("", "r1", is_deleted=True)

    street.post()

    assert (street.site.taken, street.state()) == ([], ReplyState.FAILED)


def test_where_recovery_is_switched_off_nothing_is_suggested(street: Street) -> None:
    from chalicelib.domain.business import LegalBasis

    privacy = replace(TOWN.privacy, recovery=LegalBasis.OFF)
    street.business = replace(TOWN, privacy=privacy)

    assert street.draft().text == ""


def test_an_edit_over_an_erased_reply_is_refused(street: Street) -> None:
    street.edit("Dear Kim, sorry.")
    reply = street.stored()
    assert reply is not None
    street.store.forget_reply("bakery", street.feedback_id)

    with pytest.raises(ConflictError):
        street.store.save_reply(reply)


def test_a_reply_is_not_posted_below_words_that_changed_after_its_approval(street: Street) -> None:
    street.approve()
    street.wait(minutes=1)
    street.hear("bad, and the owner is a criminal", "r1", updated_at=street.now)

    street.post()

    assert (street.site.taken, street.state()) == ([], ReplyState.FAILED)
