"""Put what was found into one window, one sentence and the feedbacks that explain it."""

from dataclasses import dataclass
from math import log

from chalicelib.detect.evidence import correct_for_share
from chalicelib.detect.parameters import LEAST_NEGATIVES, LONGEST_WINDOW, SHORTEST_WINDOW
from chalicelib.detect.ring import WHOLE, Heard


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The last `of` feedbacks (of a group, if one leads) that differ most from what is usual."""

    negative: int
    of: int
    usual: float
    feedback_ids: tuple[str, ...]
    newest_at: int


def find_window(ring: tuple[Heard, ...], group: str | None) -> Window:
    """The stretch up to the end of the ring with the largest Bernoulli likelihood ratio.

    Only stretches with enough negatives to speak of are looked at; without any, the shortest.
    """
    seen = _seen(ring, group)
    best = min(len(seen), SHORTEST_WINDOW)
    best_gain = 0.0
    observed = expected = 0.0
    negatives = 0
    for length, heard in enumerate(reversed(seen[-LONGEST_WINDOW:]), start=1):
        share = heard.views[group or WHOLE].share
        observed += correct_for_share(heard.negative or 0.0, share)
        expected += share
        negatives += heard.is_negative()
        if length < SHORTEST_WINDOW or negatives < LEAST_NEGATIVES:
            continue
        gain = _gain(observed, expected, length)
        if gain > best_gain:
            best, best_gain = length, gain
    return _window(seen[len(seen) - best :], group)


def last_of(ring: tuple[Heard, ...], length: int) -> Window:
    """The last `length` feedbacks as they are: what an end of trouble is told with."""
    return _window(_seen(ring, None)[-length:], None)


def _seen(ring: tuple[Heard, ...], group: str | None) -> list[Heard]:
    name = group or WHOLE
    return [heard for heard in ring if heard.negative is not None and name in heard.views]


def _window(seen: list[Heard], group: str | None) -> Window:
    negatives = [heard for heard in seen if heard.is_negative()]
    return Window(
        negative=len(negatives),
        of=len(seen),
        usual=round(sum(heard.usual_labels(group or WHOLE) for heard in seen), 4),
        feedback_ids=tuple(heard.feedback_id for heard in negatives),
        newest_at=max((heard.at for heard in seen), default=0),
    )


def _gain(observed: float, expected: float, length: int) -> float:
    """The log likelihood ratio of the observed against the expected share, if it is above."""
    if observed <= expected:
        return 0.0
    share, usual = observed / length, expected / length
    gain = share * log(share / usual)
    if share < 1.0:
        gain += (1.0 - share) * log((1.0 - share) / (1.0 - usual))
    return length * gain
