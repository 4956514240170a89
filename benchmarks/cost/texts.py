"""What customers write in the simulated month: corpus texts, put together to a review's length."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chalicelib.domain.sentiment import Reading, TextToRead
from chalicelib.ports import Model

CORPUS = Path(__file__).resolve().parents[2] / "training" / "corpus" / "en"
# A usual review (reliability.md §4 counts with 420).
LENGTH = 420
EACH = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Texts of about `LENGTH` characters by how they sound, and a few that are critical."""

    negative: tuple[str, ...]
    positive: tuple[str, ...]
    critical: tuple[str, ...]


def texts() -> Texts:
    """The same ones every time."""
    said: dict[str, list[str]] = {"negative": [], "positive": [], "critical": []}
    for path in sorted(CORPUS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["critical"]:
                said["critical"].append(row["text"])
            elif row["polarity"] in said:
                said[row["polarity"]].append(row["text"])
    draw = random.Random(1)  # noqa: S311  a benchmark, drawn the same every time
    return Texts(
        negative=tuple(_joined(draw, said["negative"]) for _ in range(EACH)),
        positive=tuple(_joined(draw, said["positive"]) for _ in range(EACH)),
        critical=tuple(draw.sample(said["critical"], 5)),
    )


def _joined(draw: random.Random, sentences: Sequence[str]) -> str:
    text = draw.choice(sentences)
    while len(text) < LENGTH:
        text = f"{text} {draw.choice(sentences)}"
    return text[: LENGTH + draw.randrange(-200, 200)]


class Remembering:
    """A model that reads each text once: a month repeats its texts, not its work."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._known: dict[str, Reading] = {}
        self.texts_read = 0

    def read(
        self,
        texts: Sequence[TextToRead],
        *,
        languages: Sequence[str] = (),
        topics: Sequence[str] = (),
    ) -> list[Reading]:
        """See `ports.Model`."""
        self.texts_read += len(texts)
        for one in texts:
            if one.text not in self._known:
                (self._known[one.text],) = self._model.read(
                    [one], languages=languages, topics=topics
                )
        return [self._known[one.text] for one in texts]
