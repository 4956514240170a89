"""The journey map from the count rows: pure sums, one pass over the dates of two periods."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

from chalicelib.domain.digest import Period
from chalicelib.domain.journey import Journey, Named, StageView
from chalicelib.domain.sentiment import Emotion, JourneyStage, Polarity
from chalicelib.learn.change import change_of_shares
from chalicelib.learn.shares import share_of
from chalicelib.learn.silence import Counts
from chalicelib.learn.stretch import Days, find_stretch

EMOTIONS_SHOWN, TOPICS_SHOWN = 2, 3
# One voice is an anecdote; a pain or a gain needs a second one.
FEWEST_TO_NAME = 2


def journey_of(counts: Counts, period: Period, location: str | None = None) -> Journey:
    """The map of a period, against the one before; `counts` hold both. None is all locations."""
    known = Period(first=period.before.first, last=period.last)
    days = days_of(counts, known, location)
    ours, before = (summed(days, one) for one in (period, period.before))
    stages = tuple(_stage(stage, ours, before) for stage in JourneyStage)
    n, n_before = _read(ours), _read(before)
    return Journey(
        period=period,
        n=n,
        n_before=n_before,
        negative=share_of(ours[Polarity.NEGATIVE], n),
        change=change_of_shares(ours[Polarity.NEGATIVE], n, before[Polarity.NEGATIVE], n_before),
        stages=stages,
        stretch=find_stretch(days, period),
        hardest=_hardest(stages),
    )


def days_of(counts: Counts, known: Period, location: str | None) -> Days:
    """Every date of the period, heard of or not, with its counts summed over the locations."""
    rows: dict[str, Counter[str]] = {
        (known.first + timedelta(days=step)).isoformat(): Counter() for step in range(known.days)
    }
    for (day, place), row in counts.items():
        if day in rows and location in (None, place):
            rows[day].update(row)
    return tuple(rows.items())


def summed(days: Days, period: Period) -> Counter[str]:
    """The counts of the period's dates together."""
    total: Counter[str] = Counter()
    first, last = period.first.isoformat(), period.last.isoformat()
    for day, counts in days:
        if first <= day <= last:
            total.update(counts)
    return total


def topics_at(stage: str, counts: Mapping[str, int]) -> list[Named]:
    """What is spoken of at a stage, by name."""
    place = f"stage.{stage}.topic."
    names = sorted(
        name.removeprefix(place)
        for name, n in counts.items()
        if n > 0 and name.startswith(place) and not name.endswith(".negative")
    )
    return [
        Named(
            topic=name,
            n=counts.get(place + name, 0),
            negative=counts.get(f"{place}{name}.negative", 0),
        )
        for name in names
    ]


def _stage(stage: JourneyStage, ours: Mapping[str, int], before: Mapping[str, int]) -> StageView:
    key = f"stage.{stage}"
    negative, n = ours.get(f"{key}.negative", 0), ours.get(key, 0)
    n_before, unhappy = before.get(key, 0), ours.get(Polarity.NEGATIVE, 0)
    # A pain is what more complain of than of the whole way; anything else works.
    hurts = [one for one in topics_at(stage, ours) if one.negative * _read(ours) > one.n * unhappy]
    pains = [one for one in hurts if one.negative >= FEWEST_TO_NAME]
    gains = [
        one
        for one in topics_at(stage, ours)
        if one not in hurts and one.n - one.negative >= FEWEST_TO_NAME
    ]
    return StageView(
        stage=stage,
        negative=share_of(negative, n),
        positive=ours.get(f"{key}.positive", 0),
        n_before=n_before,
        change=change_of_shares(negative, n, before.get(f"{key}.negative", 0), n_before),
        emotions=felt_at(key, ours),
        pains=tuple(sorted(pains, key=lambda one: (-one.negative, one.topic))[:TOPICS_SHOWN]),
        gains=tuple(
            sorted(gains, key=lambda one: (one.negative - one.n, one.topic))[:TOPICS_SHOWN]
        ),
    )


def felt_at(key: str, counts: Mapping[str, int]) -> tuple[tuple[Emotion, int], ...]:
    """The most frequent emotions at a place of the counts (`stage.paying`), with their voices."""
    felt = [
        (emotion, counts.get(f"{key}.emotion.{emotion}", 0))
        for emotion in Emotion
        if emotion is not Emotion.NEUTRAL
    ]
    present = [one for one in felt if one[1] >= FEWEST_TO_NAME]
    return tuple(sorted(present, key=lambda one: -one[1])[:EMOTIONS_SHOWN])


def _hardest(stages: tuple[StageView, ...]) -> JourneyStage | None:
    """Where the unhappy share is surely high: by its lower bound, so that five voices of which
    three complain do not outdo fifty of which twenty-five do."""
    firm = [one for one in stages if one.negative.is_firm and one.negative.part]
    if not firm:
        return None
    return max(firm, key=lambda one: one.negative.low).stage


def _read(counts: Mapping[str, int]) -> int:
    return counts.get("n", 0) - counts.get("unscored", 0)
