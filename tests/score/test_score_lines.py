"""`heedful score`: one line out for each line in, whatever is in it."""

import json
from collections.abc import Iterator, Sequence

import pytest

from chalicelib.cli.score import LINES_AT_ONCE, score_lines
from chalicelib.domain.errors import FeedbackFileError
from chalicelib.domain.sentiment import (
    AspectReading,
    Emotion,
    Polarity,
    Reading,
    ReadingStatus,
    Sentiment,
    TextToRead,
)


class EchoModel:
    """Says a text is as negative as its stars are few, and puts the text into the reason."""

    def __init__(self) -> None:
        self.most_at_once = 0
        self.read_texts = 0

    def read(
        self,
        texts: Sequence[TextToRead],
        *,
        languages: Sequence[str] = (),
        topics: Sequence[str] = (),
    ) -> list[Reading]:
        self.most_at_once = max(self.most_at_once, len(texts))
        self.read_texts += len(texts)
        return [self._one(text) for text in texts]

    def _one(self, text: TextToRead) -> Reading:
        if not text.text:
            return Reading(status=ReadingStatus.UNSCORED, reason="no words to read")
        negative = 0.2 if text.stars is None else 1.0 - text.stars / 5
        return Reading(
            status=ReadingStatus.SCORED,
            language=text.language or "en",
            sentiment=Sentiment(negative=negative, neutral=0.0, positive=1.0 - negative),
            evidence=negative,
            emotions={Emotion.ANGER: 0.75},
            topics=(AspectReading(name="parking", strength=0.5, polarity=Polarity.NEGATIVE),),
            because=(text.text,),
            model_version="t",
        )


def _score(lines: Sequence[str], *, as_json: bool = True) -> list[str]:
    written: list[str] = []
    score_lines(lines, written.append, EchoModel(), as_json=as_json)
    return "".join(written).splitlines()


def test_every_line_is_answered_in_order() -> None:
    answers = [json.loads(line) for line in _score(["one\n", "two\n", "\n", "three"])]

    assert [answer["because"] for answer in answers] == [["one"], ["two"], [], ["three"]]
    assert [answer["status"] for answer in answers] == ["scored", "scored", "unscored", "scored"]


def test_the_answer_holds_what_the_model_said() -> None:
    (line,) = _score(['{"text": "late again", "rating": 1, "language": "en"}'])

    assert json.loads(line) == {
        "polarity": {"negative": 0.8, "neutral": 0.0, "positive": 0.2},
        "score": -0.6,
        "evidence": 0.8,
        "emotions": {"anger": 0.75},
        "topics": [{"name": "parking", "strength": 0.5, "polarity": "negative"}],
        "stages": [],
        "critical": [],
        "because": ["late again"],
        "language": "en",
        "status": "scored",
        "reason": None,
        "model_version": "t",
    }


def test_an_unread_text_has_no_numbers() -> None:
    (line,) = _score([""])
    answer = json.loads(line)

    assert (answer["polarity"], answer["score"], answer["evidence"]) == (None, None, None)
    assert answer["reason"] == "no words to read"


def test_a_text_that_only_looks_like_json_is_a_text() -> None:
    (line,) = _score(["{not json} but words"])

    assert json.loads(line)["because"] == ["{not json} but words"]


def test_what_a_terminal_obeys_reaches_it_neither_in_words_nor_in_json() -> None:
    hostile = "bad\x1b]0;owned\x07 \x9b31mred\x7f \u202eback"

    (words,) = _score([hostile], as_json=False)
    (line,) = _score([hostile])

    assert words.isprintable()
    assert '"bad]0;owned 31mred back"' in words
    assert line.isprintable()
    assert json.loads(line)["because"] == [hostile]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"rating": 2}', r'Line 2: the JSON object needs "text"'),
        ('{"text": 5}', r'Line 2: the JSON object needs "text"'),
        ('{"text": "a", "rating": "five"}', r'Line 2: "rating" must be a number'),
        ('{"text": "a", "rating": 9}', r'Line 2: "rating" is 9'),
        ('{"text": "a", "rating": true}', r'Line 2: "rating" must be a number'),
        ('{"text": "a", "language": 3}', r'Line 2: "language" must be a code'),
    ],
)
def test_a_mistake_names_its_line(line: str, message: str) -> None:
    with pytest.raises(FeedbackFileError, match=message):
        _score(["fine", line])


def test_a_hundred_thousand_lines_are_never_held_together() -> None:
    model = EchoModel()
    counted = 0

    def lines() -> Iterator[str]:
        for number in range(100_000):
            assert number - model.read_texts <= LINES_AT_ONCE
            yield "a line\n"

    def count(line: str) -> None:
        nonlocal counted
        counted += 1

    score_lines(lines(), count, model, as_json=False)

    assert counted == 100_000
    assert model.most_at_once == LINES_AT_ONCE


def test_plain_lines_say_the_main_things() -> None:
    scored, unscored = _score(["good", ""], as_json=False)

    assert scored == 'positive +0.60  evidence 0.20  anger  parking  "good"'
    assert unscored == "unscored  evidence -  no words to read"
