"""Advice and drafts: a start for a human, never a promise, and none where an expert is due."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.briefing import Advice
from chalicelib.domain.incident import IncidentKind
from chalicelib.domain.sentiment import CriticalKind, Emotion, Topic
from chalicelib.recover.advice import advise
from chalicelib.recover.playbook import playbook_for, playbook_languages
from chalicelib.recover.reply import draft_reply, needs_expert
from tests.alert.hostile import HOSTILE_TEXTS
from tests.alert.samples import (
    a_business,
    a_critical_incident,
    a_quote,
    a_reading,
    an_incident,
    four_quotes,
)


def test_an_angry_wait_is_met_with_its_own_step_and_a_draft_to_the_worst_off() -> None:
    advice = advise(an_incident(), a_business(), four_quotes(), "en")

    book = playbook_for("en")
    assert advice.cause is not None
    assert (advice.cause.topic, advice.cause.emotion) == (Topic.WAIT_DELIVERY, Emotion.ANGER)
    assert advice.first_steps == (
        book.stance(Emotion.ANGER),
        book.first_step(Emotion.ANGER, Topic.WAIT_DELIVERY),
    )
    assert advice.draft is not None
    assert advice.draft.feedback_id == four_quotes()[0].feedback.feedback_id
    assert not advice.needs_expert


def test_the_draft_takes_up_the_emotion_and_the_topic_and_is_signed() -> None:
    draft = draft_reply(a_quote(), a_business(), "en")

    assert draft is not None
    assert draft.text == (
        "Dear Kim Q.,\n\n"
        "You are right to be angry, and we are sorry. You write: “waited forty minutes”. We have "
        "read that carefully. You had to wait far too long, and that is ours to mend. We are "
        "looking into it today and would like to speak with you ourselves: would you tell us how "
        "best to reach you? Please do not leave a number or an address here, where everybody can "
        "read it: call us or write to us instead.\n\n"
        "Bakery Linden"
    )


@pytest.mark.parametrize(
    ("customer", "reader", "language"),
    [("de", "en", "de"), ("en", "de", "en"), ("fr", "de", "de"), (None, "en", "en")],
)
def test_the_draft_is_in_the_customers_language_where_we_have_it(
    customer: str | None, reader: str, language: str
) -> None:
    quote = a_quote("x", reading=a_reading(language=customer, because=()))

    draft = draft_reply(quote, a_business(), reader)

    assert draft is not None
    assert draft.language == language


def test_a_customer_without_a_name_is_greeted_without_one() -> None:
    draft = draft_reply(a_quote(author=None), a_business(), "en")

    assert draft is not None
    assert draft.text.startswith("Hello,\n\n")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("You will hear from my LAWYER.", "en"),
        ("I spent the night in hospital", "en"),
        ("she had an allergic reaction", "en"),
        ("Sie hören von meinem Anwalt!", "de"),
        ("Wir gehen vor Gericht.", "de"),
        ("Danach war ich im Krankenhaus", "de"),
        ("Mein Anwalt meldet sich", None),
        ("my solicitor", "fr"),
    ],
)
def test_legal_and_medical_words_leave_no_draft(text: str, language: str | None) -> None:
    quote = a_quote(text, reading=a_reading(language=language, because=()))

    advice = advise(an_incident(), a_business(), [quote], "en")

    assert needs_expert(quote)
    assert draft_reply(quote, a_business(), "en") is None
    assert advice.draft is None
    assert advice.needs_expert
    assert advice.first_steps


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Das Gericht war kalt und das Rezept langweilig.", "de"),
        ("The pursuer of taste: a courtesy nobody showed.", "en"),
        ("We waited forty minutes.", "en"),
    ],
)
def test_harmless_words_that_look_alike_do_not_matter(text: str, language: str) -> None:
    assert not needs_expert(a_quote(text, reading=a_reading(language=language)))


def test_the_one_draft_is_to_the_worst_off_whom_a_careless_sentence_cannot_harm() -> None:
    quotes = (a_quote("My lawyer will call.", number=9), *four_quotes())

    advice = advise(an_incident(), a_business(), quotes, "en")

    assert advice.needs_expert
    assert advice.draft is not None
    assert advice.draft.feedback_id == four_quotes()[0].feedback.feedback_id


def test_when_all_are_careful_there_is_no_draft() -> None:
    quotes = [a_quote("My lawyer will call.", number=number) for number in range(3)]

    advice = advise(an_incident(), a_business(), quotes, "en")

    assert (advice.draft, advice.needs_expert) == (None, True)


def test_nobody_is_answered_who_was_called_not_negative() -> None:
    worst = replace(a_quote(), is_not_negative=True)

    advice = advise(an_incident(), a_business(), [worst, a_quote(number=2, stars=2)], "en")

    assert advice.draft is not None
    assert advice.draft.feedback_id == a_quote(number=2).feedback.feedback_id


@pytest.mark.parametrize("kind", CriticalKind)
def test_a_critical_matter_has_its_own_steps_and_no_draft(kind: CriticalKind) -> None:
    quote = a_quote("x", reading=a_reading(critical=(kind,)))

    advice = advise(a_critical_incident(kind), a_business(), [quote], "de")

    assert advice.first_steps == playbook_for("de").critical_steps(kind)
    assert advice.draft is None
    assert advice.needs_expert


def test_rage_is_critical_and_may_still_be_answered() -> None:
    advice = advise(a_critical_incident(), a_business(), [a_quote()], "en")

    assert advice.draft is not None


def test_a_silent_source_needs_no_advice_on_customers() -> None:
    silent = an_incident(kind=IncidentKind.SOURCE, source="google")

    assert advise(silent, a_business(), four_quotes(), "en") == Advice()


def test_with_nobody_quoted_there_is_nothing_to_advise() -> None:
    assert advise(an_incident(), a_business(), [], "en") == Advice()


def test_stars_without_words_get_a_draft_too_when_nobody_wrote_more() -> None:
    quote = a_quote("", reading=a_reading(topics=(), emotions={}, because=()))

    draft = draft_reply(quote, a_business(), "en")

    assert draft is not None
    assert "What you describe is not how it should be with us." in draft.text


@pytest.mark.parametrize("language", playbook_languages())
def test_no_sentence_of_a_draft_promises_money_or_a_gift(language: str) -> None:
    reply = playbook_for(language).tree["reply"]
    promises = (
        "refund", "voucher", "free", "discount", "compensat", "replace", "guarantee", "promise",
        "erstatten", "gutschein", "kostenlos", "gratis", "rabatt", "ersetzen", "garantier",
        "versprechen",
    )  # fmt: skip

    def said(tree: Mapping[str, Any]) -> Iterator[str]:
        for one in tree.values():
            yield from said(one) if isinstance(one, Mapping) else [one]

    promising = {"promise", "fitting"}
    for sentence in said({name: part for name, part in reply.items() if name not in promising}):
        assert not any(word in sentence.lower() for word in promises), sentence
        assert not playbook_for(language).promises_in(sentence), sentence


@pytest.mark.parametrize("text", HOSTILE_TEXTS[::5], ids=range(60))
def test_a_hostile_name_stays_one_short_line_of_the_draft(text: str) -> None:
    quote = replace(a_quote(), feedback=replace(a_quote().feedback, author=text))

    draft = draft_reply(quote, a_business(), "en")

    assert draft is not None
    greeting = draft.text.partition("\n")[0]
    assert len(greeting) <= 50
    assert greeting.startswith(("Dear ", "Hello,"))
