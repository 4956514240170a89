"""Sending what waits: claimed before, marked after, and one dead channel never stops another."""

import contextlib
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from chalicelib.alert.delivery import Sender, SendReport
from chalicelib.alert.policy import next_notifications
from chalicelib.domain.alert import (
    LEASE,
    MAX_ATTEMPTS,
    ChannelKind,
    Email,
    Notification,
    NotificationState,
    NotifyReason,
    Sms,
    claim,
    hash_of,
)
from chalicelib.domain.briefing import Briefing
from chalicelib.domain.business import Business, Contact
from chalicelib.domain.digest import Digest
from chalicelib.domain.errors import ChannelError, ConflictError
from chalicelib.domain.incident import Incident, acknowledge, resolve
from chalicelib.store.memory import MemoryStore
from tests.alert.samples import NOW, a_business, a_notification, an_incident

PENDING, SENT = NotificationState.PENDING, NotificationState.SENT
SENDING, UNDELIVERABLE = NotificationState.SENDING, NotificationState.UNDELIVERABLE
CANCELLED = NotificationState.CANCELLED
PLENTY = 60.0


@dataclass
class FakeChannel:
    """Takes messages, or raises what it is told to."""

    error: Exception | None = None
    taken: list[Email | Sms] = field(default_factory=list)

    def send(self, message: Email | Sms) -> str:
        """Its number is its id."""
        if self.error is not None:
            raise self.error
        self.taken.append(message)
        return f"provider-{len(self.taken)}"


@dataclass
class Office:
    """A store with one business, and two fake channels."""

    store: MemoryStore = field(default_factory=MemoryStore)
    email: FakeChannel = field(default_factory=FakeChannel)
    sms: FakeChannel = field(default_factory=FakeChannel)
    brief: Callable[[Business, Incident, Sequence[Incident], Contact], Briefing] | None = None
    business: Business = field(default_factory=a_business)

    def __post_init__(self) -> None:
        self.store.save_business(self.business)

    def write(self, incident: Incident, *notifications: Notification) -> None:
        """Incident and outbox rows in one transaction."""
        self.store.save_incident(incident, notifications)

    def send(self, now: datetime = NOW, seconds: float = PLENTY) -> SendReport:
        """One run of the sender."""
        tokens = (f"{number:022}" for number in itertools.count())
        sender = Sender(
            store=self.store,
            email=lambda: self.email,
            sms=lambda: self.sms,
            brief=self.brief or _plain_brief,
            digest=_no_digest,
            new_token=lambda: next(tokens),
            page_address="https://h.example/api",
            now=now,
        )
        return sender.send_due(lambda: seconds)

    def rows(self, incident_id: str = "spike-000012") -> list[Notification]:
        """The outbox rows of an incident."""
        return self.store.notifications_of("linden", incident_id)

    def states(self) -> list[NotificationState]:
        """Where they are on their way."""
        return [one.state for one in self.rows()]


def _plain_brief(
    business: Business, incident: Incident, gathered: Sequence[Incident], contact: Contact
) -> Briefing:
    return Briefing(incident=incident, business=business, gathered=tuple(gathered))


def _no_digest(business: Business, notification: Notification, contact: Contact) -> Digest:
    raise AssertionError("no digest is due here")


def a_waiting(channel: ChannelKind = ChannelKind.EMAIL, **changes: object) -> Notification:
    """One that is due now."""
    values: dict[str, object] = {"state": PENDING, "sent_at": None, "provider_id": None}
    return a_notification(channel=channel, **(values | changes))


BOTH = (a_waiting(), a_waiting(ChannelKind.SMS))


def test_email_and_sms_go_out_and_are_marked_with_the_providers_ids() -> None:
    office = Office()
    office.write(an_incident(), *BOTH)

    report = office.send()

    assert report == SendReport(sent=2)
    assert {(one.state, one.provider_id, one.sent_at) for one in office.rows()} == {
        (SENT, "provider-1", NOW)
    }
    assert office.store.load_sends("linden").emails == (NOW,)
    assert office.store.load_sends("linden").sms == (NOW,)


def test_what_was_sent_is_not_sent_again() -> None:
    office = Office()
    office.write(an_incident(), *BOTH)
    office.send()

    report = office.send(NOW + timedelta(hours=1))

    assert report == SendReport()
    assert len(office.email.taken) == 1


def test_each_message_carries_its_own_link_and_only_its_hash_is_kept() -> None:
    office = Office()
    office.write(an_incident(), a_waiting())

    office.send()

    (mail,) = office.email.taken
    assert isinstance(mail, Email)
    assert f"https://h.example/api/i/{0:022}" in mail.text
    link = office.store.find_link(hash_of(f"{0:022}"))
    assert link is not None
    assert (link.incident_id, link.contact) == ("spike-000012", "Anna")
    assert link.expires_at == NOW + timedelta(days=30)


def test_a_refusal_that_may_pass_is_tried_again_later() -> None:
    office = Office(email=FakeChannel(error=ChannelError("slow down", retryable=True)))
    office.write(an_incident(), *BOTH)

    report = office.send()

    email, sms = sorted(office.rows(), key=lambda one: one.channel)
    assert report == SendReport(sent=1, failed=1)
    assert (email.state, email.due, email.trouble) == (
        PENDING,
        NOW + timedelta(minutes=2),
        "slow down",
    )
    assert sms.state is SENT


def test_a_final_refusal_gives_up_and_has_the_policy_look_again_at_once() -> None:
    office = Office(email=FakeChannel(error=ChannelError("rejected", retryable=False)))
    office.write(an_incident(due=NOW + timedelta(hours=4)), a_waiting())

    office.send()

    incident = office.store.load_incident("linden", "spike-000012")
    assert office.states() == [UNDELIVERABLE]
    assert incident is not None
    assert incident.due == NOW
    assert office.store.dead_addresses("linden") == {}


@pytest.mark.parametrize(
    ("channel", "address"),
    [(ChannelKind.EMAIL, "anna@bakery.example"), (ChannelKind.SMS, "+4915550100001")],
)
def test_a_dead_address_is_remembered(channel: ChannelKind, address: str) -> None:
    gone = FakeChannel(error=ChannelError("gone", retryable=False, is_permanent=True))
    office = Office(email=gone, sms=gone)
    office.write(an_incident(), a_waiting(channel))

    office.send()

    assert office.store.dead_addresses("linden") == {address: "refused"}
    assert office.states() == [UNDELIVERABLE]


def test_a_lost_answer_leaves_the_lease_and_is_tried_again_only_after_it() -> None:
    office = Office(email=FakeChannel(error=TimeoutError("no answer")))
    office.write(an_incident(), a_waiting())

    first = office.send()
    office.email.error = None
    too_early = office.send(NOW + LEASE - timedelta(seconds=1))
    late = office.send(NOW + LEASE)

    assert first == SendReport(unknown=1)
    assert too_early == SendReport()
    assert late == SendReport(sent=1)


def test_an_sms_whose_answer_was_lost_is_never_sent_again() -> None:
    office = Office()
    office.write(an_incident(), claim(a_waiting(ChannelKind.SMS), NOW))

    office.send(NOW + LEASE)

    assert office.sms.taken == []
    assert office.states() == [UNDELIVERABLE]


def test_what_somebody_acknowledged_meanwhile_is_cancelled() -> None:
    office = Office()
    office.write(acknowledge(an_incident(), "Ben", NOW), *BOTH)

    report = office.send()

    assert report == SendReport(cancelled=2)
    assert office.states() == [CANCELLED, CANCELLED]


def test_the_monthly_cap_for_sms_is_kept_and_the_email_still_goes() -> None:
    business = a_business()
    office = Office(business=replace(business, sms=replace(business.sms, monthly_cap_usd=0.39)))
    for generation in (1, 2):
        incident = an_incident(generation=generation)
        office.write(
            incident,
            a_waiting(ChannelKind.SMS, incident_id=incident.incident_id),
            a_waiting(incident_id=incident.incident_id),
        )
        office.send(NOW + timedelta(hours=2 * generation))

    assert len(office.sms.taken) == 1
    assert len(office.email.taken) == 2
    (sms,) = [one for one in office.rows("spike-000002") if one.channel is ChannelKind.SMS]
    assert (sms.state, sms.trouble) == (UNDELIVERABLE, "this month's cap for SMS is used up")


def test_a_message_that_cannot_be_worded_stops_no_other_and_its_error_holds_no_words() -> None:
    def broken_for_the_first(
        business: Business, incident: Incident, gathered: Sequence[Incident], contact: Contact
    ) -> Briefing:
        if incident.generation == 1:
            raise LookupError("We waited forty minutes")
        return _plain_brief(business, incident, gathered, contact)

    office = Office(brief=broken_for_the_first)
    for generation in (1, 2):
        incident = an_incident(generation=generation)
        office.write(incident, a_waiting(incident_id=incident.incident_id))

    report = office.send()

    assert report == SendReport(sent=1, failed=1)
    (row,) = office.rows("spike-000001")
    assert row.trouble == "it cannot be worded: LookupError"


def test_a_contact_who_left_the_configuration_is_given_up() -> None:
    office = Office()
    office.write(an_incident(), a_waiting(contact="Gone"))

    office.send()

    assert office.states() == [UNDELIVERABLE]


def test_beyond_the_caps_one_message_carries_the_rest_and_all_are_marked() -> None:
    office = Office()
    for generation in range(6):
        incident = an_incident(generation=generation)
        office.write(incident, a_waiting(incident_id=incident.incident_id))

    report = office.send()

    assert report == SendReport(sent=3, gathered=3)
    subjects = [mail.subject for mail in office.email.taken if isinstance(mail, Email)]
    assert subjects[2].endswith("(+3 more)")
    rows = [row for number in range(6) for row in office.rows(f"spike-{number:06d}")]
    assert {one.state for one in rows} == {SENT}
    assert len(office.store.load_sends("linden").emails) == 3


def test_what_the_caps_hold_is_due_when_they_allow_it_again() -> None:
    office = Office()
    log = office.store.load_sends("linden")
    for minutes in (50, 40, 30):
        log = log.noted(ChannelKind.EMAIL, NOW - timedelta(minutes=minutes))
    office.store.save_sends(log)
    office.write(an_incident(), a_waiting())

    report = office.send()

    assert report == SendReport(held=1)
    assert [one.due for one in office.rows()] == [NOW + timedelta(minutes=10)]


def test_when_the_carrier_is_refused_those_it_carried_wait_with_it() -> None:
    office = Office(email=FakeChannel(error=ChannelError("slow down", retryable=True)))
    for generation in range(5):
        incident = an_incident(generation=generation)
        office.write(incident, a_waiting(incident_id=incident.incident_id))

    office.send()

    rows = [row for number in range(5) for row in office.rows(f"spike-{number:06d}")]
    assert {one.state for one in rows} == {PENDING}
    assert {one.due for one in rows} == {NOW + timedelta(minutes=2)}


def test_without_time_left_nothing_is_begun() -> None:
    office = Office()
    office.write(an_incident(), *BOTH)

    report = office.send(seconds=9.9)

    assert report == SendReport()
    assert office.states() == [PENDING, PENDING]


# --- what happens while a message is under way --------------------------------------------------


class Busy(MemoryStore):
    """A store in which something happens right after a notification was claimed."""

    def __init__(self) -> None:
        super().__init__()
        self.then: Callable[[], None] = lambda: None

    def save_notification(self, notification: Notification) -> Notification:
        """Written; once one is being sent, it happens."""
        saved = super().save_notification(notification)
        if saved.state is SENDING:
            happens, self.then = self.then, lambda: None
            happens()
        return saved


def end_it(store: MemoryStore, *, decided_before: bool) -> Callable[[], None]:
    """Somebody closes the incident; `decided_before` the message was claimed, as far as the
    policy could see, or after."""
    seen = store.load_incident("linden", "spike-000012")
    assert seen is not None
    told = store.notifications_of("linden", "spike-000012")

    def act() -> None:
        incident, known = seen, told
        if not decided_before:
            incident = store.load_incident("linden", "spike-000012") or seen
            known = store.notifications_of("linden", "spike-000012")
        ended = resolve(incident, "Ben", NOW)
        decision = next_notifications(ended, a_business(), known, {}, NOW)
        store.save_incident(decision.incident, decision.notifications)

    return act


@pytest.mark.parametrize("decided_before", [True, False])
def test_what_ended_after_the_claim_is_not_sent(decided_before: bool) -> None:
    store = Busy()
    office = Office(store=store)
    office.write(an_incident(), a_waiting())
    store.then = end_it(store, decided_before=decided_before)

    report = office.send()

    assert (report.cancelled, office.email.taken) == (1, [])
    first = office.rows()[0]
    assert (first.reason, first.state) == (NotifyReason.FIRST, CANCELLED)


def test_an_ending_decided_before_the_claim_is_refused_once_we_looked_again() -> None:
    store = MemoryStore()
    office = Office(store=store)
    office.write(an_incident(), a_waiting())
    ends = end_it(store, decided_before=True)
    refused: list[bool] = []

    @dataclass
    class Slow(FakeChannel):
        def send(self, message: Email | Sms) -> str:
            with contextlib.suppress(ConflictError):
                ends()
                refused.append(False)
            return super().send(message)

    office.email = Slow()
    office.send()

    # Whoever ends it must look again, and then finds that Anna was told.
    assert (len(office.email.taken), refused) == (1, [])
    end_it(store, decided_before=False)()
    assert [(one.contact, one.reason) for one in office.rows()] == [
        ("Anna", NotifyReason.FIRST),
        ("Anna", NotifyReason.RESOLVED),
    ]


def test_what_is_carried_and_over_is_left_out_and_the_message_still_goes() -> None:
    store = Busy()
    office = Office(store=store)
    for generation in range(5):
        incident = an_incident(generation=generation)
        office.write(incident, a_waiting(incident_id=incident.incident_id))

    def close_one() -> None:
        carried = store.load_incident("linden", "spike-000004")
        assert carried is not None
        store.save_incident(resolve(carried, "Ben", NOW), ())

    def once_the_last_is_claimed() -> None:
        (row,) = office.rows("spike-000004")
        if row.state is SENDING:
            close_one()
        else:
            store.then = once_the_last_is_claimed

    store.then = once_the_last_is_claimed

    report = office.send()

    assert (report.sent, report.gathered, report.cancelled) == (3, 1, 1)
    assert [one.state for one in office.rows("spike-000004")] == [CANCELLED]
    assert [one.state for one in office.rows("spike-000003")] == [SENT]


def test_an_sms_that_is_tried_again_is_paid_for_once_and_never_for_nothing() -> None:
    business = a_business()
    office = Office(business=replace(business, sms=replace(business.sms, monthly_cap_usd=0.39)))
    office.write(an_incident(), a_waiting(ChannelKind.SMS))
    office.brief = _broken_brief
    office.send()
    office.brief = None
    office.sms.error = ChannelError("slow down", retryable=True)
    office.send(NOW + timedelta(minutes=3))
    office.sms.error = None
    office.send(NOW + timedelta(minutes=10))

    assert len(office.sms.taken) == 1
    assert not office.store.take_from_budget("linden", "sms-cents.2026-11", 20, 39, paid_for="x")
    assert office.store.take_from_budget("linden", "sms-cents.2026-11", 19, 39, paid_for="x")


def _broken_brief(
    business: Business, incident: Incident, gathered: Sequence[Incident], contact: Contact
) -> Briefing:
    raise LookupError("the table is slow")


def test_what_is_outdated_takes_nobodys_place_in_the_hour() -> None:
    office = Office()
    for generation in range(5):
        incident = an_incident(generation=generation)
        taken_on = acknowledge(incident, "Ben", NOW) if generation < 3 else incident
        office.write(taken_on, a_waiting(incident_id=incident.incident_id))

    assert office.send() == SendReport(sent=2, cancelled=3)


def test_an_email_that_was_never_confirmed_is_given_up_after_eight_tries() -> None:
    office = Office()
    lost = replace(claim(a_waiting(), NOW), attempts=MAX_ATTEMPTS)
    office.write(an_incident(due=NOW + timedelta(hours=4)), lost)

    office.send(NOW + LEASE)

    incident = office.store.load_incident("linden", "spike-000012")
    assert (office.email.taken, office.states()) == ([], [UNDELIVERABLE])
    assert incident is not None
    assert incident.due == NOW + LEASE
