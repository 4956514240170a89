"""SurveyMonkey responses (contracts B3): the webhook brings ids, the answers are fetched."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from chalicelib.domain.errors import (
    FeedbackRefused,
    SettingsError,
    SourceAuthError,
    SourceError,
    SourceRateLimited,
)
from chalicelib.domain.feedback import Feedback
from chalicelib.ports import Delivery, HttpAnswer, PullContext, Received, SourceKind
from chalicelib.pull.json_answer import inside, moment, number, read_object, word
from chalicelib.pull.webhooks.answers import Answer, AnswerKind, Response, to_feedback
from chalicelib.pull.webhooks.body import objects, parse_object, short_id
from chalicelib.pull.webhooks.questions import MEANING
from chalicelib.pull.webhooks.signatures import Scheme, verify_body
from chalicelib.pull.webhooks.waiting import NotThere, WaitingResponses

API = "https://api.surveymonkey.com"
SCHEME = Scheme(header="sm-signature", digest="sha1")
EVENTS = frozenset({"response_completed", "response_updated", "response_created"})
_ID = re.compile(r"[0-9]{1,32}")
SECONDS_A_DAY = 86_400
# SurveyMonkey weighs the eleven answers of its NPS question by what they count for.
NPS_WEIGHTS = frozenset({-100.0, 0.0, 100.0})


def receive_surveymonkey(delivery: Delivery) -> Received:
    """A call of SurveyMonkey, with ids. Raises SignatureRefused or FeedbackRefused."""
    keys = [key for key, _ in _credentials(delivery.secrets)]
    verify_body(SCHEME, delivery.headers, delivery.body, keys)
    sent = parse_object(delivery.body)
    delivery_id = short_id(sent.get("event_id")) or "none"
    if sent.get("object_type") != "response" or word(sent.get("event_type")) not in EVENTS:
        return Received(feedback=(), delivery_id=delivery_id, note="not about a response")
    survey = short_id(inside(sent, "resources").get("survey_id"))
    response = short_id(sent.get("object_id"))
    if not _ID.fullmatch(survey) or not _ID.fullmatch(response):
        raise FeedbackRefused("the survey or the response has no id", field="object_id")
    return Received(feedback=(), delivery_id=delivery_id, waiting=(f"{survey}/{response}",))


def build_surveymonkey(context: PullContext) -> WaitingResponses:
    """The responses that wait to be fetched. Raises SettingsError."""
    tokens = [token for _, token in _credentials(context.secrets) if token]
    if not tokens:
        raise SettingsError(
            f"the secret of {context.settings.name} holds no access token; it is "
            "CLIENT-ID&CLIENT-SECRET, a space, and the token"
        )
    address = str(context.settings.options.get("address") or API).rstrip("/")
    headers = {"Authorization": f"Bearer {tokens[0]}", "Accept": "application/json"}
    surveys: dict[str, Mapping[str, Any]] = {}

    def get(path: str) -> HttpAnswer:
        answer = context.http.get(
            f"{address}/v3/surveys/{path}",
            now=context.now,
            headers=headers,
            good=frozenset({200, 404}),
            explain=_explain,
        )
        if answer.status == 404:
            raise NotThere
        return answer

    def fetch_one(waiting: str) -> Feedback | None:
        survey, _, response = (quote(part, safe="") for part in waiting.partition("/"))
        said = read_object(get(f"{survey}/responses/{response}/details?simple=true"))
        if survey not in surveys:
            # Drafts and private apps may make 500 calls a day: once a run is enough.
            surveys[survey] = read_object(get(f"{survey}/details"))
        written_at = moment(said.get("date_created")) or context.now
        return to_feedback(
            Response(
                response_id=response,
                written_at=written_at,
                updated_at=moment(said.get("date_modified")) or written_at,
                answers=tuple(_answers(said, surveys[survey])),
                language=word(surveys[survey].get("language")),
            ),
            context,
        )

    return WaitingResponses(fetch_one, "SurveyMonkey")


def _explain(answer: HttpAnswer, now: datetime) -> SourceError | None:
    """A day's calls used up, or answers that the app may not see; the rest its status tells."""
    if answer.status == 403:
        return SourceAuthError(
            "SurveyMonkey does not let the app read answers (403)",
            advice="Give the app the scope View Response Details, which needs a paid plan, "
            "and put its new access token into SSM.",
        )
    left = number(answer.headers.get("X-Ratelimit-App-Global-Day-Remaining"))
    reset = number(answer.headers.get("X-Ratelimit-App-Global-Day-Reset"))
    if answer.status != 429 or left != 0 or reset is None or not 0 < reset <= SECONDS_A_DAY:
        return None
    return SourceRateLimited(
        "SurveyMonkey's calls of today are used up (429)",
        advice="Nothing to do: what was announced is fetched when the day is over.",
        retry_at=now + timedelta(seconds=reset),
    )


def _credentials(secrets: tuple[str, ...]) -> list[tuple[str, str]]:
    """Each live secret as the key that signs (client id & client secret) and the access token."""
    parts = [secret.split(maxsplit=1) for secret in secrets]
    # A key without its second half is public: it proves nobody.
    return [
        (one[0], one[1] if len(one) == 2 else "")
        for one in parts
        if one and all(one[0].partition("&")[::2])
    ]


def _questions(survey: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [
        question
        for page in objects(survey.get("pages"))
        for question in objects(page.get("questions"))
    ]


def _answers(said: Mapping[str, Any], survey: Mapping[str, Any]) -> list[Answer]:
    asked = {word(one.get("id")): one for one in _questions(survey)}
    found = [
        _answer(one, asked.get(word(one.get("id"))) or {})
        for one in _questions(said)
        if isinstance(one.get("answers"), list)
    ]
    found += [
        Answer(names=(f"custom.{name}", name), kind=AnswerKind.HIDDEN, value=word(value))
        for name, value in inside(said, "custom_variables").items()
    ]
    for name in ("recipient_id", "collector_id", "custom_value", "email_address"):
        if value := word(said.get(name)):
            found.append(Answer(names=(name,), kind=AnswerKind.HIDDEN, value=value))
    return found


def _answer(given: Mapping[str, Any], asked: Mapping[str, Any]) -> Answer:
    headings = objects(asked.get("headings"))
    first = headings[0] if headings else {}
    names = (
        word(given.get("id")),
        word(first.get("heading")) or word(asked.get("heading")),
    )
    parts = objects(given.get("answers"))
    family, subtype = word(asked.get("family")), word(asked.get("subtype"))
    kind, value, scale = AnswerKind.OTHER, _said(parts), None
    if family == "open_ended" and subtype in ("essay", "single"):
        kind = AnswerKind.LONG_TEXT if subtype == "essay" else AnswerKind.SHORT_TEXT
    elif family == "matrix" and subtype == "rating" and len(parts) == 1:
        return _rating(tuple(name for name in names if name), parts[0], asked)
    return Answer(
        names=tuple(name for name in names if name) or ("",), kind=kind, value=value, scale=scale
    )


def _said(parts: list[Any]) -> str | None:
    texts = [word(one.get("text")) or word(one.get("simple_text")) for one in parts]
    return ", ".join(text for text in texts if text) or None


def _rating(names: tuple[str, ...], part: Mapping[str, Any], asked: Mapping[str, Any]) -> Answer:
    """Stars or a row of choices: each choice has a weight; "not applicable" is no answer."""
    listed = objects(inside(asked, "answers").get("choices"))
    choices = [one for one in listed if one.get("is_na") is not True]
    weights = [number(one.get("weight")) for one in choices]
    chosen = [word(one.get("id")) for one in choices]
    place = chosen.index(key) if (key := word(part.get("choice_id"))) in chosen else None
    if place is None or None in weights or len(set(weights)) < 2:
        return Answer(names=names or ("",), kind=AnswerKind.OTHER, value=_said([part]))
    if len(weights) == 11 and set(weights) == NPS_WEIGHTS:
        return Answer(names=names, kind=AnswerKind.NPS, value=float(place), scale=(0, 10))
    known = [one for one in weights if one is not None]
    return Answer(
        names=names,
        kind=AnswerKind.RATING,
        value=weights[place],
        scale=(min(known), max(known)),
    )


KIND = SourceKind(
    name="surveymonkey",
    title="SurveyMonkey",
    required={},
    optional={
        "questions": MEANING,
        "address": "where the account's API is, if elsewhere: https://api.eu.surveymonkey.com",
    },
    needs_secret=True,
    receive=receive_surveymonkey,
    build=build_surveymonkey,
    secret_form="CLIENT-ID&CLIENT-SECRET of your app, a space, and its access token",  # noqa: S106
    costs="a paid SurveyMonkey plan: only those may read answers (scope responses_read_detail)",
    paste="SurveyMonkey: developer.surveymonkey.com, My Apps: make a private app with the scopes "
    "View Surveys, View Responses, View Response Details and Create/Modify Webhooks. Then make a "
    "webhook with event_type response_completed and this address as subscription_url.",
    try_it="Fill in the survey once: it is fetched within a minute.",
)
