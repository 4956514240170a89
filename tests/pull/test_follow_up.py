"""Ids that a source showed are asked for again in turn, and what is gone is taken back once."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.domain.feedback import Feedback, FeedbackKind
from chalicelib.pull.follow_up import KEPT_LIMIT, Shown, shown_from
from tests.pull.given import NOW

DAY = timedelta(days=1)


def said(key: str, days_ago: int = 0) -> Feedback:
    return Feedback(
        business_id="bakery",
        source="talk",
        external_id=key,
        kind=FeedbackKind.MENTION,
        text="cold",
        written_at=NOW - days_ago * DAY,
        updated_at=NOW,
    )


def some(*keys: str) -> Shown:
    return shown_from(None, NOW).with_page([said(key) for key in keys])


def test_the_first_asking_comes_one_interval_after_the_first_look() -> None:
    shown = some("a")

    assert not shown.is_due(NOW + DAY - timedelta(seconds=1), DAY)
    assert shown.is_due(NOW + DAY, DAY)
    assert not shown.asked(NOW + DAY).is_due(NOW + DAY, DAY)
    assert not some().is_due(NOW + DAY, DAY)


def test_those_asked_go_to_the_end_and_those_gone_leave_the_line() -> None:
    shown = some("a", "b", "c", "d")

    asked = shown.next_to_ask(2)
    after = shown.after_asking(asked, {"b"})

    assert asked == ("a", "b")
    assert list(after.ids) == ["c", "d", "a"]


def test_what_is_seen_again_need_not_be_asked_for_soon() -> None:
    assert list(some("a", "b").with_page([said("a")]).ids) == ["b", "a"]


def test_what_the_source_takes_back_itself_leaves_the_line() -> None:
    gone = replace(said("a"), is_deleted=True)

    assert list(some("a", "b").with_page([gone]).ids) == ["b"]


def test_only_so_many_are_kept_the_latest_seen() -> None:
    shown = some(*(f"f{place}" for place in range(KEPT_LIMIT + 5)))

    assert len(shown.ids) == KEPT_LIMIT
    assert next(iter(shown.ids)) == "f5"


def test_only_what_was_written_since_is_asked_for() -> None:
    shown = shown_from(None, NOW).with_page([said("old", 40), said("new", 3)])

    assert shown.next_to_ask(10, since=NOW - 30 * DAY) == ("new",)


def test_a_deletion_has_the_id_and_no_words() -> None:
    shown = shown_from(None, NOW).with_page([said("a", 2), said("b", 5), said("c")])

    one, two = shown.deletions(
        {"a", "b", "unknown"},
        business_id="bakery",
        source="talk",
        kind=FeedbackKind.MENTION,
        location="main",
        now=NOW,
    )

    assert (one.external_id, one.is_deleted, one.text) == ("b", True, "")
    assert (two.external_id, two.written_at, two.updated_at) == ("a", NOW - 2 * DAY, NOW)


def test_it_comes_back_from_the_cursor_as_it_went() -> None:
    shown = some("a", "b").asked(NOW + DAY)

    assert shown_from(shown.to_cursor(), NOW) == shown
    assert shown_from({"ids": "odd"}, NOW) == some()


def test_a_source_of_many_places_keeps_fewer_of_each() -> None:
    shown = shown_from(None, NOW).with_page([said(key) for key in "abcde"], limit=2)

    assert list(shown.ids) == ["d", "e"]


def test_an_answer_that_holds_none_of_many_is_no_sign_that_all_are_gone() -> None:
    assert Shown.gone_of(("a", "b", "c", "d"), ()) == {"a", "b", "c", "d"}
    assert Shown.gone_of(("a", "b", "c", "d", "e"), ()) == set()
    assert Shown.gone_of(("a", "b", "c", "d", "e"), ("a",)) == {"b", "c", "d", "e"}
