"""Whatever is sent to a webhook route: no 5xx, and nothing is kept without a proven sender."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.cli.local_run import LambdaContext
from chalicelib.domain.business import SourceSettings
from chalicelib.domain.errors import SourceContractError
from chalicelib.ports import HttpAnswer, PullContext
from chalicelib.pull.webhooks.waiting import WaitingResponses
from chalicelib.store.envelopes import read_arrival, write_arrival
from chalicelib.wiring import SourceKinds
from tests.house import House, house
from tests.pull.webhooks.fetched import ANSWERED, RESPONSE, SURVEY
from tests.pull.webhooks.given import NOW, SHOP
from tests.pull.webhooks.hostile import draw, spoiled
from tests.pull.webhooks.senders import BY_KIND, move_in

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "openapi.yaml"
PATHS: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))["paths"]
ANSWERS = {200, 202, 400, 401, 413, 415}
CONTEXT = LambdaContext(function_name="api_handler")


@pytest.fixture(scope="module")
def town() -> Iterator[House]:
    """A house with every tool of two businesses."""
    with house() as made:
        move_in(made)
        yield made


@settings(max_examples=120)
@given(random=st.randoms(use_true_random=False))
def test_no_request_is_answered_with_5xx_and_no_stranger_s_is_kept(
    town: House, random: Random
) -> None:
    queue = town.queues.feedback.waiting
    queue.clear()
    town.queues.pulls.waiting.clear()

    case = draw(random, town.now)
    status = town.app.app(case.event, CONTEXT)["statusCode"]

    assert status in ANSWERS, case
    route = PATHS[case.event["resource"]][case.event["httpMethod"].lower()]
    assert str(status) in route["responses"], case
    if not case.is_signed:
        assert not queue, case
        assert not town.queues.pulls.waiting, case
    for arrival in queue:
        assert read_arrival(write_arrival(arrival)) == arrival
        assert len(str(arrival.delivery_id)) < 700


class Answers:
    """A tool that answers each address with what a test put there."""

    def __init__(self, *bodies: Any) -> None:
        self._bodies = [json.dumps(body).encode() for body in bodies]

    def get(self, url: str, **_: Any) -> HttpAnswer:
        """The next body, whatever is asked for."""
        body = self._bodies.pop(0) if len(self._bodies) > 1 else self._bodies[0]
        return HttpAnswer(status=200, headers={}, body=body, url=url)


@settings(max_examples=120)
@given(
    random=st.randoms(use_true_random=False),
    kind=st.sampled_from(["jotform", "surveymonkey"]),
    questions=st.sampled_from([{}, {"csat": "stars", "text": "why"}, {"respondent": "customer"}]),
)
def test_no_answer_of_a_tool_is_more_than_trouble_of_that_answer(
    random: Random, kind: str, questions: Mapping[str, object]
) -> None:
    bodies: list[Any] = [ANSWERED] if kind == "jotform" else [RESPONSE, SURVEY]
    http: Any = Answers(*(spoiled(random, body) for body in bodies))
    context = PullContext(
        business=SHOP,
        settings=SourceSettings(
            name="form", kind=kind, options=MappingProxyType({"questions": questions})
        ),
        secrets=(BY_KIND[kind].secrets["live"],),
        http=http,
        now=NOW,
    )
    build = SourceKinds()[kind].build
    assert build is not None
    source = build(context)
    assert isinstance(source, WaitingResponses)

    page = source.fetch({"waiting": ["1/2", "last"]})

    # Either it is read, or it goes behind the others: never does it stop them.
    assert page.cursor["waiting"] in (["last"], ["last", "1/2"])
    for feedback in page.feedback:
        assert feedback.written_at <= NOW
    if page.cursor["waiting"] != ["last"]:
        with pytest.raises(SourceContractError):
            source.fetch({"waiting": ["1/2"]})
