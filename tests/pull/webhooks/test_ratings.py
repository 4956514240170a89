"""Ratings of help desks as they are given: Zendesk in both its forms, Intercom, and no guess."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.domain.errors import FeedbackRefused
from chalicelib.domain.feedback import SurveyMetric
from chalicelib.pull.webhooks.zendesk import BODY_TEMPLATE
from tests.pull.webhooks.deliveries import INTERCOM, ZENDESK
from tests.pull.webhooks.given import changed, receive, said

EVENT = {
    "type": "zen:event-type:ticket.csat_received",
    "account_id": 1,
    "id": "zd-event-1",
    "time": "2026-05-04T08:55:30Z",
    "zendesk_event_version": "2022-11-06",
    "subject": "zen:ticket:35436",
    "detail": {"id": "35436", "requester_id": "20978392", "status": "SOLVED"},
    "event": {"satisfaction_score": {"score": "BAD", "comment": "bad answer, and late"}},
}


@pytest.mark.parametrize("body", [ZENDESK, EVENT])
def test_both_forms_of_zendesk_say_the_same(body: dict[str, Any]) -> None:
    one = said("zendesk_rating", body, questions={"respondent": "requester_id"})

    assert (one.external_id, one.text, one.stars) == ("ticket 35436", "bad answer, and late", 1.0)
    assert dict(one.survey_scores) == {SurveyMetric.CSAT: 1.0}
    assert one.written_at == datetime(2026, 5, 4, 8, 55, 30, tzinfo=UTC)
    assert (one.author_id, one.order_reference) == ("20978392", None)


@pytest.mark.parametrize(
    ("rating", "stars"),
    [
        ("Good", 5.0),
        ("good, I'm satisfied", 5.0),
        ("Bad", 1.0),
        ("bad, I'm unsatisfied", 1.0),
        ("GOOD", 5.0),
        (4, 4.0),
        ("2", 2.0),
    ],
)
def test_a_rating_is_good_or_bad_or_a_number_of_stars(rating: Any, stars: float) -> None:
    assert said("zendesk_rating", changed(ZENDESK, "rating", to=rating)).stars == stars


@pytest.mark.parametrize("rating", ["Offered", "Unoffered", "", None, "Goodness", 0, 6, "Badly"])
def test_an_offered_survey_is_no_rating(rating: Any) -> None:
    received = receive("zendesk_rating", changed(ZENDESK, "rating", to=rating))

    assert (received.feedback, received.note) == ((), "offered, not rated")


def filled(comment: str) -> bytes:
    """The template as Zendesk fills it in: nothing is escaped."""
    sent = BODY_TEMPLATE
    for name, value in {
        "ticket.id": "35436",
        "satisfaction.current_rating": "Bad",
        "ticket.requester.id": "20978392",
        "ticket.updated_at_with_timestamp": "2026-05-04T08:55:30Z",
        "satisfaction.current_comment": comment,
    }.items():
        sent = sent.replace("{{" + name + "}}", value)
    return sent.encode()


def test_a_quotation_mark_in_a_comment_loses_neither_stars_nor_words() -> None:
    one = said("zendesk_rating", filled('They said "no".\nTwice!"}'))

    assert (one.external_id, one.stars) == ("ticket 35436", 1.0)
    assert one.text == 'They said "no".\nTwice!"}'


@pytest.mark.parametrize(
    "comment",
    [
        'x", "ticket_id": "7',
        'x", "rating": "good',
        'x", "rated_at": "2031-01-01T00:00:00Z',
        'x", "id": "zd-event-1',
        'x", "type": "zen:event-type:ticket.created',
        'x", "type": "zen:event-type:ticket.csat_received", "detail": {"id": "7"}, "y": "',
        'x", "comment": "all is well',
    ],
)
def test_a_comment_that_looks_like_more_fields_is_words_and_nothing_else(comment: str) -> None:
    one = said("zendesk_rating", filled(comment))

    assert (one.external_id, one.stars, one.text) == ("ticket 35436", 1.0, comment)
    assert one.written_at == datetime(2026, 5, 4, 8, 55, 30, tzinfo=UTC)
    assert (
        receive("zendesk_rating", filled(comment)).delivery_id
        == receive("zendesk_rating", filled("x")).delivery_id
    )


def test_a_comment_that_was_escaped_is_read_as_it_was_written() -> None:
    one = said("zendesk_rating", filled('They said \\"no\\".\\nTwice!'))

    assert one.text == 'They said "no".\nTwice!'


def test_an_empty_comment_leaves_the_stars_alone() -> None:
    one = said("zendesk_rating", filled(""))

    assert (one.external_id, one.stars, one.text) == ("ticket 35436", 1.0, "")


def test_a_later_rating_of_a_ticket_replaces_the_earlier() -> None:
    later = changed(ZENDESK, "rating", to="Good")
    later = changed(later, "rated_at", to="2026-05-04T08:59:00Z")

    first, second = said("zendesk_rating", ZENDESK), said("zendesk_rating", later)

    assert first.feedback_id == second.feedback_id
    assert first.version < second.version
    assert (
        receive("zendesk_rating", ZENDESK).delivery_id
        != receive("zendesk_rating", later).delivery_id
    )


def test_other_events_of_zendesk_leave_nothing() -> None:
    other = changed(EVENT, "type", to="zen:event-type:ticket.created")

    assert receive("zendesk_rating", other).feedback == ()
    with pytest.raises(FeedbackRefused):
        receive("zendesk_rating", changed(ZENDESK, "ticket_id", to=...))


def test_a_rating_of_intercom_becomes_feedback() -> None:
    one = said("intercom_rating", INTERCOM, questions={"respondent": "contact.external_id"})

    assert (one.external_id, one.text, one.stars) == ("conversation 1234", "bad help", 1.0)
    assert one.written_at == datetime.fromtimestamp(1777884890, UTC)
    assert one.author_id == "c42"
    assert receive("intercom_rating", INTERCOM).delivery_id == "notif-1"


def test_a_remark_that_comes_after_the_stars_is_a_later_version() -> None:
    stars = changed(INTERCOM, "data", "item", "conversation_rating", "remark", to=None)
    remark = changed(INTERCOM, "topic", to="conversation.rating.remarked")
    remark = changed(remark, "created_at", to=1777884960)

    first, second = said("intercom_rating", stars), said("intercom_rating", remark)

    assert first.feedback_id == second.feedback_id
    assert first.version < second.version
    assert (first.text, second.text) == ("", "bad help")


@pytest.mark.parametrize("topic", ["ping", "conversation.user.created", None])
def test_other_topics_of_intercom_leave_nothing(topic: Any) -> None:
    assert receive("intercom_rating", changed(INTERCOM, "topic", to=topic)).feedback == ()


def test_a_conversation_without_an_id_or_a_rating_is_told_apart() -> None:
    with pytest.raises(FeedbackRefused):
        receive("intercom_rating", changed(INTERCOM, "data", "item", "id", to=None))
    unrated = changed(INTERCOM, "data", "item", "conversation_rating", to=None)
    assert receive("intercom_rating", unrated).feedback == ()
