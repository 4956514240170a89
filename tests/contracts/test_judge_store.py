"""What every store must do with what waits to be judged, the judge's row and the ledger."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.errors import ConflictError
from chalicelib.domain.judging import JUDGED_AT_ONCE, Change, JudgeState, Unjudged
from chalicelib.domain.sentiment import CriticalKind
from chalicelib.ports import Store
from tests.contracts.builders import (
    HOUR,
    MINUTE,
    NOW,
    a_feedback,
    a_notification,
    an_incident,
    put,
    scored,
    waiting,
)


def judge(store: Store, judged: list[Unjudged], business_id: str = "bakery") -> JudgeState:
    """Judge these, as the detector would; returns the row afterwards."""
    state = store.load_judge(business_id)
    store.commit_judged(replace(state, sequence=state.sequence + 1), judged, [], [])
    return store.load_judge(business_id)


def line_up(store: Store, many: int, business_id: str = "bakery") -> list[Unjudged]:
    """So many stored feedbacks, a minute apart; returns what waits, oldest first."""
    return [
        put(
            store,
            scored(
                a_feedback(f"r{number}", business_id=business_id),
                received_at=NOW + number * MINUTE,
            ),
        )
        for number in range(many)
    ]


def test_a_business_that_was_never_judged_has_a_fresh_row(store: Store) -> None:
    assert store.load_judge("bakery") == JudgeState(business_id="bakery")
    assert store.unjudged("bakery", 10) == []
    assert list(store.ledger("bakery")) == []


def test_what_waits_comes_back_as_it_was(store: Store) -> None:
    stored = scored(a_feedback())
    unjudged = waiting(
        stored,
        Change.EDITED,
        negative=0.1 + 0.2,
        groups=("location:tor", "topic:parking after 8 pm"),
        seen_since=NOW - HOUR,
        is_history=True,
        critical=(CriticalKind.ALLERGY_ILLNESS, CriticalKind.INJURY),
        stars=1.5,
        anger=1e-200,
    )

    store.store(stored, None, unjudged)

    assert store.unjudged("bakery", 10) == [unjudged]


def test_nothing_said_is_not_the_same_as_surely_not_negative(store: Store) -> None:
    stored = scored(a_feedback())

    store.store(stored, None, waiting(stored, negative=None))

    assert store.unjudged("bakery", 10)[0].negative is None


def test_who_was_received_first_is_judged_first(store: Store) -> None:
    feedbacks = [scored(a_feedback(f"r{n}"), received_at=NOW - (n % 3) * MINUTE) for n in range(6)]
    for stored in feedbacks:
        put(store, stored)

    line = store.unjudged("bakery", 10)

    places = [(one.received_at, one.feedback_id) for one in line]
    assert places == sorted(places)
    assert len(places) == 6
    assert store.unjudged("bakery", 4) == line[:4]


def test_judging_moves_the_state_on_and_empties_the_line(store: Store) -> None:
    waits = line_up(store, 3)
    state = replace(
        store.load_judge("bakery"),
        detector={"alpha": 0.1 + 0.2, "ring": [1, 2.5, None, "x"], "by": {"é": {"n": 1}}},
        sequence=1,
        generation=4,
        open_spike="spike-000004",
        critical_day="2026-03-29",
        critical_count=2,
    )

    store.commit_judged(state, waits[:2], [], [])

    assert store.load_judge("bakery") == replace(state, version=1)
    assert store.unjudged("bakery", 10) == waits[2:]
    assert list(store.ledger("bakery")) == waits[:2]


def test_a_detector_of_many_kilobytes_comes_back_to_the_last_bit(store: Store) -> None:
    ring = [(number / 7) ** 9 for number in range(3_000)]
    state = replace(store.load_judge("bakery"), detector={"ring": ring})

    store.commit_judged(state, [], [], [])

    assert store.load_judge("bakery").detector == {"ring": ring}


def test_a_detector_document_that_its_owner_goes_on_changing_stays_as_it_was(store: Store) -> None:
    document: dict[str, object] = {"ring": [1.0]}
    store.commit_judged(replace(store.load_judge("bakery"), detector=document), [], [], [])

    document["ring"] = []

    assert store.load_judge("bakery").detector == {"ring": [1.0]}


def test_the_ledger_keeps_the_order_in_which_it_was_judged(store: Store) -> None:
    first, second, third, fourth = line_up(store, 4)

    judge(store, [second, first])
    judge(store, [fourth])
    judge(store, [third])

    assert list(store.ledger("bakery")) == [second, first, fourth, third]


def test_a_ledger_of_a_dozen_entries_is_read_in_the_order_of_numbers(store: Store) -> None:
    waits = line_up(store, 12)

    for unjudged in waits:
        judge(store, [unjudged])

    assert list(store.ledger("bakery")) == waits


@pytest.mark.parametrize("store", ["memory", "ministack"], indirect=True)
def test_ninety_are_judged_at_once(store: Store) -> None:
    # Not on moto: it copies the whole table for each transaction.
    waits = line_up(store, JUDGED_AT_ONCE)
    incident = an_incident()
    told = [a_notification(incident, f"contact {number}") for number in range(7)]
    state = store.load_judge("bakery")

    store.commit_judged(state, waits, [incident], told)

    assert store.unjudged("bakery", 100) == []
    assert list(store.ledger("bakery")) == waits
    assert len(store.notifications_of("bakery", incident.incident_id)) == 7


def test_more_than_a_transaction_holds_is_refused_whole(store: Store) -> None:
    waits = [waiting(scored(a_feedback(f"r{number}"))) for number in range(96)]
    incident = an_incident()

    with pytest.raises(ValueError, match="101 rows"):
        store.commit_judged(
            store.load_judge("bakery"), waits, [incident], [a_notification(incident)]
        )

    assert store.load_judge("bakery").version == 0


def test_the_second_of_two_judges_must_read_again(store: Store) -> None:
    first, second = line_up(store, 2)
    state = store.load_judge("bakery")
    store.commit_judged(replace(state, sequence=1, generation=1), [first], [], [])

    with pytest.raises(ConflictError):
        store.commit_judged(replace(state, sequence=1, generation=9), [second], [], [])

    assert store.load_judge("bakery").generation == 1
    assert store.unjudged("bakery", 10) == [second]
    assert list(store.ledger("bakery")) == [first]


def test_two_judges_that_read_the_same_state_never_both_write_it(store: Store) -> None:
    first, second = line_up(store, 2)
    state = store.load_judge("bakery")
    store.commit_judged(replace(state, generation=1), [], [], [])

    with pytest.raises(ConflictError):
        store.commit_judged(replace(state, generation=9), [], [], [])
    with pytest.raises(ConflictError):
        store.commit_judged(replace(state, generation=9, sequence=1), [first, second], [], [])

    assert store.load_judge("bakery").generation == 1
    assert store.unjudged("bakery", 10) == [first, second]


def test_a_judge_that_read_the_line_before_and_the_state_after_anothers_commit_is_refused(
    store: Store,
) -> None:
    waits = line_up(store, 2)
    read_early = store.unjudged("bakery", 10)
    judge(store, waits[:1])
    state = store.load_judge("bakery")

    with pytest.raises(ConflictError):
        store.commit_judged(replace(state, sequence=2), read_early, [], [])

    assert store.unjudged("bakery", 10) == waits[1:]
    assert list(store.ledger("bakery")) == waits[:1]


def test_a_ledger_entry_is_never_overwritten(store: Store) -> None:
    first, second = line_up(store, 2)
    judge(store, [first])
    state = store.load_judge("bakery")

    with pytest.raises(ConflictError):
        store.commit_judged(state, [second], [], [])

    assert list(store.ledger("bakery")) == [first]
    assert store.unjudged("bakery", 10) == [second]


def test_judging_nothing_moves_the_state_and_writes_no_ledger(store: Store) -> None:
    (first,) = line_up(store, 1)
    judge(store, [first])
    state = store.load_judge("bakery")

    store.commit_judged(replace(state, open_spike=None, critical_count=5), [], [], [])

    assert store.load_judge("bakery") == replace(state, critical_count=5, version=2)
    assert list(store.ledger("bakery")) == [first]


def test_a_refused_judgement_leaves_no_trace(store: Store) -> None:
    waits = line_up(store, 2)
    taken = an_incident(1)
    store.save_incident(taken, [])
    fresh, told = an_incident(2), a_notification(an_incident(2))
    state = replace(store.load_judge("bakery"), sequence=1, generation=2)

    with pytest.raises(ConflictError):
        # The first incident exists: its version is 1 by now.
        store.commit_judged(state, waits, [fresh, taken], [told])

    assert store.load_judge("bakery") == JudgeState(business_id="bakery")
    assert store.unjudged("bakery", 10) == waits
    assert list(store.ledger("bakery")) == []
    assert store.load_incident("bakery", fresh.incident_id) is None
    assert store.notifications_of("bakery", fresh.incident_id) == []


def test_a_judgement_brings_its_incident_and_notifications(store: Store) -> None:
    (unjudged,) = line_up(store, 1)
    incident = an_incident()
    told = a_notification(incident)

    store.commit_judged(
        replace(store.load_judge("bakery"), sequence=1), [unjudged], [incident], [told, told]
    )

    assert store.load_incident("bakery", incident.incident_id) == replace(incident, version=1)
    assert store.notifications_of("bakery", incident.incident_id) == [replace(told, version=1)]


def test_a_judgement_leaves_a_notification_that_exists_as_it_is(store: Store) -> None:
    incident = an_incident()
    told = a_notification(incident)
    store.save_incident(incident, [told])
    sent = store.save_notification(replace(told, version=1, provider_id="m-1"))
    new = a_notification(incident, "deputy")
    (unjudged,) = line_up(store, 1)

    store.commit_judged(
        replace(store.load_judge("bakery"), sequence=1),
        [unjudged],
        [replace(incident, version=1, negative=9)],
        [told, new],
    )

    assert store.find_notification("bakery", incident.incident_id, told.notification_id) == sent
    assert {one.contact for one in store.notifications_of("bakery", incident.incident_id)} == {
        "owner",
        "deputy",
    }
    worse = store.load_incident("bakery", incident.incident_id)
    assert worse is not None
    assert (worse.negative, worse.version) == (9, 2)
    assert store.unjudged("bakery", 10) == []


def test_an_edit_stored_while_its_elder_is_judged_still_waits(store: Store) -> None:
    first = scored(a_feedback())
    put(store, first)
    state, read = store.load_judge("bakery"), store.unjudged("bakery", 10)
    # Received at the very same moment: only the version tells the two apart.
    edited = scored(a_feedback(text="It was even worse.", updated_at=NOW))
    put(store, edited, first, Change.EDITED)

    store.commit_judged(replace(state, sequence=1), read, [], [])

    assert store.unjudged("bakery", 10) == [waiting(edited, Change.EDITED)]
    judge(store, store.unjudged("bakery", 10))
    assert [one.version for one in store.ledger("bakery")] == [
        first.feedback.version,
        edited.feedback.version,
    ]


def test_versions_received_at_one_moment_are_judged_in_their_order(store: Store) -> None:
    first = scored(a_feedback())
    edited = scored(a_feedback(text="two", updated_at=NOW))
    gone = scored(a_feedback(updated_at=NOW, is_deleted=True))

    put(store, first)
    put(store, edited, first, Change.EDITED)
    put(store, gone, edited, Change.DELETED)

    assert [one.change for one in store.unjudged("bakery", 10)] == ["new", "edited", "deleted"]


def test_businesses_that_wait_are_listed_longest_waiting_first(store: Store) -> None:
    for minutes, business_id in enumerate(("clinic", "bakery", "a#b")):
        for number in range(3):
            feedback = a_feedback(f"r{number}", business_id=business_id)
            put(store, scored(feedback, received_at=NOW + (minutes + number) * MINUTE))

    assert store.businesses_with_unjudged(NOW + HOUR, 10) == ["clinic", "bakery", "a#b"]
    assert store.businesses_with_unjudged(NOW + HOUR, 2) == ["clinic", "bakery"]
    assert store.businesses_with_unjudged(NOW + MINUTE, 10) == ["clinic"]
    tick = timedelta(microseconds=1)
    assert store.businesses_with_unjudged(NOW + MINUTE + tick, 10) == ["clinic", "bakery"]
    assert store.businesses_with_unjudged(NOW, 10) == []


def test_a_business_whose_line_is_empty_waits_no_longer(store: Store) -> None:
    waits = line_up(store, 2)
    judge(store, waits)

    assert store.businesses_with_unjudged(NOW + HOUR, 10) == []
