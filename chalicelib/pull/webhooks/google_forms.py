"""Google Forms through the Apps Script that Heedful ships (contracts B5).

The script tells each question's type and scale, so what it sends is as certain as the form itself.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from chalicelib.domain.errors import FeedbackRefused
from chalicelib.ports import Delivery, Received, SourceKind
from chalicelib.pull.json_answer import inside, moment, number, word
from chalicelib.pull.webhooks.answers import Answer, AnswerKind, Response, received, value_of
from chalicelib.pull.webhooks.body import objects, parse_object, short_id
from chalicelib.pull.webhooks.questions import MEANING
from chalicelib.pull.webhooks.signatures import verify_standard

_KINDS: Mapping[str, AnswerKind] = MappingProxyType(
    {
        "PARAGRAPH_TEXT": AnswerKind.LONG_TEXT,
        "TEXT": AnswerKind.SHORT_TEXT,
        "RATING": AnswerKind.RATING,
    }
)


def receive_google_form(delivery: Delivery) -> Received:
    """A delivery of our Apps Script. Raises SignatureRefused or FeedbackRefused."""
    delivery_id = verify_standard(delivery.headers, delivery.body, delivery.secrets, delivery.now)
    form = inside(parse_object(delivery.body), "data")
    response_id = short_id(form.get("response_id"))
    if not response_id:
        raise FeedbackRefused("the response has no id", field="data.response_id")
    written_at = moment(form.get("submitted_at")) or delivery.now
    response = Response(
        response_id=response_id,
        written_at=written_at,
        updated_at=written_at,
        answers=tuple(map(_answer, objects(form.get("answers")))),
    )
    return received(response, delivery, delivery_id)


def _answer(given: Mapping[str, Any]) -> Answer:
    names = (word(given.get("key")), word(given.get("title")))
    named, ends = word(given.get("type")) or "", given.get("scale")
    kind = _KINDS.get(named, AnswerKind.OTHER)
    scale: tuple[float, float] | None = None
    if isinstance(ends, list) and len(ends) == 2:
        low, high = number(ends[0]), number(ends[1])
        if low is not None and high is not None and low < high:
            scale = (low, high)
    if named == "SCALE" and scale == (0.0, 10.0):
        # A scale may measure anything, but from 0 to 10 is how NPS is asked.
        kind = AnswerKind.NPS
    return Answer(
        names=tuple(name for name in names if name) or ("",),
        kind=kind,
        value=value_of(given.get("value")),
        scale=scale,
    )


KIND = SourceKind(
    name="google_forms",
    title="Google Forms",
    required={},
    optional={"questions": MEANING},
    needs_secret=True,
    receive=receive_google_form,
    secret_form="whsec_ and base64 of 24 to 64 random bytes, the same as in the script",  # noqa: S106
    costs="nothing: the script runs in your Google account, within its daily quotas",
    paste="Google Forms: your form, the menu of three dots, Apps Script. Paste "
    "docs/google-forms.gs, put this address and the secret into Project Settings, Script "
    "properties, as HEEDFUL_ADDRESS and HEEDFUL_SECRET, and run the function connect once.",
    try_it="Run the function sendLatest in the script: its log shows 202.",
)
