"""Texts are cut where their writers paused."""

from chalicelib.score.passages import clauses, sentences, windows


def _pieces(text: str) -> list[int]:
    return [len(word) for word in text.split()]


def test_sentences_end_at_their_marks_and_at_line_breaks() -> None:
    text = 'Cold soup. "Never again!" We left...\nThe end'

    assert sentences(text) == ["Cold soup.", '"Never again!', "We left...", "The end"]


def test_a_turn_begins_a_clause() -> None:
    assert clauses("The soup was lovely but the waiter was very rude") == [
        "The soup was lovely",
        "but the waiter was very rude",
    ]


def test_a_stub_joins_what_follows() -> None:
    assert clauses("Well, the soup was cold") == ["Well, the soup was cold"]


def test_a_short_text_is_one_window() -> None:
    assert windows("a bb. ccc", _pieces, longest=10) == [[1, 3, 3]]


def test_windows_keep_sentences_together() -> None:
    assert windows("a b c. d e f. g", _pieces, longest=5) == [[1, 1, 2], [1, 1, 2, 1]]


def test_a_sentence_longer_than_a_window_is_sliced_and_nothing_is_lost() -> None:
    found = windows("x " * 23, _pieces, longest=10)

    assert [len(window) for window in found] == [10, 10, 3]
