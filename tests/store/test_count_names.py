"""Short names keep count rows small, and no two names become one."""

from dataclasses import replace
from random import Random

from benchmarks.cost.units import WRITE_UNIT_BYTES, item_bytes
from chalicelib.domain.counts import counts_of
from chalicelib.domain.sentiment import (
    AspectReading,
    Emotion,
    JourneyStage,
    Polarity,
    Reading,
    ReadingStatus,
    Sentiment,
    Topic,
)
from chalicelib.store.attributes import make_row
from chalicelib.store.count_names import lengthened, shortened
from tests.contracts.builders import DAY, a_feedback, scored

PLACES = ("", *(f"stage.{stage}." for stage in JourneyStage))
ALL_NAMES = [
    "n",
    "unscored",
    "stars.5",
    "nps.promoter",
    "source.T.reviews",
    *(f"stage.{stage}{sign}" for stage in JourneyStage for sign in ("", ".negative", ".positive")),
    *(f"{place}emotion.{emotion}" for place in PLACES for emotion in Emotion),
    *(
        f"{place}topic.{topic}{sign}"
        for place in PLACES
        for topic in (*Topic, "Parking e.g. bikes", "T.q", "q", "negative")
        for sign in ("", ".negative", ".positive")
    ),
]


def a_day(voices: int) -> dict[str, int]:
    """The counts of one date of a shop whose customers speak of anything."""
    chance = Random(7)  # noqa: S311  the same day every time
    total: dict[str, int] = {}
    for number in range(voices):
        mood = chance.choice((0.9, 0.2))
        reading = Reading(
            status=ReadingStatus.SCORED,
            sentiment=Sentiment(negative=mood, neutral=0.1, positive=0.9 - mood),
            emotions={one: 0.8 for one in chance.sample(list(Emotion), 2)},
            topics=some_of(chance, list(Topic)),
            stages=some_of(chance, list(JourneyStage)),
        )
        feedback = a_feedback(external_id=str(number), stars=float(chance.randint(1, 5)))
        for name, n in counts_of(replace(scored(feedback), reading=reading)).items():
            total[name] = total.get(name, 0) + n
    return total


def some_of(chance: Random, names: list[str]) -> tuple[AspectReading, ...]:
    return tuple(
        AspectReading(name=name, strength=0.9, polarity=chance.choice(list(Polarity)))
        for name in chance.sample(names, 2)
    )


def row_bytes(counts: dict[str, int]) -> int:
    return item_bytes(make_row((f"bakery#C#{DAY[:4]}", f"{DAY}#main"), shortened(counts)))


def test_every_name_comes_back_and_none_stands_for_two() -> None:
    counts = {name: place + 1 for place, name in enumerate(ALL_NAMES)}

    short = shortened(counts)

    assert len(set(short)) == len(ALL_NAMES)
    assert lengthened(short) == counts


def test_a_row_that_was_begun_with_long_names_goes_on_with_short_ones() -> None:
    assert lengthened({"topic.wait_delivery": 2, "Tw": 3, "n": 5}) == {
        "topic.wait_delivery": 5,
        "n": 5,
    }


def test_the_row_of_a_small_shops_day_costs_one_unit_to_write() -> None:
    assert row_bytes(a_day(12)) <= WRITE_UNIT_BYTES


def test_the_row_of_the_busiest_day_stays_under_two_kilobytes() -> None:
    assert row_bytes(a_day(3_000)) <= 2 * WRITE_UNIT_BYTES
