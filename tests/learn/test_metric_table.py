"""The hand-computed table of `./dev prove metrics` holds, and a wrong figure in it is found."""

from collections import Counter
from dataclasses import replace

import pytest

from chalicelib.domain.metric import Missing
from proofs.metrics.curve import differing
from proofs.metrics.table import METRICS, Row, rows, says_twice, wrong_in

TABLE = rows()


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.metric}-{row.n}")
def test_a_metric_is_what_was_worked_out_by_hand(row: Row) -> None:
    assert wrong_in(row) == []


def test_each_metric_has_its_edges_in_the_table() -> None:
    """None, too few, the minimum itself, and more."""
    lines = Counter(
        (
            row.metric,
            row.value if row.value in set(Missing) else "minimum" if is_minimum(row) else "",
        )
        for row in TABLE
    )

    for metric in METRICS:
        assert lines[metric, "not_known"] >= 1
        assert lines[metric, "too_few"] >= 1
        assert lines[metric, "minimum"] >= 1
        assert sum(row.metric == metric and row.n >= 50 for row in TABLE) >= 1


def is_minimum(row: Row) -> bool:
    return row.n == METRICS[row.metric](row.counts).minimum


def test_a_range_from_something_to_the_same_is_found() -> None:
    assert says_twice("between a day and a day")
    assert says_twice("0,0 bis 0,0")
    assert not says_twice("4 hours to a day")
    assert not says_twice("5 hours")


def test_curves_in_fractions_are_the_same() -> None:
    assert differing(60) == 0


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"value": "0.1767"}, "value is"),
        ({"low": "-0.0639"}, "low is"),
        ({"high": ""}, "high is"),
        ({"n": 47}, "n is 48"),
        ({"value": "too_few"}, "too_few expected"),
    ],
)
def test_a_planted_wrong_figure_is_found(change: dict[str, object], found: str) -> None:
    row = next(row for row in TABLE if row.n == 48)

    planted = replace(row, **change)  # type: ignore[arg-type]

    assert any(one.startswith(found) for one in wrong_in(planted))
