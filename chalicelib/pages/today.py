"""Today: what waits for this person, the most urgent first, each thing one tap away."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from chalicelib.domain.business import Business
from chalicelib.domain.case import RecoveryCase
from chalicelib.domain.incident import Incident, IncidentKind
from chalicelib.domain.request import PersonRequest
from chalicelib.domain.session import Visitor
from chalicelib.pages import cases as case_lines
from chalicelib.pages import incidents as incident_lines
from chalicelib.pages.lines import Line
from chalicelib.pages.owner_frame import notice_of, render_owner
from chalicelib.wording.clean import one_line
from chalicelib.wording.words import Words, words_in

NAME_LIMIT = 60


def render_today(
    visitor: Visitor,
    business: Business,
    *,
    incidents: Sequence[Incident],
    cases: Sequence[RecoveryCase],
    said: Mapping[str, str],
    is_all: bool,
    requests: Sequence[PersonRequest],
    query: Mapping[str, str],
    now: datetime,
) -> str:
    """The page. `said` are a customer's own words by case id, for those that are shown first;
    `is_all` is False when there are more cases than these."""
    words = words_in(visitor.language)
    told = [one for one in incidents if one.kind is not IncidentKind.SOURCE]
    broken = [one for one in incidents if one.kind is IncidentKind.SOURCE]
    sections = {
        "incidents": [incident_lines.line_of(one, business, words) for one in told],
        "cases": [
            case_lines.line_of(one, business, words, now, said=said.get(one.case_id, ""))
            for one in cases
        ],
        "requests": [request_line(one, words) for one in requests],
        "sources": [incident_lines.line_of(one, business, words) for one in broken],
    }
    shown = [(name, lines) for name, lines in sections.items() if lines]
    count = sum(len(lines) for _, lines in shown)
    lead = words.count("today.lead", count) if is_all else words.say("today.lead_many", n=count)
    return render_owner(
        "today.html",
        words,
        visitor,
        business,
        here="today",
        title=words.say("today.title", contact=one_line(visitor.contact, NAME_LIMIT)),
        notice=notice_of(query, words),
        sections=shown,
        lead=lead if count else "",
        has_more_cases=not is_all,
    )


def request_line(request: PersonRequest, words: Words) -> Line:
    """What somebody asks about their own words, with the day by which the law wants an answer."""
    due = words.day(date.fromisoformat(request.due_day))
    return Line(
        path=f"privacy/{request.request_id}",
        what=words.say(f"today.request_{request.kind}"),
        sub=words.say("today.request_due", day=due),
    )
