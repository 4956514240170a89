"""A bakery with two months of feedback, four bad days among them, for the tests of the maps."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

from chalicelib.cli.local_run import SimulatedClock
from chalicelib.cli.memory_services import Outbox, memory_services
from chalicelib.domain.business import Business, Location
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.judging import unjudged_from
from chalicelib.domain.sentiment import AspectReading, JourneyStage, Polarity, Topic
from chalicelib.domain.session import Role, Visitor
from chalicelib.ports import Services, Store
from chalicelib.store.memory import MemoryStore
from tests.learn.samples import a_business, a_voice

NOW = datetime(2026, 5, 11, 9, tzinfo=UTC)
TODAY = date(2026, 5, 11)
BAD_FROM, BAD_DAYS = date(2026, 5, 4), 4
ROSA = Visitor(business_id="bakery", contact="Rosa", role=Role.OWNER, language="en")
LOOKER = replace(ROSA, role=Role.READ_ONLY)
BAKERY: Business = a_business(
    trade="bakery",
    locations=(
        Location(location_id="main", name="Old Town"),
        Location(location_id="tor", name="Gate"),
    ),
)
COMPLAINT = "The bill was wrong & <b>nobody</b> would look at it."
PRAISE = "The rye bread is the best in town and always warm."


def voice(number: int, day: date, *, is_bad: bool, **changes: object) -> ScoredFeedback:
    """A complaint about the bill, or praise for the bread."""
    polarity = Polarity.NEGATIVE if is_bad else Polarity.POSITIVE
    stage = JourneyStage.PAYING if is_bad else JourneyStage.EXPERIENCE
    topic = Topic.REFUND_BILLING if is_bad else Topic.PRODUCT_QUALITY
    text = f"{COMPLAINT if is_bad else PRAISE} That was number {number}."
    one = a_voice(number, day, is_bad=is_bad, topic=topic, text=text, stars=1 if is_bad else 5)
    aspect = AspectReading(name=stage, strength=0.9, polarity=polarity)
    reading = replace(one.reading, stages=(aspect,), because=(COMPLAINT,) if is_bad else ())
    return replace(one, reading=reading, **changes)  # type: ignore[arg-type]


def two_months() -> list[ScoredFeedback]:
    """Three happy voices a day and a complaint a week; on the bad days three complaints."""
    said = []
    for step in range(56):
        day = TODAY - timedelta(days=55 - step)
        is_bad_day = BAD_FROM <= day < BAD_FROM + timedelta(days=BAD_DAYS)
        for number in range(3):
            is_bad = is_bad_day or (step % 7 == 3 and number == 0)
            said.append(voice(step * 3 + number, day, is_bad=is_bad))
    return said


def fill(store: Store, said: list[ScoredFeedback]) -> None:
    """Store them all."""
    for one in said:
        store.store(one, None, unjudged_from(one, None))


def services_with(said: list[ScoredFeedback]) -> Services:
    """Services in memory that hold these voices."""
    store = MemoryStore()
    store.save_business(BAKERY)
    fill(store, said)
    services, _ = memory_services(store, Outbox(), SimulatedClock(NOW))
    return services


NOTHING: MappingProxyType[str, str] = MappingProxyType({})
