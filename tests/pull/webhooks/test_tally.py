"""Tally: every kind of field, options by their ids, and what is not guessed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.domain.errors import FeedbackRefused
from chalicelib.domain.feedback import SurveyMetric
from tests.pull.webhooks.deliveries import TALLY
from tests.pull.webhooks.given import changed, receive, said


def test_a_delivery_becomes_feedback_without_any_settings() -> None:
    one = said("tally", TALLY)

    assert one.external_id == "tl-response-1"
    assert one.text == "bad rolls, stale\nWarmer tea"
    assert dict(one.survey_scores) == {SurveyMetric.CSAT: 2.0}
    assert one.written_at == datetime(2026, 5, 4, 8, 56, 9, tzinfo=UTC)
    assert one.updated_at == datetime(2026, 5, 4, 8, 56, 10, 123000, tzinfo=UTC)
    assert (one.author_id, one.has_consent) == (None, False)
    assert receive("tally", TALLY).delivery_id == "tally-event-1"


def test_what_heedful_toml_names_is_taken_as_named() -> None:
    questions = {
        "nps": "Recommend us?",
        "text": "What went wrong",
        "consent": "question_c",
        "respondent": "customer",
        "location": "Which shop?",
    }

    one = said("tally", TALLY, questions=questions)

    assert one.text == "bad rolls, stale"
    assert dict(one.survey_scores) == {SurveyMetric.NPS: 3.0, SurveyMetric.CSAT: 2.0}
    assert (one.author_id, one.has_consent, one.location) == ("c42", True, "station")


def test_the_respondent_that_tally_made_up_is_not_taken_for_a_customer() -> None:
    assert said("tally", TALLY, questions={"respondent": "respondentId"}).author_id is None


def test_an_address_is_a_respondent_only_where_the_file_names_it() -> None:
    assert said("tally", TALLY).author_id is None
    assert said("tally", TALLY, questions={"respondent": "question_e"}).author_id == "a@b.example"


def a_field(**field: Any) -> dict[str, Any]:
    """A delivery with one field."""
    return changed(TALLY, "data", "fields", to=[{"key": "q", "label": "How was it?", **field}])


OPTIONS = [{"id": "a", "text": "Very bad"}, {"id": "b", "text": "Cold"}]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ({"type": "MULTIPLE_CHOICE", "value": ["a"], "options": OPTIONS}, "Very bad"),
        ({"type": "CHECKBOXES", "value": ["a", "b"], "options": OPTIONS}, "Very bad, Cold"),
        ({"type": "CHECKBOXES", "value": ["gone"], "options": OPTIONS}, ""),
        ({"type": "DROPDOWN", "value": "b", "options": OPTIONS}, "Cold"),
        ({"type": "DROPDOWN", "value": ["b"]}, ""),
        ({"type": "MULTIPLE_CHOICE", "value": "Cold"}, "Cold"),
    ],
)
def test_chosen_options_are_words_only_where_the_file_names_them(
    field: dict[str, Any], text: str
) -> None:
    assert all(not one.text for one in receive("tally", a_field(**field)).feedback)
    named = receive("tally", a_field(**field), questions={"text": "q"}).feedback
    assert "".join(one.text for one in named) == text


@pytest.mark.parametrize(
    ("kind", "value", "scores"),
    [
        ("RATING", 5, {"csat": 5}),
        ("RATING", "4", {"csat": 4}),
        ("RATING", 8, {}),
        ("RATING", 0, {}),
        ("LINEAR_SCALE", 8, {}),
        ("INPUT_NUMBER", 3, {}),
    ],
)
def test_only_stars_are_guessed_to_be_a_score(
    kind: str, value: Any, scores: dict[str, float]
) -> None:
    assert dict(said("tally", a_field(type=kind, value=value)).survey_scores) == scores


def test_empty_values_and_new_kinds_of_field_lose_no_response() -> None:
    fields = [
        {"key": "a", "type": "TEXTAREA", "label": "Why?", "value": None},
        {"key": "b", "type": "HOLOGRAM", "label": "Wave", "value": {"x": [1, {"y": None}]}},
        {"type": "TEXTAREA", "value": "bad bread"},
        None,
        "text",
    ]

    assert said("tally", changed(TALLY, "data", "fields", to=fields)).text == "bad bread"


def test_a_response_without_answers_is_no_feedback() -> None:
    for fields in ([], None, [{"key": "h", "type": "HIDDEN_FIELDS", "label": "x", "value": "1"}]):
        assert receive("tally", changed(TALLY, "data", "fields", to=fields)).feedback == ()


@pytest.mark.parametrize("body", [changed(TALLY, "data", to={}), {}, changed(TALLY, "data", to=1)])
def test_a_response_without_an_id_is_refused_by_field(body: dict[str, Any]) -> None:
    with pytest.raises(FeedbackRefused) as caught:
        receive("tally", body)

    assert caught.value.field == "data.responseId"


def test_the_old_name_of_the_id_will_do() -> None:
    assert said("tally", changed(TALLY, "data", "responseId", to=...)).external_id == (
        "tl-response-1"
    )
