"""The playbook files: complete, the same in every language, and short enough to act on."""

from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.domain.sentiment import CriticalKind, Emotion, Topic
from chalicelib.recover.playbook import playbook_for, playbook_in, playbook_languages
from chalicelib.recover.root_cause import UNHAPPY_EMOTIONS
from chalicelib.wording.words import languages

STEP_LIMIT = 220


def names(tree: Mapping[str, Any], prefix: str = "") -> set[str]:
    """All names in a playbook."""
    found = set()
    for name, value in tree.items():
        if isinstance(value, Mapping):
            found |= names(value, f"{prefix}{name}.")
        else:
            found.add(f"{prefix}{name}")
    return found


def test_there_is_a_playbook_in_every_language_of_the_messages() -> None:
    assert playbook_languages() == languages()


@pytest.mark.parametrize("language", playbook_languages())
def test_every_playbook_has_the_same_names(language: str) -> None:
    assert names(playbook_for(language).tree) == names(playbook_for("en").tree)


@pytest.mark.parametrize("language", playbook_languages())
@pytest.mark.parametrize("emotion", UNHAPPY_EMOTIONS)
@pytest.mark.parametrize("topic", [*Topic, "other"])
def test_there_is_a_step_of_its_own_for_each_emotion_and_topic(
    language: str, emotion: Emotion, topic: str
) -> None:
    book = playbook_for(language)

    step = book.first_step(emotion, topic)

    everything = [book.first_step(one, other) for one in UNHAPPY_EMOTIONS for other in Topic]
    everything += [book.first_step(one, "other") for one in UNHAPPY_EMOTIONS]
    assert everything.count(step) == 1
    assert 20 < len(step) <= STEP_LIMIT
    assert step.endswith(".")


@pytest.mark.parametrize("language", playbook_languages())
@pytest.mark.parametrize("kind", CriticalKind)
def test_there_are_steps_for_each_critical_matter(language: str, kind: CriticalKind) -> None:
    steps = playbook_for(language).critical_steps(kind)

    assert len(steps) == 2
    assert all(20 < len(step) <= STEP_LIMIT for step in steps)


def test_a_topic_of_the_owners_own_gets_the_general_step() -> None:
    book = playbook_for("en")

    step = book.first_step(Emotion.ANGER, "croissants")

    assert step == book.first_step(Emotion.ANGER, "other")


def test_without_an_emotion_it_is_met_like_a_disappointment() -> None:
    book = playbook_for("en")

    assert book.stance(None) == book.stance(Emotion.DISAPPOINTMENT)


@pytest.mark.parametrize(
    ("emotion", "word"),
    [
        (Emotion.ANGER, "own it"),
        (Emotion.FEAR, "safe"),
        (Emotion.DISAPPOINTMENT, "promised"),
        (Emotion.CONFUSION, "explain"),
        (Emotion.SADNESS, "listen"),
    ],
)
def test_each_emotion_is_met_in_its_own_way(emotion: Emotion, word: str) -> None:
    assert word in playbook_for("en").stance(emotion)


def test_a_language_without_a_playbook_has_none_and_its_reader_gets_english() -> None:
    assert playbook_in("fr") is None
    assert playbook_in(None) is None
    assert playbook_for("fr").language == "en"
    assert playbook_for("de-AT").language == "de"
