"""What the network reads of a text: no links, no handles, emoji in words."""

import pytest

from chalicelib.score.wording import LONGEST_TEXT, has_words, worded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@bakery   so good https://example.com/x?y=1", "so good"),
        ("great 😡", "great angry"),
        ("ok 👍🏽!", "ok great !"),
        ("fish &amp; chips", "fish & chips"),
        ("It\u2019s #wonderful", "It's wonderful"),
        ("soooooo sloooow", "sooo slooow"),
        ("me@example.com wrote", "me@example.com wrote"),
        ("a\n\n b\tc", "a b c"),
    ],
)
def test_wording_keeps_what_was_said(text: str, expected: str) -> None:
    assert worded(text) == expected


def test_what_lies_beyond_twenty_thousand_characters_is_not_read() -> None:
    assert len(worded("ab " * 10_000)) <= LONGEST_TEXT


@pytest.mark.parametrize("text", ["", "  ", "10/10", "!!!", "…"])
def test_signs_and_digits_are_no_words(text: str) -> None:
    assert not has_words(worded(text))


def test_an_emoji_alone_has_a_word() -> None:
    assert has_words(worded("😍"))
