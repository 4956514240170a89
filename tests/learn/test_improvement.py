"""Before and after: the same number of days, all voices below the line, and no word too many."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.domain.improvement import Improvement, Verdict
from chalicelib.domain.sentiment import JourneyStage
from chalicelib.domain.step import BlueprintStep
from chalicelib.learn.improvement import difference, effect_of, periods_of
from chalicelib.learn.shares import share_of

SINCE = date(2026, 4, 1)
NOTED = Improvement(
    business_id="bakery",
    improvement_id="a" * 12,
    what="A second till",
    since=SINCE.isoformat(),
    noted_by="Rosa",
    noted_at=datetime(2026, 4, 1, 9, tzinfo=UTC),
    topic="wait_delivery",
)
STEP = BlueprintStep(step="Queues", stage=JourneyStage.WAITING_DELIVERY, topics=("wait_delivery",))


def counts(
    before: tuple[int, int], after: tuple[int, int], name: str = "topic.wait_delivery"
) -> dict[tuple[str, str], dict[str, int]]:
    """Complaints of voices on the day before and on the first day."""
    days = ((SINCE - timedelta(days=1), before), (SINCE, after))
    return {
        (day.isoformat(), "main"): {"n": n, f"{name}.negative": part} for day, (part, n) in days
    }


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        # Table II of Newcombe's paper, method 10, examples (a) and (b).
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((0, 0), (3, 10), -1.0, 1.0),
    ],
)
def test_the_difference_of_two_shares_has_newcombes_interval(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    lowest, highest = difference(share_of(*one), share_of(*other))

    assert lowest == pytest.approx(low, abs=1e-4)
    assert highest == pytest.approx(high, abs=1e-4)


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ((30, 60), (10, 60), Verdict.LESS),
        ((10, 60), (30, 60), Verdict.MORE),
        ((12, 60), (10, 60), Verdict.OPEN),
        ((3, 4), (0, 60), Verdict.TOO_FEW),
        ((30, 60), (0, 0), Verdict.TOO_FEW),
    ],
)
def test_what_came_of_it_is_said_only_when_it_is_sure(
    before: tuple[int, int], after: tuple[int, int], verdict: Verdict
) -> None:
    periods = periods_of(NOTED, SINCE + timedelta(days=28))
    assert periods is not None

    effect = effect_of(NOTED, counts(before, after), periods)

    assert effect.verdict is verdict
    assert (effect.before, effect.after) == (share_of(*before), share_of(*after))


@pytest.mark.parametrize(("days", "looked_at"), [(1, 1), (10, 10), (28, 28), (28, 200)])
def test_as_many_days_before_as_since_and_never_today(days: int, looked_at: int) -> None:
    periods = periods_of(NOTED, SINCE + timedelta(days=looked_at))

    assert periods is not None
    before, after = periods
    assert (before.days, after.days) == (days, days)
    assert (before.last, after.first) == (SINCE - timedelta(days=1), SINCE)


def test_before_its_first_day_is_over_there_is_nothing_to_measure() -> None:
    assert periods_of(NOTED, SINCE) is None
    assert periods_of(NOTED, SINCE - timedelta(days=3)) is None


def test_a_step_is_measured_by_its_topics_at_its_stage() -> None:
    noted = replace(NOTED, topic="", step="Queues")
    name = "stage.waiting_delivery.topic.wait_delivery"
    periods = periods_of(noted, SINCE + timedelta(days=28))
    assert periods is not None

    effect = effect_of(noted, counts((6, 10), (2, 10), name), periods, (STEP,))
    unknown = effect_of(noted, counts((6, 10), (2, 10), name), periods)

    assert (effect.before.part, effect.after.part) == (6, 2)
    assert (unknown.before.part, unknown.after.part) == (0, 0)


@pytest.mark.parametrize(
    "wrong", [{"what": " "}, {"step": "Queues"}, {"topic": ""}, {"since": "soon"}]
)
def test_an_improvement_needs_words_one_matter_and_a_day(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        replace(NOTED, **wrong)  # type: ignore[arg-type]
