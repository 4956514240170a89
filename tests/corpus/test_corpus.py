"""The corpus is what FORMAT.md says: complete labels, enough of each, written and not filled in."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from training.labels import CRITICAL, EMOTIONS, POLARITIES, STAGES, TOPICS

CORPUS = Path(__file__).parents[2] / "training" / "corpus"
LEAST_SHARED = 8
"""Texts with fewer word 4-grams than this are too short for a share to mean anything."""

Row = Mapping[str, Any]


@cache
def _rows(folder: str) -> list[Row]:
    found: list[Row] = []
    for path in sorted((CORPUS / folder).glob("*.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines()
        found += [json.loads(line) for line in lines]
    return found


def _english() -> list[Row]:
    return [*_rows("en"), *_rows("critical"), *_rows("polarity")]


@pytest.mark.parametrize("folder", ["en", "de", "critical", "polarity"])
def test_every_label_is_one_that_the_format_knows(folder: str) -> None:
    wrong = [
        row["id"]
        for row in _rows(folder)
        if row["polarity"] not in POLARITIES
        or not set(row.get("emotions", ())) <= set(EMOTIONS)
        or not {aspect["t"] for aspect in row.get("topics", ())} <= set(TOPICS)
        or not {aspect["s"] for aspect in row.get("stages", ())} <= set(STAGES)
        or not set(row.get("critical", ())) <= set(CRITICAL)
        or not {a["p"] for a in (*row.get("topics", ()), *row.get("stages", ()))} <= set(POLARITIES)
    ]

    assert wrong == []


def test_the_fully_labelled_rows_carry_every_label() -> None:
    wanted = {"polarity", "emotions", "topics", "stages", "critical", "traits"}

    assert [row["id"] for row in _rows("en") if not wanted <= row.keys()] == []


def test_ids_and_texts_occur_once() -> None:
    rows = _english()
    twice = [name for name, count in Counter(row["id"] for row in rows).items() if count > 1]
    texts = Counter(" ".join(row["text"].lower().split()) for row in rows)

    assert twice == []
    assert [text for text, count in texts.items() if count > 1] == []


def test_there_are_enough_rows_and_enough_of_every_label() -> None:
    rows = _rows("en")
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update(row["emotions"])
        counts.update({aspect["t"] for aspect in row["topics"]})
        counts.update({aspect["s"] for aspect in row["stages"]})

    assert len(rows) >= 5_000
    names = (*EMOTIONS, *TOPICS, *STAGES)
    assert {name: counts[name] for name in names if counts[name] < 200} == {}


def test_every_critical_kind_is_told_and_nearly_told() -> None:
    counts = Counter(kind for row in _rows("critical") for kind in row["critical"])
    spared = Counter(
        str(row["id"]).rsplit("-", 2)[0] for row in _rows("critical") if not row["critical"]
    )

    assert {kind: counts[kind] for kind in CRITICAL if counts[kind] < 180} == {}
    assert {kind: spared[kind] for kind in CRITICAL if spared[kind] < 100} == {}


def test_no_opening_of_three_words_is_a_habit() -> None:
    texts = [row["text"] for row in _english()]
    openings = Counter(tuple(_words(text)[:3]) for text in texts if len(_words(text)) >= 3)

    assert [opening for opening, count in openings.items() if count > len(texts) / 100] == []


def test_no_two_texts_share_more_than_half_of_their_four_word_runs() -> None:
    assert list(_too_alike([row["text"] for row in _rows("en")])) == []


def test_only_texts_set_against_each_other_in_one_scenario_are_alike() -> None:
    """What differs in one decisive word teaches most, so such pairs are wanted: in a scenario."""
    scenarios = {row["text"]: row["scenario"] for row in _english()}
    pairs = _too_alike([row["text"] for row in _english()])

    assert [pair for pair in pairs if scenarios[pair[0]] != scenarios[pair[1]]] == []


def test_two_texts_that_share_most_of_their_words_are_found() -> None:
    one = "we waited forty minutes at the counter and nobody came to take our order at all"
    other = one.replace("forty", "fifty")

    assert list(_too_alike([one, other, "something else was said by the next customer"])) == [
        (one, other)
    ]


def _too_alike(texts: list[str]) -> Iterator[tuple[str, str]]:
    runs = [_runs(text) for text in texts]
    holders: dict[tuple[str, ...], list[int]] = {}
    for place, found in enumerate(runs):
        shared: Counter[int] = Counter()
        for run in found:
            shared.update(holders.get(run, ()))
            holders.setdefault(run, []).append(place)
        for other, count in shared.items():
            least = min(len(found), len(runs[other]))
            if least >= LEAST_SHARED and count > least / 2:
                yield texts[other], texts[place]


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _words(text)
    return {tuple(words[at : at + 4]) for at in range(len(words) - 3)}


def _words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.lower())
