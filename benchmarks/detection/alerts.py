"""All that reaches an owner for nothing: spikes, wrong critical hits and angry reviews together.

Per 90 quiet days. A spike's rate is measured on quiet streams. A wrong critical hit is one of the
hits on plain reviews that somebody read and found to be nothing (`critical_hits.json`): a share of
all reviews, so it grows with volume. Every angry review told counts as wrong, which is too strict:
nobody can say which of them somebody had to hear of at once.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import sqrt
from pathlib import Path
from typing import Any

from benchmarks.detection.beside import anger
from benchmarks.detection.measure import QUARTER, as_numbers, ours, quiet_figures
from benchmarks.detection.ours import Grouping
from benchmarks.detection.scenarios import ALL
from benchmarks.detection.shown import row, say

HITS = Path(__file__).parents[1] / "accuracy" / "critical_hits.json"
MOST_FALSE_ALERTS = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class FalseAlerts:
    """Per 90 quiet days: alarms of the detector, wrong critical hits, angry reviews told."""

    spikes: float
    critical: float
    angry: float

    @property
    def all(self) -> float:
        """All three; one review that is both angry and a critical hit counts twice."""
        return self.spikes + self.critical + self.angry

    @property
    def is_within(self) -> bool:
        """Whether the goal is met."""
        return self.all <= MOST_FALSE_ALERTS


def wrong_hits(hits: Path = HITS) -> tuple[int, int]:
    """Wrong critical hits, and the plain reviews they were found in."""
    found = json.loads(hits.read_text(encoding="utf-8"))
    return int(found["wrong_hits"]), int(found["texts"])


def false_alerts(per_day: float, *, spikes: float, angry: float) -> FalseAlerts:
    """All alerts for nothing at a pace, from the two measured rates per 90 quiet days."""
    wrong, texts = wrong_hits()
    return FalseAlerts(spikes=spikes, critical=QUARTER * per_day * wrong / texts, angry=angry)


def critical_range(per_day: float) -> tuple[float, float]:
    """Two standard errors of the critical rate either way: a handful of hits is a rough figure."""
    wrong, texts = wrong_hits()
    reviews = QUARTER * per_day
    error = 2.0 * sqrt(wrong)
    return reviews * max(0.0, wrong - error) / texts, reviews * (wrong + error) / texts


def measure_alerts(
    known: Mapping[str, Any], streams: Mapping[float, int], seed: int
) -> dict[str, Any]:
    """Print and give the rates; `known` are those of quiet streams, where measured already."""
    wrong, texts = wrong_hits()
    say(
        "\nAll alerts for nothing per 90 quiet days; ! above the goal of "
        + f"{MOST_FALSE_ALERTS:g}"
    )
    say(f"  critical: {wrong} wrong hits in {texts:,} plain reviews")
    say(row("", [f"{pace:g} a day" for pace in streams]))
    quiet = known.get("quiet") or {
        f"{pace:g}": as_numbers(
            quiet_figures(ours(Grouping.LOCATIONS), ALL["quiet"], pace, count, seed)
        )
        for pace, count in streams.items()
    }
    rates = {
        pace: false_alerts(
            pace,
            spikes=quiet[f"{pace:g}"]["per_quarter"] or 0.0,
            angry=anger(pace, count, seed).rare,
        )
        for pace, count in streams.items()
    }
    ranges = [critical_range(pace) for pace in streams]
    say(row("spikes", [f"{rate.spikes:.2f}" for rate in rates.values()]))
    say(row("critical matters", [f"{rate.critical:.2f}" for rate in rates.values()]))
    say(row("  two standard errors", [f"{low:.2f} to {high:.2f}" for low, high in ranges]))
    say(row("anger", [f"{rate.angry:.2f}" for rate in rates.values()]))
    marks = {True: "", False: "!"}
    say(row("together", [f"{rate.all:.2f}{marks[rate.is_within]}" for rate in rates.values()]))
    return {
        f"{pace:g}": {**asdict(rate), "all": round(rate.all, 3)} for pace, rate in rates.items()
    }
