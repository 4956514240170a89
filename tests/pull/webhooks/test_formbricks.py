"""Formbricks: a response while it is filled in and when it is finished, mapped by the file."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.domain.errors import FeedbackRefused
from chalicelib.domain.feedback import SurveyMetric
from tests.pull.webhooks.deliveries import FORMBRICKS
from tests.pull.webhooks.given import changed, receive, said


def test_a_delivery_becomes_feedback_without_any_settings() -> None:
    one = said("formbricks", FORMBRICKS)

    assert one.external_id == "fb-response-1"
    assert one.text == "bad service at the till\nVery unhappy"
    assert dict(one.survey_scores) == {}
    assert one.stars is None
    assert one.written_at == datetime(2026, 5, 4, 8, 50, tzinfo=UTC)
    assert one.updated_at == datetime(2026, 5, 4, 8, 57, tzinfo=UTC)
    assert (one.language, one.author_id, one.has_consent) == ("en", None, False)


def test_what_heedful_toml_names_is_taken_as_named() -> None:
    questions = {
        "nps": "recommend",
        "text": ["why", "wish"],
        "consent": "consent",
        "respondent": "contactAttributes.userId",
    }

    one = said("formbricks", FORMBRICKS, questions=questions)

    assert one.text == "bad service at the till\nWarmer tea, Seats"
    assert dict(one.survey_scores) == {SurveyMetric.NPS: 1.0}
    assert (one.author_id, one.has_consent) == ("c42", True)


def test_a_response_that_grows_is_one_feedback_whose_last_version_counts() -> None:
    early = changed(FORMBRICKS, "event", to="responseCreated")
    early = changed(early, "data", "data", to={"why": "bad service"})
    early = changed(early, "data", "updatedAt", to="2026-05-04T08:51:00.000Z")

    first, last = said("formbricks", early), said("formbricks", FORMBRICKS)

    assert first.feedback_id == last.feedback_id
    assert first.version < last.version
    assert first.text == "bad service"


def test_a_response_that_was_only_opened_is_no_feedback() -> None:
    opened = changed(FORMBRICKS, "data", "data", to={})

    assert receive("formbricks", opened).feedback == ()


@pytest.mark.parametrize("event", ["testEndpoint", "surveyDeleted", None, 7])
def test_other_events_are_answered_and_leave_nothing(event: Any) -> None:
    received = receive("formbricks", changed(FORMBRICKS, "event", to=event))

    assert (received.feedback, received.note) == ((), "not about a response")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("accepted", ""),
        ("clicked", ""),
        ("dismissed", ""),
        ("Ada", ""),
        ("ada@customers.example", ""),
        ("https://customers.example/a", ""),
        ("2026-05-04 10:00", ""),
        ("+49 30 1234567", ""),
        (5, ""),
        (["one choice", "another"], ""),
        ({"row": "column"}, ""),
        ("so cold", "so cold"),
    ],
)
def test_only_several_words_are_taken_for_the_customer_s(value: Any, text: str) -> None:
    body = changed(FORMBRICKS, "data", "data", to={"q": value, "r": 1})

    assert said("formbricks", body).text == text


def test_a_name_asked_by_a_readable_id_is_not_taken_for_words() -> None:
    body = changed(FORMBRICKS, "data", "data", to={"full_name": "Ada Sample", "n": 1})

    assert said("formbricks", body).text == ""


def test_the_survey_s_own_language_is_not_known() -> None:
    assert said("formbricks", changed(FORMBRICKS, "data", "language", to="default")).language is (
        None
    )


def test_a_response_without_an_id_is_refused_by_field() -> None:
    with pytest.raises(FeedbackRefused) as caught:
        receive("formbricks", changed(FORMBRICKS, "data", "id", to=None))

    assert caught.value.field == "data.id"
