"""What each tool sends: one delivery a tool, made up by us in the form that the tool documents."""

import json
from collections.abc import Mapping
from typing import Any


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
