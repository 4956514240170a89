"""`heedful detect`: one line in, one line out."""

import json
from datetime import timedelta

import pytest

from chalicelib.cli.detect import detect_lines
from chalicelib.domain.spike import Evidence
from tests.detect.feedbacks import BAD, burst, quiet


def _answers(lines: list[object]) -> list[dict[str, object]]:
    written: list[str] = []
    asked = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    detect_lines(asked, written.append)
    assert all("\n" not in line for line in written)
    return [json.loads(line) for line in written]


def _line(one: Evidence, **more: object) -> dict[str, object]:
    return {
        "id": one.feedback_id,
        "at": one.at.isoformat(),
        "now": one.now.isoformat(),
        "negative": one.negative,
        "source": one.source,
        "groups": list(one.groups),
        **more,
    }


def _trouble() -> list[Evidence]:
    calm = list(quiet(120))
    return [*calm, *burst(6, calm[-1].at + timedelta(hours=6))]


def test_every_feedback_gets_one_answer_and_the_burst_its_sentence() -> None:
    answers = _answers([_line(one) for one in _trouble()])

    spoken = [answer for answer in answers if answer["notice"]]
    assert len(answers) == 126
    assert [answer["notice"] for answer in spoken] == ["alarm", "escalated"]
    assert " were negative; usually " in str(spoken[0]["sentence"])
    assert answers[0] == {"notice": None, "sentence": None}


def test_a_reset_forgets_everything() -> None:
    lines = [_line(one) for one in _trouble()]

    answers = _answers([*lines, {"reset": True}, *lines])

    assert answers[126] == {"reset": True}
    assert answers[127:] == answers[:126]


def test_without_a_look_before_what_is_older_than_six_days_is_no_news() -> None:
    stream = _trouble()
    late = {"now": (stream[-1].at + timedelta(days=7)).isoformat()}
    lines = [_line(one) for one in stream[:120]] + [_line(one, **late) for one in stream[120:]]
    seen = [{**line, "seen_since": stream[119].at.isoformat()} for line in lines]

    assert all(answer["notice"] is None for answer in _answers(list(lines)))
    assert any(answer["notice"] == "alarm" for answer in _answers(list(seen)))


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ("{", "not JSON"),
        ("[1]", "not a JSON object"),
        ({"id": ""}, "'id'"),
        ({"at": "yesterday"}, "'at'"),
        ({"now": "2026-03-01T10:00:00"}, "'now'"),
        ({"negative": 1.5}, "'negative'"),
        ({"negative": "bad"}, "'negative'"),
        ({"negative": True}, "'negative'"),
        ({"source": None}, "'source'"),
        ({"groups": "location:a"}, "'groups'"),
        ({"seen_since": 5}, "'seen_since'"),
        ({"history": 1}, "'history'"),
        ({"mood": 1}, "'mood'"),
    ],
)
def test_a_wrong_line_is_named_and_changes_nothing(wrong: object, named: str) -> None:
    lines = [_line(one) for one in _trouble()]
    bad = {**lines[0], **wrong} if isinstance(wrong, dict) else wrong

    answers = _answers([*lines[:122], bad, *lines[122:]])

    error = str(answers[122].get("error"))
    assert error.startswith("line 123: ")
    assert named in error
    assert answers[:122] + answers[123:] == _answers(list(lines))


def test_a_line_without_a_needed_field_says_which() -> None:
    line = _line(_trouble()[0])
    del line["negative"]

    assert "'negative'" in str(_answers([line])[0]["error"])


def test_null_says_that_nothing_is_known_and_empty_lines_are_passed_over() -> None:
    line = {**_line(_trouble()[0]), "negative": None}

    assert _answers([line, "", "  "]) == [{"notice": None, "sentence": None}]


def test_history_teaches_and_cannot_alarm() -> None:
    stream = _trouble()
    lines = [_line(one) for one in stream[:120]] + [
        _line(one, history=True, negative=BAD) for one in stream[120:]
    ]

    assert all(answer["notice"] is None for answer in _answers(list(lines)))
