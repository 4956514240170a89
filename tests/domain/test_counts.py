"""Counts are sums over the set of feedback: what was added can be taken back without a trace."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.counts import counts_of, difference
from chalicelib.domain.feedback import Feedback, FeedbackKind, ScoredFeedback, SurveyMetric
from chalicelib.domain.judging import Change, groups_of, unjudged_from
from chalicelib.domain.sentiment import (
    AspectReading,
    Emotion,
    Polarity,
    Reading,
    ReadingStatus,
    Sentiment,
)
from chalicelib.domain.spike import Correction, Evidence

NOW = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)
SCORED = ScoredFeedback(
    feedback=Feedback(
        business_id="bakery",
        source="reviews",
        external_id="r1",
        kind=FeedbackKind.REVIEW,
        text="We waited",
        written_at=NOW,
        updated_at=NOW,
        stars=1.6,
        survey_scores=MappingProxyType({SurveyMetric.CSAT: 1.505}),
    ),
    reading=Reading(
        status=ReadingStatus.SCORED,
        sentiment=Sentiment(negative=0.9, neutral=0.05, positive=0.05),
        evidence=0.95,
        emotions={Emotion.ANGER: 0.5, Emotion.JOY: 0.49},
        topics=(
            AspectReading(name="wait", strength=0.9, polarity=Polarity.NEGATIVE),
            AspectReading(name="taste", strength=0.6, polarity=Polarity.POSITIVE),
        ),
    ),
    day="2026-03-29",
    received_at=NOW,
)
UNSCORED = replace(SCORED, reading=Reading(status=ReadingStatus.UNSCORED, reason="no text"))
GONE = replace(SCORED, feedback=replace(SCORED.feedback, is_deleted=True))


def test_a_scored_feedback_counts_in_all_it_says() -> None:
    assert counts_of(SCORED) == {
        "n": 1,
        "source.reviews": 1,
        "stars.2": 1,
        "csat.n": 1,
        "csat.sum": 150,
        "negative": 1,
        "emotion.anger": 1,
        "topic.wait": 1,
        "topic.wait.negative": 1,
        "topic.taste": 1,
        "topic.taste.positive": 1,
    }


@pytest.mark.parametrize(
    ("metric", "value", "counts"),
    [
        (SurveyMetric.NPS, 9, {"nps.n": 1, "nps.sum": 900, "nps.promoter": 1}),
        (SurveyMetric.NPS, 8.5, {"nps.n": 1, "nps.sum": 850, "nps.passive": 1}),
        (SurveyMetric.NPS, 7, {"nps.n": 1, "nps.sum": 700, "nps.passive": 1}),
        (SurveyMetric.NPS, 6, {"nps.n": 1, "nps.sum": 600, "nps.detractor": 1}),
        (SurveyMetric.NPS, 0, {"nps.n": 1, "nps.sum": 0, "nps.detractor": 1}),
        (SurveyMetric.CSAT, 4, {"csat.n": 1, "csat.sum": 400, "csat.satisfied": 1}),
        (SurveyMetric.CSAT, 3.99, {"csat.n": 1, "csat.sum": 399}),
        (SurveyMetric.CES, 5.5, {"ces.n": 1, "ces.sum": 550, "ces.squares": 302_500}),
    ],
)
def test_a_survey_answer_counts_on_its_side(
    metric: SurveyMetric, value: float, counts: dict[str, int]
) -> None:
    answer = replace(UNSCORED.feedback, stars=None, survey_scores={metric: value})

    assert counts_of(replace(UNSCORED, feedback=answer)) == {
        "n": 1,
        "source.reviews": 1,
        "unscored": 1,
        **counts,
    }


def test_a_stage_counts_what_was_felt_there_and_only_complaints_about_both() -> None:
    unhappy, happy = Polarity.NEGATIVE, Polarity.POSITIVE
    reading = replace(
        SCORED.reading,
        emotions={Emotion.ANGER: 0.9, Emotion.NEUTRAL: 0.9},
        stages=(
            AspectReading(name="waiting", strength=0.9, polarity=unhappy),
            AspectReading(name="paying", strength=0.9, polarity=happy),
            AspectReading(name="telling", strength=0.9, polarity=Polarity.NEUTRAL),
        ),
        topics=(AspectReading(name="wait", strength=0.9, polarity=unhappy),),
    )

    counts = counts_of(replace(SCORED, reading=reading))

    assert {name: n for name, n in counts.items() if name.startswith("stage.")} == {
        "stage.waiting": 1,
        "stage.waiting.negative": 1,
        "stage.waiting.emotion.anger": 1,
        "stage.waiting.topic.wait": 1,
        "stage.waiting.topic.wait.negative": 1,
        "stage.paying": 1,
        "stage.paying.positive": 1,
        "stage.paying.emotion.anger": 1,
        "stage.paying.topic.wait": 1,
        "stage.telling": 1,
        "stage.telling.emotion.anger": 1,
        "stage.telling.topic.wait": 1,
    }


def test_an_unscored_feedback_counts_but_in_no_polarity() -> None:
    counts = counts_of(UNSCORED)

    assert (counts["n"], counts["unscored"]) == (1, 1)
    assert not {"negative", "neutral", "positive"} & counts.keys()


def test_what_is_gone_counts_nothing() -> None:
    assert counts_of(GONE) == {}


@given(st.lists(st.sampled_from([SCORED, UNSCORED, GONE]), max_size=6))
def test_steps_from_any_version_to_any_other_end_where_the_last_one_counts(
    versions: list[ScoredFeedback],
) -> None:
    row: Counter[str] = Counter()
    before: ScoredFeedback = GONE
    for version in versions:
        step = difference(counts_of(before), counts_of(version))
        assert 0 not in step.values()
        row.update(step)
        before = version

    assert {name: count for name, count in row.items() if count} == dict(counts_of(before))


def test_the_judge_hears_of_new_edited_and_gone() -> None:
    assert unjudged_from(SCORED, None).change is Change.NEW
    assert unjudged_from(SCORED, SCORED).change is Change.EDITED
    assert unjudged_from(GONE, SCORED).change is Change.DELETED
    assert unjudged_from(GONE, None).change is Change.DELETED
    assert unjudged_from(SCORED, GONE).change is Change.EDITED


def test_what_is_gone_is_a_correction_without_evidence() -> None:
    gone, new = unjudged_from(GONE, SCORED), unjudged_from(SCORED, None)

    assert isinstance(gone.as_told, Correction)
    assert gone.as_told.negative is None
    assert isinstance(new.as_told, Evidence)
    assert (new.as_told.negative, new.anger) == (0.95, 0.5)


def test_groups_are_the_place_and_then_each_topic() -> None:
    assert groups_of(SCORED) == ("location:main", "topic:wait", "topic:taste")
