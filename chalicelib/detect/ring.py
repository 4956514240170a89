"""The newest feedbacks in order of writing, and the sums of evidence over them.

Each sum follows Shiryaev and Roberts: before every feedback it grows by a start weight, then it is
multiplied by the feedback's likelihood ratio. One sum runs over everything, one over each group.
Feedbacks arrive in any order; the sums are replayed over the ring in the order of (time, hash of
the id), so that the order of arrival does not matter within it.
"""

from base64 import urlsafe_b64encode
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from math import log
from typing import NamedTuple

from chalicelib.detect.evidence import weigh
from chalicelib.detect.parameters import MOST_EVIDENCE, MOST_SHARE, WHOLE_WEIGHT

WHOLE = "*"


class View(NamedTuple):
    """One feedback as one sum sees it: usual share, how well known, start weight, its ratio."""

    share: float
    known: int
    start: float
    ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One feedback of the ring. `negative` is None once it was deleted: it holds its place only.

    `labelled` is the usual share of negative labels, of which `usual_labels` is that of a group.
    """

    feedback_id: str
    mark: str
    at: int
    negative: float | None
    source: str
    labelled: float
    views: Mapping[str, View]

    def key(self) -> tuple[int, str]:
        """Its place: by time of writing, then by hash, which no sorting by stars can bend."""
        return (self.at, self.mark)

    def is_negative(self) -> bool:
        """Whether it is labelled negative."""
        return self.negative is not None and self.negative >= 0.5

    def usual_labels(self, name: str) -> float:
        """The usual share of negative labels within the whole or a group."""
        return min(MOST_SHARE, self.labelled * self.views[name].share / self.views[WHOLE].share)


def mark_of(feedback_id: str) -> str:
    """A short hash of an id: orders feedbacks of the same second and remembers seen ones."""
    return urlsafe_b64encode(blake2b(feedback_id.encode(), digest_size=6).digest()).decode()


def view(negative: float | None, share: float, known: int, start: float) -> View:
    """A view with its ratio; what was deleted speaks neither way."""
    ratio = 1.0 if negative is None else weigh(negative, share, known)
    return View(share=share, known=known, start=start, ratio=ratio)


def place_of(ring: tuple[Heard, ...], heard: Heard) -> int:
    """The index at which a feedback belongs."""
    return bisect_left(ring, heard.key(), key=Heard.key)


def add(sums: Mapping[str, float], heard: Heard) -> dict[str, float]:
    """The sums after one more feedback."""
    after = dict(sums)
    for name, seen in heard.views.items():
        grown = (after.get(name, 0.0) + seen.start) * seen.ratio
        after[name] = min(MOST_EVIDENCE, grown)
    return after


def walk(sums: Mapping[str, float], ring: Iterable[Heard]) -> Iterator[dict[str, float]]:
    """The sums after each feedback of a ring in turn."""
    for heard in ring:
        sums = add(sums, heard)
        yield dict(sums)


def summed(sums: Mapping[str, float], ring: Iterable[Heard]) -> dict[str, float]:
    """The sums at the end of a ring."""
    after = dict(sums)
    for heard in ring:
        after = add(after, heard)
    return after


def score(sums: Mapping[str, float], groups: Iterable[str], budget: float) -> float:
    """The evidence against the budget, as a logarithm: the whole and the mean over groups."""
    whole = sums.get(WHOLE, 0.0)
    of_groups = [sums.get(name, 0.0) for name in groups]
    if of_groups:
        whole = WHOLE_WEIGHT * whole + (1.0 - WHOLE_WEIGHT) * sum(of_groups) / len(of_groups)
    if whole <= 0.0:
        return float("-inf")
    return log(whole / budget)


def leading_group(sums: Mapping[str, float], groups: Iterable[str]) -> str | None:
    """The group that carries more of the evidence than the whole does; None when none does."""
    names = list(groups)
    if not names:
        return None
    leader = max(names, key=lambda name: sums.get(name, 0.0))
    weight = (1.0 - WHOLE_WEIGHT) / len(names)
    if weight * sums.get(leader, 0.0) <= WHOLE_WEIGHT * sums.get(WHOLE, 0.0):
        return None
    return leader
