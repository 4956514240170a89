"""The likely cause: the topic most of the unhappy share, and the emotion it leaves."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from chalicelib.domain.briefing import RootCause
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.sentiment import AspectReading, Emotion, Polarity, Topic
from chalicelib.recover.root_cause import find_root_cause
from tests.alert.samples import a_quote, a_reading, an_incident

BAD, GOOD = Polarity.NEGATIVE, Polarity.POSITIVE


def about(
    *topics: tuple[str, Polarity] | tuple[str, Polarity, float],
    emotions: Mapping[Emotion, float] | None = None,
    evidence: float | None = 0.9,
    number: int = 1,
) -> ScoredFeedback:
    """A feedback about these topics with these emotions."""
    aspects = tuple(
        AspectReading(name=name, polarity=polarity, strength=more[0] if more else 0.9)
        for name, polarity, *more in topics
    )
    reading = a_reading(
        topics=aspects, emotions=dict(emotions or {Emotion.ANGER: 0.8}), evidence=evidence
    )
    return a_quote(reading=reading, number=number)


def test_the_topic_most_of_them_speak_ill_of_is_the_cause() -> None:
    quotes = [
        about((Topic.WAIT_DELIVERY, BAD), (Topic.PRODUCT_QUALITY, GOOD)),
        about((Topic.WAIT_DELIVERY, BAD), (Topic.PRICE_VALUE, BAD)),
        about((Topic.PRODUCT_QUALITY, GOOD)),
    ]

    cause = find_root_cause(quotes, an_incident())

    assert cause == RootCause(topic=Topic.WAIT_DELIVERY, emotion=Emotion.ANGER, count=2, of=3)


def test_praise_of_a_topic_is_no_cause() -> None:
    assert find_root_cause([about((Topic.STAFF_SERVICE, GOOD))], an_incident()) is None


def test_on_a_tie_the_incidents_own_topic_wins() -> None:
    quotes = [about((Topic.PRICE_VALUE, BAD, 0.99)), about((Topic.WAIT_DELIVERY, BAD, 0.6))]

    cause = find_root_cause(quotes, an_incident(topic=Topic.WAIT_DELIVERY))

    assert cause is not None
    assert cause.topic == Topic.WAIT_DELIVERY


def test_on_a_tie_without_a_topic_the_one_spoken_of_most_clearly_wins() -> None:
    quotes = [about((Topic.PRICE_VALUE, BAD, 0.6)), about((Topic.STAFF_SERVICE, BAD, 0.9))]

    cause = find_root_cause(quotes, an_incident(topic=None))

    assert cause is not None
    assert cause.topic == Topic.STAFF_SERVICE


@pytest.mark.parametrize(
    ("emotions", "leading"),
    [
        ([{Emotion.FEAR: 0.9}, {Emotion.ANGER: 0.6}, {Emotion.ANGER: 0.6}], Emotion.ANGER),
        ([{Emotion.SADNESS: 0.49}, {Emotion.CONFUSION: 0.5}], Emotion.CONFUSION),
        ([{Emotion.JOY: 0.9}, {Emotion.NEUTRAL: 0.9}], None),
        ([{}], None),
    ],
)
def test_the_emotion_is_the_strongest_unhappy_one_that_is_present(
    emotions: list[dict[Emotion, float]], leading: Emotion | None
) -> None:
    quotes = [
        about((Topic.WAIT_DELIVERY, BAD), emotions=read or {Emotion.NEUTRAL: 0.1})
        for read in emotions
    ]

    cause = find_root_cause(quotes, an_incident())

    assert cause is not None
    assert cause.emotion is leading


def test_an_emotion_about_another_topic_does_not_count() -> None:
    quotes = [
        about((Topic.WAIT_DELIVERY, BAD), emotions={Emotion.ANGER: 0.5}),
        about((Topic.WAIT_DELIVERY, BAD), emotions={Emotion.ANGER: 0.5}),
        about((Topic.PRICE_VALUE, BAD), emotions={Emotion.FEAR: 1.0}),
    ]

    cause = find_root_cause(quotes, an_incident())

    assert cause is not None
    assert cause.emotion is Emotion.ANGER


def test_who_is_not_unhappy_or_was_misread_does_not_count() -> None:
    happy = about((Topic.WAIT_DELIVERY, BAD), evidence=0.5)
    unknown = about((Topic.WAIT_DELIVERY, BAD), evidence=None)
    misread = replace(about((Topic.WAIT_DELIVERY, BAD)), is_not_negative=True)

    assert find_root_cause([happy, unknown, misread], an_incident()) is None


def test_nobody_quoted_is_no_cause() -> None:
    assert find_root_cause([], an_incident()) is None
