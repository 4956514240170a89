"""What the queues carry is read back whole, or refused by the name of the field."""

import json
import traceback
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.errors import FeedbackRefused
from chalicelib.domain.feedback import TEXT_LIMIT, Arrival
from chalicelib.store.envelopes import read_arrival, read_pull, write_arrival, write_pull
from tests.contracts.builders import HOUR, NOW, a_feedback
from tests.store.strategies import values

SECRET_WORDS = "my very own words"


@settings(max_examples=50)
@given(values(Arrival))
def test_an_arrival_is_read_as_it_was_written(arrival: Arrival) -> None:
    assert read_arrival(write_arrival(arrival)) == arrival


def test_the_version_of_a_feedback_survives_the_queue() -> None:
    whole_stars = a_feedback(stars=5)

    found = read_arrival(write_arrival(Arrival(feedback=whole_stars, received_at=NOW)))

    assert found.feedback.version == whole_stars.version == a_feedback(stars=5.0).version


def test_an_envelope_says_its_version_and_uses_the_domains_names() -> None:
    text = write_arrival(
        Arrival(feedback=a_feedback(), received_at=NOW, seen_since=NOW - HOUR, delivery_id="m")
    )

    envelope = json.loads(text)

    assert envelope["v"] == 1
    assert envelope["arrival"]["delivery_id"] == "m"
    assert envelope["arrival"]["seen_since"] == "2026-03-29T09:15:30.123456Z"
    assert envelope["arrival"]["feedback"]["external_id"] == "r1"
    assert "is_history" not in envelope["arrival"]


def test_the_longest_text_fits_into_a_message_and_every_character_is_one_that_sqs_takes() -> None:
    text = write_arrival(Arrival(feedback=a_feedback(text="😡" * TEXT_LIMIT), received_at=NOW))

    assert len(text.encode()) < 256 * 1024
    assert text.isascii()
    odd = write_arrival(Arrival(feedback=a_feedback(text="\x00\x0b\ufffe\ufeff"), received_at=NOW))
    assert odd.isprintable()


def envelope(**changes: Any) -> dict[str, Any]:
    """An arrival's envelope with a customer's words, changed."""
    text = write_arrival(Arrival(feedback=a_feedback(text=SECRET_WORDS), received_at=NOW))
    plain: dict[str, Any] = json.loads(text)
    for path, value in changes.items():
        *parents, name = path.split("__")
        place = plain
        for parent in parents:
            place = place[parent]
        if value is None:
            del place[name]
        else:
            place[name] = value
    return plain


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"v": 2}, "v"),
        ({"v": None}, "v"),
        ({"arrival": None}, "arrival"),
        ({"arrival": []}, "arrival"),
        ({"arrival__feedback": None}, "arrival.feedback"),
        ({"arrival__feedback__text": 7}, "arrival.feedback.text"),
        ({"arrival__feedback__kind": SECRET_WORDS}, "arrival.feedback.kind"),
        ({"arrival__feedback__stars": SECRET_WORDS}, "arrival.feedback.stars"),
        ({"arrival__feedback__stars": 9}, "arrival.feedback"),
        ({"arrival__feedback__stars": True}, "arrival.feedback.stars"),
        ({"arrival__feedback__external_id": ""}, "arrival.feedback"),
        ({"arrival__feedback__written_at": "yesterday"}, "arrival.feedback.written_at"),
        ({"arrival__feedback__written_at": "2026-03-29T10:00"}, "arrival.feedback.written_at"),
        ({"arrival__feedback__survey_scores": ["nps"]}, "arrival.feedback.survey_scores"),
        ({"arrival__feedback__survey_scores": ["x", 1]}, "arrival.feedback.survey_scores[0]"),
        ({"arrival__is_history": 1}, "arrival.is_history"),
        ({"arrival__received_at": None}, "arrival.received_at"),
    ],
)
def test_what_is_not_understood_is_refused_by_the_name_of_its_field(
    changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(FeedbackRefused) as refused:
        read_arrival(json.dumps(envelope(**changes)))

    assert refused.value.field == field
    assert SECRET_WORDS not in "".join(traceback.format_exception(refused.value))


@given(st.text())
def test_a_message_of_another_kind_is_refused(text: str) -> None:
    for message in (text, f'"{text}', "[" * 100_000, "null", "[]", "{}"):
        with pytest.raises(FeedbackRefused):
            read_arrival(message)
        with pytest.raises(FeedbackRefused):
            read_pull(message)


def test_what_a_later_version_adds_does_not_hurt() -> None:
    found = read_arrival(json.dumps(envelope(arrival__mood="?", arrival__feedback__more=[1])))

    assert found.feedback.text == SECRET_WORDS


def test_a_pull_is_read_as_it_was_written() -> None:
    assert read_pull(write_pull("bäckerei", "a#b")) == ("bäckerei", "a#b")
    assert json.loads(write_pull("bakery", "reviews")) == {"v": 1, "pull": ["bakery", "reviews"]}


@pytest.mark.parametrize("pull", [None, "bakery", ["bakery"], ["bakery", 1], ["a", "b", "c"]])
def test_half_a_pull_is_refused(pull: object) -> None:
    with pytest.raises(FeedbackRefused) as refused:
        read_pull(json.dumps({"v": 1, "pull": pull}))

    assert refused.value.field == "pull"
