"""The labelled sentences, read by the bundled model as it is now."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from chalicelib.domain.empathy import MapField
from chalicelib.domain.sentiment import Polarity, TextToRead
from chalicelib.learn.sayings import place_of
from chalicelib.wiring import model

FILE = Path(__file__).resolve().parents[2] / "tests" / "learn" / "empathy_sentences.jsonl"


def measured_f1() -> float:
    """Macro-F1 over the held out sentences."""
    rows = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    held_out = [row for row in rows if row["part"] == "held_out"]
    readings = model().read([TextToRead(text=row["text"], language="en") for row in held_out])
    pairs = [
        (
            str(row["field"]),
            str(
                place_of(
                    row["text"],
                    one.sentiment.polarity if one.sentiment else Polarity.NEUTRAL,
                    one.emotions,
                    [topic.name for topic in one.topics],
                )
            ),
        )
        for row, one in zip(held_out, readings, strict=True)
    ]
    return macro_f1(pairs)


def macro_f1(pairs: Sequence[tuple[str, str]]) -> float:
    """The mean over the fields of the harmonic mean of precision and recall; `pairs` are label
    and answer."""
    seen = Counter(pairs)
    scores = []
    for field in MapField:
        right = seen[field, field]
        answered = sum(n for (_, answer), n in seen.items() if answer == field)
        labelled = sum(n for (label, _), n in seen.items() if label == field)
        scores.append(2 * right / (answered + labelled))
    return sum(scores) / len(scores)
