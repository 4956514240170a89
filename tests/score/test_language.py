"""Telling English from what the model cannot read, also in texts of two words."""

from collections.abc import Callable

import pytest

from chalicelib.score.files import ENGLISH, HERE
from chalicelib.score.language import Guess, load_guesser, tell_language

WORDS = frozenset((HERE / ENGLISH).read_text(encoding="utf-8").split())


@pytest.fixture(scope="module")
def guess() -> Callable[[str], Guess]:
    return load_guesser()


def _is_english(text: str, guess: Callable[[str], Guess]) -> bool:
    return tell_language(text, guess=guess(text), english_words=WORDS).is_english


@pytest.mark.parametrize(
    "text",
    [
        "Great coffee",
        "ok",
        "Too salty",
        "Terrible service",
        "dont go",
        "waited 40 min",
        "Delicious croissants",
        "The pretzels were wunderbar",
        "NEVER AGAIN",
        "staff v friendly",
        "refund pls",
        "Will sue you",
        "Pain au chocolat was stale",
    ],
)
def test_short_english_is_read(text: str, guess: Callable[[str], Guess]) -> None:
    assert _is_english(text, guess)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Le pain est délicieux"),
        ("de", "Die Suppe war wunderbar"),
        ("fr", "Le pain est délicieux, merci"),
        ("de", "Das Essen war leider kalt"),
        ("es", "La comida estaba fría"),
        ("it", "Il servizio è pessimo"),
        ("fr", "Très bon"),
        ("ar", "الطعام رائع"),
        ("ru", "Очень вкусно"),
    ],
)
def test_other_languages_are_named_and_not_read(
    language: str, text: str, guess: Callable[[str], Guess]
) -> None:
    verdict = tell_language(text, guess=guess(text), english_words=WORDS)

    assert (verdict.language, verdict.is_english) == (language, False)


def test_an_unsure_guess_and_unknown_words_are_nobody_s_language() -> None:
    verdict = tell_language("Xqv zzyp", guess=[("en", 0.1), ("ca", 0.05)], english_words=WORDS)

    assert (verdict.language, verdict.is_english) == ("und", False)


def test_where_english_alone_is_expected_a_doubtful_text_is_english() -> None:
    guess = [("de", 0.4), ("en", 0.2)]
    text = "Nice zzyp"

    assert not tell_language(text, guess=guess, english_words=WORDS).is_english
    assert tell_language(text, guess=guess, english_words=WORDS, expected=("en",)).is_english
