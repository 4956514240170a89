"""Where a customer's words and person may lie, and where never: logs, errors, queues."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chalicelib import flow, wiring
from chalicelib.domain.feedback import Arrival
from chalicelib.store.envelopes import write_arrival
from tests.alert.hostile import HOSTILE_TEXTS
from tests.house import House, a_survey, house, signed

ROOT = Path(__file__).resolve().parents[2]
# Made up, and of a form that must be redacted.
EMAIL, PHONE, CARD = "quentin@canary.example", "+49 30 901820", "4111 1111 1111 1111"
AUTHOR, WORDS = "Quentin Canary", "Kringelkuchen"
TEXT = f"bad {WORDS}, write to {EMAIL} or call {PHONE}, paid with {CARD}"
PERSONAL = (EMAIL, PHONE, CARD, CARD.replace(" ", ""), PHONE.replace(" ", ""))


@pytest.fixture
def bakery() -> Iterator[House]:
    with house() as built:
        yield built


def post(built: House, body: bytes, delivery: str = "msg_1") -> int:
    headers = signed(body, built.now, delivery=delivery)
    return built.request("POST", "/surveys/bakery/survey", headers, body)[0]


def queued(built: House) -> str:
    """What the feedback queue, and after five failures its dead letters, would hold."""
    return "\n".join(write_arrival(one) for one in built.queues.feedback.waiting)


def test_no_number_and_no_address_gets_as_far_as_a_queue(bakery: House) -> None:
    assert post(bakery, a_survey(text=TEXT)) == 202
    business = bakery.store.load_business("bakery")
    assert business is not None
    settings = business.source("exports")
    assert settings is not None
    flow.import_feedback(
        bakery.services, business, settings, [bakery.feedback(TEXT, author=AUTHOR)], bakery.now
    )

    held = queued(bakery)

    assert held.count(WORDS) == 2
    assert not [one for one in PERSONAL if one in held]


def test_no_log_holds_a_word_or_a_person(bakery: House) -> None:
    assert post(bakery, a_survey(text=TEXT)) == 202
    bakery.hear(bakery.feedback(TEXT, author=AUTHOR, author_id="canary-7"))
    bakery.run.watch(bakery.now)
    log = bakery.log.getvalue()

    assert bakery.store.scored_between("bakery", "2026-01-01", "2026-12-31")
    assert log.count("\n") >= 3
    assert not [one for one in (*PERSONAL, AUTHOR, WORDS, "canary-7") if one in log]


class Failing:
    """A store whose every write fails with an error that quotes what it was given."""

    def __init__(self, behind: object) -> None:
        self._behind = behind

    def __getattr__(self, name: str) -> Any:
        if name not in ("store", "find"):
            return getattr(self._behind, name)

        def fail(*given: object, **_: object) -> None:
            raise ValueError(f"cannot do this with {given}: {TEXT} by {AUTHOR}")

        return fail


@pytest.mark.parametrize("text", [TEXT, f"{AUTHOR} says {WORDS}"])
def test_an_error_that_quotes_a_customer_is_told_without_the_quotation(
    bakery: House, text: str
) -> None:
    store: Any = Failing(bakery.store)
    wiring.use(replace(bakery.services, store=store))
    arrival = Arrival(feedback=bakery.feedback(text, author=AUTHOR), received_at=bakery.now)
    bakery.services.feedback_queue.put([arrival])

    with pytest.raises(RuntimeError, match="could not finish 1 of 1") as told:
        bakery.run.settle()

    log = bakery.log.getvalue()
    assert "ValueError" in log
    assert not [one for one in (*PERSONAL, AUTHOR, WORDS) if one in log + str(told.value)]


def test_a_body_that_is_refused_leaves_none_of_its_words_in_the_log(bakery: House) -> None:
    assert post(bakery, json.dumps({"data": {"answers": [TEXT]}}).encode()) == 400
    assert post(bakery, TEXT.encode()) == 400

    assert not [one for one in (*PERSONAL, WORDS) if one in bakery.log.getvalue()]


@pytest.mark.parametrize("part", ["business", "provider", "delivery", "response"])
def test_no_hostile_name_makes_a_line_of_the_log(bakery: House, part: str) -> None:
    lines = 0
    for number, text in enumerate(HOSTILE_TEXTS[::7]):
        name = text.encode("utf-8", "replace").decode().replace("/", "").replace("?", "")[:200]
        named = {"business": "bakery", "provider": "survey"}
        if part in named:
            named[part] = f'{name}\n{{"level":"ERROR"}}'
        body = a_survey(name if part == "response" and name else f"r{number}")
        headers = signed(body, bakery.now, delivery=f"msg_{number}")
        if part == "delivery":
            headers["webhook-id"] = f"{name}\n{{}}"
        path = "/surveys/{business}/{provider}"
        call = {
            "resource": path,
            "path": path,
            "httpMethod": "POST",
            "headers": headers,
            "multiValueHeaders": {key: [value] for key, value in headers.items()},
            "queryStringParameters": None,
            "multiValueQueryStringParameters": None,
            "pathParameters": named,
            "stageVariables": None,
            "requestContext": {"httpMethod": "POST", "resourcePath": path, "identity": {}},
            "body": body.decode(),
            "isBase64Encoded": False,
        }
        from chalicelib.cli.local_run import LambdaContext

        answer = bakery.app.app(call, LambdaContext(function_name="api_handler"))
        assert answer["statusCode"] in {202, 400, 401}
        lines += 1

    written = bakery.log.getvalue().splitlines()
    assert len(written) == lines
    assert {json.loads(line)["level"] for line in written} == {"INFO"}


def test_nothing_of_ours_writes_a_table_that_a_spreadsheet_would_run() -> None:
    # A cell that begins with = or @ is a formula, quotation marks do not help. Whoever adds an
    # export takes `spreadsheet_of`, which puts an apostrophe before such cells.
    writers = {
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "chalicelib").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"writer", "DictWriter", "to_csv"}
    }

    # The demo plays a site that publishes our own month of made-up reviews.
    assert writers == {"chalicelib/cli/demo_sites.py", "chalicelib/pages/spreadsheet.py"}
