"""Requests of people about their own words: how one begins, when somebody is told of it, and which
are those of a person who is erased.

The business has one month (see `domain.request.due_day_of`). Everybody who runs it is told at once,
ten days and three days before the day comes, on that morning, and every week from then on.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chalicelib.domain.alert import ChannelKind, Notification, NotifyReason
from chalicelib.domain.business import Business
from chalicelib.domain.clock import local_date
from chalicelib.domain.request import (
    Asked,
    PersonRequest,
    RequestKind,
    due_day_of,
    without_words,
)
from chalicelib.domain.session import Role
from chalicelib.privacy.person import Person, Wanted
from chalicelib.privacy.redact import plain_email, plain_phone, take_out
from chalicelib.privacy.traces import TraceKind, Tracer

# Anybody may fill in the form: so many a day reach the table and the owner's inbox, and no more.
MOST_A_DAY = 5
REMINDED_BEFORE = (timedelta(days=10), timedelta(days=3), timedelta(0))
OVERDUE_EVERY = timedelta(days=7)
MORNING = time(9)


def budget_of(business: Business, now: datetime) -> str:
    """The counter that `MOST_A_DAY` bounds."""
    return f"requests.{local_date(now, business.time_zone)}"


def begin(
    business: Business,
    kind: RequestKind,
    asked: Asked,
    language: str,
    tracer: Tracer,
    now: datetime,
) -> PersonRequest:
    """The request as it is first kept. Sent twice on one day it has the same id, which tells
    nobody what was typed: a keyed hash."""
    today = local_date(now, business.time_zone)
    mark = tracer.trace(TraceKind.REQUEST, "\0".join((today, kind, repr(asked))))
    return PersonRequest(
        business_id=business.business_id,
        request_id=f"{today}-{mark}",
        kind=kind,
        received_at=now,
        due_day=due_day_of(date.fromisoformat(today)).isoformat(),
        asked=asked,
        language=language,
        traces=_traces_of(asked, business.country, tracer),
        look_at=now,
    )


def person_behind(request: PersonRequest, business: Business) -> Person:
    """Whom the request names, as far as feedback can be found by it. A name at a site finds
    nothing: there may be two of a name, and a person must look."""
    emails, phones = _addresses(request.asked, business.country)
    return Person(
        emails=emails,
        phones=phones,
        orders=(request.asked.order,) if request.asked.order else (),
        links=(request.asked.link,) if request.asked.link else (),
        request_ids=(request.request_id,),
    )


def is_of(request: PersonRequest, wanted: Wanted) -> bool:
    """Whether a person who is erased wrote this: by an address or a number of theirs anywhere in
    it, by their order, by the link of their review or by its own id."""
    if request.request_id in wanted.request_ids:
        return True
    return not wanted.traces.isdisjoint(request.traces) or request.asked.link in wanted.links


def tell(
    request: PersonRequest, business: Business, dead: Mapping[str, str], now: datetime
) -> tuple[PersonRequest, tuple[Notification, ...]]:
    """Its `look_at` has come: the request with the next one, and who is told of it now."""
    if not request.is_open or now >= request.received_at + business.privacy.keep_words:
        # Answered a while ago; or so old that nobody ever will, and words are not kept for ever.
        return replace(without_words(request), look_at=None), ()
    told = tuple(
        Notification(
            business_id=business.business_id,
            incident_id=request.about,
            reason=NotifyReason.REQUEST,
            channel=ChannelKind.EMAIL,
            contact=name,
            due=now,
            created_at=now,
            step=request.told,
        )
        for name in people_to_tell(business, dead)
    )
    after = replace(request, told=request.told + 1, look_at=next_look(request, business, now))
    return after, told


def close_unowned(request: PersonRequest) -> PersonRequest:
    """What is left of a request whose business is no longer in heedful.toml."""
    return replace(without_words(request), look_at=None)


def people_to_tell(business: Business, dead: Mapping[str, str]) -> tuple[str, ...]:
    """Who runs the business and reads mail; where none of them does, everybody who does."""
    reading = [one for one in business.contacts if one.email and one.email not in dead]
    owners = [one for one in reading if one.role is Role.OWNER]
    return tuple(one.name for one in owners or reading)


def next_look(request: PersonRequest, business: Business, now: datetime) -> datetime:
    """When somebody is told of it again: in the morning, on the business's wall."""
    zone = ZoneInfo(business.time_zone)
    due = datetime.combine(date.fromisoformat(request.due_day), MORNING, zone)
    for before in REMINDED_BEFORE:
        moment = (due - before).astimezone(now.tzinfo)
        if moment > now:
            return moment
    return now + OVERDUE_EVERY


def _addresses(asked: Asked, country: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    given = [one.strip() for one in (asked.address, asked.answer_to) if one.strip()]
    emails = [one for one in given if "@" in one and " " not in one]
    phones = [one for one in given if "@" not in one and plain_phone(one, country) is not None]
    return tuple(dict.fromkeys(emails)), tuple(dict.fromkeys(phones))


def _traces_of(asked: Asked, country: str, tracer: Tracer) -> tuple[str, ...]:
    emails, phones = _addresses(asked, country)
    found = take_out("\n".join(asked.typed), country)
    plain = [*(plain_phone(one, country) or "" for one in phones), *found.phones]
    traces = [
        tracer.trace(TraceKind.EMAIL, one) for one in (*map(plain_email, emails), *found.emails)
    ]
    traces += [tracer.trace(TraceKind.PHONE, one) for one in plain]
    traces += [tracer.order(asked.order)] if asked.order else []
    return tuple(dict.fromkeys(traces))
