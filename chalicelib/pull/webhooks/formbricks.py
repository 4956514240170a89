"""Formbricks responses (contracts B6).

A delivery names its questions by id and says nothing of their types, so numbers are scores only
where heedful.toml says so. The same response comes again while it is being filled in; its id and
`updatedAt` make the last one count, and who leaves halfway is heard too.
"""

import re
from collections.abc import Mapping
from typing import Any

from chalicelib.domain.errors import FeedbackRefused
from chalicelib.ports import Delivery, Received, SourceKind
from chalicelib.pull.json_answer import inside, language, moment, word
from chalicelib.pull.webhooks.answers import Answer, AnswerKind, Response, received, value_of
from chalicelib.pull.webhooks.body import parse_object, short_id
from chalicelib.pull.webhooks.questions import MEANING
from chalicelib.pull.webhooks.signatures import verify_standard

EVENTS = frozenset({"responseCreated", "responseUpdated", "responseFinished"})
# What Formbricks fills in itself, by where it stands; heedful.toml may name it so.
_BESIDE = ("variables", "contact", "contactAttributes")
_NO_WORDS = re.compile(r"https?://\S*|[^\s@]+@[^\s@]+|[\d\s:./+-]*")


def receive_formbricks(delivery: Delivery) -> Received:
    """A delivery of Formbricks. Raises SignatureRefused or FeedbackRefused."""
    delivery_id = verify_standard(delivery.headers, delivery.body, delivery.secrets, delivery.now)
    sent = parse_object(delivery.body)
    if word(sent.get("event")) not in EVENTS:
        return Received(feedback=(), delivery_id=delivery_id, note="not about a response")
    form = inside(sent, "data")
    response_id = short_id(form.get("id"))
    if not response_id:
        raise FeedbackRefused("the response has no id", field="data.id")
    written_at = moment(form.get("createdAt")) or delivery.now
    response = Response(
        response_id=response_id,
        written_at=written_at,
        updated_at=moment(form.get("updatedAt")) or written_at,
        answers=tuple(_answers(form)),
        # "default" is the survey's first language, whichever that is.
        language=None if form.get("language") == "default" else language(form.get("language")),
    )
    return received(response, delivery, delivery_id)


def _answers(form: Mapping[str, Any]) -> list[Answer]:
    found = [
        Answer(names=(name,), kind=_kind(value), value=value_of(value))
        for name, value in inside(form, "data").items()
    ]
    for place in _BESIDE:
        found += [
            Answer(names=(f"{place}.{name}",), kind=AnswerKind.HIDDEN, value=value_of(value))
            for name, value in inside(form, place).items()
        ]
    return found


def _kind(value: Any) -> AnswerKind:
    """Several words are taken for the customer's; one word may be a button, a choice or a name."""
    if not isinstance(value, str) or len(value.split()) < 2 or _NO_WORDS.fullmatch(value.strip()):
        return AnswerKind.OTHER
    return AnswerKind.SHORT_TEXT


KIND = SourceKind(
    name="formbricks",
    title="Formbricks",
    required={},
    optional={"questions": MEANING},
    needs_secret=True,
    receive=receive_formbricks,
    secret_form="the secret that Formbricks shows when the webhook is made; it begins with whsec_",  # noqa: S106
    costs="nothing: webhooks are in every plan, and Formbricks can be run by oneself",
    paste="Formbricks: Configuration, Integrations, Webhooks, Add webhook. Paste the address, "
    "choose the trigger Response Finished, and copy the secret that is shown once. Only numbers "
    "that heedful.toml names under questions become scores, by the question's id.",
    try_it="Fill in the survey once. The button that tests the endpoint sends no response and is "
    "answered all the same.",
)
