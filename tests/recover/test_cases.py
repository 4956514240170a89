"""Which case a feedback leads to, decided without any store."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.case import CaseOrigin, CaseState, RecoveryCase, Severity, Withdrawal
from chalicelib.domain.feedback import FeedbackKind, ScoredFeedback, SurveyMetric
from chalicelib.domain.incident import IncidentKind
from chalicelib.domain.sentiment import AspectReading, CriticalKind, Emotion, Polarity
from chalicelib.recover.cases import case_after, cause_of, customer_of, severity_of, withdrawal_of
from chalicelib.recover.due import OPEN_FOR, due_at, next_step_at
from tests.contracts.builders import (
    HAPPY,
    HOUR,
    NOW,
    UNHAPPY,
    a_business,
    a_feedback,
    an_incident,
    scored,
)
from tests.contracts.test_case_store import a_case

BAKERY = a_business()
MILD = replace(UNHAPPY, emotions={Emotion.DISAPPOINTMENT: 0.8})
SPIKE = an_incident()


def after(stored: ScoredFeedback, **given: Any) -> RecoveryCase | None:
    """The case after this feedback; nobody has one yet and the spike quotes it."""
    plain: dict[str, Any] = {"own": None, "of_customer": (), "quoted_in": SPIKE}
    return case_after(stored, business=BAKERY, now=NOW, **(plain | given))


def own_case(**changes: Any) -> RecoveryCase:
    """A case that was opened by the feedback r1."""
    return a_case(feedback_ids=(a_feedback("r1").feedback_id,), **changes)


@pytest.mark.parametrize(
    ("traces", "order", "customer"),
    [
        (("author", "mail"), None, "author"),
        (("order", "author", "mail"), "#7", "author"),
        (("order", "mail"), "#7", "mail"),
        (("order",), "#7", "order"),
        (("phone",), None, "phone"),
    ],
)
def test_a_customer_is_told_by_the_trace_that_says_most(
    traces: tuple[str, ...], order: str | None, customer: str
) -> None:
    assert customer_of(a_feedback(traces=traces, order_reference=order)) == customer


def test_who_leaves_no_trace_is_their_own_customer() -> None:
    one, other = a_feedback("r1"), a_feedback("r2")

    assert customer_of(one) == one.feedback_id
    assert customer_of(one) != customer_of(other)


def test_the_cause_is_the_topic_that_is_spoken_ill_of_most_clearly() -> None:
    topics = (
        AspectReading(name="price_value", strength=0.9, polarity=Polarity.POSITIVE),
        AspectReading(name="wait_delivery", strength=0.4, polarity=Polarity.NEGATIVE),
        AspectReading(name="staff_service", strength=0.6, polarity=Polarity.NEGATIVE),
    )

    assert cause_of(scored(a_feedback(), replace(UNHAPPY, topics=topics))) == "staff_service"
    assert cause_of(scored(a_feedback(), HAPPY)) == ""


@pytest.mark.parametrize(
    ("reading", "changes", "origin", "severity"),
    [
        (UNHAPPY, {"stars": None}, CaseOrigin.INCIDENT, Severity.HIGH),
        (MILD, {"stars": 1.0}, CaseOrigin.INCIDENT, Severity.HIGH),
        (MILD, {"stars": 2.0}, CaseOrigin.INCIDENT, Severity.NORMAL),
        (MILD, {"stars": None}, CaseOrigin.CRITICAL, Severity.URGENT),
        (
            replace(MILD, critical=(CriticalKind.INJURY,)),
            {"stars": 2.0},
            CaseOrigin.INCIDENT,
            Severity.URGENT,
        ),
        (
            MILD,
            {"stars": None, "survey_scores": {SurveyMetric.NPS: 3}},
            CaseOrigin.SURVEY,
            Severity.HIGH,
        ),
        (
            MILD,
            {"stars": None, "survey_scores": {SurveyMetric.NPS: 4}},
            CaseOrigin.SURVEY,
            Severity.NORMAL,
        ),
    ],
)
def test_the_worse_it_is_the_sooner_it_is_due(
    reading: Any, changes: dict[str, Any], origin: CaseOrigin, severity: Severity
) -> None:
    assert severity_of(scored(a_feedback(**changes), reading), origin) is severity


def test_due_times_count_opening_hours_alone() -> None:
    # A Sunday, 12:15 in Berlin; open until six.
    assert due_at(Severity.URGENT, NOW, BAKERY) == NOW + 2 * HOUR
    assert due_at(Severity.HIGH, NOW, BAKERY) == NOW + (8 + 15) * HOUR
    assert next_step_at(NOW, BAKERY) == NOW + BAKERY.escalate_after
    assert [*OPEN_FOR.values()] == sorted(OPEN_FOR.values())


def test_a_quoted_customer_has_a_case_of_their_own() -> None:
    stored = scored(a_feedback("r1", traces=("author",), location="tor"))

    case = after(stored)

    assert case is not None
    assert (case.customer, case.cause, case.origin) == (
        "author",
        "wait_delivery",
        CaseOrigin.INCIDENT,
    )
    assert (case.incident_id, case.location) == (SPIKE.incident_id, "tor")
    assert case.feedback_ids == (stored.feedback.feedback_id,)
    assert case.looked_at_next == case.due == due_at(Severity.HIGH, NOW, BAKERY)
    assert (case.state, case.version) == (CaseState.OPEN, 0)


def test_what_is_quoted_as_critical_is_a_critical_case() -> None:
    case = after(scored(a_feedback(), MILD), quoted_in=an_incident(kind=IncidentKind.CRITICAL))

    assert case is not None
    assert (case.origin, case.severity) == (CaseOrigin.CRITICAL, Severity.URGENT)


@pytest.mark.parametrize(
    ("stored", "why"),
    [
        (scored(a_feedback(is_deleted=True)), Withdrawal.DELETED),
        (scored(a_feedback(is_erased=True)), Withdrawal.ERASED),
        (scored(a_feedback(), is_not_negative=True), Withdrawal.NOT_NEGATIVE),
        (scored(a_feedback(), HAPPY), Withdrawal.EDITED),
        (scored(a_feedback(), replace(HAPPY, evidence=None)), Withdrawal.EDITED),
        (scored(a_feedback()), None),
        (scored(a_feedback(survey_scores={SurveyMetric.CES: 2}), HAPPY), None),
    ],
)
def test_whose_case_there_is_none_is_said_with_the_reason(
    stored: ScoredFeedback, why: Withdrawal | None
) -> None:
    assert withdrawal_of(stored) is why
    assert (after(stored) is None) is (why is not None)


def test_asking_again_after_it_was_saved_changes_nothing() -> None:
    stored = scored(a_feedback("r1"))
    case = after(stored)
    assert case is not None

    assert after(stored, own=case) is None
    assert after(stored, own=replace(case, state=CaseState.CONTACTED, owner="Rosa")) is None
    ended = replace(case, state=CaseState.LOST, closed_at=NOW)
    assert after(stored, own=ended) is None


def test_an_unhappy_voice_that_nobody_was_told_of_opens_none_and_joins_its_customers() -> None:
    stored = scored(a_feedback("r2", traces=("trace-1",)))

    assert after(stored, quoted_in=None) is None
    joined = after(stored, quoted_in=None, of_customer=[own_case()])
    assert joined is not None
    assert len(joined.feedback_ids) == 2
    assert (joined.reopened, joined.state) == (0, CaseState.OPEN)


def test_a_worse_voice_makes_an_open_case_more_urgent_and_a_milder_one_never_less() -> None:
    worse = scored(a_feedback("r2"), replace(UNHAPPY, critical=(CriticalKind.INJURY,)))
    milder = scored(a_feedback("r2", stars=2.0), MILD)
    case = own_case(severity=Severity.HIGH)

    raised, kept = (after(one, of_customer=[case]) for one in (worse, milder))

    assert raised is not None
    assert kept is not None
    assert (raised.severity, kept.severity) == (Severity.URGENT, Severity.HIGH)


def test_a_case_reopens_only_by_what_was_written_after_its_end() -> None:
    ended = own_case(
        state=CaseState.RECOVERED,
        closed_at=NOW - HOUR,
        root_cause="late",
        told_to=("Rosa",),
        words_until=NOW + timedelta(days=395),
    )
    later = scored(a_feedback("r2", written_at=NOW - HOUR / 2))
    before = scored(a_feedback("r2", written_at=NOW - 2 * HOUR))

    again, same = (after(one, of_customer=[ended]) for one in (later, before))

    assert again is not None
    assert same is not None
    assert (again.state, again.reopened, again.reopened_at) == (CaseState.OPEN, 1, NOW)
    assert (again.closed_at, again.told_to, again.words_until) == (None, (), None)
    assert again.root_cause == "late"
    assert (same.state, same.reopened) == (CaseState.RECOVERED, 0)
    assert len(same.feedback_ids) == 2


def test_a_withdrawn_case_comes_back_with_its_feedback_and_was_never_reopened() -> None:
    gone = own_case(state=CaseState.WITHDRAWN, closed_at=NOW - HOUR, withdrawal=Withdrawal.DELETED)

    back = after(scored(a_feedback("r1")), own=gone)

    assert back is not None
    assert (back.state, back.withdrawal, back.reopened) == (CaseState.OPEN, None, 0)
    assert after(scored(a_feedback("r1")), own=replace(gone, customer="")) is None


def test_one_of_several_voices_that_goes_leaves_the_case_to_the_others() -> None:
    first, second = a_feedback("r1"), a_feedback("r2")
    case = a_case(feedback_ids=(first.feedback_id, second.feedback_id))

    left = after(scored(replace(first, is_deleted=True)), own=case)

    assert left is not None
    assert (left.state, left.feedback_ids) == (CaseState.OPEN, (second.feedback_id,))
    assert after(scored(replace(first, is_deleted=True)), own=left) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"owner": "Rosa"},
        {"state": CaseState.CONTACTED, "first_contacted_at": NOW},
        {"paused_until": NOW + HOUR},
        {"reopened": 1},
    ],
)
def test_a_case_that_somebody_touched_stays_whatever_goes(changes: dict[str, Any]) -> None:
    gone = scored(a_feedback("r1", is_deleted=True))

    assert after(gone, own=own_case(**changes)) is None


def test_a_survey_alone_opens_a_case_of_its_origin() -> None:
    stored = scored(
        a_feedback("s1", kind=FeedbackKind.SURVEY, survey_scores={SurveyMetric.CSAT: 2.0}), HAPPY
    )

    case = after(stored, quoted_in=None)

    assert case is not None
    assert (case.origin, case.incident_id) == (CaseOrigin.SURVEY, None)
