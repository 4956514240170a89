"""What every store must do with feedback and counts."""

from dataclasses import replace

import pytest

from chalicelib.domain.errors import ConflictError
from chalicelib.domain.feedback import TEXT_LIMIT, SurveyMetric
from chalicelib.domain.judging import Change
from chalicelib.domain.sentiment import Reading, ReadingStatus
from chalicelib.ports import Store
from tests.contracts.builders import (
    DAY,
    HAPPY,
    HOUR,
    MINUTE,
    NOW,
    UNHAPPY,
    a_feedback,
    put,
    scored,
    waiting,
)

UNHAPPY_COUNTS = {
    "n": 1,
    "negative": 1,
    "source.reviews": 1,
    "stars.1": 1,
    "emotion.anger": 1,
    "topic.wait_delivery": 1,
    "topic.wait_delivery.negative": 1,
}
HAPPY_COUNTS = {
    "n": 1,
    "positive": 1,
    "source.reviews": 1,
    "stars.5": 1,
    "emotion.joy": 1,
    "topic.staff_service": 1,
    "topic.staff_service.positive": 1,
}


def counts_on(store: Store, first: str = DAY, last: str = DAY) -> dict[tuple[str, str], object]:
    """The bakery's counts, for comparing."""
    return dict(store.counts("bakery", first, last))


def test_what_is_stored_is_found_as_it_was(store: Store) -> None:
    stored = scored(
        a_feedback(
            author_id="c-1",
            language="en",
            location="tor",
            url="https://example.org/r/1",
            order_reference="#77",
            survey_scores={SurveyMetric.NPS: 3.0, SurveyMetric.CSAT: 2.5},
            has_consent=True,
        ),
        seen_since=NOW - HOUR,
        is_history=True,
    )

    put(store, stored)

    assert store.find("bakery", [stored.feedback.feedback_id]) == {
        stored.feedback.feedback_id: stored
    }


def test_what_is_not_stored_is_left_out(store: Store) -> None:
    stored = scored(a_feedback())
    put(store, stored)
    asked = [f"{number:032x}" for number in range(150)] + [stored.feedback.feedback_id] * 2

    assert list(store.find("bakery", asked)) == [stored.feedback.feedback_id]
    assert store.find("bakery", []) == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a" * TEXT_LIMIT,
        "😡" * TEXT_LIMIT,
        "Das Brötchen war kalt 🥶\u202e\u0000\ufeff\n\t'\"\\",
        "مرحبا — 您好 — नमस्ते",
    ],
    ids=["empty", "longest", "longest-emoji", "odd-characters", "scripts"],
)
def test_a_text_comes_back_to_the_letter(store: Store, text: str) -> None:
    stored = scored(a_feedback(text=text))

    put(store, stored)

    found = store.find("bakery", [stored.feedback.feedback_id])[stored.feedback.feedback_id]
    assert found.feedback.text == text
    assert found.feedback.version == stored.feedback.version


def test_ids_in_every_script_are_ids(store: Store) -> None:
    strange = [a_feedback(external_id=name) for name in ("é", "e\u0301", "#", "a#b", "😀/%23")]

    for feedback in strange:
        put(store, scored(feedback))

    found = store.find("bakery", [feedback.feedback_id for feedback in strange])
    assert [found[one.feedback_id].feedback.external_id for one in strange] == [
        one.external_id for one in strange
    ]


def test_no_business_finds_anothers_feedback(store: Store) -> None:
    names = ["bakery", "bakery#F", "bakery%23F", "#", "clinic"]
    for name in names:
        put(store, scored(a_feedback(business_id=name, text=f"of {name}")))

    for name in names:
        feedback = a_feedback(business_id=name)
        assert [one.feedback.text for one in store.find(name, [feedback.feedback_id]).values()] == [
            f"of {name}"
        ]
        assert store.counts(name, DAY, DAY) == {(DAY, "main"): UNHAPPY_COUNTS}
        assert [one.business_id for one in store.unjudged(name, 10)] == [name]
        assert len(store.scored_between(name, DAY, DAY)) == 1
    assert store.find("dentist", [a_feedback().feedback_id]) == {}


def test_storing_counts_once(store: Store) -> None:
    put(store, scored(a_feedback()))

    assert counts_on(store) == {(DAY, "main"): UNHAPPY_COUNTS}


def test_storing_what_is_stored_already_changes_nothing(store: Store) -> None:
    stored = scored(a_feedback())
    unjudged = put(store, stored)

    store.store(stored, None, unjudged)
    store.store(stored, stored, unjudged)

    assert counts_on(store) == {(DAY, "main"): UNHAPPY_COUNTS}
    assert store.unjudged("bakery", 10) == [unjudged]


def test_a_repeat_after_judging_does_not_wait_again(store: Store) -> None:
    stored = scored(a_feedback())
    unjudged = put(store, stored)
    store.commit_judged(store.load_judge("bakery"), [unjudged], [], [])

    store.store(stored, None, unjudged)

    assert store.unjudged("bakery", 10) == []


def test_feedback_of_one_day_and_place_adds_up(store: Store) -> None:
    put(store, scored(a_feedback("r1")))
    put(store, scored(a_feedback("r2")))
    put(store, scored(a_feedback("r3", stars=5.0), HAPPY))

    counts = store.counts("bakery", DAY, DAY)[DAY, "main"]
    assert counts["n"] == 3
    assert counts["negative"] == 2
    assert counts["positive"] == 1
    assert counts["stars.1"] == 2
    assert counts["emotion.anger"] == 2


def test_survey_scores_add_up_in_hundredths(store: Store) -> None:
    put(store, scored(a_feedback("r1", survey_scores={SurveyMetric.CSAT: 2.5})))
    put(store, scored(a_feedback("r2", survey_scores={SurveyMetric.CSAT: 4.0})))

    counts = store.counts("bakery", DAY, DAY)[DAY, "main"]
    assert counts["csat.sum"] == 650
    assert counts["csat.n"] == 2


def test_an_unscored_feedback_counts_in_no_polarity(store: Store) -> None:
    unread = Reading(status=ReadingStatus.UNSCORED, reason="language")

    put(store, scored(a_feedback(stars=None), unread))

    assert counts_on(store) == {(DAY, "main"): {"n": 1, "unscored": 1, "source.reviews": 1}}


def test_an_edit_moves_its_count(store: Store) -> None:
    first = scored(a_feedback())
    put(store, first)
    edited = scored(a_feedback(text="All is well again.", stars=5.0, updated_at=NOW), HAPPY)

    put(store, edited, first, Change.EDITED)

    assert counts_on(store) == {(DAY, "main"): HAPPY_COUNTS}
    assert store.find("bakery", [edited.feedback.feedback_id]) == {
        edited.feedback.feedback_id: edited
    }


def test_an_edit_takes_its_count_back_from_the_day_and_place_that_had_it(store: Store) -> None:
    first = scored(a_feedback(location="tor"), day="2026-03-28")
    put(store, first)
    other = scored(a_feedback("r2", location="tor"), day="2026-03-28")
    put(store, other)
    moved = scored(a_feedback(location="bahnhof", updated_at=NOW), day="2026-03-29")

    put(store, moved, first, Change.EDITED)

    assert counts_on(store, "2026-03-01", "2026-03-31") == {
        ("2026-03-28", "tor"): UNHAPPY_COUNTS,
        ("2026-03-29", "bahnhof"): UNHAPPY_COUNTS,
    }
    assert store.scored_between("bakery", "2026-03-28", "2026-03-28") == [other]
    assert store.scored_between("bakery", "2026-03-29", "2026-03-29") == [moved]


def test_an_edit_that_changes_no_count_leaves_the_counts(store: Store) -> None:
    first = scored(a_feedback())
    put(store, first)
    edited = scored(a_feedback(text="We waited for an hour!", updated_at=NOW))

    put(store, edited, first, Change.EDITED)

    assert counts_on(store) == {(DAY, "main"): UNHAPPY_COUNTS}


def test_a_deletion_takes_the_count_and_the_words(store: Store) -> None:
    first = scored(a_feedback(author_id="c-1", url="https://example.org/1", order_reference="#7"))
    put(store, first)
    gone = scored(
        a_feedback(author_id="c-1", url="https://example.org/1", updated_at=NOW, is_deleted=True)
    )

    put(store, gone, first, Change.DELETED)

    assert counts_on(store) == {}
    tombstone = store.find("bakery", [gone.feedback.feedback_id])[gone.feedback.feedback_id]
    kept = tombstone.feedback
    assert (kept.text, kept.author, kept.author_id) == ("", None, None)
    assert (kept.url, kept.order_reference, kept.stars) == (None, None, None)
    assert tombstone.reading == Reading(status=ReadingStatus.UNSCORED, reason="deleted")
    assert kept.is_deleted
    assert store.scored_between("bakery", "2026-01-01", "2026-12-31") == []


def test_a_tombstone_keeps_the_version_of_the_deletion(store: Store) -> None:
    first = scored(a_feedback())
    put(store, first)
    gone = scored(a_feedback(updated_at=NOW, is_deleted=True))
    put(store, gone, first, Change.DELETED)
    feedback_id = gone.feedback.feedback_id

    tombstone = store.find("bakery", [feedback_id])[feedback_id]

    assert tombstone.feedback.version == gone.feedback.version > first.feedback.version


def test_a_feedback_that_was_gone_may_come_back(store: Store) -> None:
    first = scored(a_feedback())
    put(store, first)
    put(store, scored(a_feedback(updated_at=NOW, is_deleted=True)), first, Change.DELETED)
    feedback_id = first.feedback.feedback_id
    tombstone = store.find("bakery", [feedback_id])[feedback_id]
    back = scored(a_feedback(updated_at=NOW + MINUTE))

    put(store, back, tombstone, Change.EDITED)

    assert counts_on(store) == {(DAY, "main"): UNHAPPY_COUNTS}
    assert store.find("bakery", [feedback_id]) == {feedback_id: back}


def test_a_deletion_of_what_was_never_seen_is_remembered_and_counts_nothing(store: Store) -> None:
    gone = scored(a_feedback(is_deleted=True))

    put(store, gone, None, Change.DELETED)

    assert counts_on(store) == {}
    assert store.find("bakery", [gone.feedback.feedback_id])[
        gone.feedback.feedback_id
    ].feedback.is_deleted
    with pytest.raises(ConflictError):
        put(store, scored(a_feedback(text="older")))


def test_a_feedback_that_comes_after_its_own_deletion_counts_where_it_belongs(
    store: Store,
) -> None:
    gone = scored(a_feedback(is_deleted=True), day="2026-03-30")
    put(store, gone, None, Change.DELETED)
    (tombstone,) = store.find("bakery", [gone.feedback.feedback_id]).values()
    back = scored(a_feedback(updated_at=NOW))

    put(store, back, tombstone, Change.EDITED)

    assert counts_on(store, "2026-03-01", "2026-03-31") == {(DAY, "main"): UNHAPPY_COUNTS}
    assert store.scored_between("bakery", "2026-03-01", "2026-03-31") == [back]


def test_a_second_writer_of_a_new_feedback_must_read_again(store: Store) -> None:
    put(store, scored(a_feedback(text="one")))

    with pytest.raises(ConflictError):
        put(store, scored(a_feedback(text="two", updated_at=NOW)))


def test_a_writer_whose_reading_is_old_must_read_again(store: Store) -> None:
    first = scored(a_feedback())
    put(store, first)
    second = scored(a_feedback(text="two", updated_at=NOW))
    put(store, second, first, Change.EDITED)
    third = scored(a_feedback(text="three", updated_at=NOW + MINUTE))

    with pytest.raises(ConflictError):
        put(store, third, first, Change.EDITED)

    assert store.find("bakery", [second.feedback.feedback_id]) == {
        second.feedback.feedback_id: second
    }


def test_a_writer_that_saw_a_row_that_is_not_there_must_read_again(store: Store) -> None:
    first = scored(a_feedback())

    with pytest.raises(ConflictError):
        put(store, scored(a_feedback(updated_at=NOW)), first, Change.EDITED)

    assert store.find("bakery", [first.feedback.feedback_id]) == {}


def test_a_refused_write_leaves_no_trace(store: Store) -> None:
    first = scored(a_feedback())
    unjudged = put(store, first)
    other = scored(a_feedback(text="other", location="tor", updated_at=NOW), HAPPY)

    with pytest.raises(ConflictError):
        store.store(other, None, waiting(other), delivery_id="d-1")

    assert counts_on(store, "2026-01-01", "2026-12-31") == {(DAY, "main"): UNHAPPY_COUNTS}
    assert store.unjudged("bakery", 10) == [unjudged]
    assert not was_delivered(store, "d-1")


def test_an_older_version_never_takes_a_newer_ones_place(store: Store) -> None:
    newer = scored(a_feedback(text="newer", updated_at=NOW))
    put(store, newer)

    with pytest.raises(ValueError, match="older"):
        put(store, scored(a_feedback(text="older")), newer, Change.EDITED)

    assert store.find("bakery", [newer.feedback.feedback_id]) == {newer.feedback.feedback_id: newer}


def test_the_same_version_read_anew_moves_its_count_once(store: Store) -> None:
    first = scored(a_feedback(stars=5.0))
    put(store, first)
    anew = scored(a_feedback(stars=5.0), replace(HAPPY, model_version="2"))

    put(store, anew, first, Change.EDITED)
    put(store, anew, first, Change.EDITED)

    assert counts_on(store) == {(DAY, "main"): HAPPY_COUNTS}


@pytest.mark.parametrize("turn", range(3))
def test_counts_are_the_same_in_whatever_order_feedback_comes(store: Store, turn: int) -> None:
    feedbacks = [
        scored(a_feedback("r1", location="tor")),
        scored(a_feedback("r2", stars=5.0), HAPPY),
        scored(a_feedback("r3"), day="2026-03-28"),
    ]

    for stored in feedbacks[turn:] + feedbacks[:turn]:
        put(store, stored)

    assert counts_on(store, "2026-03-28", DAY) == {
        ("2026-03-28", "main"): UNHAPPY_COUNTS,
        (DAY, "main"): HAPPY_COUNTS,
        (DAY, "tor"): UNHAPPY_COUNTS,
    }


def test_counts_hold_both_days_asked_for_and_none_beside(store: Store) -> None:
    for number, day in enumerate(("2026-02-28", "2026-03-01", "2026-03-02", "2026-03-03")):
        put(store, scored(a_feedback(f"r{number}", location="ÿ-last😀"), day=day))

    assert list(store.counts("bakery", "2026-03-01", "2026-03-02")) == [
        ("2026-03-01", "ÿ-last😀"),
        ("2026-03-02", "ÿ-last😀"),
    ]


def test_a_location_may_hold_the_sign_that_parts_keys(store: Store) -> None:
    put(store, scored(a_feedback(location="a#b")))

    assert counts_on(store) == {(DAY, "a#b"): UNHAPPY_COUNTS}


def test_feedback_is_listed_by_local_date_oldest_first(store: Store) -> None:
    days = {"2025-12-31": "r1", "2026-01-01": "r2", "2026-02-28": "r3", "2026-03-01": "r4"}
    listed = [
        scored(a_feedback(name, written_at=NOW - number * MINUTE), day=day)
        for number, (day, name) in enumerate(days.items())
    ]
    late = scored(a_feedback("r5", written_at=NOW + MINUTE), day="2026-01-01")
    for stored in (*reversed(listed), late):
        put(store, stored)

    found = store.scored_between("bakery", "2026-01-01", "2026-02-28")

    assert found == [listed[1], late, listed[2]]


def test_listed_feedback_has_its_text(store: Store) -> None:
    put(store, scored(a_feedback()))

    assert [one.feedback.text for one in store.scored_between("bakery", DAY, DAY)] == [
        "We waited an hour and the bread was cold."
    ]


def test_not_negative_is_noted_once_and_moves_no_count(store: Store) -> None:
    stored = scored(a_feedback())
    put(store, stored)
    feedback_id = stored.feedback.feedback_id

    store.mark_not_negative("bakery", feedback_id, NOW)
    store.mark_not_negative("bakery", feedback_id, NOW + HOUR)

    found = store.find("bakery", [feedback_id])[feedback_id]
    assert found.is_not_negative
    assert found.feedback == stored.feedback
    assert found.reading == UNHAPPY
    assert counts_on(store) == {(DAY, "main"): UNHAPPY_COUNTS}


def test_not_negative_is_not_lost_to_an_edit_that_did_not_see_it(store: Store) -> None:
    first = scored(a_feedback())
    put(store, first)
    store.mark_not_negative("bakery", first.feedback.feedback_id, NOW)

    with pytest.raises(ConflictError):
        put(store, scored(a_feedback(text="two", updated_at=NOW)), first, Change.EDITED)


def test_an_edit_that_saw_not_negative_is_stored(store: Store) -> None:
    put(store, scored(a_feedback()))
    feedback_id = a_feedback().feedback_id
    store.mark_not_negative("bakery", feedback_id, NOW)
    marked = store.find("bakery", [feedback_id])[feedback_id]
    edited = scored(a_feedback(text="two", updated_at=NOW), is_not_negative=True)

    put(store, edited, marked, Change.EDITED)

    assert store.find("bakery", [feedback_id]) == {feedback_id: edited}


def test_not_negative_of_what_is_not_there_makes_nothing(store: Store) -> None:
    gone = scored(a_feedback("r2", is_deleted=True))
    put(store, gone, None, Change.DELETED)

    store.mark_not_negative("bakery", a_feedback("r1").feedback_id, NOW)
    store.mark_not_negative("bakery", gone.feedback.feedback_id, NOW)

    assert store.find("bakery", [a_feedback("r1").feedback_id]) == {}
    found = store.find("bakery", [gone.feedback.feedback_id])
    assert not found[gone.feedback.feedback_id].is_not_negative


def was_delivered(store: Store, delivery_id: str, hours: int = 0) -> bool:
    """Whether the claim of a delivery still holds so many hours after it was stored."""
    asked: bool = store.was_delivered("bakery", delivery_id, NOW + hours * HOUR)
    return asked


def test_a_delivery_is_claimed_with_its_feedback_for_a_week(store: Store) -> None:
    stored = scored(a_feedback())

    store.store(stored, None, waiting(stored), delivery_id="msg_1#ü")

    assert was_delivered(store, "msg_1#ü")
    assert was_delivered(store, "msg_1#ü", 7 * 24 - 1)
    assert not was_delivered(store, "msg_1#ü", 7 * 24 + 1)
    assert not was_delivered(store, "msg_2")


def test_a_delivery_that_is_claimed_already_is_no_error(store: Store) -> None:
    first, second = scored(a_feedback("r1")), scored(a_feedback("r2"))

    store.store(first, None, waiting(first), delivery_id="msg_1")
    store.store(second, None, waiting(second), delivery_id="msg_1")

    assert store.counts("bakery", DAY, DAY)[DAY, "main"]["n"] == 2


def test_an_answer_is_noted_once_and_counted_once(store: Store) -> None:
    one = scored(a_feedback())
    store.store(one, None, waiting(one))
    answered = replace(one, feedback=replace(one.feedback, answered_at=NOW))

    store.note_answer(answered, one)
    store.note_answer(answered, one)

    found = store.find("bakery", [one.feedback.feedback_id])[one.feedback.feedback_id]
    assert found == answered
    counts = store.counts("bakery", DAY, DAY)[DAY, "main"]
    assert (counts["n"], counts["answered"], counts["answered.1h"]) == (1, 1, 1)
    assert len(store.unjudged("bakery", 10)) == 1


def test_whoever_read_before_an_answer_was_noted_must_read_again(store: Store) -> None:
    one = scored(a_feedback())
    store.store(one, None, waiting(one))
    answered = replace(one, feedback=replace(one.feedback, answered_at=NOW))
    store.note_answer(answered, one)
    edit = scored(a_feedback(text="Warm now.", updated_at=NOW, answered_at=NOW))

    with pytest.raises(ConflictError):
        store.store(edit, one, waiting(edit, Change.EDITED))

    assert store.counts("bakery", DAY, DAY)[DAY, "main"]["answered"] == 1


def test_noting_an_answer_may_change_nothing_else(store: Store) -> None:
    one = scored(a_feedback())
    store.store(one, None, waiting(one))
    other = replace(one, feedback=replace(one.feedback, answered_at=NOW, text="Fine."))

    with pytest.raises(ValueError, match="an answer changes"):
        store.note_answer(other, one)
