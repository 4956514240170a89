"""Whoever is unhappy gets a case, and somebody who looks after it in time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import flow
from chalicelib.domain.alert import NotifyReason
from chalicelib.domain.audit import ActKind
from chalicelib.domain.business import LegalBasis, PrivacySettings
from chalicelib.domain.case import (
    CaseOrigin,
    CaseState,
    RecoveryCase,
    Severity,
    Withdrawal,
    close,
    contact,
    pause,
    take,
)
from chalicelib.domain.errors import TransitionError
from chalicelib.domain.feedback import Arrival, FeedbackKind, SurveyMetric
from chalicelib.domain.incident import IncidentKind
from chalicelib.domain.session import Role, Visitor
from chalicelib.flow.reaching_out import open_by_hand, reopen_by_hand
from chalicelib.store.envelopes import write_arrival
from tests.house import BAKERY, START, House, house


@pytest.fixture
def town() -> Iterator[House]:
    """A house that has learned what is usual."""
    with house() as made:
        made.learn()
        yield made


def cases(town: House) -> list[RecoveryCase]:
    """All open cases, the one that is due first first."""
    return town.store.open_cases("bakery", 100)


def survey(town: House, **scores: float) -> Any:
    """An answer to a survey without a word."""
    given = {SurveyMetric(name): score for name, score in scores.items()}
    return town.feedback("", kind=FeedbackKind.SURVEY, survey_scores=given, traces=("trace-s",))


def spike(town: House, customers: int = 8) -> None:
    """So many customers are unhappy about waiting, one after the other."""
    for number in range(customers):
        town.wait(minutes=20)
        town.hear(town.feedback("bad, we waited", traces=(f"trace-{number}",)))


def test_every_customer_whom_an_incident_quotes_has_one_case(town: House) -> None:
    spike(town)

    (incident,) = town.store.open_incidents("bakery")
    assert len(incident.feedback_ids) >= 3
    assert town.store.claimed("bakery", incident.feedback_ids).keys() == {*incident.feedback_ids}
    opened = cases(town)
    assert len(opened) == len(incident.feedback_ids)
    assert {case.cause for case in opened} == {"wait_delivery"}
    assert {case.origin for case in opened} == {CaseOrigin.INCIDENT}
    assert {case.incident_id for case in opened} == {incident.incident_id}
    # Each is angry: a working day.
    assert {case.severity for case in opened} == {Severity.HIGH}
    assert all(case.due and case.due > case.opened_at for case in opened)


def test_one_customer_who_complains_twice_of_the_same_has_one_case(town: House) -> None:
    for _ in range(8):
        town.wait(minutes=20)
        town.hear(town.feedback("bad, we waited", traces=("trace-1",)))

    (incident,) = town.store.open_incidents("bakery")
    (case,) = cases(town)
    assert {*case.feedback_ids} >= {*incident.feedback_ids}
    assert case.reopened == 0


def test_another_cause_of_the_same_customer_is_another_case(town: House) -> None:
    town.hear(town.feedback("bad allergy after the cake", traces=("trace-1",)))
    town.hear(town.feedback("bad allergy, and we waited", traces=("trace-1",)))

    assert sorted(case.cause for case in cases(town)) == ["", "wait_delivery"]
    assert {case.customer for case in cases(town)} == {"trace-1"}


def test_what_cannot_wait_is_urgent_and_due_within_two_opening_hours(town: House) -> None:
    town.hear(town.feedback("bad allergy after the cake"))

    (case,) = cases(town)
    (incident,) = town.store.open_incidents("bakery")
    assert incident.kind is IncidentKind.CRITICAL
    assert (case.origin, case.severity) == (CaseOrigin.CRITICAL, Severity.URGENT)
    assert case.due == town.now + timedelta(hours=2)


def test_a_low_score_opens_a_case_without_any_incident(town: House) -> None:
    town.hear(survey(town, nps=6))

    (case,) = cases(town)
    assert (case.origin, case.severity) == (CaseOrigin.SURVEY, Severity.NORMAL)
    assert case.customer == "trace-s"
    assert town.store.open_incidents("bakery") == []


@pytest.mark.parametrize("scores", [{"nps": 7}, {"csat": 3}, {"ces": 3}, {"nps": 9, "csat": 5}])
def test_a_middling_score_opens_none(town: House, scores: dict[str, float]) -> None:
    town.hear(survey(town, **scores))

    assert cases(town) == []


@pytest.mark.parametrize("scores", [{"nps": 0}, {"csat": 2}, {"ces": 2}, {"nps": 9, "csat": 1}])
def test_each_scale_has_its_low_end(town: House, scores: dict[str, float]) -> None:
    town.hear(survey(town, **scores))

    assert len(cases(town)) == 1


def test_one_unhappy_voice_alone_opens_none(town: House) -> None:
    town.hear(town.feedback("bad bread"))

    assert cases(town) == []
    assert town.store.concerns("bakery", 10) == []


def test_a_history_of_low_scores_opens_none(town: House) -> None:
    town.hear(survey(town, nps=0), is_history=True)

    assert cases(town) == []


def test_who_is_unhappy_again_after_the_end_has_the_case_reopened(town: House) -> None:
    town.hear(survey(town, nps=2))
    (case,) = cases(town)
    town.store.save_case(close(case, CaseState.RECOVERED, "Rosa", town.now, root_cause="late"))
    town.wait(days=9)

    town.hear(town.feedback("bad bread", traces=("trace-s",)))

    (again,) = cases(town)
    assert again.case_id == case.case_id
    assert (again.reopened, again.reopened_at) == (1, town.now)
    assert (again.state, again.closed_at) == (CaseState.OPEN, None)
    assert again.due is not None
    assert again.due > town.now
    assert len(again.feedback_ids) == 2


def test_what_was_written_before_the_end_reopens_nothing(town: House) -> None:
    town.hear(survey(town, nps=2))
    late = town.feedback("bad bread", traces=("trace-s",))
    town.wait(hours=1)
    (case,) = cases(town)
    town.store.save_case(close(case, CaseState.LOST, "Rosa", town.now, root_cause="late"))
    town.wait(hours=1)

    town.hear(late)

    assert cases(town) == []
    (ended,) = town.store.cases_of_customer("bakery", "trace-s")
    assert (ended.state, ended.reopened) == (CaseState.LOST, 0)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"is_deleted": True}, Withdrawal.DELETED),
        ({"text": "good after all", "survey_scores": {}}, Withdrawal.EDITED),
    ],
)
def test_a_case_that_nobody_touched_goes_with_what_opened_it(
    town: House, change: dict[str, Any], why: Withdrawal
) -> None:
    low = survey(town, nps=2)
    town.hear(low)
    town.wait(hours=1)

    town.hear(replace(low, updated_at=town.now, **change))

    assert cases(town) == []
    (case,) = town.store.cases_of_customer("bakery", "trace-s")
    assert (case.state, case.withdrawal) == (CaseState.WITHDRAWN, why)


def test_somebody_who_looks_after_a_case_goes_on_though_the_words_are_gone(town: House) -> None:
    low = survey(town, nps=2)
    town.hear(low)
    town.store.save_case(take(cases(town)[0], "Jonas"))
    town.wait(hours=1)

    town.hear(replace(low, updated_at=town.now, is_deleted=True))

    assert [case.owner for case in cases(town)] == ["Jonas"]


def test_who_is_marked_as_not_negative_has_no_case_any_more(town: House) -> None:
    said = town.feedback("bad allergy after the cake")
    town.hear(said)
    town.run.watch(town.now)

    assert town.press(town.link(), f"act=not_negative&feedback={said.feedback_id}") == 200

    assert cases(town) == []
    case_id = town.store.claimed("bakery", [said.feedback_id])[said.feedback_id]
    withdrawn = town.store.load_case("bakery", case_id)
    assert withdrawn is not None
    assert withdrawn.withdrawal is Withdrawal.NOT_NEGATIVE
    (act,) = town.store.acts("bakery", START, town.now, 10)
    assert (act.who, act.what) == ("Rosa", ActKind.NOT_NEGATIVE)


def test_how_it_ended_on_the_incidents_page_is_how_the_cases_end(town: House) -> None:
    spike(town)
    town.run.watch(town.now)
    (incident,) = town.store.open_incidents("bakery")
    won, lost, silent, *_ = incident.feedback_ids
    form = f"act=outcomes&outcome.{won}=recovered&outcome.{lost}=lost&outcome.{silent}=no_contact"

    assert town.press(town.link(), form) == 200

    claimed = town.store.claimed("bakery", [won, lost, silent])
    found = {one: town.store.load_case("bakery", claimed[one]) for one in claimed}
    states = {one: case.state for one, case in found.items() if case}
    assert states == {
        won: CaseState.RECOVERED,
        lost: CaseState.LOST,
        silent: CaseState.OPEN,
    }
    assert {case.closed_by for case in found.values() if case and not case.is_open} == {"Rosa"}
    assert all(case.lacks_root_cause != case.is_open for case in found.values() if case)
    acts = town.store.acts("bakery", START, town.now, 10)
    assert {(act.what, act.about, act.detail) for act in acts} == {
        (ActKind.NOTE_OUTCOME, f"case:{claimed[won]}", "recovered"),
        (ActKind.NOTE_OUTCOME, f"case:{claimed[lost]}", "lost"),
        (ActKind.NOTE_OUTCOME, f"case:{claimed[silent]}", "no_contact"),
    }


def test_what_people_do_to_an_incident_is_in_the_trail(town: House) -> None:
    town.hear(town.feedback("bad allergy after the cake"))
    town.run.watch(town.now)
    token = town.link()

    for form in ("act=acknowledge", "act=acknowledge", "act=snooze&hours=4", "act=resolve"):
        town.wait(minutes=1)
        town.press(token, form)

    acts = town.store.acts("bakery", START, town.now, 10)
    assert [(act.what, act.who, act.about, act.detail) for act in acts] == [
        (ActKind.RESOLVE, "Rosa", "critical-000001", ""),
        (ActKind.SNOOZE, "Rosa", "critical-000001", "4 h"),
        (ActKind.ACKNOWLEDGE, "Rosa", "critical-000001", ""),
    ]


def test_without_a_ground_for_recovery_there_is_no_case(town: House) -> None:
    privacy = PrivacySettings(recovery=LegalBasis.CONSENT)
    town.store.save_business(replace(BAKERY, privacy=privacy))

    town.hear(survey(town, nps=2))
    town.hear(replace(survey(town, nps=2), has_consent=True, traces=("trace-yes",)))

    assert [case.customer for case in cases(town)] == ["trace-yes"]


def test_a_customer_who_was_forgotten_begins_a_new_life(town: House) -> None:
    town.hear(survey(town, nps=2))
    (case,) = cases(town)
    town.store.save_case(replace(case, customer="", feedback_ids=()))

    town.hear(survey(town, nps=1))

    ids = {one.case_id for one in cases(town)}
    assert ids == {case.case_id, case.case_id.removesuffix("-1") + "-2"}


# Overdue


def overdue_mails(town: House) -> list[tuple[str, str]]:
    """To whom which mail about a case went."""
    return [
        (one.to, one.subject)
        for one in town.outbox.emails
        if f".{NotifyReason.OVERDUE}." in one.tag
    ]


def go_on_until(town: House, hours: float) -> None:
    """Let the watch look every half an hour."""
    for _ in range(int(hours * 2)):
        town.wait(minutes=30)
        town.run.watch(town.now)


def test_a_case_that_nobody_looks_after_is_told_step_by_step_and_once_each(town: House) -> None:
    town.hear(survey(town, nps=2))
    (case,) = cases(town)
    # Seven hours until six, and one of the next morning.
    assert case.due == START + timedelta(hours=23)

    go_on_until(town, 24 * 6)

    assert overdue_mails(town) == [
        ("rosa@bakery.example", "Still unanswered: A customer · Rosa Bakery"),
        ("jonas@bakery.example", "Still unanswered: A customer · Rosa Bakery"),
    ]
    assert cases(town)[0].told_to == ("Rosa", "Jonas")


def test_cases_that_fall_due_near_each_other_are_told_in_one_mail(town: House) -> None:
    for number in range(7):
        town.hear(replace(survey(town, nps=2), traces=(f"trace-{number}",)))
        town.wait(minutes=10)

    go_on_until(town, 24 * 6)

    first, second = overdue_mails(town)
    assert first == ("rosa@bakery.example", "7 customers still unanswered · Rosa Bakery")
    assert second[0] == "jonas@bakery.example"
    mail = next(one for one in town.outbox.emails if one.to == first[0])
    assert "And 2 more, in the list of cases." in mail.text
    assert all(f"/o/cases/{case.case_id}" in mail.text for case in cases(town)[:5])


def test_who_looks_after_the_case_is_told_first(town: House) -> None:
    town.hear(survey(town, nps=2))
    town.store.save_case(take(cases(town)[0], "Jonas"))

    go_on_until(town, 24 * 6)

    assert [to for to, _ in overdue_mails(town)] == ["jonas@bakery.example", "rosa@bakery.example"]


def test_nobody_is_told_of_a_customer_who_was_spoken_to(town: House) -> None:
    town.hear(survey(town, nps=2))
    town.store.save_case(contact(cases(town)[0], "Rosa", town.now))

    go_on_until(town, 24 * 6)

    assert overdue_mails(town) == []


def test_a_mail_that_waits_is_not_sent_when_the_customer_was_spoken_to(town: House) -> None:
    town.hear(survey(town, nps=2))
    due = cases(town)[0].due
    assert due is not None
    town.clock.now = due
    town.run.watch(town.now)
    (case,) = cases(town)
    assert case.told_to == ("Rosa",)

    town.store.save_case(contact(case, "Rosa", town.now))
    go_on_until(town, 24)

    assert overdue_mails(town) == []


def test_a_pause_stops_the_clock_and_its_end_is_told(town: House) -> None:
    town.hear(survey(town, nps=2))
    until = town.now + timedelta(days=5)
    spoken = contact(cases(town)[0], "Rosa", town.now)
    town.store.save_case(pause(spoken, until, "the new oven comes on Monday"))

    go_on_until(town, 24 * 5 - 1)
    assert overdue_mails(town) == []
    go_on_until(town, 4)

    assert [to for to, _ in overdue_mails(town)] == ["rosa@bakery.example"]
    assert "The pause is over" in overdue_mails(town)[0][1]


def test_a_case_of_a_business_that_is_gone_blocks_no_other(town: House) -> None:
    town.hear(survey(town, nps=2))
    town.store.remove_business("bakery")

    go_on_until(town, 24 * 4)

    assert town.store.due_cases(town.now, 10) == []


def test_what_a_crash_left_is_acted_on_by_the_watch(town: House) -> None:
    low = survey(town, nps=2)
    services = town.services
    dying = replace(services, store=_DiesBeforeCases(town.store))
    arrival = Arrival(feedback=low, received_at=town.now, seen_since=town.now)
    flow.score_feedback(dying, {"m": write_arrival(arrival)}, town.now)
    assert cases(town) == []
    assert len(town.store.concerns("bakery", 10)) == 1

    town.wait(minutes=2)
    town.run.watch(town.now)

    assert [case.customer for case in cases(town)] == ["trace-s"]
    assert town.store.concerns("bakery", 10) == []


class _DiesBeforeCases:
    """The store of a process that dies when it would open a case."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        if name == "save_case":
            raise RuntimeError("died")
        return getattr(self._store, name)


# By hand

ROSA = Visitor(business_id="bakery", contact="Rosa", role=Role.OWNER, language="en")


def test_a_person_opens_a_case_for_a_voice_that_nobody_was_told_of(town: House) -> None:
    said = town.feedback("bad bread", traces=("trace-h",))
    town.hear(said)

    case = open_by_hand(town.services, ROSA, BAKERY, said.feedback_id, town.now)
    again = open_by_hand(town.services, ROSA, BAKERY, said.feedback_id, town.now)

    assert again == case
    assert (case.origin, case.owner, case.customer) == (CaseOrigin.HAND, "Rosa", "trace-h")
    assert cases(town) == [case]
    (act,) = town.store.acts("bakery", START, town.now, 10)
    assert (act.what, act.about, act.who) == (ActKind.OPEN_CASE, f"case:{case.case_id}", "Rosa")


def test_a_case_that_ended_too_early_is_opened_again_and_counts_as_no_new_complaint(
    town: House,
) -> None:
    town.hear(survey(town, nps=2))
    ended = close(cases(town)[0], CaseState.LOST, "Rosa", town.now, root_cause="late")
    case = town.store.save_case(ended)
    town.wait(days=1)

    again = reopen_by_hand(town.services, ROSA, BAKERY, case.case_id, town.now)

    assert (again.state, again.reopened, again.root_cause) == (CaseState.OPEN, 0, "late")
    assert again.due is not None
    assert again.due > town.now
    assert reopen_by_hand(town.services, ROSA, BAKERY, case.case_id, town.now) == again
    (act,) = town.store.acts("bakery", START, town.now, 10)
    assert (act.what, act.who) == (ActKind.REOPEN_CASE, "Rosa")


def test_who_only_looks_opens_nothing_and_nobody_opens_what_is_gone(town: House) -> None:
    said = town.feedback("bad bread")
    town.hear(said)
    looker = replace(ROSA, role=Role.READ_ONLY)
    stranger = replace(ROSA, business_id="clinic")

    for visitor, feedback_id in (
        (looker, said.feedback_id),
        (stranger, said.feedback_id),
        (ROSA, "0" * 32),
    ):
        with pytest.raises(TransitionError):
            open_by_hand(town.services, visitor, BAKERY, feedback_id, town.now)
    with pytest.raises(TransitionError):
        reopen_by_hand(town.services, looker, BAKERY, "0-0-1", town.now)
    with pytest.raises(TransitionError):
        reopen_by_hand(town.services, ROSA, BAKERY, "0-0-1", town.now)

    assert cases(town) == []
    assert town.store.acts("bakery", START, town.now, 10) == []
