"""Rows hold domain values to the last bit, in few bytes, under names that stay."""

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import Enum
from statistics import median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.alert import Notification, PageLink, SendLog, claim, mark_sent
from chalicelib.domain.business import Business
from chalicelib.domain.feedback import Feedback, FeedbackKind, ScoredFeedback
from chalicelib.domain.incident import Incident, resolve
from chalicelib.domain.judging import Change, JudgeState, Unjudged
from chalicelib.domain.sentiment import (
    AspectReading,
    Emotion,
    JourneyStage,
    Polarity,
    Reading,
    ReadingStatus,
    Sentiment,
    Topic,
)
from chalicelib.domain.source import SourceState
from chalicelib.store import feedback_rows, keys, rows, rules
from chalicelib.store.attributes import Row, from_attribute, to_attribute
from chalicelib.store.names import SHORT_NAMES
from tests.contracts.builders import (
    HOUR,
    NOW,
    a_feedback,
    a_notification,
    a_source,
    an_incident,
    scored,
    waiting,
)
from tests.store.strategies import values

ROW_KINDS: list[tuple[type, Callable[[Any], Row], Callable[[Row], Any]]] = [
    (Business, rows.business_row, rows.business_from),
    (SourceState, rows.source_row, rows.source_from),
    (Unjudged, rows.unjudged_row, rows.unjudged_from),
    (JudgeState, rows.judge_row, rows.judge_from),
    (Incident, rows.incident_row, rows.incident_from),
    (Notification, rows.notification_row, rows.notification_from),
    (PageLink, rows.link_row, rows.link_from),
    (SendLog, rows.sends_row, rows.sends_from),
]


@pytest.mark.parametrize(
    ("kind", "to_row", "from_row"), ROW_KINDS, ids=[kind.__name__ for kind, _, _ in ROW_KINDS]
)
@settings(max_examples=25)
@given(drawn=st.data())
def test_a_row_holds_any_value_of_its_type(
    kind: type, to_row: Callable[[Any], Row], from_row: Callable[[Row], Any], drawn: st.DataObject
) -> None:
    value = drawn.draw(values(kind))

    found = from_row(unordered(to_row(value)))

    assert found == value
    for field in dataclasses.fields(found):
        held = getattr(value, field.name)
        if isinstance(held, dict) and field.name not in ("cursor", "detector"):
            assert list(getattr(found, field.name)) == list(held)


@settings(max_examples=50)
@given(values(ScoredFeedback))
def test_a_feedback_row_holds_any_feedback(drawn: ScoredFeedback) -> None:
    stored = rules.at_rest(drawn)

    found = feedback_rows.feedback_from(unordered(feedback_rows.feedback_row(stored)))

    assert found == stored
    assert found.feedback.version == drawn.feedback.version
    assert list(found.reading.emotions) == list(stored.reading.emotions)


@settings(max_examples=25)
@given(st.lists(values(Unjudged), max_size=3))
def test_a_ledger_row_holds_what_was_judged_in_its_order(judged: list[Unjudged]) -> None:
    row = rows.ledger_row("bakery", 7, judged)

    assert list(rows.ledger_from(row)) == judged


@given(st.floats(allow_nan=False))
def test_a_number_is_never_rounded(number: float) -> None:
    assert float(from_attribute(to_attribute(number))) == number


@pytest.mark.parametrize("number", [5e-324, 1e-131, 1.7976931348623157e308, float("inf")])
def test_a_number_beyond_dynamodbs_range_is_kept_as_text(number: float) -> None:
    assert set(to_attribute(number)) == {"S"}
    assert set(to_attribute(0.1 + 0.2)) == {"N"}


def unordered(row: Row) -> Row:
    """As DynamoDB gives it back: maps in any order, numbers without needless zeros."""
    return {name: _unordered(row[name]) for name in sorted(row, reverse=True)}


def _unordered(attribute: dict[str, Any]) -> dict[str, Any]:
    ((kind, held),) = attribute.items()
    if kind == "M":
        return {"M": unordered(held)}
    if kind == "L":
        return {"L": [_unordered(each) for each in held]}
    if kind == "N" and held.endswith(".0"):
        return {"N": held[:-2]}
    return attribute


def test_empty_values_are_left_out() -> None:
    row = rows.source_row(a_source(due=None))

    assert row == {
        "pk": {"S": "T#bakery#S"},
        "sk": {"S": "reviews"},
        "business_id": {"S": "bakery"},
        "source": {"S": "reviews"},
    }


def test_what_was_stored_under_these_names_is_read_for_ever() -> None:
    row: Row = {
        "pk": {"S": "T#bakery#F#6d0f"},
        "sk": {"S": "A"},
        "day_pk": {"S": "T#bakery#D#2026-03"},
        "day_sk": {"S": "2026-03-29#2026-03-29T09:15:30.123456Z"},
        "v": {"S": "2026-03-29T09:20:00.000000Z#0#0123456789abcdef"},
        "src": {"S": "reviews"},
        "ext": {"S": "r1"},
        "kind": {"S": "review"},
        "text": {"S": "We waited an hour."},
        "st": {"N": "1"},
        "by": {"S": "Customer One"},
        "loc": {"S": "tor"},
        "got": {"N": "1774779330123456"},
        "old": {"BOOL": True},
        "not_neg": {"BOOL": True},
        "rs": {"S": "scored"},
        "lang": {"S": "en"},
        "pol": {"M": {"n": {"N": "0.9"}, "o": {"N": "0.07"}, "p": {"N": "0.03"}}},
        "ev": {"N": "0.94"},
        "em": {"L": [{"S": "ang"}, {"N": "0.8"}, {"S": "fear"}, {"N": "0.1"}]},
        "top": {"L": [{"M": {"n": {"S": "parking"}, "s": {"N": "0.7"}, "p": {"S": "n"}}}]},
        "words": {"L": [{"L": [{"N": "3"}, {"N": "6"}]}, {"S": "as before"}]},
        "mv": {"S": "1"},
        "unheard_of": {"S": "written by a later version"},
    }

    found = feedback_rows.feedback_from(row)

    assert found == ScoredFeedback(
        feedback=Feedback(
            business_id="bakery",
            source="reviews",
            external_id="r1",
            kind=FeedbackKind.REVIEW,
            text="We waited an hour.",
            written_at=datetime(2026, 3, 29, 9, 15, 30, 123456, tzinfo=UTC),
            updated_at=datetime(2026, 3, 29, 9, 20, tzinfo=UTC),
            stars=1.0,
            author="Customer One",
            location="tor",
            kept_hash="0123456789abcdef",
        ),
        reading=Reading(
            status=ReadingStatus.SCORED,
            language="en",
            sentiment=Sentiment(negative=0.9, neutral=0.07, positive=0.03),
            evidence=0.94,
            emotions={Emotion.ANGER: 0.8, Emotion.FEAR: 0.1},
            topics=(AspectReading(name="parking", strength=0.7, polarity=Polarity.NEGATIVE),),
            because=("waited", "as before"),
            model_version="1",
        ),
        day="2026-03-29",
        received_at=datetime(2026, 3, 29, 10, 15, 30, 123456, tzinfo=UTC),
        is_history=True,
        is_not_negative=True,
    )


def test_the_names_in_one_row_are_different() -> None:
    together = [
        name for kind in (ScoredFeedback, Feedback, Reading) for name in SHORT_NAMES[kind].values()
    ]
    beside = ["v", "pk", "sk", "ttl", "due", "due_shard", "day_pk", "day_sk"]

    assert len({*together, *beside}) == len(together) + len(beside)


@pytest.mark.parametrize("kind", SHORT_NAMES, ids=lambda kind: kind.__name__)
def test_every_short_name_is_of_a_field_that_is_there(kind: Any) -> None:
    if issubclass(kind, Enum):
        there = {member.value for member in kind}
    else:
        there = {field.name for field in dataclasses.fields(kind)}

    assert SHORT_NAMES[kind].keys() <= there
    if kind in (ScoredFeedback, Feedback, Reading, Unjudged):
        assert SHORT_NAMES[kind].keys() == there
    assert len(set(SHORT_NAMES[kind].values())) == len(SHORT_NAMES[kind])


def test_only_what_waits_stands_in_the_due_index() -> None:
    open_one = rows.incident_row(an_incident(due=NOW))
    idle = rows.incident_row(an_incident())
    due_source = rows.source_row(a_source())

    assert open_one["due_shard"] == {"S": "incident"}
    assert open_one["due"] == {"S": "2026-03-29T10:15:30.123456Z"}
    incident = an_incident(due=NOW)
    over = rows.incident_row(resolve(incident, "owner", NOW))
    told = a_notification(incident)
    sent = rows.notification_row(mark_sent(told, "m-1", NOW))
    assert rows.notification_row(told)["due_shard"] == {"S": "notification"}
    assert rows.notification_row(claim(told, NOW))["due"] == {"S": "2026-03-29T10:30:30.123456Z"}
    for row in (idle, over, sent, rows.source_row(a_source(due=None))):
        assert not row.keys() & {"due", "due_shard"}
    assert due_source["due_shard"] == {"S": "pull"}


def test_a_customers_words_lie_in_no_index_and_no_other_row() -> None:
    stored = scored(a_feedback())
    row = feedback_rows.feedback_row(stored)
    indexed = {name: row[name] for name in (keys.DAY_PARTITION, keys.DAY_SORT, "pk", "sk")}

    assert "waited" in str(row)
    assert "waited" not in str(indexed)
    assert "waited" not in str(rows.unjudged_row(waiting(stored)))


def test_a_tombstone_holds_nothing_of_the_customer() -> None:
    gone = scored(
        a_feedback(
            author_id="c-1",
            url="https://example.org/1",
            order_reference="#7",
            language="de",
            is_deleted=True,
        )
    )

    row = feedback_rows.feedback_row(rules.at_rest(gone))

    assert row.keys() == {
        *("pk", "sk", "v", "src", "ext", "id", "kind", "at", "day", "got", "rs", "why")
    }
    assert row["ext"] == {"S": "gone"}


REVIEW = (
    "We ordered a birthday cake three weeks ahead and called twice to make sure. On Saturday it "
    "was not ready, nobody knew about it, and the young man at the till shrugged. After forty "
    "minutes we got a different cake with the wrong name on it. The bread is still good, but for "
    "something that matters we will go elsewhere. I would have liked at least an apology or a "
    "call back, and there was neither; no one answered the mail."
)


def a_usual_row(source: str, **changes: Any) -> Row:
    """A review of the usual length with all that the model says of such a text, and with a trace
    of what it names its customer by."""
    named = [name for name in ("author_id", "order_reference") if name in changes]
    feedback = Feedback(
        business_id="corner-bakery",
        source=source,
        kind=FeedbackKind.REVIEW,
        text=REVIEW,
        written_at=NOW - HOUR,
        updated_at=NOW - HOUR,
        stars=2.0,
        author="Customer One",
        language="en",
        traces=tuple(name[0] * 12 for name in named),
        **changes,
    )
    strengths = [0.8123, 0.7456, 0.0123, 0.2345, 0.0456, 0.0045, 0.0032, 0.0021]
    reading = Reading(
        status=ReadingStatus.SCORED,
        language="en",
        sentiment=Sentiment(negative=0.9321, neutral=0.0567, positive=0.0112),
        evidence=0.9534,
        emotions=dict(zip(Emotion, strengths, strict=True)),
        topics=(
            AspectReading(name=Topic.STAFF_SERVICE, strength=0.8123, polarity=Polarity.NEGATIVE),
            AspectReading(name=Topic.COMMUNICATION, strength=0.7345, polarity=Polarity.NEGATIVE),
        ),
        stages=(
            AspectReading(
                name=JourneyStage.WAITING_DELIVERY, strength=0.6123, polarity=Polarity.NEGATIVE
            ),
        ),
        because=tuple(REVIEW.split(". ")[1:3]),
        model_version="2026-03-01.1",
    )
    return feedback_rows.feedback_row(
        scored(
            feedback,
            reading,
            seen_since=NOW - HOUR,
            received_at=NOW,
            words_until=NOW + timedelta(days=395),
        )
    )


def size_of(attribute: dict[str, Any]) -> int:
    """Bytes that DynamoDB counts for a value (its documentation on sizes of attributes)."""
    ((kind, held),) = attribute.items()
    if kind == "N":
        digits = held.strip("-").replace(".", "").strip("0")
        return (len(digits) + 1) // 2 + 1 + int(held.startswith("-"))
    if kind == "L":
        return 3 + sum(1 + size_of(each) for each in held)
    if kind == "M":
        return 3 + row_size(held) + len(held)
    return 1 if kind in ("BOOL", "NULL") else len(held.encode() if kind == "S" else held)


def row_size(row: Row) -> int:
    """Names and values together."""
    return sum(len(name.encode()) + size_of(each) for name, each in row.items())


def test_the_usual_review_fits_into_one_write_unit() -> None:
    assert len(REVIEW) == 420

    sizes = [
        row_size(a_usual_row("sheet", external_id="r-2041")),
        row_size(a_usual_row("survey", external_id="resp_01J9ZK4T6W", order_reference="10442")),
        row_size(
            a_usual_row(
                "feed", external_id="tag:example.org,2026:4711", url="https://example.org/p"
            )
        ),
        row_size(
            a_usual_row(
                "maps",
                external_id="accounts/1234567890/locations/987654321/reviews/" + "A" * 40,
                author_id="1" * 21,
                url="https://maps.example.org/reviews/" + "b" * 40,
            )
        ),
    ]

    assert median(sizes) < 1_024, sizes


def test_a_source_that_holds_all_it_may_stays_small() -> None:
    held = {f"{number:032x}"[::-1]: f"{number:016x}"[::-1] for number in range(500)}

    row = rows.source_row(a_source(held=held))

    assert row_size(row) < 20_000


def test_ninety_changes_fit_into_a_small_ledger_entry() -> None:
    judged = [
        Unjudged(
            business_id="bakery",
            feedback_id=f"{number:032x}",
            version=f"2026-03-29T09:15:30.{number:06d}Z#0#{number:016x}",
            change=Change.NEW,
            received_at=NOW + timedelta(seconds=number),
            written_at=NOW - timedelta(seconds=number),
            source="reviews",
            negative=number / 97,
            groups=("location:main", "topic:wait_delivery"),
        )
        for number in range(90)
    ]

    assert row_size(rows.ledger_row("bakery", 1, judged)) < 8_000
