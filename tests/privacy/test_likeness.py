"""A text is known again by what nobody can read."""

from typing import Any

import pytest

from chalicelib.domain.errors import SettingsError
from chalicelib.domain.feedback import Feedback
from chalicelib.domain.likeness import Likeness, is_same
from chalicelib.privacy.likeness import likeness_of
from chalicelib.privacy.traces import Tracer
from tests.contracts.builders import a_feedback

LONG = (
    "We waited forty minutes for two coffees while the staff chatted behind the counter. When we "
    "asked, nobody was sorry, and the cake was dry as well. We will not come back."
)
OTHER = (
    "We waited twenty minutes for a table and then nobody took our order. The waiter was rude when "
    "we asked again, so we left and ate somewhere else."
)


def like(text: str, key: str = "a key", business: str = "bakery", **changes: Any) -> Likeness:
    found = likeness_of(said(text, **changes), Tracer(business, lambda: key))
    assert found is not None
    return found


def said(text: str, **changes: Any) -> Feedback:
    plain: dict[str, Any] = {"author": None}
    return a_feedback(text=text, **(plain | changes))


def same(one: Likeness, other: Likeness) -> bool:
    return is_same(one, other, at_one_source=False)


@pytest.mark.parametrize(
    "again",
    [
        LONG.upper(),
        LONG.replace(".", " !!!").replace(",", ""),
        LONG[:150] + "…",
        LONG.replace("forty", "30"),
        "Bad service! " + LONG,
        LONG.replace("coffees", "cofees").replace("staff", "stuff"),
        LONG + " The same goes for the other branch, where we were on Monday.",
    ],
    ids=["case", "signs", "excerpt", "a word", "a title", "slips", "more at the end"],
)
def test_a_text_is_the_same_with_little_changed(again: str) -> None:
    assert same(like(LONG), like(again))


def test_two_customers_who_complain_of_the_same_are_two() -> None:
    assert not same(like(LONG), like(OTHER))


def test_a_text_in_a_script_without_spaces_is_known_again() -> None:
    text = "コーヒーを二つ頼んだだけなのに四十分も待たされました。店員はおしゃべりをしていました。"
    praise = "ケーキはとても美味しくて、店員も親切でした。また必ず来ます。友達にも勧めます。"

    assert same(like(text), like(text.replace("。", "！")))
    assert not same(like(text), like(praise))


def test_at_one_source_two_names_are_two_customers_and_one_name_is_one() -> None:
    ada, bea = like(LONG, author_id="a-1"), like(LONG, author_id="b-2")

    assert not is_same(ada, bea, at_one_source=True)
    assert is_same(ada, like(LONG, author_id="a-1"), at_one_source=True)
    assert is_same(ada, bea, at_one_source=False)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"author": "Rosa Muster"}, {"author": "rosa  MUSTER"}, True),
        ({"author": "Rosa Muster"}, {"author": "Ida Muster"}, False),
        ({"author": "Guest"}, {"author": "Guest"}, False),
        ({"order_reference": "#A-7"}, {"order_reference": "a-7"}, True),
        ({"author_id": "7", "source": "one"}, {"author_id": "7", "source": "two"}, False),
    ],
)
def test_few_words_are_the_same_only_from_one_customer_at_two_sites(
    one: dict[str, str], other: dict[str, str], expected: bool
) -> None:
    here, there = like("Rude staff!", **one), like("rude staff", **other)

    assert same(here, there) is expected
    assert not is_same(here, there, at_one_source=True)


def test_few_words_must_be_the_very_same() -> None:
    one, other = (like(text, author="Rosa Muster") for text in ("Rude staff!", "Rude staff, dirty"))

    assert not same(one, other)


def test_without_the_key_no_guess_can_be_tested() -> None:
    mine = like(LONG)

    assert not same(mine, like(LONG, key="another key"))
    assert not same(mine, like(LONG, business="clinic"))
    assert len(mine.marks) == 24


def test_no_word_no_likeness_and_no_key_needed() -> None:
    def no_key() -> str:
        raise SettingsError("there is no key")

    assert likeness_of(said("👍 !!"), Tracer("bakery", no_key)) is None
    with pytest.raises(SettingsError):
        likeness_of(said("slow"), Tracer("bakery", no_key))
