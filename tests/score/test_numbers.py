"""From logits to probabilities and evidence."""

import pytest

from chalicelib.domain.sentiment import Sentiment
from chalicelib.score.numbers import Calibration, logit, sigmoid, softmax

PLAIN = Calibration(
    scale=(1.0, 1.0, 1.0),
    shift=(0.0, 0.0, 0.0),
    negative_share=0.25,
    stars=(3.0, 1.0, -1.0),
    stars_alone=(6.0, -2.0),
)


def _share(negative: float) -> Sentiment:
    return Sentiment(negative=negative, neutral=0.0, positive=1.0 - negative)


def test_probabilities_sum_to_one_and_keep_the_order() -> None:
    found = softmax([2.0, 0.0, -1.0])

    assert sum(found) == pytest.approx(1.0)
    assert found == sorted(found, reverse=True)


def test_the_scale_sharpens_and_the_shift_moves() -> None:
    sharp = Calibration(
        scale=(2.0, 2.0, 2.0),
        shift=(0.0, 0.0, 0.5),
        negative_share=0.25,
        stars=(0.0, 1.0, 0.0),
        stars_alone=(0.0, 0.0),
    )

    assert sharp.sentiment([1.0, 0.0, 0.0]).negative > PLAIN.sentiment([1.0, 0.0, 0.0]).negative
    assert sharp.sentiment([0.0, 0.0, 0.0]).positive > 1 / 3


def test_a_text_as_negative_as_the_mix_is_even_evidence() -> None:
    assert PLAIN.evidence(_share(0.25), None) == pytest.approx(0.5)


def test_evidence_is_the_logit_less_that_of_the_mix() -> None:
    assert PLAIN.evidence(_share(0.5), None) == pytest.approx(sigmoid(0.0 - logit(0.25)))


def test_few_stars_raise_and_many_lower_the_evidence() -> None:
    one, five = PLAIN.evidence(_share(0.25), 1.0), PLAIN.evidence(_share(0.25), 5.0)

    assert one == pytest.approx(sigmoid(2.0))
    assert five == pytest.approx(sigmoid(-2.0))


def test_without_a_text_the_stars_speak_alone() -> None:
    assert PLAIN.evidence(None, 3.0) == pytest.approx(0.5)
    assert PLAIN.evidence(None, 1.0) == pytest.approx(sigmoid(4.0))


def test_without_text_and_stars_there_is_no_evidence() -> None:
    assert PLAIN.evidence(None, None) is None


def test_no_single_text_is_more_than_ninety_nine_percent_sure() -> None:
    assert PLAIN.evidence(_share(1.0), None) == pytest.approx(0.99)
    assert PLAIN.evidence(_share(0.0), None) == pytest.approx(0.01)
