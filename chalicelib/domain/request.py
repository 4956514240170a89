"""What somebody asks of a business about their own words: to see, correct or erase them, or to
object (GDPR, articles 15, 16, 17 and 21), and by when the law wants an answer.

OPEN → ANSWERED. Every change is a function from one value to the next. What the person wrote is
theirs: it goes soon after the answer, and what is left says that somebody asked and was answered.
"""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

ABOUT_REQUEST = "request-"
# Long enough to ask back whether the answer arrived.
WORDS_KEPT_AFTER_ANSWER = timedelta(days=7)


class RequestKind(StrEnum):
    """Which right somebody uses."""

    ACCESS = "access"
    CORRECTION = "correction"
    ERASURE = "erasure"
    OBJECTION = "objection"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the form was filled in with. `answer_to` is where the answer goes: an e-mail address, a
    number or a postal address; `address` (e-mail or phone), `order`, `name` (at a site) and `link`
    (of a review) say what the business may know the person by; `words` are everything else."""

    answer_to: str = ""
    address: str = ""
    order: str = ""
    name: str = ""
    link: str = ""
    words: str = ""

    @property
    def typed(self) -> tuple[str, ...]:
        """All that was filled in."""
        told = (self.answer_to, self.address, self.order, self.name, self.link, self.words)
        return tuple(one for one in told if one)


NOTHING_LEFT = Asked()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRequest:
    """One person's request, and what became of it.

    `due_day` is the local date (`2026-06-04`) by whose end the law wants an answer. `asked` is what
    the person typed, empty once it had to go; `traces` are keyed hashes of it, by which an erasure
    finds the request. `look_at` is when somebody is told of it next, or when what was typed must be
    gone; `told` counts how often somebody was. `taken_by` and `answered_by` are people's names.
    """

    business_id: str
    request_id: str
    kind: RequestKind
    received_at: datetime
    due_day: str
    asked: Asked
    language: str = "en"
    traces: tuple[str, ...] = ()
    look_at: datetime | None = None
    told: int = 0
    taken_by: str | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    version: int = 0

    @property
    def is_open(self) -> bool:
        """True until it was answered."""
        return self.answered_at is None

    @property
    def about(self) -> str:
        """What stands in its notifications where others have their incident."""
        return f"{ABOUT_REQUEST}{self.request_id}"


def is_about_request(incident_id: str) -> bool:
    """True when a notification is about a request and no incident."""
    return incident_id.startswith(ABOUT_REQUEST)


def request_id_of(incident_id: str) -> str:
    """The request that a notification is about."""
    return incident_id.removeprefix(ABOUT_REQUEST)


def due_day_of(received_on: date) -> date:
    """The last day for an answer: one month after receipt (GDPR, article 12(3)).

    The same date of the next month, or that month's last day where it has no such date
    (Regulation 1182/71, article 3(2)(c)). That a weekend or a holiday may move it on is left out:
    whoever keeps to this day is never late.
    """
    year, month = received_on.year + received_on.month // 12, received_on.month % 12 + 1
    return date(year, month, min(received_on.day, monthrange(year, month)[1]))


def take(request: PersonRequest, by: str) -> PersonRequest:
    """Somebody looks after it; an answered one stays as it is."""
    return replace(request, taken_by=by) if request.is_open else request


def answer(request: PersonRequest, by: str, now: datetime) -> PersonRequest:
    """It was answered: nobody is told any more, and the words wait for their end. Twice is once."""
    if not request.is_open:
        return request
    return replace(
        request,
        answered_at=now,
        answered_by=by,
        taken_by=request.taken_by or by,
        look_at=now + WORDS_KEPT_AFTER_ANSWER if request.asked.typed else None,
    )


def without_words(request: PersonRequest) -> PersonRequest:
    """The receipt: that somebody asked for something, until when, and who answered when."""
    return replace(
        request,
        asked=NOTHING_LEFT,
        traces=(),
        look_at=request.look_at if request.is_open else None,
    )


def as_kept(request: PersonRequest, now: datetime) -> PersonRequest:
    """What may still be read of it, however late its row is cleared."""
    if request.answered_at is None or now < request.answered_at + WORDS_KEPT_AFTER_ANSWER:
        return request
    return without_words(request)
