"""Options as people write them: one word or several, and never something else by accident."""

import pytest

from chalicelib.domain.errors import SettingsError
from chalicelib.pull.options import is_wanted, number_of, word_of, words_of


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, ()),
        ({"tags": "rosa"}, ("rosa",)),
        ({"tags": [" rosa ", "rye", ""]}, ("rosa", "rye")),
        ({"tags": ""}, ()),
    ],
)
def test_words_are_one_text_or_a_list(given: dict[str, object], words: tuple[str, ...]) -> None:
    assert words_of(given, "tags") == words


@pytest.mark.parametrize("given", [5, True, {"a": "b"}, ["a", 5], None])
def test_what_is_no_text_is_refused_by_name(given: object) -> None:
    with pytest.raises(SettingsError, match="tags is a text or a list of texts"):
        words_of({"tags": given}, "tags")


def test_one_word_is_exactly_one() -> None:
    assert word_of({"shop": " rosa "}, "shop") == "rosa"
    options: list[dict[str, object]] = [{}, {"shop": ""}, {"shop": ["a", "b"]}]
    for given in options:
        with pytest.raises(SettingsError, match="shop is one text"):
            word_of(given, "shop")


def test_a_wish_is_true_or_false() -> None:
    assert is_wanted({"mentions": True}, "mentions")
    assert not is_wanted({}, "mentions")
    with pytest.raises(SettingsError, match="without quotation marks"):
        is_wanted({"mentions": "true"}, "mentions")


def test_a_number_stays_within_its_bounds() -> None:
    assert number_of({"posts": 5}, "posts", 1, most=5) == 5
    assert number_of({}, "posts", 3, most=5) == 3
    for given in (0, 6, True, "5", 2.5, None):
        with pytest.raises(SettingsError, match="from 1 to 5"):
            number_of({"posts": given}, "posts", 1, most=5)
