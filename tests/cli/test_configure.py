"""`apply` says what changes and writes just that; `import` says what it read and left out."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from chalicelib.cli.configure import apply_file, changes_between, import_file
from chalicelib.cli.local_run import SimulatedClock
from chalicelib.cli.memory_services import MemoryQueues, Outbox, memory_services
from chalicelib.domain.address import Standin, in_force
from chalicelib.domain.business import (
    Business,
    Contact,
    Location,
    QuietHours,
    SmsSettings,
    SourceSettings,
)
from chalicelib.domain.errors import FeedbackFileError, SettingsError
from chalicelib.domain.source import SourceState
from chalicelib.ports import Services
from chalicelib.store.memory import MemoryStore

NOW = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BLOG = SourceSettings(
    name="blog", kind="rss", every=HOUR, options={"address": "https://blog.example/feed.xml"}
)
EXPORTS = SourceSettings(name="exports", kind="import", location="station")
BAKERY = Business(
    business_id="bakery",
    name="Bakery",
    time_zone="Europe/Berlin",
    country="DE",
    contacts=(Contact(name="Owner", email="owner@bakery.example"),),
    locations=(Location(location_id="station", name="Station kiosk"),),
    sources=(BLOG, EXPORTS),
)


@pytest.fixture
def made() -> tuple[Services, MemoryQueues]:
    """Services in memory."""
    return memory_services(MemoryStore(), Outbox(), SimulatedClock(NOW))


@pytest.fixture
def services(made: tuple[Services, MemoryQueues]) -> Services:
    """Those services alone."""
    return made[0]


def apply(services: Services, *businesses: Business) -> list[str]:
    return list(apply_file(services, businesses, is_dry_run=False))


def row(services: Services, source: str = "blog") -> SourceState:
    state = services.store.load_source("bakery", source)
    assert state is not None
    return state


def test_a_new_business_is_stored_with_a_row_for_each_source(services: Services) -> None:
    lines = apply(services, BAKERY)

    assert lines == ["+ business bakery: Bakery, 1 contact(s), 2 source(s), sensitivity balanced"]
    assert services.store.load_business("bakery") == BAKERY
    assert (row(services).due, row(services).is_history) == (NOW, True)
    assert row(services, "exports").due is None


def test_applying_the_same_again_changes_nothing(services: Services) -> None:
    apply(services, BAKERY)
    services.store.save_source(replace(row(services), due=NOW + HOUR, cursor={"etag": "1"}))
    before = row(services)

    assert apply(services, BAKERY) == ["Nothing changes."]
    assert row(services) == before


def test_a_dry_run_says_the_same_and_writes_nothing(services: Services) -> None:
    lines = list(apply_file(services, [BAKERY], is_dry_run=True))

    assert lines[0].startswith("+ business bakery")
    assert lines[-1] == "Nothing was stored (--dry-run)."
    assert services.store.list_businesses() == ()
    assert services.store.load_source("bakery", "blog") is None


def test_a_dry_run_takes_nothing_away(services: Services) -> None:
    apply(services, BAKERY)

    lines = list(apply_file(services, [], is_dry_run=True))

    assert lines[0].startswith("- business bakery: taken away")
    assert services.store.load_business("bakery") == BAKERY
    assert row(services).due == NOW


def test_a_business_that_left_the_file_is_taken_away_with_its_sources(services: Services) -> None:
    other = replace(BAKERY, business_id="other")
    apply(services, BAKERY, other)

    lines = apply(services, other)

    assert lines == ["- business bakery: taken away (its feedback stays until retention)"]
    assert services.store.list_businesses() == ("other",)
    assert services.store.load_source("bakery", "blog") is None
    assert services.store.load_source("other", "blog") is not None


def test_a_source_that_left_the_file_is_forgotten(services: Services) -> None:
    apply(services, BAKERY)

    lines = apply(services, replace(BAKERY, sources=(EXPORTS,)))

    assert lines == ["- source blog of bakery"]
    assert services.store.load_source("bakery", "blog") is None
    assert row(services, "exports").due is None


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"name": "Bread"}, "~ business bakery: name Bakery -> Bread"),
        ({"trade": "bakery"}, "~ business bakery: trade nothing -> bakery"),
        ({"languages": ("en", "de")}, "~ business bakery: languages [en] -> [en, de]"),
        ({"escalate_after": 2 * HOUR}, "~ business bakery: escalate_after 4 h -> 2 h"),
        (
            {"sms": SmsSettings(monthly_cap_usd=5)},
            "~ business bakery: sms off -> 5 USD a month by sns",
        ),
        (
            {"locations": ()},
            "~ business bakery: locations [station (Station kiosk)] -> []",
        ),
        (
            {
                "contacts": (
                    replace(
                        BAKERY.contacts[0], quiet_hours=QuietHours(start=time(21), end=time(7))
                    ),
                )
            },
            "~ contact Owner of bakery",
        ),
        (
            {"contacts": (*BAKERY.contacts, Contact(name="Deputy", email="d@bakery.example"))},
            "+ contact Deputy of bakery",
        ),
        ({"sources": (replace(BLOG, every=2 * HOUR), EXPORTS)}, "~ source blog of bakery"),
        (
            {"sources": (EXPORTS, BLOG)},
            "~ business bakery: the order of contacts or sources",
        ),
    ],
)
def test_each_change_is_one_line_in_words(changes: Mapping[str, object], line: str) -> None:
    assert changes_between(BAKERY, replace(BAKERY, **changes)) == [line]  # type: ignore[arg-type]


def test_a_source_that_begins_to_be_pulled_is_due_and_one_that_ends_is_not(
    services: Services,
) -> None:
    by_hand = replace(BLOG, kind="import", every=None, options={})
    apply(services, replace(BAKERY, sources=(by_hand,)))
    assert row(services).due is None

    apply(services, BAKERY)
    assert row(services).due == NOW

    apply(services, replace(BAKERY, sources=(by_hand,)))
    assert row(services).due is None


def test_a_corrected_source_is_looked_at_at_once_from_its_beginning(services: Services) -> None:
    apply(services, BAKERY)
    services.store.save_source(
        replace(
            row(services),
            due=NOW + 6 * HOUR,
            cursor={"etag": "old", "had_entries": True},
            first_look_done=True,
            looked_at=NOW - HOUR,
            failures=5,
        )
    )
    moved = replace(BLOG, options={"address": "https://blog.example/new.xml"})

    apply(services, replace(BAKERY, sources=(moved, EXPORTS)))

    after = row(services)
    assert (after.due, dict(after.cursor), after.looked_at) == (NOW, {}, None)
    assert after.is_history


def test_a_new_schedule_counts_from_now_and_keeps_the_place(services: Services) -> None:
    apply(services, BAKERY)
    services.store.save_source(
        replace(row(services), due=NOW + 24 * HOUR, cursor={"etag": "1"}, first_look_done=True)
    )

    apply(services, replace(BAKERY, sources=(replace(BLOG, every=HOUR / 2), EXPORTS)))

    after = row(services)
    assert (after.due, dict(after.cursor), after.is_history) == (NOW, {"etag": "1"}, False)


def test_an_import_says_what_it_assumed_what_it_left_out_and_how_much_went_in(
    made: tuple[Services, MemoryQueues], tmp_path: Path
) -> None:
    services, queues = made
    apply(services, BAKERY)
    file = tmp_path / "export.csv"
    file.write_text("date,rating,review\n29/03/2025,1,cold\nnever,1,x\n30/03/2025,5,good\n")

    lines = list(import_file(services, file, "exports", None, {}))

    assert lines == [
        "Assumed: columns: date = date, text = review, stars = rating.",
        "Assumed: dates are read with the day first (29/03/2026).",
        "Left out line 3: the date is in no form that is known.",
        "Queued 2 of 3 rows, as history: it teaches what is usual and alarms nobody.",
    ]
    taken = queues.feedback.take(10)
    assert [(one.feedback.text, one.is_history) for one in taken] == [
        ("cold", True),
        ("good", True),
    ]
    assert {one.feedback.location for one in taken} == {"station"}


def test_the_second_import_of_a_source_is_news(services: Services, tmp_path: Path) -> None:
    apply(services, BAKERY)
    file = tmp_path / "export.csv"
    file.write_text("date,review\n2026-03-01,cold\n")
    list(import_file(services, file, "exports", "bakery", {}))

    lines = list(import_file(services, file, "exports", "bakery", {}))

    assert lines[-1] == "Queued 1 of 1 rows, as new."


def test_of_many_bad_rows_ten_are_shown(services: Services, tmp_path: Path) -> None:
    apply(services, BAKERY)
    file = tmp_path / "export.csv"
    file.write_text("date,review\n2026-03-01,good\n" + "never,bad\n" * 15)

    lines = list(import_file(services, file, "exports", None, {}))

    assert sum(line.startswith("Left out line") for line in lines) == 10
    assert "Left out 5 more lines for such reasons." in lines


@pytest.mark.parametrize(
    ("source", "business", "words"),
    [
        ("blog", "bakery", r"no source blog of kind import \(there are: exports\)"),
        ("none", "bakery", r"no source none of kind import \(there are: exports\)"),
        ("exports", "other", "there is no business other; there are: bakery, second"),
        ("exports", None, "name the business with --business; there are: bakery, second"),
    ],
)
def test_an_import_to_nowhere_says_where_it_could_go(
    services: Services, tmp_path: Path, source: str, business: str | None, words: str
) -> None:
    apply(services, BAKERY, replace(BAKERY, business_id="second"))

    with pytest.raises(SettingsError, match=words):
        list(import_file(services, tmp_path / "x.csv", source, business, {}))


def test_an_import_of_nothing_names_the_file(services: Services, tmp_path: Path) -> None:
    apply(services, BAKERY)

    with pytest.raises(FeedbackFileError, match=r"there is no file .*none\.csv; check the name"):
        list(import_file(services, tmp_path / "none.csv", "exports", None, {}))
    with pytest.raises(FeedbackFileError, match="cannot be read: Is a directory"):
        list(import_file(services, tmp_path, "exports", None, {}))


def test_an_address_that_bounced_is_used_again_once_its_contact_was_changed(
    services: Services,
) -> None:
    two = replace(
        BAKERY, contacts=(*BAKERY.contacts, Contact(name="Ben", email="ben@bakery.example"))
    )
    apply(services, two)
    for address, reason in (
        ("owner@bakery.example", "bounced"),
        ("ben@bakery.example", "bounced"),
        ("kim@bakery.example", "unsubscribed"),
    ):
        services.store.mark_dead("bakery", address, reason, NOW)

    apply(services, two)
    assert len(services.store.dead_addresses("bakery")) == 3

    owner = replace(BAKERY.contacts[0], language="de")
    kim = Contact(name="Ben", email="kim@bakery.example")
    apply(services, replace(BAKERY, contacts=(owner, kim)))
    assert services.store.dead_addresses("bakery") == {
        "ben@bakery.example": "bounced",
        "kim@bakery.example": "unsubscribed",
    }


def test_a_stand_in_ends_for_good_with_the_address_it_stood_in_for(services: Services) -> None:
    apply(services, BAKERY)
    moved = Standin(
        business_id="bakery",
        contact="Owner",
        instead_of="owner@bakery.example",
        address="new@shop.example",
        number=1,
    )
    services.store.save_standin(moved)

    apply(services, replace(BAKERY, sensitivity="calm"))
    assert services.store.standins("bakery") == [moved]

    other = replace(BAKERY.contacts[0], email="other@bakery.example")
    apply(services, replace(BAKERY, contacts=(other,)))
    apply(services, BAKERY)
    assert in_force(BAKERY, services.store.standins("bakery")) == BAKERY
