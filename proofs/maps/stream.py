"""Play a stream through the handlers as the demo does, and read the maps as its owner would."""

import html
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from pathlib import Path

from chalicelib import wiring
from chalicelib.cli.demo import MONTH
from chalicelib.cli.demo_sites import SheetServer
from chalicelib.cli.local_run import LocalRun, MemoryQueue, SimulatedClock, load_app
from chalicelib.cli.memory_services import Outbox, memory_services
from chalicelib.domain.business import Business, Contact, Location, SourceSettings
from chalicelib.domain.digest import Period
from chalicelib.domain.journey import Journey
from chalicelib.domain.session import Role, Visitor
from chalicelib.domain.source import SourceState
from chalicelib.flow.mapping import journey_for
from chalicelib.flow.owner_pages import PAGES
from chalicelib.pages.map_words import Chosen
from chalicelib.ports import Services
from chalicelib.pull.csv_file import FeedbackFile, read_file
from chalicelib.store.memory import MemoryStore

ZONE = "Europe/Berlin"
LOOKED_EVERY = timedelta(hours=12)
MAPS = ("journey", "empathy-map", "blueprint")


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """What the proof knows: bad dates, when the owner looks after them, and a calm day before."""

    name: str
    trade: str
    first: date
    days: int
    seen: date
    calm: date

    @property
    def period(self) -> Period:
        """The bad dates."""
        return Period(first=self.first, last=self.first + timedelta(days=self.days - 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the owner saw: the headline of each map, and the journey it was drawn from."""

    headlines: Mapping[str, tuple[str, ...]]
    journey: Journey
    largest_page: int


def planted() -> dict[str, Planted]:
    """By the name of the stream."""
    tree = tomllib.loads(Path(__file__).with_name("planted.toml").read_text(encoding="utf-8"))
    return {name: Planted(name=name, **row) for name, row in tree.items()}


def file_of(name: str, folder: str | None) -> Path | None:
    """The stream's CSV, or None when it is not here."""
    path = MONTH if name == "month" else Path(folder or ".") / f"{name}.csv"
    return path if (name == "month" or folder) and path.exists() else None


@contextmanager
def played(one: Planted, path: Path) -> Iterator[tuple[Services, Business]]:
    """The services after all of the stream was pulled, scored, stored and judged."""
    held = read_file(
        path.read_bytes(),
        business_id="stream",
        source="sheet",
        time_zone=ZONE,
        now=datetime(9999, 1, 1, tzinfo=UTC),
    )
    clock, store = SimulatedClock(held.feedback[0].written_at - LOOKED_EVERY), MemoryStore()
    services, queues = memory_services(store, Outbox(), clock, allow_loopback=True)
    with SheetServer(held.feedback) as sheet:
        business = _business(one, held, sheet.address)
        store.save_business(business)
        store.save_source(SourceState(business_id="stream", source="sheet", due=clock.now))
        wiring.use(services)
        try:
            run = LocalRun(
                load_app(StringIO()),
                clock,
                pulls=queues.pulls.depth,
                feedback=MemoryQueue(queues.feedback, 10),
            )
            while clock.now < held.feedback[-1].written_at:
                now = clock.now + LOOKED_EVERY
                sheet.publish_until(now)
                run.tick(now)
            yield services, business
        finally:
            wiring.use(None)


def _business(one: Planted, held: FeedbackFile, address: str) -> Business:
    places = sorted({feedback.location for feedback in held.feedback})
    return Business(
        business_id="stream",
        name="The stream",
        time_zone=ZONE,
        country="DE",
        trade=one.trade,
        contacts=(Contact(name="Rosa", email="rosa@stream.example"),),
        locations=tuple(Location(location_id=place, name=place) for place in places),
        sources=(
            SourceSettings(
                name="sheet", kind="csv", every=LOOKED_EVERY, options={"address": address}
            ),
        ),
    )


def look(services: Services, business: Business, day: date) -> Seen:
    """What the owner sees on the morning of a day, when nothing later is known."""
    visitor = Visitor(
        business_id=business.business_id, contact="Rosa", role=Role.OWNER, language="en"
    )
    now = datetime.combine(day, time(7), UTC)
    pages = {name: PAGES[name](services, visitor, business, {}, now) for name in MAPS}
    chosen = Chosen(period=Period(first=day - timedelta(days=27), last=day))
    return Seen(
        headlines={name: _headline(str(page)) for name, page in pages.items()},
        journey=journey_for(services, business, chosen),
        largest_page=max(len(str(page).encode()) for page in pages.values()),
    )


def _headline(page: str) -> tuple[str, ...]:
    """The sentences in the panel at the top."""
    panel = re.search(r'<section class="panel told.*?</section>', page, re.DOTALL)
    lines = re.findall(r"<p[^>]*>(.*?)</p>", panel[0] if panel else "", re.DOTALL)
    return tuple(html.unescape(re.sub(r"<[^>]+>", "", line)).strip() for line in lines)
