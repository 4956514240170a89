"""From the answers of a form to feedback: the same rules for every survey tool.

What heedful.toml names is taken as named. Beyond that only what is certain is guessed: a long text
is the customer's words, an NPS question is NPS, the only star rating is CSAT; CES is never guessed.
Score and words are kept apart: a promoter may complain. Consent and the respondent come from the
fields named for them and from nowhere else.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from chalicelib.domain.business import Business
from chalicelib.domain.feedback import MAIN_LOCATION, Feedback, FeedbackKind, SurveyMetric
from chalicelib.ports import Delivery, PullContext, Received
from chalicelib.pull.json_answer import language, number, word
from chalicelib.pull.plain_text import clean
from chalicelib.pull.webhooks.questions import Questions, plain, questions_of

# NPS 0-10, CSAT 1-5, CES 1-7 (contracts B8).
SCALES: Mapping[SurveyMetric, tuple[float, float]] = MappingProxyType(
    {SurveyMetric.NPS: (0, 10), SurveyMetric.CSAT: (1, 5), SurveyMetric.CES: (1, 7)}
)
ANSWERS_LIMIT = 400
YES = frozenset({"yes", "ja", "true", "1", "accepted", "oui", "si", "sí"})
NOTHING_MAPPED = "no answer is a score or a text; name the questions in heedful.toml"
_PHONE = re.compile(r"(?:\+|00)[\d\s()/.-]{6,30}")
_WORDS = re.compile(r"[\w'’-]+")
# A short text whose question consists of these words alone asks who somebody is, not what was good
# or bad. "How was our phone service?" has more to it.
_WHO = frozenset(
    _WORDS.findall(
        "name names firstname lastname surname vorname nachname email mail e-mail phone telephone "
        "telefon telefonnummer handy mobile address adresse anschrift e-mail-adresse street straße "
        "zip plz postcode city town stadt ort country land company firma unternehmen organisation "
        "organization customer kunde kundennummer order bestellung bestellnummer birthday "
        "birthdate geburtstag geburtsdatum job title position"
    )
)
_FILLER = frozenset(
    _WORDS.findall(
        "what what's whats is are the your you a an our my me us of and or und oder please bitte "
        "enter give tell wie lautet ist ihr ihre ihren dein deine deinen der die das first last "
        "full number nummer no id code optional contact hi hello who"
    )
)


class AnswerKind(StrEnum):
    """What a tool says for certain about a question."""

    LONG_TEXT = "long_text"
    SHORT_TEXT = "short_text"
    NPS = "nps"
    RATING = "rating"
    OTHER = "other"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer. `names` are the question's id, reference and wording, in this order, by any of
    which heedful.toml may name it; `scale` runs from the worst answer to the best where the tool
    tells.

    HIDDEN is what the form carries beside its questions: a customer's number, an order's.
    """

    names: tuple[str, ...]
    kind: AnswerKind
    value: str | float | bool | None
    scale: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One filled-in form, in the words of no single tool; times are aware and UTC."""

    response_id: str
    written_at: datetime
    updated_at: datetime
    answers: tuple[Answer, ...]
    language: str | None = None


def value_of(value: object) -> str | float | bool | None:
    """What an answer says: a text, a number, yes or no; several choices as one text. What has
    parts (files, tables, the lines of an address) says nothing we could use."""
    if isinstance(value, list):
        return ", ".join(text for one in value if (text := word(one))) or None
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return number(value)
    return word(value)


def to_feedback(response: Response, context: Delivery | PullContext) -> Feedback | None:
    """The response as feedback; None when nobody answered anything.

    A response with answers none of which is a score or words becomes feedback without either, so
    that it is seen to be unread and not lost.
    """
    settings = context.settings
    questions = questions_of(settings.options)
    answers = response.answers[:ANSWERS_LIMIT]
    if not any(one.value not in (None, "") for one in answers if one.kind is not AnswerKind.HIDDEN):
        return None
    scores = _scores(answers, questions)
    roles = {role: _text(_find(answers, name)) for role, name in questions.roles.items()}
    location = known_location(context.business, roles.get("location"))
    return Feedback(
        business_id=context.business.business_id,
        source=settings.name,
        external_id=response.response_id,
        kind=FeedbackKind.SURVEY,
        text="\n".join(_words(answers, questions)),
        written_at=response.written_at,
        updated_at=max(response.updated_at, response.written_at),
        stars=stars_from(scores),
        author_id=respondent_id(roles.get("respondent")),
        language=language(roles.get("language")) or response.language,
        location=location or settings.location,
        order_reference=roles.get("order"),
        survey_scores=MappingProxyType(scores),
        has_consent=_has_consent(answers, questions),
    ).clamped(context.now)


def known_location(business: Business, named: str | None) -> str | None:
    """The id of the place that is named by its name or id, or None when there is no such place.

    A form's field may bring anything, and counts are kept for each place for ever.
    """
    known = {one.location_id for one in business.locations} | {MAIN_LOCATION}
    return business.location_ids.get(named or "") or (named if named in known else None)


def received(response: Response, delivery: Delivery, delivery_id: str) -> Received:
    """The response as what a delivery brought."""
    feedback = to_feedback(response, delivery)
    if feedback is None:
        return Received(feedback=(), delivery_id=delivery_id, note="nothing was answered")
    is_read = feedback.text or feedback.survey_scores
    note = "" if is_read else NOTHING_MAPPED
    return Received(feedback=(feedback,), delivery_id=delivery_id, note=note)


def stars_from(scores: Mapping[SurveyMetric, float]) -> float | None:
    """Stars the detector may use: CSAT as it is, else NPS or CES stretched onto 1..5."""
    for metric in (SurveyMetric.CSAT, SurveyMetric.NPS, SurveyMetric.CES):
        if metric in scores:
            low, high = SCALES[metric]
            return 1 + 4 * (scores[metric] - low) / (high - low)
    return None


def onto_scale(
    metric: SurveyMetric, value: float, given: tuple[float, float] | None
) -> float | None:
    """A value on its metric's own scale; None when it lies outside the scale it was given on."""
    low, high = SCALES[metric]
    worst, best = given or (low, high)
    score = low + (value - worst) * (high - low) / (best - worst)
    return score if low <= score <= high else None


def respondent_id(named: str | None) -> str | None:
    """Who answered, by the name or number that the owner knows them by.

    An e-mail address may stand here: it becomes a keyed trace before anything is queued. A phone
    number is no id to keep.
    """
    if named is None or _PHONE.fullmatch(named):
        return None
    return named


def _scores(answers: Sequence[Answer], questions: Questions) -> dict[SurveyMetric, float]:
    found: dict[SurveyMetric, float] = {}
    for metric, asked in questions.scores.items():
        answer = _find(answers, asked.name)
        value = None if answer is None else number(answer.value)
        if answer is not None and value is not None:
            score = onto_scale(metric, value, asked.scale or answer.scale)
            if score is not None:
                found[metric] = score
    sure = {SurveyMetric.NPS: AnswerKind.NPS, SurveyMetric.CSAT: AnswerKind.RATING}
    for metric, kind in sure.items():
        free = [one for one in answers if one.kind is kind and not _is_named(one, questions)]
        # Of several ratings nobody knows which one is the whole.
        if metric in questions.scores or len(free) != 1:
            continue
        value = number(free[0].value)
        guess = None if value is None else onto_scale(metric, value, free[0].scale)
        if guess is not None:
            found[metric] = guess
    return found


def _words(answers: Sequence[Answer], questions: Questions) -> list[str]:
    if questions.texts is not None:
        chosen = [_find(answers, name) for name in questions.texts]
    else:
        chosen = [one for one in answers if _is_words(one) and not _is_named(one, questions)]
    said = [clean(one.value) for one in chosen if one is not None and isinstance(one.value, str)]
    return [text for text in said if text]


def _is_words(answer: Answer) -> bool:
    if answer.kind is AnswerKind.LONG_TEXT:
        return True
    return answer.kind is AnswerKind.SHORT_TEXT and not _asks_who(answer.names[-1])


def _asks_who(name: str) -> bool:
    words = set(_WORDS.findall(name.replace("_", " ").casefold()))
    return bool(words & _WHO) and words <= _WHO | _FILLER


def _has_consent(answers: Sequence[Answer], questions: Questions) -> bool:
    answer = _find(answers, questions.consent) if questions.consent else None
    if answer is None:
        return False
    if isinstance(answer.value, bool):
        return answer.value
    said = plain(str(answer.value or ""))
    if questions.consent_value is not None:
        return said == plain(questions.consent_value)
    return said in YES


def _is_named(answer: Answer, questions: Questions) -> bool:
    return any(plain(name) in questions.named for name in answer.names)


def _find(answers: Sequence[Answer], name: str) -> Answer | None:
    asked = plain(name)
    return next((one for one in answers if asked in map(plain, one.names)), None)


def _text(answer: Answer | None) -> str | None:
    if answer is None or answer.value is None or isinstance(answer.value, bool):
        return None
    value = answer.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return clean(str(value))[:200] or None
