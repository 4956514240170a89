"""What judges the model must itself be right: its measures, its cases, and the order of outputs."""

import numpy as np
import pytest

from benchmarks.accuracy.behaviour import CASES, all_cases
from benchmarks.accuracy.fairness import families
from benchmarks.accuracy.metrics import (
    calibration_error,
    even_odds_error,
    macro_f1,
    macro_recall,
    micro_f1,
    recall_at_precision,
    top_label_error,
)
from chalicelib.domain.sentiment import CriticalKind, Emotion, JourneyStage, Polarity, Topic
from chalicelib.score.aspects import NAMES
from training import labels
from training.drills import drills


def test_the_network_s_outputs_stand_in_the_order_of_the_domain() -> None:
    assert tuple(Polarity) == labels.POLARITIES
    assert tuple(Emotion) == labels.EMOTIONS
    assert tuple(Topic) == labels.TOPICS
    assert tuple(JourneyStage) == labels.STAGES
    assert tuple(CriticalKind) == labels.CRITICAL
    assert labels.ASPECTS == NAMES


def test_the_outputs_lie_side_by_side_without_gaps() -> None:
    ends = [0, *(part.stop for part in labels.SLICES.values())]

    assert [part.start for part in labels.SLICES.values()] == ends[:-1]
    assert ends[-1] == labels.OUTPUTS == 86


def test_macro_f1_is_the_mean_over_the_classes() -> None:
    predicted, truth = np.array([0, 0, 1, 2]), np.array([0, 1, 1, 2])

    assert macro_f1(predicted, truth, (0, 1, 2)) == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)


def test_macro_recall_weighs_classes_alike() -> None:
    predicted, truth = np.array([0, 0, 0, 2]), np.array([0, 0, 0, 1])

    assert macro_recall(predicted, truth, (0, 1)) == pytest.approx(0.5)


def test_micro_f1_counts_cells() -> None:
    found, truth = np.array([[True, False], [True, True]]), np.array([[True, True], [False, True]])

    assert micro_f1(found, truth) == pytest.approx(2 * 2 / (3 + 3))


def test_recall_at_precision_takes_the_longest_good_prefix() -> None:
    strength = np.array([0.9, 0.8, 0.7, 0.6])
    truth = np.array([True, False, True, True])

    assert recall_at_precision(strength, truth, 0.75) == pytest.approx(1.0)
    assert recall_at_precision(strength, truth, 0.9) == pytest.approx(1 / 3)


def test_a_sure_liar_has_the_greatest_calibration_error() -> None:
    sure = np.array([1.0, 1.0])

    assert calibration_error(sure, np.array([False, False]), np.ones(2)) == pytest.approx(1.0)
    assert calibration_error(sure, np.array([True, True]), np.ones(2)) == pytest.approx(0.0)


def test_the_top_label_error_is_weighted_to_the_mix() -> None:
    shares = np.array([[0.8, 0.1, 0.1], [0.1, 0.1, 0.8], [0.1, 0.1, 0.8]])
    truth = np.array([0, 2, 0])

    assert top_label_error(shares, truth, (1.0, 0.0, 0.0)) == pytest.approx(0.3)


def test_even_odds_weigh_both_sides_alike() -> None:
    evidence = np.array([0.5, 0.5, 0.5, 0.5])
    is_negative = np.array([True, False, False, False])

    assert even_odds_error(evidence, is_negative) == pytest.approx(0.0)


def test_every_capability_has_at_least_two_hundred_different_cases() -> None:
    for name, cases in all_cases().items():
        assert len({case.text for case in cases}) == CASES >= 200, name


def test_no_case_is_among_what_the_model_was_drilled_on() -> None:
    drilled = {text for text, _ in drills(4_000, 7)}

    shared = [case.text for cases in all_cases().values() for case in cases if case.text in drilled]

    assert shared == []


def test_the_texts_of_a_family_differ() -> None:
    for family in families():
        assert len(set(family.texts)) == len(family.words) > 1
