"""`heedful score`: texts in, one line of reading each out, in order and in constant memory."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from chalicelib.domain.errors import FeedbackFileError
from chalicelib.domain.sentiment import AspectReading, Reading, TextToRead
from chalicelib.ports import Model
from chalicelib.wording.clean import FORBIDDEN, one_line

LINES_AT_ONCE = 64
"""So many lines are held at once; 100,000 need no more memory than these."""
MOST_STARS = 5.0
LONGEST_REASON = 200


def score_lines(
    lines: Iterable[str], write: Callable[[str], None], model: Model, *, as_json: bool
) -> None:
    """Read texts, one a line, and write one line for each, ending with a newline.

    A line is plain text, or a JSON object with `text` and perhaps `rating` (1 to 5) and `language`.
    With `as_json` the answers are JSON objects, otherwise short plain lines. Raises
    FeedbackFileError naming the line when a JSON line is not understood.
    """
    show = as_json_line if as_json else as_plain_line
    for texts in _groups(_understood(lines)):
        for reading in model.read(texts):
            write(show(reading) + "\n")


def _groups(texts: Iterator[TextToRead]) -> Iterator[Sequence[TextToRead]]:
    while group := list(islice(texts, LINES_AT_ONCE)):
        yield group


def _understood(lines: Iterable[str]) -> Iterator[TextToRead]:
    for number, line in enumerate(lines, start=1):
        yield understand_line(line.rstrip("\r\n"), number)


def understand_line(line: str, number: int) -> TextToRead:
    """Turn one line (counted from 1) into a text to read."""
    if not line.lstrip().startswith("{"):
        return TextToRead(text=line)
    try:
        row = json.loads(line)
    except ValueError:
        # A customer may well begin with a brace; only real JSON is taken as JSON.
        return TextToRead(text=line)
    if "text" not in row or not isinstance(row["text"], str):
        raise FeedbackFileError(f'Line {number}: the JSON object needs "text" with a string.')
    return TextToRead(
        text=row["text"], stars=_stars(row.get("rating"), number), language=_language(row, number)
    )


def _stars(rating: object, number: int) -> float | None:
    if rating is None:
        return None
    if isinstance(rating, bool) or not isinstance(rating, int | float):
        raise FeedbackFileError(f'Line {number}: "rating" must be a number from 1 to 5.')
    if not 1 <= rating <= MOST_STARS:
        raise FeedbackFileError(f'Line {number}: "rating" is {rating}, but must be from 1 to 5.')
    return float(rating)


def _language(row: dict[str, object], number: int) -> str | None:
    language = row.get("language")
    if language is None or isinstance(language, str):
        return language
    raise FeedbackFileError(f'Line {number}: "language" must be a code such as "en".')


def as_json_line(reading: Reading) -> str:
    """Give a reading as one JSON object; what was not read is null or empty."""
    sentiment = reading.sentiment
    polarity = None
    if sentiment is not None:
        polarity = {
            "negative": round(sentiment.negative, 4),
            "neutral": round(sentiment.neutral, 4),
            "positive": round(sentiment.positive, 4),
        }
    answer = {
        "polarity": polarity,
        "score": None if sentiment is None else round(sentiment.score, 4),
        "evidence": None if reading.evidence is None else round(reading.evidence, 4),
        "emotions": {str(name): round(value, 4) for name, value in reading.emotions.items()},
        "topics": [_aspect(aspect) for aspect in reading.topics],
        "stages": [_aspect(aspect) for aspect in reading.stages],
        "critical": [str(kind) for kind in reading.critical],
        "because": list(reading.because),
        "language": reading.language,
        "status": str(reading.status),
        "reason": reading.reason,
        "model_version": reading.model_version,
    }
    # A text may hold what a terminal obeys; escaped it is the same JSON.
    return FORBIDDEN.sub(_escaped, json.dumps(answer, ensure_ascii=False))


def _escaped(found: re.Match[str]) -> str:
    return json.dumps(found[0])[1:-1]


def _aspect(aspect: AspectReading) -> dict[str, object]:
    return {
        "name": aspect.name,
        "strength": round(aspect.strength, 4),
        "polarity": str(aspect.polarity),
    }


def as_plain_line(reading: Reading) -> str:
    """Give a reading in a few words: polarity, evidence, strongest emotion, topics, reason."""
    evidence = "-" if reading.evidence is None else f"{reading.evidence:.2f}"
    if reading.sentiment is None:
        return f"unscored  evidence {evidence}  {reading.reason}"
    parts = [
        f"{reading.sentiment.polarity} {reading.sentiment.score:+.2f}",
        f"evidence {evidence}",
        str(reading.strongest_emotion),
        ", ".join(aspect.name for aspect in reading.topics),
        ", ".join(f"CRITICAL {kind}" for kind in reading.critical),
        " / ".join(f'"{one_line(reason, LONGEST_REASON)}"' for reason in reading.because),
    ]
    return "  ".join(part for part in parts if part)
