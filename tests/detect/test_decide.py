"""The rules of speaking, each on both sides of its boundary."""

from dataclasses import replace
from datetime import timedelta
from math import exp

import pytest

from chalicelib.detect.decide import decide
from chalicelib.detect.detector import judge
from chalicelib.detect.ring import score, summed
from chalicelib.detect.state import Alarm, DetectorState, from_seconds, to_seconds
from chalicelib.domain.spike import NoticeKind
from tests.detect.feedbacks import BAD, GOOD, burst, dice, evidence, kinds, quiet, run, settled

THRESHOLD = -0.45
DAY = 86_400


def _at_score(state: DetectorState, wanted: float) -> DetectorState:
    """The state with its sums scaled so that its score is as wanted."""
    reached = exp(_score(state) - wanted)
    return replace(state, sums={name: value / reached for name, value in state.sums.items()})


def _score(state: DetectorState) -> float:
    pace, share = state.pace.per_day(), state.usual.of_all().negative
    budget = max(5.0, 55.0 * pace**1.16 * (share / 0.15) ** 0.5)
    return score(state.sums, state.usual.groups, budget)


def _with_negatives(count: int) -> tuple[DetectorState, int]:
    """A business that hears praise only, and then so many negatives."""
    state, at = settled(share=0.0)
    state, _ = run(burst(count, at), state)
    state = replace(state, alarm=None)
    return state, to_seconds(at + timedelta(days=1))


def _spoken(state: DetectorState, now: int) -> NoticeKind | None:
    _, notice = decide(state, len(state.ring) - 1, now, THRESHOLD)
    return notice.kind if notice else None


@pytest.mark.parametrize(("wanted", "kind"), [(-0.5, None), (-0.4, NoticeKind.ALARM)])
def test_an_alarm_opens_at_its_threshold(wanted: float, kind: NoticeKind | None) -> None:
    state, now = _with_negatives(2)

    assert _spoken(_at_score(state, wanted), now) is kind


@pytest.mark.parametrize(("negatives", "kind"), [(1, None), (2, NoticeKind.ALARM)])
def test_one_negative_is_no_evidence_whatever_the_sums_say(
    negatives: int, kind: NoticeKind | None
) -> None:
    state, now = _with_negatives(negatives)

    assert _spoken(_at_score(state, 1.0), now) is kind


@pytest.mark.parametrize(
    ("negatives", "wanted", "urgent"), [(2, 1.0, False), (3, 0.9, False), (3, 1.0, True)]
)
def test_waking_somebody_takes_three_negatives_and_more_evidence(
    negatives: int, wanted: float, urgent: bool
) -> None:
    state, now = _with_negatives(negatives)

    _, notice = decide(_at_score(state, wanted), len(state.ring) - 1, now, THRESHOLD)

    assert notice is not None
    assert notice.is_urgent is urgent


@pytest.mark.parametrize(
    ("wanted", "calm_days", "kind"),
    [(-1.8, 5, None), (-2.0, 5, NoticeKind.RESOLVED), (-2.0, 1.9, None)],
)
def test_an_end_takes_a_low_score_and_two_calm_days(
    wanted: float, calm_days: float, kind: NoticeKind | None
) -> None:
    state, now = _with_negatives(3)
    alarm = Alarm(opened_at=now - 6 * DAY, told=0.0, high_at=now - int(calm_days * DAY))

    assert _spoken(replace(_at_score(state, wanted), alarm=alarm), now) is kind


@pytest.mark.parametrize(("wanted", "kind"), [(2.9, None), (3.1, NoticeKind.ALARM)])
def test_only_far_more_evidence_breaks_the_cool_down(
    wanted: float, kind: NoticeKind | None
) -> None:
    state, now = _with_negatives(3)
    state = replace(_at_score(state, wanted), quiet_until=now + 1, last_told=0.0)

    assert _spoken(state, now) is kind
    assert _spoken(replace(state, quiet_until=now), now) is NoticeKind.ALARM


@pytest.mark.parametrize(("days", "kind"), [(20.9, None), (21, NoticeKind.NEW_NORMAL)])
def test_three_weeks_make_a_new_normal(days: float, kind: NoticeKind | None) -> None:
    state, now = _with_negatives(3)
    alarm = Alarm(opened_at=now - int(days * DAY), told=0.0, high_at=now)

    assert _spoken(replace(_at_score(state, 0.5), alarm=alarm), now) is kind


def test_what_was_settled_does_not_alarm_again_when_something_late_comes_in() -> None:
    state, now = _with_negatives(6)
    for number in range(20):
        at = state.ring[-1].at + 3600
        one = evidence(f"p{number}", from_seconds(at), GOOD)
        state, _ = judge(state, one)
    base = {name: 2000.0 for name in state.sums}
    state = replace(state, base=base, sums=summed(base, state.ring), alarm=None, quiet_until=0)
    newest = state.ring[-1].at

    _, before = decide(state, 0, now, THRESHOLD)
    _, settled_now = decide(replace(state, settled_until=newest), 0, now, THRESHOLD)

    assert before is not None
    assert before.kind is NoticeKind.ALARM
    assert settled_now is None


def test_topics_with_different_shares_have_different_usual_levels() -> None:
    random = dice(2)
    stream = []
    for one in quiet(400, per_day=4, share=0.0):
        is_wait = random.random() < 0.5
        is_bad = random.random() < (0.4 if is_wait else 0.05)
        group = "topic:wait" if is_wait else "topic:taste"
        stream.append(replace(one, negative=BAD if is_bad else GOOD, groups=(group,)))
    state, _ = run(stream)
    share = state.usual.of_source("web")

    wait = state.usual.of_group("topic:wait", share).negative
    taste = state.usual.of_group("topic:taste", share).negative

    assert wait > 3 * taste


def test_a_new_normal_moves_what_is_usual() -> None:
    state, at = settled()
    before = state.usual.of_source("web").negative

    state, notices = run(list(quiet(160, start=at, share=0.5, seed=4, name="n")), state)

    assert NoticeKind.NEW_NORMAL in kinds(notices)
    assert before < 0.2
    assert state.usual.of_source("web").negative > 0.3


def test_a_new_source_of_a_busy_business_teaches_twenty_times_before_it_counts() -> None:
    state, at = settled(300, per_day=8.0, seed=1, share=0.05)

    state, _ = run(burst(25, at, GOOD, source="forum"), state)

    assert sum(heard.source == "forum" for heard in state.ring) == 5


def test_the_same_feedback_in_less_time_gives_less_evidence() -> None:
    state, at = settled()
    usual = [evidence(f"u{i}", at + timedelta(hours=12 * i), 0.5) for i in range(12)]
    dense = [evidence(f"u{i}", at + timedelta(hours=i), 0.5) for i in range(12)]

    slow, _ = run(usual, state)
    fast, _ = run(dense, state)

    assert fast.sums["*"] < slow.sums["*"]


def test_what_was_usual_long_ago_is_forgotten() -> None:
    state, _ = run(list(quiet(900, per_day=10.0, seed=3)))

    assert 350 < state.usual.sources["web"].heard < 660
