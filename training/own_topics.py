"""The cosine from which a sentence counts as being about a topic that an owner named.

Positives are development sentences that hold the topic's word; the name given to the model says the
same in other words where it can, so that the threshold is one of meaning and not of letters.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from chalicelib.score.wording import worded
from training.examples import Example
from training.export import onnx_outputs
from training.stage_one import encode

TOPICS = {
    "parking": r"\bpark(?:ed|ing)?\b",
    "music and noise": r"\b(?:music|noisy|loud)\b",
    "desserts": r"\b(?:dessert|cake|pie|ice cream)s?\b",
    "size and fit": r"\b(?:size|sizes|sizing)\b",
    "battery life": r"\bbatter(?:y|ies)\b",
    "waiting for an appointment": r"\bappointments?\b",
    "coffee": r"\b(?:coffee|espresso|latte)\b",
    "photo quality": r"\b(?:pictures?|photos?)\b",
    "price": r"\b(?:price|prices|expensive|cheap)\b",
    "fabric": r"\b(?:fabric|material|cotton)\b",
    "wine list": r"\bwines?\b",
    "doctors": r"\bdoctors?\b",
}
PER_TOPIC = 60
PLAIN_PER_TOPIC = 400
STEEPNESS = 12.0


def fit_own_topics(network: Path, rows: Sequence[Example]) -> dict[str, Any]:
    """Give the threshold of the best mean F1, on rows where a topic is as rare as one in seven."""
    chance = np.random.default_rng(17)
    texts = [worded(one.text) for one in rows if 3 <= len(one.text.split()) <= 25]
    cosines: list[np.ndarray[Any, Any]] = []
    present: list[np.ndarray[Any, Any]] = []
    chosen = sorted(chance.permutation(len(texts))[:2500].tolist())
    texts = [texts[place] for place in chosen]
    _, names = onnx_outputs(network, encode(list(TOPICS), 32))
    _, meanings = onnx_outputs(network, encode(texts, 64))
    for name, pattern in zip(names, TOPICS.values(), strict=True):
        holds = np.array([re.search(pattern, text.lower()) is not None for text in texts])
        inside = np.flatnonzero(holds)[:PER_TOPIC]
        outside = chance.permutation(np.flatnonzero(~holds))[:PLAIN_PER_TOPIC]
        places = np.concatenate([inside, outside])
        cosines.append(meanings[places] @ name)
        present.append(holds[places])
    best, threshold = -1.0, 0.4
    for candidate in np.arange(0.15, 0.7, 0.01):
        scores = [
            _f1(close >= candidate, truth) for close, truth in zip(cosines, present, strict=True)
        ]
        if np.mean(scores) > best:
            best, threshold = float(np.mean(scores)), float(candidate)
    return {
        "threshold": round(threshold, 2),
        "steepness": STEEPNESS,
        "development_f1": round(best, 3),
    }


def _f1(found: np.ndarray[Any, Any], truth: np.ndarray[Any, Any]) -> float:
    hits = (found & truth).sum()
    return float(2 * hits / max(found.sum() + truth.sum(), 1))
