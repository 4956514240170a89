"""Tally responses (contracts B2)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from chalicelib.domain.errors import FeedbackRefused
from chalicelib.ports import Delivery, Received, SourceKind
from chalicelib.pull.json_answer import inside, moment, word
from chalicelib.pull.webhooks.answers import Answer, AnswerKind, Response, received, value_of
from chalicelib.pull.webhooks.body import objects, parse_object, short_id
from chalicelib.pull.webhooks.questions import MEANING
from chalicelib.pull.webhooks.signatures import Scheme, verify_body

SCHEME = Scheme(header="tally-signature")
_KINDS: Mapping[str, AnswerKind] = MappingProxyType(
    {
        "TEXTAREA": AnswerKind.LONG_TEXT,
        "INPUT_TEXT": AnswerKind.SHORT_TEXT,
        # Stars, five unless the owner chose otherwise; a greater value is not guessed at.
        "RATING": AnswerKind.RATING,
        "HIDDEN_FIELDS": AnswerKind.HIDDEN,
        "CALCULATED_FIELDS": AnswerKind.HIDDEN,
        "RESPONDENT_COUNTRY": AnswerKind.HIDDEN,
    }
)


def receive_tally(delivery: Delivery) -> Received:
    """A delivery of Tally. Raises SignatureRefused or FeedbackRefused."""
    verify_body(SCHEME, delivery.headers, delivery.body, delivery.secrets)
    sent = parse_object(delivery.body)
    form = inside(sent, "data")
    response_id = short_id(form.get("responseId")) or short_id(form.get("submissionId"))
    if not response_id:
        raise FeedbackRefused("the response has no id", field="data.responseId")
    sent_at = moment(sent.get("createdAt"))
    written_at = moment(form.get("createdAt")) or sent_at or delivery.now
    response = Response(
        response_id=response_id,
        written_at=written_at,
        updated_at=sent_at or written_at,
        answers=tuple(map(_answer, objects(form.get("fields")))),
    )
    return received(response, delivery, short_id(sent.get("eventId")) or response_id)


def _answer(field: Mapping[str, Any]) -> Answer:
    names = (word(field.get("key")), word(field.get("label")))
    return Answer(
        names=tuple(name for name in names if name) or ("",),
        kind=_KINDS.get(word(field.get("type")) or "", AnswerKind.OTHER),
        value=_value(field),
    )


def _value(field: Mapping[str, Any]) -> str | float | bool | None:
    """Chosen options come as their ids; anything else with parts (files, tables) says no words."""
    value = field.get("value")
    if isinstance(value, list):
        texts = _options(field.get("options"))
        chosen = [texts.get(one, "") for each in value if (one := word(each))]
        return ", ".join(text for text in chosen if text) or None
    said = value_of(value)
    return _options(field.get("options")).get(said, said) if isinstance(said, str) else said


def _options(options: Any) -> dict[str, str]:
    pairs = [(word(one.get("id")), word(one.get("text"))) for one in objects(options)]
    return {key: text for key, text in pairs if key and text}


KIND = SourceKind(
    name="tally",
    title="Tally",
    required={},
    optional={"questions": MEANING},
    needs_secret=True,
    receive=receive_tally,
    secret_form="any 16 characters or more; the same goes into the webhook's signing secret",  # noqa: S106
    costs="nothing: webhooks are free in every plan",
    paste="Tally: your published form, Integrations, Webhooks, Connect. Paste the address and set "
    "the signing secret.",
    try_it="Fill in the form once: the webhook's event log shows 202.",
)
