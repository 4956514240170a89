"""Closing the loop: what the business changed because of what customers said; what came of it."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from chalicelib.domain.errors import TransitionError
from chalicelib.domain.journey import Share

WHAT_LIMIT, TEXT_LIMIT = 200, 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Improvement:
    """Something that was changed `since` a local date (`2026-05-04`), against a topic, or against
    a step of the blueprint by its name. `text` is what customers may be told of it, once a named
    person approved that very text; nothing sends it."""

    business_id: str
    improvement_id: str
    what: str
    since: str
    noted_by: str
    noted_at: datetime
    topic: str = ""
    step: str = ""
    text: str = ""
    approved_by: str | None = None
    approved_at: datetime | None = None

    def __post_init__(self) -> None:
        if not self.what.strip() or bool(self.topic) == bool(self.step):
            raise ValueError("an improvement says what was done, about one topic or one step")
        date.fromisoformat(self.since)


def improvement_id(business_id: str, what: str, about: str, since: str) -> str:
    """Twelve hex digits: noting the same twice notes it once."""
    said = "\0".join((business_id, what, about, since))
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def approve_text(improvement: Improvement, text: str, by: str, now: datetime) -> Improvement:
    """A person approves these words for customers; an earlier approval of others is gone.

    Raises TransitionError for no text at all.
    """
    text = text.strip()[:TEXT_LIMIT]
    if not text:
        raise TransitionError("there is no text to approve")
    return replace(improvement, text=text, approved_by=by, approved_at=now)


class Verdict(StrEnum):
    """Whether fewer complain since."""

    LESS = "less"
    MORE = "more"
    OPEN = "open"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Complaints about the matter, as a share of all voices that were read, in as many days before
    as after. `low` and `high` hold the true difference with 95 percent, in shares."""

    days: int
    before: Share
    after: Share
    low: float
    high: float
    verdict: Verdict
