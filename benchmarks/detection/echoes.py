"""One complaint on three sites: how often a quiet shop alarms when it is counted thrice, and once.

Three copies with one score within an hour, on the three sources that the shop knows. Beside them
the same complaint posted once, and nobody complaining at all: what chance does in the same days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np

from benchmarks.detection.ours import evidence_at, moment
from benchmarks.detection.scenarios import ALL, build
from benchmarks.detection.shown import row, say
from benchmarks.detection.world import Stream, score
from chalicelib.detect.detector import judge, new_state
from chalicelib.detect.judgement import judge_changes
from chalicelib.detect.state import DetectorState, from_document, to_document
from chalicelib.domain.judging import Change, JudgeState, Unjudged
from chalicelib.domain.likeness import Likeness
from chalicelib.domain.spike import Evidence, Sensitivity

SITES = 3
POSTED_ON, UNTIL = 60.5, 62.5
_LIKENESS = Likeness(marks="AAECAwQFBgcICQoLDA0ODw==")
_ROWS = ("nobody complains", "one complaint, one site", "three sites, each counted", "three sites")


def measure_echoes(streams: Mapping[float, int], seed: int) -> dict[str, Any]:
    """Print and give the share of shops in which an alarm opens within two days."""
    say("\nOne complaint on three sites within an hour: shops with an alarm within two days")
    say(row("", [f"{pace:g} a day" for pace in streams]))
    shares = {pace: _shares(pace, count, seed) for pace, count in streams.items()}
    for number, name in enumerate(_ROWS):
        say(row(name, [f"{100 * share[number]:.0f}%" for share in shares.values()]))
    return {
        f"{pace:g}": dict(zip(_ROWS, (round(each, 3) for each in share), strict=True))
        for pace, share in shares.items()
    }


def _shares(per_day: float, count: int, seed: int) -> tuple[float, ...]:
    alarmed = np.zeros(len(_ROWS))
    shops = 0
    for number in range(count):
        stream = build(ALL["quiet"], per_day, number, seed)
        before = _heard_until(stream, POSTED_ON)
        if before.alarm is not None:
            continue
        shops += 1
        rng = np.random.default_rng([seed, number, int(per_day * 10), SITES])
        copies = _copies(float(score(rng, np.array([True]))[0]))
        counted = [replace(copy, likeness=None) for copy in copies]
        told: tuple[list[Unjudged], ...] = ([], copies[:1], counted, copies)
        alarmed += [_opens(stream, before, posted) for posted in told]
    return tuple((alarmed / max(1, shops)).tolist())


def _heard_until(stream: Stream, day: float) -> DetectorState:
    state = new_state()
    for number in range(int(np.searchsorted(stream.now, day))):
        state, _ = judge(state, evidence_at(stream, number))
    return state


def _copies(negative: float) -> list[Unjudged]:
    posted = [moment(POSTED_ON) + timedelta(minutes=20 * site) for site in range(SITES)]
    return [
        Unjudged(
            business_id="shop",
            feedback_id=f"copy {site}",
            version="1",
            change=Change.NEW,
            received_at=at,
            written_at=at,
            source=str(site),
            negative=negative,
            groups=("location:0",),
            likeness=_LIKENESS,
        )
        for site, at in enumerate(posted)
    ]


def _opens(stream: Stream, before: DetectorState, posted: Sequence[Unjudged]) -> bool:
    first, last = np.searchsorted(stream.now, [POSTED_ON, UNTIL])
    meanwhile = [_as_change(evidence_at(stream, number)) for number in range(first, last)]
    changes = sorted([*posted, *meanwhile], key=lambda one: one.received_at)
    state = JudgeState(business_id="shop", detector=to_document(before))
    for change in changes:
        done = judge_changes(
            state,
            [change],
            _nothing,
            sensitivity=Sensitivity.BALANCED,
            day="2026-03-06",
            now=change.received_at,
        )
        state = done.state
        if from_document(state.detector).alarm is not None:
            return True
    return False


def _nothing(incident_id: str) -> None:
    """No incident is open before."""
    del incident_id


def _as_change(evidence: Evidence) -> Unjudged:
    return Unjudged(
        business_id="shop",
        feedback_id=evidence.feedback_id,
        version="1",
        change=Change.NEW,
        received_at=evidence.now,
        written_at=evidence.at,
        source=evidence.source,
        negative=evidence.negative,
        groups=evidence.groups,
        seen_since=evidence.seen_since,
    )
