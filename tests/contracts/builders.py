"""Values for the store's tests: each builder makes a plain case, and takes what a test is about."""

from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.domain.alert import ChannelKind, Notification, NotifyReason
from chalicelib.domain.business import Business, Contact, Location, SourceSettings
from chalicelib.domain.feedback import Feedback, FeedbackKind, ScoredFeedback
from chalicelib.domain.incident import Incident, IncidentKind
from chalicelib.domain.judging import Change, Unjudged
from chalicelib.domain.sentiment import (
    AspectReading,
    Emotion,
    Polarity,
    Reading,
    ReadingStatus,
    Sentiment,
)
from chalicelib.domain.source import SourceState
from chalicelib.ports import Store

NOW = datetime(2026, 3, 29, 10, 15, 30, 123456, tzinfo=UTC)
DAY = "2026-03-29"
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
UNHAPPY = Reading(
    status=ReadingStatus.SCORED,
    language="en",
    sentiment=Sentiment(negative=0.9, neutral=0.07, positive=0.03),
    evidence=0.94,
    emotions={Emotion.ANGER: 0.81, Emotion.JOY: 0.02},
    topics=(AspectReading(name="wait_delivery", strength=0.7, polarity=Polarity.NEGATIVE),),
    because=("waited an hour",),
    model_version="1",
)
HAPPY = Reading(
    status=ReadingStatus.SCORED,
    language="en",
    sentiment=Sentiment(negative=0.02, neutral=0.08, positive=0.9),
    evidence=0.03,
    emotions={Emotion.JOY: 0.9},
    topics=(AspectReading(name="staff_service", strength=0.6, polarity=Polarity.POSITIVE),),
    model_version="1",
)


def a_feedback(external_id: str = "r1", **changes: Any) -> Feedback:
    """One star, in English, from the bakery's review site."""
    plain: dict[str, Any] = {
        "business_id": "bakery",
        "source": "reviews",
        "external_id": external_id,
        "kind": FeedbackKind.REVIEW,
        "text": "We waited an hour and the bread was cold.",
        "written_at": NOW - HOUR,
        "updated_at": NOW - HOUR,
        "stars": 1.0,
        "author": "Customer One",
    }
    return Feedback(**(plain | changes))


def scored(feedback: Feedback, reading: Reading = UNHAPPY, **changes: Any) -> ScoredFeedback:
    """A feedback as it is stored."""
    plain: dict[str, Any] = {"feedback": feedback, "reading": reading, "day": DAY}
    return ScoredFeedback(**(plain | {"received_at": NOW} | changes))


def waiting(stored: ScoredFeedback, change: Change = Change.NEW, **changes: Any) -> Unjudged:
    """What the judge is told of it."""
    feedback = stored.feedback
    plain: dict[str, Any] = {
        "business_id": feedback.business_id,
        "feedback_id": feedback.feedback_id,
        "version": feedback.version,
        "change": change,
        "received_at": stored.received_at,
        "written_at": feedback.written_at,
        "source": feedback.source,
        "negative": stored.reading.evidence,
        "groups": (f"location:{feedback.location}",),
    }
    return Unjudged(**(plain | changes))


def put(
    store: Store,
    stored: ScoredFeedback,
    previous: ScoredFeedback | None = None,
    change: Change = Change.NEW,
) -> Unjudged:
    """Store a feedback; returns what now waits to be judged."""
    unjudged = waiting(stored, change)
    store.store(stored, previous, unjudged)
    return unjudged


def a_business(business_id: str = "bakery", **changes: Any) -> Business:
    """A bakery with two places, one contact and one source."""
    plain: dict[str, Any] = {
        "business_id": business_id,
        "name": "Bäckerei am Tor",
        "time_zone": "Europe/Berlin",
        "country": "DE",
        "contacts": (Contact(name="owner", email="owner@example.org", phone="+15550100"),),
        "languages": ("de", "en"),
        "locations": (Location(location_id="tor", name="Am Tor"),),
        "sources": (
            SourceSettings(
                name="reviews",
                kind="csv",
                every=timedelta(minutes=15),
                options={"address": "https://example.org/a.csv", "columns": ["text", "stars"]},
            ),
        ),
    }
    return Business(**(plain | changes))


def a_source(source: str = "reviews", **changes: Any) -> SourceState:
    """A source that is due now and was never looked at."""
    plain: dict[str, Any] = {"business_id": "bakery", "source": source, "due": NOW}
    return SourceState(**(plain | changes))


def an_incident(generation: int = 1, **changes: Any) -> Incident:
    """An open spike."""
    plain: dict[str, Any] = {
        "business_id": "bakery",
        "kind": IncidentKind.SPIKE,
        "generation": generation,
        "opened_at": NOW,
        "sentence": "4 of the last 6 were negative; usually fewer than 1 of 6",
        "negative": 4,
        "of": 6,
        "usual": 0.4,
    }
    return Incident(**(plain | changes))


def a_notification(incident: Incident, contact: str = "owner", **changes: Any) -> Notification:
    """The first telling of an incident by e-mail, due now."""
    plain: dict[str, Any] = {
        "business_id": incident.business_id,
        "incident_id": incident.incident_id,
        "reason": NotifyReason.FIRST,
        "channel": ChannelKind.EMAIL,
        "contact": contact,
        "due": NOW,
        "created_at": NOW,
    }
    return Notification(**(plain | changes))
