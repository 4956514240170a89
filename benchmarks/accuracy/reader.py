"""The packaged model without what the benchmark does not judge: each distinct text is read once."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from chalicelib.score.engine import Engine, polarity_logits, pooled
from chalicelib.score.files import HERE, check_files
from chalicelib.score.language import tell_language
from chalicelib.score.numbers import Calibration
from chalicelib.score.wording import has_words, worded

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model says: polarity shares (n, 3), evidence (n,), other logits, what is unread."""

    shares: Array
    evidence: Array
    outputs: dict[str, Array]
    is_read: Array

    def predicted(self) -> Array:
        """Give the likeliest class; an unread text counts as neutral, to the model's harm."""
        return np.where(self.is_read, self.shares.argmax(1), 1)


class PackagedReader:
    """Reads texts with the files in `directory` (by default those of the package)."""

    def __init__(self, directory: Path = HERE) -> None:
        files = check_files(directory)
        self.numbers = files.numbers
        self._engine = Engine(files)
        self._calibration = Calibration.from_numbers(files.numbers["calibration"])
        self._known: dict[str, tuple[list[float], dict[str, Array], bool]] = {}

    def read(self, texts: Sequence[str]) -> Reading:
        """Read texts as English, and say of each whether the package would have read it."""
        rows = [self._one(text) for text in texts]
        sentiments = [self._calibration.sentiment(logits) for logits, _, _ in rows]
        shares = np.array([[one.negative, one.neutral, one.positive] for one in sentiments])
        evidence = np.array([self._calibration.evidence(one, None) for one in sentiments])
        outputs = {name: np.stack([row[1][name] for row in rows]) for name in rows[0][1]}
        return Reading(shares, evidence, outputs, np.array([row[2] for row in rows]))

    def _one(self, text: str) -> tuple[list[float], dict[str, Array], bool]:
        found = self._known.get(text)
        if found is None:
            told = worded(text)
            answers = self._engine.answers(told)
            found = (polarity_logits(answers), dict(pooled(answers)), self._is_read(told))
            self._known[text] = found
        return found

    def _is_read(self, told: str) -> bool:
        return has_words(told) and (
            tell_language(
                told, guess=self._engine.guess(told), english_words=self._engine.english_words
            ).is_english
        )
