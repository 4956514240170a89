"""Digests: each is written when its local hour has come, and put together when it is sent."""

import contextlib
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from chalicelib.domain.alert import Notification
from chalicelib.domain.business import Business, Contact
from chalicelib.domain.clock import local_date
from chalicelib.domain.digest import Digest, Part, Period, wants_digest
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.forgetting import as_kept
from chalicelib.flow.telling import load_in_force
from chalicelib.flow.troubles import trouble_of
from chalicelib.learn import digest as digests
from chalicelib.learn import figures
from chalicelib.learn.recovery_rate import recovery_rate
from chalicelib.ports import Services

# Of the cases that ended in ninety local dates the newest, as on the page of figures.
WON_BACK_REACH, ENDED_READ = timedelta(days=89), 40


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestReport:
    """How many digests were due, how many of them are new, and how many had nothing to report;
    `troubles` are those of single businesses, which stopped no other."""

    due: int = 0
    written: int = 0
    quiet: int = 0
    troubles: tuple[str, ...] = ()


def write_digests(services: Services, now: datetime) -> DigestReport:
    """Write the notification of each digest whose local hour has come; `watch` sends it.

    Asked every hour: what is written for a local date is never written again.
    """
    report = DigestReport()
    for business_id in services.store.list_businesses():
        try:
            done = _write_digests_of(services, business_id, now)
        except Exception as error:  # noqa: BLE001  one business never stops another
            done = DigestReport(troubles=(trouble_of(business_id, error),))
        report = DigestReport(
            due=report.due + done.due,
            written=report.written + done.written,
            quiet=report.quiet + done.quiet,
            troubles=report.troubles + done.troubles,
        )
    return report


def _write_digests_of(services: Services, business_id: str, now: datetime) -> DigestReport:
    business = load_in_force(services, business_id)
    if business is None:
        return DigestReport()
    waiting = _digests_due(services, business, now)
    made: dict[Period, Digest] = {}
    written = quiet = 0
    for contact, day in waiting:
        told = digests.notification_for(business_id, contact, day, now)
        if services.store.find_notification(business_id, told.incident_id, told.notification_id):
            continue
        period = digests.period_of(contact, day)
        if period not in made:
            made[period] = _digest(services, business, period, now, has_voices=False)
        with contextlib.suppress(ConflictError):
            for one in digests.notifications_for(made[period], contact, day, now):
                services.store.save_notification(one)
                written += one.is_waiting
                quiet += not one.is_waiting
    return DigestReport(due=len(waiting), written=written, quiet=quiet)


def _digests_due(
    services: Services, business: Business, now: datetime
) -> list[tuple[Contact, date]]:
    found = [(contact, digests.due_day(contact, business, now)) for contact in business.contacts]
    due = [(contact, day) for contact, day in found if day is not None]
    dead = services.store.dead_addresses(business.business_id) if due else {}
    return [(contact, day) for contact, day in due if wants_digest(contact, dead)]


def digest_for(
    services: Services,
    now: datetime,
    business: Business,
    notification: Notification,
    contact: Contact,
) -> Digest:
    """What a digest tells one contact, from the rows as they are when it is sent."""
    zone = contact.time_zone or business.time_zone
    day = date.fromisoformat(local_date(notification.created_at, zone))
    return _digest(services, business, digests.period_of(contact, day), now, has_voices=True)


def _digest(
    services: Services, business: Business, period: Period, now: datetime, *, has_voices: bool
) -> Digest:
    """Without voices there are no quotes and no surveys: enough to see whether it is quiet."""
    store, business_id = services.store, business.business_id
    first = (period.last - figures.YEAR).isoformat()
    counts = store.counts(business_id, first, period.last.isoformat())
    states = [store.load_source(business_id, one.name) for one in business.sources]
    known = figures.Known(
        counts=counts,
        said=_said(services, business_id, period, now) if has_voices else (),
        said_before=(
            _said(services, business_id, period.before, now)
            if has_voices and figures.has_surveys(counts, period.before)
            else ()
        ),
        incidents=store.incidents_of(business_id),
        sources={one.source: one for one in states if one is not None},
        dead_addresses=store.dead_addresses(business_id),
    )
    standins = tuple(store.standins(business_id))
    won_back = _won_back(services, business_id, period.last) if has_voices else None
    digest = figures.digest_of(business, period, known, now)
    return replace(digest, standins=standins, won_back=won_back)


def _won_back(services: Services, business_id: str, last: date) -> Part | None:
    """A week has too few cases that ended to say anything of them."""
    first, until = (last - WON_BACK_REACH).isoformat(), last.isoformat()
    ended = services.store.cases_closed_between(business_id, first, until, ENDED_READ)
    found = recovery_rate(ended)
    if found.part is None or found.low is None or found.high is None:
        return None
    return Part(part=found.part, n=found.n, low=found.low, high=found.high)


def _said(
    services: Services, business_id: str, period: Period, now: datetime
) -> list[ScoredFeedback]:
    first, last = period.first.isoformat(), period.last.isoformat()
    return [as_kept(one, now) for one in services.store.scored_between(business_id, first, last)]
