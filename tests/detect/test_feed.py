"""Silence and empty answers."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.detect.feed import (
    AnswerVerdict,
    FeedVerdict,
    Rhythm,
    beat,
    expected_since,
    from_document,
    judge_answer,
    judge_silence,
    to_document,
)
from tests.detect.feedbacks import START, dice


def _lived(per_day: float, days: int, hours: tuple[int, int] = (8, 20)) -> Rhythm:
    """The rhythm of a source that speaks between two hours of the day."""
    random = dice(3)
    rhythm = Rhythm()
    midnight = START.replace(hour=0)
    for day in range(days):
        whole, part = divmod(per_day, 1.0)
        count = int(whole) + (random.random() < part)
        for hour in sorted(random.uniform(*hours) for _ in range(count)):
            rhythm = beat(rhythm, midnight + timedelta(days=day, hours=hour))
    return rhythm


def test_a_feed_of_eight_a_day_is_silent_after_two_days_but_not_after_a_night() -> None:
    rhythm = _lived(8, 40)
    assert rhythm.last is not None

    assert judge_silence(rhythm, rhythm.last + timedelta(hours=13)) is FeedVerdict.ALIVE
    assert judge_silence(rhythm, rhythm.last + timedelta(days=1)) is FeedVerdict.ALIVE
    assert judge_silence(rhythm, rhythm.last + timedelta(days=2)) is FeedVerdict.SILENT


def test_a_slow_feed_is_never_called_silent() -> None:
    rhythm = _lived(0.5, 120)
    assert rhythm.last is not None

    verdict = judge_silence(rhythm, rhythm.last + timedelta(days=60))

    assert verdict is FeedVerdict.TOO_SLOW_TO_TELL


def test_a_feed_is_not_judged_before_its_rhythm_is_known() -> None:
    rhythm = _lived(8, 10)
    assert rhythm.last is not None

    verdict = judge_silence(rhythm, rhythm.last + timedelta(days=9))

    assert verdict is FeedVerdict.TOO_SLOW_TO_TELL
    assert judge_silence(Rhythm(), START) is FeedVerdict.TOO_SLOW_TO_TELL


def test_the_hours_in_which_nobody_writes_count_for_little() -> None:
    rhythm = _lived(8, 60)
    evening = datetime(2026, 3, 5, 21, tzinfo=UTC)
    rhythm = beat(rhythm, evening)

    night = expected_since(rhythm, evening + timedelta(hours=9))
    day = expected_since(rhythm, evening + timedelta(hours=23)) - night

    assert night < 1.0
    assert day > 5.0


def test_a_late_feedback_does_not_move_the_clock_back() -> None:
    rhythm = _lived(8, 30)

    later = beat(rhythm, START)

    assert later.last == rhythm.last
    assert later.days == rhythm.days


def test_the_rhythm_survives_json_to_the_last_bit() -> None:
    rhythm = _lived(3, 30)

    assert from_document(json.loads(json.dumps(to_document(rhythm)))) == rhythm


@pytest.mark.parametrize(
    ("listed", "before", "verdict"),
    [
        (0, 0, AnswerVerdict.BELIEVED),
        (0, 1, AnswerVerdict.EMPTY_AFTER_FULL),
        (1, 40, AnswerVerdict.BELIEVED),
        (5, 0, AnswerVerdict.BELIEVED),
    ],
)
def test_an_empty_answer_is_believed_only_where_there_never_was_anything(
    listed: int, before: int, verdict: AnswerVerdict
) -> None:
    assert judge_answer(listed=listed, listed_before=before) is verdict
