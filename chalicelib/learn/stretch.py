"""The dates on which it went wrong, found in the count rows without being told where to look.

Kulldorff's scan statistic for shares (Communications in Statistics 26, 1997, 1481-1496) over all
runs of dates: the run whose unhappy share is hardest to explain by that of all other dates. It is
looked for twice, in what was written and in the stars, and named only where chance would do as
well in about three of a hundred quiet periods.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import log

from chalicelib.domain.digest import FEWEST, Period
from chalicelib.domain.journey import Share, Sign, Stretch
from chalicelib.domain.sentiment import JourneyStage, Polarity, Topic
from chalicelib.learn.shares import share_of

# Without trouble the greater of the two values over 28 dates reaches 6 in 2.9 of a hundred periods,
# at one to eight voices a day with ten or twenty percent unhappy (2,400 simulated periods).
CLEAR = 6.0
# For one comparison that nobody looked for: |z| >= 1.645, as in `change`.
CLEAR_ALONE = 1.645**2 / 2
SHORTEST_DAYS, LONGEST_DAYS = 3, 28
FEWEST_UNHAPPY = 3
LOW_STARS = ("stars.1", "stars.2")
STARS = (*LOW_STARS, "stars.3", "stars.4", "stars.5")

Days = Sequence[tuple[str, Mapping[str, int]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """A run of dates by their places, and how surprising it is."""

    first: int
    last: int
    part: int
    n: int
    surprise: float


def find_stretch(days: Days, period: Period) -> Stretch | None:
    """The clearest bad run of dates within the period, or None when none is clear.

    `days` are all dates that are known, without gaps, oldest first, each with its counts.
    """
    first = period.first.isoformat()
    start = next((place for place, (day, _) in enumerate(days) if day >= first), len(days))
    found = [
        (run, sign)
        for sign in (Sign.STARS, Sign.WORDS)
        if (run := _worst_run([_of_day(counts, sign) for _, counts in days], start)) is not None
    ]
    if not found:
        return None
    run, sign = max(found, key=lambda one: one[0].surprise)
    return _told(days, run, sign, period) if run.surprise >= CLEAR else None


def surprise(part: int, n: int, of_part: int, of_n: int) -> float:
    """How much better two shares explain what is seen than one (a log likelihood ratio): `part` of
    `n` inside, against `of_part` of `of_n` in all. 0 when inside it is not worse than outside."""
    others_part, others = of_part - part, of_n - n
    if not n or not others or part * others <= others_part * n or of_part == of_n:
        return 0.0
    usual = of_part / of_n
    return _gain(part, n, usual) + _gain(others_part, others, usual)


def _gain(part: int, n: int, usual: float) -> float:
    """n times the Kullback-Leibler divergence of its own share from the usual one."""
    total = 0.0
    if part:
        total += part * log(part / n / usual)
    if part < n:
        total += (n - part) * log((n - part) / n / (1 - usual))
    return total


def _of_day(counts: Mapping[str, int], sign: Sign) -> tuple[int, int]:
    """How many of how many are unhappy by that sign."""
    if sign is Sign.STARS:
        return sum(counts.get(one, 0) for one in LOW_STARS), sum(
            counts.get(one, 0) for one in STARS
        )
    return counts.get(Polarity.NEGATIVE, 0), counts.get("n", 0) - counts.get("unscored", 0)


def _worst_run(days: Sequence[tuple[int, int]], start: int) -> _Run | None:
    of_part, of_n = (sum(day[place] for day in days) for place in (0, 1))
    best: _Run | None = None
    for first, last, part, n in _runs(days, start):
        if part < FEWEST_UNHAPPY or n < FEWEST:
            continue
        value = surprise(part, n, of_part, of_n)
        if best is None or value > best.surprise:
            best = _Run(first=first, last=last, part=part, n=n, surprise=value)
    return best


def _runs(days: Sequence[tuple[int, int]], start: int) -> Iterator[tuple[int, int, int, int]]:
    for first in range(start, len(days)):
        part = n = 0
        for last in range(first, min(len(days), first + LONGEST_DAYS)):
            part, n = part + days[last][0], n + days[last][1]
            # A run that ends with quiet dates is no better than the shorter one.
            if last - first + 1 >= SHORTEST_DAYS and days[last][0] and days[first][0]:
                yield first, last, part, n


def _told(days: Days, run: _Run, sign: Sign, period: Period) -> Stretch:
    inside: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for place, (_, counts) in enumerate(days):
        total.update(counts)
        if run.first <= place <= run.last:
            inside.update(counts)
    of_part, of_n = _of_day(total, sign)
    others = of_n - run.n
    first = period.first - timedelta(days=_place_of(days, period) - run.first)
    stage = _grown("stage", tuple(JourneyStage), inside, total)
    # Topics of that stage; where it grew at no stage in particular, of all of them.
    kind = f"stage.{stage}.topic" if stage else "topic"
    topic = _grown(kind, _topics(kind, inside), inside, total)
    return Stretch(
        period=Period(first=first, last=first + timedelta(days=run.last - run.first)),
        sign=sign,
        part=run.part,
        n=run.n,
        usual=run.n * (of_part - run.part) / others if others else 0.0,
        stage=JourneyStage(stage) if stage else None,
        stage_share=_share("stage", stage, inside),
        topic=topic,
        topic_share=_share(kind, topic, inside),
    )


def _place_of(days: Days, period: Period) -> int:
    return [day for day, _ in days].index(period.first.isoformat())


def _topics(kind: str, inside: Mapping[str, int]) -> tuple[str, ...]:
    """Those of the model first, then the owner's own."""
    named = {
        name.removeprefix(f"{kind}.").removesuffix(".negative")
        for name in inside
        if name.startswith(f"{kind}.") and name.endswith(".negative")
    }
    return (*Topic, *sorted(named - set(Topic)))


def _grown(
    kind: str, names: Sequence[str], inside: Mapping[str, int], total: Mapping[str, int]
) -> str | None:
    """Where most complaints came on top of the usual ones, of what grew by more than chance."""
    n, of_n = _read(inside), _read(total)
    grown = {}
    for name in names:
        part, of_part = (one.get(f"{kind}.{name}.negative", 0) for one in (inside, total))
        if part >= FEWEST_UNHAPPY and surprise(part, n, of_part, of_n) >= CLEAR_ALONE:
            usual = n * (of_part - part) / (of_n - n)
            grown[str(name)] = part - usual
    return max(grown, key=lambda name: grown[name]) if grown else None


def _read(counts: Mapping[str, int]) -> int:
    return counts.get("n", 0) - counts.get("unscored", 0)


def _share(kind: str, name: str | None, counts: Mapping[str, int]) -> Share | None:
    if name is None:
        return None
    negative, n = (counts.get(f"{kind}.{name}{end}", 0) for end in (".negative", ""))
    return share_of(negative, n)
