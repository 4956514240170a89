"""What every store must do with recovery cases, and with the acts of people."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.domain.audit import Act, ActKind
from chalicelib.domain.case import (
    CaseOrigin,
    CaseState,
    RecoveryCase,
    Severity,
    case_id_of,
    close,
    contact,
    take,
    without_words,
)
from chalicelib.domain.concern import Concern, outcomes_of
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.incident import Incident, IncidentKind, Outcome
from chalicelib.domain.judging import Unjudged
from chalicelib.ports import Store
from tests.contracts.builders import (
    HAPPY,
    HOUR,
    MINUTE,
    NOW,
    a_feedback,
    a_notification,
    an_incident,
    put,
    scored,
)


def a_case(customer: str = "trace-1", cause: str = "wait_delivery", **changes: Any) -> RecoveryCase:
    """A case that was opened just now and waits for nothing."""
    business_id = changes.get("business_id", "bakery")
    plain: dict[str, Any] = {
        "business_id": business_id,
        "case_id": case_id_of(business_id, customer, cause),
        "customer": customer,
        "cause": cause,
        "origin": CaseOrigin.INCIDENT,
        "severity": Severity.NORMAL,
        "opened_at": NOW,
    }
    return RecoveryCase(**(plain | changes))


def an_act(about: RecoveryCase, what: ActKind = ActKind.TAKE_CASE, **changes: Any) -> Act:
    """What the owner did to a case."""
    plain: dict[str, Any] = {"business_id": about.business_id, "at": NOW, "who": "owner"}
    return Act(**(plain | {"what": what, "about": f"case:{about.case_id}"} | changes))


def load(store: Store, case: RecoveryCase) -> RecoveryCase:
    """The case as it is stored."""
    found = store.load_case(case.business_id, case.case_id)
    assert found is not None
    return found


def ids(cases: list[RecoveryCase]) -> list[str]:
    """Whose they are, in their order."""
    return [case.customer for case in cases]


def test_where_nothing_is_there_is_no_case(store: Store) -> None:
    assert store.load_case("bakery", "0-0-1") is None
    assert store.load_case("bakery", "c" * 5_000) is None
    assert store.claimed("bakery", ["r1"]) == {}
    assert store.open_cases("bakery", 10) == []
    assert store.cases_of_customer("bakery", "trace-1") == []
    assert store.cases_closed_between("bakery", "2026-01-01", "2026-12-31", 10) == []
    assert store.due_cases(NOW, 10) == []
    assert store.acts("bakery", NOW - HOUR, NOW, 10) == []


def test_a_case_comes_back_as_it_was(store: Store) -> None:
    case = a_case(
        customer="Größe#1",
        origin=CaseOrigin.SURVEY,
        severity=Severity.URGENT,
        feedback_ids=("b", "ä"),
        incident_id="spike-000001",
        location="tor",
        state=CaseState.CONTACTED,
        owner="Größe & Söhne",
        due=NOW + HOUR,
        paused_until=NOW + 2 * HOUR,
        pause_reason="waits for the oven",
        first_contacted_at=NOW,
        contacted_at=NOW + MINUTE,
        root_cause="no second baker",
        note="was kind on the phone",
        cost_cents=1_250,
        reopened=2,
        reopened_at=NOW,
        escalated_at=NOW,
        told_to=("owner",),
        looked_at_next=NOW + HOUR,
    )

    saved = store.save_case(case, None)

    assert saved == replace(case, version=1)
    assert load(store, case) == saved


def test_the_second_of_two_writers_of_a_case_must_read_again(store: Store) -> None:
    read = store.save_case(a_case(), None)
    store.save_case(take(read, "owner"), an_act(read))

    with pytest.raises(ConflictError):
        store.save_case(take(read, "deputy"), an_act(read, who="deputy"))
    with pytest.raises(ConflictError):
        store.save_case(a_case(), None)
    with pytest.raises(ConflictError):
        store.save_case(a_case("trace-2", version=3), None)

    assert load(store, read).owner == "owner"
    assert [act.who for act in store.acts("bakery", NOW, NOW, 10)] == ["owner"]
    assert store.cases_of_customer("bakery", "trace-2") == []


def test_a_feedback_belongs_to_one_case(store: Store) -> None:
    case = store.save_case(a_case(), None, claims=["r1", "r2"])

    with pytest.raises(ConflictError):
        store.save_case(a_case("trace-2"), an_act(a_case("trace-2")), claims=["r3", "r2"])
    store.save_case(case, None, claims=["r2", "r3"])

    assert store.claimed("bakery", ["r1", "r2", "r3", "r4"]) == {
        "r1": case.case_id,
        "r2": case.case_id,
        "r3": case.case_id,
    }
    assert store.claimed("clinic", ["r1"]) == {}
    assert store.cases_of_customer("bakery", "trace-2") == []
    assert store.acts("bakery", NOW, NOW, 10) == []


def test_a_notification_goes_out_with_the_case_once(store: Store) -> None:
    told = a_notification(an_incident())

    case = store.save_case(a_case(), None, [told])
    store.save_case(case, None, [replace(told, due=NOW + HOUR)])
    with pytest.raises(ConflictError):
        store.save_case(case, None, [replace(told, contact="deputy")])

    found = store.notifications_of("bakery", told.incident_id)
    assert [(one.contact, one.due) for one in found] == [("owner", NOW)]


def test_more_than_a_transaction_holds_is_refused_before_anything_is_written(store: Store) -> None:
    with pytest.raises(ValueError, match="101 rows"):
        store.save_case(a_case(), None, claims=[f"r{number}" for number in range(99)])

    assert store.load_case("bakery", a_case().case_id) is None
    assert store.claimed("bakery", ["r0"]) == {}


def test_open_cases_are_listed_by_when_they_are_due(store: Store) -> None:
    for customer, due in (("later", NOW + HOUR), ("never", None), ("soon", NOW), ("over", NOW)):
        store.save_case(a_case(customer, due=due), None)
    store.save_case(a_case("elsewhere", business_id="clinic", due=NOW), None)
    over = load(store, a_case("over"))
    store.save_case(close(over, CaseState.LOST, "owner", NOW, root_cause="late"), None)

    assert ids(store.open_cases("bakery", 10)) == ["soon", "later", "never"]
    assert ids(store.open_cases("bakery", 2)) == ["soon", "later"]
    assert store.open_cases("bakery", 1) == [load(store, a_case("soon"))]


def test_ended_cases_are_listed_newest_first_across_months(store: Store) -> None:
    for customer, moment in (
        ("march", datetime(2026, 3, 31, 23, 59, 59, 999_999, tzinfo=UTC)),
        ("april", datetime(2026, 4, 1, tzinfo=UTC)),
        ("late", datetime(2026, 4, 30, 12, tzinfo=UTC)),
        ("may", datetime(2026, 5, 1, tzinfo=UTC)),
    ):
        case = store.save_case(a_case(customer), None)
        store.save_case(close(case, CaseState.LOST, "owner", moment, root_cause="late"), None)
    store.save_case(a_case("open"), None)

    def closed(first: str, last: str, limit: int = 10) -> list[str]:
        return ids(store.cases_closed_between("bakery", first, last, limit))

    assert closed("2026-03-31", "2026-04-30") == ["late", "april", "march"]
    assert closed("2026-04-01", "2026-04-29") == ["april"]
    assert closed("2026-03-31", "2026-05-01", 2) == ["may", "late"]
    assert closed("2025-11-01", "2026-03-30") == []
    assert store.cases_closed_between("clinic", "2026-01-01", "2026-12-31", 10) == []


def test_a_case_that_is_opened_again_is_no_longer_listed_as_ended(store: Store) -> None:
    case = store.save_case(a_case(due=NOW), None)
    ended = store.save_case(close(case, CaseState.LOST, "owner", NOW, root_cause="late"), None)

    store.save_case(replace(ended, state=CaseState.OPEN, closed_at=None, due=NOW), None)

    assert ids(store.open_cases("bakery", 10)) == ["trace-1"]
    assert store.cases_closed_between("bakery", "2026-03-01", "2026-03-31", 10) == []


def test_all_cases_of_a_customer_are_found_and_those_of_no_other(store: Store) -> None:
    store.save_case(a_case(cause="wait_delivery", opened_at=NOW), None)
    store.save_case(a_case(cause="price_value", opened_at=NOW - HOUR), None)
    store.save_case(a_case("trace-2"), None)
    store.save_case(a_case(business_id="clinic"), None)

    causes = [case.cause for case in store.cases_of_customer("bakery", "trace-1")]
    assert causes == ["price_value", "wait_delivery"]
    assert ids(store.cases_of_customer("clinic", "trace-1")) == ["trace-1"]


def test_a_forgotten_customer_is_not_found_under_the_old_name(store: Store) -> None:
    case = store.save_case(a_case(), None)

    store.save_case(replace(case, customer=""), None)

    assert store.cases_of_customer("bakery", "trace-1") == []
    assert load(store, case).customer == ""


def test_a_case_is_due_while_it_is_open_and_has_a_time_to_be_looked_at(store: Store) -> None:
    for customer, moment in (
        ("second", NOW + MINUTE),
        ("first", NOW),
        ("later", NOW + HOUR),
        ("never", None),
        ("ended", NOW),
    ):
        store.save_case(a_case(customer, looked_at_next=moment), None)
    store.save_case(a_case("other", business_id="clinic", looked_at_next=NOW - HOUR), None)
    ended = load(store, a_case("ended"))
    store.save_case(close(ended, CaseState.RECOVERED, "owner", NOW, root_cause="late"), None)

    assert ids(store.due_cases(NOW + MINUTE, 10)) == ["other", "first", "second"]
    assert ids(store.due_cases(NOW + MINUTE, 1)) == ["other"]
    assert store.due_cases(NOW - 2 * HOUR, 10) == []
    assert store.due_incidents(NOW + HOUR, 10) == []


def test_a_case_that_was_contacted_waits_for_nothing(store: Store) -> None:
    case = store.save_case(a_case(looked_at_next=NOW, due=NOW), None)

    store.save_case(contact(case, "owner", NOW), None)

    assert store.due_cases(NOW + HOUR, 10) == []
    assert ids(store.open_cases("bakery", 10)) == ["trace-1"]


def test_acts_are_listed_newest_first_within_their_times(store: Store) -> None:
    case = a_case()
    moments = [
        datetime(2026, 3, 31, 23, 59, tzinfo=UTC),
        datetime(2026, 4, 1, tzinfo=UTC),
        datetime(2026, 4, 2, tzinfo=UTC),
    ]
    for number, moment in enumerate(moments):
        store.save_act(an_act(case, at=moment, detail=str(number)))
    store.save_act(an_act(a_case(business_id="clinic"), at=moments[1]))

    def found(first: datetime, last: datetime, limit: int = 10) -> list[str]:
        return [act.detail for act in store.acts("bakery", first, last, limit)]

    assert found(moments[0], moments[2]) == ["2", "1", "0"]
    assert found(moments[0], moments[2], 2) == ["2", "1"]
    assert found(moments[1], moments[1]) == ["1"]
    assert found(moments[0] + MINUTE / 2, moments[2] - MINUTE) == ["1"]


def test_an_act_comes_back_as_it_was_and_two_of_one_moment_are_two(store: Store) -> None:
    case = a_case()
    one = an_act(case, ActKind.CONTACT, detail="phone")
    other = an_act(case, ActKind.TAKE_CASE)

    for act in (one, other, one):
        store.save_act(act)

    found = store.acts("bakery", NOW, NOW, 10)
    assert len(found) == 2
    assert {act.what: act for act in found} == {one.what: one, other.what: other}


def test_an_act_is_kept_with_the_change_it_is_of(store: Store) -> None:
    case = a_case()

    store.save_case(case, an_act(case, ActKind.OPEN_CASE, detail="hand"))

    assert store.acts("bakery", NOW, NOW, 10) == [an_act(case, ActKind.OPEN_CASE, detail="hand")]


def judged(store: Store, *changes: Unjudged, incidents: Sequence[Incident] = ()) -> None:
    """Have the store keep and the judge take these changes."""
    state = store.load_judge("bakery")
    store.commit_judged(replace(state, sequence=state.sequence + 1), changes, incidents, [])


def test_an_unhappy_voice_leaves_a_concern_until_it_is_acted_on(store: Store) -> None:
    unhappy = put(store, scored(a_feedback("r1")))
    happy = put(store, scored(a_feedback("r2"), HAPPY))
    judged(store, unhappy, happy)

    (concern,) = store.concerns("bakery", 10)
    assert concern.concern_id == "000000000001"
    assert concern.feedback_ids == (unhappy.feedback_id,)
    assert concern.since == unhappy.received_at
    assert store.businesses_with_concerns(concern.since, 10) == ["bakery"]
    assert store.businesses_with_concerns(concern.since - MINUTE, 10) == []

    store.drop_concern(concern)
    store.drop_concern(concern)

    assert store.concerns("bakery", 10) == []
    assert store.businesses_with_concerns(NOW + HOUR, 10) == []


def test_a_judgement_that_concerns_nobody_leaves_nothing(store: Store) -> None:
    judged(store, put(store, scored(a_feedback("r1"), HAPPY)))
    old = replace(put(store, scored(a_feedback("r2"), is_history=True)), is_history=True)
    store.drop_concern(Concern(business_id="bakery", concern_id="x", since=NOW))
    judged(store, old)

    assert store.concerns("bakery", 10) == []


def test_an_incident_that_quotes_somebody_is_a_concern_and_a_silent_source_is_none(
    store: Store,
) -> None:
    spike = an_incident(feedback_ids=("a", "b"))
    source = an_incident(2, kind=IncidentKind.SOURCE, source="reviews")
    judged(store, put(store, scored(a_feedback(), HAPPY)), incidents=[spike, source])

    assert [one.incident_ids for one in store.concerns("bakery", 10)] == [("spike-000001",)]


def test_a_refused_judgement_leaves_no_concern(store: Store) -> None:
    unhappy = put(store, scored(a_feedback("r1")))
    judged(store, unhappy)
    store.drop_concern(store.concerns("bakery", 1)[0])

    with pytest.raises(ConflictError):
        judged(store, unhappy)

    assert store.concerns("bakery", 10) == []


def test_who_is_marked_not_negative_is_a_concern_together_with_the_act(store: Store) -> None:
    feedback_id = put(store, scored(a_feedback())).feedback_id
    act = Act(
        business_id="bakery",
        at=NOW,
        who="owner",
        what=ActKind.NOT_NEGATIVE,
        about="spike-000001",
        detail=feedback_id,
    )

    store.mark_not_negative("bakery", feedback_id, NOW, act)
    store.mark_not_negative("bakery", "nobody", NOW, replace(act, detail="nobody"))

    assert [one.feedback_ids for one in store.concerns("bakery", 10)] == [(feedback_id,)]
    assert store.acts("bakery", NOW, NOW, 10) == [act]


def test_what_was_said_of_an_incident_is_kept_with_it(store: Store) -> None:
    incident = an_incident(feedback_ids=("a",))
    act = Act(
        business_id="bakery",
        at=NOW,
        who="owner",
        what=ActKind.ACKNOWLEDGE,
        about="spike-000001",
    )
    concern = outcomes_of(incident, {"a": Outcome.LOST}, "owner", NOW)

    store.save_incident(incident, [], acts=[act], concern=concern)
    with pytest.raises(ConflictError):
        store.save_incident(incident, [], acts=[replace(act, who="deputy")], concern=concern)

    assert store.acts("bakery", NOW, NOW, 10) == [act]
    assert store.concerns("bakery", 10) == [concern]
    assert concern is not None
    assert concern.outcomes == {"a": Outcome.LOST}


def test_the_words_of_an_ended_case_wait_for_their_end(store: Store) -> None:
    case = store.save_case(a_case(), None)
    ended = close(case, CaseState.LOST, "owner", NOW, root_cause="late", note="called")
    ended = store.save_case(replace(ended, words_until=NOW + HOUR), None)

    assert store.outlived_cases(NOW, 10) == []
    assert store.outlived_cases(NOW + HOUR, 10) == [ended]

    store.save_case(without_words(ended), None)

    assert store.outlived_cases(NOW + HOUR, 10) == []
    assert load(store, case).root_cause == ""
    assert load(store, case).state is CaseState.LOST
