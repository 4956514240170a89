"""The measures of the accuracy benchmark, in plain numpy."""

from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def f1_of(found: Array, truth: Array) -> float:
    """F1 of two boolean vectors; 0 when nothing is found and nothing was there."""
    hits = float((found & truth).sum())
    total = float(found.sum() + truth.sum())
    return 2 * hits / total if total else 0.0


def macro_f1(predicted: Array, labels: Array, classes: Sequence[int]) -> float:
    """Mean F1 over the classes."""
    return float(np.mean([f1_of(predicted == kind, labels == kind) for kind in classes]))


def macro_recall(predicted: Array, labels: Array, classes: Sequence[int]) -> float:
    """Mean recall over the classes."""
    return float(np.mean([(predicted[labels == kind] == kind).mean() for kind in classes]))


def recall_at_precision(strength: Array, truth: Array, precision: float) -> float:
    """Give the greatest recall at a threshold where the precision is at least as asked."""
    order = np.argsort(-strength, kind="stable")
    hits = np.cumsum(truth[order])
    precisions = hits / np.arange(1, len(order) + 1)
    good = precisions >= precision
    return float(hits[good].max() / max(truth.sum(), 1)) if good.any() else 0.0


def calibration_error(shares: Array, truth: Array, weights: Array, bins: int = 15) -> float:
    """Expected calibration error of probabilities `shares` of boolean `truth`, rows weighted."""
    places = np.minimum((shares * bins).astype(int), bins - 1)
    error = 0.0
    for place in range(bins):
        inside = places == place
        mass = weights[inside].sum()
        if mass > 0:
            told = (weights[inside] * shares[inside]).sum() / mass
            came = (weights[inside] * truth[inside]).sum() / mass
            error += mass / weights.sum() * abs(told - came)
    return float(error)


def top_label_error(shares: Array, labels: Array, mix: Sequence[float]) -> float:
    """Calibration error of the likeliest class, rows weighted to the class shares of `mix`."""
    weights = np.zeros(len(labels))
    for kind, share in enumerate(mix):
        inside = labels == kind
        if inside.any():
            weights[inside] = share / inside.sum()
    return calibration_error(shares.max(1), shares.argmax(1) == labels, weights)


def even_odds_error(evidence: Array, is_negative: Array) -> float:
    """Calibration error of evidence, rows weighted to half negatives."""
    weights = np.where(is_negative, 0.5 / is_negative.sum(), 0.5 / (~is_negative).sum())
    return calibration_error(evidence, is_negative, weights)


def micro_f1(found: Array, truth: Array) -> float:
    """F1 over all cells of two boolean matrices."""
    return f1_of(found.ravel(), truth.ravel())
