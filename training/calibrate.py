"""Numbers beside the weights: calibration, stars, thresholds. Fitted on development rows only.

Every polarity, and in it every source of the mix, weighs the same.
"""

import hashlib
import json
import logging
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, log_softmax, softmax

from chalicelib.domain.sentiment import CriticalKind
from chalicelib.score.critical import HINTS, PATTERNS
from chalicelib.score.files import ENGLISH, NETWORK, VOCABULARY
from chalicelib.score.wording import worded
from training.examples import Example, read_pool
from training.export import onnx_outputs
from training.labels import EMOTIONS, POLARITIES, SLICES, STAGES, TOPICS
from training.own_topics import fit_own_topics
from training.stage_one import encode
from training.stage_two import corpus_part

logger = logging.getLogger(__name__)

MIX = ("cebab", "nhs_v6", "womens_clothing", "product_reviews_2", "dynasent_dev")
"""Shops and services of the pool's development rows: every polarity a third, and within a polarity
every source the same, so that neither a trade nor its share of praise sets the numbers."""
MOST_PER_SOURCE = 900
STAR_NOISE = 0.6
"""How far one customer's stars stray from what five raters read in the text (in stars, assumed)."""
WINDOW = 128
MEANT = frozenset({4256032819})
"""CRC-32 of plain development rows that, read by hand, do tell of a kind: no false alarms."""

Array = np.ndarray[Any, Any]


def fit_polarity(logits: Array, labels: Array, weights: Array) -> tuple[list[float], list[float]]:
    """Temperature scaling: one factor that makes the weighted likelihood greatest.

    Vector scaling fitted the mix a little better and cost 2 to 6 points of macro-F1 elsewhere: its
    shifts follow what "neutral" means in the mix. So the shifts stay zero.
    """

    def cost(numbers: Array) -> float:
        likelihood = log_softmax(logits * numbers[0], axis=1)[np.arange(len(labels)), labels]
        return float(-(weights * likelihood).sum() / weights.sum())

    factor = float(minimize(cost, np.array([1.0]), method="L-BFGS-B").x[0])
    return [factor] * 3, [0.0] * 3


def fit_stars(text: Array, stars: Array, is_negative: Array) -> tuple[list[float], list[float]]:
    """Logistic regressions of negative on (text logit, stars) and on stars alone, at even odds."""
    weights = np.where(is_negative, 0.5 / is_negative.mean(), 0.5 / (1 - is_negative.mean()))
    both = _logistic(np.column_stack([np.ones(len(text)), text, stars]), is_negative, weights)
    alone = _logistic(np.column_stack([np.ones(len(text)), stars]), is_negative, weights)
    return both, alone


def _logistic(columns: Array, labels: Array, weights: Array) -> list[float]:
    def cost(factors: Array) -> float:
        scores = columns @ factors
        losses = np.logaddexp(0.0, -np.where(labels, scores, -scores))
        return float((weights * losses).mean() + 0.001 * np.square(factors[1:]).sum())

    found: list[float] = minimize(cost, np.zeros(columns.shape[1]), method="L-BFGS-B").x.tolist()
    return found


def best_threshold(strengths: Array, present: Array, weights: Array) -> float:
    """Give the threshold of the greatest weighted F1, from a grid of .02 steps."""
    best, chosen = -1.0, 0.5
    for threshold in np.arange(0.1, 0.92, 0.02):
        found = strengths >= threshold
        hits = (weights * (found & present)).sum()
        f1 = 2 * hits / max((weights * found).sum() + (weights * present).sum(), 1e-9)
        if f1 > best:
            best, chosen = f1, float(threshold)
    return round(chosen, 2)


def calibrate(
    *, network: Path, pool: Path, corpus: Path, version: str, star_scores: Mapping[str, float]
) -> dict[str, Any]:
    """Fit every number on the pool's and the corpus's development rows, with the int8 network."""
    chance = np.random.default_rng(11)
    rows = _development(pool, chance)
    ours = corpus_part(corpus, "dev")
    outputs, _ = onnx_outputs(network, encode([worded(one.text) for one in rows + ours], WINDOW))
    pool_outputs, our_outputs = outputs[: len(rows)], outputs[len(rows) :]
    polarity = _polarity_numbers(rows, pool_outputs, star_scores, chance)
    numbers: dict[str, Any] = {"version": version, "window": WINDOW, "calibration": polarity}
    numbers["columns"] = {name: [part.start, part.stop] for name, part in SLICES.items()}
    everything = rows + ours
    numbers["emotion_thresholds"] = _thresholds(everything, outputs, "emotions", EMOTIONS)
    numbers["thresholds"] = _thresholds(everything, outputs, "topics", TOPICS) | _thresholds(
        ours, our_outputs, "stages", STAGES
    )
    numbers["critical"] = _critical(rows, pool_outputs)
    numbers["own_topics"] = fit_own_topics(network, rows)
    return numbers


def _development(pool: Path, chance: np.random.Generator) -> list[Example]:
    by_source: dict[str, list[Example]] = {}
    for example in read_pool(pool, "dev"):
        by_source.setdefault(example.source, []).append(example)
    chosen = []
    for source, found in sorted(by_source.items()):
        most = 2 * MOST_PER_SOURCE if source == "goemotions" else MOST_PER_SOURCE
        places = sorted(chance.permutation(len(found))[:most].tolist())
        chosen += [found[place] for place in places]
    return chosen


def _polarity_numbers(
    rows: Sequence[Example],
    outputs: Array,
    star_scores: Mapping[str, float],
    chance: np.random.Generator,
) -> dict[str, Any]:
    places = np.array(
        [place for place, one in enumerate(rows) if one.source in MIX and one.polarity >= 0]
    )
    labels = np.array([rows[place].polarity for place in places])
    sources = np.array([rows[place].source for place in places])
    weights = np.zeros(len(places))
    for kind in range(3):
        present = [name for name in MIX if ((sources == name) & (labels == kind)).any()]
        for source in present:
            inside = (sources == source) & (labels == kind)
            weights[inside] = 1.0 / (3 * len(present) * inside.sum())
    logits = outputs[places][:, SLICES["polarity"]]
    scale, shift = fit_polarity(logits, labels, weights)
    shares = softmax(logits * scale + shift, axis=1)
    share = float((weights * (labels == 0)).sum() / weights.sum())
    text = _logit(shares[:, 0]) - _logit(np.array(share))
    known = np.array([rows[place].text in star_scores for place in places])
    human = np.array([star_scores.get(rows[place].text, 0.0) for place in places])
    stars = np.clip(np.round(3 + 2 * human + chance.normal(0, STAR_NOISE, len(human))), 1, 5)
    both, alone = fit_stars(text[known], stars[known], labels[known] == 0)
    return {
        "scale": scale,
        "shift": shift,
        "negative_share": share,
        "mix_shares": [
            float((weights * (labels == kind)).sum() / weights.sum()) for kind in range(3)
        ],
        "mix": list(MIX),
        "stars": both,
        "stars_alone": alone,
    }


def _logit(shares: Array) -> Array:
    shares = np.clip(shares, 1e-6, 1 - 1e-6)
    found: Array = np.log(shares / (1 - shares))
    return found


def _thresholds(
    rows: Sequence[Example], outputs: Array, kind: str, names: Sequence[str]
) -> dict[str, float]:
    """Per name: pool rows and corpus rows weigh the same in all."""
    labels = np.stack([getattr(one, kind) for one in rows])
    is_ours = np.array([one.source.startswith("corpus") for one in rows])
    strengths = expit(outputs[:, SLICES[kind]])
    found = {}
    for place, name in enumerate(names):
        known = ~np.isnan(labels[:, place])
        present = labels[known, place] == 1.0
        weights = np.where(is_ours[known], 1 / max((known & is_ours).sum(), 1), 1.0)
        weights[~is_ours[known]] = 1 / max((known & ~is_ours).sum(), 1)
        found[name] = best_threshold(strengths[known, place], present, weights)
    return found


def _critical(rows: Sequence[Example], outputs: Array) -> dict[str, dict[str, float]]:
    """Set the thresholds per kind so that hardly any plain development review is hit.

    `sure` lies above every plain row, `backed` above those in which a pattern of the kind matches,
    `hinted` above those with a word that often stands around it; praise is left out, as
    `find_critical` does. Patients of the NHS speak of such things in earnest: their rows say
    nothing about false alarms.
    """
    plain = [
        place
        for place, one in enumerate(rows)
        if one.source in MIX
        and one.source != "nhs_v6"
        and outputs[place, SLICES["polarity"]].argmax() != POLARITIES.index("positive")
        and crc32(one.text.encode()) not in MEANT
    ]
    strengths = expit(outputs[plain][:, SLICES["critical"]])
    texts = [worded(rows[place].text) for place in plain]
    found: dict[str, dict[str, float]] = {"sure": {}, "backed": {}, "hinted": {}}
    for place, kind in enumerate(CriticalKind):
        column = strengths[:, place].tolist()
        sure = _above(column, least=0.5)
        backed = _above(_where(PATTERNS[kind], texts, column), least=0.2)
        hinted = _above(_where(HINTS[kind], texts, column), least=0.3)
        found["sure"][str(kind)] = sure
        found["backed"][str(kind)] = min(sure, backed)
        found["hinted"][str(kind)] = min(sure, hinted)
    return found


def _where(
    pattern: re.Pattern[str], texts: Sequence[str], strengths: Sequence[float]
) -> list[float]:
    return [
        strength
        for text, strength in zip(texts, strengths, strict=True)
        if pattern.search(text) is not None
    ]


def _above(strengths: Sequence[float], least: float) -> float:
    return round(max(least, max(strengths, default=0.0) + 1e-4), 4)


def write_numbers(numbers: dict[str, Any], target: Path) -> None:
    """Write `numbers.json` with the checksums of the files beside it."""
    sums = {}
    for name in (NETWORK, VOCABULARY, ENGLISH):
        sums[name] = hashlib.sha256((target / name).read_bytes()).hexdigest()
    text = json.dumps(numbers | {"sha256": sums}, indent=1, sort_keys=True)
    (target / "numbers.json").write_text(text + "\n", encoding="utf-8")
