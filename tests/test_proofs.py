"""Every proof at a fixed small size, the same on every machine; `./dev prove NAME` is the full one.

The sizes are printed in the summary of the run (`-rP`).
"""

from pathlib import Path
from random import Random

from chalicelib.domain.alert import NotifyReason
from proofs.crash_sweep.on_moto import CALLS_AT_LEAST as REQUESTS_AT_LEAST
from proofs.crash_sweep.on_moto import FAULTS, sweep_on_moto
from proofs.crash_sweep.sweep import (
    CALLS_AT_LEAST,
    some_points,
    sweep,
    the_week,
    without_notices,
)
from proofs.interleaving.pairs import MEETINGS, met
from proofs.mutation.mutants import mutants_of
from proofs.permutations.cases import wrong_in
from proofs.planted_faults.plant import catches
from proofs.soak.year import live_a_year
from proofs.state_machine.__main__ import live
from proofs.town.faults import Fault
from proofs.town.state import tags_of

POINTS, SEEDS, CASES, LIVES, STEPS, DAYS = 150, 195, 300, 60, 40, 3


def say(text: str) -> None:
    print(text)  # noqa: T201  shown with -rP


def test_a_fault_at_any_call_loses_nothing_and_tells_nothing_twice() -> None:
    week = the_week()

    tally = sweep(some_points(week, POINTS), days=1)

    say(f"crash-sweep: {tally.points.total()} points of {len(week.places) * len(Fault)}")
    assert tally.differing == {}
    assert set(tally.points) == set(Fault)
    assert len(week.places) >= CALLS_AT_LEAST


def test_a_fault_at_a_request_to_the_table_changes_nothing() -> None:
    requests, tried, differing = sweep_on_moto(every=173)

    say(f"crash-sweep on moto: {tried} points of {requests * len(FAULTS)}")
    assert differing == []
    assert requests >= REQUESTS_AT_LEAST


def test_the_week_of_the_sweep_has_a_message_of_every_kind() -> None:
    """An empty week would prove nothing."""
    end = the_week().mornings[-1][1]

    reasons = {tag.split(".")[1] for tag in tags_of(end.outbox.emails, end.store)}
    assert reasons == set(NotifyReason) - {
        NotifyReason.WORSE,
        NotifyReason.CORRECTED,
        NotifyReason.NONE,
    }
    assert {tag.split(".")[1] for tag in end.texts()} == {"first"}
    assert end.store.unjudged("bakery", 1) == []


def test_without_notices_a_mail_is_doubled_only_in_the_named_window() -> None:
    found = list(without_notices(every=4))

    doubled = [one for one in found if one.count]
    say(f"crash-sweep without notices: {len(found)} points")
    assert doubled
    assert [one.where for one in doubled if not one.is_in_window] == []


def test_every_planted_fault_is_found() -> None:
    found = catches(every=7, seeds=40)

    for one in found:
        say(str(one))
    assert len(found) >= 11
    assert [one.fault for one in found if not one.found] == []


def test_two_workers_in_any_order_end_as_one_after_the_other() -> None:
    wrong = [
        (seed, found)
        for seed in range(SEEDS)
        if (found := met(MEETINGS[seed % len(MEETINGS)], Random(seed)))  # noqa: S311
    ]

    say(f"interleaving: {SEEDS} seeds over {len(MEETINGS)} meetings")
    assert wrong == []


def test_any_order_and_any_repeats_make_the_same_counts() -> None:
    wrong = [(seed, found) for seed in range(CASES) if (found := wrong_in(seed))]

    say(f"permutations: {CASES} cases")
    assert wrong == []


def test_no_life_of_the_town_breaks_an_invariant() -> None:
    steps = live(LIVES, STEPS)

    say(f"state-machine: {LIVES} lives, {steps.total()} steps")
    assert len(steps) == 16, "a rule that is never lived proves nothing"


def test_some_stormy_days_lose_nothing_and_leave_nothing_in_memory() -> None:
    days = live_a_year(days=DAYS, seed=7)

    say(f"soak: {days.days} days, {days.calls} calls, {days.faults} faults")
    assert days.wrong == ()
    assert days.faults > 50
    assert days.grown_bytes < 1_000_000


def test_a_mutant_is_the_module_with_one_small_change(tmp_path: Path) -> None:
    source = """
def is_due(due: int | None, now: int, *, grace: int = 5) -> bool:
    \"\"\"Never 6.\"\"\"
    if due is None:
        return False
    return due + grace <= now and not now == 0
"""
    (tmp_path / "watch.py").write_text(source)

    changed = [mutant.source for mutant in mutants_of(tmp_path, "watch.py")]

    assert len(set(changed)) == len(changed) == 10
    assert any("due + grace < now" in one for one in changed)
    assert any("due - grace <= now" in one for one in changed)
    assert any("grace: int=6" in one for one in changed)
    assert any("return True" in one for one in changed)
    assert all("Never 6." in one and "int | None" in one for one in changed)
