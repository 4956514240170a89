"""Requests of people: by when the law wants an answer, and what is left of one."""

from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.domain.request import (
    Asked,
    PersonRequest,
    RequestKind,
    answer,
    as_kept,
    due_day_of,
    is_about_request,
    request_id_of,
    take,
    without_words,
)

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
REQUEST = PersonRequest(
    business_id="bakery",
    request_id="2026-05-04-aaa",
    kind=RequestKind.ACCESS,
    received_at=NOW,
    due_day="2026-06-04",
    asked=Asked(answer_to="quirina@post.example", words="what do you keep?"),
    traces=("trace",),
    look_at=NOW,
)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-05-04", "2026-06-04"),
        ("2026-12-04", "2027-01-04"),
        ("2026-11-30", "2026-12-30"),
        ("2026-01-31", "2026-02-28"),
        ("2028-01-31", "2028-02-29"),
        ("2026-03-31", "2026-04-30"),
        ("2026-02-28", "2026-03-28"),
    ],
)
def test_the_answer_is_due_on_the_same_date_of_the_next_month(received: str, due: str) -> None:
    assert due_day_of(date.fromisoformat(received)) == date.fromisoformat(due)


def test_an_answered_request_tells_nobody_and_keeps_who_answered_first() -> None:
    answered = answer(take(REQUEST, "Rosa"), "Ben", NOW)

    assert not answered.is_open
    assert (answered.taken_by, answered.answered_by) == ("Rosa", "Ben")
    assert answered.look_at == NOW + timedelta(days=7)
    assert answer(answered, "Eve", NOW + timedelta(days=1)) == answered
    assert take(answered, "Eve") == answered


def test_what_was_typed_is_gone_a_week_after_the_answer_and_the_receipt_stays() -> None:
    answered = answer(REQUEST, "Rosa", NOW)
    end = NOW + timedelta(days=7)

    assert as_kept(answered, end - timedelta(microseconds=1)) == answered
    left = as_kept(answered, end)
    assert left == without_words(answered)
    assert (left.asked, left.traces, left.look_at) == (Asked(), (), None)
    assert (left.kind, left.answered_by, left.due_day) == ("access", "Rosa", "2026-06-04")
    assert as_kept(REQUEST, NOW + timedelta(days=300)) == REQUEST


def test_a_request_without_words_waits_for_nothing_once_answered() -> None:
    assert without_words(REQUEST).look_at == NOW
    assert answer(without_words(REQUEST), "Rosa", NOW).look_at is None


def test_a_notification_names_its_request() -> None:
    assert is_about_request(REQUEST.about)
    assert request_id_of(REQUEST.about) == "2026-05-04-aaa"
    assert not is_about_request("spike-000012")
