"""The spike detector: one feedback in, the next state and perhaps a notice out.

Pure: no clock, no store. `judge` takes what is new, `correct` what was edited or deleted, `replay`
rebuilds a state from the ledger of both. The same ledger gives the same state to the last bit.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from chalicelib.detect.decide import decide, decide_corrected
from chalicelib.detect.evidence import correct_for_share
from chalicelib.detect.parameters import (
    CALENDAR,
    FORGOTTEN,
    LAG,
    LATE_PUBLISHING_DAYS,
    LEAST_NEGATIVE,
    LONGEST_GAP,
    LONGEST_GAP_DAYS,
    MOST_NEGATIVE,
    OLDEST_EVIDENCE_DAYS,
    RING,
    SECONDS_A_DAY,
    USUAL_HALF_LIFE_DAYS,
    USUAL_HALF_LIFE_FEEDBACKS,
)
from chalicelib.detect.ring import WHOLE, Heard, View, add, mark_of, place_of, summed, view
from chalicelib.detect.state import HUNDREDTHS, TEN_THOUSANDTHS, DetectorState, to_seconds
from chalicelib.detect.usual import Share, Usual
from chalicelib.domain.spike import Correction, Evidence, Notice, Sensitivity


def new_state() -> DetectorState:
    """A business of which nothing is known."""
    return DetectorState()


def judge(
    state: DetectorState, evidence: Evidence, *, sensitivity: Sensitivity = Sensitivity.BALANCED
) -> tuple[DetectorState, Notice | None]:
    """Take in one feedback, in order of arrival; a repeat changes nothing."""
    if evidence.negative is None or _is_known(state, mark_of(evidence.feedback_id)):
        return state, None
    usual = state.usual.introduced(evidence.source, state.pace.per_day())
    state = replace(state, usual=usual)
    if not is_news(evidence):
        return _teach(state, evidence), None
    at = min(to_seconds(evidence.at), to_seconds(evidence.now))
    if usual.sources[evidence.source].on_probation:
        return _move_clock(_teach(state, evidence), at), None
    state, place = _insert(state, evidence, at)
    return decide(state, place, to_seconds(evidence.now), sensitivity.threshold)


def correct(
    state: DetectorState,
    feedback_id: str,
    negative: float | None,
    now: datetime,
    *,
    sensitivity: Sensitivity = Sensitivity.BALANCED,
) -> tuple[DetectorState, Notice | None]:
    """Take in an edit or a deletion of a feedback that was judged before.

    While it is among the newest (the ring) the sums are worked out again with its new value, as if
    it had been so from the start: that may open an alarm, and an open alarm whose evidence no
    longer reaches the threshold anywhere is RESOLVED at once. A deleted feedback keeps its place
    without any weight, so that a repeat of it stays known. Of an older feedback only the usual
    share could change, by less than one part in a hundred: nothing happens.
    """
    place = next(
        (i for i, heard in enumerate(state.ring) if heard.feedback_id == feedback_id), None
    )
    if place is None:
        return state, None
    before = state
    old = state.ring[place]
    new_negative = None if negative is None else _bounded(negative)
    if new_negative == old.negative:
        return state, None
    new = replace(
        old,
        negative=new_negative,
        views={
            name: view(new_negative, seen.share, seen.known, seen.start)
            for name, seen in old.views.items()
        },
    )
    usual = state.usual
    if place < len(state.ring) - LAG:
        usual = _absorbed(_absorbed(usual, old, -1.0), new, 1.0)
    ring = (*state.ring[:place], new, *state.ring[place + 1 :])
    state = _resummed(replace(state, ring=ring, usual=usual))
    return decide_corrected(before, state, place, to_seconds(now), sensitivity.threshold)


def replay(
    ledger: Iterable[Evidence | Correction],
    *,
    sensitivity: Sensitivity = Sensitivity.BALANCED,
    start: DetectorState | None = None,
) -> DetectorState:
    """The state after a ledger, from nothing or from a checkpoint."""
    state = start or new_state()
    for entry in ledger:
        if isinstance(entry, Evidence):
            state, _ = judge(state, entry, sensitivity=sensitivity)
        else:
            state, _ = correct(
                state, entry.feedback_id, entry.negative, entry.now, sensitivity=sensitivity
            )
    return state


def holds(state: DetectorState, feedback_id: str) -> bool:
    """Whether a feedback is among the newest, so that `correct` finds it."""
    return any(heard.feedback_id == feedback_id for heard in state.ring)


def is_news(evidence: Evidence) -> bool:
    """Whether it was written since we last looked, give or take late publishing; not history."""
    if evidence.is_history:
        return False
    looked = evidence.seen_since or evidence.now
    written = to_seconds(evidence.at)
    if written > to_seconds(evidence.now):
        return True
    if written < to_seconds(looked) - LATE_PUBLISHING_DAYS * SECONDS_A_DAY:
        return False
    return written >= to_seconds(evidence.now) - OLDEST_EVIDENCE_DAYS * SECONDS_A_DAY


def _is_known(state: DetectorState, mark: str) -> bool:
    return mark in state.dropped or any(heard.mark == mark for heard in state.ring)


def _bounded(negative: float) -> float:
    """Four digits: all that a score is worth, and a short document."""
    bounded = min(MOST_NEGATIVE, max(LEAST_NEGATIVE, negative))
    return round(bounded * TEN_THOUSANDTHS) / TEN_THOUSANDTHS


def _dropped(state: DetectorState, mark: str) -> tuple[str, ...]:
    return (*state.dropped, mark)[-FORGOTTEN:]


def _teach(state: DetectorState, evidence: Evidence) -> DetectorState:
    """History and sources on probation teach what is usual at once, and nothing else."""
    share = state.usual.of_source(evidence.source)
    negative = _bounded(evidence.negative or 0.0)
    corrected = correct_for_share(negative, share.negative)
    usual = state.usual
    for group in evidence.groups:
        usual = usual.gathered(group, 0)
        usual = usual.learned_of_group(group, corrected, share.negative)
    usual = usual.learned(evidence.source, corrected, float(negative >= 0.5))
    dropped = _dropped(state, mark_of(evidence.feedback_id))
    return _without_lost_groups(replace(state, usual=usual, dropped=dropped))


def _move_clock(state: DetectorState, at: int) -> DetectorState:
    """The pace with one more feedback; forgetting is done once a day, which is exact enough."""
    pace = state.pace.after(at)
    per_day = pace.per_day()
    faded_at = state.faded_at if state.faded_at is not None else at
    days = (at - faded_at) / SECONDS_A_DAY
    if days < 1.0:
        return replace(state, pace=pace, faded_at=faded_at)
    half_life = max(USUAL_HALF_LIFE_DAYS, USUAL_HALF_LIFE_FEEDBACKS / per_day)
    usual = state.usual.faded(0.5 ** (days / half_life))
    return replace(state, pace=pace, usual=usual, faded_at=at)


def _insert(state: DetectorState, evidence: Evidence, at: int) -> tuple[DetectorState, int]:
    """Put a feedback into its place; the place is -1 when it is older than the whole ring."""
    heard, usual = _heard(state, evidence, at)
    state = _without_lost_groups(_move_clock(replace(state, usual=usual), at))
    place = place_of(state.ring, heard)
    if place == 0 and len(state.ring) >= RING:
        # Too late for its own place: it counts at the beginning of the ring, and teaches at once.
        state = replace(
            state,
            base=add(state.base, heard),
            usual=_absorbed(state.usual, heard, 1.0),
            dropped=_dropped(state, heard.mark),
        )
        return _resummed(state), -1
    ring = (*state.ring[:place], heard, *state.ring[place:])
    usual = state.usual
    if len(ring) > LAG:
        # The newest stay out; whatever place it took, exactly one more is old enough.
        usual = _absorbed(usual, ring[min(place, len(ring) - LAG - 1)], 1.0)
    is_newest = place == len(ring) - 1
    sums = add(state.sums, heard) if is_newest else summed(state.base, ring)
    state = replace(state, ring=ring, usual=usual, sums=sums)
    if len(ring) <= RING:
        return state, place
    oldest = ring[0]
    base, dropped = add(state.base, oldest), _dropped(state, oldest.mark)
    return replace(state, ring=ring[1:], base=base, dropped=dropped), place - 1


def _heard(state: DetectorState, evidence: Evidence, at: int) -> tuple[Heard, Usual]:
    """The feedback with what was usual, and how long nothing came, at the moment it arrived."""
    share = state.usual.of_source(evidence.source)
    negative = _bounded(evidence.negative or 0.0)
    whole = _view(negative, share, _start(state, at))
    views = {WHOLE: whole}
    usual = state.usual
    for group in dict.fromkeys(evidence.groups):
        usual = usual.gathered(group, at)
        if group not in usual.groups:
            continue
        start = whole.start if group not in state.usual.groups else _group_start(state, group, at)
        views[group] = _view(negative, usual.of_group(group, share), start)
    heard = Heard(
        feedback_id=evidence.feedback_id,
        mark=mark_of(evidence.feedback_id),
        at=at,
        negative=negative,
        source=evidence.source,
        labelled=round(share.labelled * TEN_THOUSANDTHS) / TEN_THOUSANDTHS,
        views=views,
    )
    return heard, usual


def _view(negative: float, share: Share, start: float) -> View:
    """Rounded before use, so that the document is short and reading it changes nothing."""
    return view(
        negative,
        round(share.negative * TEN_THOUSANDTHS) / TEN_THOUSANDTHS,
        round(share.known),
        round(start * HUNDREDTHS) / HUNDREDTHS,
    )


def _start(state: DetectorState, at: int) -> float:
    """One, partly replaced by the usual number of feedbacks in the time since the newest."""
    per_day = state.pace.per_day()
    if state.pace.last is None:
        return 1.0
    longest = max(LONGEST_GAP / per_day, LONGEST_GAP_DAYS)
    gap = min(state.pace.days_until(at), longest)
    return CALENDAR * per_day * gap + 1.0 - CALENDAR


def _group_start(state: DetectorState, group: str, at: int) -> float:
    """The same for a group, whose feedbacks are fewer: all sums grow alike in the long run."""
    per_day = state.pace.per_day()
    own = state.usual.groups[group]
    if not own.last:
        return _start(state, at)
    every = sum(source.heard for source in state.usual.sources.values()) + 1.0
    one_in = every / (own.heard + 1.0)
    longest = max(LONGEST_GAP * one_in / per_day, LONGEST_GAP_DAYS)
    gap = min(max(0.0, (at - own.last) / SECONDS_A_DAY), longest)
    return CALENDAR * per_day * gap + (1.0 - CALENDAR) * one_in


def _absorbed(usual: Usual, heard: Heard, weight: float) -> Usual:
    """What is usual after a feedback became old enough to teach (or, at -1, is taken back)."""
    if heard.negative is None:
        return usual
    share = heard.views[WHOLE].share
    corrected = correct_for_share(heard.negative, share)
    labelled = float(heard.is_negative())
    usual = usual.learned(heard.source, corrected, labelled, weight)
    for group in heard.views:
        if group != WHOLE:
            usual = usual.learned_of_group(group, corrected, share, weight)
    return usual


def _resummed(state: DetectorState) -> DetectorState:
    return replace(state, sums=summed(state.base, state.ring))


def _without_lost_groups(state: DetectorState) -> DetectorState:
    """A group that gave up its place leaves the sums and the ring, so that it can begin anew."""
    kept = {WHOLE, *state.usual.groups}
    if all(name in kept for name in state.sums):
        return state
    ring = tuple(
        replace(heard, views={name: seen for name, seen in heard.views.items() if name in kept})
        for heard in state.ring
    )
    base = {name: value for name, value in state.base.items() if name in kept}
    return _resummed(replace(state, ring=ring, base=base))
