"""Waiting: what Today shows a person of all that is open, overdue or due."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from chalicelib.domain.business import Business
from chalicelib.domain.case import RecoveryCase
from chalicelib.domain.forgetting import as_kept, has_person
from chalicelib.domain.session import Visitor
from chalicelib.ports import Services

INCIDENTS_SHOWN, CASES_SHOWN, REQUESTS_SHOWN = 10, 10, 10
# Each customer's words are one more row to read.
CASES_QUOTED = 5


def today_page(
    services: Services,
    visitor: Visitor,
    business: Business,
    query: Mapping[str, str],
    now: datetime,
) -> str:
    """What waits, from lists that hold nothing else: no page reads all that ever was."""
    from chalicelib.pages.today import render_today

    store, business_id = services.store, business.business_id
    cases = store.open_cases(business_id, CASES_SHOWN + 1)
    return render_today(
        visitor,
        business,
        incidents=store.listed_incidents(business_id, is_open=True, limit=INCIDENTS_SHOWN),
        cases=cases[:CASES_SHOWN],
        said=_said(services, cases[:CASES_QUOTED], now),
        is_all=len(cases) <= CASES_SHOWN,
        requests=store.open_requests(business_id, REQUESTS_SHOWN),
        query=query,
        now=now,
    )


def _said(services: Services, cases: Sequence[RecoveryCase], now: datetime) -> dict[str, str]:
    """Case id to the newest words of its customer, while they may be shown."""
    newest = {case.feedback_ids[-1]: case for case in cases if case.feedback_ids}
    if not newest:
        return {}
    found = services.store.find(cases[0].business_id, newest)
    kept = {feedback_id: as_kept(one, now) for feedback_id, one in found.items()}
    return {
        newest[feedback_id].case_id: one.feedback.text
        for feedback_id, one in kept.items()
        if has_person(one)
    }
