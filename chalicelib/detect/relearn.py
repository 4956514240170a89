"""Accept a change that has lasted for weeks as the new normal, so that it is not told again."""

from chalicelib.detect.evidence import correct_for_share
from chalicelib.detect.parameters import BORROWED_WEIGHT, MOST_SHARE
from chalicelib.detect.ring import WHOLE, Heard
from chalicelib.detect.usual import Usual

# The fixed point is reached to three digits long before.
_ROUNDS = 20


def relearn(usual: Usual, ring: tuple[Heard, ...], old_weight: float) -> Usual:
    """What is usual when the newest feedbacks are: the old level moved, at `old_weight` of itself.

    The odds of every source move by the one factor that makes the corrected evidence of the ring
    agree with its own mean (expectation and maximisation in turn); then each group by its own.
    """
    seen = [heard for heard in ring if heard.negative is not None]
    odds = _shift(seen)
    usual = usual.faded(old_weight)
    sources = {
        name: source._replace(negative=source.heard * _moved(source.negative, source.heard, odds))
        for name, source in usual.sources.items()
    }
    groups = {}
    for name, group in usual.groups.items():
        observed = expected = BORROWED_WEIGHT / 10.0
        for heard in seen:
            if name in heard.views:
                share = _moved(heard.views[WHOLE].share, 1.0, odds)
                observed += correct_for_share(heard.negative or 0.0, share)
                expected += share
        groups[name] = group._replace(negative=group.negative * observed / expected)
    return Usual(sources=sources, groups=groups, taught=usual.taught)


def _shift(seen: list[Heard]) -> float:
    """The factor on the odds of negatives; 1 when nothing was seen."""
    odds = 1.0
    if not seen:
        return odds
    for _ in range(_ROUNDS):
        shares = [_moved(heard.views[WHOLE].share, 1.0, odds) for heard in seen]
        expected = sum(shares)
        observed = sum(
            correct_for_share(heard.negative or 0.0, share)
            for heard, share in zip(seen, shares, strict=True)
        )
        odds *= (observed + 0.5) / (expected + 0.5)
    return odds


def _moved(negative: float, heard: float, odds: float) -> float:
    """A share of negatives with its odds multiplied."""
    if heard <= 0.0:
        return 0.0
    share = min(MOST_SHARE, negative / heard)
    return min(MOST_SHARE, share * odds / (1.0 - share + share * odds))
