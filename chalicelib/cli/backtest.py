"""`heedful backtest`: an owner's own export, replayed: when would Heedful have told, and of what?

The reviews go through the very handlers of app.py, hour by hour of their own time, into a store in
memory. Nothing is sent and nothing is kept.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from chalicelib import wiring
from chalicelib.cli.configure import read_bytes
from chalicelib.cli.local_run import LocalRun, MemoryQueue, SimulatedClock, load_app
from chalicelib.cli.memory_services import Outbox, memory_services
from chalicelib.detect import detector
from chalicelib.detect.parameters import KNOWN_BUSINESS
from chalicelib.domain.business import Business, Contact, Location, SourceSettings
from chalicelib.domain.clock import local_date, to_text
from chalicelib.domain.errors import SettingsError
from chalicelib.domain.feedback import MAIN_LOCATION, Arrival, Feedback, ScoredFeedback
from chalicelib.domain.incident import Incident, IncidentKind
from chalicelib.domain.sentiment import Polarity
from chalicelib.domain.spike import Evidence, NoticeKind, Sensitivity
from chalicelib.pull.csv_file import FeedbackFile, read_file
from chalicelib.store.memory import MemoryStore
from chalicelib.wording.clean import one_line
from chalicelib.wording.words import DEFAULT_LANGUAGE, words_in

BUSINESS, SOURCE = "backtest", "export"
STEP = timedelta(hours=1)
# The worst point is the end of the seven days with the most negatives.
WORST_WINDOW = timedelta(days=7)
QUOTES_SHOWN, QUOTE_LENGTH = 3, 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One alert that would have gone out: the incident, and what its customers wrote."""

    incident: Incident
    location: str | None
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestResult:
    """What the replay found. `by_sensitivity` maps each word to the alarm times it would give.

    People are told times on the wall of `time_zone`; of a file that holds no hours only dates.
    """

    file: str
    reviews: int
    scored: int
    unscored: int
    negative: int
    per_day: float
    told: tuple[Told, ...]
    worst_at: datetime | None
    sensitivity: Sensitivity
    by_sensitivity: Mapping[str, tuple[datetime, ...]]
    notes: tuple[str, ...]
    time_zone: str = "UTC"
    has_hours: bool = True

    @property
    def negative_share(self) -> float:
        """Of the scored reviews, from 0 to 1."""
        return self.negative / self.scored if self.scored else 0.0

    def of(self, kind: IncidentKind) -> tuple[Told, ...]:
        """Those that a spike opened, or those that one review opened that could not wait."""
        return tuple(one for one in self.told if one.incident.kind is kind)

    def as_json(self) -> dict[str, object]:
        """For programs."""
        return {
            "reviews": self.reviews,
            "scored": self.scored,
            "unscored": self.unscored,
            "negative_share": round(self.negative_share, 4),
            "incidents": [_incident_json(one) for one in self.of(IncidentKind.SPIKE)],
            "told_at_once": [_incident_json(one) for one in self.of(IncidentKind.CRITICAL)],
            "false_alarms_per_year": self.sensitivity.false_alarms_per_year,
            "sensitivities": {
                word: [to_text(moment) for moment in moments]
                for word, moments in self.by_sensitivity.items()
            },
            "notes": list(self.notes),
        }

    def in_words(self) -> str:
        """For people."""
        lines = [
            f"{self.file}: {_count(self.reviews, 'review')} ({self.per_day:.1f} a day), "
            f"{self.scored} read by the model, {self.unscored} by their stars alone or not at all.",
            f"{self.negative_share:.0%} of those read are negative.",
            *(f"Assumed: {note}." for note in self.notes),
            "",
            self._alerts_in_words(),
        ]
        shown: set[str] = set()
        for number, told in enumerate(self.of(IncidentKind.SPIKE), start=1):
            lines += ["", *self._told_in_words(number, told), *_quotes_in_words(told, shown)]
        at_once = self.of(IncidentKind.CRITICAL)
        lines += ["", "Single reviews told at once:"] if at_once else []
        for number, told in enumerate(at_once, start=1):
            lines += ["", *self._told_in_words(number, told), *_quotes_in_words(told, shown)]
        lines += [
            "",
            "At other sensitivities:",
            *(
                f"  {word:9} {self._days(moments)}  (about {_false_alarms(word)} a year)"
                for word, moments in self.by_sensitivity.items()
            ),
        ]
        return "\n".join(lines)

    def _told_in_words(self, number: int, told: Told) -> list[str]:
        incident = told.incident
        ended = f", over on {self._day(incident.resolved_at)}" if incident.resolved_at else ""
        where = f" [{told.location}]" if told.location else ""
        when = self._day(incident.opened_at)
        if self.has_hours:
            local = incident.opened_at.astimezone(ZoneInfo(self.time_zone))
            when = f"{local:%Y-%m-%d %H:%M} {self.time_zone}"
        lines = [f"{number}. {when}{where}: {_sentence(incident)}{ended}."]
        if self.worst_at is not None and incident.kind is IncidentKind.SPIKE:
            lead = (self.worst_at - incident.opened_at) / timedelta(days=1)
            if 0 <= lead <= 30:
                lines.append(f"   That is {lead:.1f} days before the worst week was over.")
        return lines

    def _days(self, moments: Sequence[datetime]) -> str:
        if not moments:
            return "no alert"
        return f"{_count(len(moments), 'alert')}: {', '.join(map(self._day, moments))}"

    def _day(self, moment: datetime) -> str:
        return local_date(moment, self.time_zone)

    def _alerts_in_words(self) -> str:
        budget = self.sensitivity.false_alarms_per_year
        spikes = len(self.of(IncidentKind.SPIKE))
        single = len(self.of(IncidentKind.CRITICAL))
        if not self.told:
            few = (
                f" With fewer than {KNOWN_BUSINESS} reviews it hardly knows what is usual: bring "
                "an export of some months."
            )
            return (
                "Heedful would have told you nothing (sensitivity "
                f"{self.sensitivity.word}).{few if self.reviews < KNOWN_BUSINESS else ''}"
            )
        return (
            f"Heedful would have told you {_count(spikes, 'time')} that more was negative than "
            f"usual (sensitivity {self.sensitivity.word}: about {_count(budget, 'false alarm')} a "
            f"year at this volume), and at once of {_count(single, 'single review')} that could "
            f"not wait."
        )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _false_alarms(word: str) -> str:
    return _count(Sensitivity.from_word(word).false_alarms_per_year, "false alarm")


def _quotes_in_words(told: Told, shown: set[str]) -> list[str]:
    """What was not quoted further up; `shown` takes them in."""
    fresh = [quote for quote in told.quotes if quote not in shown]
    shown.update(fresh)
    if told.quotes and not fresh:
        return ["   (quoted above)"]
    return [f"   “{quote}”" for quote in fresh]


def _sentence(incident: Incident) -> str:
    """The finding with its topic as people call it: no `topic:wait_delivery`."""
    if incident.topic is None:
        return incident.sentence
    label = words_in(DEFAULT_LANGUAGE).label("topic", incident.topic)
    return incident.sentence.replace(f"topic:{incident.topic}", label)


def _incident_json(told: Told) -> dict[str, object]:
    incident = told.incident
    return {
        "opened_at": to_text(incident.opened_at),
        "resolved_at": to_text(incident.resolved_at) if incident.resolved_at else None,
        "kind": str(incident.kind),
        "sentence": incident.sentence,
        "location": told.location,
        "topic": incident.topic,
        "negative": incident.negative,
        "of": incident.of,
        "usual": round(incident.usual, 3),
        "quotes": list(told.quotes),
    }


def replay_file(
    path: Path,
    *,
    sensitivity: str,
    time_zone: str,
    columns: Mapping[str, str],
    show_progress: bool,
) -> BacktestResult:
    """Replay a CSV. Raises FeedbackFileError or SettingsError with what to do."""
    chosen = _sensitivity(sensitivity)
    raw = read_bytes(path)
    held = _read(raw, time_zone, columns, MAIN_LOCATION)
    business = _business(held, chosen, time_zone)
    store = _replay(business, held.feedback, show_progress)
    return _result(path.name, business, held, store, chosen)


def _sensitivity(word: str) -> Sensitivity:
    try:
        return Sensitivity.from_word(word)
    except ValueError as error:
        raise SettingsError(str(error)) from error


def _read(
    raw: bytes, time_zone: str, columns: Mapping[str, str], default_location: str
) -> FeedbackFile:
    try:
        return read_file(
            raw,
            business_id=BUSINESS,
            source=SOURCE,
            time_zone=time_zone,
            # An export is read as of its own last day, whenever that was.
            now=datetime(9999, 1, 1, tzinfo=UTC),
            columns=columns,
            default_location=default_location,
        )
    except KeyError as error:
        raise SettingsError(f"{time_zone} is no time zone; name one like Europe/Berlin") from error


def _business(held: FeedbackFile, sensitivity: Sensitivity, time_zone: str) -> Business:
    places = sorted({one.location for one in held.feedback})
    return Business(
        business_id=BUSINESS,
        name="your business",
        time_zone=time_zone,
        country="US",
        contacts=(Contact(name="owner", email="owner@example.com"),),
        sensitivity=sensitivity.word,
        locations=tuple(Location(location_id=place, name=place) for place in places),
        sources=(SourceSettings(name=SOURCE, kind="import"),),
    )


def _replay(business: Business, feedback: Sequence[Feedback], show_progress: bool) -> MemoryStore:
    clock = SimulatedClock(feedback[0].written_at)
    store, outbox = MemoryStore(), Outbox()
    services, queues = memory_services(store, outbox, clock)
    store.save_business(business)
    wiring.use(services)
    try:
        run = LocalRun(
            load_app(StringIO()),
            clock,
            pulls=queues.pulls.depth,
            feedback=MemoryQueue(queues.feedback, 10),
        )
        with click.progressbar(
            length=len(feedback), label="Replaying", file=sys.stderr, hidden=not show_progress
        ) as bar:
            looked_at = clock.now
            for _, group in groupby(feedback, key=lambda one: _step_of(one.written_at)):
                arrived = list(group)
                now = _step_of(arrived[0].written_at) + STEP
                clock.now = now
                queues.feedback.put(
                    [
                        Arrival(feedback=one, received_at=now, seen_since=looked_at)
                        for one in arrived
                    ]
                )
                run.settle()
                run.watch(now)
                looked_at = now
                bar.update(len(arrived))
    finally:
        wiring.use(None)
    return store


def _step_of(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _result(
    name: str, business: Business, held: FeedbackFile, store: MemoryStore, chosen: Sensitivity
) -> BacktestResult:
    scored = store.scored_between(BUSINESS, "0000-00-00", "9999-99-99")
    read = [one for one in scored if one.reading.is_scored]
    negative = [one for one in read if _is_negative(one)]
    first, last = held.feedback[0].written_at, held.feedback[-1].written_at
    days = max((last - first) / timedelta(days=1), 1.0)
    ledger = [change.as_told for change in store.ledger(BUSINESS)]
    told = tuple(
        Told(
            incident=incident,
            # Of the only place there is, naming it tells nothing.
            location=(
                business.location_name(incident.location)
                if incident.location and len(business.locations) > 1
                else None
            ),
            quotes=_quotes(store, incident),
        )
        for incident in store.incidents_of(BUSINESS)
        if incident.kind is not IncidentKind.SOURCE
    )
    bad = len(held.bad_rows)
    notes = held.assumptions + (
        (f"{_count(bad, 'row')} left out, the first in line {held.bad_rows[0].line}: "
         f"{held.bad_rows[0].reason}",) if bad else ()
    )  # fmt: skip
    return BacktestResult(
        file=name,
        reviews=len(held.feedback),
        scored=len(read),
        unscored=len(scored) - len(read),
        negative=len(negative),
        per_day=len(held.feedback) / days,
        told=told,
        worst_at=_worst(negative),
        sensitivity=chosen,
        by_sensitivity={
            setting.word: _alarms([one for one in ledger if isinstance(one, Evidence)], setting)
            for setting in Sensitivity
        },
        notes=notes,
        time_zone=business.time_zone,
        has_hours=_has_hours(held.feedback, business.time_zone),
    )


def _has_hours(feedback: Sequence[Feedback], time_zone: str) -> bool:
    """False for a file of dates: all of it was written at midnight."""
    moments = (one.written_at.astimezone(ZoneInfo(time_zone)) for one in feedback)
    return any((moment.hour, moment.minute, moment.second) != (0, 0, 0) for moment in moments)


def _is_negative(scored: ScoredFeedback) -> bool:
    sentiment = scored.reading.sentiment
    return sentiment is not None and sentiment.polarity is Polarity.NEGATIVE


def _quotes(store: MemoryStore, incident: Incident) -> tuple[str, ...]:
    found = store.find(BUSINESS, incident.feedback_ids)
    by_evidence = sorted(found.values(), key=lambda one: -(one.reading.evidence or 0.0))
    texts = (one_line(one.feedback.text, QUOTE_LENGTH) for one in by_evidence)
    return tuple(dict.fromkeys(text for text in texts if text))[:QUOTES_SHOWN]


def _worst(negative: Sequence[ScoredFeedback]) -> datetime | None:
    moments = sorted(one.feedback.written_at for one in negative)
    counts = [
        (sum(1 for other in moments if moment - WORST_WINDOW < other <= moment), moment)
        for moment in moments
    ]
    return max(counts, key=lambda pair: pair[0])[1] if counts else None


def _alarms(ledger: Sequence[Evidence], setting: Sensitivity) -> tuple[datetime, ...]:
    state, alarms = detector.new_state(), []
    for evidence in ledger:
        state, notice = detector.judge(state, replace(evidence), sensitivity=setting)
        if notice is not None and notice.kind is NoticeKind.ALARM:
            alarms.append(notice.at)
    return tuple(alarms)
