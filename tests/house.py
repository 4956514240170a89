"""A whole Heedful in memory, driven through the handlers of app.py, for stories told as tests."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

from chalice.config import Config
from chalice.local import LocalGateway

from chalicelib import wiring
from chalicelib.cli.local_run import LocalRun, MemoryQueue, SimulatedClock, load_app
from chalicelib.cli.memory_services import Outbox, memory_services
from chalicelib.domain.business import Business, Contact, SmsSettings, SourceSettings
from chalicelib.domain.feedback import Arrival, Feedback, FeedbackKind
from chalicelib.domain.source import SourceState
from chalicelib.store.memory import MemoryStore
from tests.fakes import WordModel

START = datetime(2026, 5, 4, 9, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes....").decode()
BAKERY = Business(
    business_id="bakery",
    name="Rosa Bakery",
    time_zone="Europe/Berlin",
    country="DE",
    contacts=(
        Contact(name="Rosa", email="rosa@bakery.example", phone="+4930901820"),
        Contact(name="Jonas", email="jonas@bakery.example"),
    ),
    sources=(
        SourceSettings(name="sheet", kind="csv", every=timedelta(hours=1)),
        SourceSettings(name="survey", kind="survey", secret="bakery/survey"),
        SourceSettings(name="exports", kind="import"),
    ),
    sms=SmsSettings(monthly_cap_usd=5),
)


class House:
    """The product with everything outside it in memory."""

    def __init__(self, log: StringIO) -> None:
        self.clock = SimulatedClock(START)
        self.store = MemoryStore()
        self.outbox = Outbox()
        self.model = WordModel()
        self.log = log
        services, self.queues = memory_services(
            self.store,
            self.outbox,
            self.clock,
            secrets={"bakery/survey": (SECRET,)},
            allow_loopback=True,
        )
        self.services = replace(services, model=lambda: self.model)
        self.store.save_business(BAKERY)
        for source in BAKERY.sources:
            self.store.save_source(SourceState(business_id="bakery", source=source.name))
        wiring.use(self.services)
        self.app = load_app(log)
        self.run = LocalRun(
            self.app,
            self.clock,
            pulls=self.queues.pulls.depth,
            feedback=MemoryQueue(self.queues.feedback, 10),
        )
        self._gateway = LocalGateway(self.app.app, Config())
        self._written = 0

    @property
    def now(self) -> datetime:
        """The house's clock."""
        return self.clock.now

    def wait(self, **time: float) -> None:
        """Let time pass; nothing runs."""
        self.clock.now += timedelta(**time)

    def feedback(self, text: str, **changes: Any) -> Feedback:
        """Something a customer wrote just now."""
        self._written += 1
        given: dict[str, Any] = {
            "business_id": "bakery",
            "source": "exports",
            "external_id": f"r{self._written}",
            "kind": FeedbackKind.REVIEW,
            "text": text,
            "written_at": self.now,
            "updated_at": self.now,
        }
        return Feedback(**given | changes)

    def hear(self, *feedback: Feedback, is_history: bool = False) -> None:
        """Feedback comes in and is scored, stored and judged."""
        arrivals = [
            Arrival(feedback=one, received_at=self.now, seen_since=self.now, is_history=is_history)
            for one in feedback
        ]
        self.services.feedback_queue.put(arrivals)
        self.run.settle()

    def learn(self) -> None:
        """Twenty days of four content customers each, as history."""
        past = [
            self.feedback("good bread", written_at=self.now - timedelta(hours=6 * number))
            for number in range(80, 0, -1)
        ]
        self.hear(*past, is_history=True)

    def live(self, days: int, texts: Sequence[str]) -> None:
        """That many days, on each of them these texts, with the watch looking on."""
        for _ in range(days):
            for text in texts:
                self.wait(hours=24 / len(texts))
                self.hear(self.feedback(text))
                self.run.watch(self.now)

    def request(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> tuple[int, dict[str, str], str]:
        """Status, headers and body of what a public route answers."""
        answer = self._gateway.handle_request(method, path, headers or {}, body)
        return answer["statusCode"], answer["headers"], answer["body"]

    def press(self, token: str, form: str) -> int:
        """Press a button on the page behind a link."""
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return self.request("POST", f"/i/{token}", headers, form.encode())[0]

    def link(self, number: int = -1) -> str:
        """The token in an e-mail that was sent."""
        text = self.outbox.emails[number].text
        return text.split("/i/", 1)[1].split()[0].rstrip(".,)")


@contextmanager
def house() -> Iterator[House]:
    """A house; the services of the process are its own until the block ends."""
    try:
        yield House(StringIO())
    finally:
        wiring.use(None)


def a_survey(response: str = "r1", text: str = "bad day", nps: int = 2) -> bytes:
    """A survey response in the generic form."""
    answers = [
        {"key": "nps", "metric": "nps", "value": nps, "scale": [0, 10]},
        {"key": "why", "metric": "text", "value": text},
    ]
    return json.dumps(
        {"type": "survey.response", "data": {"response_id": response, "answers": answers}}
    ).encode()


def signed(
    body: bytes, now: datetime, *, delivery: str = "msg_1", secret: str = SECRET
) -> dict[str, str]:
    """The headers of a delivery in the Standard Webhooks form."""
    stamp = str(int(now.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.digest(key, f"{delivery}.{stamp}.".encode() + body, hashlib.sha256)
    return {
        "content-type": "application/json",
        "webhook-id": delivery,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }
