"""Why a text reads as negative, with a network that counts the word "bad"."""

from chalicelib.score.because import find_reasons


def _bads(text: str) -> float:
    return float(text.count("bad"))


def test_the_worst_sentence_is_the_reason() -> None:
    text = "The bread was nice. The service was bad, bad, bad. We paid."

    assert find_reasons(text, _bads) == ("The service was bad, bad, bad.",)


def test_two_equally_bad_sentences_are_both_named_in_order() -> None:
    text = "The tea was bad. It rained all day. The cake was bad."

    assert find_reasons(text, _bads) == ("The tea was bad.", "The cake was bad.")


def test_in_one_sentence_the_worst_clause_is_the_reason() -> None:
    text = "the bread was very nice but the coffee was bad"

    assert find_reasons(text, _bads) == ("but the coffee was bad",)


def test_in_one_clause_the_words_that_weigh_are_the_reason() -> None:
    (reason,) = find_reasons("we had such a bad time in that place", _bads)

    assert "bad" in reason
    assert len(reason.split()) == 3


def test_a_text_of_five_words_is_its_own_reason() -> None:
    assert find_reasons("bad food never coming back", _bads) == ("bad food never coming back",)
