"""One complaint on several sites is one: for the detector, for what cannot wait, in the ledger."""

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from chalicelib.detect import detector
from chalicelib.detect.judgement import Judgement, judge_changes
from chalicelib.detect.state import from_document
from chalicelib.domain.incident import Ending, Incident, IncidentKind
from chalicelib.domain.judging import Change, JudgeState, Unjudged
from chalicelib.domain.likeness import Likeness
from chalicelib.domain.sentiment import CriticalKind
from chalicelib.domain.spike import Sensitivity

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
NOW = START + timedelta(days=40)
SOURCES = ("google", "yelp", "trustpilot")
TEXT = Likeness(marks="AAECAwQFBgcICQoLDA0ODw==")
OTHER_TEXT = Likeness(marks="8PHy8/T19vf4+fr7/P3+/w==")


class Shop:
    """A quiet shop, judged as the flow judges it."""

    def __init__(self) -> None:
        self.state = JudgeState(business_id="bakery")
        self.incidents: dict[str, Incident] = {}
        self.ledger: list[Unjudged] = []
        calm = [
            change(
                f"q{number}",
                at=START + timedelta(hours=12 * number),
                negative=0.93 if number % 9 == 6 else 0.05,
                source=SOURCES[number % 3],
                likeness=None,
            )
            for number in range(78)
        ]
        self.hear(*calm)
        assert self.incidents == {}

    def hear(self, *changes: Unjudged) -> Judgement:
        done = judge_changes(
            self.state,
            changes,
            self.incidents.get,
            sensitivity=Sensitivity.BALANCED,
            day="2026-04-11",
            now=max(one.received_at for one in changes),
        )
        self.state = done.state
        self.incidents |= done.incidents
        self.ledger += done.judged
        return done

    def counted(self) -> list[str]:
        """The complaints among the newest, as the detector knows them; deleted ones left out."""
        ring = from_document(self.state.detector).ring
        return [one.feedback_id for one in ring if one.is_negative() and one.feedback_id[0] != "q"]


def change(feedback_id: str, at: datetime = NOW, **changes: Any) -> Unjudged:
    plain = Unjudged(
        business_id="bakery",
        feedback_id=feedback_id,
        version="1",
        change=Change.NEW,
        received_at=at,
        written_at=at,
        source="google",
        negative=0.95,
        groups=("location:main",),
        likeness=TEXT,
    )
    return replace(plain, **changes)


def copies(*ids: str, apart: timedelta = timedelta(minutes=20), **changes: Any) -> list[Unjudged]:
    return [
        change(one, at=NOW + number * apart, **{"source": SOURCES[number % 3]} | changes)
        for number, one in enumerate(ids)
    ]


def kinds(incidents: Iterable[Incident]) -> list[IncidentKind]:
    return [one.kind for one in incidents]


def test_one_complaint_on_three_sites_opens_nothing_and_three_complaints_do() -> None:
    shop, noisy = Shop(), Shop()

    shop.hear(*copies("a", "b", "c"))
    noisy.hear(*(replace(one, likeness=None) for one in copies("a", "b", "c")))

    assert shop.incidents == {}
    assert shop.counted() == ["a"]
    assert kinds(noisy.incidents.values()) == [IncidentKind.SPIKE]
    assert noisy.counted() == ["a", "b", "c"]


def test_other_words_are_another_complaint() -> None:
    shop = Shop()

    shop.hear(change("a"), change("b", source="yelp", likeness=OTHER_TEXT))

    assert shop.counted() == ["a", "b"]


@pytest.mark.parametrize("order", list(permutations("abc")))
def test_in_whatever_order_they_come_the_first_counts_and_no_other(order: tuple[str, ...]) -> None:
    shop = Shop()

    shop.hear(*copies(*order))

    assert shop.counted() == [order[0]]
    assert shop.incidents == {}


def test_in_one_lot_or_one_at_a_time_they_are_the_same() -> None:
    one_lot, singly = Shop(), Shop()

    one_lot.hear(*copies("a", "b", "c"))
    for each in copies("a", "b", "c"):
        singly.hear(each)

    assert replace(one_lot.state, sequence=0) == replace(singly.state, sequence=0)


def test_a_copy_is_one_until_fourteen_days_have_gone() -> None:
    shop, late = Shop(), Shop()
    limit = timedelta(days=14)

    shop.hear(change("a"), change("b", at=NOW + limit, source="yelp"))
    late.hear(change("a"), change("b", at=NOW + limit + timedelta(seconds=1), source="yelp"))

    assert shop.counted() == ["a"]
    assert late.counted() == ["a", "b"]


def test_what_is_older_than_fourteen_days_is_remembered_no_longer() -> None:
    shop = Shop()
    shop.hear(change("a"))

    shop.hear(change("z", at=NOW + timedelta(days=15), negative=0.05, likeness=None))

    assert shop.state.echoes == {"complaints": []}


def test_no_more_than_forty_complaints_are_remembered_the_newest() -> None:
    shop = Shop()
    for number in range(45):
        mine = Likeness(marks=b64encode(bytes([number]) * 16).decode())
        shop.hear(change(f"c{number:02}", at=NOW + timedelta(hours=number), likeness=mine))

    known: Any = shop.state.echoes["complaints"]

    assert len(known) == 40
    assert known[0][-1][0][0] == "c05"


def test_praise_and_history_are_not_remembered_and_history_is_no_echo() -> None:
    shop = Shop()

    shop.hear(
        change("p", negative=0.1),
        change("h", is_history=True),
        change("a", source="yelp"),
        change("i", source="trustpilot", is_history=True),
    )

    assert shop.counted() == ["a"]
    assert [one.counts_as for one in shop.ledger[-4:]] == [None, None, None, None]


def test_a_complaint_that_only_taught_leaves_its_echo_to_count() -> None:
    shop = Shop()

    # A source that appears in a known business is on probation.
    shop.hear(change("a", source="fresh"), *copies("b", "c"))

    assert shop.counted() == ["b"]
    assert shop.ledger[-1].counts_as == "b"


def test_the_ledger_rebuilds_the_detector_to_the_last_bit_and_holds_no_likeness() -> None:
    shop = Shop()
    shop.hear(*copies("a", "b", "c"))
    later = NOW + timedelta(hours=3)
    shop.hear(change("a", at=later, change=Change.DELETED, negative=None, likeness=None))
    shop.hear(change("b", at=later, change=Change.EDITED, negative=0.8, source="yelp"))
    shop.hear(change("c", at=later, change=Change.EDITED, likeness=OTHER_TEXT))

    rebuilt = detector.replay(one.as_told for one in shop.ledger)

    assert rebuilt == from_document(shop.state.detector)
    assert shop.counted() == ["a", "c"]
    assert {one.likeness for one in shop.ledger} == {None}


# Deletions and edits


def a_spike() -> Shop:
    """Three complaints of which the first stands on two sites: an alarm is open."""
    shop = Shop()
    shop.hear(
        change("a"),
        change("copy", source="yelp", negative=0.94),
        change("x", at=NOW + timedelta(minutes=1), likeness=None),
        change("y", at=NOW + timedelta(minutes=2), likeness=None),
    )
    assert kinds(shop.incidents.values()) == [IncidentKind.SPIKE]
    assert only(shop).feedback_ids == ("a", "x", "y")
    return shop


def only(shop: Shop) -> Incident:
    """The one incident there is."""
    (incident,) = shop.incidents.values()
    return incident


def gone(feedback_id: str) -> Unjudged:
    return change(
        feedback_id,
        at=NOW + timedelta(hours=1),
        change=Change.DELETED,
        negative=None,
        likeness=None,
    )


def test_when_the_first_is_deleted_its_copy_counts_and_is_quoted() -> None:
    shop = a_spike()

    shop.hear(gone("a"))

    assert shop.counted() == ["a", "x", "y"]
    assert only(shop).is_open
    assert only(shop).feedback_ids == ("copy", "x", "y")


def test_when_the_last_copy_is_deleted_too_the_complaint_is_over() -> None:
    shop = a_spike()

    shop.hear(gone("a"), gone("copy"))

    assert shop.counted() == ["x", "y"]
    assert only(shop).ending is Ending.CORRECTED


def test_when_a_copy_is_deleted_the_first_goes_on_counting() -> None:
    shop = a_spike()

    shop.hear(gone("copy"), gone("copy"))

    assert shop.counted() == ["a", "x", "y"]
    assert only(shop).feedback_ids == ("a", "x", "y")
    shop.hear(gone("a"))
    assert only(shop).ending is Ending.CORRECTED


def test_what_is_told_after_the_first_was_deleted_names_the_copy() -> None:
    shop = Shop()
    shop.hear(*copies("a", "copy"), gone("a"))

    for hours, one in enumerate("xy", start=2):
        shop.hear(change(one, at=NOW + timedelta(hours=hours), likeness=None))

    assert only(shop).feedback_ids == ("copy", "x", "y")


def test_an_edit_of_the_first_is_the_complaint_as_it_is_now() -> None:
    shop = a_spike()

    shop.hear(replace(gone("a"), change=Change.EDITED, negative=0.05))

    assert shop.counted() == ["x", "y"]
    assert only(shop).ending is Ending.CORRECTED


def test_a_copy_that_says_something_else_now_counts_by_itself() -> None:
    shop = Shop()
    shop.hear(*copies("a", "b"))

    later = NOW + timedelta(hours=1)
    edited = change("b", at=later, source="yelp", change=Change.EDITED, likeness=OTHER_TEXT)
    shop.hear(edited, change("c", at=later, source="google", likeness=OTHER_TEXT))

    assert shop.counted() == ["a", "b"]


def test_a_complaint_that_was_taken_back_everywhere_and_posted_anew_counts_again() -> None:
    shop = Shop()
    shop.hear(*copies("a", "b"), gone("a"), gone("b"))
    assert shop.counted() == []

    shop.hear(change("c", at=NOW + timedelta(hours=2), source="yelp"))

    assert shop.counted() == ["c"]


def test_an_open_incident_says_where_else_a_complaint_stands() -> None:
    shop = a_spike()
    assert only(shop).also_at == {"a": ("yelp",)}

    shop.hear(change("more", at=NOW + timedelta(minutes=9), source="trustpilot"))
    assert only(shop).also_at == {"a": ("yelp", "trustpilot")}

    shop.hear(gone("a"))
    assert only(shop).also_at == {"copy": ("trustpilot",)}

    shop.hear(replace(gone("more"), source="trustpilot"))
    assert only(shop).also_at == {}


def test_so_does_one_about_what_could_not_wait() -> None:
    shop = Shop()

    shop.hear(*copies("a", "b", critical=INJURED))

    assert only(shop).also_at == {"a": ("yelp",)}
    assert only(shop).worse_count == 0


# What cannot wait

INJURED = (CriticalKind.INJURY,)


def test_what_cannot_wait_is_told_once_though_it_stands_on_three_sites() -> None:
    shop = Shop()

    shop.hear(*copies("a", "b", "c", critical=INJURED))

    assert kinds(shop.incidents.values()) == [IncidentKind.CRITICAL]
    assert only(shop).feedback_ids == ("a",)
    assert shop.state.critical_count == 1


def test_so_is_what_is_told_for_its_anger() -> None:
    shop = Shop()

    angrier = zip(copies("a", "b", "c", stars=1.0), (0.97, 0.999, 0.9999), strict=True)

    shop.hear(*(replace(one, anger=anger) for one, anger in angrier))

    assert kinds(shop.incidents.values()) == [IncidentKind.CRITICAL]


def test_a_copy_that_speaks_of_something_worse_is_told() -> None:
    shop = Shop()
    shop.hear(change("a", critical=INJURED))

    both = (*INJURED, CriticalKind.LEGAL_THREAT)
    shop.hear(change("b", source="yelp", critical=both))
    shop.hear(change("c", source="trustpilot", critical=both))

    assert [one.critical for one in shop.incidents.values()] == [
        INJURED,
        (CriticalKind.LEGAL_THREAT,),
    ]
    assert shop.counted() == ["a"]


def test_what_was_not_told_the_first_time_is_told_when_its_copy_deserves_it() -> None:
    shop = Shop()

    # Four stars beside a danger tell of care; one star does not.
    shop.hear(change("a", critical=INJURED, stars=4.0))
    shop.hear(change("b", source="yelp", critical=INJURED, stars=1.0))

    assert [one.feedback_ids for one in shop.incidents.values()] == [("b",)]


def test_a_critical_complaint_that_the_detector_does_not_count_is_told_once_all_the_same() -> None:
    shop = Shop()

    shop.hear(
        change("a", source="fresh", critical=INJURED),
        change("b", source="yelp", critical=INJURED),
    )

    assert [one.feedback_ids for one in shop.incidents.values()] == [("a",)]
    assert shop.counted() == ["b"]
