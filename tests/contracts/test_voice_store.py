"""What every store must do with voices as pages look at them, and decisions about sentences."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.domain.audit import Act, ActKind
from chalicelib.domain.empathy import MapField, QuoteMark, sentence_mark
from chalicelib.domain.feedback import ScoredFeedback, SurveyMetric
from chalicelib.domain.improvement import Improvement, approve_text
from chalicelib.domain.journey import glimpse_of
from chalicelib.domain.sentiment import AspectReading, Polarity, Reading, ReadingStatus
from chalicelib.ports import Store
from tests.contracts.builders import HAPPY, HOUR, NOW, UNHAPPY, a_feedback, put, scored

AT_A_STAGE = replace(
    UNHAPPY,
    stages=(AspectReading(name="paying", strength=0.8, polarity=Polarity.NEGATIVE),),
)


def a_voice(number: int, day: str, **changes: object) -> ScoredFeedback:
    """One voice of a day; a greater number was written later."""
    at = NOW - timedelta(days=90) + number * HOUR
    feedback = a_feedback(f"v{number}", written_at=at, updated_at=at, **changes)
    return scored(feedback, AT_A_STAGE if number % 2 else HAPPY, day=day)


def test_the_newest_voices_come_first_across_months_and_no_more_than_asked_for(
    store: Store,
) -> None:
    said = [
        a_voice(1, "2026-02-27"),
        a_voice(2, "2026-02-28", location="tor", stars=4.0),
        a_voice(3, "2026-03-01"),
        a_voice(4, "2026-03-02"),
        a_voice(5, "2026-03-03"),
    ]
    for one in said:
        put(store, one)

    newest = store.newest_between("bakery", "2026-02-28", "2026-03-02", 10)
    two = store.newest_between("bakery", "2026-02-01", "2026-03-31", 2)

    assert newest == [glimpse_of(said[3]), glimpse_of(said[2]), glimpse_of(said[1])]
    assert [one.feedback_id for one in two] == [said[4].feedback.feedback_id, _id(said[3])]
    assert newest[1].stages == AT_A_STAGE.stages
    assert (newest[2].location, newest[2].stars) == ("tor", 4.0)


def test_a_voice_that_nobody_read_is_listed_without_a_polarity(store: Store) -> None:
    unread = scored(a_feedback(), Reading(status=ReadingStatus.UNSCORED, reason="no words"))
    put(store, unread)

    (found,) = store.newest_between("bakery", unread.day, unread.day, 5)

    assert found.polarity is None
    assert found.feedback_id == _id(unread)


def test_a_label_that_a_person_took_back_is_neutral_in_the_list(store: Store) -> None:
    one = a_voice(1, "2026-03-01")
    put(store, one)
    store.mark_not_negative("bakery", _id(one), NOW)

    (found,) = store.newest_between("bakery", "2026-03-01", "2026-03-01", 5)

    assert found.is_not_negative
    assert found.polarity is Polarity.NEUTRAL


def test_voices_come_with_their_words_in_the_order_asked_for(store: Store) -> None:
    one, two = a_voice(1, "2026-03-01"), a_voice(2, "2026-03-01")
    for each in (one, two):
        put(store, each)

    assert store.voices("bakery", [_id(two), "f" * 32, _id(one)]) == [two, one]
    assert store.voices("other", [_id(one)]) == []


def test_a_voice_taken_back_at_its_source_is_neither_listed_nor_found(store: Store) -> None:
    one = a_voice(1, "2026-03-01")
    put(store, one)
    later = one.feedback.updated_at + HOUR
    gone = replace(one, feedback=replace(one.feedback, is_deleted=True, updated_at=later))
    put(store, gone, one)

    assert store.newest_between("bakery", "2026-03-01", "2026-03-01", 5) == []
    assert store.voices("bakery", [_id(one)]) == []


def test_the_last_decision_about_a_sentence_holds_and_each_is_an_act(store: Store) -> None:
    mark = QuoteMark(
        business_id="bakery",
        feedback_id="a" * 32,
        sentence=sentence_mark("a" * 32, "Never again."),
        place=MapField.PAINS,
        by="Rosa",
        at=NOW,
    )
    hidden = replace(mark, place=None, at=NOW + HOUR)
    other = replace(mark, feedback_id="b" * 32)
    for one, kind in (
        (mark, ActKind.MOVE_QUOTE),
        (hidden, ActKind.HIDE_QUOTE),
        (other, ActKind.MOVE_QUOTE),
    ):
        about = f"quote:{one.quote_id}"
        store.save_quote_mark(
            one, Act(business_id="bakery", at=one.at, who="Rosa", what=kind, about=about)
        )

    assert store.quote_marks("bakery") == [hidden, other]
    assert store.quote_marks("other") == []
    acts = store.acts("bakery", NOW - HOUR, NOW + 2 * HOUR, 10)
    assert [one.what for one in acts].count(ActKind.HIDE_QUOTE) == 1
    assert len(acts) == 3


def _id(one: ScoredFeedback) -> str:
    return one.feedback.feedback_id


def test_counts_at_a_glance_are_the_counts(store: Store) -> None:
    for number, day in enumerate(("2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02")):
        put(store, a_voice(number, day))

    seen = store.counts_at_a_glance("bakery", "2026-02-28", "2026-03-01")

    assert seen == store.counts("bakery", "2026-02-28", "2026-03-01")
    assert [day for day, _ in seen] == ["2026-02-28", "2026-03-01"]


def test_a_glimpse_says_what_a_survey_was_answered_with(store: Store) -> None:
    put(store, a_voice(1, "2026-03-01", survey_scores={SurveyMetric.NPS: 8.5}))

    (glimpse,) = store.newest_between("bakery", "2026-03-01", "2026-03-01", 5)

    assert glimpse.survey_scores == {SurveyMetric.NPS: 8.5}


def test_improvements_come_back_whole_the_newest_change_first(store: Store) -> None:
    old = Improvement(
        business_id="bakery",
        improvement_id="a" * 12,
        what="A second till on Saturdays",
        since="2026-03-01",
        noted_by="Rosa",
        noted_at=NOW,
        topic="wait_delivery",
    )
    new = replace(old, improvement_id="0" * 12, since="2026-03-20", topic="", step="Queues")
    approved = approve_text(old, "We heard you.", "Jonas", NOW + HOUR)
    for one in (old, new, approved):
        act = Act(
            business_id="bakery",
            at=one.approved_at or one.noted_at,
            who="Rosa",
            what=ActKind.NOTE_IMPROVEMENT,
            about=f"improvement:{one.improvement_id}",
        )
        store.save_improvement(one, act)

    assert store.improvements("bakery") == [new, approved]
    assert store.improvements("other") == []
    assert len(store.acts("bakery", NOW - HOUR, NOW + 2 * HOUR, 10)) == 3
