"""Hostile bodies are refused whole; odd fields cost themselves and nothing else."""

from datetime import UTC, datetime

import pytest

from chalicelib.domain.errors import SourceContractError
from chalicelib.domain.feedback import Feedback, FeedbackKind
from chalicelib.ports import HttpAnswer
from chalicelib.pull.json_answer import (
    first_word,
    inside,
    language,
    moment,
    needed_rows,
    number,
    read_all,
    read_json,
    read_object,
    rows,
    web_address,
    word,
)
from tests.pull.given import NOW


def answer(body: bytes) -> HttpAnswer:
    return HttpAnswer(status=200, headers={}, body=body, url="https://api.example/v1?key=hush")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"<html>",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": "\xff"}',
        b"[" * 51 + b"]" * 51,
        b"[" * 100_000,
    ],
)
def test_what_is_no_plain_json_is_refused_and_named_by_its_host_only(body: bytes) -> None:
    with pytest.raises(SourceContractError) as caught:
        read_json(answer(body))

    assert str(caught.value).startswith("api.example sends")
    assert "hush" not in str(caught.value)


def test_plain_json_is_read_with_or_without_its_mark() -> None:
    assert read_json(answer(b"[" * 50 + b"]" * 50)) is not None
    assert read_object(answer(b'\xef\xbb\xbf{"a": 12345678901234567890}')) == {
        "a": 12345678901234567890
    }


@pytest.mark.parametrize("body", [b"[]", b'"ok"', b"null", b"5"])
def test_an_answer_that_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(SourceContractError, match="no object"):
        read_object(answer(body))


def test_a_missing_list_is_empty_and_a_wrong_one_is_trouble() -> None:
    assert rows(answer(b""), {"a": [1]}, "b", "a") == [1]
    assert rows(answer(b""), {"a": None}, "a") == []
    assert rows(answer(b""), {}, "a") == []
    with pytest.raises(SourceContractError, match="no list of a"):
        rows(answer(b""), {"a": {"0": {}}}, "a")


def test_one_bad_entry_is_counted_and_loses_no_other() -> None:
    def read(entry: object) -> Feedback | None:
        assert isinstance(entry, dict)
        if "stars" not in entry:
            return None
        return Feedback(
            business_id="bakery",
            source="talk",
            external_id="a",
            kind=FeedbackKind.REVIEW,
            text="",
            written_at=NOW,
            updated_at=NOW,
            stars=entry["stars"],
        )

    said, refused = read_all([{"stars": 2}, None, "x", {}, {"stars": 9}, {"stars": 4}], read)

    assert [one.stars for one in said] == [2, 4]
    assert refused == 4


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a  b", "a b"), (7, "7"), ("", None), (" ", None), (True, None), (1.5, None), ({}, None),
     (None, None)],
)  # fmt: skip
def test_a_word(value: object, expected: str | None) -> None:
    assert word(value) == expected


def test_the_first_field_that_holds_a_word_is_taken() -> None:
    assert first_word({"new": None, "old": "x"}, "new", "old") == "x"
    assert first_word({"new": "y", "old": "x"}, "new", "old") == "y"
    assert first_word({}, "new") is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [(3, 3.0), ("4.5", 4.5), (True, None), ("x", None), ("nan", None), (None, None), ([], None),
     ("9" * 400, None), (10**400, None)],
)  # fmt: skip
def test_a_number(value: object, expected: float | None) -> None:
    assert number(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-29T10:00:00Z",
        "2026-03-29T12:00:00+02:00",
        "2026-03-29T10:00:00.000000000Z",
        "2026-03-29 10:00:00 UTC",
        "2026-03-29 10:00:00",
        1774778400,
        "1774778400",
    ],
)
def test_a_moment_in_every_form(value: object) -> None:
    assert moment(value) == datetime(2026, 3, 29, 10, tzinfo=UTC)


@pytest.mark.parametrize("value", [None, "", "soon", -5, 10**15, [], True, "0000-00-00"])
def test_what_is_no_moment_is_none(value: object) -> None:
    assert moment(value) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [("en", "en"), ("pt-BR", "pt"), ("de_AT", "de"), ("und", None), ("zxx", None), ("", None),
     (None, None), ("english", None), (5, None)],
)  # fmt: skip
def test_a_language(value: object, expected: str | None) -> None:
    assert language(value) == expected


def test_what_lies_inside_is_looked_for_past_what_is_missing() -> None:
    assert inside({"a": {"b": {"c": 1}}}, "a", "b") == {"c": 1}
    assert inside({"a": None}, "a", "b") == {}
    assert inside([], "a") == {}


def test_a_web_address_is_http() -> None:
    assert web_address("https://a.example/") == "https://a.example/"
    assert web_address("javascript:alert(1)") is None
    assert web_address(None) is None


def test_a_list_that_a_source_always_sends_must_be_there() -> None:
    assert needed_rows(answer(b""), {"a": []}, "a") == []
    frames: list[dict[str, object]] = [{}, {"a": None}, {"a": {}}]
    for frame in frames:
        with pytest.raises(SourceContractError, match="no list of a"):
            needed_rows(answer(b""), frame, "a")
