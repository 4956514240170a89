"""Marking the words that led to a reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.wording.highlight import find_stretches


def marked(text: str, *because: str) -> list[str]:
    """The marked pieces."""
    return [one.text for one in find_stretches(text, because) if one.is_marked]


@pytest.mark.parametrize(
    ("text", "because", "found"),
    [
        ("The staff was rude.", ["rude"], ["rude"]),
        ("RUDE and rude", ["Rude"], ["RUDE", "rude"]),
        ("A prudent choice", ["rude"], []),
        ("cold soup, cold bread", ["cold soup", "cold"], ["cold soup", "cold"]),
        ("waited forty minutes", ["waited forty", "forty minutes"], ["waited forty"]),
        ("nothing here", ["absent"], []),
        ("nothing here", ["", "  "], []),
        ("STRASSE İstanbul rude", ["rude"], ["rude"]),
        ("kalt. Kalt! kalter", ["kalt"], ["kalt", "Kalt"]),
    ],
)
def test_phrases_are_found_whole_and_in_any_case(
    text: str, because: list[str], found: list[str]
) -> None:
    assert marked(text, *because) == found


@given(st.text(), st.lists(st.text(max_size=8), max_size=5))
def test_the_pieces_are_the_text_whatever_is_marked(text: str, because: list[str]) -> None:
    assert "".join(one.text for one in find_stretches(text, because)) == text


def test_a_whole_sentence_can_be_marked() -> None:
    assert marked("Never again.", "Never again.") == ["Never again."]
