"""Profile: what one customer said over time, where the owner has a ground for that.

Written as a voice is stored, and only where the purpose is on: elsewhere it costs nothing, and what
an earlier setting left over is shown to nobody.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial

from chalicelib.domain.audit import Act, ActKind
from chalicelib.domain.business import Business, LegalBasis, Purpose
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.forgetting import as_kept, has_person
from chalicelib.domain.profile import (
    Known,
    heard,
    parted,
    same_person,
    tied_by_hand,
    tied_by_voice,
)
from chalicelib.domain.session import Visitor
from chalicelib.flow.links import Download, GoTo
from chalicelib.flow.troubles import TRIES
from chalicelib.learn import profiles
from chalicelib.ports import Services
from chalicelib.privacy.consent import may_process

# Each page reads no more than so many rows: see `benchmarks`.
LISTED, VOICES_SHOWN, EXPORTED = 12, 12, 500


def note_voice(services: Services, business: Business, scored: ScoredFeedback) -> int:
    """Add a voice to what its customer is known by; by how many traces. Before it is stored, so
    that a crash in between leaves a name without a voice and no voice without its name."""
    feedback = scored.feedback
    if not may_process(business, Purpose.PROFILES, feedback) or scored.words_until is None:
        return 0
    if feedback.is_deleted or profiles.is_special(business, scored.reading):
        return 0
    settings = business.source(feedback.source)
    traces = profiles.usable_traces(feedback, settings.kind if settings else "")
    for _ in range(TRIES if traces else 0):
        try:
            _note(services, scored, traces, scored.words_until)
        except ConflictError:
            continue
        return len(traces)
    if traces:
        raise ConflictError("what a customer is known by kept changing while a voice was added")
    return 0


def _note(
    services: Services, scored: ScoredFeedback, traces: Sequence[str], keep_until: datetime
) -> None:
    feedback, store = scored.feedback, services.store
    stored = store.load_known(feedback.business_id, traces)
    known = [
        heard(
            stored.get(trace),
            business_id=feedback.business_id,
            trace=trace,
            feedback_id=feedback.feedback_id,
            heard_at=feedback.written_at,
            keep_until=keep_until,
        )
        for trace in traces
    ]
    for place in range(1, len(known)):
        known[0], known[place] = tied_by_voice(known[0], known[place], feedback.written_at)
    voice = Known(
        business_id=feedback.business_id,
        trace=traces[0],
        feedback_id=feedback.feedback_id,
        heard_at=feedback.written_at,
        keep_until=keep_until,
    )
    store.save_known(known, voice=voice)


def customers_page(
    services: Services,
    visitor: Visitor,
    business: Business,
    query: Mapping[str, str],
    now: datetime,
) -> str | Download:
    """Who was heard last; `?as=csv` gives more of them as a table."""
    from chalicelib.pages import customers as page
    from chalicelib.pages.spreadsheet import CSV

    is_on = _is_on(business)
    is_table = query.get("as") == "csv" and is_on
    latest = services.store.last_heard(business.business_id, EXPORTED if is_table else LISTED)
    people = profiles.grouped(one for one in latest if is_on and now < one.keep_until)
    newest = _voices(services, business, [one.feedback_id for who in people for one in who], now)
    if is_table:
        table = page.customers_table(people, newest, visitor.language)
        return Download(file_name=f"customers-{now:%Y-%m-%d}.csv", content_type=CSV, text=table)
    return page.render_customers(visitor, business, people, newest, is_on=is_on, query=query)


def customer_of_name(
    services: Services,
    visitor: Visitor,
    business: Business,
    name: str,
    query: Mapping[str, str],
    now: datetime,
) -> str | None:
    """One customer, by any of the traces they are known by."""
    from chalicelib.pages.customers import render_customer

    store, business_id = services.store, business.business_id
    known = _person(services, business, name, now)
    if not known:
        return None
    ids = dict.fromkeys(
        one for each in known for one in store.voices_of(business_id, each.trace, VOICES_SHOWN)
    )
    voices = _voices(services, business, ids, now).values()
    newest = sorted(voices, key=lambda one: one.feedback.written_at, reverse=True)[:VOICES_SHOWN]
    cases = {
        case.case_id: case
        for each in known
        for case in store.cases_of_customer(business_id, each.trace)
    }
    return render_customer(
        visitor,
        business,
        name=name,
        known=known,
        voices=newest,
        figures=profiles.figures_of(newest),
        cases=tuple(cases.values()),
        query=query,
    )


def act_on_customers(
    services: Services,
    visitor: Visitor,
    business: Business,
    name: str,
    form: Mapping[str, str],
    now: datetime,
) -> GoTo | None:
    """Join two customers of the list into one, or part what was joined; both can be undone."""
    from chalicelib.pages import customers as page

    wish = page.read_wish(name, form)
    if not _is_on(business) or wish is None:
        return GoTo(path="customers", notice="not_understood")
    for _ in range(TRIES):
        known = services.store.load_known(business.business_id, (wish.one, wish.other))
        if len(known) < 2:
            return None
        one, other = known[wish.one], known[wish.other]
        if wish.is_joined:
            changed, what = tied_by_hand(one, other, visitor.contact, now), ActKind.MERGE_PROFILES
        else:
            changed, what = parted(one, other, visitor.contact), ActKind.SPLIT_PROFILE
        act = Act(
            business_id=business.business_id,
            at=now,
            who=visitor.contact,
            what=what,
            about=f"profile:{wish.one}",
            detail=wish.other,
        )
        try:
            if changed != (one, other):
                services.store.save_known(changed, act)
        except ConflictError:
            continue
        notice = "did_join" if wish.is_joined else "did_part"
        return GoTo(path=f"customers/{wish.one}", notice=notice)
    raise ConflictError("the customer kept changing while somebody acted on them")


def _is_on(business: Business) -> bool:
    return business.privacy.basis_of(Purpose.PROFILES) is not LegalBasis.OFF


def _person(services: Services, business: Business, trace: str, now: datetime) -> tuple[Known, ...]:
    if not _is_on(business):
        return ()
    load = partial(services.store.load_known, business.business_id)
    return tuple(one for one in same_person(trace, load) if now < one.keep_until)


def _voices(
    services: Services, business: Business, feedback_ids: Iterable[str], now: datetime
) -> dict[str, ScoredFeedback]:
    """What may still be read and used of these: an edit may have brought a special matter, and the
    ground may have changed since they were noted."""
    found = services.store.find(business.business_id, dict.fromkeys(feedback_ids))
    kept = {name: as_kept(one, now) for name, one in found.items()}
    return {
        name: one
        for name, one in kept.items()
        if has_person(one)
        and may_process(business, Purpose.PROFILES, one.feedback)
        and not profiles.is_special(business, one.reading)
    }
