"""The owner's pages on privacy: what waits, one request, and its two buttons."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from chalicelib.domain.business import Business
from chalicelib.domain.request import as_kept
from chalicelib.domain.session import Visitor
from chalicelib.flow.asking import answer_request, take_request
from chalicelib.flow.links import GoTo
from chalicelib.ports import Services

# A page reads no more than this, whatever a flood of requests left.
OPEN_SHOWN, ANSWERED_SHOWN, ACTS_SHOWN, RECEIPTS_SHOWN = 50, 20, 50, 20
TRAIL = timedelta(days=90)


def privacy_page(
    services: Services,
    visitor: Visitor,
    business: Business,
    query: Mapping[str, str],
    now: datetime,
) -> str:
    """Who waits for an answer, on which grounds what is done, who was erased, who did what."""
    from chalicelib.pages.privacy import render_privacy

    store, business_id = services.store, business.business_id
    latest = store.requests_of(business_id, ANSWERED_SHOWN)
    return render_privacy(
        visitor,
        business,
        open_ones=store.open_requests(business_id, OPEN_SHOWN),
        answered=[as_kept(one, now) for one in latest if not one.is_open],
        receipts=store.receipts(business_id)[: -RECEIPTS_SHOWN - 1 : -1],
        acts=store.acts(business_id, now - TRAIL, now, ACTS_SHOWN),
        most_acts=ACTS_SHOWN,
        query=query,
        now=now,
    )


def request_of_name(
    services: Services,
    visitor: Visitor,
    business: Business,
    name: str,
    query: Mapping[str, str],
    now: datetime,
) -> str | None:
    """One request, with what was written while it may be read."""
    from chalicelib.pages.privacy import render_person_request

    request = services.store.load_request(business.business_id, name)
    if request is None:
        return None
    return render_person_request(visitor, business, as_kept(request, now), query, now)


def act_on_request(
    services: Services,
    visitor: Visitor,
    business: Business,
    name: str,
    form: Mapping[str, str],
    now: datetime,
) -> GoTo | None:
    """One of its buttons; pressed twice it is pressed once."""
    from chalicelib.pages import privacy as page

    here = f"privacy/{name}"
    match form.get("act"):
        case page.TAKE:
            is_there = take_request(services, business.business_id, name, visitor.contact, now)
            notice = "did_take"
        case page.ANSWER:
            is_there = answer_request(services, business.business_id, name, visitor.contact, now)
            notice = "did_answer_request"
        case _:
            return GoTo(path=here, notice="not_understood")
    return GoTo(path=here, notice=notice) if is_there else None
