"""A bakery in trouble, for tests of messages and pages. All people and texts are made up."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

from chalicelib.domain.alert import ChannelKind, Notification, NotificationState, NotifyReason
from chalicelib.domain.briefing import (
    Advice,
    Briefing,
    Draft,
    Outlook,
    RootCause,
    SteadyTopic,
    WeekCount,
)
from chalicelib.domain.business import Business, Contact, Location, SmsSettings
from chalicelib.domain.feedback import Feedback, FeedbackKind, ScoredFeedback
from chalicelib.domain.incident import Incident, IncidentKind
from chalicelib.domain.sentiment import (
    AspectReading,
    CriticalKind,
    Emotion,
    Polarity,
    Reading,
    ReadingStatus,
    Sentiment,
    Topic,
)

NOW = datetime(2026, 11, 10, 13, 5, tzinfo=UTC)
LINK = "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/api/i/ABCDEFGHIJKLMNOPQRSTUV"
UNSUBSCRIBE = (
    "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/api/u/ZYXWVUTSRQPONMLKJIHGFE"
)

ANNA = Contact(name="Anna", email="anna@bakery.example", phone="+4915550100001")
BEN = Contact(name="Ben", email="ben@bakery.example", language="de")


def a_business(**changes: object) -> Business:
    """Two bakeries, two contacts, SMS on."""
    business = Business(
        business_id="linden",
        name="Bakery Linden",
        time_zone="Europe/Berlin",
        country="DE",
        contacts=(ANNA, BEN),
        locations=(
            Location(location_id="main-street", name="Main Street"),
            Location(location_id="station", name="Station"),
        ),
        sms=SmsSettings(monthly_cap_usd=5.0),
        escalate_after=timedelta(hours=4),
    )
    return replace(business, **changes)  # type: ignore[arg-type]


def an_incident(**changes: object) -> Incident:
    """Four of six unhappy about waiting at Main Street."""
    incident = Incident(
        business_id="linden",
        kind=IncidentKind.SPIKE,
        generation=12,
        opened_at=NOW,
        sentence="4 of the last 6 about topic:wait_delivery were negative; usually fewer than 1.",
        negative=4,
        of=6,
        usual=0.7,
        location="main-street",
        topic="wait_delivery",
    )
    return replace(incident, **changes)  # type: ignore[arg-type]


def got_worse(incident: Incident, now: datetime) -> Incident:
    """The same incident with two more unhappy voices."""
    return replace(
        incident,
        negative=incident.negative + 2,
        of=incident.of + 2,
        worse_count=incident.worse_count + 1,
        last_worse_at=now,
    )


def a_reading(**changes: object) -> Reading:
    """Angry about waiting."""
    reading = Reading(
        status=ReadingStatus.SCORED,
        language="en",
        sentiment=Sentiment(negative=0.94, neutral=0.04, positive=0.02),
        evidence=0.96,
        emotions=MappingProxyType({Emotion.ANGER: 0.8, Emotion.DISAPPOINTMENT: 0.4}),
        topics=(AspectReading(name=Topic.WAIT_DELIVERY, strength=0.9, polarity=Polarity.NEGATIVE),),
        because=("waited forty minutes", "nobody said sorry"),
        model_version="test",
    )
    return replace(reading, **changes)  # type: ignore[arg-type]


def a_quote(
    text: str = "We waited forty minutes for two rolls and nobody said sorry.",
    *,
    stars: float | None = 1,
    number: int = 1,
    reading: Reading | None = None,
    **changes: object,
) -> ScoredFeedback:
    """One unhappy review."""
    feedback = Feedback(
        business_id="linden",
        source="google",
        external_id=f"review-{number}",
        kind=FeedbackKind.REVIEW,
        text=text,
        written_at=NOW - timedelta(hours=5 * number),
        updated_at=NOW - timedelta(hours=5 * number),
        stars=stars,
        author="Kim Q.",
        location="main-street",
        url=f"https://reviews.example/linden/{number}",
    )
    return ScoredFeedback(
        feedback=replace(feedback, **changes),  # type: ignore[arg-type]
        reading=reading or a_reading(),
        day="2026-11-10",
        received_at=NOW,
    )


def four_quotes() -> tuple[ScoredFeedback, ...]:
    """The four behind the incident."""
    disappointed = a_reading(
        emotions=MappingProxyType({Emotion.DISAPPOINTMENT: 0.7}), because=("was cold",)
    )
    return (
        a_quote(),
        a_quote(
            "Ordered online for nine, picked up at twenty past. The coffee was cold by then.",
            stars=2,
            number=2,
            author="Sam",
            reading=disappointed,
            order_reference="LB-20431",
        ),
        a_quote("", stars=2, number=3, author=None, url=None, reading=_unread()),
        a_quote(
            "The queue went out of the door again. Bread is still great, but I walked away.",
            stars=3,
            number=4,
            author="Jo",
            reading=a_reading(because=("queue went out of the door", "walked away")),
        ),
    )


def _unread() -> Reading:
    return Reading(status=ReadingStatus.UNSCORED, reason="no text", evidence=0.8)


def eight_weeks() -> tuple[WeekCount, ...]:
    """A quiet autumn and a bad last week."""
    first = date(2026, 9, 16)
    counts = ((1, 9), (0, 7), (1, 11), (2, 10), (0, 8), (1, 9), (1, 10), (5, 12))
    return tuple(
        WeekCount(
            first=first + timedelta(weeks=week),
            last=first + timedelta(weeks=week, days=6),
            negative=negative,
            n=n,
        )
        for week, (negative, n) in enumerate(counts)
    )


def a_notification(**changes: object) -> Notification:
    """The first e-mail to Anna, sent."""
    notification = Notification(
        business_id="linden",
        incident_id="spike-000012",
        reason=NotifyReason.FIRST,
        channel=ChannelKind.EMAIL,
        contact="Anna",
        due=NOW,
        created_at=NOW,
        state=NotificationState.SENT,
        sent_at=NOW,
        provider_id="provider-1",
    )
    return replace(notification, **changes)  # type: ignore[arg-type]


def a_briefing(**changes: object) -> Briefing:
    """Everything one tells of the incident."""
    quotes = four_quotes()
    incident = an_incident(feedback_ids=tuple(one.feedback.feedback_id for one in quotes))
    briefing = Briefing(
        incident=incident,
        business=a_business(),
        quotes=quotes,
        weeks=eight_weeks(),
        steady=(
            SteadyTopic(topic="product_quality", negative=1, n=14, usual=1.1),
            SteadyTopic(topic="staff_service", negative=0, n=9, usual=0.6),
        ),
        advice=Advice(
            cause=RootCause(topic="wait_delivery", emotion=Emotion.ANGER, count=4, of=4),
            first_steps=(
                "Answer today, in person if you can: say that the wait was too long and that it "
                "is yours to mend.",
                "Look at who was on shift and what broke between nine and ten.",
            ),
            draft=Draft(
                feedback_id=quotes[0].feedback.feedback_id,
                language="en",
                text="Dear Kim Q.,\n\nforty minutes is far too long, and you had every right to "
                "hear a sorry from us.\n\nBakery Linden",
            ),
        ),
        told=(a_notification(),),
        outlook=Outlook(
            escalates_at=NOW + timedelta(hours=4),
            escalates_to="Ben",
            reminds_at=NOW + timedelta(hours=24),
        ),
    )
    return replace(briefing, **changes)  # type: ignore[arg-type]


def a_critical_incident(*kinds: CriticalKind) -> Incident:
    """One review that cannot wait."""
    return an_incident(
        kind=IncidentKind.CRITICAL, generation=13, negative=1, of=1, critical=kinds, topic=None
    )
