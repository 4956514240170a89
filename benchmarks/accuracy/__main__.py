"""Run the accuracy benchmark: `python -m benchmarks.accuracy [--json] [--tests DIR] ...`."""

import argparse
import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.accuracy import questions
from benchmarks.accuracy.baselines import Predict, all_baselines
from benchmarks.accuracy.metrics import (
    even_odds_error,
    macro_f1,
    macro_recall,
    recall_at_precision,
    top_label_error,
)
from benchmarks.accuracy.public import REVIEWS, TestSet, polarity_sets
from benchmarks.accuracy.reader import PackagedReader, Reading
from chalicelib.score.files import HERE

Array = np.ndarray[Any, Any]
BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"


def main() -> None:
    """Print the tables and, with --json, the figures as JSON; the last line is the summary."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tests", type=Path, default=BESIDE / "public_test")
    parser.add_argument("--pool", type=Path, default=BESIDE / "pool")
    parser.add_argument("--streams", type=Path, default=BESIDE / "streams")
    parser.add_argument("--corpus", type=Path, default=Path("training/corpus/en"))
    parser.add_argument("--model", type=Path, default=HERE)
    parser.add_argument("--quick", action="store_true", help="no baselines")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--out", type=Path, help="also write the JSON here")
    options = parser.parse_args()
    if not options.tests.is_dir():
        parser.error(f"the folder of public tests is not at {options.tests}: name it with --tests")
    began = time.monotonic()
    reader = PackagedReader(options.model)
    mix = reader.numbers["calibration"]["mix_shares"]
    sets = polarity_sets(options.tests)
    baselines = {} if options.quick else all_baselines(options.pool)
    figures: dict[str, Any] = {"version": reader.numbers["version"]}
    figures["polarity"] = [_polarity(one, reader.read(one.texts), mix, baselines) for one in sets]
    figures["emotions"] = questions.emotions(reader, options.tests, options.corpus)
    figures["topics"] = questions.topics(reader, options.tests, options.corpus)
    figures["corpus"] = questions.corpus_polarity(reader, options.corpus)
    figures["critical"] = questions.critical(reader, options.tests, options.streams, options.corpus)
    figures["behaviour"] = questions.behaviour(reader)
    figures["fairness"] = questions.fairness(reader)
    figures["languages"] = questions.languages(reader, options.tests)
    figures["because"] = questions.because(reader, sets)
    figures["seconds"] = round(time.monotonic() - began)
    if options.out:
        options.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(figures) + "\n" if options.json else _table(figures))
    met = sum(row["met"] for row in figures["polarity"])
    r1 = figures["polarity"][0]["model"]
    sys.stdout.write(f"accuracy: {met} of {len(sets)} polarity goals met, DynaSent R1 {r1:.1f}\n")


def _figure(one: TestSet, predicted: Array, labels: Array) -> float:
    if one.measure == "macro recall":
        return 100 * macro_recall(predicted, labels, one.classes)
    if one.measure == "accuracy":
        return 100 * float((predicted == labels).mean())
    return 100 * macro_f1(predicted, labels, one.classes)


def _choice(one: TestSet, shares: Array) -> Array:
    """Give the likeliest class; where a test has no neutral, the likelier of the two poles."""
    if 1 in one.classes:
        found: Array = shares.argmax(1)
        return found
    return np.where(shares[:, 0] > shares[:, 2], 0, 2)


def _polarity(
    one: TestSet, reading: Reading, mix: list[float], baselines: Mapping[str, Predict]
) -> dict[str, Any]:
    labels = np.array(one.labels)
    predicted = _choice(one, reading.shares)
    if 1 in one.classes:
        predicted = reading.predicted()
    is_negative = labels == 0
    called = predicted == 0
    row: dict[str, Any] = {
        "test": one.name,
        "rows": len(labels),
        "measure": one.measure,
        "goal": one.goal,
        "model": _figure(one, predicted, labels),
        "unread_percent": 100 * float((~reading.is_read).mean()),
        "negative_recall": 100 * float(called[is_negative].mean()),
        "negative_precision": 100 * float(is_negative[called].mean()),
        "negative_recall_at_precision_75": 100
        * recall_at_precision(reading.evidence, is_negative, 0.75),
        "calibration_error": top_label_error(reading.shares, labels, mix)
        if 1 in one.classes
        else None,
        "evidence_error": even_odds_error(reading.evidence, is_negative),
        "is_reviews": one.name in REVIEWS,
    }
    for name, predict in baselines.items():
        row[name] = _figure(one, _choice(one, predict(one.texts)), labels)
    row["met"] = row["model"] >= one.goal
    return row


def _table(figures: Mapping[str, Any]) -> str:
    names = [name for name in ("VADER", "TextBlob", "TF-IDF") if name in figures["polarity"][0]]
    heads = ["test", "rows", "measure", *names, "model", "goal", "neg. recall", "neg. precision"]
    heads += ["recall at precision .75", "ECE", "evidence ECE", "unread %"]
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for row in figures["polarity"]:
        ece = row["calibration_error"]
        cells = [row["test"], str(row["rows"]), row["measure"]]
        cells += [f"{row[name]:.1f}" for name in names]
        cells += [f"**{row['model']:.1f}**", f"{row['goal']:g}", f"{row['negative_recall']:.0f}"]
        cells += [f"{row['negative_precision']:.0f}"]
        cells += [f"{row['negative_recall_at_precision_75']:.0f}"]
        cells += ["" if ece is None else f"{ece:.3f}", f"{row['evidence_error']:.3f}"]
        cells += [f"{row['unread_percent']:.1f}"]
        lines.append("| " + " | ".join(cells) + " |")
    for part in ("emotions", "topics", "corpus", "critical", "behaviour", "fairness"):
        lines += ["", f"{part}: {json.dumps(_short(figures[part]))}"]
    for part in ("languages", "because"):
        lines += ["", f"{part}: {json.dumps(_short(figures[part]))}"]
    return "\n".join(lines) + "\n"


def _short(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {name: _short(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_short(inner) for inner in value]
    return value


if __name__ == "__main__":
    main()
