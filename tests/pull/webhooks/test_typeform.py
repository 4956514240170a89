"""Typeform: every field of a delivery, each kind of answer, and what is not guessed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.domain.errors import FeedbackRefused
from chalicelib.domain.feedback import FeedbackKind, SurveyMetric
from tests.pull.webhooks.deliveries import TYPEFORM
from tests.pull.webhooks.given import NOW, changed, receive, said


def test_a_delivery_becomes_feedback_without_any_settings() -> None:
    one = said("typeform", TYPEFORM)

    assert (one.source, one.external_id, one.kind) == (
        "after-visit",
        "tf-token-1",
        FeedbackKind.SURVEY,
    )
    assert one.text == "bad crust, schön kalt 🥖"
    assert dict(one.survey_scores) == {SurveyMetric.NPS: 2.0, SurveyMetric.CSAT: 1.0}
    assert one.stars == 1.0
    assert one.written_at == one.updated_at == datetime(2026, 5, 4, 8, 55, tzinfo=UTC)
    assert (one.author_id, one.has_consent, one.order_reference) == (None, False, None)
    assert one.location == "main"


def test_what_heedful_toml_names_is_taken_as_named() -> None:
    questions = {
        "nps": "Would you recommend us?",
        "csat": {"field": "stars", "scale": [5, 1]},
        "text": ["why", "bought"],
        "consent": "contact",
        "respondent": "hidden.customer",
        "order": "order",
        "location": "Which shop",
    }

    one = said("typeform", TYPEFORM, questions=questions)

    assert one.text == "bad crust, schön kalt 🥖\nRolls, Cake, Pretzels"
    assert dict(one.survey_scores) == {SurveyMetric.NPS: 2.0, SurveyMetric.CSAT: 5.0}
    assert (one.author_id, one.has_consent, one.order_reference) == ("c42", True, "o9")
    assert one.location == "station"


def test_the_event_names_the_delivery_and_the_token_the_response() -> None:
    again = changed(TYPEFORM, "event_id", to="01ANOTHEREVENT")

    assert receive("typeform", TYPEFORM).delivery_id == "01TYPEFORMEVENT"
    assert receive("typeform", again).delivery_id == "01ANOTHEREVENT"
    assert said("typeform", again).version == said("typeform", TYPEFORM).version
    nameless = changed(TYPEFORM, "event_id", to=...)
    assert receive("typeform", nameless).delivery_id == "tf-token-1"


def an_answer(question: dict[str, Any], **answer: Any) -> dict[str, Any]:
    """A delivery with one question and its answer."""
    field = {"id": "q", "ref": "ref", "title": "How was it?", **question}
    body = changed(TYPEFORM, "form_response", "definition", "fields", to=[field])
    given = {"field": {"id": "q", "ref": "ref", "type": question["type"]}, **answer}
    return changed(body, "form_response", "answers", to=[given])


@pytest.mark.parametrize(
    ("question", "value", "scores"),
    [
        ({"type": "nps"}, 0, {"nps": 0}),
        ({"type": "nps"}, 10, {"nps": 10}),
        ({"type": "nps"}, 11, {}),
        ({"type": "rating"}, 5, {"csat": 5}),
        ({"type": "rating"}, 6, {}),
        ({"type": "rating", "properties": {"steps": 10}}, 10, {"csat": 5}),
        ({"type": "rating", "properties": {"steps": 3}}, 2, {"csat": 3}),
        ({"type": "rating", "properties": {"steps": "many"}}, 2, {"csat": 2}),
        ({"type": "opinion_scale", "properties": {"steps": 11}}, 3, {"nps": 3}),
        (
            {"type": "opinion_scale", "properties": {"steps": 11, "start_at_one": False}},
            3,
            {"nps": 3},
        ),
        ({"type": "opinion_scale", "properties": {"steps": 11, "start_at_one": True}}, 3, {}),
        ({"type": "opinion_scale", "properties": {"steps": 7}}, 3, {}),
        ({"type": "opinion_scale"}, 3, {}),
        ({"type": "number"}, 3, {}),
    ],
)
def test_only_a_type_that_is_certain_is_guessed(
    question: dict[str, Any], value: int, scores: dict[str, float]
) -> None:
    one = said("typeform", an_answer(question, type="number", number=value))

    assert {str(metric): score for metric, score in one.survey_scores.items()} == pytest.approx(
        scores
    )


def test_a_scale_that_the_form_tells_serves_the_score_that_the_file_names() -> None:
    question = {"type": "opinion_scale", "properties": {"steps": 7, "start_at_one": True}}
    body = an_answer(question, type="number", number=7)

    assert dict(said("typeform", body, questions={"ces": "ref"}).survey_scores) == {"ces": 7.0}


def test_of_several_ratings_none_is_taken_for_the_whole() -> None:
    fields = [{"id": one, "type": "rating", "title": one} for one in ("a", "b")]
    answers = [{"type": "number", "number": 2, "field": {**field}} for field in fields]
    body = changed(TYPEFORM, "form_response", "definition", "fields", to=fields)
    body = changed(body, "form_response", "answers", to=answers)

    assert dict(said("typeform", body).survey_scores) == {}
    assert dict(said("typeform", body, questions={"csat": "b"}).survey_scores) == {"csat": 2.0}


@pytest.mark.parametrize(
    "answer",
    [
        {"type": "date", "date": "2026-05-01"},
        {"type": "email", "email": "ada@customers.example"},
        {"type": "phone_number", "phone_number": "+49 30 1234567"},
        {"type": "url", "url": "https://customers.example"},
        {"type": "file_url", "file_url": "https://files.example/1"},
        {"type": "boolean", "boolean": False},
        {"type": "payment", "payment": {"amount": "5.00", "success": True}},
        {"type": "choice", "choice": {"label": "Rolls"}},
        {"type": "choices", "choices": {"labels": ["Rolls"], "other": "bad cake"}},
        {"type": "something_new", "something_new": {"deep": [1]}},
        {"type": "text"},
        {},
    ],
)
def test_an_answer_that_is_neither_a_score_nor_words_says_nothing(answer: dict[str, Any]) -> None:
    body = an_answer({"type": "something"}, **answer)

    received = receive("typeform", body)

    assert [one.text for one in received.feedback] in ([""], [])
    assert received.note


def test_who_somebody_is_does_not_become_his_words() -> None:
    asked = {
        "What's your name?": "",
        "Your phone number": "",
        "Name": "",
        "First & last name": "",
        "Wie lautet Ihre E-Mail-Adresse?": "",
        "Bestellnummer": "",
        "How was our phone service?": "so so",
        "One wish": "so so",
        "What could our website do better?": "so so",
    }

    for title, text in asked.items():
        body = an_answer({"type": "short_text", "title": title}, type="text", text="so so")
        assert said("typeform", body).text == text, title


def test_nobody_answered_is_no_feedback_and_no_failure() -> None:
    nothing: tuple[object, ...] = ([], None, {}, [7, None])

    for answers in nothing:
        received = receive("typeform", changed(TYPEFORM, "form_response", "answers", to=answers))
        assert (received.feedback, received.note) == ((), "nothing was answered")


def test_odd_times_and_a_missing_definition_lose_nothing() -> None:
    odd = changed(TYPEFORM, "form_response", "submitted_at", to="2017-02-21T05: 18: 14Z")
    bare = changed(TYPEFORM, "form_response", "definition", to=...)
    broken = changed(TYPEFORM, "form_response", "definition", "fields", to=True)

    assert said("typeform", odd).written_at == NOW
    assert said("typeform", bare).text.startswith("bad crust, schön kalt 🥖")
    assert said("typeform", broken).version == said("typeform", bare).version


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (changed(TYPEFORM, "form_response", "token", to=None), "form_response.token"),
        (changed(TYPEFORM, "form_response", to=[]), "form_response.token"),
        (b"[]", "body"),
        (b"{", "body"),
        (b'{"a": NaN}', "body"),
    ],
)
def test_a_proven_body_that_is_no_response_is_refused_by_field(body: Any, field: str) -> None:
    with pytest.raises(FeedbackRefused) as caught:
        receive("typeform", body)

    assert caught.value.field == field
