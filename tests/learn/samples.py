"""Count rows and voices of a bakery, made up, for the tests of the digest."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

from chalicelib.domain.business import Business, Contact, SourceSettings
from chalicelib.domain.counts import counts_of
from chalicelib.domain.digest import Period
from chalicelib.domain.feedback import Feedback, FeedbackKind, ScoredFeedback, SurveyMetric
from chalicelib.domain.sentiment import (
    AspectReading,
    Emotion,
    Polarity,
    Reading,
    ReadingStatus,
    Sentiment,
    Topic,
)

NOW = datetime(2026, 5, 11, 6, 30, tzinfo=UTC)
MONDAY = date(2026, 5, 11)
WEEK = Period(first=date(2026, 5, 4), last=date(2026, 5, 10))
ROSA = Contact(name="Rosa", email="rosa@bakery.example")
JONAS = Contact(name="Jonas", email="jonas@bakery.example", language="de")
GOOD, BAD = (
    Sentiment(negative=0.05, neutral=0.05, positive=0.9),
    Sentiment(negative=0.9, neutral=0.06, positive=0.04),
)


def a_business(**changes: object) -> Business:
    """A bakery that is heard over a pulled sheet, a survey and files."""
    business = Business(
        business_id="bakery",
        name="Rosa Bakery",
        time_zone="Europe/Berlin",
        country="DE",
        contacts=(ROSA, JONAS),
        sources=(
            SourceSettings(name="sheet", kind="csv", every=timedelta(hours=1)),
            SourceSettings(name="survey", kind="survey", secret="bakery/survey"),
            SourceSettings(name="exports", kind="import"),
        ),
    )
    return replace(business, **changes)  # type: ignore[arg-type]


def a_voice(
    number: int,
    day: date,
    *,
    is_bad: bool = False,
    topic: Topic | None = None,
    text: str = "",
    stars: float | None = None,
    source: str = "sheet",
    survey: Mapping[SurveyMetric, float] | None = None,
) -> ScoredFeedback:
    """One voice at noon of a day."""
    at = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
    aspects = (
        (
            AspectReading(
                name=topic,
                strength=0.9,
                polarity=Polarity.NEGATIVE if is_bad else Polarity.POSITIVE,
            ),
        )
        if topic
        else ()
    )
    return ScoredFeedback(
        feedback=Feedback(
            business_id="bakery",
            source=source,
            external_id=f"{source}-{number}",
            kind=FeedbackKind.REVIEW,
            text=text or f"voice {number}",
            written_at=at,
            updated_at=at,
            stars=stars,
            author="Kim Q.",
            url=f"https://reviews.example/{number}",
            survey_scores=MappingProxyType(dict(survey or {})),
        ),
        reading=Reading(
            status=ReadingStatus.SCORED,
            language="en",
            sentiment=BAD if is_bad else GOOD,
            evidence=0.9 if is_bad else 0.1,
            emotions=MappingProxyType({Emotion.ANGER if is_bad else Emotion.JOY: 0.8}),
            topics=aspects,
        ),
        day=day.isoformat(),
        received_at=at,
    )


def counts_from(voices: list[ScoredFeedback]) -> dict[tuple[str, str], dict[str, int]]:
    """The count rows that the store would hold."""
    rows: dict[tuple[str, str], dict[str, int]] = {}
    for voice in voices:
        row = rows.setdefault((voice.day, voice.feedback.location), {})
        for name, n in counts_of(voice).items():
            row[name] = row.get(name, 0) + n
    return rows
