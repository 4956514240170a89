"""A walk reads down to its mark, goes on where it stopped, and never misses what is between."""

from datetime import timedelta

import pytest

from chalicelib.domain.clock import to_text
from chalicelib.domain.errors import SourceContractError
from chalicelib.domain.feedback import Feedback, FeedbackKind
from chalicelib.pull.newest_first import Walk, above_mark, newest_of, walk_from
from tests.pull.given import NOW


def said(minutes: int) -> Feedback:
    moment = NOW + timedelta(minutes=minutes)
    return Feedback(
        business_id="bakery",
        source="talk",
        external_id=f"f{minutes}",
        kind=FeedbackKind.REVIEW,
        text="cold",
        written_at=moment,
        updated_at=moment,
    )


def test_the_mark_moves_only_when_the_walk_is_complete() -> None:
    walk = Walk(mark="10")

    first = walk.after_page(newest="40", token="t1", reached_mark=False)
    second = first.after_page(newest="30", token="t2", reached_mark=False)
    third = second.after_page(newest="20", token="t3", reached_mark=True)

    assert (first.mark, first.pending, first.token, first.is_complete) == ("10", "40", "t1", False)
    assert (second.mark, second.pending, second.token) == ("10", "40", "t2")
    assert third == Walk(mark="40")
    assert third.is_complete


def test_a_walk_ends_where_there_is_no_further_page() -> None:
    assert Walk().after_page(newest="40", token=None, reached_mark=False) == Walk(mark="40")
    assert Walk().after_page(newest="40", token="", reached_mark=False) == Walk(mark="40")


def test_a_page_without_feedback_leaves_the_mark() -> None:
    assert Walk(mark="10").after_page(newest=None, token=None, reached_mark=False) == Walk(
        mark="10"
    )


def test_a_walk_goes_on_from_its_cursor() -> None:
    walk = Walk(mark="10", pending="40", token="t1")

    assert walk_from(walk.to_cursor()) == walk
    assert walk_from(Walk().to_cursor()) == Walk()


@pytest.mark.parametrize("cursor", [None, 5, "mark", [], {}, {"mark": None, "token": ""}])
def test_what_is_no_cursor_is_a_fresh_walk(cursor: object) -> None:
    assert walk_from(cursor) == Walk()


def test_an_expired_token_starts_again_from_the_old_mark_once_a_look() -> None:
    walk = Walk(mark="10", pending="40", token="t1")

    again = walk.restart(NOW)

    assert again is not None
    assert (again.mark, again.pending, again.token) == ("10", None, None)
    assert not again.is_complete
    further = again.after_page(newest="50", token="t5", reached_mark=False)
    assert further.restart(NOW) is None
    assert further.restart(NOW + timedelta(hours=1)) is not None
    assert further.after_page(newest="9", token=None, reached_mark=True) == Walk(mark="50")


def test_a_walk_without_a_token_has_nothing_to_restart() -> None:
    assert Walk(mark="10").restart(NOW) is None


def test_a_source_that_names_the_same_page_for_ever_is_in_trouble() -> None:
    walk = Walk().after_page(newest="40", token="t1", reached_mark=False)

    with pytest.raises(SourceContractError, match="same page again"):
        walk.after_page(newest="40", token="t1", reached_mark=False)


def test_a_page_is_cut_below_the_mark_and_its_overlap() -> None:
    page = [said(5), said(0), said(-9), said(-10), said(-11)]

    fresh, reached = above_mark(page, to_text(NOW))

    assert [one.external_id for one in fresh] == ["f5", "f0", "f-9", "f-10"]
    assert reached
    assert above_mark(page[:4], to_text(NOW)) == (page[:4], False)
    assert above_mark(page, None) == (page, False)


def test_the_newest_of_a_page_is_found_wherever_it_stands() -> None:
    assert newest_of([said(1), said(5), said(0)]) == to_text(NOW + timedelta(minutes=5))
    assert newest_of([]) is None
