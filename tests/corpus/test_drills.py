"""Composed rows are what they claim: the same each time, labelled by what is meant, twins alike."""

import random

from training.examples import blank
from training.labels import POLARITIES
from training.more_drills import more_drills
from training.twins import dialect_twin, people_twins, twins
from training.variation import mistyped_words


def test_the_same_seed_composes_the_same_drills() -> None:
    assert more_drills(300, seed=3) == more_drills(300, seed=3)
    assert more_drills(300, seed=3) != more_drills(300, seed=4)


def test_drills_are_all_different_and_carry_both_poles() -> None:
    found = more_drills(2_000, seed=1)
    moods = [mood for _, mood in found]

    assert len({text for text, _ in found}) == 2_000
    assert 0.4 < moods.count("positive") / 2_000 < 0.6
    assert set(moods) == {"positive", "negative"}


def test_denying_praise_is_blame_and_denying_blame_is_praise() -> None:
    found = dict(more_drills(20_000, seed=2))
    denied = {text: mood for text, mood in found.items() if text.startswith("It was by no means")}

    assert denied["It was by no means polite."] == "negative"
    assert denied["It was by no means useless."] == "positive"


def test_twins_differ_in_their_words_and_share_all_labels() -> None:
    example = blank("The waiter was slow and the soup was cold.", "corpus_cafe")
    example.polarity = POLARITIES.index("negative")

    pairs = twins([example], 200, seed=5)

    assert len(pairs) > 150
    assert all(one.text != other.text for one, other in pairs)
    assert {one.polarity for pair in pairs for one in pair} == {example.polarity}


def test_only_short_texts_with_a_known_polarity_get_twins() -> None:
    unknown = blank("The waiter was slow and the soup was cold.", "phrases")
    long = blank("and the soup was cold " * 10, "cebab")
    long.polarity = 0
    known = blank("Soup was cold again.", "cebab")
    known.polarity = 0

    assert {one.source for pair in twins([unknown, long, known], 50, seed=1) for one in pair} == {
        "cebab"
    }


def test_a_person_put_before_somebody_keeps_the_article_right() -> None:
    chance = random.Random(11)  # noqa: S311 - texts, not secrets
    said = {
        text for _ in range(300) for text in people_twins("We had a waiter with no idea.", chance)
    }

    assert any(" an elderly waiter" in text or " an Italian waiter" in text for text in said)
    assert not any(
        " a elderly" in text or " a Italian" in text or " an deaf" in text for text in said
    )


def test_a_way_of_speaking_and_bad_typing_keep_most_of_a_text() -> None:
    text = "The driver was really friendly and the parcel was going to my neighbour."
    chance = random.Random(2)  # noqa: S311 - texts, not secrets

    for _ in range(50):
        assert "parcel" in dialect_twin(text, chance)
        assert abs(len(mistyped_words(text, chance)) - len(text)) < 12
