"""What is usual: the share of negative feedback of each source and of each location and topic.

It learns late (see `LAG`) and forgets slowly. All shares are those of the corrected evidence (see
`evidence.py`); beside it the share of feedbacks that were labelled negative is kept, because that
is what a sentence to the owner counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from chalicelib.detect.parameters import (
    BORROWED_WEIGHT,
    FAST_PER_DAY,
    FIRST_SHARE,
    FIRST_WEIGHT,
    KNOWN_BUSINESS,
    LEAST_SHARE,
    MOST_GROUPS,
    MOST_SHARE,
    PROBATION_FAST,
    PROBATION_SLOW,
)

# A group whose faded weight is below one feedback may give its place to a new one.
_FADED = 1.0


class SourceShare(NamedTuple):
    """Faded sums over one source: corrected evidence, negative labels, feedbacks."""

    negative: float = 0.0
    labelled: float = 0.0
    heard: float = 0.0
    on_probation: int = 0


class GroupShare(NamedTuple):
    """Faded sums over one group: evidence, what its sources let expect, feedbacks, newest time."""

    negative: float = 0.0
    expected: float = 0.0
    heard: float = 0.0
    last: int = 0


class Share(NamedTuple):
    """A usual share of negatives, and on how many feedbacks it rests."""

    negative: float
    labelled: float
    known: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """All that is known of what is usual in one business."""

    sources: Mapping[str, SourceShare] = field(default_factory=lambda: MappingProxyType({}))
    groups: Mapping[str, GroupShare] = field(default_factory=lambda: MappingProxyType({}))
    taught: int = 0

    def of_all(self) -> Share:
        """The usual share of all sources together."""
        negative = FIRST_SHARE * FIRST_WEIGHT
        labelled = negative
        heard = FIRST_WEIGHT
        for source in self.sources.values():
            negative += source.negative
            labelled += source.labelled
            heard += source.heard
        return Share(negative=negative / heard, labelled=labelled / heard, known=heard)

    def of_source(self, name: str) -> Share:
        """The usual share of a source, drawn towards that of all sources together."""
        every = self.of_all()
        own = self.sources.get(name, _UNKNOWN_SOURCE)
        weight = own.heard + BORROWED_WEIGHT
        return Share(
            negative=_clip((own.negative + BORROWED_WEIGHT * every.negative) / weight),
            labelled=_clip((own.labelled + BORROWED_WEIGHT * every.labelled) / weight),
            known=own.heard,
        )

    def of_group(self, name: str, share: Share) -> Share:
        """The usual share within a group, for a feedback whose source has `share`.

        A group's own level is what makes four topics with different shares of complaints no spike
        whenever people talk of the worst one.
        """
        own = self.groups[name]
        factor = (own.negative + BORROWED_WEIGHT * share.negative) / (
            own.expected + BORROWED_WEIGHT * share.negative
        )
        return Share(
            negative=_clip(share.negative * factor),
            labelled=_clip(share.labelled * factor),
            known=own.heard,
        )

    def faded(self, kept: float) -> "Usual":
        """All weights times `kept`: forgetting."""
        sources = {
            name: SourceShare(negative * kept, labelled * kept, heard * kept, on_probation)
            for name, (negative, labelled, heard, on_probation) in self.sources.items()
        }
        groups = {
            name: GroupShare(negative * kept, expected * kept, heard * kept, last)
            for name, (negative, expected, heard, last) in self.groups.items()
        }
        return Usual(sources=sources, groups=groups, taught=self.taught)

    def introduced(self, source: str, per_day: float) -> "Usual":
        """The same, with the source known; on probation when the business is known already."""
        if source in self.sources:
            return self
        probation = 0
        if self.taught >= KNOWN_BUSINESS:
            probation = PROBATION_FAST if per_day >= FAST_PER_DAY else PROBATION_SLOW
        sources = {**self.sources, source: SourceShare(on_probation=probation)}
        return Usual(sources=sources, groups=self.groups, taught=self.taught)

    def gathered(self, group: str, at: int) -> "Usual":
        """The same, with the group known if there is room, and heard of at `at` seconds."""
        groups = dict(self.groups)
        own = groups.get(group)
        if own is not None:
            groups[group] = own._replace(last=max(own.last, at))
            return Usual(sources=self.sources, groups=groups, taught=self.taught)
        if len(groups) >= MOST_GROUPS:
            faintest = min(groups, key=lambda name: groups[name].heard)
            if groups[faintest].heard >= _FADED:
                return self
            del groups[faintest]
        groups[group] = GroupShare(last=at)
        return Usual(sources=self.sources, groups=groups, taught=self.taught)

    def learned(
        self, source: str, negative: float, labelled: float, weight: float = 1.0
    ) -> "Usual":
        """One more feedback of a known source taught what is usual; -1 takes one back."""
        own = self.sources[source]
        taught = SourceShare(
            negative=max(0.0, own.negative + weight * negative),
            labelled=max(0.0, own.labelled + weight * labelled),
            heard=max(0.0, own.heard + weight),
            on_probation=max(0, own.on_probation - 1),
        )
        sources = {**self.sources, source: taught}
        return Usual(sources=sources, groups=self.groups, taught=self.taught + round(weight))

    def learned_of_group(
        self, group: str, negative: float, expected: float, weight: float = 1.0
    ) -> "Usual":
        """One more feedback of a group taught how it differs from its sources."""
        own = self.groups.get(group)
        if own is None:
            return self
        taught = GroupShare(
            negative=max(0.0, own.negative + weight * negative),
            expected=max(0.0, own.expected + weight * expected),
            heard=max(0.0, own.heard + weight),
            last=own.last,
        )
        groups = {**self.groups, group: taught}
        return Usual(sources=self.sources, groups=groups, taught=self.taught)


_UNKNOWN_SOURCE = SourceShare()


def _clip(share: float) -> float:
    return min(MOST_SHARE, max(LEAST_SHARE, share))
