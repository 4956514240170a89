"""Survey webhooks in our generic form, signed as Standard Webhooks asks (contracts B8)."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from chalicelib.domain.business import SourceSettings
from chalicelib.domain.errors import FeedbackRefused
from chalicelib.domain.feedback import Feedback, FeedbackKind, SurveyMetric
from chalicelib.ports import Delivery, Received, SourceKind
from chalicelib.pull.plain_text import clean
from chalicelib.pull.webhooks.answers import (
    SCALES,
    known_location,
    onto_scale,
    respondent_id,
    stars_from,
)
from chalicelib.pull.webhooks.body import parse_json
from chalicelib.pull.webhooks.signatures import verify_standard

UNKNOWN_PLACE = "queued, of a location that heedful.toml does not name"
_LANGUAGE = re.compile(r"([A-Za-z]{2})(?:[-_].*)?")


def parse_survey(
    body: bytes, *, business_id: str, settings: SourceSettings, now: datetime
) -> Feedback:
    """One survey response in our generic form. Raises FeedbackRefused naming the field.

    Score and text are kept apart: a promoter may complain. Consent and the respondent come only
    from the fields named for them.
    """
    envelope = parse_json(body)
    answer = envelope.get("data") if isinstance(envelope, dict) else None
    if not isinstance(answer, dict):
        raise FeedbackRefused("data is not an object", field="data")
    response_id = _id(answer.get("response_id"))
    if not response_id:
        raise FeedbackRefused("response_id is missing", field="data.response_id")
    answers = answer.get("answers")
    if not isinstance(answers, list):
        raise FeedbackRefused("answers is not a list", field="data.answers")
    scores, texts = _read_answers(answers)
    if not scores and not texts:
        raise FeedbackRefused("no answer is a score or a text", field="data.answers")
    respondent = _object(answer.get("respondent"))
    context = _object(answer.get("context"))
    told_at = _time(envelope.get("timestamp"), now, "timestamp")
    written_at = _time(answer.get("submitted_at"), told_at, "data.submitted_at")
    return Feedback(
        business_id=business_id,
        source=settings.name,
        external_id=response_id,
        kind=FeedbackKind.SURVEY,
        text="\n".join(texts),
        written_at=written_at,
        # The same answer sent again without a change has the same timestamp, a changed one a
        # later: without either the store could not tell which is the newer.
        updated_at=_time(answer.get("updated_at"), max(told_at, written_at), "data.updated_at"),
        stars=stars_from(scores),
        author_id=respondent_id(_text(respondent.get("id"))),
        language=_language(answer.get("language")),
        location=_text(context.get("location")) or settings.location,
        order_reference=_text(context.get("order_id")),
        survey_scores=MappingProxyType(scores),
        has_consent=respondent.get("consent") is True,
    ).clamped(now)


def _read_answers(answers: list[Any]) -> tuple[dict[SurveyMetric, float], list[str]]:
    scores: dict[SurveyMetric, float] = {}
    texts: list[str] = []
    for place, answer in enumerate(answers[:200]):
        field = f"data.answers[{place}]"
        if not isinstance(answer, dict):
            raise FeedbackRefused("an answer is not an object", field=field)
        metric, value = answer.get("metric"), answer.get("value")
        if value is None:
            continue
        if metric == "text":
            if not isinstance(value, str):
                raise FeedbackRefused("a text answer is not text", field=f"{field}.value")
            if clean(value):
                texts.append(clean(value))
        elif metric in tuple(SurveyMetric):
            scores[SurveyMetric(metric)] = _score(SurveyMetric(metric), answer, field)
    return scores, texts


def _score(metric: SurveyMetric, answer: Mapping[str, Any], field: str) -> float:
    value = answer["value"]
    given = answer.get("scale")
    scale = None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FeedbackRefused("a score is not a number", field=f"{field}.value")
    if (
        isinstance(given, list)
        and len(given) == 2
        and all(isinstance(end, int | float) and not isinstance(end, bool) for end in given)
    ):
        if given[0] >= given[1]:
            raise FeedbackRefused("a scale ends before it begins", field=f"{field}.scale")
        scale = (given[0], given[1])
    score = onto_scale(metric, value, scale)
    if score is None:
        low, high = SCALES[metric]
        raise FeedbackRefused(f"a score lies outside its scale {low:g} to {high:g}", field=field)
    return float(score)


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return clean(str(value))[:200] or None


def _id(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return clean(str(value))


def _language(value: Any) -> str | None:
    found = _LANGUAGE.fullmatch(value) if isinstance(value, str) else None
    return found.group(1).lower() if found else None


def _time(value: Any, otherwise: datetime, field: str) -> datetime:
    if value is None or value == "":
        return otherwise
    try:
        moment = datetime.fromisoformat(str(value))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise FeedbackRefused("a time is not ISO 8601", field=field) from error


def receive_standard(delivery: Delivery) -> Received:
    """A delivery in the generic form. Raises SignatureRefused or FeedbackRefused."""
    delivery_id = verify_standard(delivery.headers, delivery.body, delivery.secrets, delivery.now)
    feedback = parse_survey(
        delivery.body,
        business_id=delivery.business.business_id,
        settings=delivery.settings,
        now=delivery.now,
    )
    place = known_location(delivery.business, feedback.location)
    if place is not None:
        placed = replace(feedback, location=place)
        return Received(feedback=(placed,), delivery_id=delivery_id)
    # Of a place that heedful.toml does not name: heard all the same, and our log says so.
    placed = replace(feedback, location=delivery.settings.location)
    return Received(feedback=(placed,), delivery_id=delivery_id, note=UNKNOWN_PLACE)


KIND = SourceKind(
    name="survey",
    title="survey webhook in the Standard Webhooks form",
    required={},
    optional={},
    needs_secret=True,
    receive=receive_standard,
    secret_form="whsec_ and base64 of 24 to 64 random bytes, the same as at the sender",  # noqa: S106
    paste="Give your survey tool this address, and sign as the page on surveys describes.",
    try_it="Send one response: it is answered with 202.",
)
