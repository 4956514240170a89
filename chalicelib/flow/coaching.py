"""Coaching: for each place what its team is thanked for, and what it may practise."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from chalicelib.domain.business import Business
from chalicelib.domain.clock import local_date
from chalicelib.domain.digest import Period
from chalicelib.domain.forgetting import as_kept, has_person
from chalicelib.domain.journey import Glimpse
from chalicelib.domain.sentiment import Polarity, Topic
from chalicelib.domain.session import Visitor
from chalicelib.ports import Services

DAYS = 28
GLIMPSES, PRAISED = 80, 8
# What a team is praised for, and not a product.
OF_A_TEAM = {Topic.STAFF_SERVICE, Topic.COMMUNICATION}


def coaching_page(
    services: Services,
    visitor: Visitor,
    business: Business,
    query: Mapping[str, str],
    now: datetime,
) -> str:
    """GET /o/coaching."""
    from chalicelib.learn.coaching import coaching_of
    from chalicelib.pages.coaching import render_coaching
    from chalicelib.recover.playbook import playbook_for

    last = date.fromisoformat(local_date(now, business.time_zone))
    period = Period(first=last - timedelta(days=DAYS - 1), last=last)
    counts = services.store.counts_at_a_glance(
        business.business_id, period.first.isoformat(), period.last.isoformat()
    )
    apart: list[str | None] = [place.location_id for place in business.locations]
    places = [coaching_of(counts, period, place) for place in (apart if len(apart) > 1 else [None])]
    book = playbook_for(visitor.language)
    return render_coaching(
        places,
        praise=_praise(services, business, period, now),
        advice=lambda one: book.first_step(one.emotion, one.topic),
        period=period,
        visitor=visitor,
        business=business,
    )


def _praise(
    services: Services, business: Business, period: Period, now: datetime
) -> dict[str, list[str]]:
    """Sentences of praise for a team by location, none of which names anybody but those listed."""
    from chalicelib.learn.coaching import names_nobody
    from chalicelib.learn.sayings import sayings_of

    found = services.store.newest_between(
        business.business_id, period.first.isoformat(), period.last.isoformat(), GLIMPSES
    )
    wanted = [one.feedback_id for one in found if _praises_a_team(one)][:PRAISED]
    praise: dict[str, list[str]] = {}
    for voice in services.store.voices(business.business_id, wanted) if wanted else ():
        kept = as_kept(voice, now)
        if not has_person(kept):
            continue
        said = (one.text for one in sayings_of(kept) if one.polarity is Polarity.POSITIVE)
        fitting = [one for one in said if names_nobody(one, business.named_in_praise)]
        praise.setdefault(kept.feedback.location, []).extend(fitting[:1])
    return praise


def _praises_a_team(glimpse: Glimpse) -> bool:
    return glimpse.polarity is Polarity.POSITIVE and any(
        one.name in OF_A_TEAM and one.polarity is Polarity.POSITIVE for one in glimpse.topics
    )
