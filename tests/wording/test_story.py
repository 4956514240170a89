"""Incidents in words: the subject says what, where and how many; who knows is told truly."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.alert import ChannelKind, NotificationState, NotifyReason
from chalicelib.domain.briefing import RootCause
from chalicelib.domain.incident import Ending, Incident, IncidentKind, acknowledge, resolve
from chalicelib.domain.sentiment import CriticalKind, Emotion
from chalicelib.wording import story
from chalicelib.wording.words import words_in
from tests.alert.samples import (
    NOW,
    a_briefing,
    a_business,
    a_critical_incident,
    a_notification,
    an_incident,
)

EN, DE = words_in("en"), words_in("de")


@pytest.mark.parametrize(
    ("incident", "line"),
    [
        (
            an_incident(),
            "4 of the last 6 unhappy about waiting and delivery at Main Street, usually fewer "
            "than 1",
        ),
        (
            an_incident(negative=16, of=38, usual=5.2, topic=None, location=None),
            "16 of the last 38 unhappy at Bakery Linden, usually about 5",
        ),
        (
            a_critical_incident(CriticalKind.ALLERGY_ILLNESS, CriticalKind.LEGAL_THREAT),
            "Urgent: A customer of Main Street speaks of an allergy or illness and legal action",
        ),
        (a_critical_incident(), "Urgent: A very angry customer at Main Street"),
        (
            an_incident(kind=IncidentKind.SOURCE, source="google", location=None),
            "google cannot be read: reviews of Bakery Linden may be missed",
        ),
    ],
)
def test_the_subject_says_what_where_and_how_many(incident: Incident, line: str) -> None:
    assert story.subject(incident, a_business(), NotifyReason.FIRST, EN) == line


@pytest.mark.parametrize(
    ("reason", "start"),
    [
        (NotifyReason.WORSE, "Worse: 4 of"),
        (NotifyReason.REMINDER, "Still open: 4 of"),
        (NotifyReason.ESCALATION, "Nobody has answered yet: 4 of"),
    ],
)
def test_the_subject_begins_with_why_it_comes_again(reason: NotifyReason, start: str) -> None:
    assert story.subject(an_incident(), a_business(), reason, EN).startswith(start)


@pytest.mark.parametrize(
    ("by", "line"),
    [
        (Ending.BACK_TO_USUAL, "Back to usual: waiting and delivery at Main Street"),
        (Ending.NEW_NORMAL, "Now the usual: waiting and delivery at Main Street"),
        (Ending.CORRECTED, "Corrected: waiting and delivery at Main Street"),
        ("Anna", "Closed: waiting and delivery at Main Street"),
    ],
)
def test_the_subject_of_an_end_says_how_it_ended(by: str, line: str) -> None:
    over = resolve(an_incident(), by, NOW)

    assert story.subject(over, a_business(), NotifyReason.RESOLVED, EN) == line


def test_a_subject_stays_one_line_of_at_most_120_characters_whatever_the_names() -> None:
    business = a_business(name="Evil\r\nBcc: x@y.example " + "W" * 500)
    incident = an_incident(topic="long\ntopic " * 50, location=None)

    line = story.subject(incident, business, NotifyReason.ESCALATION, DE)

    assert 110 < len(line) <= 120
    assert "\n" not in line
    assert "\r" not in line


@pytest.mark.parametrize(
    ("usual", "text"),
    [(0.0, "fewer than 1"), (0.99, "fewer than 1"), (1.0, "about 1"), (5.4, "about 5")],
)
def test_usual_is_said_as_a_number_one_can_picture(usual: float, text: str) -> None:
    assert story.usual_words(usual, EN) == text


def test_a_business_with_one_location_is_called_by_its_own_name() -> None:
    business = a_business(locations=a_business().locations[:1])

    assert story.place_of(an_incident(), business) == "Bakery Linden"


def test_who_knows_names_the_others_and_what_became_of_their_messages() -> None:
    told = (
        a_notification(),
        a_notification(
            channel=ChannelKind.SMS, state=NotificationState.PENDING, sent_at=None,
            due=NOW + timedelta(hours=9),
        ),
        a_notification(contact="Cem", state=NotificationState.UNDELIVERABLE),
        a_notification(contact="Dee", state=NotificationState.CANCELLED),
    )  # fmt: skip

    lines = story.who_knows(a_briefing(told=told), "Ben", EN)

    assert lines == [
        "Anna, by e-mail, Tue 10 Nov, 14:05",
        "Anna, by SMS, at Tue 10 Nov, 23:05 at the earliest",
        "Cem, by e-mail: could not be delivered",
        "Nobody has taken it on yet.",
    ]


def test_who_reads_alone_is_told_so_and_who_took_it_on_is_named() -> None:
    taken = acknowledge(an_incident(), "Anna", NOW)

    lines = story.who_knows(a_briefing(incident=taken), "Anna", EN)

    assert lines == ["Only you so far.", "Anna took it on, Tue 10 Nov, 14:05."]


def test_dead_addresses_of_contacts_are_named_with_the_reason() -> None:
    dead = {"anna@bakery.example": "bounced", "gone@else.example": "bounced"}

    lines = story.dead_lines(a_briefing(dead_addresses=dead), EN)

    assert lines == ["anna@bakery.example is not used any more: mail to it came back."]


@pytest.mark.parametrize(
    ("state", "line"),
    [
        (NotificationState.SENT, "Anna did not answer in time, so you are asked now."),
        (NotificationState.UNDELIVERABLE, "Anna could not be reached, so you are asked now."),
    ],
)
def test_who_is_asked_next_learns_why(state: NotificationState, line: str) -> None:
    told = (
        a_notification(state=state),
        a_notification(
            reason=NotifyReason.ESCALATION, contact="Ben", created_at=NOW + timedelta(hours=4)
        ),
    )

    assert story.lead(a_briefing(told=told), NotifyReason.ESCALATION, EN) == line


def test_a_lost_sms_beside_an_email_that_came_is_no_failure_to_reach() -> None:
    told = (
        a_notification(state=NotificationState.SENT),
        a_notification(channel=ChannelKind.SMS, state=NotificationState.UNDELIVERABLE),
        a_notification(
            reason=NotifyReason.ESCALATION, contact="Ben", created_at=NOW + timedelta(hours=4)
        ),
    )

    line = story.lead(a_briefing(told=told), NotifyReason.ESCALATION, EN)

    assert line == "Anna did not answer in time, so you are asked now."


def test_there_is_a_time_to_answer_by_only_while_it_is_ahead() -> None:
    briefing = a_briefing()

    ahead = story.answer_by_line(briefing, EN, NOW)
    past = story.answer_by_line(briefing, EN, NOW + timedelta(hours=24))
    nobody = story.answer_by_line(replace(briefing, quotes=()), EN, NOW)

    assert ahead == "Best answered by Wed 11 Nov, 14:05"
    assert (past, nobody) == ("", "")


def test_the_cause_of_one_review_is_no_count() -> None:
    cause = RootCause(topic="wait_delivery", emotion=Emotion.ANGER, count=1, of=1)

    assert story.cause_line(cause, EN) == "Waiting and delivery"
    assert "in 3 of 4 of these reviews" in story.cause_line(replace(cause, count=3, of=4), EN)
