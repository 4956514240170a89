"""`python -m benchmarks.detection [--quick] [--pooled] [--only BLOCK] [--json [FILE]] [--seed N]`.

Prints our detector against its goals, what stars add, all alerts for nothing together, the rules of
others at the same budget of false alarms and as they are shipped, two oracles, and the exact limit.
The last line holds the figure. `--only stars`, `alerts` or `echoes` prints that block alone.
"""

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.detection.alerts import measure_alerts
from benchmarks.detection.beside import anger, dead_feeds
from benchmarks.detection.echoes import measure_echoes
from benchmarks.detection.goals import GOALS, MOST_COLD_ALARMS, MOST_FALSE_ALARMS, verdict
from benchmarks.detection.limits import limit_table
from benchmarks.detection.measure import (
    Found,
    QuietFigures,
    as_numbers,
    at_equal_budget,
    found,
    ours,
    quiet_figures,
    ruled,
)
from benchmarks.detection.ours import Grouping
from benchmarks.detection.rules import RULES
from benchmarks.detection.scenarios import ALL, Scenario
from benchmarks.detection.shown import row, say
from benchmarks.detection.stars import measure_stars

# Streams a cell, by feedbacks a day. A share of 70 % has a standard error of 3.6 points at 160.
STREAMS: Mapping[float, int] = {0.3: 160, 0.5: 200, 2.0: 160, 8.0: 60, 30.0: 16}
# Under two minutes on one core.
QUICK_STREAMS: Mapping[float, int] = {0.5: 80, 2.0: 48, 8.0: 14}
COMPARED = ("step", "bigstep", "burst", "slow", "location", "double", "triple", "mixshift")
_SCREEN = Path("-")
HEADLINE = ("step", "bigstep", "burst", "location")


def main() -> None:
    """Measure, print, and write JSON where asked."""
    parser = argparse.ArgumentParser(prog="benchmarks.detection", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few streams, three paces")
    parser.add_argument("--pooled", action="store_true", help="also without any groups")
    parser.add_argument("--only", choices=("stars", "alerts", "echoes"), help="this block alone")
    parser.add_argument(
        "--json",
        type=Path,
        nargs="?",
        const=_SCREEN,
        help="every figure, to this file or, without one, as one line",
    )
    parser.add_argument("--seed", type=int, default=2026, help="another seed, other streams")
    asked = parser.parse_args()
    streams = QUICK_STREAMS if asked.quick else STREAMS

    figures: dict[str, Any] = {"seed": asked.seed, "streams": dict(streams)}
    shown = (Grouping.LOCATIONS, *((Grouping.NONE,) if asked.pooled else ()))
    tally: list[str] = []
    if asked.only:
        blocks: dict[str, Callable[[Mapping[float, int], int], dict[str, Any]]] = {
            "stars": partial(measure_stars, {}),
            "alerts": partial(measure_alerts, {}),
            "echoes": measure_echoes,
        }
        figures[asked.only] = blocks[asked.only](streams, asked.seed)
        _write(asked.json, figures)
        return
    for grouping in shown:
        figures[f"ours, {grouping.value}"] = _measure_ours(grouping, streams, asked.seed, tally)
    known = figures[f"ours, {shown[0].value}"]
    figures["stars"] = measure_stars(known, streams, asked.seed)
    figures["alerts"] = measure_alerts(known, streams, asked.seed)
    figures["echoes"] = measure_echoes(streams, asked.seed)
    figures["others, equal budget"] = _measure_others(streams, asked.seed)
    figures["others, as shipped"] = _measure_shipped(streams, asked.seed)
    figures["limit"] = _show_limits(tuple(streams))
    figures["beside"] = _measure_beside(streams, asked.seed)
    figures["verdicts"] = {word: tally.count(word) for word in ("met", "close", "short")}
    _write(asked.json, figures)
    say(_headline(figures, shown[0]))


def _write(path: Path | None, figures: Mapping[str, Any]) -> None:
    if path == _SCREEN:
        say(json.dumps(figures))
    elif path:
        path.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def _measure_ours(
    grouping: Grouping, streams: Mapping[float, int], seed: int, tally: list[str]
) -> dict[str, Any]:
    say(f"\nOur detector, groups: {grouping.value}. Cells: share found / median feedbacks / hours")
    say(row("", [f"{pace:g} a day" for pace in streams]))
    table: dict[str, Any] = {}
    for scenario in ALL.values():
        cells, table[scenario.name] = [], {}
        for pace, count in streams.items():
            figure = _one(scenario, grouping, pace, count, seed)
            table[scenario.name][f"{pace:g}"] = as_numbers(figure)
            cells.append(_cell(scenario, figure, pace, tally))
        say(row(scenario.name, cells))
    say("  * close: short by no more than two standard errors; ! short of its goal")
    return table


def _one(
    scenario: Scenario, grouping: Grouping, pace: float, count: int, seed: int
) -> QuietFigures | Found:
    if scenario.name == "topic mix" and grouping is Grouping.LOCATIONS:
        grouping = Grouping.TOPICS
    if scenario.horizon == 0.0:
        return quiet_figures(ours(grouping), scenario, pace, count, seed)
    return found(ours(grouping), scenario, pace, count, seed)


def _cell(scenario: Scenario, figure: QuietFigures | Found, pace: float, tally: list[str]) -> str:
    marks = {"met": "", "close": "*", "short": "!"}
    if isinstance(figure, QuietFigures):
        quarters = figure.streams * 152.0 / 90.0
        words = [
            _count_verdict(MOST_FALSE_ALARMS, figure.per_quarter, quarters),
            _count_verdict(MOST_COLD_ALARMS, figure.first_days, figure.streams),
        ]
        tally.extend(words)
        return (
            f"{figure.per_quarter:.2f}{marks[words[0]]}/q {figure.first_days:.2f}{marks[words[1]]}"
        )
    text = f"{100 * figure.share:.0f}%"
    goal = GOALS[scenario.name].at(pace) if scenario.name in GOALS else None
    if goal is not None:
        floor = GOALS[scenario.name].is_floor
        word = verdict(goal, floor, figure.share, figure.streams)
        tally.append(word)
        text += marks[word]
    if scenario.is_trouble and figure.feedbacks is not None and figure.hours is not None:
        text += f" {figure.feedbacks:.0f}/{figure.hours:.0f}h"
    return text


def _count_verdict(goal: float, rate: float, exposure: float) -> str:
    """A rate of alarms against its limit; its standard error is that of a Poisson count."""
    if rate <= goal:
        return "met"
    return "close" if rate - goal <= 2.0 * float(np.sqrt(goal / exposure)) else "short"


def _measure_others(streams: Mapping[float, int], seed: int) -> dict[str, Any]:
    say("\nOthers at one false alarm per 90 quiet days, a threshold for each pace. Cells: % at")
    say("  " + " / ".join(f"{pace:g}" for pace in streams) + " a day")
    say(row("", list(COMPARED)))
    table: dict[str, Any] = {}
    for rule in RULES:
        limits = {
            pace: at_equal_budget(rule, pace, count, seed + 1) for pace, count in streams.items()
        }
        shares: dict[str, Any] = {"threshold": {f"{pace:g}": limits[pace] for pace in limits}}
        for name in COMPARED:
            shares[name] = {
                f"{pace:g}": as_numbers(
                    found(ruled(rule, limits[pace]), ALL[name], pace, count, seed)
                )
                for pace, count in streams.items()
            }
        table[rule.name] = shares
        cells = [
            "/".join(f"{100 * shares[name][f'{pace:g}']['share']:.0f}" for pace in streams)
            for name in COMPARED
        ]
        say(row(rule.name, cells))
    return table


def _measure_shipped(streams: Mapping[float, int], seed: int) -> dict[str, Any]:
    say("\nAs shipped: false alarms per 90 quiet days at the usual threshold")
    say(row("", [f"{pace:g} a day" for pace in streams]))
    table: dict[str, Any] = {}
    for rule in RULES:
        if rule.usual is None:
            continue
        quiet = {
            pace: quiet_figures(ruled(rule, rule.usual), ALL["quiet"], pace, count, seed)
            for pace, count in streams.items()
        }
        table[rule.name] = {f"{pace:g}": as_numbers(figure) for pace, figure in quiet.items()}
        say(row(rule.name, [f"{figure.per_quarter:.1f}" for figure in quiet.values()]))
    return table


def _measure_beside(streams: Mapping[float, int], seed: int) -> dict[str, Any]:
    say("\nBeside it, per 90 days: wrong dead feeds (hours to a right one); angry reviews told")
    say(row("", [f"{pace:g} a day" for pace in streams]))
    dead = {f"{pace:g}": dead_feeds(pace, min(count, 40), seed) for pace, count in streams.items()}
    angry = {f"{pace:g}": anger(pace, min(count, 80), seed) for pace, count in streams.items()}
    hours = [f"{one.hours:.0f}h" if one.hours is not None else "-" for one in dead.values()]
    wrong = [f"{one.per_quarter:.2f}" for one in dead.values()]
    say(row("dead feed", [f"{a} ({b})" for a, b in zip(wrong, hours, strict=True)]))
    say(row("anger, fixed at 0.8", [f"{one.fixed:.2f}" for one in angry.values()]))
    say(row("anger, rarest in 225 days", [f"{one.rare:.2f}" for one in angry.values()]))
    return {
        "dead feed": {pace: asdict(one) for pace, one in dead.items()},
        "anger": {pace: asdict(one) for pace, one in angry.items()},
    }


def _show_limits(paces: tuple[float, ...]) -> dict[str, Any]:
    say("\nLimit: smallest worst-case mean delay in feedbacks, both shares known (CUSUM, exact)")
    say(row("", [f"{pace:g} a day" for pace in paces]))
    rows = limit_table(paces)
    for name, delays in rows:
        say(row(name, [f"{delay:.1f}" for delay in delays]))
    return {name: [round(delay, 2) for delay in delays] for name, delays in rows}


def _headline(figures: Mapping[str, Any], grouping: Grouping) -> str:
    table = figures[f"ours, {grouping.value}"]
    found_shares = [cell["share"] for name in HEADLINE for cell in table[name].values()]
    quiet = [
        cell["per_quarter"]
        for name, cells in table.items()
        if ALL[name].horizon == 0.0
        for cell in cells.values()
    ]
    words = figures["verdicts"]
    return (
        f"detection: {100 * float(np.mean(found_shares)):.1f} % of steps, bursts and local "
        f"troubles found at no more than {max(quiet):.2f} false alarms per 90 quiet days; "
        f"goals met {words['met']}, close {words['close']}, short {words['short']}"
    )


if __name__ == "__main__":
    main()
