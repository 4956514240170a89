"""Typeform responses (contracts B1)."""

from collections.abc import Mapping
from typing import Any

from chalicelib.domain.errors import FeedbackRefused
from chalicelib.ports import Delivery, Received, SourceKind
from chalicelib.pull.json_answer import inside, moment, number, word
from chalicelib.pull.webhooks.answers import Answer, AnswerKind, Response, received, value_of
from chalicelib.pull.webhooks.body import objects, parse_object, short_id
from chalicelib.pull.webhooks.questions import MEANING
from chalicelib.pull.webhooks.signatures import Scheme, verify_body

SCHEME = Scheme(header="typeform-signature", prefix="sha256=")
_KINDS = {"long_text": AnswerKind.LONG_TEXT, "short_text": AnswerKind.SHORT_TEXT}
NPS_STEPS = 11


def receive_typeform(delivery: Delivery) -> Received:
    """A delivery of Typeform. Raises SignatureRefused or FeedbackRefused."""
    verify_body(SCHEME, delivery.headers, delivery.body, delivery.secrets)
    sent = parse_object(delivery.body)
    form = inside(sent, "form_response")
    response_id = short_id(form.get("token")) or short_id(form.get("response_id"))
    if not response_id:
        raise FeedbackRefused("the response has no token", field="form_response.token")
    written_at = moment(form.get("submitted_at")) or delivery.now
    response = Response(
        response_id=response_id,
        written_at=written_at,
        updated_at=written_at,
        answers=tuple(_answers(form)),
    )
    return received(response, delivery, short_id(sent.get("event_id")) or response_id)


def _answers(form: Mapping[str, Any]) -> list[Answer]:
    fields = objects(inside(form, "definition").get("fields"))
    asked = {word(question.get("id")): question for question in fields}
    found = [
        _answer(one, asked.get(word(inside(one, "field").get("id"))) or {})
        for one in objects(form.get("answers"))
    ]
    hidden = inside(form, "hidden")
    found += [
        Answer(names=(f"hidden.{name}", name), kind=AnswerKind.HIDDEN, value=word(value))
        for name, value in hidden.items()
    ]
    return found


def _answer(given: Mapping[str, Any], asked: Mapping[str, Any]) -> Answer:
    field = inside(given, "field")
    names = [word(each) for each in (field.get("id"), field.get("ref"), asked.get("title"))]
    kind, scale = _kind(word(field.get("type")) or word(asked.get("type")), asked)
    return Answer(
        names=tuple(name for name in names if name) or ("",),
        kind=kind,
        value=_value(given),
        scale=scale,
    )


def _kind(
    named: str | None, asked: Mapping[str, Any]
) -> tuple[AnswerKind, tuple[float, float] | None]:
    settings = inside(asked, "properties")
    steps = number(settings.get("steps"))
    if named == "nps":
        return AnswerKind.NPS, (0, 10)
    if named == "opinion_scale":
        # Eleven steps from 0 are how NPS is asked; any other scale may measure anything.
        first = 1 if settings.get("start_at_one") is True else 0
        if steps is None or steps <= 1:
            return AnswerKind.OTHER, None
        is_nps = steps == NPS_STEPS and settings.get("start_at_one") is not True
        kind = AnswerKind.NPS if is_nps else AnswerKind.OTHER
        return kind, (first, first + steps - 1)
    if named == "rating":
        return AnswerKind.RATING, (1, steps if steps is not None and steps > 1 else 5)
    return _KINDS.get(named or "", AnswerKind.OTHER), None


def _value(given: Mapping[str, Any]) -> str | float | bool | None:
    """The value stands under the name of its type; choices have labels, or words of their own."""
    value = given.get(word(given.get("type")) or "")
    if isinstance(value, dict):
        labels = value.get("labels")
        parts = [*labels] if isinstance(labels, list) else [value.get("label")]
        chosen = [text for one in (*parts, value.get("other")) if (text := word(one))]
        return ", ".join(chosen) or None
    return value_of(value)


KIND = SourceKind(
    name="typeform",
    title="Typeform",
    required={},
    optional={"questions": MEANING},
    needs_secret=True,
    receive=receive_typeform,
    secret_form="any 16 characters or more; the same goes into the webhook's field Secret",  # noqa: S106
    costs="nothing: webhooks are in every plan that Typeform offers them in",
    paste="Typeform: your form, Connect, Webhooks, Add a webhook. Paste the address, set the "
    "secret, save, and switch the webhook on: a new one is off.",
    try_it="Fill in the form once: View deliveries shows 202. (Send test request sends made-up "
    "answers, which would be counted.)",
)
