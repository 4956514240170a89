"""What stars add: the same streams with evidence from text alone, and from text and stars together.

Assumed, since no public set has both truth and stars of one shop over months: stars shaped as on
public review sites (`STARS_OF_OTHERS`), those of negatives such that `stars_alone` of the shipped
calibration is right at even odds. What is put together is put together by the product's own code.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from math import exp
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np

from benchmarks.detection.measure import (
    Found,
    QuietFigures,
    Run,
    as_numbers,
    found,
    ours,
    quiet_figures,
)
from benchmarks.detection.ours import Alarms, Grouping, run_ours
from benchmarks.detection.scenarios import ALL, Scenario
from benchmarks.detection.shown import row, say
from benchmarks.detection.world import SEPARATION, Floats, Stream, logit
from chalicelib.domain.sentiment import Sentiment
from chalicelib.score.numbers import Calibration, sigmoid

NUMBERS = Path(__file__).parents[2] / "chalicelib" / "score" / "model" / "numbers.json"
# One to five stars of those who are not unhappy: the J shape, most of them give five.
STARS_OF_OTHERS = np.array([0.009, 0.026, 0.105, 0.26, 0.60])
# How far text and stars err together once the truth is known (correlation of the two errors).
ALONE, TOGETHER = 0.0, 0.5
# Less often than that takes too many streams, and at thirty a day text alone finds everything.
PACES = (0.5, 2.0, 8.0)
COMPARED = ("quiet", "step", "burst", "location", "coldstep")


def shipped_calibration() -> Calibration:
    """The numbers beside the shipped weights."""
    numbers = json.loads(NUMBERS.read_text(encoding="utf-8"))
    return Calibration.from_numbers(numbers["calibration"])


def star_shares(calibration: Calibration) -> tuple[Floats, Floats]:
    """Shares of one to five stars among negatives and among the others; each sums to 1."""
    others = STARS_OF_OTHERS / STARS_OF_OTHERS.sum()
    constant, per_star = calibration.stars_alone
    negatives = others * np.array([exp(constant + per_star * stars) for stars in range(1, 6)])
    return negatives / negatives.sum(), others


def with_stars(stream: Stream, calibration: Calibration, *, shared: float, seed: int) -> Stream:
    """The same stream, every feedback with stars; `shared` is the correlation of the two errors."""
    rng = np.random.default_rng([seed, len(stream.at), 79])
    text = np.log(stream.negative / (1.0 - stream.negative))
    mistaken = text / SEPARATION - np.where(stream.is_bad, 0.5, -0.5) * SEPARATION
    own = rng.normal(0.0, 1.0, len(text))
    gloom = shared * mistaken + np.sqrt(1.0 - shared**2) * own
    normal = NormalDist()
    rank = np.array([normal.cdf(-value) for value in gloom])
    of_negatives, of_others = (np.cumsum(shares)[:-1] for shares in star_shares(calibration))
    stars = 1 + np.where(
        stream.is_bad, np.searchsorted(of_negatives, rank), np.searchsorted(of_others, rank)
    )
    negative = [
        _together(calibration, float(one), int(star)) for one, star in zip(text, stars, strict=True)
    ]
    return replace(stream, negative=np.array(negative))


def ours_with_stars(grouping: Grouping, *, shared: float, seed: int) -> Run:
    """Our detector, told the stars beside the text."""
    calibration = shipped_calibration()

    def run(stream: Stream, number: int, until: float) -> Alarms:
        told = with_stars(stream, calibration, shared=shared, seed=seed + number)
        return run_ours(told, grouping, until=until)

    return run


def measure_stars(
    known: Mapping[str, Any], streams: Mapping[float, int], seed: int
) -> dict[str, Any]:
    """Print and give the figures; `known` are those of text alone where they were measured."""
    paces = {pace: count for pace, count in streams.items() if pace in PACES}
    say("\nWhat stars add (simulated, J-shaped). Cells: false alarms per 90 quiet days; % found at")
    say("  " + " / ".join(f"{pace:g}" for pace in paces) + " a day")
    say(row("evidence", list(COMPARED)))
    runs = {
        "text alone": ours(Grouping.LOCATIONS),
        "text and stars": ours_with_stars(Grouping.LOCATIONS, shared=ALONE, seed=seed),
        "the same, errors shared": ours_with_stars(Grouping.LOCATIONS, shared=TOGETHER, seed=seed),
    }
    table: dict[str, Any] = {}
    for title, run in runs.items():
        table[title] = {}
        for name in COMPARED:
            measured = known.get(name) if title == "text alone" else None
            table[title][name] = measured or {
                f"{pace:g}": as_numbers(_figures(run, ALL[name], pace, count, seed))
                for pace, count in paces.items()
            }
        say(row(title, [_brief(table[title][name], paces) for name in COMPARED]))
    return table


def _figures(
    run: Run, scenario: Scenario, pace: float, count: int, seed: int
) -> QuietFigures | Found:
    measure = quiet_figures if scenario.horizon == 0.0 else found
    return measure(run, scenario, pace, count, seed)


def _brief(cells: Mapping[str, Mapping[str, float]], paces: Mapping[float, int]) -> str:
    shown = [cells[f"{pace:g}"] for pace in paces]
    if "per_quarter" in shown[0]:
        return "/".join(f"{cell['per_quarter']:.2f}" for cell in shown)
    return "/".join(f"{100 * cell['share']:.0f}" for cell in shown)


def _together(calibration: Calibration, text: float, stars: int) -> float:
    """P(negative) at even odds from a text's log odds at even odds, and stars."""
    negative = sigmoid(text + logit(calibration.negative_share))
    sentiment = Sentiment(negative=negative, neutral=0.0, positive=1.0 - negative)
    evidence = calibration.evidence(sentiment, float(stars))
    if evidence is None:
        raise ValueError("text and stars say something together")
    return evidence
