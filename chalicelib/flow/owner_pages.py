"""The owner's pages: which function makes which page, and what each of their forms does.

A page is one line of a table below and one in the frame's `TABS` or `MORE` (`pages.owner_frame`),
with its name in the catalogue (`nav.metrics`). Its function shows and never changes anything; what
changes something is an act. Modules named here are imported by every call of the public function,
webhooks among them: they import what renders (`chalicelib.pages…`) inside their functions.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from urllib.parse import quote, urlencode

from chalicelib.domain.business import Business
from chalicelib.domain.errors import ConflictError, TransitionError
from chalicelib.domain.session import Visitor
from chalicelib.flow import (
    case_pages,
    coaching,
    improving,
    incident_pages,
    mapping,
    measuring,
    privacy_pages,
    profiling,
    waiting,
)
from chalicelib.flow.links import Download, GoTo, PageAnswer
from chalicelib.flow.signing_in import (
    Headers,
    SignedIn,
    find_visitor,
    public_answer,
    signed_out_page,
)
from chalicelib.ports import Services

# The page as HTML, or a file to keep. A page of one thing gets its name too, and answers None when
# there is none. What a form was refused for is shown as HTML with what was typed still in it.
ShowPage = Callable[[Services, Visitor, Business, Mapping[str, str], datetime], "str | Download"]
ShowNamed = Callable[
    [Services, Visitor, Business, str, Mapping[str, str], datetime], "str | Download | None"
]
DoAct = Callable[
    [Services, Visitor, Business, str, Mapping[str, str], datetime], "GoTo | str | None"
]

# GET /o/{page}: `page(services, visitor, business, query, now)`.
PAGES: Mapping[str, ShowPage] = {
    "today": waiting.today_page,
    "incidents": incident_pages.incidents_page,
    "cases": case_pages.cases_page,
    "journey": mapping.journey_page,
    "empathy-map": mapping.empathy_map_page,
    "blueprint": mapping.blueprint_page,
    "voices": mapping.voices_page,
    "improvements": improving.improvements_page,
    "coaching": coaching.coaching_page,
    "metrics": measuring.metrics_page,
    "customers": profiling.customers_page,
    "privacy": privacy_pages.privacy_page,
}

# GET /o/{page}/{name}: `page(services, visitor, business, name, query, now)`.
NAMED_PAGES: Mapping[str, ShowNamed] = {
    "incidents": incident_pages.incident_of_name,
    "cases": case_pages.case_of_name,
    "improvements": improving.improvement_of_name,
    "metrics": measuring.metrics_of_name,
    "customers": profiling.customer_of_name,
    "privacy": privacy_pages.request_of_name,
}

# POST /o/{page}/{name}: `act(services, visitor, business, name, form, now)`. Whoever only looks is
# refused before any of them.
ACTS: Mapping[str, DoAct] = {
    "incidents": incident_pages.act_on_named_incident,
    "cases": case_pages.act_on_named_case,
    "empathy-map": mapping.mark_quote,
    "improvements": improving.act_on_improvement,
    "customers": profiling.act_on_customers,
    "privacy": privacy_pages.act_on_request,
}


def owner_page(
    services: Services,
    page: str,
    name: str,
    headers: Headers,
    query: Mapping[str, str],
    now: datetime,
) -> PageAnswer:
    """GET of one of the owner's pages, of one thing when `name` is not ""."""
    signed_in = find_visitor(services, headers, now)
    if signed_in is None:
        return _strangers(services, page, name, headers, query)
    visitor, business = signed_in.visitor, signed_in.business
    if name:
        named = NAMED_PAGES.get(page)
        shown = named(services, visitor, business, name, query, now) if named else None
    else:
        listed = PAGES.get(page)
        shown = listed(services, visitor, business, query, now) if listed else None
    if isinstance(shown, Download):
        return _download(shown)
    return _missing(signed_in, page, name) if shown is None else _page(200, shown)


def owner_act(
    services: Services, page: str, name: str, headers: Headers, body: bytes, now: datetime
) -> PageAnswer:
    """POST of a form on one of them: only from our own page, only by who may act."""
    from chalicelib.pages.actions import read_form
    from chalicelib.pages.sign_in import comes_from_us

    signed_in = find_visitor(services, headers, now)
    if signed_in is None:
        return signed_out_page(services, headers, depth=_depth(name))
    if not comes_from_us(headers):
        return _refused(signed_in, page, name, "foreign")
    if not signed_in.visitor.may_act:
        return _refused(signed_in, page, name, "only_looks")
    act = ACTS.get(page)
    form = read_form(body.decode("utf-8", "replace"))
    try:
        done = (
            act(services, signed_in.visitor, signed_in.business, name, form, now) if act else None
        )
    except (ConflictError, TransitionError):
        done = GoTo(path=f"{page}/{name}", notice="refused")
    if done is None:
        return _missing(signed_in, page, name)
    if isinstance(done, str):
        return _page(200, done)
    return _go_to(done, depth=_depth(name))


def _depth(name: str) -> int:
    return 2 if name else 1


def _strangers(
    services: Services, page: str, name: str, headers: Headers, query: Mapping[str, str]
) -> PageAnswer:
    """Whoever comes over a link from elsewhere has left the strict cookie behind: a page of ours
    goes on by itself, and brings it along."""
    from chalicelib.pages.sign_in import came_over, language_of, render_step

    if came_over(headers, query):
        target = "?" + urlencode({**query, "again": "1"})
        return public_answer(200, render_step(target, language=language_of(headers)))
    return signed_out_page(services, headers, depth=_depth(name))


def _missing(signed_in: SignedIn, page: str, name: str) -> PageAnswer:
    return _refused(signed_in, page, name, "line", status=404)


def _refused(
    signed_in: SignedIn, page: str, name: str, line: str, *, status: int = 403
) -> PageAnswer:
    from chalicelib.pages.owner_frame import render_missing

    here = f"{page}/{name}" if name else page
    shown = render_missing(signed_in.visitor, signed_in.business, here=here, line=line)
    return _page(status, shown)


def _go_to(done: GoTo, *, depth: int) -> PageAnswer:
    path = quote(done.path, safe="/")
    query = f"?{urlencode({'notice': done.notice})}" if done.notice else ""
    there = f"{'../' * (depth - 1)}{path}{query}"
    return _page(303, "", {"Location": there})


def _download(file: Download) -> PageAnswer:
    named = quote(file.file_name)
    disposition = f"attachment; filename*=UTF-8''{named}"
    more = {"Content-Type": file.content_type, "Content-Disposition": disposition}
    return _page(200, file.text, more)


def _page(status: int, body: str, more: Headers = MappingProxyType({})) -> PageAnswer:
    from chalicelib.pages.owner_frame import OWNER_HEADERS

    return PageAnswer(status=status, body=body, headers={**OWNER_HEADERS, **more})
