"""When to speak: open, worse, over, or the new normal. At most one notice per feedback."""

from dataclasses import replace
from math import pow, sqrt

from chalicelib.detect.explain import Window, find_window, last_of
from chalicelib.detect.parameters import (
    BUDGET,
    BUDGET_PACE_POWER,
    CALM_DAYS,
    COOL_DOWN_DAYS,
    FIRST_SHARE,
    FORGOTTEN,
    LATE_PUBLISHING_DAYS,
    LEAST_BUDGET,
    LEAST_NEGATIVES,
    NEW_NORMAL_DAYS,
    OLD_NORMAL_WEIGHT,
    RESOLVED_SCORE,
    SECONDS_A_DAY,
    URGENT_NEGATIVES,
    URGENT_SCORE,
    WORSE_BY,
)
from chalicelib.detect.relearn import relearn
from chalicelib.detect.ring import leading_group, score, summed, walk
from chalicelib.detect.state import Alarm, DetectorState, from_seconds
from chalicelib.domain.spike import Notice, NoticeKind, describe_spike

# An end of trouble is told with the last ten feedbacks.
_CALM_WINDOW = 10
_CALM = int(CALM_DAYS * SECONDS_A_DAY)
_COOL_DOWN = int(COOL_DOWN_DAYS * SECONDS_A_DAY)
_NEW_NORMAL = int(NEW_NORMAL_DAYS * SECONDS_A_DAY)
_PAST = int(LATE_PUBLISHING_DAYS * SECONDS_A_DAY)


def decide(
    state: DetectorState, place: int, now: int, threshold: float
) -> tuple[DetectorState, Notice | None]:
    """Speak or not, after the feedback at `place` of the ring came in or changed.

    What came late is judged at its own place: the highest score from there on counts, so that a
    trouble which was over when we heard of it is still told. Ends are judged at the newest.
    """
    alarm = state.alarm
    if alarm is None:
        return _open(state, place, now, threshold)
    last = _score(state)
    if last >= threshold:
        alarm = replace(alarm, high_at=now)
        state = replace(state, alarm=alarm)
    if last <= RESOLVED_SCORE and now - alarm.high_at >= _CALM:
        return _resolve(state, now, last)
    if now - alarm.opened_at >= _NEW_NORMAL:
        return _accept(state, now, last)
    peak, peak_at = _peak(state, place)
    if peak < alarm.told + WORSE_BY:
        return state, None
    window, leader = _explain(state, peak_at)
    notice = _notice(NoticeKind.ESCALATED, now, peak, window, leader)
    return replace(state, alarm=replace(alarm, told=peak)), notice


def decide_corrected(
    before: DetectorState, after: DetectorState, place: int, now: int, threshold: float
) -> tuple[DetectorState, Notice | None]:
    """Speak or not after an edit or a deletion; an alarm that it undoes is over at once."""
    if after.alarm is not None and _peak(after, -1)[0] < threshold <= _peak(before, -1)[0]:
        state, notice = _resolve(after, now, _score(after))
        return replace(state, quiet_until=0), notice
    return decide(after, place, now, threshold)


def _open(
    state: DetectorState, place: int, now: int, threshold: float
) -> tuple[DetectorState, Notice | None]:
    peak, peak_at = _peak(state, place)
    if peak < threshold:
        return state, None
    if now < state.quiet_until and peak < state.last_told + WORSE_BY:
        return state, None
    window, leader = _explain(state, peak_at)
    if window.negative < LEAST_NEGATIVES:
        return state, None
    notice = _notice(NoticeKind.ALARM, now, peak, window, leader)
    return replace(state, alarm=Alarm(opened_at=now, told=peak, high_at=now)), notice


def _resolve(state: DetectorState, now: int, last: float) -> tuple[DetectorState, Notice]:
    notice = _notice(NoticeKind.RESOLVED, now, last, last_of(state.ring, _CALM_WINDOW), None)
    return _closed(state, now), notice


def _accept(state: DetectorState, now: int, last: float) -> tuple[DetectorState, Notice]:
    """What has lasted three weeks is the new normal: the sums begin at nothing."""
    window, leader = _explain(state, len(state.ring) - 1)
    notice = _notice(NoticeKind.NEW_NORMAL, now, last, window, leader)
    stretch = find_window(state.ring, None).of
    newest = state.ring[len(state.ring) - stretch :]
    usual = relearn(state.usual, newest, OLD_NORMAL_WEIGHT)
    marks = tuple(heard.mark for heard in state.ring)
    dropped = (*state.dropped, *marks)[-FORGOTTEN:]
    state = replace(_closed(state, now), usual=usual, ring=(), base={}, sums={}, dropped=dropped)
    return state, notice


def _closed(state: DetectorState, now: int) -> DetectorState:
    told = state.alarm.told if state.alarm else state.last_told
    newest = max((heard.at for heard in state.ring), default=state.settled_until)
    return replace(
        state,
        alarm=None,
        last_told=told,
        quiet_until=now + _COOL_DOWN,
        settled_until=max(state.settled_until, newest),
    )


def _score(state: DetectorState) -> float:
    return score(state.sums, state.usual.groups, _budget(state))


def _budget(state: DetectorState) -> float:
    """What the sums reach in a quiet quarter about once: more often where more is complained of.

    By theory the sums grow with the number of feedbacks. Measured, their alarms also grow a little
    with pace, because more feedback sees more of the slow drift, and with the usual share.
    """
    share = state.usual.of_all().negative
    pace = pow(state.pace.per_day(), BUDGET_PACE_POWER)
    return max(LEAST_BUDGET, BUDGET * pace * sqrt(share / FIRST_SHARE))


def _peak(state: DetectorState, place: int) -> tuple[float, int]:
    """The highest score at or after `place` (-1: before the ring) among what is not settled."""
    newest = len(state.ring) - 1
    if place == newest:
        return _score(state), newest
    budget = _budget(state)
    peak, peak_at = float("-inf"), newest
    if place < 0 and (not state.ring or state.ring[0].at > state.settled_until):
        peak, peak_at = score(state.base, state.usual.groups, budget), -1
    for index, sums in enumerate(walk(state.base, state.ring)):
        if index < place or state.ring[index].at <= state.settled_until:
            continue
        here = score(sums, state.usual.groups, budget)
        if here > peak:
            peak, peak_at = here, index
    return peak, peak_at


def _explain(state: DetectorState, peak_at: int) -> tuple[Window, str | None]:
    """The window and the group that leads; the whole where the group alone shows too little."""
    ring = state.ring[: peak_at + 1]
    leader = leading_group(summed(state.base, ring), state.usual.groups)
    window = find_window(ring, leader)
    if leader is not None and window.negative < LEAST_NEGATIVES:
        return find_window(ring, None), None
    return window, leader


def _notice(
    kind: NoticeKind, now: int, score_now: float, window: Window, leader: str | None
) -> Notice:
    return Notice(
        kind=kind,
        at=from_seconds(now),
        score=score_now,
        sentence=describe_spike(window.negative, window.of, window.usual, leader),
        negative=window.negative,
        of=window.of,
        usual=window.usual,
        leading_group=leader,
        feedback_ids=window.feedback_ids,
        is_about_past=window.newest_at < now - _PAST,
        is_urgent=score_now >= URGENT_SCORE and window.negative >= URGENT_NEGATIVES,
    )
