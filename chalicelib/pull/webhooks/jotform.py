"""Jotform submissions (contracts B4).

Jotform signs nothing: the secret is a part of the address, and the answers are fetched with the
account's own key before any of them is believed.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from chalicelib.domain.errors import FeedbackRefused, SettingsError, SourceAuthError
from chalicelib.domain.feedback import Feedback
from chalicelib.ports import Delivery, PullContext, Received, SourceKind
from chalicelib.pull.json_answer import broken, inside, number, read_object, word
from chalicelib.pull.webhooks.answers import Answer, AnswerKind, Response, to_feedback
from chalicelib.pull.webhooks.body import parse_form
from chalicelib.pull.webhooks.questions import MEANING
from chalicelib.pull.webhooks.signatures import verify_word
from chalicelib.pull.webhooks.waiting import NotThere, WaitingResponses

API = "https://api.jotform.com"
_ID = re.compile(r"[0-9]{1,32}")
# Jotform gives times without a zone, in the account's, which is this one unless it was changed.
USUAL_ZONE = "America/New_York"
_KINDS: Mapping[str, AnswerKind] = MappingProxyType(
    {
        "control_textarea": AnswerKind.LONG_TEXT,
        "control_textbox": AnswerKind.SHORT_TEXT,
        "control_rating": AnswerKind.RATING,
        "control_hidden": AnswerKind.HIDDEN,
    }
)


def receive_jotform(delivery: Delivery) -> Received:
    """A call of Jotform, of which only the id is taken.

    Raises SignatureRefused or FeedbackRefused.
    """
    verify_word(delivery.path_secret, [word for word, _ in _credentials(delivery.secrets)])
    form = parse_form(delivery.body, delivery.headers.get("content-type", ""))
    submission = form.get("submissionID", "").strip()
    if not _ID.fullmatch(submission):
        raise FeedbackRefused("the submission has no id", field="submissionID")
    return Received(feedback=(), delivery_id=submission, waiting=(submission,))


def build_jotform(context: PullContext) -> WaitingResponses:
    """The submissions that wait to be fetched. Raises SettingsError."""
    zone = _zone(context.settings.options.get("time_zone"))
    keys = [key for _, key in _credentials(context.secrets) if key]
    if not keys:
        raise SettingsError(
            f"the secret of {context.settings.name} holds no API key; "
            "it is the word for the address, a space, and the key"
        )
    address = str(context.settings.options.get("address") or API).rstrip("/")

    def fetch_one(submission: str) -> Feedback | None:
        url = f"{address}/submission/{quote(submission, safe='')}?{urlencode({'apiKey': keys[0]})}"
        answer = context.http.get(url, now=context.now, good=frozenset({200, 404}))
        if answer.status == 404:
            raise NotThere
        frame = read_object(answer)
        # Jotform also says it in the body, with status 200.
        code = number(frame.get("responseCode"))
        if code == 404:
            raise NotThere
        if code in (401, 403):
            raise SourceAuthError(
                "Jotform refuses the API key",
                advice="Make a new key at jotform.com/myaccount/api and put it into SSM.",
            )
        content = frame.get("content")
        if code != 200 or not isinstance(content, dict):
            raise broken(answer, "no submission")
        return to_feedback(_response(submission, content, zone, context.now), context)

    return WaitingResponses(fetch_one, "Jotform")


def _credentials(secrets: tuple[str, ...]) -> list[tuple[str, str]]:
    """Each live secret as the address's word and the API key."""
    parts = [secret.split(maxsplit=1) for secret in secrets]
    return [(one[0], one[1] if len(one) == 2 else "") for one in parts if one]


def _zone(name: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(name or USUAL_ZONE))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError('time_zone must be a time zone like "Europe/Berlin"') from error


def _response(
    submission: str, content: Mapping[str, Any], zone: ZoneInfo, now: datetime
) -> Response:
    written_at = _moment(content.get("created_at"), zone) or now
    answers = inside(content, "answers").values()
    # Whoever sends other answers under one id (an edit) gets a later version.
    return Response(
        response_id=submission,
        written_at=written_at,
        updated_at=_moment(content.get("updated_at"), zone) or written_at,
        answers=tuple(_answer(one) for one in answers if isinstance(one, dict)),
    )


def _moment(value: Any, zone: ZoneInfo) -> datetime | None:
    try:
        return datetime.fromisoformat(value).replace(tzinfo=zone) if value else None
    except (TypeError, ValueError):
        return None


def _answer(given: Mapping[str, Any]) -> Answer:
    names = (word(given.get("name")), word(given.get("text")))
    value = given.get("answer")
    if isinstance(value, dict | list):
        # A name or an address has parts, a table rows; only a list of choices is words.
        chosen = [word(one) for one in value] if isinstance(value, list) else []
        value = ", ".join(one for one in chosen if one)
    return Answer(
        names=tuple(name for name in names if name) or ("",),
        kind=_KINDS.get(word(given.get("type")) or "", AnswerKind.OTHER),
        value=word(value),
    )


KIND = SourceKind(
    name="jotform",
    title="Jotform",
    required={},
    optional={
        "questions": MEANING,
        "address": "where the account's API is, if elsewhere: https://eu-api.jotform.com",
        "time_zone": f"the account's time zone; {USUAL_ZONE} unless it was changed there",
    },
    needs_secret=True,
    receive=receive_jotform,
    build=build_jotform,
    secret_form="a word of 16 or more letters and digits of your own, a space, and an API key",  # noqa: S106
    costs="nothing: webhooks and the API are in every plan, with its limit of calls a day",
    paste="Jotform: your form, Settings, Integrations, Webhooks. Paste the address; its last part "
    "is the word you chose, and whoever knows it can make us look for submissions.",
    try_it="Fill in the form once: it is fetched within a minute.",
)
