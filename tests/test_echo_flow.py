"""One complaint on three sites, through the whole product."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import flow
from chalicelib.domain.business import Business, SourceSettings
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.feedback import Feedback
from chalicelib.privacy.person import Person
from chalicelib.store.envelopes import write_arrival
from tests.house import BAKERY, House, house

SITES = ("one", "two", "three")
SHOP: Business = replace(
    BAKERY,
    sources=(*BAKERY.sources, *(SourceSettings(name=site, kind="import") for site in SITES)),
)
COMPLAINT = "The bread was bad and the man at the counter laughed when we brought it back to him"
EVER = ("0000-00-00", "9999-99-99")


@pytest.fixture
def shop() -> Iterator[House]:
    """A shop that is known on three sites."""
    with house() as one:
        one.store.save_business(SHOP)
        for number in range(60):
            one.wait(hours=8)
            bring(one, one.feedback(f"good bread number {number}", source=SITES[number % 3]))
        assert one.outbox.emails == []
        yield one


def bring(shop: House, *feedback: Feedback) -> None:
    """Each comes in by its site."""
    for one in feedback:
        settings = SHOP.source(one.source)
        assert settings is not None
        flow.import_feedback(shop.services, SHOP, settings, [one], shop.now)
    shop.run.settle()
    shop.run.watch(shop.now)


def batch(shop: House) -> dict[str, str]:
    """All that is queued, as one batch."""
    taken = shop.queues.feedback.take()
    return {str(number): write_arrival(one) for number, one in enumerate(taken)}


def complaints(shop: House, *, alike: bool) -> list[Feedback]:
    """On each site one, by an author with an id of that site."""
    texts = [COMPLAINT, COMPLAINT.upper() + "!", COMPLAINT[:70] + "…"]
    if not alike:
        texts = ["the rolls were bad", COMPLAINT.upper(), "such a bad cake, never again in there"]
    return [
        shop.feedback(text.lower(), source=site, author_id=f"{site}-7")
        for site, text in zip(SITES, texts, strict=True)
    ]


def test_one_complaint_on_three_sites_tells_nobody_and_three_complaints_do(shop: House) -> None:
    bring(shop, *complaints(shop, alike=True))
    quiet = len(shop.outbox.emails)
    shop.wait(days=15)

    bring(shop, *complaints(shop, alike=False))

    assert quiet == 0
    assert len(shop.outbox.emails) == 1


def test_each_site_keeps_its_own_figure(shop: House) -> None:
    before = dict(shop.store.counts("bakery", *EVER))

    bring(shop, *complaints(shop, alike=True))

    def negative(counts: Any) -> int:
        return sum(each.get("negative", 0) for each in counts.values())

    counts = shop.store.counts("bakery", *EVER)
    assert sum(each["n"] for each in counts.values()) == 63
    assert negative(counts) - negative(before) == 3


def test_a_judge_that_loses_every_race_but_one_still_counts_once(shop: House) -> None:
    class Losing:
        def __init__(self, behind: Any) -> None:
            self._behind, self.lost = behind, 0

        def __getattr__(self, name: str) -> Any:
            return getattr(self._behind, name)

        def commit_judged(self, *given: Any) -> None:
            self.lost += 1
            if self.lost % 3:
                raise ConflictError("somebody was faster")
            self._behind.commit_judged(*given)

    losing: Any = Losing(shop.store)
    for one in complaints(shop, alike=True):
        settings = SHOP.source(one.source)
        assert settings is not None
        flow.import_feedback(shop.services, SHOP, settings, [one], shop.now)
    flow.score_feedback(replace(shop.services, store=losing), batch(shop), shop.now)

    assert [one.counts_as is None for one in shop.store.ledger("bakery")][-3:] == [
        True,
        False,
        False,
    ]
    assert losing.lost == 3


def test_the_ledger_and_the_feedback_keep_nothing_a_text_is_known_by(shop: House) -> None:
    bring(shop, *complaints(shop, alike=True))

    assert {one.likeness for one in shop.store.ledger("bakery")} == {None}
    stored = shop.store.scored_between("bakery", *EVER)
    assert {one.feedback.likeness for one in stored} == {None}
    assert "bread" not in str(dict(shop.store.load_judge("bakery").echoes))
    assert len(known(shop)) == 1


def known(shop: House) -> list[Any]:
    """The complaints that the judge remembers."""
    complaints: Any = shop.store.load_judge("bakery").echoes["complaints"]
    return list(complaints)


def test_with_an_erasure_goes_what_their_text_was_known_by(shop: House) -> None:
    bring(shop, *complaints(shop, alike=True))
    person = Person(author_ids=("two-7",), source="two")
    detector = dict(shop.store.load_judge("bakery").detector)

    first = flow.erase_customer(shop.services, SHOP, person, shop.now)
    gone = known(shop)
    shop.wait(seconds=131)
    done = flow.erase_customer(shop.services, SHOP, person, shop.now)

    assert gone == []
    assert first.done_at is None
    assert done.done_at == shop.now
    assert dict(shop.store.load_judge("bakery").detector) == detector


def test_an_erasure_is_not_done_while_their_text_waits_to_be_judged(shop: House) -> None:
    person = Person(author_ids=("one-7",), source="one")
    first = complaints(shop, alike=True)[0]
    settings = SHOP.source("one")
    assert settings is not None
    flow.import_feedback(shop.services, SHOP, settings, [first], shop.now)
    unjudged = replace(shop.services, store=_NeverJudged(shop.store))
    flow.score_feedback(unjudged, batch(shop), shop.now)
    flow.erase_customer(shop.services, SHOP, person, shop.now)
    shop.wait(seconds=131)

    early = flow.erase_customer(shop.services, SHOP, person, shop.now)
    shop.run.watch(shop.now + timedelta(minutes=5))
    after_judging = known(shop)
    late = flow.erase_customer(shop.services, SHOP, person, shop.now)

    assert (early.done_at, early.hidden) == (None, 1)
    assert len(after_judging) == 1
    assert known(shop) == []
    assert late.done_at == shop.now


class _NeverJudged:
    """A store that never has anything to judge."""

    def __init__(self, behind: Any) -> None:
        self._behind = behind

    def __getattr__(self, name: str) -> Any:
        return getattr(self._behind, name)

    def unjudged(self, business_id: str, limit: int) -> list[Any]:
        """Nothing."""
        return []
