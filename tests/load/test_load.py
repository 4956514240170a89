"""The load benchmark at a small size: what it counts is there, and slowness would be seen."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from benchmarks.load.__main__ import LEAST_RATIO
from benchmarks.load.storm import Storm, at_99, cold_starts, storm, texts, webhook
from chalicelib.domain.sentiment import Reading, TextToRead
from tests.fakes import WordModel


class Busy(WordModel):
    """A model that keeps the processor busy for a while, as a real one does."""

    def read(
        self,
        texts: Sequence[TextToRead],
        *,
        languages: Sequence[str] = (),
        topics: Sequence[str] = (),
    ) -> list[Reading]:
        """Answers after forty milliseconds of work a text."""
        until = time.process_time() + 0.04 * len(texts)
        while time.process_time() < until:
            sum(range(1_000))
        return super().read(texts, languages=languages, topics=topics)


def test_a_storm_is_stored_whole_and_its_shares_add_up() -> None:
    found = storm(texts(20), Busy())

    assert found.texts == 20
    assert 0 < found.model_seconds < found.handler_seconds
    assert found.ratio == pytest.approx(found.bare_seconds / found.handler_seconds)
    assert 0 < found.share_beside_model < 1


def test_a_handler_that_takes_longer_than_its_model_fails_the_run() -> None:
    # This model takes no time at all: all that is left is the handler's own.
    assert storm(texts(20), WordModel()).ratio < LEAST_RATIO


def test_the_ratio_is_the_models_time_by_the_handlers() -> None:
    found = Storm(
        texts=100,
        handler_seconds=10,
        bare_seconds=8,
        model_seconds=7.5,
        p99_seconds=1,
        peak_mb=1,
    )

    assert (found.ratio, found.per_second, found.share_beside_model) == (0.8, 10, 0.25)


def test_every_survey_goes_through_the_true_route() -> None:
    found = webhook(20)

    assert found.requests == 20
    assert found.per_second > 0
    assert found.p99_seconds > 0


def test_cold_starts_are_measured_from_little_to_much() -> None:
    asked: list[str] = []

    def start(code: str) -> float:
        asked.append(code)
        return float(len(asked))

    assert list(cold_starts(start).values()) == [1.0, 2.0, 3.0]
    assert all("import app" in code for code in asked)
    assert "model()" in asked[-1]


def test_the_99th_percentile_of_a_hundred_is_the_greatest_but_for_ninety_nine() -> None:
    assert at_99([float(n) for n in range(200)]) == 198
    assert at_99([3.0]) == 3
