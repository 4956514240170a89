"""When a chatbot should let a person answer: the gravest reason first, and rather too often."""

import pytest

from chalicelib.domain.sentiment import CriticalKind, Emotion, Reading, ReadingStatus, Sentiment
from chalicelib.recover.hand_over import HandOverReason, decide_hand_over


def a_reading(
    negative: float = 0.1, anger: float = 0.0, critical: tuple[CriticalKind, ...] = ()
) -> Reading:
    return Reading(
        status=ReadingStatus.SCORED,
        sentiment=Sentiment(
            negative=negative, neutral=(1 - negative) * 0.2, positive=(1 - negative) * 0.8
        ),
        emotions={Emotion.ANGER: anger},
        critical=critical,
    )


UNREAD = Reading(status=ReadingStatus.UNSCORED, reason="language")


@pytest.mark.parametrize(
    ("text", "reading", "reason"),
    [
        ("When do you open?", a_reading(), HandOverReason.NONE),
        ("Late again", a_reading(negative=0.59), HandOverReason.NONE),
        ("Late again", a_reading(negative=0.6), HandOverReason.NEGATIVE),
        ("Late AGAIN", a_reading(negative=0.6, anger=0.5), HandOverReason.ANGER),
        ("Late AGAIN", a_reading(negative=0.6, anger=0.49), HandOverReason.NEGATIVE),
        ("Crazy good", a_reading(negative=0.1, anger=0.9), HandOverReason.NONE),
        (
            "She cannot breathe",
            a_reading(critical=(CriticalKind.ALLERGY_ILLNESS,)),
            HandOverReason.CRITICAL,
        ),
        ("Πού είναι;", UNREAD, HandOverReason.NOT_READ),
        ("Can I talk to a human?", a_reading(), HandOverReason.ASKED_FOR),
        ("let me speak with your manager", a_reading(), HandOverReason.ASKED_FOR),
        ("I want a real person", a_reading(), HandOverReason.ASKED_FOR),
        ("Kann ich mit einem Menschen sprechen?", UNREAD, HandOverReason.ASKED_FOR),
        ("Bitte an einen Mitarbeiter weiterleiten", UNREAD, HandOverReason.ASKED_FOR),
        ("Your staff was great", a_reading(), HandOverReason.NONE),
        ("He is such an impatient person", a_reading(), HandOverReason.NONE),
        ("A person told me to talk less", a_reading(), HandOverReason.NONE),
    ],
)
def test_the_gravest_reason_is_given(text: str, reading: Reading, reason: HandOverReason) -> None:
    decided = decide_hand_over(text, reading)

    assert decided.reason is reason
    assert decided.is_due is (reason is not HandOverReason.NONE)
