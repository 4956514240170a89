"""One simulated month, minute by minute, through the handlers of app.py and the real adapters."""

import hashlib
import json
import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from benchmarks.cost.clients import MeteredMail, MeteredParameters, MeteredQueues
from benchmarks.cost.lambdas import Lambdas
from benchmarks.cost.sites import Site, three_sites
from benchmarks.cost.table import MeteredTable
from benchmarks.cost.texts import Remembering
from benchmarks.cost.units import Meter
from chalicelib import wiring
from chalicelib.alert.ses import SesEmail, notification_of
from chalicelib.cli.local_run import SimulatedClock, load_app
from chalicelib.domain.business import Business, Contact, SourceSettings
from chalicelib.domain.source import SourceState
from chalicelib.ports import Model, PullContext, Services, SourceKind
from chalicelib.settings import Settings
from chalicelib.store.dynamodb import DynamoStore
from chalicelib.store.queues import SqsDepths, SqsFeedbackQueue, SqsPullQueue
from chalicelib.store.secrets import SsmSecrets

ROOT = Path(__file__).resolve().parents[2]
START = datetime(2026, 6, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
# Minutes between two plans, as the template has it.
PLANNED_EVERY = 5
EVERY = timedelta(minutes=15)
PULLS, FEEDBACK = "https://sqs.example/pulls", "https://sqs.example/feedback"
LOST = tuple(f"https://sqs.example/{name}" for name in ("FeedbackLost", "PullsLost", "LostCalls"))
BUSINESS = "bakery"
# A source that has run for a while remembers the most it can.
HELD_BEFORE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What a month consumed: units by function, and what came of it."""

    meter: Meter
    days: int
    items: int
    stored_bytes: int
    incidents: int
    mails: int
    counts: Mapping[str, int]


def simulate(
    items: int, model: Model, *, days: int = 30, store: type[DynamoStore] = DynamoStore
) -> Month:
    """Let a month of `days` go by in which so many new feedbacks appear on three sites."""
    world = _World(items, model, days, store)
    try:
        return world.live()
    finally:
        wiring.use(None)


class _World:
    """One business with three sites, its deployment, and its owner."""

    def __init__(self, items: int, model: Model, days: int, store: type[DynamoStore]) -> None:
        self.items, self.days, self._store = items, days, store
        self.sites = three_sites(items, START, days)
        self.meter = Meter()
        self.clock = SimulatedClock(START)
        self.model = Remembering(model)
        self.queues = MeteredQueues(self.meter)
        self.mail = MeteredMail(self.meter)
        resources = json.loads((ROOT / "infra" / "resources.json").read_text())["Resources"]
        self.table = MeteredTable(
            self.meter, resources["Table"]["Properties"]["GlobalSecondaryIndexes"]
        )
        self.services = self._services()
        self._settle_in()
        self.log = StringIO()
        wiring.use(self.services)
        app = load_app(self.log)
        self.functions = Lambdas(app, self.meter, self.clock, self.log, self.model)
        self._mails_seen = 0
        self._to_read: list[tuple[datetime, str]] = []

    def _services(self) -> Services:
        kind = SourceKind(
            name="site",
            title="a site of the simulated month",
            required={},
            optional={},
            needs_secret=True,
            build=self._site,
        )
        settings = Settings.from_env(
            {
                "HEEDFUL_TABLE": "table",
                "HEEDFUL_PULLS_QUEUE": PULLS,
                "HEEDFUL_FEEDBACK_QUEUE": FEEDBACK,
                "HEEDFUL_PAGE_ADDRESS": "https://pages.example/api",
            }
        )
        built = wiring.build_services(settings, self.clock)
        parameters = MeteredParameters(self.meter, "a secret")
        mail = SesEmail(self.mail, sender="alerts@bakery.example", configuration_set="heedful")
        depths = {url.rsplit("/", 1)[-1]: url for url in LOST}
        return replace(
            built,
            store=self._store(
                "table",
                self.table,
                random=random.Random(1),  # noqa: S311  spreads retries
                sleep=lambda _: None,
            ),
            feedback_queue=SqsFeedbackQueue(FEEDBACK, self.queues),
            pull_queue=SqsPullQueue(PULLS, self.queues),
            secrets=SsmSecrets("/heedful/prod", parameters, self.clock),
            email=lambda: mail,
            depths=SqsDepths(depths, self.queues),
            model=lambda: self.model,
            source_kinds={"site": kind},
            nudge=self._nudge,
            start_pulls=self._start_pulls,
        )

    def _site(self, context: PullContext) -> Site:
        self.meter.add("source page")
        (site,) = (one for one in self.sites if one.name == context.settings.name)
        return site.at(context.now)

    def _nudge(self) -> None:
        self.meter.add("lambda invoke call")
        self._nudged = True

    def _start_pulls(self, workers: int) -> None:
        for _ in range(workers):
            self.meter.add("lambda invoke call")
        self._workers = workers

    _nudged = False
    _workers = 0

    def _settle_in(self) -> None:
        """A business that has been here for a while; nothing of it is counted."""
        business = Business(
            business_id=BUSINESS,
            name="Rosa Bakery",
            time_zone="Europe/Berlin",
            country="DE",
            contacts=(
                Contact(name="Rosa", email="rosa@bakery.example"),
                Contact(name="Ben", email="ben@bakery.example"),
            ),
            sources=tuple(
                SourceSettings(name=one.name, kind="site", every=EVERY, secret=one.secret)
                for one in self.sites
            ),
        )
        self.services.store.save_business(business)
        for site in self.sites:
            self.services.store.save_source(
                SourceState(
                    business_id=BUSINESS,
                    source=site.name,
                    due=START,
                    held=_held_before(site.name),
                    looked_at=START,
                    first_look_done=True,
                )
            )
        self.meter.units.clear()

    def live(self) -> Month:
        """Every five minutes of it: in between nothing new comes."""
        for turn in range(self.days * 24 * 60 // PLANNED_EVERY):
            self.clock.now = now = START + turn * PLANNED_EVERY * MINUTE
            self.functions.call("plan_pulls", {})
            self._settle()
            if now.minute == 0:
                self.functions.call("write_digests", {})
            self.functions.call("watch", {})
            self._deliver_mail(now)
            self._owner_reads(now)
            before = self.meter.copy()
            self.functions.call("watch", {})
            # The minutes until the next plan are as quiet as this one.
            self.meter.repeat(before, PLANNED_EVERY - 2)
        store = self.services.store
        first, last = "2000-01-01", "2100-01-01"
        counts = sum(
            (Counter(row) for row in store.counts(BUSINESS, first, last).values()), Counter[str]()
        )
        return Month(
            meter=self.meter,
            days=self.days,
            items=self.items,
            stored_bytes=self.table.stored_bytes(),
            incidents=len(store.incidents_of(BUSINESS)),
            mails=len(self.mail.mails),
            counts=dict(counts),
        )

    def _settle(self) -> None:
        """The workers sent for, then Lambda's poller until the queue rests."""
        for _ in range(self._workers):
            self.functions.call("pull_source", {})
        self._workers = 0
        while self.queues.waiting[FEEDBACK]:
            self.meter.owner = "score_feedback"
            self.functions.call("score_feedback", from_queue(self.queues.receive(FEEDBACK, 10)))
        if self._nudged:
            self._nudged = False
            self.functions.call("watch", {})

    def _deliver_mail(self, now: datetime) -> None:
        """SES tells of each mail twice: sent, delivered."""
        for number in range(self._mails_seen, len(self.mail.mails)):
            asked = self.mail.mails[number]
            (tag,) = (one["Value"] for one in asked["EmailTags"])
            for kind in ("Send", "Delivery"):
                notice = {
                    "eventType": kind,
                    "mail": {"messageId": f"mail-{number + 1}", "tags": {"notification": [tag]}},
                }
                self.meter.owner = "note_delivery"
                self.meter.add("sns notice")
                sns: dict[str, Any] = {
                    "Subject": None,
                    "Message": json.dumps(notice),
                    "MessageAttributes": {},
                }
                self.functions.call("note_delivery", {"Records": [{"Sns": sns}]})
            if ".digest" not in notification_of(tag) and (link := _link_in(asked)):
                self._to_read.append((now + 10 * MINUTE, link))
        self._mails_seen = len(self.mail.mails)

    def _owner_reads(self, now: datetime) -> None:
        """Ten minutes later the owner opens the link and acknowledges."""
        due = [link for at, link in self._to_read if at <= now]
        self._to_read = [(at, link) for at, link in self._to_read if at > now]
        for link in due:
            for method, body in (("GET", None), ("POST", "act=acknowledge")):
                self.meter.owner = "api_handler"
                self.meter.add("api request")
                self.functions.call("api_handler", over_http(method, link, body))


def _held_before(site: str) -> dict[str, str]:
    """Ids and hashes as random as real ones, so that they pack no better."""
    digests = [hashlib.sha256(f"{site} {n}".encode()).hexdigest() for n in range(HELD_BEFORE)]
    return {one[:32]: one[32:48] for one in digests}


def _link_in(asked: Mapping[str, Any]) -> str:
    raw = asked["Content"]["Raw"]["Data"].replace(b"=\r\n", b"")
    found = re.search(rb"https://pages\.example/api(/i/[\w-]+)", raw)
    return found[1].decode() if found else ""


def from_queue(bodies: Sequence[str]) -> dict[str, Any]:
    """A batch as Lambda gets it."""
    return {
        "Records": [
            {
                "messageId": str(place),
                "receiptHandle": "handle",
                "body": body,
                "attributes": {},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:::queue",
                "awsRegion": "",
            }
            for place, body in enumerate(bodies)
        ]
    }


def over_http(method: str, path: str, body: str | None, **headers: str) -> dict[str, Any]:
    """A request for the page behind a link, as API Gateway hands it over."""
    headers = {"content-type": "application/x-www-form-urlencoded", **headers}
    resource = f"/{path.split('/')[1]}/{{token}}"
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"token": path.split("/")[2]},
        "stageVariables": None,
        "requestContext": {
            "httpMethod": method,
            "resourcePath": resource,
            "path": f"/api{path}",
            "identity": {"sourceIp": "203.0.113.7"},
            "requestId": "1",
        },
        "body": body,
        "isBase64Encoded": False,
    }
