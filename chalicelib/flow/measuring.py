"""Measure: the page of figures, and the same as a table.

Count rows and a few dozen cases are all that is read: a quarter of a year costs the same whether
a hundred or a hundred thousand voices were heard.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from chalicelib.domain.business import Business
from chalicelib.domain.clock import local_date
from chalicelib.domain.digest import Period
from chalicelib.domain.metric import Group, MetricSheet
from chalicelib.domain.session import Visitor
from chalicelib.flow.links import Download
from chalicelib.ports import Services

# The newest that ended and the first that are due: eight rows are a read unit, and a page may cost
# twenty, of which the counts of ninety dates take twelve.
ENDED_READ, OPEN_READ = 40, 20
# The page of the two groups reads cases alone, of a year.
COHORTS_ENDED_READ, COHORTS_OPEN_READ = 100, 30
COHORTS_REACH = timedelta(days=365)


def metrics_page(
    services: Services,
    visitor: Visitor,
    business: Business,
    query: Mapping[str, str],
    now: datetime,
) -> str | Download:
    """GET /o/metrics: of the last 28 or 90 local dates, at one place or at all; with `as=csv` as a
    table to keep."""
    from chalicelib.pages import metrics
    from chalicelib.pages.spreadsheet import CSV

    asked = query.get("days", "")
    days = int(asked) if asked in {str(one) for one in metrics.PERIODS} else metrics.PERIODS[0]
    place = query.get("place", "")
    location = place if place in {one.location_id for one in business.locations} else None
    sheet = metric_sheet(services, business, days, now, location=location)
    if query.get("as") == "csv":
        return Download(
            file_name=metrics.table_name(sheet, visitor=visitor),
            content_type=CSV,
            text=metrics.metrics_table(sheet, visitor=visitor),
        )
    return metrics.render_metrics_page(sheet, visitor=visitor, business=business)


def metrics_of_name(
    services: Services,
    visitor: Visitor,
    business: Business,
    name: str,
    query: Mapping[str, str],
    now: datetime,
) -> str | None:
    """GET /o/metrics/cohorts: customers who were spoken to against those who were not."""
    if name != "cohorts":
        return None
    from chalicelib.learn.cohorts import compare, follow_ups
    from chalicelib.pages.cohorts import render_cohorts_page

    store, business_id = services.store, business.business_id
    first, last = ((now - back).date().isoformat() for back in (COHORTS_REACH, timedelta()))
    cases = [
        *store.cases_closed_between(business_id, first, last, COHORTS_ENDED_READ),
        *store.open_cases(business_id, COHORTS_OPEN_READ),
    ]
    compared = compare(follow_ups(cases, now))
    return render_cohorts_page(compared, visitor=visitor, business=business)


def metric_sheet(
    services: Services,
    business: Business,
    days: int,
    now: datetime,
    *,
    location: str | None = None,
) -> MetricSheet:
    """All metrics of so many local dates, of which today is the last."""
    from chalicelib.learn.recovery_rate import recovery_metrics
    from chalicelib.learn.sheet import sheet_of
    from chalicelib.learn.worth import churn, empathy_return, lifetime_value, retention

    today = date.fromisoformat(local_date(now, business.time_zone))
    period = Period(first=today - timedelta(days=days - 1), last=today)
    counts = services.store.counts_at_a_glance(
        business.business_id, period.first.isoformat(), period.last.isoformat()
    )
    store, business_id = services.store, business.business_id
    ended = store.cases_closed_between(
        business_id, period.first.isoformat(), period.last.isoformat(), ENDED_READ
    )
    cases = [
        [one for one in found if location in (None, one.location)]
        for found in (ended, store.open_cases(business_id, OPEN_READ))
    ]
    stayed = retention(0, 0)
    return sheet_of(
        counts,
        period,
        business.sources,
        location=location,
        beside={
            Group.RECOVERY: recovery_metrics(cases[0], cases[1], now),
            Group.EMPATHY: [empathy_return(business.customer_year, cases[0])],
            # Nothing tells yet who buys again: see docs/metrics.md.
            Group.WORTH: [
                stayed,
                churn(stayed),
                lifetime_value(business.customer_year, churn(stayed)),
            ],
        },
    )
