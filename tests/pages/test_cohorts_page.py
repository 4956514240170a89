"""The page of the two groups: the warning always, a comparison only when there are enough."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.case import Severity
from chalicelib.domain.session import Role, Visitor
from chalicelib.learn.cohorts import FollowUp, compare
from chalicelib.pages.cohorts import render_cohorts_page
from tests.learn.samples import a_business

BEGAN = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def page(spoken_to: int, others: int, language: str = "en", back: int | None = 47) -> str:
    """So many who were spoken to and came back on that day, so many others who did not."""
    customers = [
        FollowUp(
            began_at=BEGAN,
            seen_until=BEGAN + 300 * DAY,
            severity=Severity.NORMAL,
            contacted_at=BEGAN + DAY if number < spoken_to else None,
            returned_at=BEGAN + back * DAY if number < spoken_to and back else None,
        )
        for number in range(spoken_to + others)
    ]
    visitor = Visitor(business_id="bakery", contact="Rosa", role=Role.OWNER, language=language)
    return render_cohorts_page(compare(customers), visitor=visitor, business=a_business())


@pytest.mark.parametrize(("spoken_to", "others"), [(0, 0), (1, 0), (19, 40), (40, 19)])
def test_too_few_customers_are_not_compared(spoken_to: int, others: int) -> None:
    html = page(spoken_to, others)

    assert "Too few to say: both groups need 20 customers." in html
    assert "This is no proof" in html
    assert "<polyline" not in html


def test_a_difference_is_told_with_its_range_below_the_warning() -> None:
    html = page(20, 20)

    assert html.index("This is no proof") < html.index("more were back after 90 days")
    assert "20 were spoken to, 20 were not." in html
    assert "<dd>100 (84 to 100)</dd>" in html
    assert "<dd>+100 (+77 to +100)</dd>" in html


def test_no_difference_is_called_none() -> None:
    html = page(20, 20, back=None)

    assert "no difference that chance could not explain" in html
    assert "<dd>0 (0 to 16)</dd>" in html


def test_the_staircase_rises_on_the_day_of_the_return() -> None:
    html = page(20, 20)

    # 40 days after the landmark, of 180 that the picture shows.
    assert 'points="40.0,96.0 100.4,96.0 100.4,10.0 312.0,10.0"' in html
    assert 'points="40.0,96.0 312.0,96.0"' in html


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_blank_is_left_unfilled(language: str) -> None:
    for html in (page(0, 0, language), page(25, 21, language)):
        assert "{" not in html.split("</style>")[1]
        assert "None" not in html
