"""Tools whose call brings only an id: it is written down, the answers fetched, none lost."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import SourceContractError, SourceUnavailable
from chalicelib.domain.feedback import SurveyMetric
from chalicelib.domain.source import SourceState
from chalicelib.pull.webhooks.waiting import (
    LOOKS,
    LOOKS_AT_BROKEN,
    NotThere,
    WaitingResponses,
    waiting_in,
    with_waiting,
)
from tests.house import House, house
from tests.pull.site import Site
from tests.pull.webhooks.deliveries import MONKEY_CALL, as_json
from tests.pull.webhooks.fetched import (
    ANSWERED,
    DETAILS_PATH,
    RESPONSE,
    RESPONSE_PATH,
    SURVEY,
)
from tests.pull.webhooks.given import changed
from tests.pull.webhooks.senders import BY_KIND, move_in

FROG = BY_KIND["jotform"]
MONKEY = BY_KIND["surveymonkey"]
FROG_PATH = "/submission/6000111222333?apiKey=key-live"


@pytest.fixture
def town(site: Site) -> Iterator[House]:
    """A house whose two tools answer on the loopback."""
    with house() as made:
        move_in(made, jotform={"address": site.root}, surveymonkey={"address": site.root})
        yield made


def call(town: House, kind: str, body: bytes | None = None) -> int:
    """The tool's call; what is queued then is handled."""
    sender = BY_KIND[kind]
    path, headers, sent = sender.request(sender.secrets["live"], town.now, body=body)
    status, _, _ = town.request("POST", path, headers, sent)
    town.run.settle()
    return status


def row(town: House, kind: str) -> SourceState:
    state = town.store.load_source("bakery", f"from-{kind}")
    assert state is not None
    return state


def stored(town: House) -> list[Any]:
    return [one.feedback for one in town.store.scored_between("bakery", "2026-05-01", "2026-05-31")]


def test_a_submission_of_jotform_is_fetched_and_stored_as_news(town: House, site: Site) -> None:
    site.on(FROG_PATH, body=json.dumps(ANSWERED).encode())

    assert call(town, "jotform") == 202

    (one,) = stored(town)
    assert (one.external_id, one.text) == ("6000111222333", "bad bread\nand cold")
    assert dict(one.survey_scores) == {SurveyMetric.CSAT: 2.0}
    # 04:50 in New York, where Jotform's accounts live unless they were moved.
    assert one.written_at == datetime(2026, 5, 4, 8, 50, tzinfo=UTC)
    (scored,) = town.store.scored_between("bakery", "2026-05-01", "2026-05-31")
    assert not scored.is_history
    assert waiting_in(row(town, "jotform")) == []
    assert row(town, "jotform").due is None


def test_neither_the_word_nor_the_key_of_jotform_is_in_any_log(town: House, site: Site) -> None:
    site.on(FROG_PATH, status=500)

    call(town, "jotform")

    word, key = FROG.secrets["live"].split()
    log = town.log.getvalue()
    assert "received a survey" in log
    assert "pulled sources" in log
    assert word not in log
    assert key not in log
    assert key not in str(row(town, "jotform").trouble)


def test_a_response_of_surveymonkey_is_fetched_with_its_questions(town: House, site: Site) -> None:
    site.on(RESPONSE_PATH, body=json.dumps(RESPONSE).encode())
    site.on(DETAILS_PATH, body=json.dumps(SURVEY).encode())

    assert call(town, "surveymonkey") == 202

    (one,) = stored(town)
    assert (one.external_id, one.text, one.language) == ("55", "bad queue, bad coffee", "en")
    assert dict(one.survey_scores) == {SurveyMetric.NPS: 3.0, SurveyMetric.CSAT: 2.0}
    assert one.written_at == datetime(2026, 5, 4, 8, 50, tzinfo=UTC)
    assert one.updated_at == datetime(2026, 5, 4, 8, 59, tzinfo=UTC)
    assert [headers["authorization"] for _, headers in site.asked] == ["Bearer token-live"] * 2


def test_other_calls_of_surveymonkey_leave_nothing(town: House) -> None:
    other = changed(MONKEY_CALL, "event_type", to="survey_created")

    assert call(town, "surveymonkey", as_json(other)) == 202
    assert waiting_in(row(town, "surveymonkey")) == []
    for wrong in ("../x", "", None, "5/5"):
        body = as_json(changed(MONKEY_CALL, "object_id", to=wrong))
        assert call(town, "surveymonkey", body) == 400


def test_a_tool_in_trouble_is_asked_again_and_nothing_is_lost(town: House, site: Site) -> None:
    site.on(FROG_PATH, status=503)
    call(town, "jotform")
    assert waiting_in(row(town, "jotform")) == ["6000111222333"]
    assert row(town, "jotform").due == town.now + timedelta(minutes=5)

    site.on(FROG_PATH, body=json.dumps(ANSWERED).encode())
    town.wait(minutes=6)
    town.run.tick(town.now)

    assert [one.external_id for one in stored(town)] == ["6000111222333"]
    assert row(town, "jotform").failures == 0


@pytest.mark.parametrize("answer", [(401, {}), (200, {"responseCode": 401, "content": None})])
def test_a_refused_key_is_told_to_the_owner_at_once(
    town: House, site: Site, answer: tuple[int, dict[str, Any]]
) -> None:
    site.on(FROG_PATH, status=answer[0], body=json.dumps(answer[1]).encode())

    call(town, "jotform")

    (incident,) = town.store.open_incidents("bakery")
    assert incident.source == "from-jotform"


def test_a_day_s_calls_used_up_at_surveymonkey_are_waited_for(town: House, site: Site) -> None:
    headers = {
        "X-Ratelimit-App-Global-Day-Remaining": "0",
        "X-Ratelimit-App-Global-Day-Reset": "36000",
        "X-Ratelimit-App-Global-Minute-Reset": "20",
    }
    site.on(RESPONSE_PATH, status=429, headers=headers)

    call(town, "surveymonkey")

    assert row(town, "surveymonkey").due == town.now + timedelta(hours=10)
    assert waiting_in(row(town, "surveymonkey")) == ["9/55"]
    assert town.store.open_incidents("bakery") == []


def test_an_app_that_may_not_read_answers_is_told_what_it_needs(town: House, site: Site) -> None:
    site.on(RESPONSE_PATH, status=403, body=b'{"error": {"id": "1014"}}')

    call(town, "surveymonkey")

    assert "View Response Details" in str(row(town, "surveymonkey").advice)
    assert len(town.store.open_incidents("bakery")) == 1


def test_a_response_that_the_tool_does_not_know_is_looked_for_again_and_then_let_go(
    town: House, site: Site
) -> None:
    site.on(FROG_PATH, status=404)
    call(town, "jotform")

    for _ in range(2):
        assert waiting_in(row(town, "jotform")) == ["6000111222333"]
        town.wait(hours=7)
        town.run.tick(town.now)

    assert waiting_in(row(town, "jotform")) == []
    assert stored(town) == []


def test_what_a_tool_calls_about_twice_waits_once() -> None:
    state = SourceState(business_id="bakery", source="s")

    state = with_waiting(
        with_waiting(state, ["a", "b"], datetime(2026, 5, 4, tzinfo=UTC)),
        ["a"],
        (datetime(2026, 5, 5, tzinfo=UTC)),
    )

    assert waiting_in(state) == ["a", "b"]
    assert state.due == datetime(2026, 5, 5, tzinfo=UTC)
    assert not state.is_history


def gone(key: str) -> None:
    if key == "odd":
        raise NotThere


def broken(key: str) -> None:
    if key == "odd":
        raise SourceContractError("no submission", advice="wait")


def surprising(key: str) -> None:
    if key == "odd":
        raise TypeError("'int' object is not a customer's word")


@pytest.mark.parametrize(
    ("fetch_one", "kind", "looks"),
    [
        (gone, SourceUnavailable, LOOKS),
        (broken, SourceContractError, LOOKS_AT_BROKEN),
        (surprising, SourceContractError, LOOKS_AT_BROKEN),
    ],
)
def test_one_that_cannot_be_had_holds_up_no_other(
    fetch_one: Any, kind: type[Exception], looks: int
) -> None:
    source = WaitingResponses(fetch_one, "The tool")
    cursor: Any = {"waiting": ["odd", "a", "b"]}
    seen = []
    with pytest.raises(kind) as caught:
        while True:
            page = source.fetch(cursor)
            cursor = page.cursor
            seen.append(cursor["waiting"])

    assert seen == [["a", "b", "odd"], ["b", "odd"], ["odd"]]
    assert cursor["looks"] == {"odd": 1}
    assert "word" not in str(caught.value)
    last = WaitingResponses(fetch_one, "The tool").fetch({**cursor, "looks": {"odd": looks - 1}})
    assert (last.is_complete, last.refused, dict(last.cursor)) == (True, 1, {})
