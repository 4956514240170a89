"""Ask: the public page on privacy, and what becomes of a request that comes through its form."""

import contextlib
from datetime import datetime

from chalicelib.domain.audit import Act, ActKind
from chalicelib.domain.business import Business
from chalicelib.domain.errors import ConflictError, UserError
from chalicelib.domain.request import Asked, PersonRequest, RequestKind, answer, as_kept, take
from chalicelib.flow.links import PageAnswer
from chalicelib.flow.protecting import tracer_of
from chalicelib.flow.telling import load_in_force
from chalicelib.flow.troubles import TRIES, trouble_of
from chalicelib.ports import Services
from chalicelib.privacy import requests

# No more in one round of the watch: what is left over comes a minute later.
AT_ONCE = 50


def notice_page(services: Services, business_id: str, language: str, accepted: str) -> PageAnswer:
    """What a business keeps of what is said, why and how long, and how to ask about one's own.

    `language` is the one asked for in the address, `accepted` the browser's `Accept-Language`.
    """
    from chalicelib.pages import notice

    business = services.store.load_business(business_id)
    if business is None:
        return _nothing_there()
    language = notice.choose_language(language, accepted, business)
    page = notice.render_notice_page(business, language, action=business_id)
    return PageAnswer(status=200, body=page, headers=notice.NOTICE_HEADERS)


def ask_about_words(
    services: Services,
    business_id: str,
    body: bytes,
    asked_in: tuple[str, str],
    now: datetime,
) -> PageAnswer:
    """Somebody asks about their own words: kept, and told to the owner by the watch. The answer
    repeats nothing that was typed, and a request that is sent twice on one day is one.

    `asked_in` is the language of the address and the browser's `Accept-Language`.
    """
    from chalicelib.pages import notice

    business = services.store.load_business(business_id)
    if business is None:
        return _nothing_there()
    language = notice.choose_language(*asked_in, business)
    read = notice.read_request(body.decode("utf-8", "replace"))
    kept = None if read is None else _keep(services, business, *read, language, now)
    if kept is None:
        refusal, status = ("incomplete", 400) if read is None else ("too_many", 429)
        page = notice.render_notice_page(business, language, action=business_id, refusal=refusal)
        return PageAnswer(status=status, body=page, headers=notice.ANSWER_HEADERS)
    page = notice.render_asked_page(kept, business, language, action=business_id)
    return PageAnswer(status=200, body=page, headers=notice.ANSWER_HEADERS)


def _nothing_there() -> PageAnswer:
    from chalicelib.pages.headers import PAGE_HEADERS
    from chalicelib.pages.notes import render_unknown_page

    return PageAnswer(status=404, body=render_unknown_page("en"), headers=PAGE_HEADERS)


def _keep(
    services: Services,
    business: Business,
    kind: RequestKind,
    asked: Asked,
    language: str,
    now: datetime,
) -> PersonRequest | None:
    """The request as it is kept; None when the form takes no more today."""
    store, business_id = services.store, business.business_id
    tracer = tracer_of(services, business)
    begun = requests.begin(business, kind, asked, language, tracer, now)
    known = store.load_request(business_id, begun.request_id)
    if known is not None:
        return known
    day = requests.budget_of(business, now)
    if not store.take_from_budget(
        business_id, day, 1, requests.MOST_A_DAY, paid_for=begun.request_id
    ):
        return None
    try:
        return store.save_request(begun)
    except ConflictError:
        # The button was pressed twice at once.
        return begun


def look_at_requests(services: Services, now: datetime) -> list[str]:
    """Tell the owners of every request whose time has come, and take out what was typed in those
    whose time is up. For the watch; the troubles of single businesses, which stopped no other."""
    troubles = []
    for request in services.store.due_requests(now, AT_ONCE):
        try:
            _look_at(services, request, now)
        except ConflictError:
            # Who was faster has told of it, or answered it.
            continue
        except Exception as error:  # noqa: BLE001  one business never stops another
            troubles.append(trouble_of(request.business_id, error))
    return troubles


def _look_at(services: Services, request: PersonRequest, now: datetime) -> None:
    business = load_in_force(services, request.business_id)
    if business is None:
        # Nobody is left to be told, and nobody to keep it for.
        services.store.save_request(requests.close_unowned(request))
        return
    dead = services.store.dead_addresses(business.business_id)
    after, told = requests.tell(request, business, dead, now)
    services.store.save_request(after, None, told)


def take_request(
    services: Services, business_id: str, request_id: str, by: str, now: datetime
) -> bool:
    """Somebody looks after it; False when there is none of that id."""
    return _change(services, business_id, request_id, by, ActKind.TAKE_REQUEST, now)


def answer_request(
    services: Services, business_id: str, request_id: str, by: str, now: datetime, *, how: str = ""
) -> bool:
    """Somebody answered it; False when there is none of that id. `how` is a word of ours."""
    return _change(services, business_id, request_id, by, ActKind.ANSWER_REQUEST, now, how)


def _change(
    services: Services,
    business_id: str,
    request_id: str,
    by: str,
    what: ActKind,
    now: datetime,
    how: str = "",
) -> bool:
    for _ in range(TRIES):
        request = services.store.load_request(business_id, request_id)
        if request is None:
            return False
        is_taken = what is ActKind.TAKE_REQUEST
        after = take(request, by) if is_taken else answer(request, by, now)
        if after == request:
            return True
        act = Act(
            business_id=business_id, at=now, who=by, what=what, about=request.about, detail=how
        )
        with contextlib.suppress(ConflictError):
            services.store.save_request(after, act)
            return True
    raise ConflictError("the request kept changing while somebody acted on it")


def load_request(
    services: Services, business: Business, request_id: str, now: datetime
) -> PersonRequest:
    """The request as it may still be read. Raises UserError when there is none of that id."""
    request = services.store.load_request(business.business_id, request_id)
    if request is None:
        raise UserError(f"there is no request {request_id} at {business.business_id}")
    return as_kept(request, now)
