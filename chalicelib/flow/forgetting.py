"""Forget: words whose time is up, and all of a customer who asks for it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.business import Business
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.forgetting import Receipt
from chalicelib.flow.protecting import tracer_of
from chalicelib.ports import Services
from chalicelib.privacy.erase import Eraser
from chalicelib.privacy.erase_cases import cases_of_person
from chalicelib.privacy.erase_replies import replies_of_person
from chalicelib.privacy.erase_requests import requests_of_person
from chalicelib.privacy.export import export_of
from chalicelib.privacy.person import Person, feedback_of, look_for
from chalicelib.privacy.retention import RetentionReport, take_outlived, take_outlived_cases
from chalicelib.store.envelopes import read_arrival

# With less than this left the next round goes on: what was begun is finished.
SECONDS_TO_FINISH = 25.0


def apply_retention(
    services: Services, now: datetime, seconds_left: Callable[[], float]
) -> RetentionReport:
    """Take the words out of all feedback and cases whose time is up; what is left over waits an
    hour."""

    def has_time() -> bool:
        return seconds_left() > SECONDS_TO_FINISH

    report = take_outlived(services.store, now, has_time)
    return replace(report, cases=take_outlived_cases(services.store, now, has_time))


def customers_feedback(
    services: Services, business: Business, person: Person
) -> list[ScoredFeedback]:
    """What an erasure would take: for the command line, which shows it and asks first."""
    wanted = look_for(person, business, tracer_of(services, business))
    return feedback_of(services.store, business.business_id, wanted)


def export_customer(
    services: Services, business: Business, person: Person, now: datetime
) -> dict[str, object]:
    """All that is kept of a customer, as JSON takes it."""
    found = customers_feedback(services, business, person)
    wanted = look_for(person, business, tracer_of(services, business))
    requests = requests_of_person(services.store, business.business_id, wanted)
    incidents = services.store.incidents_of(business.business_id)
    cases = cases_of_person(services.store, business.business_id, wanted, found)
    replies = replies_of_person(services.store, business.business_id, wanted, found)
    return export_of(business, found, incidents, requests, cases, now, replies=replies)


def erase_customer(
    services: Services, business: Business, person: Person, now: datetime
) -> Receipt:
    """One pass of an erasure; done when the receipt says so (see `privacy.erase`)."""
    wanted = look_for(person, business, tracer_of(services, business))
    return _eraser(services, business).erase(wanted, now)


def replay_erasure(
    services: Services, business: Business, receipt: Receipt, now: datetime
) -> Receipt:
    """Erase once more what that receipt is of: after an older copy of the table was restored."""
    return _eraser(services, business).replay(receipt, now)


def _eraser(services: Services, business: Business) -> Eraser:
    return Eraser(
        store=services.store,
        letters=services.letters,
        read_arrival=read_arrival,
        tracer=tracer_of(services, business),
        business=business,
    )
