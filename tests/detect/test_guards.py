"""What keeps the detector from crying wolf, where nothing else would notice its loss.

docs/detection.md lists every guard with the test that fails without it.
"""

from dataclasses import replace
from datetime import timedelta
from math import log

import pytest

from chalicelib.detect.detector import correct, judge
from chalicelib.detect.rage import Rage, judge_rage
from chalicelib.detect.ring import score
from chalicelib.detect.state import from_seconds
from tests.detect.feedbacks import BAD, GOOD, START, burst, dice, evidence, quiet, run, settled


def test_what_is_older_than_the_newest_48_counts_before_them_and_teaches_at_once() -> None:
    state, at = settled()
    older = from_seconds(state.ring[0].at) - timedelta(hours=1)
    late = evidence("late", older, BAD, now=at, seen_since=older)

    after, _ = judge(state, late)

    assert after.ring == state.ring
    assert after.base["*"] > 2 * state.base["*"]
    assert after.sums["*"] > state.sums["*"]
    assert after.usual.sources["web"].labelled == pytest.approx(
        state.usual.sources["web"].labelled + 1, rel=0.05
    )


def test_an_edit_gives_the_sums_that_its_new_value_would_have_given_from_the_start() -> None:
    state, at = settled()
    first = burst(8, at, GOOD)
    otherwise = [replace(one, negative=BAD) if i == 3 else one for i, one in enumerate(first)]
    edited, _ = run(first, state)
    straight, _ = run(otherwise, state)

    edited, _ = correct(edited, "fb3", BAD, at + timedelta(days=1))

    assert edited.sums == straight.sums


@pytest.mark.parametrize(("negative", "heard"), [(BAD, 0), (None, -1)])
def test_an_edit_or_a_deletion_is_unlearned_from_what_is_usual(
    negative: float | None, heard: int
) -> None:
    state, at = settled(share=0.0)
    old = state.ring[5]
    before = state.usual.sources["web"]

    state, _ = correct(state, old.feedback_id, negative, at)

    after = state.usual.sources["web"]
    assert after.heard == pytest.approx(before.heard + heard)
    assert after.labelled == pytest.approx(before.labelled + (1 if negative else 0))


def test_a_quarter_of_the_growth_follows_the_calendar_and_the_rest_the_feedbacks() -> None:
    state, _ = settled()
    newest = from_seconds(state.ring[-1].at)
    per_day = state.pace.per_day()

    at_once, _ = judge(state, evidence("n", newest, GOOD))
    a_day_later, _ = judge(state, evidence("n", newest + timedelta(days=1), GOOD))

    starts = [
        next(heard for heard in after.ring if heard.feedback_id == "fn").views["*"].start
        for after in (at_once, a_day_later)
    ]
    assert starts == [0.75, pytest.approx(0.75 + 0.25 * per_day, abs=0.01)]


def test_a_long_silence_is_no_evidence() -> None:
    state, _ = settled()
    newest = from_seconds(state.ring[-1].at)

    a_while, _ = judge(state, evidence("n", newest + timedelta(days=4), GOOD))
    a_season, _ = judge(state, evidence("n", newest + timedelta(days=90), GOOD))

    assert a_season.ring[-1].views == a_while.ring[-1].views


def test_seven_tenths_of_the_evidence_are_the_whole_and_the_rest_the_mean_over_groups() -> None:
    sums = {"*": 10.0, "location:a": 40.0, "location:b": 0.0}

    assert score(sums, ("location:a", "location:b"), 5.0) == pytest.approx(log(13.0 / 5.0))
    assert score(sums, (), 5.0) == pytest.approx(log(10.0 / 5.0))


def test_a_complaint_about_the_topic_that_is_always_complained_of_weighs_less() -> None:
    random = dice(2)
    stream = []
    for one in quiet(400, per_day=4, share=0.0):
        is_wait = random.random() < 0.5
        is_bad = random.random() < (0.4 if is_wait else 0.05)
        group = "topic:wait" if is_wait else "topic:taste"
        stream.append(replace(one, negative=BAD if is_bad else GOOD, groups=(group,)))
    state, _ = run(stream)
    at = stream[-1].at + timedelta(hours=1)

    wait, _ = judge(state, evidence("n", at, BAD, groups=("topic:wait",)))
    taste, _ = judge(state, evidence("n", at, BAD, groups=("topic:taste",)))

    of_wait = wait.ring[-1].views["topic:wait"].ratio
    of_taste = taste.ring[-1].views["topic:taste"].ratio
    assert wait.ring[-1].views["*"] == taste.ring[-1].views["*"]
    assert of_wait < 0.75 * of_taste


def test_no_more_than_twelve_groups_share_the_evidence() -> None:
    stream = [
        replace(one, groups=(f"topic:{i % 20}",))
        for i, one in enumerate(quiet(400, per_day=10, seed=3))
    ]

    state, _ = run(stream)

    assert len(state.usual.groups) == 12


def test_the_sum_of_a_place_that_is_one_in_five_grows_five_times_as_much_each_time() -> None:
    stream = [
        replace(one, groups=(f"location:{i % 5}",))
        for i, one in enumerate(quiet(300, per_day=4, seed=3))
    ]
    state, _ = run(stream)
    newest = state.ring[-1]
    name = next(group for group in newest.views if group != "*")

    at_once, _ = judge(state, evidence("n", from_seconds(newest.at), GOOD, groups=(name,)))

    of_place = next(heard for heard in at_once.ring if heard.feedback_id == "fn").views[name]
    assert 0.75 * 4 < of_place.start < 0.75 * 6


def test_mild_anger_does_not_lower_the_bar_for_the_next() -> None:
    known, _ = judge_rage(Rage(), stars=5, anger=0.0, at=START - timedelta(days=300))

    rage, mild = judge_rage(known, stars=1, anger=0.5, at=START)
    rage, less_mild = judge_rage(rage, stars=1, anger=0.79, at=START + timedelta(days=1))

    assert (mild, less_mild) == (False, False)
    assert rage.peaks == ()
