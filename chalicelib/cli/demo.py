"""`./dev demo`: the whole product on this machine, with nothing but Python.

An embedded AWS on the loopback gets the table, queues and mail settings that are deployed; a small
site publishes a sheet that grows as simulated time goes by; the handlers of app.py pull, score,
store, judge and send, as Lambda would have them do. What they sent lies in the out folder at the
end, the weekly summary among them, and the incident page is up until Ctrl-C.
"""

import json
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import click

from chalicelib import wiring
from chalicelib.cli.configure import apply_file, check_file, read_bytes
from chalicelib.cli.demo_files import name_of_email, write_emails, write_texts, write_whole
from chalicelib.cli.demo_sites import PageServer, SheetServer
from chalicelib.cli.local_run import LocalRun, SimulatedClock, SqsQueue, load_app
from chalicelib.cli.ministack import create_resources, running_ministack
from chalicelib.domain.clock import local_date
from chalicelib.domain.errors import UserError
from chalicelib.domain.feedback import Feedback
from chalicelib.domain.incident import Incident, IncidentKind
from chalicelib.domain.sentiment import Polarity
from chalicelib.ports import Services
from chalicelib.pull.csv_file import read_file
from chalicelib.settings import Settings

HERE = Path(__file__).parent
MONTH = HERE / "demo_month.csv"
MARKER = ".heedful-demo"
PAGE = "page.html"
BUSINESS, TIME_ZONE = "demo", "Europe/Berlin"
OWNER, OWNER_EMAIL = "Rosa", "rosa@demo.example"
SECONDS_OF_A_VISIT = timedelta(seconds=2)
# So many looks at the sheet are enough to be soon and few enough to be quick.
MOST_LOOKS = 180
# The demo's owner takes an incident on after this long; the last days are left to the visitor.
OWNER_ACTS_AFTER = timedelta(hours=3)
LEFT_TO_VISITOR = timedelta(days=6)
A_MOMENT = timedelta(minutes=1)
# An incident that closed is told of; reminders go on for a while after the last review.
AFTERWARDS = timedelta(hours=6)
# On the owner's wall; the summary of the week is due from eight o'clock on Mondays.
DIGEST_HOUR, DIGEST_MINUTE = 8, 5
# A week of which the stream holds less than this is no week to sum up.
WEEK_TO_TELL = timedelta(days=3)

TOML = """\
[[business]]
id = "demo"
name = "Rosa's"
time_zone = "Europe/Berlin"
country = "DE"
trade = "restaurant"
languages = ["en"]
sensitivity = "balanced"

[business.sms]
monthly_cap_usd = 20

{locations}
[[business.contact]]
name = "Rosa"
email = "rosa@demo.example"
phone = "+49 30 901820"

[[business.contact]]
name = "Jonas"
email = "jonas@demo.example"

[[business.source]]
name = "sheet"
kind = "csv"
every = "{every}m"
address = "{address}"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSummary:
    """What the run did. `at_once` are the single reviews that could not wait for a pattern;
    `digests` are the numbers of the e-mails that hold the weekly summary, from 1."""

    pulled: int
    scored: int
    negative: int
    incidents: tuple[Incident, ...]
    at_once: tuple[Incident, ...]
    emails: int
    texts: int
    digests: tuple[int, ...] = ()

    def lines(self, out: Path, url: str) -> list[str]:
        """In words for whoever started it."""
        share = self.negative / self.scored if self.scored else 0.0
        lines = [
            "",
            f"Pulled {self.pulled} reviews, read {self.scored}, {share:.0%} of them negative.",
            f"Incidents: {len(self.incidents)}",
        ]
        lines += [_line(one) for one in self.incidents]
        if self.at_once:
            lines.append(f"Single reviews told at once: {len(self.at_once)}")
            lines += [_line(one) for one in self.at_once]
        lines += [
            f"Sent {self.emails} e-mails and {self.texts} SMS. They lie in {out}:",
            "  *.html to look at, *.eml for a mail program, sms-*.txt the SMS, log.jsonl the log",
        ]
        if self.digests:
            names = " and ".join(f"{name_of_email(one)}.html" for one in self.digests)
            lines.append(f"The summary of the last week, one for each contact: {names}")
        if url:
            lines.append(f"The page behind the newest link, as it was at the end: {PAGE}")
        if url:
            lines.append(f"The page behind the newest link: {url}")
        return lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The pages of a demo that has played: where they are, and how a moment goes by (mails go out;
    the links for signing in among them are given back)."""

    address: str
    wait: Callable[[], list[str]]


def run_demo(
    *,
    out: Path,
    stream: Path | None,
    is_served: bool,
    say: Callable[[str], None],
    most_looks: int = MOST_LOOKS,
    visit: "Callable[[Visit], None] | None" = None,
) -> DemoSummary:
    """Run it. Raises UserError for a CSV that cannot be read or an out folder that is not ours.

    `most_looks` is how often the sheet is looked at over the whole stream; `visit` looks at the
    pages at the end, before they are served to whoever started it.
    """
    raw = read_bytes(stream or MONTH)
    now = datetime(9999, 1, 1, tzinfo=UTC)
    held = read_file(raw, business_id=BUSINESS, source="sheet", time_zone=TIME_ZONE, now=now)
    clear(out)
    for note in held.assumptions if stream else ():
        say(f"Assumed: {note}.")
    log = StringIO()
    with ExitStack() as stack:
        sheet = stack.enter_context(SheetServer(held.feedback))
        pages = stack.enter_context(PageServer())
        say("Starting an embedded AWS on 127.0.0.1 …")
        address = stack.enter_context(running_ministack())
        run = stack.enter_context(_Demo(address, sheet, pages, held.feedback, out, log, most_looks))
        run.play()
        summary = run.summary()
        url = run.newest_link()
        for line in summary.lines(out, url):
            say(line)
        if visit is not None:
            visit(Visit(address=pages.address, wait=run.live_on))
        if is_served:
            say(f"Sign in as {OWNER}, once, with this link: {run.ask_for_link()}")
            say(f"For another one ask at {pages.address}/sign-in/{BUSINESS} with {OWNER_EMAIL}.")
            say("Press Ctrl-C to end.")
            pages.live_until_interrupted(lambda: _say_links(run, say))
    return summary


def _say_links(run: "_Demo", say: Callable[[str], None]) -> None:
    for link in run.live_on():
        say(f"A link for signing in went out: {link}")


def clear(out: Path) -> None:
    """An empty folder of ours. Raises UserError when it holds something that is not."""
    if out.exists() and not out.is_dir():
        raise UserError(f"{out} is a file; name a folder with --out")
    if out.is_dir() and any(out.iterdir()) and not (out / MARKER).exists():
        raise UserError(f"{out} holds files that no demo wrote; name another folder with --out")
    try:
        out.mkdir(parents=True, exist_ok=True)
        write_whole(out / MARKER, b"This folder belongs to ./dev demo, which empties it.\n")
    except OSError as error:
        raise UserError(
            f"{out} cannot be written: {error.strerror}; name another folder with --out"
        ) from error
    for path in out.iterdir():
        if path.name != MARKER and path.is_file():
            path.unlink()


class _Demo:
    """One run: services on the embedded AWS, the clock, and what the demo's owner does."""

    def __init__(
        self,
        address: str,
        sheet: SheetServer,
        pages: PageServer,
        feedback: Sequence[Feedback],
        out: Path,
        log: StringIO,
        most_looks: int,
    ) -> None:
        self._most_looks = most_looks
        self._address = address
        self._sheet = sheet
        self._pages = pages
        self._feedback = feedback
        self._out = out
        self._log = log
        self._first = feedback[0].written_at
        self._last = feedback[-1].written_at
        self._clock = SimulatedClock(self._first - timedelta(hours=1))
        self._services: Services = self._build()
        self._run = self._wire()
        self._waiting: list[tuple[datetime, str]] = []
        self._mails_seen = 0
        self._digests: tuple[int, ...] = ()
        self._digest_at = monday_to_tell(self._last)

    def __enter__(self) -> "_Demo":
        return self

    def __exit__(self, *_: object) -> None:
        wiring.use(None)

    def _build(self) -> Services:
        client = wiring.aws_client("cloudformation", self._address)
        variables = create_resources(client, sender="alerts@demo.example")
        settings = Settings.from_env(
            {
                **variables,
                "HEEDFUL_ENDPOINT_URL": self._address,
                "HEEDFUL_PAGE_ADDRESS": self._pages.address,
                "HEEDFUL_ALLOW_LOOPBACK_SOURCES": "1",
            }
        )
        self._feedback_queue = settings.feedback_queue
        return wiring.build_services(settings, self._clock)

    def _wire(self) -> LocalRun:
        toml = self._out / "heedful.toml"
        write_whole(toml, self._toml().encode())
        list(apply_file(self._services, check_file(toml), is_dry_run=False))
        wiring.use(self._services)
        app = load_app(self._log)
        self._pages.show(app)
        sqs = wiring.aws_client("sqs", self._address)
        return LocalRun(
            app,
            self._clock,
            pulls=self._services.pull_queue.depth,
            feedback=SqsQueue(sqs, self._feedback_queue, 10),
        )

    def _toml(self) -> str:
        every = (
            max(1, round((self._last - self._first) / timedelta(hours=1) / self._most_looks)) * 60
        )
        self._every = timedelta(minutes=every)
        places = sorted({one.location for one in self._feedback})
        locations = "\n".join(
            f'[[business.location]]\nid = "place-{number}"\nname = {json.dumps(place)}\n'
            for number, place in enumerate(places, start=1)
        )
        return TOML.format(locations=locations, every=every, address=self._sheet.address)

    def play(self) -> None:
        """Let the time of the stream go by."""
        ends = self._last + self._every + AFTERWARDS
        steps = int((ends - self._clock.now) / self._every) + 1
        with click.progressbar(length=steps, label="Time goes by") as bar:
            for _ in range(steps):
                now = self._clock.now + self._every
                self._sheet.publish_until(now)
                # In good time before the next contact would be asked.
                self._clock.now = now - A_MOMENT
                self._act_as_owner(now)
                self._run.tick(now)
                if not self._digests and now >= self._digest_at:
                    self._send_digest(now)
                self._read_mail(now)
                bar.update(1)
        if not self._digests:
            self._run.tick(self._digest_at)
            self._send_digest(self._digest_at)

    def _send_digest(self, now: datetime) -> None:
        """The summary of the week. What else was due has gone: it comes alone."""
        before = len(self._emails())
        self._run.write_digests(now)
        self._run.watch(now)
        self._digests = tuple(range(before + 1, len(self._emails()) + 1))

    def _read_mail(self, now: datetime) -> None:
        emails = self._emails()
        links = [_link_in(one) for one in emails[self._mails_seen :]]
        self._waiting += [(now, link) for link in links if "/i/" in link]
        self._mails_seen = len(emails)

    def _act_as_owner(self, now: datetime) -> None:
        """Take on what was told, through the page behind the mail's link."""
        if now > self._last - LEFT_TO_VISITOR:
            return
        due = [link for told_at, link in self._waiting if now - told_at >= OWNER_ACTS_AFTER]
        for link in due:
            self._pages.post(link, "act=acknowledge")
        self._waiting = [one for one in self._waiting if one[1] not in due]

    def newest_link(self) -> str:
        """The incident page of the last alert that went out."""
        alerts = [one for place, one in enumerate(self._emails(), 1) if place not in self._digests]
        links = [_link_in(one) for one in alerts]
        return next((one for one in reversed(links) if "/i/" in one), "")

    def ask_for_link(self) -> str:
        """A link for signing in, as the owner would ask for it."""
        form = urlencode({"email": OWNER_EMAIL})
        self._pages.post(f"{self._pages.address}/sign-in/{BUSINESS}", form)
        return next(reversed(self.live_on()), "")

    def live_on(self) -> list[str]:
        """A few seconds go by; the links for signing in that went out meanwhile."""
        before = len(self._emails())
        self._clock.now += SECONDS_OF_A_VISIT
        self._run.watch(self._clock.now)
        links = [_link_in(one) for one in self._emails()[before:]]
        return [one for one in links if "/s/" in one]

    def _emails(self) -> list[dict[str, Any]]:
        by_account = self._ask("/_ministack/ses/messages")["messages"]
        return [email for emails in by_account.values() for email in emails]

    def _texts(self) -> list[str]:
        answer = self._ask("/_ministack/sns/sms-messages")
        return [str(text["Message"]) for texts in answer["sms_messages"].values() for text in texts]

    def _ask(self, path: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self._address}{path}", timeout=30) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)
        return found

    def _incidents(self, kind: IncidentKind) -> tuple[Incident, ...]:
        every = self._services.store.incidents_of(BUSINESS)
        return tuple(one for one in every if one.kind is kind)

    def summary(self) -> DemoSummary:
        """Write the outbox and count."""
        emails, texts = self._emails(), self._texts()
        write_emails(self._out, emails)
        write_texts(self._out, texts)
        if link := self.newest_link():
            write_whole(self._out / PAGE, self._pages.page(link))
        write_whole(self._out / "log.jsonl", self._log.getvalue().encode())
        first, last = (local_date(one, TIME_ZONE) for one in (self._first, self._last))
        scored = self._services.store.scored_between(BUSINESS, first, last)
        read = [one for one in scored if one.reading.sentiment]
        return DemoSummary(
            pulled=len(scored),
            scored=len(read),
            negative=sum(
                one.reading.sentiment.polarity is Polarity.NEGATIVE
                for one in read
                if one.reading.sentiment
            ),
            incidents=self._incidents(IncidentKind.SPIKE),
            at_once=self._incidents(IncidentKind.CRITICAL),
            emails=len(emails),
            texts=len(texts),
            digests=self._digests,
        )


def monday_to_tell(last: datetime) -> datetime:
    """The Monday morning, in UTC, whose summary shows best what was written until `last`: the next
    one, or the one before when little of its week is there yet."""
    local = last.astimezone(ZoneInfo(TIME_ZONE))
    morning = local.replace(hour=DIGEST_HOUR, minute=DIGEST_MINUTE, second=0, microsecond=0)
    before = morning - timedelta(days=local.weekday())
    if local - before >= WEEK_TO_TELL:
        before += timedelta(days=7)
    return before.astimezone(UTC)


def _line(incident: Incident) -> str:
    return f"  {incident.opened_at:%Y-%m-%d %H:%M} UTC  {incident.sentence} [{incident.state}]"


def _link_in(email: dict[str, Any]) -> str:
    text = str(email.get("BodyText", ""))
    start = text.find("http://127.0.0.1")
    return text[start:].split()[0].rstrip(".,>").partition("#")[0] if start >= 0 else ""
