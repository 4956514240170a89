"""How long words are kept, and what each source allows."""

import contextlib
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib import flow
from chalicelib.domain.business import LegalBasis, PrivacySettings, Purpose, StoragePolicy
from chalicelib.domain.forgetting import as_kept, erased, has_person, without_person
from chalicelib.privacy.consent import may_process
from chalicelib.privacy.retention import KEPT, take_outlived, words_until
from chalicelib.store.memory import MemoryStore
from tests.contracts.builders import HOUR, NOW, a_feedback, put, scored
from tests.house import BAKERY, house
from tests.privacy.deaths import Dying

YEAR = timedelta(days=395)
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("policy", "after"),
    [
        (StoragePolicy.FULL, YEAR),
        (StoragePolicy.TTL_24H, timedelta(hours=23)),
        (StoragePolicy.IDS_ONLY, timedelta(0)),
        (StoragePolicy.NONE, timedelta(0)),
    ],
)
def test_words_are_kept_as_long_as_their_source_allows(
    policy: StoragePolicy, after: timedelta
) -> None:
    assert words_until(NOW, policy, YEAR) == NOW + after
    assert words_until(NOW, policy, timedelta(hours=1)) <= NOW + timedelta(hours=1)


def test_the_page_on_privacy_says_what_is_kept_and_how_long() -> None:
    page = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| ([^|`]+) \| ([^|]+?)(?: \(`keep_words`\)[^|]*)? \|$", page, re.M))
    del told["what"]

    assert told.keys() == KEPT.keys()
    assert all(KEPT[what].startswith(until.split(",")[0]) for what, until in told.items())


def test_what_has_outlived_its_purpose_is_read_without_its_person() -> None:
    stored = scored(a_feedback(author_id="c-1"), words_until=NOW)

    assert as_kept(stored, NOW - timedelta(microseconds=1)) == stored
    assert as_kept(stored, NOW) == without_person(stored)
    assert as_kept(stored, NOW).feedback.version == stored.feedback.version


def test_an_id_at_the_source_that_reads_gone_hides_nobody() -> None:
    stored = scored(a_feedback("gone", author_id="c-1"), words_until=NOW)

    assert has_person(stored)
    assert not has_person(without_person(stored))
    assert not has_person(erased(stored))


def test_retention_takes_all_that_is_due_and_stops_when_time_is_up() -> None:
    store = MemoryStore()
    for number in range(250):
        put(store, scored(a_feedback(f"r{number}"), words_until=NOW - number * HOUR))
    put(store, scored(a_feedback("young"), words_until=NOW + HOUR))
    rounds = iter((True, False))

    first = take_outlived(store, NOW, lambda: next(rounds))
    rest = take_outlived(store, NOW, lambda: True)
    again = take_outlived(store, NOW, lambda: True)

    assert (first.forgotten, first.is_complete) == (100, False)
    assert (rest.forgotten, rest.is_complete) == (150, True)
    assert (again.forgotten, again.is_complete) == (0, True)
    texts = [one.feedback.text for one in store.scored_between("bakery", "2000", "2100")]
    assert sum(bool(text) for text in texts) == 1


@pytest.mark.parametrize("place", range(5))
def test_retention_that_dies_anywhere_is_finished_by_the_next(place: int) -> None:
    store = MemoryStore()
    for number in range(3):
        put(store, scored(a_feedback(f"r{number}", author_id="c-1"), words_until=NOW))
    counts = store.counts("bakery", "2000", "2100")
    dying: Any = Dying(store, place)

    with contextlib.suppress(KeyboardInterrupt):
        take_outlived(dying, NOW, lambda: True)
    take_outlived(store, NOW, lambda: True)

    left = store.scored_between("bakery", "2000", "2100")
    assert [one.feedback.author_id for one in left] == [None] * 3
    assert store.counts("bakery", "2000", "2100") == counts
    assert store.outlived(NOW, 10) == []


def test_a_source_that_allows_ids_only_still_alarms_and_keeps_no_word() -> None:
    with house() as bakery:
        sources = tuple(
            replace(one, storage_policy=StoragePolicy.IDS_ONLY) for one in BAKERY.sources
        )
        bakery.store.save_business(replace(BAKERY, sources=sources))
        said = bakery.feedback("bad allergy after the cake", author="Quirina", stars=1)
        bakery.hear(said)
        bakery.run.watch(bakery.now)

        (stored,) = bakery.store.find("bakery", [said.feedback_id]).values()
        assert (stored.feedback.text, stored.feedback.author) == ("", None)
        assert stored.reading.sentiment is not None
        assert [one.of for one in bakery.store.open_incidents("bakery")] == [1]
        assert "allergy after the cake" not in bakery.outbox.emails[0].text
        bakery.hear(said)
        assert bakery.store.unjudged("bakery", 10) == []


def test_without_the_consent_that_a_business_asks_for_nothing_said_is_kept() -> None:
    with house() as bakery:
        asks = replace(BAKERY, privacy=PrivacySettings(alerts=LegalBasis.CONSENT))
        bakery.store.save_business(asks)
        source = BAKERY.source("exports")
        assert source is not None
        said = [
            bakery.feedback("cold bread", author="Quirina", author_id="m-1", stars=1),
            bakery.feedback("warm bread", author="Olaf", has_consent=True),
        ]
        flow.import_feedback(bakery.services, asks, source, said, bakery.now)
        bakery.run.settle()

        found = bakery.store.find("bakery", [one.feedback_id for one in said])
        silent, free = (found[one.feedback_id].feedback for one in said)
        assert (silent.text, silent.author, silent.author_id, silent.traces) == ("", None, None, ())
        assert silent.stars == 1
        assert (free.text, free.author) == ("warm bread", "Olaf")


@pytest.mark.parametrize(
    ("basis", "has_consent", "may"),
    [
        (LegalBasis.OFF, True, False),
        (LegalBasis.CONSENT, False, False),
        (LegalBasis.CONSENT, True, True),
        (LegalBasis.LEGITIMATE_INTEREST, False, True),
        (LegalBasis.CONTRACT, False, True),
    ],
)
def test_a_purpose_rests_on_its_ground(basis: LegalBasis, has_consent: bool, may: bool) -> None:
    business = replace(BAKERY, privacy=PrivacySettings(profiles=basis))

    feedback = a_feedback(has_consent=has_consent, written_at=datetime(2026, 1, 1, tzinfo=UTC))

    assert may_process(business, Purpose.PROFILES, feedback) is may
    assert may_process(business, Purpose.ALERTS, feedback) is True
