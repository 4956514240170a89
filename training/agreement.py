"""How far two readers agree: Cohen's kappa of the second reading against the corpus's labels.

The second reader saw only the text. `python -m training.agreement` prints the table.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from pathlib import Path
from typing import Any

from training.labels import CRITICAL, EMOTIONS, POLARITIES, STAGES, TOPICS

CORPUS = Path(__file__).parent / "corpus"
SECOND = CORPUS / "second_reading.jsonl"

Row = dict[str, Any]
Kinds = Callable[[Row], set[str]]

GROUPS: tuple[tuple[str, tuple[str, ...], Kinds], ...] = (
    ("polarity", POLARITIES, lambda row: {row["polarity"]}),
    ("emotion", EMOTIONS, lambda row: set(row["emotions"])),
    ("topic", TOPICS, lambda row: {item["t"] for item in row["topics"]}),
    ("stage", STAGES, lambda row: {item["s"] for item in row["stages"]}),
    ("critical", CRITICAL, lambda row: set(row["critical"])),
)
"""Group, its labels, and how a row's labels of that group are read."""


def kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float | None:
    """Cohen's kappa of two readers' answers; None where chance alone would agree on everything."""
    total = len(first)
    if total == 0 or len(second) != total:
        raise ValueError("both readers must have answered the same questions, at least one")
    seen = sum(a == b for a, b in zip(first, second, strict=True)) / total
    ours, theirs = Counter(first), Counter(second)
    chance = sum(ours[answer] * theirs[answer] for answer in ours) / total**2
    return None if chance == 1 else (seen - chance) / (1 - chance)


def read_rows(paths: Iterable[Path]) -> dict[str, Row]:
    """Every row of the given files, by id; an id that occurs twice is an error."""
    rows: dict[str, Row] = {}
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["id"] in rows:
                raise ValueError(f"{path}: {row['id']} occurs twice")
            rows[row["id"]] = row
    return rows


def read_pairs() -> list[tuple[Row, Row]]:
    """The first and the second reading of every text that was read twice."""
    first = read_rows(sorted((CORPUS / "en").glob("*.jsonl")))
    return [(first[key], row) for key, row in read_rows([SECOND]).items()]


def _line(group: str, label: str, ours: list[bool], theirs: list[bool]) -> str:
    both = sum(a and b for a, b in zip(ours, theirs, strict=True))
    value = kappa(ours, theirs)
    shown = "-" if value is None else f"{value:.2f}"
    return f"{group:10}{label:20}{sum(ours):7}{sum(theirs):7}{both:7}{shown:>8}"


def table(pairs: list[tuple[Row, Row]]) -> list[str]:
    """One line a label: how often each reader gave it, how often both did, and kappa."""
    lines = [f"{'group':10}{'label':20}{'first':>7}{'second':>7}{'both':>7}{'kappa':>8}"]
    for group, labels, kinds in GROUPS:
        for label in labels:
            ours = [label in kinds(first) for first, _ in pairs]
            theirs = [label in kinds(second) for _, second in pairs]
            lines.append(_line(group, label, ours, theirs))
    # Any critical kind at all: the alarm itself, whatever its name.
    ours = [bool(first["critical"]) for first, _ in pairs]
    theirs = [bool(second["critical"]) for _, second in pairs]
    lines.append(_line("critical", "(any)", ours, theirs))
    return lines


def main() -> None:
    """Print the table and, last, the kappa of polarity over its three classes."""
    pairs = read_pairs()
    value = kappa([a["polarity"] for a, _ in pairs], [b["polarity"] for _, b in pairs])
    shown = "-" if value is None else f"{value:.2f}"
    last = f"agreement: kappa of polarity {shown} over {len(pairs)} texts"
    sys.stdout.write("\n".join([*table(pairs), last]) + "\n")


if __name__ == "__main__":
    main()
