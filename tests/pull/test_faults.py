"""Whatever a source's service does, nothing is lost, nothing is invented, and the owner is told."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from chalicelib.domain.errors import SourceAuthError, SourceError
from chalicelib.domain.feedback import Page
from chalicelib.ports import FeedbackSource
from chalicelib.pull import rss
from tests.pull.faults import FAULTS, Fault, try_fault
from tests.pull.played.everywhere import PLAYED
from tests.pull.played.feeds import PlayedRss


def test_there_are_twenty_five_faults() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) == 25


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
@pytest.mark.parametrize("kind", PLAYED)
def test_a_fault_leaves_the_row_as_it_was_and_says_what_to_do(kind: str, fault: Fault) -> None:
    assert try_fault(PLAYED[kind](), fault) == ""


class Deaf(PlayedRss):
    """A source that takes every trouble for silence."""

    kind = replace(
        rss.KIND,
        build=lambda context: Quiet(rss.RssFeed(context)),
    )


class Quiet:
    """Swallows what another source raises."""

    def __init__(self, inner: FeedbackSource) -> None:
        self._inner = inner

    def fetch(self, cursor: Mapping[str, object]) -> Page:
        """Its page, or an empty one."""
        try:
            return self._inner.fetch(cursor)
        except SourceError:
            return Page(feedback=(), cursor={"lost": True}, is_complete=True)


@pytest.mark.parametrize("name", ["500", "401", "is a bomb", "nobody listens"])
def test_a_source_that_swallows_its_trouble_is_found_out(name: str) -> None:
    fault = next(fault for fault in FAULTS if fault.name == name)

    assert try_fault(Deaf(), fault) == "nothing was raised"


def test_a_source_that_takes_one_trouble_for_another_is_found_out() -> None:
    fault = Fault("500", SourceAuthError, FAULTS[7].misbehave)

    assert try_fault(PlayedRss(), fault).startswith("SourceUnavailable: 127.0.0.1")
