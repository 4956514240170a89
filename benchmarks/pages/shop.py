"""A shop with much behind it, in a table that counts read units."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.cost.table import READ, MeteredTable
from benchmarks.cost.units import Meter
from chalicelib.cli.local_run import SimulatedClock
from chalicelib.cli.memory_services import Outbox, memory_services
from chalicelib.domain.alert import (
    ChannelKind,
    Notification,
    NotificationState,
    NotifyReason,
    hash_of,
)
from chalicelib.domain.audit import Act, ActKind
from chalicelib.domain.business import Business, Contact, Location, SourceSettings
from chalicelib.domain.case import (
    CaseOrigin,
    CaseState,
    RecoveryCase,
    Severity,
    case_id_of,
    close,
    contact,
)
from chalicelib.domain.clock import local_date
from chalicelib.domain.feedback import Feedback, FeedbackKind, ScoredFeedback
from chalicelib.domain.incident import Incident, IncidentKind, resolve
from chalicelib.domain.judging import unjudged_from
from chalicelib.domain.sentiment import (
    AspectReading,
    Emotion,
    JourneyStage,
    Polarity,
    Reading,
    ReadingStatus,
    Sentiment,
    Topic,
)
from chalicelib.domain.session import SESSION_LIVES, Session
from chalicelib.flow import owner_page
from chalicelib.pages.owner_frame import MORE, TABS
from chalicelib.store.dynamodb import DynamoStore
from chalicelib.store.memory import MemoryStore

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
KEPT = timedelta(days=395)
COOKIE = "benchmark"
OPEN_INCIDENTS, ENDED_INCIDENTS, OPEN_CASES, ENDED_CASES = 4, 60, 40, 200
SENTENCES = (
    "We waited forty minutes for two coffees, and nobody said a word about it.",
    "The cake was lovely and the lady at the counter took her time to explain it.",
    "Cold soup, a table by the door, and a bill with a dish on it that we never had.",
    "Friendly as ever. We will be back with the whole family next month.",
)
SHOP = Business(
    business_id="shop",
    name="The Corner House",
    time_zone="Europe/Berlin",
    country="DE",
    trade="restaurant",
    contacts=(Contact(name="Rosa", email="rosa@shop.example"),),
    locations=(
        Location(location_id="main", name="Main Street"),
        Location(location_id="station", name="Station"),
    ),
    sources=tuple(
        SourceSettings(name=name, kind="csv", every=timedelta(hours=1))
        for name in ("google", "survey", "sheet")
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one look at a page costs."""

    page: str
    size: int
    read_units: float


def costs(voices: int) -> list[Cost]:
    """One line a page, with so many voices kept."""
    meter = Meter()
    table = MeteredTable(meter, _indexes())
    store = DynamoStore("shop", table, random=Random(1), sleep=lambda seconds: None)  # noqa: S311
    _fill(store, voices)
    made, _ = memory_services(MemoryStore(), Outbox(), SimulatedClock(NOW), secrets={})
    services = replace(made, store=store)
    incident = store.listed_incidents("shop", is_open=True, limit=1)[0]
    case = store.open_cases("shop", 1)[0]
    pages = [(one, "") for one in (*TABS, *MORE)]
    pages += [("incidents", incident.incident_id), ("cases", case.case_id)]
    headers = {"cookie": f"__Host-heedful={COOKIE}", "sec-fetch-site": "same-origin"}
    found = []
    for page, name in pages:
        before = meter.total(READ)
        answer = owner_page(services, page, name, headers, {}, NOW)
        if answer.status != 200:
            raise RuntimeError(f"{page} answers {answer.status}")
        units = meter.total(READ) - before
        shown = f"{page}/…" if name else page
        found.append(Cost(page=shown, size=len(answer.body.encode()), read_units=units))
    return found


def _indexes() -> list[Mapping[str, Any]]:
    root = Path(__file__).parents[2]
    resources = json.loads((root / "infra" / "resources.json").read_text())["Resources"]
    found: list[Mapping[str, Any]] = resources["Table"]["Properties"]["GlobalSecondaryIndexes"]
    return found


def _fill(store: DynamoStore, voices: int) -> None:
    draw = Random(2026)  # noqa: S311
    store.save_business(SHOP)
    ids = []
    for number in range(voices):
        scored = _voice(draw, number, voices)
        store.store(scored, None, unjudged_from(scored, None))
        ids.append(scored.feedback.feedback_id)
    for number in range(OPEN_INCIDENTS + ENDED_INCIDENTS):
        incident = _incident(number, ids)
        store.save_incident(incident, _told(incident))
    for number in range(OPEN_CASES + ENDED_CASES):
        store.save_case(_case(number, ids), _act(number))
    session = Session(
        token_hash=hash_of(COOKIE),
        business_id="shop",
        contact="Rosa",
        begun_at=NOW,
        expires_at=NOW + SESSION_LIVES,
    )
    store.begin_session(session, "0" * 64, replace(_act(0), what=ActKind.SIGN_IN))


def _voice(draw: Random, number: int, voices: int) -> ScoredFeedback:
    at = NOW - KEPT * (voices - number) / voices
    is_bad = draw.random() < 0.2
    reading = Reading(
        status=ReadingStatus.SCORED,
        language="en",
        sentiment=Sentiment(
            negative=0.9 if is_bad else 0.05, neutral=0.05, positive=0.05 if is_bad else 0.9
        ),
        evidence=0.95 if is_bad else 0.05,
        emotions={draw.choice(list(Emotion)): 0.7},
        topics=(
            AspectReading(
                name=draw.choice(list(Topic)),
                strength=0.8,
                polarity=Polarity.NEGATIVE if is_bad else Polarity.POSITIVE,
            ),
        ),
        stages=(
            AspectReading(
                name=draw.choice(list(JourneyStage)),
                strength=0.8,
                polarity=Polarity.NEGATIVE if is_bad else Polarity.POSITIVE,
            ),
        ),
        model_version="1",
    )
    feedback = Feedback(
        business_id="shop",
        source=draw.choice(("google", "survey", "sheet")),
        external_id=f"v{number}",
        kind=FeedbackKind.REVIEW,
        text=f"{draw.choice(SENTENCES)} {draw.choice(SENTENCES)}",
        written_at=at,
        updated_at=at,
        stars=draw.choice((1.0, 2.0)) if is_bad else draw.choice((4.0, 5.0)),
        author=f"Guest {number}",
        location=draw.choice(("main", "station")),
    )
    day = local_date(at, SHOP.time_zone)
    return ScoredFeedback(feedback=feedback, reading=reading, day=day, received_at=at)


def _incident(number: int, ids: list[str]) -> Incident:
    opened = NOW - timedelta(days=6 * (OPEN_INCIDENTS + ENDED_INCIDENTS - number))
    incident = Incident(
        business_id="shop",
        kind=IncidentKind.SPIKE,
        generation=number + 1,
        opened_at=opened,
        sentence="12 of the last 30 unhappy",
        negative=12,
        of=30,
        usual=5.0,
        topic=Topic.WAIT_DELIVERY,
        feedback_ids=tuple(ids[-20 * (number + 1) :][:20]),
    )
    is_open = number >= ENDED_INCIDENTS
    return incident if is_open else resolve(incident, "Rosa", opened + timedelta(days=2))


def _told(incident: Incident) -> list[Notification]:
    return [
        Notification(
            business_id="shop",
            incident_id=incident.incident_id,
            reason=reason,
            channel=ChannelKind.EMAIL,
            contact="Rosa",
            due=incident.opened_at,
            created_at=incident.opened_at,
            state=NotificationState.SENT,
            sent_at=incident.opened_at,
        )
        for reason in (NotifyReason.FIRST, NotifyReason.REMINDER)
    ]


def _case(number: int, ids: list[str]) -> RecoveryCase:
    opened = NOW - timedelta(hours=8 * (OPEN_CASES + ENDED_CASES - number))
    case = RecoveryCase(
        business_id="shop",
        case_id=case_id_of("shop", f"customer {number}", Topic.WAIT_DELIVERY),
        customer=f"customer {number}",
        cause=Topic.WAIT_DELIVERY,
        origin=CaseOrigin.INCIDENT,
        severity=Severity.HIGH,
        opened_at=opened,
        feedback_ids=tuple(ids[-3 * (number + 1) :][:3]),
        incident_id="spike-000064",
        location="main",
        due=opened + timedelta(days=1),
    )
    if number >= ENDED_CASES:
        return case
    spoken = contact(case, "Rosa", opened + timedelta(hours=3))
    ended = opened + timedelta(days=1)
    cause = "Two people short on the evening shift"
    return close(spoken, CaseState.RECOVERED, "Rosa", ended, root_cause=cause, cost_cents=1_200)


def _act(number: int) -> Act:
    at = NOW - timedelta(hours=8 * (OPEN_CASES + ENDED_CASES - number))
    return Act(
        business_id="shop", at=at, who="Rosa", what=ActKind.CONTACT, about=f"case:{number:032x}"
    )
