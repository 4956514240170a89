"""What every store must do with businesses, sources, addresses and budgets."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from chalicelib.domain.address import Standin
from chalicelib.domain.alert import ChannelKind, SendLog
from chalicelib.domain.business import (
    Contact,
    QuietHours,
    SmsBackend,
    SmsSettings,
    SourceSettings,
    StoragePolicy,
)
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.source import HELD_LIMIT
from chalicelib.ports import Store
from tests.contracts.builders import HOUR, MINUTE, NOW, a_business, a_source


def test_a_business_comes_back_as_it_was(store: Store) -> None:
    business = a_business(
        contacts=(
            Contact(
                name="Ömer",
                phone="+15550101",
                language="de",
                time_zone="Europe/Berlin",
                quiet_hours=QuietHours(start=time(22), end=time(7, 30)),
            ),
        ),
        sources=(
            SourceSettings(
                name="survey",
                kind="survey",
                secret="bakery/survey",
                storage_policy=StoragePolicy.TTL_24H,
                options={"nested": {"list": [1, 2.5, True, None, "ü"]}},
            ),
            *a_business().sources,
        ),
        topics=("sourdough", "parking"),
        sms=SmsSettings(monthly_cap_usd=2.5, backend=SmsBackend.END_USER_MESSAGING),
        escalate_after=timedelta(minutes=90),
    )

    store.save_business(business)

    assert store.load_business("bakery") == business


def test_a_business_of_thirty_places_and_long_names_comes_back(store: Store) -> None:
    business = a_business(topics=tuple(f"topic {n}: " + "ä" * 40 for n in range(200)))

    store.save_business(business)

    assert store.load_business("bakery") == business


def test_a_business_is_replaced_whole(store: Store) -> None:
    store.save_business(a_business(topics=("parking",)))

    store.save_business(a_business(name="Bakery"))

    assert store.load_business("bakery") == a_business(name="Bakery")
    assert store.list_businesses() == ("bakery",)


def test_businesses_are_listed_in_order(store: Store) -> None:
    for business_id in ("clinic", "bakery", "a#b", "ä"):
        store.save_business(a_business(business_id))

    assert store.list_businesses() == ("a#b", "bakery", "clinic", "ä")


def test_a_removed_business_is_gone_and_no_other(store: Store) -> None:
    for business_id in ("bakery", "clinic"):
        store.save_business(a_business(business_id))

    store.remove_business("bakery")
    store.remove_business("bakery")

    assert store.load_business("bakery") is None
    assert store.list_businesses() == ("clinic",)
    assert store.load_business("clinic") == a_business("clinic")


@pytest.mark.parametrize("name", ["", "bakery#B", "BAKERY", "b" * 3_000, "../bakery", "bak%65ry"])
def test_a_business_that_is_none_is_none(store: Store, name: str) -> None:
    store.save_business(a_business())

    assert store.load_business(name) is None


def test_a_source_comes_back_as_it_was(store: Store) -> None:
    held = {f"{number:032x}": f"{number:016x}" for number in reversed(range(HELD_LIMIT))}
    state = a_source(
        cursor={"after": "2026-03-29", "pages": [1, 2], "etag": None, "more": {"a": 0.1}},
        held=held,
        looked_at=NOW,
        first_look_done=True,
        newest_written_at=NOW - HOUR,
        lease_until=NOW + MINUTE,
        failures=3,
        trouble="refused",
        advice="Enter a new key.",
        failing_since=NOW - HOUR,
    )

    saved = store.save_source(state)

    assert saved == replace(state, version=1)
    found = store.load_source("bakery", "reviews")
    assert found == saved
    # The oldest are forgotten first, so their order is part of the value.
    assert list(found.held) == list(held)


def test_a_source_that_was_never_applied_is_none(store: Store) -> None:
    assert store.load_source("bakery", "reviews") is None
    assert store.load_source("bakery", "") is None


def test_only_one_of_two_leases_wins(store: Store) -> None:
    read = store.save_source(a_source())
    lease = replace(read, due=NOW + HOUR, lease_until=NOW + HOUR)

    store.save_source(lease)

    with pytest.raises(ConflictError):
        store.save_source(lease)
    with pytest.raises(ConflictError):
        store.save_source(a_source())


def test_a_cursor_that_its_owner_goes_on_changing_stays_as_it_was(store: Store) -> None:
    cursor: dict[str, object] = {"page": 1}
    store.save_source(a_source(cursor=cursor))

    cursor["page"] = 2

    found = store.load_source("bakery", "reviews")
    assert found is not None
    assert found.cursor == {"page": 1}


def test_sources_are_due_longest_waiting_first(store: Store) -> None:
    store.save_source(a_source("b", due=NOW))
    store.save_source(a_source("a", due=NOW - MINUTE))
    store.save_source(a_source("c", due=NOW + MINUTE))
    store.save_source(a_source("webhook", due=None))
    store.save_source(a_source("x#y", business_id="a#b", due=NOW - HOUR))

    due = [("a#b", "x#y"), ("bakery", "a"), ("bakery", "b")]
    assert store.due_sources(NOW, 10) == due
    assert store.due_sources(NOW, 2) == due[:2]
    assert store.due_sources(NOW - 2 * HOUR, 10) == []


def test_a_source_that_moved_on_is_due_at_its_new_time_only(store: Store) -> None:
    read = store.save_source(a_source())

    stopped = store.save_source(replace(read, due=NOW + HOUR))

    assert store.due_sources(NOW, 10) == []
    assert store.due_sources(NOW + HOUR, 10) == [("bakery", "reviews")]
    store.save_source(replace(stopped, due=None))
    assert store.due_sources(NOW + HOUR, 10) == []


def test_a_removed_source_starts_anew(store: Store) -> None:
    store.save_source(a_source())

    store.remove_source("bakery", "reviews")
    store.remove_source("bakery", "reviews")

    assert store.load_source("bakery", "reviews") is None
    assert store.due_sources(NOW, 10) == []
    assert store.save_source(a_source()).version == 1


def test_a_dead_address_keeps_its_first_reason(store: Store) -> None:
    store.mark_dead("bakery", "owner@example.org", "bounced", NOW)
    store.mark_dead("bakery", "owner@example.org", "complained", NOW + HOUR)
    store.mark_dead("bakery", "+15550100", "opted_out", NOW)
    store.mark_dead("clinic", "ö@example.org", "unsubscribed", NOW)

    assert store.dead_addresses("bakery") == {
        "+15550100": "opted_out",
        "owner@example.org": "bounced",
    }
    assert store.dead_addresses("clinic") == {"ö@example.org": "unsubscribed"}
    assert store.dead_addresses("dentist") == {}


def test_an_address_lives_again_and_may_die_of_something_else(store: Store) -> None:
    store.mark_dead("bakery", "owner@example.org", "bounced", NOW)
    store.mark_dead("clinic", "owner@example.org", "complained", NOW)

    store.revive("bakery", "owner@example.org", NOW + HOUR)
    store.revive("bakery", "owner@example.org", NOW + HOUR)
    store.revive("bakery", "never-dead@example.org", NOW + HOUR)
    assert store.dead_addresses("bakery") == {}
    assert store.dead_addresses("clinic") == {"owner@example.org": "complained"}

    store.mark_dead("bakery", "owner@example.org", "unsubscribed", NOW + 2 * HOUR)
    assert store.dead_addresses("bakery") == {"owner@example.org": "unsubscribed"}


def test_a_stand_in_is_kept_by_contact_and_replaced_whole(store: Store) -> None:
    rosa = Standin(business_id="bakery", contact="Rosa", instead_of="rosa@example.org")
    asked = replace(rosa, asked="new@example.org", asked_at=NOW, number=1)
    ben = replace(rosa, contact="Ben", address="ben@example.org", before="b@example.org", number=7)
    for one in (rosa, asked, ben, replace(rosa, business_id="clinic")):
        store.save_standin(one)

    assert store.standins("bakery") == [ben, asked]
    assert store.standins("clinic") == [replace(rosa, business_id="clinic")]
    assert store.standins("dentist") == []


def take(
    store: Store, amount: int, limit: int, paid_for: str, *, budget: str = "sms-cents.2026-03",
    business_id: str = "bakery",
) -> bool:  # fmt: skip
    return store.take_from_budget(business_id, budget, amount, limit, paid_for=paid_for)


def test_a_budget_is_taken_to_the_last_cent_and_no_further(store: Store) -> None:
    assert take(store, 6, 10, "a")
    assert not take(store, 5, 10, "b")
    assert take(store, 4, 10, "c")
    assert not take(store, 1, 10, "d")


def test_what_was_paid_for_once_costs_nothing_again_and_what_was_refused_was_not_paid(
    store: Store,
) -> None:
    assert [take(store, 6, 10, "a") for _ in range(3)] == [True, True, True]
    assert not take(store, 5, 10, "b")
    assert take(store, 4, 10, "c")

    assert take(store, 6, 10, "a")
    assert not take(store, 5, 10, "b")


def test_budgets_are_apart_by_name_and_business(store: Store) -> None:
    assert take(store, 10, 10, "a")

    assert take(store, 10, 10, "b", budget="sms-cents.2026-04")
    assert take(store, 10, 10, "b", business_id="clinic")


def test_more_than_a_whole_budget_is_never_taken(store: Store) -> None:
    assert not take(store, 11, 10, "a")
    assert take(store, 10, 10, "b")


def test_the_log_of_sends_is_rewritten_by_one_at_a_time(store: Store) -> None:
    fresh = store.load_sends("bakery")
    assert fresh == SendLog(business_id="bakery")

    saved = store.save_sends(fresh.noted(ChannelKind.EMAIL, NOW).noted(ChannelKind.SMS, NOW))

    assert store.load_sends("bakery") == saved
    assert (saved.emails, saved.sms, saved.version) == ((NOW,), (NOW,), 1)
    with pytest.raises(ConflictError):
        store.save_sends(fresh.noted(ChannelKind.EMAIL, NOW + HOUR))
    assert store.load_sends("clinic") == SendLog(business_id="clinic")
