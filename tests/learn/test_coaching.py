"""Coaching: thanks first, practice only where it is sure, and nobody named without consent."""

from datetime import date

import pytest

from chalicelib.domain.coaching import Thanked, ToPractise
from chalicelib.domain.digest import Period
from chalicelib.domain.sentiment import Emotion, Topic
from chalicelib.learn.coaching import coaching_of, names_nobody
from chalicelib.learn.shares import share_of

PERIOD = Period(first=date(2026, 4, 1), last=date(2026, 4, 28))
TOR = {
    "n": 100,
    "negative": 15,
    "emotion.anger": 9,
    "emotion.joy": 60,
    "topic.wait_delivery": 20,
    "topic.wait_delivery.negative": 12,
    "topic.price_value": 20,
    "topic.price_value.negative": 15,
    "topic.staff_service": 40,
    "topic.staff_service.positive": 36,
    "topic.staff_service.negative": 2,
    "topic.communication": 4,
    "topic.communication.positive": 4,
}
COUNTS = {("2026-04-10", "tor"): TOR, ("2026-04-10", "main"): {"n": 4, "negative": 4}}


def test_a_team_is_thanked_for_what_most_praise_and_practises_what_it_can_change() -> None:
    found = coaching_of(COUNTS, PERIOD, "tor")

    assert found.n == 100
    # Four voices are too few to say; prices are not the team's.
    assert found.thanked == (Thanked(topic=Topic.STAFF_SERVICE, positive=share_of(36, 40)),)
    assert found.practise == (
        ToPractise(topic=Topic.WAIT_DELIVERY, negative=share_of(12, 20), emotion=Emotion.ANGER),
    )


def test_places_are_apart_unless_there_is_one() -> None:
    assert coaching_of(COUNTS, PERIOD, "main").n == 4
    assert coaching_of(COUNTS, PERIOD, None).n == 104


@pytest.mark.parametrize(
    ("negative", "n", "is_practised"), [(2, 5, False), (3, 4, False), (3, 5, True), (6, 20, False)]
)
def test_what_chance_may_have_brought_is_not_practised(
    negative: int, n: int, is_practised: bool
) -> None:
    counts = {"n": 100, "negative": 20}
    counts |= {"topic.communication": n, "topic.communication.negative": negative}

    found = coaching_of({("2026-04-10", "main"): counts}, PERIOD, None)

    assert bool(found.practise) is is_practised


def test_without_a_voice_there_is_nothing_to_say() -> None:
    found = coaching_of({}, PERIOD, None)

    assert (found.n, found.thanked, found.practise) == (0, (), ())


@pytest.mark.parametrize(
    ("sentence", "names_none"),
    [
        ("The lady at the counter was so patient with my mother.", True),
        ("They are wonderful and I'll be back.", True),
        ("Anna made our day.", True),
        ("The best is Anna's advice.", True),
        ("Thanks to Anna and Bogdan for everything.", False),
        ("Bogdan made our day.", False),
        ("Thank you Mr Quill!", False),
        ("thanks anna, you are great", False),
        ("BOGDAN IS GREAT", False),
        ("", False),
        ("!!!", False),
    ],
)
def test_a_sentence_names_nobody_but_those_who_agreed(sentence: str, names_none: bool) -> None:
    assert names_nobody(sentence, ["Anna"]) is names_none


def test_with_nobody_listed_nobody_is_named() -> None:
    assert not names_nobody("Anna made our day.", [])
