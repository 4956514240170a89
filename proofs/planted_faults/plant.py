"""Each planted fault meets the proof that must find it, at the places where it can show."""

from dataclasses import dataclass
from random import Random

from proofs.crash_sweep.sweep import Point, at_point, the_week
from proofs.interleaving.pairs import MEETINGS, met
from proofs.permutations.cases import wrong_in
from proofs.planted_faults.seams import IN_THE_INTERLEAVING, IN_THE_PERMUTATIONS, IN_THE_SWEEP
from proofs.town.faults import Fault
from proofs.town.week import learned, undisturbed


@dataclass(frozen=True, kw_only=True)
class Catch:
    """How often a planted fault was found, of how many tries, by which proof."""

    fault: str
    proof: str
    found: int
    tries: int

    def __str__(self) -> str:
        return f"{self.fault}: {self.proof} found it at {self.found} of {self.tries}"


def catches(*, every: int, seeds: int) -> list[Catch]:
    """Plant one after the other; the points of the sweep thinned out to one in `every`."""
    return [*_swept(every), _without_reconciliation(every), *_met(seeds), *_permuted(seeds)]


def _swept(every: int) -> list[Catch]:
    found = []
    for name, plant in IN_THE_SWEEP.items():
        week = the_week(plant.seams())
        points = [
            (place, fault)
            for place in week.places
            if week.calls[place].endswith(plant.shows_at)
            for fault in Fault
        ][::every]
        caught = sum(bool(at_point(point, week, days=1)) for point in points)
        found.append(Catch(fault=name, proof="crash-sweep", found=caught, tries=len(points)))
    return found


def _without_reconciliation(every: int) -> Catch:
    week = undisturbed(learned(has_notices=False))
    points: list[Point] = [
        (place, Fault.DIES_AFTER)
        for place in week.places
        if week.calls[place].endswith("OutboxEmail.send")
    ][::every]
    caught = sum(bool(at_point(point, week, days=1)) for point in points)
    return Catch(
        fault="no reconciliation with the mail service's notices",
        proof="crash-sweep",
        found=caught,
        tries=len(points),
    )


def _met(seeds: int) -> list[Catch]:
    found = []
    for name, plant in IN_THE_INTERLEAVING.items():
        meetings = [one for one in MEETINGS if one.__name__ in plant.shows_at]
        seams = plant.seams()
        caught = sum(
            bool(met(meetings[seed % len(meetings)], Random(seed), seams))  # noqa: S311
            for seed in range(seeds)
        )
        found.append(Catch(fault=name, proof="interleaving", found=caught, tries=seeds))
    return found


def _permuted(seeds: int) -> list[Catch]:
    return [
        Catch(
            fault=name,
            proof="permutations",
            found=sum(bool(wrong_in(seed, memory())) for seed in range(seeds)),
            tries=seeds,
        )
        for name, memory in IN_THE_PERMUTATIONS.items()
    ]
