"""Waiting: what Today shows a person of all that is open, overdue or due."""

from collections.abc import Mapping
from datetime import datetime

from chalicelib.domain.business import Business
from chalicelib.domain.session import Visitor
from chalicelib.ports import Services


def today_page(
    services: Services,
    visitor: Visitor,
    business: Business,
    query: Mapping[str, str],
    now: datetime,
) -> str:
    """What waits, from lists that hold nothing else: no page reads all that ever was."""
    from chalicelib.pages.owner_frame import notice_of
    from chalicelib.pages.today import render_today
    from chalicelib.wording.words import words_in

    return render_today(
        visitor,
        business,
        incidents=services.store.open_incidents(business.business_id),
        now=now,
        notice=notice_of(query, words_in(visitor.language)),
    )
