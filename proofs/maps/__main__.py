"""Play each stream, look at its maps after the trouble and on a calm day before it.

The figure stands in the last line: how many streams had their trouble named on all three maps, how
well the dates fit, and how well sentences find their field when the model reads them now.
"""

import os
import sys

from proofs.maps.sentences import measured_f1
from proofs.maps.stream import MAPS, Planted, Seen, file_of, look, planted, played

# Of the dates that either names, so many must be in both.
OVERLAP = 0.5
F1 = 0.6


def main() -> int:
    """0 when every stream's trouble is named and no calm day is called bad."""
    say, folder = sys.stdout.write, os.environ.get("HEEDFUL_STREAMS")
    fits: list[float] = []
    troubles: list[str] = []
    for one in planted().values():
        path = file_of(one.name, folder)
        if path is None:
            say(f"{one.name}: not here; HEEDFUL_STREAMS names the folder of its CSV\n")
            continue
        with played(one, path) as (services, business):
            calm, seen = (look(services, business, day) for day in (one.calm, one.seen))
        for name in MAPS:
            say(f"{one.name}, {name}: {' '.join(seen.headlines[name])}\n")
        troubles += [f"{one.name}: {trouble}" for trouble in wrong_in(one, seen, calm)]
        fits.append(overlap_of(one, seen))
    f1 = measured_f1()
    if f1 < F1:
        troubles.append(f"sentences find their field with a macro-F1 of {f1:.2f} only")
    for trouble in troubles:
        say(f"{trouble}\n")
    say(
        f"maps: the trouble of {sum(fit >= OVERLAP for fit in fits)} of {len(fits)} streams named "
        f"on all of {len(MAPS)} maps, its dates fit to {min(fits):.0%} at worst; sentences find "
        f"their field with macro-F1 {f1:.2f}: {'DOES NOT HOLD' if troubles else 'holds'}\n"
    )
    return 1 if troubles else 0


def overlap_of(one: Planted, seen: Seen) -> float:
    """Dates that are planted and named, of all that are either."""
    stretch = seen.journey.stretch
    if stretch is None:
        return 0.0
    last, first = min(stretch.last, one.period.last), max(stretch.first, one.period.first)
    both = max(0, (last - first).days + 1)
    return both / (stretch.period.days + one.period.days - both)


def wrong_in(one: Planted, seen: Seen, calm: Seen) -> list[str]:
    """What keeps the maps from naming it."""
    stretch = seen.journey.stretch
    if stretch is None:
        return ["no bad days are named"]
    wrong = []
    if overlap_of(one, seen) < OVERLAP:
        wrong.append(f"{stretch.first} to {stretch.last} is not {one.period.first} and on")
    if stretch.stage is None and stretch.topic is None:
        wrong.append("it is not said where it grew")
    first = seen.headlines["journey"][0]
    wrong += [f"{name} does not say it" for name in MAPS if first not in seen.headlines[name]]
    if not any("step" in line for line in seen.headlines["blueprint"]):
        wrong.append("the blueprint names no step")
    if calm.journey.stretch is not None:
        wrong.append(f"bad days are named on {one.calm}, before there were any")
    if seen.largest_page > 100_000:
        wrong.append(f"a page has {seen.largest_page} bytes")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
