"""What every store must do with incidents, notifications and links."""

from dataclasses import replace

import pytest

from chalicelib.domain.alert import (
    LEASE,
    ChannelKind,
    NotifyReason,
    PageLink,
    cancel,
    claim,
    give_up,
    mark_sent,
    put_back,
)
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.incident import (
    Incident,
    IncidentKind,
    Outcome,
    acknowledge,
    record_outcome,
    resolve,
)
from chalicelib.domain.sentiment import CriticalKind
from chalicelib.ports import Store
from tests.contracts.builders import HOUR, MINUTE, NOW, a_notification, an_incident


def load(store: Store, incident: Incident) -> Incident:
    """The incident as it is stored."""
    found = store.load_incident(incident.business_id, incident.incident_id)
    assert found is not None
    return found


def test_what_is_not_there_is_none(store: Store) -> None:
    assert store.load_incident("bakery", "spike-000001") is None
    assert store.find_notification("bakery", "spike-000001", "x") is None
    assert store.notifications_of("bakery", "spike-000001") == []
    assert store.open_incidents("bakery") == []
    assert store.find_link("0" * 64) is None
    assert store.load_incident("bakery", "s" * 5_000) is None


def test_an_incident_comes_back_as_it_was(store: Store) -> None:
    incident = an_incident(
        kind=IncidentKind.CRITICAL,
        usual=0.1 + 0.2,
        location="tor",
        topic="wait_delivery",
        critical=(CriticalKind.SAFETY,),
        source="reviews",
        feedback_ids=("b", "a", "ü"),
        is_about_past=True,
        worse_count=2,
        escalation_step=1,
        snoozed_until=NOW + HOUR,
        last_told_at=NOW,
        due=NOW + MINUTE,
    )
    incident = record_outcome(incident, "ü", Outcome.LOST)
    incident = record_outcome(acknowledge(incident, "owner", NOW), "a", Outcome.RECOVERED)

    store.save_incident(incident, [])

    found = load(store, incident)
    assert found == replace(incident, version=1)
    assert list(found.outcomes) == ["ü", "a"]


def test_the_second_of_two_writers_of_an_incident_must_read_again(store: Store) -> None:
    store.save_incident(an_incident(), [])
    read = load(store, an_incident())
    store.save_incident(acknowledge(read, "owner", NOW), [])

    with pytest.raises(ConflictError):
        store.save_incident(resolve(read, "deputy", NOW), [a_notification(read)])
    with pytest.raises(ConflictError):
        store.save_incident(an_incident(), [])

    assert load(store, read).acknowledged_by == "owner"
    assert load(store, read).is_open
    assert store.notifications_of("bakery", read.incident_id) == []


def test_an_incident_cannot_be_changed_before_it_is_there(store: Store) -> None:
    with pytest.raises(ConflictError):
        store.save_incident(an_incident(version=3), [])

    assert store.load_incident("bakery", "spike-000001") is None


def test_open_incidents_are_listed_oldest_first(store: Store) -> None:
    young = an_incident(1, opened_at=NOW + HOUR)
    old = an_incident(2, opened_at=NOW)
    over = an_incident(3, opened_at=NOW)
    elsewhere = an_incident(4, business_id="clinic")
    for incident in (young, old, over, elsewhere):
        store.save_incident(incident, [a_notification(incident)])
    store.save_incident(acknowledge(load(store, old), "owner", NOW), [])
    store.save_incident(resolve(load(store, over), "owner", NOW), [])

    open_ids = [one.incident_id for one in store.open_incidents("bakery")]
    assert open_ids == ["spike-000002", "spike-000001"]
    assert [one.incident_id for one in store.incidents_of("bakery")] == [
        "spike-000002",
        "spike-000003",
        "spike-000001",
    ]


def test_incidents_of_more_than_a_page_are_all_listed(store: Store) -> None:
    # Five times 300 kB: more than the megabyte that DynamoDB answers at once.
    for number in range(1, 6):
        store.save_incident(an_incident(number, sentence="x" * 300_000), [])

    found = store.open_incidents("bakery")

    assert [one.generation for one in found] == [1, 2, 3, 4, 5]
    assert {len(one.sentence) for one in found} == {300_000}


def test_an_incident_is_due_while_it_is_open_and_waits_for_something(store: Store) -> None:
    due = an_incident(1, due=NOW + MINUTE)
    soon = an_incident(2, due=NOW)
    later = an_incident(3, due=NOW + HOUR)
    never = an_incident(4)
    other = an_incident(1, business_id="clinic", due=NOW - HOUR)
    for incident in (due, soon, later, never, other):
        store.save_incident(incident, [])

    found = store.due_incidents(NOW + MINUTE, 10)

    assert [(one.business_id, one.generation) for one in found] == [
        ("clinic", 1),
        ("bakery", 2),
        ("bakery", 1),
    ]
    assert found[1] == replace(soon, version=1)
    assert store.due_incidents(NOW + MINUTE, 1) == found[:1]
    assert store.due_incidents(NOW - 2 * HOUR, 10) == []


def test_a_resolved_incident_is_due_no_longer_and_keeps_its_time(store: Store) -> None:
    store.save_incident(an_incident(due=NOW), [])
    read = load(store, an_incident())

    store.save_incident(resolve(read, "owner", NOW), [])

    assert store.due_incidents(NOW + HOUR, 10) == []
    assert load(store, read).due == NOW


def test_a_notification_comes_back_as_it_was(store: Store) -> None:
    incident = an_incident()
    told = a_notification(
        incident, "Größe & Söhne #1", step=3, reason=NotifyReason.REMINDER, channel=ChannelKind.SMS
    )

    store.save_incident(incident, [told])

    found = store.find_notification("bakery", incident.incident_id, told.notification_id)
    assert found == replace(told, version=1)
    assert store.notifications_of("bakery", incident.incident_id) == [found]


def test_notifications_are_listed_by_creation(store: Store) -> None:
    incident = an_incident()
    second = a_notification(incident, "a", created_at=NOW + MINUTE)
    first = a_notification(incident, "b", created_at=NOW)
    store.save_incident(incident, [second, first])
    other = an_incident(2)
    store.save_incident(other, [a_notification(other)])

    found = store.notifications_of("bakery", incident.incident_id)

    assert [one.contact for one in found] == ["b", "a"]


def test_a_notification_that_exists_stays_as_it_is(store: Store) -> None:
    incident = an_incident()
    told = a_notification(incident)
    store.save_incident(incident, [told])
    sent = store.save_notification(mark_sent(replace(told, version=1), "m-1", NOW))

    store.save_incident(load(store, incident), [told, a_notification(incident, "deputy")])

    assert store.find_notification("bakery", incident.incident_id, told.notification_id) == sent
    assert store.due_notifications(NOW + HOUR, 10) == [
        replace(a_notification(incident, "deputy"), version=1)
    ]
    assert load(store, incident).version == 2


def test_only_one_of_two_claims_wins(store: Store) -> None:
    incident = an_incident()
    store.save_incident(incident, [a_notification(incident)])
    (waiting,) = store.due_notifications(NOW, 10)

    claimed = store.save_notification(claim(waiting, NOW))

    with pytest.raises(ConflictError):
        # At the very same moment, so that both would write the very same row.
        store.save_notification(claim(waiting, NOW))
    assert claimed.version == 2
    assert store.find_notification("bakery", incident.incident_id, waiting.notification_id) == (
        claimed
    )


def test_a_notification_cannot_be_changed_before_it_is_there(store: Store) -> None:
    told = a_notification(an_incident(), version=1)

    with pytest.raises(ConflictError):
        store.save_notification(told)

    assert store.due_notifications(NOW + HOUR, 10) == []


def test_a_notification_without_an_incident_may_be_written(store: Store) -> None:
    told = a_notification(an_incident())

    assert store.save_notification(told) == replace(told, version=1)

    with pytest.raises(ConflictError):
        store.save_notification(told)


def test_notifications_are_due_by_their_time_and_no_sooner(store: Store) -> None:
    incident = an_incident()
    quiet = a_notification(incident, "a", due=NOW + HOUR)
    late = a_notification(incident, "b", due=NOW - MINUTE)
    now = a_notification(incident, "c", due=NOW)
    store.save_incident(incident, [quiet, late, now])

    assert [one.contact for one in store.due_notifications(NOW, 10)] == ["b", "c"]
    assert [one.contact for one in store.due_notifications(NOW, 1)] == ["b"]
    assert [one.contact for one in store.due_notifications(NOW + HOUR, 10)] == ["b", "c", "a"]


def test_what_is_sent_given_up_or_cancelled_is_due_no_longer(store: Store) -> None:
    incident = an_incident()
    store.save_incident(incident, [a_notification(incident, name) for name in "abc"])
    first, second, third = store.due_notifications(NOW, 10)

    store.save_notification(mark_sent(first, "m-1", NOW))
    store.save_notification(give_up(second, "no such mailbox"))
    store.save_notification(cancel(third))

    assert store.due_notifications(NOW + 24 * HOUR, 10) == []
    found = store.notifications_of("bakery", incident.incident_id)
    assert sorted(one.state for one in found) == ["cancelled", "sent", "undeliverable"]


def test_a_lease_that_ran_out_is_due_again(store: Store) -> None:
    incident = an_incident()
    store.save_incident(incident, [a_notification(incident)])
    (told,) = store.due_notifications(NOW, 10)
    claimed = store.save_notification(claim(told, NOW))

    assert store.due_notifications(NOW + LEASE - MINUTE, 10) == []
    assert store.due_notifications(NOW + LEASE, 10) == [claimed]


def test_what_is_put_back_waits_its_time(store: Store) -> None:
    incident = an_incident()
    store.save_incident(incident, [a_notification(incident)])
    (told,) = store.due_notifications(NOW, 10)
    claimed = store.save_notification(claim(told, NOW))

    back = store.save_notification(put_back(claimed, "throttled", NOW))

    assert store.due_notifications(NOW + MINUTE, 10) == []
    assert store.due_notifications(NOW + 2 * MINUTE, 10) == [back]


def test_more_notifications_than_the_index_is_asked_for_at_once_are_all_due(store: Store) -> None:
    incident = an_incident()
    told = [a_notification(incident, f"c{n:02d}", due=NOW + n * MINUTE) for n in range(30)]
    store.save_incident(incident, told)

    found = store.due_notifications(NOW + HOUR, 100)

    assert [one.contact for one in found] == [f"c{number:02d}" for number in range(30)]


def test_a_link_is_found_by_its_hash_even_when_it_is_old(store: Store) -> None:
    link = PageLink(
        token_hash="ab" * 32,
        business_id="bakery",
        incident_id="spike-000001",
        contact="owner",
        channel=ChannelKind.SMS,
        expires_at=NOW - 24 * HOUR,
    )

    store.save_link(link)
    store.save_link(link)

    assert store.find_link("ab" * 32) == link
    assert store.find_link("cd" * 32) is None


def test_open_and_ended_incidents_are_listed_apart_newest_first(store: Store) -> None:
    for number in range(1, 5):
        incident = an_incident(generation=number, opened_at=NOW + number * HOUR)
        store.save_incident(incident, ())
    store.save_incident(resolve(load(store, an_incident(generation=2)), "Rosa", NOW), ())
    store.save_incident(an_incident(business_id="clinic", generation=9), ())

    is_open = store.listed_incidents("bakery", is_open=True, limit=2)
    ended = store.listed_incidents("bakery", is_open=False, limit=2)

    assert [one.generation for one in is_open] == [4, 3]
    assert [one.generation for one in ended] == [2]


def test_the_list_of_incidents_goes_on_before_the_last_one_shown(store: Store) -> None:
    for number in range(1, 4):
        store.save_incident(an_incident(generation=number, opened_at=NOW + number * HOUR), ())

    older = store.listed_incidents("bakery", is_open=True, limit=9, before=NOW + 3 * HOUR)

    assert [one.generation for one in older] == [2, 1]
