"""Cases: the list, one of them, and what its forms ask for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.audit import Act
from chalicelib.domain.business import Business
from chalicelib.domain.case import CaseState, RecoveryCase, Severity
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.reply import Reply
from chalicelib.domain.session import Visitor
from chalicelib.pages.lines import Line
from chalicelib.pages.owner_frame import notice_of, render_owner
from chalicelib.pages.spreadsheet import spreadsheet_of
from chalicelib.wording.clean import clean, one_line
from chalicelib.wording.quote import quote_of
from chalicelib.wording.words import Words, words_in

NAME_LIMIT, SAID_LIMIT, WRITTEN_LIMIT = 60, 90, 1_000
MOST_CENTS = 100_000_000
PAUSE_DAYS = (1, 3, 7, 14)
TYPED = ("act", "state", "root_cause", "cost", "note", "reason", "days", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacted:
    """Somebody spoke to the customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """It waits so long for something."""

    wait: timedelta
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """It ended so."""

    state: CaseState
    root_cause: str
    note: str
    cost_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """I look after it."""


CaseAction = Contacted | Paused | Closed | Taken


def read_case_action(form: Mapping[str, str]) -> CaseAction | None:
    """What a form on a case's page asks for, or None when it is none of ours."""
    match form.get("act"):
        case "take":
            return Taken()
        case "contact":
            return Contacted()
        case "pause":
            days = {str(number): number for number in PAUSE_DAYS}.get(form.get("days", ""))
            reason = _typed(form, "reason")
            return Paused(wait=timedelta(days=days), reason=reason) if days and reason else None
        case "close":
            return _read_closing(form)
        case _:
            return None


def read_cents(text: str) -> int | None:
    """`12`, `12.5`, `12,50` as cents; nothing is 0, and None what is no sum of money."""
    plain = text.strip().replace(",", ".")
    if not plain:
        return 0
    whole, _, part = plain.partition(".")
    if not (whole.isdecimal() and whole.isascii() and len(whole) <= 7 and len(part) <= 2):
        return None
    if part and not (part.isdecimal() and part.isascii()):
        return None
    return int(whole) * 100 + int(part.ljust(2, "0") or "0")


def _read_closing(form: Mapping[str, str]) -> Closed | None:
    states = {str(one): one for one in (CaseState.RECOVERED, CaseState.LOST)}
    state, cents = states.get(form.get("state", "")), read_cents(form.get("cost", ""))
    root_cause = _typed(form, "root_cause")
    if state is None or cents is None or not root_cause:
        return None
    note = _typed(form, "note")
    return Closed(state=state, root_cause=root_cause, note=note, cost_cents=cents)


def _typed(form: Mapping[str, str], name: str) -> str:
    return clean(form.get(name, ""))[:WRITTEN_LIMIT].strip()


def render_cases(
    visitor: Visitor,
    business: Business,
    *,
    open_ones: Sequence[RecoveryCase],
    ended: Sequence[RecoveryCase],
    query: Mapping[str, str],
    now: datetime,
) -> str:
    """The list: who waits, the one that is due first first; and how the last ones ended."""
    words = words_in(visitor.language)
    late = [one for one in open_ones if one.is_overdue(now)]
    others = [one for one in open_ones if not one.is_overdue(now)]
    sections = {"late": late, "open": others, "ended": ended}
    return render_owner(
        "cases.html",
        words,
        visitor,
        business,
        here="cases",
        title=words.say("cases.title"),
        notice=notice_of(query, words),
        sections=[
            (name, [line_of(one, business, words, now) for one in cases])
            for name, cases in sections.items()
            if cases
        ],
    )


def cases_table(cases: Sequence[RecoveryCase], business: Business, words: Words) -> str:
    """All of them as CSV: what people and programs count with, and no customer's word."""
    head = "id opened state topic place due owner contacted closed root_cause cost reopened"
    rows = [
        (
            one.case_id,
            one.opened_at.isoformat(timespec="seconds"),
            str(one.state),
            words.label("topic", one.cause) if one.cause else "",
            business.location_name(one.location or ""),
            one.due.isoformat(timespec="seconds") if one.due else "",
            one.owner or "",
            one.first_contacted_at.isoformat(timespec="seconds") if one.first_contacted_at else "",
            one.closed_at.isoformat(timespec="seconds") if one.closed_at else "",
            one.root_cause,
            f"{one.cost_cents / 100:.2f}",
            one.reopened,
        )
        for one in cases
    ]
    return spreadsheet_of([head.split(), *rows])


def line_of(
    case: RecoveryCase, business: Business, words: Words, now: datetime, *, said: str = ""
) -> Line:
    """A case as one line of a list; `said` are the customer's own words, where they are at hand."""
    quoted = words.say("cases.said", words=one_line(clean(said), SAID_LIMIT)) if said else ""
    about = title_of(case, business, words)
    beside = [
        about if said and case.cause else "",
        time_line(case, business, words, now),
        _owner(case, words),
    ]
    is_late = case.is_overdue(now)
    return Line(
        path=f"cases/{case.case_id}",
        what=quoted or about,
        sub=" · ".join(one for one in beside if one),
        pill=_pill(case, words, is_late=is_late),
        is_late=is_late or (case.is_open and case.severity is Severity.URGENT),
        is_good=case.state is CaseState.RECOVERED,
    )


def title_of(case: RecoveryCase, business: Business, words: Words) -> str:
    """What the case is about, in a few words."""
    topic = one_line(words.label("topic", case.cause), NAME_LIMIT) if case.cause else ""
    about = topic[:1].upper() + topic[1:] if topic else words.say("cases.unhappy")
    if case.location and len(business.locations) > 1:
        return f"{about}, {one_line(business.location_name(case.location), NAME_LIMIT)}"
    return about


def time_line(case: RecoveryCase, business: Business, words: Words, now: datetime) -> str:
    """By when, until when, or since when."""

    def at(moment: datetime) -> str:
        return words.moment(moment, business.time_zone)

    if case.paused_until is not None and now < case.paused_until:
        return words.say("cases.paused", moment=at(case.paused_until))
    if case.is_open and case.due is not None:
        form = "cases.overdue" if case.is_overdue(now) else "cases.due"
        return words.say(form, moment=at(case.due))
    if case.is_open and case.contacted_at is not None:
        return words.say("cases.contacted", moment=at(case.contacted_at))
    if case.closed_at is not None:
        return words.say("cases.closed", moment=at(case.closed_at))
    return words.say("cases.since", moment=at(case.opened_at))


def _pill(case: RecoveryCase, words: Words, *, is_late: bool) -> str:
    if is_late:
        return words.say("cases.late")
    if case.state is CaseState.OPEN and case.severity is Severity.URGENT:
        return words.say("case.severity.urgent")
    return words.say(f"case.state.{case.state}")


def _owner(case: RecoveryCase, words: Words) -> str:
    return one_line(case.owner, NAME_LIMIT) if case.owner else ""


def render_case(
    visitor: Visitor,
    business: Business,
    case: RecoveryCase,
    *,
    said: Sequence[ScoredFeedback],
    before: Sequence[RecoveryCase],
    steps: Sequence[str],
    reply: Reply | None,
    acts: Sequence[Act],
    query: Mapping[str, str],
    now: datetime,
    typed: Mapping[str, str] | None = None,
    wrong: str = "",
) -> str:
    """One case. `typed` is what stood in a form that was refused, `wrong` the message that says
    why (`cases.<wrong>`): nobody types twice."""
    words = words_in(visitor.language)
    return render_owner(
        "case.html",
        words,
        visitor,
        business,
        here=f"cases/{case.case_id}",
        title=title_of(case, business, words),
        notice=words.say(f"cases.{wrong}") if wrong else notice_of(query, words),
        case=case,
        line=line_of(case, business, words, now),
        opened=words.moment(case.opened_at, business.time_zone),
        quotes=[quote_of(one, None, business, words) for one in said],
        before=[line_of(one, business, words, now) for one in before],
        steps=steps,
        reply=reply,
        action=case.case_id,
        acts=[_act_line(one, business, words) for one in acts],
        typed={name: (typed or {}).get(name, "") for name in TYPED},
        pause_days=PAUSE_DAYS,
        cost=f"{case.cost_cents / 100:.2f}" if case.cost_cents else "",
        is_paused=case.paused_until is not None and now < case.paused_until,
    )


def _act_line(act: Act, business: Business, words: Words) -> str:
    name = act.what.partition(".")
    kind = f"case.act.{name[2]}" if name[0] == "case" else f"cases.act.{name[2]}"
    done = words.say(kind) if words.knows(kind) else str(act.what)
    moment = words.moment(act.at, business.time_zone)
    return words.say("cases.act_line", who=one_line(act.who, NAME_LIMIT), what=done, moment=moment)
