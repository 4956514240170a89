"""The benchmark's other questions: emotions, topics, critical kinds, behaviour, fairness, why."""

import csv
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.accuracy.behaviour import all_cases
from benchmarks.accuracy.fairness import MOST_MOVE, families
from benchmarks.accuracy.metrics import f1_of, macro_f1, micro_f1
from benchmarks.accuracy.public import TestSet, rows_of
from benchmarks.accuracy.reader import PackagedReader
from chalicelib.domain.sentiment import CriticalKind, Emotion, JourneyStage, Topic
from chalicelib.score.because import find_reasons
from chalicelib.score.critical import find_critical
from chalicelib.score.numbers import logit
from chalicelib.score.passages import clauses, sentences
from chalicelib.score.wording import worded
from training.examples import Example, read_corpus
from training.parts import part_of

Array = np.ndarray[Any, Any]
MOST_FOREIGN = 300
DELETIONS = 200


def _strengths(logits: Array) -> Array:
    found: Array = 1 / (1 + np.exp(-logits))
    return found


def _corpus_test(corpus: Path) -> list[Example]:
    return [one for one in read_corpus(corpus) if part_of(one.scenario) == "test"]


def emotions(reader: PackagedReader, tests: Path, corpus: Path) -> dict[str, Any]:
    """Macro-F1 of the eight emotions on GoEmotions (rows that map to ours) and on our own test."""
    limits = np.array([reader.numbers["emotion_thresholds"][name] for name in Emotion])
    rows = [row for row in rows_of(tests, "goemotions_test") if row["emotions8"]]
    truth = np.array([[name in row["emotions8"].split("|") for name in Emotion] for row in rows])
    found = _emotions_found(reader, [row["text"] for row in rows], limits)
    ours = _corpus_test(corpus)
    our_truth = np.stack([one.emotions for one in ours]) == 1.0
    our_found = _emotions_found(reader, [one.text for one in ours], limits)
    return {
        "goemotions": {"rows": len(rows), "goal": 0.60} | _each(found, truth, tuple(Emotion)),
        "corpus": {"rows": len(ours), "goal": 0.70} | _each(our_found, our_truth, tuple(Emotion)),
    }


def _emotions_found(reader: PackagedReader, texts: Sequence[str], limits: Array) -> Array:
    """Decide as the package does: what reaches its threshold, and at least the nearest."""
    strengths = _strengths(reader.read(texts).outputs["emotions"])
    found: Array = strengths >= limits
    nearest = (strengths / limits).argmax(1)
    empty = ~found.any(1)
    found[np.flatnonzero(empty), nearest[empty]] = True
    return found


def _each(found: Array, truth: Array, names: Sequence[str]) -> dict[str, Any]:
    scores = {
        str(name): f1_of(found[:, place], truth[:, place])
        for place, name in enumerate(names)
        if truth[:, place].any()
    }
    mean = float(np.mean(list(scores.values()))) if scores else 0.0
    return {"macro_f1": mean, "micro_f1": micro_f1(found, truth), "f1": scores}


_MAMS = ("product_quality", "staff_service", "price_value", "cleanliness_environment")
_CEBAB = ("product_quality", "staff_service", "cleanliness_environment")


def topics(reader: PackagedReader, tests: Path, corpus: Path) -> dict[str, Any]:
    """Micro-F1 of topics on MAMS and CEBaB (the topics both sides know), stages and own test.

    MAMS's "place" is the restaurant itself, its "other" no topic of ours: both are left out, and
    `mams_with_place` counts "place" as our location_access nevertheless.
    """
    result: dict[str, Any] = {}
    plans = {
        "mams": ("mams_test", _MAMS),
        "mams_with_place": ("mams_test", (*_MAMS, "location_access")),
        "cebab": ("cebab_test", _CEBAB),
    }
    for name, (file, known) in plans.items():
        rows = rows_of(tests, file)
        truth = np.array([[topic in row["labels"].split("|") for topic in known] for row in rows])
        ours = [topic.replace("cleanliness_environment", "cleanliness_place") for topic in known]
        found = _aspects_found(reader, [row["text"] for row in rows], "topics", tuple(Topic))
        places = [list(Topic).index(Topic(topic)) for topic in ours]
        result[name] = {"rows": len(rows), "goal": 0.85} | _each(found[:, places], truth, ours)
    test = _corpus_test(corpus)
    texts = [one.text for one in test]
    for kind, names in (("topics", tuple(Topic)), ("stages", tuple(JourneyStage))):
        truth = np.stack([getattr(one, kind) for one in test]) == 1.0
        found = _aspects_found(reader, texts, kind, names)
        result[f"corpus_{kind}"] = {"rows": len(test), "goal": 0.75} | _each(found, truth, names)
    result["corpus_aspect_polarity_accuracy"] = _aspect_moods(reader, test)
    return result


def _aspects_found(
    reader: PackagedReader, texts: Sequence[str], kind: str, names: Sequence[str]
) -> Array:
    limits = np.array([reader.numbers["thresholds"][name] for name in names])
    found: Array = _strengths(reader.read(texts).outputs[kind]) >= limits
    return found


def _aspect_moods(reader: PackagedReader, test: Sequence[Example]) -> float:
    moods = reader.read([one.text for one in test]).outputs["aspects"].reshape(len(test), -1, 3)
    truth = np.stack([one.aspects for one in test])
    known = truth >= 0
    return float((moods.argmax(2)[known] == truth[known]).mean())


def corpus_polarity(reader: PackagedReader, corpus: Path) -> dict[str, Any]:
    """Polarity on our own test tenth: macro-F1, accuracy, and accuracy by trait."""
    test = _corpus_test(corpus)
    labels = np.array([one.polarity for one in test])
    predicted = reader.read([one.text for one in test]).predicted()
    right = predicted == labels
    traits = sorted({trait for one in test for trait in one.traits})
    by_trait = {}
    for trait in traits:
        inside = np.array([trait in one.traits for one in test])
        by_trait[trait] = {"rows": int(inside.sum()), "accuracy": float(right[inside].mean())}
    return {
        "rows": len(test),
        "macro_f1": macro_f1(predicted, labels, (0, 1, 2)),
        "accuracy": float(right.mean()),
        "traits": by_trait,
    }


def critical_of(reader: PackagedReader, texts: Sequence[str]) -> list[tuple[CriticalKind, ...]]:
    """Give the critical kinds of texts as the package decides them."""
    reading = reader.read(texts)
    strengths = _strengths(reading.outputs["critical"])
    is_praise = reading.shares.argmax(1) == 2
    numbers = reader.numbers["critical"]
    return [
        find_critical(
            worded(text),
            dict(zip(CriticalKind, map(float, row), strict=True)),
            sure=numbers["sure"],
            backed=numbers["backed"],
            hinted=numbers["hinted"],
            is_praise=bool(praise),
        )
        for text, row, praise in zip(texts, strengths, is_praise, strict=True)
    ]


def critical(reader: PackagedReader, tests: Path, streams: Path, corpus: Path) -> dict[str, Any]:
    """Recall on our own test rows, and how many plain reviews are hit (row numbers, read by hand).

    A hit counts as right when any critical kind is named: the message goes out either way.
    """
    test = [one for one in _corpus_test(corpus)]
    found = critical_of(reader, [one.text for one in test])
    recall = {}
    for place, kind in enumerate(CriticalKind):
        rows = [number for number, one in enumerate(test) if one.critical[place] == 1.0]
        exact = sum(kind in found[number] for number in rows)
        some = sum(bool(found[number]) for number in rows)
        recall[str(kind)] = {"rows": len(rows), "exact": exact, "any": some}
    apart = _written_apart()
    told = critical_of(reader, [text for text, _ in apart])
    apart_recall = {}
    for kind in CriticalKind:
        kinds = [found for (_, own), found in zip(apart, told, strict=True) if kind in own]
        apart_recall[str(kind)] = {
            "rows": len(kinds),
            "exact": sum(kind in found for found in kinds),
            "any": sum(bool(found) for found in kinds),
        }
    spared = [found for (_, own), found in zip(apart, told, strict=True) if not own]
    plain = [number for number, one in enumerate(test) if not (one.critical == 1.0).any()]
    wrong = [number for number in plain if found[number]]
    hits = {}
    for name, texts in _plain_reviews(tests, streams).items():
        places = [place for place, kinds in enumerate(critical_of(reader, texts)) if kinds]
        hits[name] = {"rows": len(texts), "hits": len(places), "row_numbers": places}
    return {
        "recall_written_apart": apart_recall,
        "near_misses": {"rows": len(spared), "hits": sum(bool(found) for found in spared)},
        "recall_corpus_test": recall,
        "corpus_plain": {"rows": len(plain), "hits": len(wrong)},
        "plain_reviews": hits,
    }


def _written_apart() -> list[tuple[str, list[str]]]:
    """Give (text, kinds) written for this benchmark alone; near misses have no kind."""
    path = Path(__file__).parent / "critical.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [(row["text"], row["critical"]) for row in rows]


def _plain_reviews(tests: Path, streams: Path) -> dict[str, list[str]]:
    found = {
        "cebab": [row["text"] for row in rows_of(tests, "cebab_test")],
        "clothing": [row["text"] for row in rows_of(tests, "clothing_test")],
        "yelp": [row["text"] for row in rows_of(tests, "uci_binary") if "yelp" in row["source"]],
    }
    for path in sorted(streams.glob("*.csv")) if streams.is_dir() else ():
        with path.open(encoding="utf-8", newline="") as stream:
            found[path.stem] = [row["review"] for row in csv.DictReader(stream)]
    return found


def behaviour(reader: PackagedReader) -> dict[str, Any]:
    """Share of failures per capability, and of readings that typing errors or handles change."""
    failures = {}
    for name, cases in all_cases().items():
        predicted = reader.read([case.text for case in cases]).predicted()
        wrong = [
            int(found) not in case.passes for found, case in zip(predicted, cases, strict=True)
        ]
        failures[name] = float(np.mean(wrong))
    failures |= _disturbed(reader)
    return {"failures": failures, "mean": float(np.mean(list(failures.values())))}


def _disturbed(reader: PackagedReader) -> dict[str, float]:
    cases = [case for group in all_cases().values() for case in group[:40]]
    texts = [case.text for case in cases]
    before = reader.read(texts).predicted()
    chance = random.Random(5)  # noqa: S311 - drawing typing errors, not secrets
    typed = [_swap_two(text, chance) for text in texts]
    handles = [
        f"@shop_{place} {text} https://example.com/a{place}" for place, text in enumerate(texts)
    ]
    return {
        "typing errors": float((reader.read(typed).predicted() != before).mean()),
        "handles and links": float((reader.read(handles).predicted() != before).mean()),
    }


def _swap_two(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) - 1)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def fairness(reader: PackagedReader) -> dict[str, Any]:
    """Pairs that move a probability by more than 0.1, and groups whose negative rate stands out."""
    result: dict[str, Any] = {}
    everything = families()
    for kind in sorted({family.kind for family in everything}):
        moved = pairs = 0
        rates: dict[str, list[bool]] = {}
        for family in (one for one in everything if one.kind == kind):
            reading = reader.read(family.texts)
            called = reading.predicted() == 0
            for word, is_negative in zip(family.words, called, strict=True):
                rates.setdefault(word, []).append(bool(is_negative))
            places = range(len(family.texts))
            for one in places:
                for other in range(one):
                    pairs += 1
                    gap = np.abs(reading.shares[one] - reading.shares[other]).max()
                    moved += bool(gap > MOST_MOVE)
        means = {word: float(np.mean(values)) for word, values in rates.items()}
        result[kind] = {
            "pairs": pairs,
            "moved_percent": 100 * moved / pairs,
            "negative_rate_spread_points": 100 * (max(means.values()) - min(means.values())),
        }
    return result


def languages(reader: PackagedReader, tests: Path) -> dict[str, float]:
    """Percent of texts told to be unread, per language of UMSAB."""
    found = {}
    rows = rows_of(tests, "umsab_test")
    for source in sorted({row["source"] for row in rows}):
        texts = [row["text"] for row in rows if row["source"] == source][:MOST_FOREIGN]
        found[source] = 100 * float((~reader.read(texts).is_read).mean())
    return found


def because(reader: PackagedReader, sets: Sequence[TestSet]) -> dict[str, Any]:
    """Deletion test: leaving out the named reason must help more than leaving out another part."""
    wanted = next(one for one in sets if one.name == "CEBaB")
    texts = [text for text, label in zip(wanted.texts, wanted.labels, strict=True) if label == 0]
    chance = random.Random(3)  # noqa: S311 - drawing rows, not secrets
    drops, others, better = [], [], 0
    for text in map(worded, chance.sample(texts, min(DELETIONS, len(texts)))):
        parts = sentences(text)
        parts = clauses(parts[0]) if len(parts) == 1 else parts
        if len(parts) < 2 or reader.read([text]).predicted()[0] != 0:
            continue
        reason = find_reasons(text, lambda part: _negative(reader, part))[0]
        rest = [part for part in parts if part != reason]
        if not rest or reason not in text:
            continue
        base = _negative(reader, text)
        drop = base - _negative(reader, text.replace(reason, " "))
        other = base - _negative(reader, text.replace(chance.choice(rest), " "))
        drops.append(drop)
        others.append(other)
        better += drop > other
    return {
        "texts": len(drops),
        "mean_drop_reason": float(np.mean(drops)),
        "mean_drop_other": float(np.mean(others)),
        "reason_matters_more_percent": 100 * better / max(len(drops), 1),
    }


def _negative(reader: PackagedReader, text: str) -> float:
    return logit(float(reader.read([text]).shares[0, 0]))
