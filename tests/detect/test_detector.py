"""The detector: when it speaks, when it does not, and what it says."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.detect.detector import correct, judge, new_state, replay
from chalicelib.detect.state import from_document, to_document
from chalicelib.domain.spike import Correction, NoticeKind, Sensitivity
from tests.detect.feedbacks import (
    BAD,
    GOOD,
    START,
    burst,
    dice,
    evidence,
    kinds,
    praise,
    quiet,
    run,
    settled,
)


def test_a_calm_business_hears_nothing() -> None:
    _, notices = run(list(quiet(400, seed=9)))

    assert notices == []


def test_a_burst_of_negatives_opens_one_alarm_and_says_how_many_and_how_many_usually() -> None:
    state, at = settled()

    _, notices = run(burst(5, at), state)

    assert kinds(notices) == [NoticeKind.ALARM]
    alarm = notices[0]
    assert alarm.negative >= 3
    assert alarm.of >= alarm.negative
    assert alarm.usual < 1.5
    assert alarm.sentence.startswith(f"{alarm.negative} of the last {alarm.of} were negative")
    assert alarm.feedback_ids[-1].startswith("fb")
    assert len(alarm.feedback_ids) == alarm.negative
    assert alarm.leading_group is None
    assert not alarm.is_about_past


def test_one_negative_alone_never_alarms_even_at_the_keenest_setting() -> None:
    state, at = settled()

    _, notices = run([evidence("only", at, 0.99)], state, Sensitivity.WATCHFUL)

    assert notices == []


def test_good_feedback_resolves_it_once_but_not_before_two_calm_days() -> None:
    state, at = settled()
    state, _ = run(burst(5, at), state)

    _, soon = run(burst(30, at + timedelta(days=1), GOOD, name="g"), state)
    _, later = run(praise(40, at + timedelta(days=1)), state)

    assert soon == []
    assert kinds(later) == [NoticeKind.RESOLVED]
    assert later[0].score <= -1.9
    assert later[0].at >= at + timedelta(days=3)


def test_ten_times_the_evidence_while_open_escalates_and_less_does_not() -> None:
    state, at = settled()
    state, opened = run(burst(5, at), state)

    _, notices = run(burst(12, at + timedelta(hours=8), name="more"), state)

    assert notices[0].kind is NoticeKind.ESCALATED
    assert notices[0].score >= opened[0].score + 3
    assert set(kinds(notices)) == {NoticeKind.ESCALATED}


def test_within_three_days_after_the_end_the_same_again_is_not_told() -> None:
    state, at = settled()
    state, _ = run(burst(5, at), state)
    state, ended = run(praise(40, at + timedelta(days=1))[:24], state)
    over = ended[0].at

    _, soon = run(burst(5, over + timedelta(days=2), name="again"), state)
    _, later = run(burst(5, over + timedelta(days=4), name="again"), state)

    assert kinds(ended) == [NoticeKind.RESOLVED]
    assert soon == []
    assert kinds(later) == [NoticeKind.ALARM]


def test_what_lasts_three_weeks_becomes_the_new_normal_and_stays_quiet_after() -> None:
    state, at = settled(seed=7)

    _, notices = run(list(quiet(160, start=at, share=0.5, seed=4, name="n")), state)

    assert kinds(notices)[0] is NoticeKind.ALARM
    assert kinds(notices)[-1] is NoticeKind.NEW_NORMAL
    assert kinds(notices).count(NoticeKind.ALARM) == 1


def test_old_feedback_teaches_but_never_alarms() -> None:
    state, now = settled()
    old = [
        evidence(f"old{i}", now - timedelta(days=20, hours=i), BAD, now=now, seen_since=now)
        for i in range(40)
    ]

    taught, notices = run(old, state)

    assert notices == []
    assert taught.sums == state.sums
    assert taught.usual.of_source("web").negative > state.usual.of_source("web").negative


@pytest.mark.parametrize(("hours_before_the_look", "kind"), [(71, NoticeKind.ALARM), (73, None)])
def test_the_look_before_decides_what_is_news(
    hours_before_the_look: int, kind: NoticeKind | None
) -> None:
    state, at = settled()
    now = at + timedelta(days=10)
    looked = at + timedelta(hours=hours_before_the_look)
    missed = [evidence(f"m{i}", at, BAD, now=now, seen_since=looked) for i in range(6)]

    _, notices = run(missed, state)

    assert kinds(notices)[:1] == ([kind] if kind else [])


@pytest.mark.parametrize(("days_ago", "kind"), [(34, NoticeKind.ALARM), (36, None)])
def test_nothing_older_than_five_weeks_is_news(days_ago: int, kind: NoticeKind | None) -> None:
    state, at = settled()
    now = at + timedelta(days=days_ago)
    missed = [evidence(f"m{i}", at, BAD, now=now, seen_since=at) for i in range(6)]

    _, notices = run(missed, state)

    assert kinds(notices)[:1] == ([kind] if kind else [])
    assert all(notice.is_about_past for notice in notices)


def test_history_never_alarms_however_new_it_is() -> None:
    state, at = settled()
    history = [replace(one, is_history=True) for one in burst(20, at)]

    after, notices = run(history, state)

    assert notices == []
    assert after.sums == state.sums


def test_a_new_source_teaches_first() -> None:
    state, at = settled()

    after, notices = run(burst(12, at, source="forum"), state)

    assert notices == []
    assert after.sums == state.sums
    assert after.usual.of_source("forum").negative > 0.3


def test_trouble_at_one_location_names_it() -> None:
    random = dice(4)
    places = ["location:north", "location:south", "location:harbour"]
    calm = [replace(one, groups=(random.choice(places),)) for one in quiet(300, per_day=3, seed=12)]
    state, notices = run(calm)
    at = calm[-1].at
    trouble = []
    for i in range(40):
        place = places[i % 3]
        negative = BAD if place == "location:harbour" else GOOD
        when = at + timedelta(hours=8 * (i + 1))
        trouble.append(evidence(f"t{i}", when, negative, groups=(place,)))

    _, notices = run(trouble, state)

    assert notices[0].kind is NoticeKind.ALARM
    assert notices[0].leading_group == "location:harbour"
    assert " about location:harbour " in notices[0].sentence


def test_everything_delivered_three_times_gives_the_same_state_and_notices() -> None:
    state, at = settled()
    stream = [*burst(6, at), *quiet(80, start=at + timedelta(days=1), name="z")]

    once = run(stream, state)
    thrice = run([one for one in stream for _ in range(3)], state)
    as_batches = run(
        [one for i in range(0, len(stream), 10) for _ in range(3) for one in stream[i : i + 10]],
        state,
    )

    assert thrice == once
    assert as_batches == once


def test_the_order_of_arrival_within_the_ring_does_not_change_the_evidence() -> None:
    state, at = settled()
    stream = list(quiet(30, start=at, name="z", share=0.2))
    shuffled = stream.copy()
    dice(8).shuffle(shuffled)
    now = stream[-1].at

    in_order, _ = run([replace(one, now=now, seen_since=at) for one in stream], state)
    mixed, _ = run([replace(one, now=now, seen_since=at) for one in shuffled], state)

    assert [one.feedback_id for one in mixed.ring] == [one.feedback_id for one in in_order.ring]


def test_a_trouble_that_arrives_late_and_unsorted_is_still_told() -> None:
    state, at = settled()
    now = at + timedelta(days=7)
    week = [*burst(6, at), *burst(12, at + timedelta(days=2), GOOD, name="g")]
    newest_first = [replace(one, now=now, seen_since=at) for one in reversed(week)]

    _, notices = run(newest_first, state)

    assert NoticeKind.ALARM in kinds(notices)


def test_a_feedback_dated_in_the_future_counts_as_written_now() -> None:
    state, at = settled()

    after, _ = judge(state, evidence("f", at + timedelta(days=400), GOOD, now=at))

    assert after.ring[-1].at == int(at.timestamp())


def test_feedback_that_says_nothing_changes_nothing() -> None:
    state, at = settled()

    assert judge(state, evidence("n", at, None)) == (state, None)


def test_the_document_survives_json_to_the_last_bit_at_every_step() -> None:
    groups = ("location:a", "topic:b")
    stream = list(quiet(150, share=0.3, groups=groups, seed=2))
    kept = restored = new_state()

    for one in stream:
        kept, notice = judge(kept, one)
        restored, same = judge(from_document(json.loads(json.dumps(to_document(restored)))), one)
        assert (restored, same) == (kept, notice)


def test_the_document_of_a_busy_business_stays_under_six_kilobytes() -> None:
    stream = [
        replace(one, feedback_id=f"{i:016x}", groups=(f"location:{i % 5}", f"topic:{i % 4}"))
        for i, one in enumerate(quiet(300, per_day=20, seed=6))
    ]

    state, _ = run(stream)

    assert len(json.dumps(to_document(state), separators=(",", ":"))) < 6144


def test_a_document_of_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="version 99"):
        from_document({"v": 99})


def test_deleting_the_reviews_of_an_alarm_resolves_it_at_once() -> None:
    state, at = settled()
    state, notices = run(burst(5, at), state)
    told = []

    for feedback_id in notices[0].feedback_ids:
        state, notice = correct(state, feedback_id, None, at + timedelta(hours=9))
        told.append(notice.kind if notice else None)

    assert told.count(NoticeKind.RESOLVED) == 1
    assert state.alarm is None


def test_an_edit_to_worse_can_open_an_alarm() -> None:
    state, at = settled()
    state, before = run(burst(5, at, GOOD), state)
    told = []

    for i in range(5):
        state, notice = correct(state, f"fb{i}", BAD, at + timedelta(hours=9))
        told += [notice.kind] if notice else []

    assert before == []
    assert told == [NoticeKind.ALARM]


def test_a_correction_of_what_is_long_gone_changes_nothing() -> None:
    state, at = settled()

    assert correct(state, "fq0", BAD, at) == (state, None)


def test_a_deleted_feedback_that_is_delivered_again_stays_deleted() -> None:
    state, at = settled()
    last = burst(1, at)[0]
    state, _ = run([last], state)
    state, _ = correct(state, last.feedback_id, None, at)

    assert judge(state, last) == (state, None)


def test_the_ledger_rebuilds_the_state_to_the_last_bit() -> None:
    stream = list(quiet(200, share=0.25, seed=9, groups=("location:a",)))
    correction = Correction(feedback_id=stream[-1].feedback_id, negative=GOOD, now=stream[-1].at)
    lived, _ = run(stream)
    lived, _ = correct(lived, correction.feedback_id, correction.negative, correction.now)

    halfway = replay(stream[:100])

    assert replay([*stream, correction]) == lived
    assert replay([*stream[100:], correction], start=halfway) == lived


def test_a_calm_owner_is_told_later_than_a_watchful_one() -> None:
    state, at = settled()
    firsts = []

    for sensitivity in (Sensitivity.WATCHFUL, Sensitivity.BALANCED, Sensitivity.CALM):
        _, notices = run(burst(12, at), state, sensitivity)
        firsts.append(notices[0].at)

    assert firsts == sorted(firsts)
    assert firsts[0] < firsts[2]


def test_a_flood_can_neither_overflow_nor_last_for_ever() -> None:
    state, at = settled(per_day=8.0, seed=2)
    flood = [evidence(f"x{i}", at + timedelta(seconds=i), 0.99) for i in range(2000)]

    state, notices = run(flood, state)
    _, after = run(praise(40, at + timedelta(days=1)), state)

    assert notices[0].kind is NoticeKind.ALARM
    assert len(notices) < 8
    assert kinds(after) == [NoticeKind.RESOLVED]


def test_times_begin_aware_and_probabilities_lie_between_0_and_1() -> None:
    with pytest.raises(ValueError, match="negative"):
        evidence("x", START, 1.2)
    with pytest.raises(ValueError, match="time zone"):
        evidence("x", START.replace(tzinfo=None), 0.5)
