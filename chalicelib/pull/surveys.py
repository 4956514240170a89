"""Survey webhooks in the Standard Webhooks form (contracts B8): prove the sender, read the answers.

Our own verifier of thirty lines works on bytes and has one way out for every fault, because the
published one lets other exceptions through on hostile input and would turn a forged header into
a 500 (contracts B8, measured).
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from chalicelib.domain.business import SourceSettings
from chalicelib.domain.errors import FeedbackRefused, SignatureRefused
from chalicelib.domain.feedback import Feedback, FeedbackKind, SurveyMetric
from chalicelib.ports import Delivery, Received, SourceKind
from chalicelib.pull.plain_text import clean

TOLERANCE_SECONDS = 300
SIGNATURES_LIMIT = 5
SECRET_BYTES = 16
DEPTH_LIMIT = 20
_LANGUAGE = re.compile(r"([A-Za-z]{2})(?:[-_].*)?")
SCALES: Mapping[SurveyMetric, tuple[float, float]] = MappingProxyType(
    {SurveyMetric.NPS: (0, 10), SurveyMetric.CSAT: (1, 5), SurveyMetric.CES: (1, 7)}
)


def verify_standard(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime
) -> str:
    """The delivery's id, once one of the live secrets has signed `id.timestamp.body`.

    `headers` have lower-case names. Raises SignatureRefused for everything else; the reason is
    for our log, never for the sender.
    """
    delivery = headers.get("webhook-id", "")
    stamp = headers.get("webhook-timestamp", "")
    if not delivery.isascii() or not delivery.isprintable():
        raise SignatureRefused("webhook-id is malformed")
    if not delivery or "." in delivery or len(delivery) > 256:
        raise SignatureRefused("webhook-id is missing or malformed")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise SignatureRefused("webhook-timestamp is missing or malformed")
    if abs(now.timestamp() - int(stamp)) > TOLERANCE_SECONDS:
        raise SignatureRefused("webhook-timestamp is more than five minutes away")
    given = [
        part[3:].encode("utf-8", "replace")
        for part in headers.get("webhook-signature", "").split(" ")
        if part.startswith("v1,")
    ][:SIGNATURES_LIMIT]
    signed = b".".join((delivery.encode("utf-8", "replace"), stamp.encode(), body))
    # Every secret meets every signature, so that the time taken says nothing about which fits.
    keys = [key for key in map(_key, secrets) if key is not None]
    if not keys:
        raise SignatureRefused("no stored secret is base64 of at least 16 bytes")
    matches = [
        hmac.compare_digest(_signature(key, signed), signature)
        for key in keys
        for signature in given
    ]
    if not any(matches):
        raise SignatureRefused("no signature fits a live secret")
    return delivery


def _key(secret: str) -> bytes | None:
    # A value written from a file ends with a line feed. One bad secret must not switch off the
    # other while they are being rotated.
    plain = secret.strip().removeprefix("whsec_")
    try:
        key = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) >= SECRET_BYTES else None


def _signature(key: bytes, signed: bytes) -> bytes:
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256))


def parse_json(body: bytes) -> Any:
    """The body as JSON. Raises FeedbackRefused on anything that is not plain, shallow JSON."""
    try:
        text = body.decode("utf-8")
        parsed = json.loads(text, parse_constant=_no_constant, parse_int=_short_int)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise FeedbackRefused("the body is not JSON in UTF-8", field="body") from error
    if _depth(parsed) > DEPTH_LIMIT:
        raise FeedbackRefused("the body is nested too deeply", field="body")
    return parsed


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _short_int(digits: str) -> int:
    if len(digits) > 18:
        raise ValueError("a number is too long")
    return int(digits)


def _depth(value: Any) -> int:
    # Not recursive: depth is what a hostile body attacks.
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        here, level = waiting.pop()
        deepest = max(deepest, level)
        if level > DEPTH_LIMIT:
            return level
        inner = here.values() if isinstance(here, dict) else here if isinstance(here, list) else ()
        waiting.extend((one, level + 1) for one in inner)
    return deepest


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
        author_id=_text(respondent.get("id")),
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
    low, high = SCALES[metric]
    given = answer.get("scale")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FeedbackRefused("a score is not a number", field=f"{field}.value")
    if (
        isinstance(given, list)
        and len(given) == 2
        and all(isinstance(end, int | float) and not isinstance(end, bool) for end in given)
    ):
        if given[0] >= given[1]:
            raise FeedbackRefused("a scale ends before it begins", field=f"{field}.scale")
        value = low + (value - given[0]) * (high - low) / (given[1] - given[0])
    if not low <= value <= high:
        raise FeedbackRefused(f"a score lies outside its scale {low:g} to {high:g}", field=field)
    return float(value)


def stars_from(scores: Mapping[SurveyMetric, float]) -> float | None:
    """Stars the detector may use: CSAT as it is, else NPS or CES stretched onto 1..5."""
    for metric in (SurveyMetric.CSAT, SurveyMetric.NPS, SurveyMetric.CES):
        if metric in scores:
            low, high = SCALES[metric]
            return 1 + 4 * (scores[metric] - low) / (high - low)
    return None


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
    return Received(feedback=(feedback,), delivery_id=delivery_id)


KIND = SourceKind(
    name="survey",
    title="survey webhook in the Standard Webhooks form",
    required={},
    optional={},
    needs_secret=True,
    receive=receive_standard,
)
