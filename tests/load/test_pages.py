"""What the owner's pages weigh and read, at a small size: lists do not grow with what was kept."""

from benchmarks.pages.__main__ import MOST_BYTES, MOST_UNITS
from benchmarks.pages.shop import costs


def test_no_page_is_heavy_or_reads_much() -> None:
    found = {one.page: one for one in costs(1_500)}

    assert {"today", "incidents", "cases", "incidents/…", "cases/…"} <= found.keys()
    assert {one.page: one.size for one in found.values() if one.size >= MOST_BYTES} == {}
    assert {
        one.page: one.read_units for one in found.values() if one.read_units >= MOST_UNITS
    } == {}
    assert all(one.read_units >= 3 for one in found.values())
