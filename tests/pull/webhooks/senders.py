"""Every tool that calls us, as it signs: for the tests, the proof and the benchmark of webhooks.

The bodies are made up; their form is that of contracts B.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from chalicelib.cli.memory_services import GivenSecrets
from chalicelib.domain.business import Business, SourceSettings
from chalicelib.domain.source import SourceState
from tests.house import BAKERY, House

# Of every tool: the live secret, the one before it, and the one of another business.
STANDARD = {
    "live": "whsec_" + base64.b64encode(b"the live key of thirty-two bytes").decode(),
    "retired": "whsec_" + base64.b64encode(b"the retired key, thirty-two long").decode(),
    "other": "whsec_" + base64.b64encode(b"the key of some other business..").decode(),
}
CHOSEN = {name: f"chosen-{name}-secret-of-tool" for name in ("live", "retired", "other")}
MONKEY = {name: f"client-{name}&secret-{name} token-{name}" for name in CHOSEN}
FROGS = {name: f"Word{name.title()}0123456789 key-{name}" for name in CHOSEN}

STANDARD_WAY = "Standard Webhooks: HMAC-SHA256 over id, time and body"

Sign = Callable[[str, bytes, datetime], dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """One tool: its kind, where it posts, its secrets, how it signs, what it sends.

    `header` holds its signature, `prefix` what stands before that, `how` says in words how it is
    made; `is_stamped` says whether it signs a time, `is_fetched` that a delivery brings an id
    alone.
    """

    kind: str
    secrets: Mapping[str, str]
    sign: Sign
    body: bytes
    header: str
    how: str
    prefix: str = ""
    is_hex: bool = False
    is_stamped: bool = False
    is_fetched: bool = False
    content_type: str = "application/json"
    path: str = "/surveys/{business}/{kind}"

    def request(
        self, secret: str, now: datetime, *, business: str = "bakery", body: bytes | None = None
    ) -> tuple[str, dict[str, str], bytes]:
        """Path, headers and body of a delivery signed with that secret."""
        sent = self.body if body is None else body
        path = self.path.format(business=business, kind=self.kind, word=secret.split()[0])
        return path, {"content-type": self.content_type, **self.sign(secret, sent, now)}, sent


def _hmac(secret: str, signed: bytes, digest: str = "sha256") -> bytes:
    return hmac.digest(secret.encode(), signed, digest)


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def sign_typeform(secret: str, body: bytes, now: datetime) -> dict[str, str]:
    """As Typeform."""
    return {"typeform-signature": f"sha256={_b64(_hmac(secret, body))}"}


def sign_tally(secret: str, body: bytes, now: datetime) -> dict[str, str]:
    """As Tally."""
    return {"tally-signature": _b64(_hmac(secret, body))}


def sign_monkey(secret: str, body: bytes, now: datetime) -> dict[str, str]:
    """As SurveyMonkey, whose key is the first word of the secret."""
    key = secret.split()[0]
    return {"sm-apikey": key.split("&")[0], "sm-signature": _b64(_hmac(key, body, "sha1"))}


def sign_zendesk(secret: str, body: bytes, now: datetime) -> dict[str, str]:
    """As Zendesk: the time and the body, with nothing in between."""
    stamp = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "x-zendesk-webhook-signature-timestamp": stamp,
        "x-zendesk-webhook-signature": _b64(_hmac(secret, stamp.encode() + body)),
    }


def sign_intercom(secret: str, body: bytes, now: datetime) -> dict[str, str]:
    """As Intercom."""
    return {"x-hub-signature": f"sha1={_hmac(secret, body, 'sha1').hex()}"}


def sign_standard(secret: str, body: bytes, now: datetime) -> dict[str, str]:
    """As Standard Webhooks ask; the id follows from the body."""
    delivery = "msg_" + hashlib.sha256(body).hexdigest()[:16]
    stamp = str(int(now.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{delivery}.{stamp}.".encode() + body
    return {
        "webhook-id": delivery,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{_b64(hmac.digest(key, signed, 'sha256'))}",
    }


def sign_nothing(secret: str, body: bytes, now: datetime) -> dict[str, str]:
    """As Jotform."""
    return {}


def as_json(body: Any) -> bytes:
    """JSON as most tools write it: UTF-8, not escaped, no spaces."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def multipart(fields: Mapping[str, bytes], boundary: str = "frog0123") -> bytes:
    """The parts of a form as Jotform sends them."""
    parts = [
        b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        % (boundary.encode(), name.encode(), value)
        for name, value in fields.items()
    ]
    return b"".join(parts) + b"--%s--\r\n" % boundary.encode()


TYPEFORM = {
    "event_id": "01TYPEFORMEVENT",
    "event_type": "form_response",
    "form_response": {
        "form_id": "bakeForm",
        "token": "tf-token-1",
        "landed_at": "2026-05-04T08:50:00Z",
        "submitted_at": "2026-05-04T08:55:00Z",
        "hidden": {"customer": "c42", "order": "o9"},
        "calculated": {"score": 7},
        "variables": [{"key": "score", "type": "number", "number": 7}],
        "definition": {
            "id": "bakeForm",
            "title": "After your visit",
            "fields": [
                {"id": "f1", "ref": "recommend", "type": "nps", "title": "Would you recommend us?"},
                {
                    "id": "f2",
                    "ref": "stars",
                    "type": "rating",
                    "title": "How was the bread?",
                    "properties": {"steps": 5},
                },
                {"id": "f3", "ref": "why", "type": "long_text", "title": "What went wrong?"},
                {"id": "f4", "ref": "who", "type": "short_text", "title": "What's your name?"},
                {"id": "f5", "ref": "mail", "type": "email", "title": "Your e-mail"},
                {"id": "f6", "ref": "contact", "type": "yes_no", "title": "May we write to you?"},
                {"id": "f7", "ref": "where", "type": "dropdown", "title": "Which shop?"},
                {"id": "f8", "ref": "bought", "type": "multiple_choice", "title": "You bought?"},
                {"id": "f9", "ref": "skipped", "type": "long_text", "title": "Anything else?"},
            ],
            "endings": [{"id": "e1", "ref": "bye", "title": "Thanks", "type": "thankyou_screen"}],
        },
        "answers": [
            {
                "type": "number",
                "number": 2,
                "field": {"id": "f1", "type": "nps", "ref": "recommend"},
            },
            {
                "type": "number",
                "number": 1,
                "field": {"id": "f2", "type": "rating", "ref": "stars"},
            },
            {
                "type": "text",
                "text": "bad crust, schön kalt 🥖",
                "field": {"id": "f3", "type": "long_text", "ref": "why"},
            },
            {
                "type": "text",
                "text": "Ada Sample",
                "field": {"id": "f4", "type": "short_text", "ref": "who"},
            },
            {
                "type": "email",
                "email": "ada@customers.example",
                "field": {"id": "f5", "type": "email", "ref": "mail"},
            },
            {
                "type": "boolean",
                "boolean": True,
                "field": {"id": "f6", "type": "yes_no", "ref": "contact"},
            },
            {
                "type": "choice",
                "choice": {"id": "c1", "label": "Station kiosk", "ref": "kiosk"},
                "field": {"id": "f7", "type": "dropdown", "ref": "where"},
            },
            {
                "type": "choices",
                "choices": {"ids": ["a", "b"], "labels": ["Rolls", "Cake"], "other": "Pretzels"},
                "field": {"id": "f8", "type": "multiple_choice", "ref": "bought"},
            },
        ],
        "ending": {"id": "e1", "ref": "bye"},
    },
}
TALLY = {
    "eventId": "tally-event-1",
    "eventType": "FORM_RESPONSE",
    "createdAt": "2026-05-04T08:56:10.123Z",
    "data": {
        "responseId": "tl-response-1",
        "submissionId": "tl-response-1",
        "respondentId": "tl-respondent",
        "formId": "wBread",
        "formName": "After your visit",
        "createdAt": "2026-05-04T08:56:09.000Z",
        "fields": [
            {"key": "question_s", "label": "How was the bread?", "type": "RATING", "value": 2},
            {"key": "question_l", "label": "Recommend us?", "type": "LINEAR_SCALE", "value": 3},
            {
                "key": "question_t",
                "label": "What went wrong?",
                "type": "TEXTAREA",
                "value": "bad rolls, stale",
            },
            {"key": "question_n", "label": "First name", "type": "INPUT_TEXT", "value": "Ada"},
            {"key": "question_o", "label": "One wish", "type": "INPUT_TEXT", "value": "Warmer tea"},
            {
                "key": "question_m",
                "label": "Which shop?",
                "type": "MULTIPLE_CHOICE",
                "value": ["o-2"],
                "options": [
                    {"id": "o-1", "text": "Market"},
                    {"id": "o-2", "text": "Station kiosk"},
                ],
            },
            {
                "key": "question_c",
                "label": "May we write to you?",
                "type": "CHECKBOXES",
                "value": ["y"],
                "options": [{"id": "y", "text": "Yes"}],
            },
            {"key": "question_c_y", "label": "May we? (Yes)", "type": "CHECKBOXES", "value": True},
            {"key": "question_e", "label": "E-mail", "type": "INPUT_EMAIL", "value": "a@b.example"},
            {"key": "question_f", "label": "Photo", "type": "FILE_UPLOAD", "value": [{"id": "f"}]},
            {"key": "question_x", "label": "Table", "type": "MATRIX", "value": {"r1": ["c1"]}},
            {"key": "question_z", "label": "Nothing", "type": "TEXTAREA", "value": None},
            {"key": "question_h", "label": "customer", "type": "HIDDEN_FIELDS", "value": "c42"},
            {"key": "question_k", "label": "sum", "type": "CALCULATED_FIELDS", "value": 12},
        ],
    },
}
FORMBRICKS = {
    "webhookId": "fb-webhook",
    "event": "responseFinished",
    "data": {
        "id": "fb-response-1",
        "createdAt": "2026-05-04T08:50:00.000Z",
        "updatedAt": "2026-05-04T08:57:00.000Z",
        "surveyId": "fb-survey",
        "displayId": "fb-display",
        "finished": True,
        "endingId": None,
        "contact": {"id": "fb-contact", "userId": "c42"},
        "contactAttributes": {"userId": "c42", "email": "ada@customers.example"},
        "data": {
            "recommend": 1,
            "why": "bad service at the till",
            "how": "Very unhappy",
            "wish": ["Warmer tea", "Seats"],
            "consent": "accepted",
            "home": ["Sample Street 1", "", "Town"],
        },
        "variables": {"price": 12},
        "ttc": {"why": 1200.5, "_total": 5000},
        "tags": [],
        "meta": {"country": "DE", "url": "https://shop.example", "userAgent": {"os": "x"}},
        "language": "en",
        "singleUseId": None,
        "survey": {"title": "After your visit", "type": "link", "status": "inProgress"},
    },
}
GOOGLE_FORM = {
    "type": "survey.response",
    "timestamp": "2026-05-04T08:58:00.000Z",
    "data": {
        "response_id": "gf-response-1",
        "submitted_at": "2026-05-04T08:58:00.000Z",
        "answers": [
            {
                "key": "101",
                "title": "Would you recommend us?",
                "type": "SCALE",
                "value": 2,
                "scale": [0, 10],
            },
            {"key": "102", "title": "Stars", "type": "RATING", "value": 2, "scale": [1, 10]},
            {"key": "103", "title": "Why?", "type": "PARAGRAPH_TEXT", "value": "bad bread"},
            {"key": "104", "title": "Your name", "type": "TEXT", "value": "Ada Sample"},
            {"key": "105", "title": "Bought", "type": "CHECKBOX", "value": ["Rolls", "Cake"]},
            {"key": "106", "title": "Tea", "type": "SCALE", "value": 3, "scale": [1, 5]},
        ],
    },
}
MONKEY_CALL = {
    "name": "Heedful",
    "filter_type": "survey",
    "filter_id": "9",
    "event_type": "response_completed",
    "event_id": "10027",
    "object_type": "response",
    "object_id": "55",
    "event_datetime": "2026-05-04T08:59:00+00:00",
    "resources": {
        "respondent_id": "55",
        "recipient_id": "0",
        "collector_id": "7",
        "survey_id": "9",
        "user_id": "3",
    },
}
FROG_FORM = {
    "formID": b"260001",
    "submissionID": b"6000111222333",
    "formTitle": "Nach dem Besuch".encode("latin-1"),
    "ip": b"203.0.113.9",
    "pretty": "Stars:1, Why:sch\xf6n".encode("latin-1"),
    "rawRequest": b'{"slug":"submit/260001","q3_why":"bad \xff bread","q4_stars":"1"}',
    "webhookURL": b"https://heedful.example",
}
ZENDESK = {
    "ticket_id": "35436",
    "rating": "Bad",
    "requester_id": "20978392",
    "rated_at": "2026-05-04T08:55:30Z",
    "comment": "bad answer, and late",
}
INTERCOM = {
    "type": "notification_event",
    "app_id": "app1",
    "topic": "conversation.rating.added",
    "id": "notif-1",
    "created_at": 1777884900,
    "delivery_attempts": 1,
    "data": {
        "type": "notification_event_data",
        "item": {
            "type": "conversation",
            "id": "1234",
            "conversation_rating": {
                "rating": 1,
                "remark": "bad help",
                "created_at": 1777884890,
                "contact": {"type": "contact", "id": "ic-contact", "external_id": "c42"},
            },
        },
    },
}
GENERIC = {
    "type": "survey.response",
    "timestamp": "2026-05-04T08:55:00Z",
    "data": {
        "response_id": "generic-1",
        "submitted_at": "2026-05-04T08:55:00Z",
        "answers": [
            {"metric": "nps", "value": 2, "scale": [0, 10]},
            {"metric": "text", "value": "bad day"},
        ],
    },
}
MESSAGE = {"message_id": "chat-1", "text": "bad, bad, where is my order?", "language": "en"}

SENDERS: Sequence[Sender] = (
    Sender(
        kind="survey",
        how=STANDARD_WAY,
        secrets=STANDARD,
        sign=sign_standard,
        body=as_json(GENERIC),
        header="webhook-signature",
        prefix="v1,",
        is_stamped=True,
    ),
    Sender(
        kind="typeform",
        how="HMAC-SHA256 over the body, base64",
        secrets=CHOSEN,
        sign=sign_typeform,
        body=as_json(TYPEFORM),
        header="typeform-signature",
        prefix="sha256=",
    ),
    Sender(
        kind="tally",
        how="HMAC-SHA256 over the body, base64",
        secrets=CHOSEN,
        sign=sign_tally,
        body=as_json(TALLY),
        header="tally-signature",
    ),
    Sender(
        kind="formbricks",
        how=STANDARD_WAY,
        secrets=STANDARD,
        sign=sign_standard,
        body=as_json(FORMBRICKS),
        header="webhook-signature",
        prefix="v1,",
        is_stamped=True,
    ),
    Sender(
        kind="google_forms",
        how=STANDARD_WAY,
        secrets=STANDARD,
        sign=sign_standard,
        body=as_json(GOOGLE_FORM),
        header="webhook-signature",
        prefix="v1,",
        is_stamped=True,
    ),
    Sender(
        kind="surveymonkey",
        how="HMAC-SHA1 over the body, base64",
        secrets=MONKEY,
        sign=sign_monkey,
        body=as_json(MONKEY_CALL),
        header="sm-signature",
        is_fetched=True,
        content_type="application/vnd.surveymonkey.response.v1+json",
    ),
    Sender(
        kind="zendesk_rating",
        how="HMAC-SHA256 over time and body, base64",
        secrets=CHOSEN,
        sign=sign_zendesk,
        body=as_json(ZENDESK),
        header="x-zendesk-webhook-signature",
        is_stamped=True,
    ),
    Sender(
        kind="intercom_rating",
        how="HMAC-SHA1 over the body, hex",
        secrets=CHOSEN,
        sign=sign_intercom,
        body=as_json(INTERCOM),
        header="x-hub-signature",
        prefix="sha1=",
        is_hex=True,
    ),
    Sender(
        kind="messages",
        how=STANDARD_WAY,
        secrets=STANDARD,
        sign=sign_standard,
        body=as_json(MESSAGE),
        header="webhook-signature",
        prefix="v1,",
        is_stamped=True,
        path="/messages/{business}",
    ),
    Sender(
        kind="jotform",
        how="not at all: a secret word in the address",
        secrets=FROGS,
        sign=sign_nothing,
        body=multipart(FROG_FORM),
        header="",
        is_fetched=True,
        content_type="multipart/form-data; boundary=frog0123",
        path="/surveys/{business}/jotform/{word}",
    ),
)
BY_KIND = MappingProxyType({one.kind: one for one in SENDERS})


def shops(**options: Mapping[str, object]) -> tuple[Business, Business]:
    """The bakery with every tool, and another business with the same tools and its own secrets."""
    bakery = replace(BAKERY, sources=_sources("bakery", options))
    return bakery, replace(
        BAKERY, business_id="florist", name="Florist", sources=_sources("florist", options)
    )


def _sources(
    business: str, options: Mapping[str, Mapping[str, object]]
) -> tuple[SourceSettings, ...]:
    return tuple(
        SourceSettings(
            name=f"from-{one.kind.replace('_', '-')}",
            kind=one.kind,
            secret=f"{business}/{one.kind}",
            options=MappingProxyType(dict(options.get(one.kind, {}))),
        )
        for one in SENDERS
    )


def move_in(house: House, **options: Mapping[str, object]) -> None:
    """Both businesses are customers of this house, with two live secrets at the bakery."""
    assert isinstance(house.services.secrets, GivenSecrets)
    known = house.services.secrets.values
    for business in shops(**options):
        house.store.save_business(business)
        for source in business.sources:
            state = SourceState(business_id=business.business_id, source=source.name)
            if house.store.load_source(state.business_id, state.source) is None:
                house.store.save_source(state)
    for one in SENDERS:
        known[f"bakery/{one.kind}"] = (one.secrets["live"], one.secrets["retired"])
        known[f"florist/{one.kind}"] = (one.secrets["other"],)


def retire(house: House) -> None:
    """The rotation is over: the older secret is dead."""
    assert isinstance(house.services.secrets, GivenSecrets)
    for one in SENDERS:
        house.services.secrets.values[f"bakery/{one.kind}"] = (one.secrets["live"],)
