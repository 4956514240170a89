"""What the tools' own APIs answer about a response that was announced."""

from tests.pull.webhooks.given import changed

SUBMISSION = {
    "responseCode": 200,
    "message": "success",
    "content": {
        "id": "6000111222333",
        "form_id": "260001",
        "ip": "203.0.113.9",
        "created_at": "2026-05-04 04:50:00",
        "updated_at": None,
        "status": "ACTIVE",
        "answers": {
            "1": {"name": "stars", "order": "1", "text": "Stars", "type": "control_rating"},
            "3": {
                "name": "why",
                "order": "3",
                "text": "Why?",
                "type": "control_textarea",
                "answer": "bad bread\r\nand cold",
            },
            "4": {
                "name": "name",
                "text": "Name",
                "type": "control_fullname",
                "answer": {"first": "Ada", "last": "Sample"},
                "prettyFormat": "Ada Sample",
            },
            "5": {
                "name": "bought",
                "text": "Bought",
                "type": "control_checkbox",
                "answer": ["Rolls", "Cake"],
            },
            "6": {"name": "customer", "text": "", "type": "control_hidden", "answer": "c42"},
        },
    },
}
ANSWERED = changed(SUBMISSION, "content", "answers", "1", "answer", to="2")
RESPONSE_PATH = "/v3/surveys/9/responses/55/details?simple=true"
DETAILS_PATH = "/v3/surveys/9/details"
RESPONSE = {
    "id": "55",
    "survey_id": "9",
    "response_status": "completed",
    "date_created": "2026-05-04T08:50:00+00:00",
    "date_modified": "2026-05-04T08:59:00+00:00",
    "ip_address": "203.0.113.9",
    "custom_variables": {"customer": "c42"},
    "pages": [
        {
            "id": "p1",
            "questions": [
                {"id": "q1", "answers": [{"row_id": "r", "choice_id": "n3"}]},
                {"id": "q2", "answers": [{"row_id": "r", "choice_id": "s2"}]},
                {"id": "q3", "answers": [{"text": "bad queue, bad coffee"}]},
                {"id": "q4", "answers": [{"choice_id": "c1"}, {"other_id": "o", "text": "Tea"}]},
            ],
        }
    ],
}
SURVEY = {
    "id": "9",
    "title": "After your visit",
    "language": "en",
    "pages": [
        {
            "id": "p1",
            "questions": [
                {
                    "id": "q1",
                    "family": "matrix",
                    "subtype": "rating",
                    "headings": [{"heading": "Would you recommend us?"}],
                    "answers": {
                        "rows": [{"id": "r", "text": ""}],
                        "choices": [
                            {"id": f"n{step}", "weight": weight, "is_na": False}
                            for step, weight in enumerate([-100] * 7 + [0] * 2 + [100] * 2)
                        ],
                    },
                },
                {
                    "id": "q2",
                    "family": "matrix",
                    "subtype": "rating",
                    "headings": [{"heading": "Stars"}],
                    "answers": {
                        "rows": [{"id": "r", "text": ""}],
                        "choices": [
                            *({"id": f"s{step}", "weight": step} for step in range(1, 6)),
                            {"id": "na", "weight": 0, "is_na": True},
                        ],
                    },
                },
                {
                    "id": "q3",
                    "family": "open_ended",
                    "subtype": "essay",
                    "headings": [{"heading": "Why?"}],
                },
                {
                    "id": "q4",
                    "family": "multiple_choice",
                    "subtype": "vertical",
                    "headings": [{"heading": "Bought?"}],
                },
            ],
        }
    ],
}
