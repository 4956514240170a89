"""Cases on the owner's pages: the list, one of them, and what its forms do."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from chalicelib.domain.audit import Act, ActKind
from chalicelib.domain.business import Business
from chalicelib.domain.case import CaseState, RecoveryCase, close, contact, pause, take
from chalicelib.domain.clock import local_date
from chalicelib.domain.errors import ConflictError, TransitionError
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.forgetting import as_kept, has_person
from chalicelib.domain.reply import Reply, ReplyState
from chalicelib.domain.session import Visitor
from chalicelib.flow.links import Download, GoTo
from chalicelib.flow.reaching_out import open_by_hand, reopen_by_hand
from chalicelib.flow.recovering import keep_words
from chalicelib.flow.replying import approve_reply, draft_for, edit_reply
from chalicelib.flow.troubles import TRIES
from chalicelib.ports import Services

OPEN_SHOWN, ENDED_SHOWN, EXPORTED = 50, 20, 1_000
ENDED_WITHIN = timedelta(days=90)
SAID_SHOWN, BEFORE_SHOWN, ACTS_READ, ACTS_SHOWN = 5, 5, 100, 20
REPLY_ACTS = {"edit": edit_reply, "approve": approve_reply}


def cases_page(
    services: Services,
    visitor: Visitor,
    business: Business,
    query: Mapping[str, str],
    now: datetime,
) -> str | Download:
    """Who waits, and how the last ones ended; `?as=csv` gives them all as a table."""
    from chalicelib.pages.cases import cases_table, render_cases
    from chalicelib.pages.spreadsheet import CSV
    from chalicelib.wording.words import words_in

    is_table = query.get("as") == "csv"
    store, business_id = services.store, business.business_id
    first, last = (local_date(one, "UTC") for one in (now - ENDED_WITHIN, now))
    open_ones = store.open_cases(business_id, EXPORTED if is_table else OPEN_SHOWN)
    ended = store.cases_closed_between(
        business_id, first, last, EXPORTED if is_table else ENDED_SHOWN
    )
    if is_table:
        table = cases_table([*open_ones, *ended], business, words_in(visitor.language))
        return Download(file_name=f"cases-{last}.csv", content_type=CSV, text=table)
    return render_cases(visitor, business, open_ones=open_ones, ended=ended, query=query, now=now)


def case_of_name(
    services: Services,
    visitor: Visitor,
    business: Business,
    name: str,
    query: Mapping[str, str],
    now: datetime,
) -> str | None:
    """One case: what was said, what to do, the answer, how it ended, and who did what."""
    case = services.store.load_case(business.business_id, name)
    return None if case is None else _show(services, visitor, business, case, query, now)


def act_on_named_case(
    services: Services,
    visitor: Visitor,
    business: Business,
    name: str,
    form: Mapping[str, str],
    now: datetime,
) -> GoTo | str | None:
    """A form on that page. What is not complete is shown again with what was typed."""
    from chalicelib.pages.cases import read_case_action

    if form.get("act") == "open":
        # Asked for beside a quote: what is named is the feedback.
        try:
            opened = open_by_hand(services, visitor, business, name, now)
        except TransitionError:
            return GoTo(path="cases", notice="refused")
        return GoTo(path=f"cases/{opened.case_id}", notice="did_open")
    case = services.store.load_case(business.business_id, name)
    if case is None:
        return None
    if form.get("act") == "reopen":
        reopen_by_hand(services, visitor, business, name, now)
        return GoTo(path=f"cases/{name}", notice="did_reopen")
    if form.get("act") in REPLY_ACTS and form.get("feedback") in case.feedback_ids:
        return _answer(services, visitor, business, case, form, now)
    if read_case_action(form) is None:
        return _show(services, visitor, business, case, {}, now, typed=form, wrong="not_complete")
    for _ in range(TRIES):
        case = services.store.load_case(business.business_id, name)
        if case is None:
            return None
        changed, act = _changed(case, visitor, form, now)
        try:
            if changed != case:
                services.store.save_case(keep_words(changed, business), act)
        except ConflictError:
            continue
        return GoTo(path=f"cases/{name}", notice=f"did_{form['act']}")
    raise ConflictError("the case kept changing while somebody acted on it")


def _answer(
    services: Services,
    visitor: Visitor,
    business: Business,
    case: RecoveryCase,
    form: Mapping[str, str],
    now: datetime,
) -> GoTo | str:
    """Keep or approve the words of an answer; what is refused is shown again, with the reason."""
    done = REPLY_ACTS[form["act"]]
    feedback_id, text, shown = (form.get(one, "") for one in ("feedback", "text", "shown"))
    try:
        reply = done(services, visitor, business, feedback_id, text, shown, now)
    except (ConflictError, TransitionError):
        return _show(services, visitor, business, case, {}, now, typed=form, wrong="not_kept")
    if reply.state is ReplyState.APPROVED and case.state is CaseState.OPEN:
        # Whoever approves what is posted has answered the customer.
        _note_contact(services, visitor, case, now)
    return GoTo(path=f"cases/{case.case_id}", notice=f"did_{form['act']}")


def _note_contact(services: Services, visitor: Visitor, case: RecoveryCase, now: datetime) -> None:
    changed, act = _changed(case, visitor, {"act": "contact"}, now)
    # Whoever changed it meanwhile sees what became of it; the answer goes out all the same.
    with suppress(ConflictError):
        services.store.save_case(changed, act)


def _changed(
    case: RecoveryCase, visitor: Visitor, form: Mapping[str, str], now: datetime
) -> tuple[RecoveryCase, Act]:
    from chalicelib.pages import cases as page

    by = visitor.contact
    detail = ""
    match page.read_case_action(form):
        case page.Taken():
            changed, what = take(case, by), ActKind.TAKE_CASE
        case page.Contacted():
            changed, what = contact(case, by, now), ActKind.CONTACT
        case page.Paused(wait=wait, reason=reason):
            changed, what = pause(case, now + wait, reason), ActKind.PAUSE_CASE
            detail = f"{wait.days} d"
        case page.Closed(state=state, root_cause=root_cause, note=note, cost_cents=cents):
            changed = close(
                case, state, by, now, root_cause=root_cause, note=note, cost_cents=cents
            )
            what, detail = ActKind.CLOSE_CASE, str(state)
        case _:
            raise ValueError("nothing was asked for")
    act = Act(
        business_id=case.business_id,
        at=now,
        who=by,
        what=what,
        about=f"case:{case.case_id}",
        detail=detail,
    )
    return changed, act


def _show(
    services: Services,
    visitor: Visitor,
    business: Business,
    case: RecoveryCase,
    query: Mapping[str, str],
    now: datetime,
    *,
    typed: Mapping[str, str] | None = None,
    wrong: str = "",
) -> str:
    from chalicelib.pages.cases import render_case
    from chalicelib.recover.advice import steps_for

    said = _said(services, case, now)
    return render_case(
        visitor,
        business,
        case,
        said=said,
        before=_before(services, case),
        steps=steps_for(said[0], visitor.language) if said else (),
        reply=_reply(services, visitor, business, said, now),
        acts=_acts(services, case, now),
        query=query,
        now=now,
        typed=typed,
        wrong=wrong,
    )


def _reply(
    services: Services,
    visitor: Visitor,
    business: Business,
    said: Sequence[ScoredFeedback],
    now: datetime,
) -> Reply | None:
    """The answer to the newest words, as it stands."""
    if not said:
        return None
    feedback_id = said[0].feedback.feedback_id
    return draft_for(services, business, feedback_id, visitor.language, now)


def _said(services: Services, case: RecoveryCase, now: datetime) -> list[ScoredFeedback]:
    """The newest words of this customer, newest first."""
    found = services.store.find(case.business_id, case.feedback_ids[-SAID_SHOWN:])
    kept = [as_kept(found[one], now) for one in reversed(case.feedback_ids) if one in found]
    return [one for one in kept if has_person(one)]


def _before(services: Services, case: RecoveryCase) -> list[RecoveryCase]:
    if not case.customer:
        return []
    cases = services.store.cases_of_customer(case.business_id, case.customer)
    others = [one for one in cases if one.case_id != case.case_id]
    return others[-BEFORE_SHOWN:][::-1]


def _acts(services: Services, case: RecoveryCase, now: datetime) -> Sequence[Act]:
    """Who did what about it, oldest first; looked for among the newest acts of all."""
    about = {f"case:{case.case_id}", *(f"reply:{one}" for one in case.feedback_ids)}
    read = services.store.acts(case.business_id, case.opened_at, now, ACTS_READ)
    return [one for one in reversed(read) if one.about in about][-ACTS_SHOWN:]
