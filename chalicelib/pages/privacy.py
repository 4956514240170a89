"""The owner's page on privacy: who waits for an answer about their own words, on which ground what
is done, who was erased, and who did what; and the page of one request."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from chalicelib.domain.audit import Act
from chalicelib.domain.business import Business, Purpose
from chalicelib.domain.clock import local_date
from chalicelib.domain.forgetting import Receipt
from chalicelib.domain.request import PersonRequest, RequestKind
from chalicelib.domain.session import Visitor
from chalicelib.pages.lines import Line
from chalicelib.pages.owner_frame import notice_of, render_owner
from chalicelib.wording.clean import clean, one_line
from chalicelib.wording.words import Words, words_in

NAME_LIMIT = 60
TAKE, ANSWER = "take", "answer"
COMMANDS: Mapping[RequestKind, str] = {
    RequestKind.ACCESS: "./dev heedful export-customer --request {request_id} --out customer.json",
    RequestKind.ERASURE: "./dev heedful erase-customer --request {request_id}",
    RequestKind.OBJECTION: "./dev heedful erase-customer --request {request_id}",
}


def render_privacy(
    visitor: Visitor,
    business: Business,
    *,
    open_ones: Sequence[PersonRequest],
    answered: Sequence[PersonRequest],
    receipts: Sequence[Receipt],
    acts: Sequence[Act],
    most_acts: int,
    query: Mapping[str, str],
    now: datetime,
) -> str:
    """The page. `acts` are the newest, `most_acts` of them at most."""
    words = words_in(visitor.language)
    return render_owner(
        "privacy.html",
        words,
        visitor,
        business,
        here="privacy",
        title=words.say("privacy.title"),
        notice=notice_of(query, words),
        public=f"../privacy/{business.business_id}",
        open_lines=[request_line(one, business, words, now) for one in open_ones],
        answered_lines=[request_line(one, business, words, now) for one in answered],
        grounds=[
            (
                words.say(f"public.purpose.{one}"),
                words.say(f"privacy.ground.{business.privacy.basis_of(one)}"),
            )
            for one in Purpose
        ],
        receipts=[_receipt_line(one, business, words) for one in receipts],
        trail=[_trail_line(one, business, words) for one in acts],
        older=words.say("privacy.older", n=most_acts) if len(acts) == most_acts else "",
    )


def request_line(request: PersonRequest, business: Business, words: Words, now: datetime) -> Line:
    """One request in a list, without a word of what was written."""
    what = words.say(f"request.kind.{request.kind}")
    path = f"privacy/{request.request_id}"
    if request.answered_at is not None:
        on = _day(request.answered_at, business, words)
        by = one_line(request.answered_by or "", NAME_LIMIT)
        return Line(path=path, what=what, sub=words.say("privacy.answered_on", who=by, day=on))
    is_late = request.due_day < local_date(now, business.time_zone)
    due = words.day(date.fromisoformat(request.due_day))
    sub = words.say("privacy.overdue" if is_late else "privacy.due", day=due)
    taken = request.taken_by
    pill = words.say("privacy.is_taken", who=one_line(taken, NAME_LIMIT)) if taken else ""
    return Line(path=path, what=what, sub=sub, pill=pill, is_late=is_late)


def render_person_request(
    visitor: Visitor,
    business: Business,
    request: PersonRequest,
    query: Mapping[str, str],
    now: datetime,
) -> str:
    """One request: what was written, by when, how to fulfil it, and the buttons."""
    words = words_in(visitor.language)
    is_late = request.due_day < local_date(now, business.time_zone)
    due = words.day(date.fromisoformat(request.due_day))
    command = COMMANDS.get(request.kind, "").format(request_id=request.request_id)
    return render_owner(
        "person_request.html",
        words,
        visitor,
        business,
        here=f"privacy/{request.request_id}",
        title=words.say(f"request.page.title_{request.kind}"),
        notice=notice_of(query, words),
        request=request,
        came=words.say("request.page.came", received=_day(request.received_at, business, words)),
        due=words.say("request.page.late" if is_late else "request.page.due", day=due),
        is_late=is_late,
        answered=_answered(request, business, words),
        taken=words.say("privacy.is_taken", who=one_line(request.taken_by, NAME_LIMIT))
        if request.taken_by
        else "",
        typed=_typed(request, words),
        advice=words.say(f"request.page.do_{request.kind}"),
        command=command,
        action=request.request_id,
    )


def _typed(request: PersonRequest, words: Words) -> list[tuple[str, str]]:
    asked = request.asked
    told = {
        "answer_to": asked.answer_to,
        "address": asked.address,
        "order": asked.order,
        "name": asked.name,
        "link": asked.link,
        "words": asked.words,
    }
    return [(words.say(f"request.page.{name}"), clean(said)) for name, said in told.items() if said]


def _answered(request: PersonRequest, business: Business, words: Words) -> str:
    if request.answered_at is None:
        return ""
    by = one_line(request.answered_by or "", NAME_LIMIT)
    day = _day(request.answered_at, business, words)
    return words.say("request.page.answered", who=by, day=day)


def _receipt_line(receipt: Receipt, business: Business, words: Words) -> str:
    return words.say(
        "privacy.receipt_open" if receipt.done_at is None else "privacy.receipt_done",
        day=_day(receipt.done_at or receipt.begun_at, business, words),
        n=len(receipt.feedback),
        requests=len(receipt.requests),
    )


def _trail_line(act: Act, business: Business, words: Words) -> str:
    return words.say(
        "privacy.trail_line",
        moment=words.moment(act.at, business.time_zone),
        who=one_line(act.who, NAME_LIMIT),
        what=words.label("trail", act.what),
    )


def _day(moment: datetime, business: Business, words: Words) -> str:
    return words.day(date.fromisoformat(local_date(moment, business.time_zone)))
