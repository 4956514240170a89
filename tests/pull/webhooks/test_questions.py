"""The table `questions` of heedful.toml: what it may say, what it means, what is minded."""

from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pytest

from chalicelib.domain.business import SourceSettings
from chalicelib.domain.feedback import Feedback, SurveyMetric
from chalicelib.ports import PullContext
from chalicelib.pull.webhooks.answers import (
    Answer,
    AnswerKind,
    Response,
    onto_scale,
    respondent_id,
    to_feedback,
)
from chalicelib.pull.webhooks.questions import mistake_in, questions_of
from tests.pull.given import Pages
from tests.pull.webhooks.given import NOW, SHOP

AT = datetime(2026, 5, 4, 8, tzinfo=UTC)


def feedback(*answers: Answer, **questions: object) -> Feedback:
    """What these answers say with that table."""
    http: Any = Pages()
    context = PullContext(
        business=SHOP,
        settings=SourceSettings(
            name="form", kind="any", options=MappingProxyType({"questions": questions})
        ),
        secrets=(),
        http=http,
        now=NOW,
    )
    response = Response(response_id="r1", written_at=AT, updated_at=AT, answers=answers)
    found = to_feedback(response, context)
    assert found is not None
    return found


def a_number(name: str, value: float, kind: AnswerKind = AnswerKind.OTHER) -> Answer:
    return Answer(names=(name,), kind=kind, value=value)


def a_text(name: str, value: str, kind: AnswerKind = AnswerKind.LONG_TEXT) -> Answer:
    return Answer(names=(name,), kind=kind, value=value)


@pytest.mark.parametrize(
    ("metric", "value", "scale", "score"),
    [
        ("nps", 0, None, 0.0),
        ("nps", 10, None, 10.0),
        ("nps", 5, (1, 5), 10.0),
        ("nps", 1, (1, 5), 0.0),
        ("csat", 1, None, 1.0),
        ("csat", 50, (0, 100), 3.0),
        ("csat", 10, (1, 10), 5.0),
        ("ces", 7, None, 7.0),
        ("ces", 7, (7, 1), 1.0),
        ("ces", 1, (7, 1), 7.0),
        ("nps", 11, None, None),
        ("nps", -1, None, None),
        ("csat", 0, None, None),
        ("csat", 6, None, None),
        ("ces", 8, (7, 1), None),
    ],
)
def test_scores_are_brought_onto_their_own_scale_whichever_way_it_runs(
    metric: str, value: float, scale: tuple[float, float] | None, score: float | None
) -> None:
    assert onto_scale(SurveyMetric(metric), value, scale) == score


def test_a_question_is_found_by_any_of_its_names_without_case_or_marks() -> None:
    answer = Answer(names=("id7", "ref", "How easy was it?"), kind=AnswerKind.OTHER, value=6)

    for name in ("id7", "REF", "how easy was it", " How  easy was it? "):
        assert dict(feedback(answer, ces=name).survey_scores) == {"ces": 6.0}
    assert dict(feedback(answer, ces="easy").survey_scores) == {}


def test_a_named_question_serves_no_guess() -> None:
    stars = a_number("stars", 2, AnswerKind.RATING)
    why = a_text("why", "bad bread")

    one = feedback(stars, why, ces="stars", respondent="why")

    assert dict(one.survey_scores) == {"ces": 2.0}
    assert (one.text, one.author_id) == ("", "bad bread")


def test_a_promoter_may_complain() -> None:
    one = feedback(a_number("nps", 10, AnswerKind.NPS), a_text("why", "bad, cold and late"))

    assert dict(one.survey_scores) == {"nps": 10.0}
    assert (one.stars, one.text) == (5.0, "bad, cold and late")


def test_numbers_that_nobody_named_leave_a_response_that_is_seen_to_be_unread() -> None:
    one = feedback(a_number("how", 3))

    assert (one.text, one.stars, dict(one.survey_scores)) == ("", None, {})


@pytest.mark.parametrize(
    ("value", "table", "consent"),
    [
        (True, "ok", True),
        (False, "ok", False),
        ("Yes", "ok", True),
        ("ja", "ok", True),
        ("accepted", "ok", True),
        ("no", "ok", False),
        ("No, never", "ok", False),
        ("", "ok", False),
        (None, "ok", False),
        ("I agree to be called.", "ok", False),
        ("I agree to be called.", {"field": "ok", "value": "i agree to be called"}, True),
        ("Yes", {"field": "ok", "value": "i agree to be called"}, False),
        (True, "another", False),
    ],
)
def test_consent_is_the_yes_of_the_field_that_is_named_for_it(
    value: str | bool | None, table: object, consent: bool
) -> None:
    answer = Answer(names=("ok",), kind=AnswerKind.OTHER, value=value)

    assert feedback(answer, a_text("why", "bad"), consent=table).has_consent is consent


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("c42", "c42"),
        ("10024567", "10024567"),
        ("ada@customers.example", "ada@customers.example"),
        ("+49 30 1234567", None),
        ("0049301234567", None),
        (None, None),
    ],
)
def test_a_number_of_the_owner_s_stays_as_it_is_and_a_phone_number_is_not_kept(
    given: str | None, kept: str | None
) -> None:
    assert respondent_id(given) == kept


def test_a_place_is_known_by_its_name_and_by_its_id_and_no_other_is_invented() -> None:
    for value, location in (("Station kiosk", "station"), ("station", "station"), ("Moon", "main")):
        answer = a_text("where", value, AnswerKind.OTHER)
        assert feedback(answer, a_text("why", "bad"), location="where").location == location


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("nps", "must be a table"),
        ({"stars": "q1"}, "knows no stars"),
        ({"nps": 1}, "scale = [worst, best]"),
        ({"nps": ""}, "scale = [worst, best]"),
        ({"nps": {"field": "q"}}, "scale = [worst, best]"),
        ({"nps": {"field": "q", "scale": [1]}}, "scale = [worst, best]"),
        ({"nps": {"field": "q", "scale": [1, 1]}}, "scale = [worst, best]"),
        ({"nps": {"field": "q", "scale": [True, 5]}}, "scale = [worst, best]"),
        ({"nps": {"field": "q", "scale": [0, 10], "more": 1}}, "scale = [worst, best]"),
        ({"text": [1]}, 'a list ["one", "two"]'),
        ({"text": {"field": "q"}}, 'a list ["one", "two"]'),
        ({"consent": {"field": "q"}}, 'value = "the yes"'),
        ({"respondent": ["q"]}, "a text in quotation marks"),
    ],
)
def test_a_mistake_in_the_table_is_told_in_words(table: object, told: str) -> None:
    assert told in str(mistake_in(table))
    assert questions_of({"questions": table}).scores == {}


def test_a_right_table_is_not_minded() -> None:
    assert mistake_in({}) is None
    assert (
        mistake_in(
            {
                "nps": "q1",
                "csat": {"field": "q2", "scale": [1, 10]},
                "ces": {"field": "q3", "scale": [7, 1.5]},
                "text": ["why", "else"],
                "consent": {"field": "ok", "value": "I agree"},
                "respondent": "id",
                "order": "no",
                "location": "where",
                "language": "lang",
            }
        )
        is None
    )
