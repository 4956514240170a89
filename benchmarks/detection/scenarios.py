"""The troubles a detector must hear and the changes it must not mistake for trouble.

Each function builds one seeded stream. Troubles begin on a day from 60 to 67; `horizon` is how
many days later they still count as found, and for harmless changes how long an alarm is wrong.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.detection.world import (
    SOURCE_LOG_ODDS,
    Shop,
    Stream,
    arrival_times,
    caught_up,
    joined,
    logit,
    make_stream,
    polled,
)

SHARES = (0.05, 0.10, 0.15, 0.25)
QUIET_DAYS = 180.0
EVENT_DAYS = 115.0
# False alarms are counted after this day: until then the detector is learning.
LEARNING_DAYS = 28.0
COLD_DAYS = 14.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A name, how to build a stream of it, and for how many days its outcome counts."""

    name: str
    build: Callable[[np.random.Generator, float, float], Stream]
    horizon: float
    is_trouble: bool


def build(scenario: Scenario, per_day: float, number: int, seed: int) -> Stream:
    """The stream of that number; the usual share takes its four values in turn."""
    key = [seed, number, int(per_day * 10), sum(map(ord, scenario.name))]
    rng = np.random.default_rng(key)
    return scenario.build(rng, per_day, SHARES[number % len(SHARES)])


def _shop(per_day: float, share: float, days: float = EVENT_DAYS) -> Shop:
    return Shop(per_day=per_day, share=share, days=days)


def _times(rng: np.random.Generator, shop: Shop) -> np.ndarray:
    return arrival_times(rng, np.full(int(shop.days), shop.per_day))


def _begin(rng: np.random.Generator) -> float:
    return 60.0 + 7.0 * float(rng.random())


def _quiet(rng: np.random.Generator, per_day: float, share: float) -> Stream:
    shop = _shop(per_day, share, QUIET_DAYS)
    return make_stream(rng, shop, _times(rng, shop))


def _topic_mix(rng: np.random.Generator, per_day: float, share: float) -> Stream:
    del share
    shop = replace(
        _shop(per_day, 0.15, QUIET_DAYS),
        topic_shares=np.full(4, 0.25),
        topic_log_odds=np.array([logit(p) - logit(0.15) for p in (0.07, 0.12, 0.25, 0.40)]),
    )
    return make_stream(rng, shop, _times(rng, shop))


def _unequal_locations(rng: np.random.Generator, per_day: float, share: float) -> Stream:
    del share
    shop = replace(
        _shop(per_day, 0.15, QUIET_DAYS),
        location_shares=np.full(4, 0.25),
        location_log_odds=np.array([logit(p) - logit(0.15) for p in (0.08, 0.12, 0.15, 0.25)]),
    )
    return make_stream(rng, shop, _times(rng, shop))


def _shifted(odds: float, days: float) -> Callable[[np.random.Generator, float, float], Stream]:
    def make(rng: np.random.Generator, per_day: float, share: float) -> Stream:
        shop, begin = _shop(per_day, share), _begin(rng)
        times = _times(rng, shop)
        more = np.log(odds) * ((times >= begin) & (times < begin + days))
        return replace(make_stream(rng, shop, times, more=more), event_at=begin)

    return make


def _slow(rng: np.random.Generator, per_day: float, share: float) -> Stream:
    shop, begin = _shop(per_day, share), _begin(rng)
    times = _times(rng, shop)
    more = 2.0 * np.clip((times - begin) / 30.0, 0.0, 1.0)
    return replace(make_stream(rng, shop, times, more=more), event_at=begin)


def _cold_step(rng: np.random.Generator, per_day: float, share: float) -> Stream:
    shop = _shop(per_day, share, 40.0)
    begin = 10.0 + 4.0 * float(rng.random())
    times = _times(rng, shop)
    more = np.log(4.0) * ((times >= begin) & (times < begin + 21.0))
    return replace(make_stream(rng, shop, times, more=more), event_at=begin)


def _with_negatives(
    rng: np.random.Generator, shop: Shop, begin: float, count: int, days: float, one_source: bool
) -> Stream:
    """Quiet days with `count` more negatives within `days` from `begin`."""
    calm = make_stream(rng, shop, _times(rng, shop))
    times = np.sort(begin + days * rng.random(count))
    source = np.zeros(count, dtype=np.int64) if one_source else None
    # Log odds of 20 on top: every one of them is negative in truth; the model still errs.
    storm = make_stream(rng, shop, times, more=20.0, source=source)
    return replace(joined(calm, storm), event_at=begin)


def _burst(rng: np.random.Generator, per_day: float, share: float) -> Stream:
    count = 4 + int(rng.poisson(per_day))
    return _with_negatives(rng, _shop(per_day, share), _begin(rng), count, 1.0, False)


def _bomb(rng: np.random.Generator, per_day: float, share: float) -> Stream:
    count = 25 + int(rng.poisson(5.0))
    return _with_negatives(rng, _shop(per_day, share), _begin(rng), count, 0.25, True)


def _location(rng: np.random.Generator, per_day: float, share: float) -> Stream:
    shop, begin = _shop(per_day, share), _begin(rng)
    place = int(rng.integers(5))
    trouble = (place, begin, begin + 21.0, float(np.log(20.0)))
    stream = make_stream(rng, shop, _times(rng, shop), location_more=trouble)
    return replace(stream, event_at=begin)


def _volume(times_as_much: float) -> Callable[[np.random.Generator, float, float], Stream]:
    def make(rng: np.random.Generator, per_day: float, share: float) -> Stream:
        shop, begin = _shop(per_day, share), float(int(_begin(rng)))
        daily = np.full(int(shop.days), float(per_day))
        daily[int(begin) : int(begin) + 7] *= times_as_much
        return replace(make_stream(rng, shop, arrival_times(rng, daily)), event_at=begin)

    return make


def _backfill(rng: np.random.Generator, per_day: float, share: float) -> Stream:
    shop, begin = _shop(per_day, share), _begin(rng)
    calm = make_stream(rng, shop, _times(rng, shop))
    times = np.sort(begin - 4.0 - 50.0 * rng.random(60))
    old = make_stream(rng, shop, times, more=float(np.log(2.0)))
    arrived = np.full(60, begin)
    old = replace(old, now=arrived, seen_since=arrived)
    return replace(joined(calm, old), event_at=begin)


def _mix_shift(rng: np.random.Generator, per_day: float, share: float) -> Stream:
    shop, begin = _shop(per_day, share), _begin(rng)
    times = _times(rng, shop)
    usual = rng.choice(3, size=len(times), p=shop.source_shares)
    shifted = rng.choice(3, size=len(times), p=[1 / 3, 1 / 6, 1 / 2])
    source = np.where((times >= begin) & (times < begin + 21.0), shifted, usual)
    return replace(make_stream(rng, shop, times, source=source), event_at=begin)


def _new_source(rng: np.random.Generator, per_day: float, share: float) -> Stream:
    shop, begin = _shop(per_day, share), _begin(rng)
    calm = make_stream(rng, shop, _times(rng, shop))
    fresh = replace(
        shop,
        per_day=per_day * 0.3,
        source_shares=np.array([0.0, 0.0, 0.0, 1.0]),
        source_log_odds=np.append(SOURCE_LOG_ODDS, 1.2),
    )
    times = _times(rng, fresh)
    more = make_stream(rng, fresh, times[times >= begin])
    return replace(joined(calm, more), event_at=begin)


def _polled(
    make: Callable[[np.random.Generator, float, float], Stream], every_days: float
) -> Callable[[np.random.Generator, float, float], Stream]:
    def make_polled(rng: np.random.Generator, per_day: float, share: float) -> Stream:
        stream = make(rng, per_day, share)
        return polled(stream, every_days, every_days * float(rng.random()))

    return make_polled


def _after_outage(
    make: Callable[[np.random.Generator, float, float], Stream],
) -> Callable[[np.random.Generator, float, float], Stream]:
    def make_late(rng: np.random.Generator, per_day: float, share: float) -> Stream:
        stream = make(rng, per_day, share)
        begin = stream.event_at if stream.event_at is not None else 60.0
        down = begin - 10.0 * float(rng.random())
        return caught_up(stream, down, down + 10.0)

    return make_late


_STEP = _shifted(4.0, 21.0)

ALL: Mapping[str, Scenario] = {
    scenario.name: scenario
    for scenario in (
        Scenario(name="quiet", build=_quiet, horizon=0.0, is_trouble=False),
        Scenario(name="topic mix", build=_topic_mix, horizon=0.0, is_trouble=False),
        Scenario(name="unequal locations", build=_unequal_locations, horizon=0.0, is_trouble=False),
        Scenario(
            name="quiet, polled weekly", build=_polled(_quiet, 7.0), horizon=0.0, is_trouble=False
        ),
        Scenario(
            name="quiet, polled monthly", build=_polled(_quiet, 30.0), horizon=0.0, is_trouble=False
        ),
        Scenario(name="step", build=_STEP, horizon=21.0, is_trouble=True),
        Scenario(name="bigstep", build=_shifted(12.0, 14.0), horizon=14.0, is_trouble=True),
        Scenario(name="burst", build=_burst, horizon=2.0, is_trouble=True),
        Scenario(name="bomb", build=_bomb, horizon=2.0, is_trouble=True),
        Scenario(name="slow", build=_slow, horizon=45.0, is_trouble=True),
        Scenario(name="location", build=_location, horizon=21.0, is_trouble=True),
        Scenario(name="coldstep", build=_cold_step, horizon=21.0, is_trouble=True),
        Scenario(name="double", build=_volume(2.0), horizon=7.0, is_trouble=False),
        Scenario(name="triple", build=_volume(3.0), horizon=7.0, is_trouble=False),
        Scenario(name="backfill", build=_backfill, horizon=3.0, is_trouble=False),
        Scenario(name="mixshift", build=_mix_shift, horizon=21.0, is_trouble=False),
        Scenario(name="newsource", build=_new_source, horizon=21.0, is_trouble=False),
        Scenario(
            name="step, polled weekly", build=_polled(_STEP, 7.0), horizon=28.0, is_trouble=True
        ),
        Scenario(
            name="burst, polled weekly", build=_polled(_burst, 7.0), horizon=9.0, is_trouble=True
        ),
        Scenario(
            name="step, polled monthly", build=_polled(_STEP, 30.0), horizon=51.0, is_trouble=True
        ),
        Scenario(
            name="burst, polled monthly", build=_polled(_burst, 30.0), horizon=32.0, is_trouble=True
        ),
        Scenario(name="step, outage", build=_after_outage(_STEP), horizon=31.0, is_trouble=True),
        Scenario(name="burst, outage", build=_after_outage(_burst), horizon=12.0, is_trouble=True),
    )
}
