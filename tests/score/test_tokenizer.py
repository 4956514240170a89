"""The word pieces must be those of the reference, or the network reads another language."""

import json
from pathlib import Path

import pytest

from chalicelib.score.files import HERE, VOCABULARY
from chalicelib.score.tokenizer import CLASSIFY, SEPARATE, Tokenizer

REFERENCE = json.loads((Path(__file__).parent / "reference_ids.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(HERE / VOCABULARY)


@pytest.mark.parametrize("row", REFERENCE, ids=lambda row: ascii(row["text"])[:30])
def test_ids_equal_those_the_reference_gave(tokenizer: Tokenizer, row: dict[str, object]) -> None:
    ids = tokenizer.ids(str(row["text"]), longest=512)

    assert ids == row["ids"]


def test_a_long_text_is_cut_and_still_closed(tokenizer: Tokenizer) -> None:
    ids = tokenizer.ids("bread " * 50, longest=10)

    assert len(ids) == 10
    assert (ids[0], ids[-1]) == (CLASSIFY, SEPARATE)


def test_the_second_time_a_word_is_seen_it_gives_the_same_ids(tokenizer: Tokenizer) -> None:
    assert tokenizer.pieces("croissants") == tokenizer.pieces("croissants")
    assert len(tokenizer.pieces("croissants")) > 0
