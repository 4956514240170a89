"""Throttling, conflicts and lost answers: tried again with pauses, and never done twice."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from chalicelib.domain.alert import claim
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.judging import Change
from chalicelib.store.dynamodb import DynamoStore
from chalicelib.store.dynamodb_table import TRIES
from tests.contracts.builders import (
    DAY,
    NOW,
    a_feedback,
    a_notification,
    a_source,
    an_incident,
    put,
    scored,
)
from tests.contracts.engines import create_table, dynamodb_client


def trouble(code: str, reasons: list[str] | None = None) -> ClientError:
    """An error as the client raises it."""
    response: Any = {"Error": {"Code": code, "Message": "made up"}}
    if reasons is not None:
        response["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return ClientError(response, "AnyCall")


@dataclass
class FaultyClient:
    """Passes calls on, and raises what `before` and `after` hold for the first calls of a name."""

    client: Any
    before: dict[str, list[Exception]] = field(default_factory=dict)
    after: dict[str, list[Exception]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        real = getattr(self.client, name)
        if not callable(real):
            return real

        def call(**arguments: Any) -> Any:
            self.calls.append(name)
            if self.before.get(name):
                raise self.before[name].pop(0)
            answer = real(**arguments)
            if self.after.get(name):
                raise self.after[name].pop(0)
            return answer

        return call


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """DynamoDB in this process."""
    with mock_aws():
        yield dynamodb_client()


@pytest.fixture
def faulty(client: Any) -> Iterator[FaultyClient]:
    """The same, on an empty table, with faults to plant."""
    create_table(client, "trouble")
    yield FaultyClient(client)
    client.delete_table(TableName="trouble")


@pytest.fixture
def pauses() -> list[float]:
    """The seconds that the store would have waited."""
    return []


@pytest.fixture
def store(faulty: FaultyClient, pauses: list[float]) -> DynamoStore:
    """The store under trouble."""
    return DynamoStore("trouble", faulty, random=Random(7), sleep=pauses.append)  # noqa: S311


PASSING = [
    trouble("TransactionCanceledException", ["None", "TransactionConflict", "None"]),
    trouble("TransactionCanceledException", ["ThrottlingError", "TransactionConflict"]),
    trouble("TransactionInProgressException"),
    trouble("ProvisionedThroughputExceededException"),
    trouble("ThrottlingException"),
    trouble("InternalServerError"),
]


@pytest.mark.parametrize("error", PASSING, ids=lambda error: error.response["Error"]["Code"])
def test_trouble_that_passes_is_waited_out(
    store: DynamoStore, faulty: FaultyClient, pauses: list[float], error: ClientError
) -> None:
    faulty.before["transact_write_items"] = [error] * (TRIES - 1)

    put(store, scored(a_feedback()))

    assert store.counts("bakery", DAY, DAY)[DAY, "main"]["n"] == 1
    assert len(pauses) == TRIES - 1
    assert len(set(pauses)) == TRIES - 1
    for number, seconds in enumerate(pauses, 1):
        assert 0 <= seconds <= 0.05 * 2**number


def test_five_conflicts_in_a_row_are_the_callers_to_decide(
    store: DynamoStore, faulty: FaultyClient, pauses: list[float]
) -> None:
    faulty.before["transact_write_items"] = [PASSING[0]] * TRIES

    with pytest.raises(ConflictError):
        put(store, scored(a_feedback()))

    assert faulty.calls.count("transact_write_items") == TRIES
    assert len(pauses) == TRIES - 1


def test_throttling_that_does_not_end_is_raised_as_it_is(
    store: DynamoStore, faulty: FaultyClient
) -> None:
    faulty.before["get_item"] = [trouble("ThrottlingException")] * TRIES

    with pytest.raises(ClientError, match="ThrottlingException"):
        store.load_judge("bakery")

    assert faulty.calls == ["get_item"] * TRIES


@pytest.mark.parametrize("code", ["ValidationException", "AccessDeniedException"])
def test_trouble_that_stays_is_not_tried_again(
    store: DynamoStore, faulty: FaultyClient, pauses: list[float], code: str
) -> None:
    faulty.before["transact_write_items"] = [trouble(code)]

    with pytest.raises(ClientError, match=code):
        put(store, scored(a_feedback()))

    assert pauses == []


def test_a_failed_condition_beside_a_conflict_is_not_tried_again(
    store: DynamoStore, faulty: FaultyClient, pauses: list[float]
) -> None:
    put(store, scored(a_feedback(text="one")))
    faulty.before["transact_write_items"] = [
        _as_cancelled(faulty, ["ConditionalCheckFailed", "TransactionConflict", "None"])
    ]

    with pytest.raises(ConflictError):
        put(store, scored(a_feedback(text="two", updated_at=NOW)))

    assert pauses == []


def _as_cancelled(faulty: FaultyClient, reasons: list[str]) -> ClientError:
    kind: Any = faulty.client.exceptions.TransactionCanceledException
    plain = trouble("TransactionCanceledException", reasons)
    error: ClientError = kind(plain.response, "TransactWriteItems")
    return error


LOST_ANSWERS = [trouble("InternalServerError"), trouble("TransactionInProgressException")]


@pytest.mark.parametrize("lost", LOST_ANSWERS, ids=["server-error", "in-progress"])
def test_a_feedback_whose_answer_was_lost_is_stored_once(
    store: DynamoStore, faulty: FaultyClient, lost: ClientError
) -> None:
    faulty.after["transact_write_items"] = [lost]

    unjudged = put(store, scored(a_feedback()))

    assert faulty.calls.count("transact_write_items") == 2
    assert store.counts("bakery", DAY, DAY)[DAY, "main"]["n"] == 1
    assert store.unjudged("bakery", 10) == [unjudged]


def test_an_edit_whose_answer_was_lost_moves_its_count_once(
    store: DynamoStore, faulty: FaultyClient
) -> None:
    first = scored(a_feedback())
    put(store, first)
    edited = scored(a_feedback(text="two", stars=2.0, updated_at=NOW))
    faulty.after["transact_write_items"] = [LOST_ANSWERS[0]] * 3

    put(store, edited, first, Change.EDITED)

    counts = store.counts("bakery", DAY, DAY)[DAY, "main"]
    assert (counts["n"], counts["stars.2"], counts.get("stars.1")) == (1, 1, None)


def test_a_judgement_whose_answer_was_lost_counts_as_ours(
    store: DynamoStore, faulty: FaultyClient
) -> None:
    unjudged = put(store, scored(a_feedback()))
    incident = an_incident()
    state = replace(store.load_judge("bakery"), sequence=1)
    faulty.after["transact_write_items"] = [LOST_ANSWERS[0]]

    store.commit_judged(state, [unjudged], [incident], [a_notification(incident)])

    assert store.load_judge("bakery").version == 1
    assert list(store.ledger("bakery")) == [unjudged]
    assert len(store.notifications_of("bakery", incident.incident_id)) == 1


def test_a_judgement_whose_answer_was_lost_after_somebody_elses_is_a_conflict(
    store: DynamoStore, faulty: FaultyClient, client: Any
) -> None:
    first = put(store, scored(a_feedback("r1")))
    second = put(store, scored(a_feedback("r2")))
    state = store.load_judge("bakery")
    other = DynamoStore("trouble", client, random=Random(8), sleep=lambda seconds: None)  # noqa: S311
    other.commit_judged(replace(state, sequence=1), [first], [], [])
    faulty.before["transact_write_items"] = [LOST_ANSWERS[0]]

    with pytest.raises(ConflictError):
        store.commit_judged(replace(state, sequence=1), [second], [], [])

    assert store.unjudged("bakery", 10) == [second]


def _save_source(store: DynamoStore) -> Callable[[], int]:
    read = store.save_source(a_source())
    return lambda: store.save_source(read).version


def _claim(store: DynamoStore) -> Callable[[], int]:
    incident = an_incident()
    store.save_incident(incident, [a_notification(incident)])
    (told,) = store.due_notifications(NOW, 1)
    return lambda: store.save_notification(claim(told, NOW)).version


@pytest.mark.parametrize("prepare", [_save_source, _claim])
def test_a_versioned_row_whose_answer_was_lost_counts_as_ours_and_only_as_ours(
    store: DynamoStore, faulty: FaultyClient, prepare: Callable[[DynamoStore], Callable[[], int]]
) -> None:
    write = prepare(store)
    faulty.after["put_item"] = [LOST_ANSWERS[0]]

    assert write() == 2

    with pytest.raises(ConflictError):
        write()


def test_an_incident_whose_answer_was_lost_counts_as_ours(
    store: DynamoStore, faulty: FaultyClient
) -> None:
    faulty.after["transact_write_items"] = [LOST_ANSWERS[0]]

    store.save_incident(an_incident(), [a_notification(an_incident())])

    with pytest.raises(ConflictError):
        store.save_incident(an_incident(), [])


class StingyClient:
    """A BatchGetItem that answers one row at a time, or none."""

    def __init__(self, client: Any, answers: list[int]) -> None:
        self._client = client
        self._answers = answers
        self.exceptions = client.exceptions

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:
        many = self._answers.pop(0)
        ((table, asked),) = RequestItems.items()
        now, later = asked["Keys"][:many], asked["Keys"][many:]
        rows = []
        if now:
            answer = self._client.batch_get_item(RequestItems={table: asked | {"Keys": now}})
            rows = answer["Responses"][table]
        left = {table: asked | {"Keys": later}} if later else {}
        return {"Responses": {table: rows}, "UnprocessedKeys": left}


def test_rows_that_were_not_answered_are_asked_for_again(
    store: DynamoStore, client: Any, pauses: list[float]
) -> None:
    ids = [put(store, scored(a_feedback(f"r{number}"))).feedback_id for number in range(3)]
    stingy = DynamoStore(
        "trouble",
        StingyClient(client, [1, 0, 0, 1, 1]),
        random=Random(7),  # noqa: S311
        sleep=pauses.append,
    )

    assert stingy.find("bakery", ids).keys() == set(ids)
    assert len(pauses) == 2


def test_rows_that_are_never_answered_are_the_callers_to_ask_for_later(
    store: DynamoStore, client: Any
) -> None:
    feedback_id = put(store, scored(a_feedback())).feedback_id
    stingy = DynamoStore(
        "trouble",
        StingyClient(client, [0] * TRIES),
        random=Random(7),  # noqa: S311
        sleep=lambda seconds: None,
    )

    with pytest.raises(ConflictError):
        stingy.find("bakery", [feedback_id])


def test_an_index_that_lags_behind_names_nothing_that_is_no_longer_so(
    store: DynamoStore, faulty: FaultyClient, client: Any
) -> None:
    stored = scored(a_feedback())
    put(store, stored)
    incident = an_incident(due=NOW)
    store.save_incident(incident, [a_notification(incident)])
    lagging = DynamoStore(
        "trouble",
        LaggingClient(client),
        random=Random(7),  # noqa: S311
        sleep=lambda seconds: None,
    )
    lagging.due_notifications(NOW, 10)
    lagging.due_incidents(NOW, 10)
    assert lagging.scored_between("bakery", DAY, DAY) == [stored]

    (told,) = store.due_notifications(NOW, 10)
    store.save_notification(claim(told, NOW))
    store.save_incident(replace(incident, version=1, due=None), [])
    gone = scored(a_feedback(updated_at=NOW, is_deleted=True))
    put(store, gone, stored, Change.DELETED)

    assert lagging.due_notifications(NOW, 10) == []
    assert lagging.due_incidents(NOW, 10) == []
    assert lagging.scored_between("bakery", DAY, DAY) == []


class LaggingClient:
    """Indexes answer for ever what they answered first."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._answers: dict[str, Any] = {}
        self.exceptions = client.exceptions

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def query(self, **asked: Any) -> Any:
        if "IndexName" not in asked:
            return self._client.query(**asked)
        key = str(asked["ExpressionAttributeValues"][":p"])
        if key not in self._answers:
            self._answers[key] = self._client.query(**asked)
        return self._answers[key]
