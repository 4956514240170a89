"""The public test sets as they lie in their folder (csv.gz); reported on, never tuned on."""

import csv
import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

POLARITIES = ("negative", "neutral", "positive")
REVIEWS = frozenset({"CEBaB", "NHS v6", "Women's clothing", "UCI yelp", "UCI amazon", "UCI imdb"})


@dataclass(frozen=True, slots=True)
class TestSet:
    """One test: texts, classes (0 negative, 1 neutral, 2 positive), its measure and the goal."""

    name: str
    texts: Sequence[str]
    labels: Sequence[int]
    measure: str
    goal: float

    @property
    def classes(self) -> tuple[int, ...]:
        """The classes that occur."""
        return tuple(sorted(set(self.labels)))


_SETS = (
    ("DynaSent R1", "dynasent_test", "dynasent_r1", "macro-F1", 76.0),
    ("DynaSent R2", "dynasent_test", "dynasent_r2", "macro-F1", 67.0),
    ("CEBaB", "cebab_test", "", "macro-F1", 86.0),
    ("NHS v6", "nhs_v6_test", "", "macro-F1", 78.0),
    ("Women's clothing", "clothing_test", "", "macro-F1", 68.0),
    ("UCI yelp", "uci_binary", "yelp", "accuracy", 95.0),
    ("UCI amazon", "uci_binary", "amazon", "accuracy", 95.5),
    ("UCI imdb", "uci_binary", "imdb", "accuracy", 93.0),
    ("VADER amazon", "vader_amazon", "", "macro-F1", 69.0),
    ("SST-3", "sst_test", "", "macro-F1", 64.0),
    ("TweetEval sentiment", "tweeteval_sentiment_test", "", "macro recall", 67.0),
    ("UMSAB English", "umsab_test", "english", "macro-F1", 68.0),
)


def rows_of(directory: Path, name: str) -> list[dict[str, str]]:
    """Read one csv.gz."""
    with gzip.open(directory / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def polarity_sets(directory: Path) -> list[TestSet]:
    """Give the polarity tests in the order of the table."""
    found = []
    for name, file, source, measure, goal in _SETS:
        rows = [row for row in rows_of(directory, file) if source in row["source"]]
        labels = [POLARITIES.index(row["label"]) for row in rows]
        found.append(TestSet(name, [row["text"] for row in rows], labels, measure, goal))
    return found
