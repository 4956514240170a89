"""Examples: texts with the labels that are known of them; what is not known is NaN and not learned.

Two sources: the pool (public texts, three parquet files) and our own corpus (JSON lines).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.labels import ASPECTS, CRITICAL, EMOTIONS, POLARITIES, STAGES, TOPICS

UNKNOWN = np.nan

POOL_TOPICS = {
    "product_quality": "product_quality",
    "staff_service": "staff_service",
    "wait_delivery": "wait_delivery",
    "price_value": "price_value",
    "cleanliness_environment": "cleanliness_place",
    "booking_contact": "booking_website",
    "refund_billing": "refund_billing",
    "communication_information": "communication",
    "location_access": "location_access",
    "safety_privacy": "safety_privacy",
}
"""The pool's topic names in our words; "other", "general_*" and "organisation" are none of ours."""

KNOWN_TOPICS: Mapping[str, frozenset[str]] = {
    "cebab": frozenset({"product_quality", "staff_service", "cleanliness_place"}),
    # MAMS calls the restaurant itself "place"; our location_access is parking, steps and signs.
    "mams": frozenset({"product_quality", "staff_service", "price_value", "cleanliness_place"}),
    "banking77": frozenset(
        {
            "product_quality",
            "cleanliness_place",
            "location_access",
            "refund_billing",
            "wait_delivery",
        }
    ),
    # NHS v1 rows carry one label each: the others may be there unnamed.
    "nhs_p1": frozenset(),
    "nhs_v6": frozenset(TOPICS),
}
"""Per source the topics whose absence from the labels means that they are not in the text."""


@dataclass(slots=True, kw_only=True)
class Example:
    """One text with its labels; an unknown label is NaN (vectors) or -1 (classes)."""

    text: str
    source: str
    polarity: int
    emotions: NDArray[np.float32]
    topics: NDArray[np.float32]
    stages: NDArray[np.float32]
    critical: NDArray[np.float32]
    aspects: NDArray[np.int64]
    scenario: str = ""
    traits: tuple[str, ...] = ()

    def with_text(self, text: str) -> "Example":
        """Give the same labels on another wording of the text."""
        return replace(self, text=text)


def _unknown(width: int) -> NDArray[np.float32]:
    return np.full(width, UNKNOWN, dtype=np.float32)


def blank(text: str, source: str) -> Example:
    """Give a text of which nothing is known yet."""
    return Example(
        text=text,
        source=source,
        polarity=-1,
        emotions=_unknown(len(EMOTIONS)),
        topics=_unknown(len(TOPICS)),
        stages=_unknown(len(STAGES)),
        critical=_unknown(len(CRITICAL)),
        aspects=np.full(len(ASPECTS), -1, dtype=np.int64),
    )


def _marks(names: Iterable[str], order: tuple[str, ...]) -> NDArray[np.float32]:
    present = set(names)
    return np.array([float(name in present) for name in order], dtype=np.float32)


def read_pool(directory: Path, split: str) -> list[Example]:
    """Read one split ("train" or "dev") of the pool; rows with the same text become one example."""
    import pandas

    found: dict[str, Example] = {}
    sentiment = pandas.read_parquet(directory / "sentiment.parquet")
    for row in sentiment[sentiment.split == split].itertuples():
        example = found.setdefault(row.text, blank(row.text, row.source))
        example.polarity = POLARITIES.index(row.label)
    emotion = pandas.read_parquet(directory / "emotion.parquet")
    for row in emotion[(emotion.split == split) & (emotion.labels != "")].itertuples():
        example = found.setdefault(row.text, blank(row.text, row.source))
        example.emotions = _marks(row.labels.split("|"), EMOTIONS)
    topic = pandas.read_parquet(directory / "topic.parquet")
    for row in topic[topic.split == split].itertuples():
        example = found.setdefault(row.text, blank(row.text, row.source))
        example.topics = _pool_topics(row.labels.split("|"), row.source, example.topics)
    for example in found.values():
        named = np.flatnonzero(example.topics == 1.0)
        if example.polarity >= 0 and len(named) == 1:
            example.aspects[named[0]] = example.polarity
    return list(found.values())


def _pool_topics(names: list[str], source: str, before: NDArray[np.float32]) -> NDArray[np.float32]:
    topics = before.copy()
    for name in KNOWN_TOPICS[source]:
        if np.isnan(topics[TOPICS.index(name)]):
            topics[TOPICS.index(name)] = 0.0
    for name in names:
        ours = POOL_TOPICS.get(name)
        if ours is not None and not (source == "mams" and ours == "location_access"):
            topics[TOPICS.index(ours)] = 1.0
    return topics


def read_corpus(directory: Path) -> list[Example]:
    """Read every `*.jsonl` of one corpus folder, in the order of file names and lines."""
    found = []
    for path in sorted(directory.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                found.append(_from_row(json.loads(line), path.stem))
    return found


def _from_row(row: Mapping[str, Any], name: str) -> Example:
    """Map one line; a label that the line does not give stays unknown."""
    example = blank(str(row["text"]), f"corpus_{name}")
    example.scenario = str(row["scenario"])
    example.traits = tuple(row.get("traits", ()))
    example.polarity = POLARITIES.index(row["polarity"])
    if "emotions" in row:
        example.emotions = _marks(row["emotions"], EMOTIONS)
    if "critical" in row:
        example.critical = _marks(row["critical"], CRITICAL)
    aspects: dict[str, str] = {}
    if "topics" in row:
        topics = {aspect["t"]: aspect["p"] for aspect in row["topics"]}
        example.topics = _marks(topics, TOPICS)
        aspects |= topics
    if "stages" in row:
        stages = {aspect["s"]: aspect["p"] for aspect in row["stages"]}
        example.stages = _marks(stages, STAGES)
        aspects |= stages
    for aspect, polarity in aspects.items():
        example.aspects[ASPECTS.index(aspect)] = POLARITIES.index(polarity)
    return example
