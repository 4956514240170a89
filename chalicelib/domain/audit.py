"""The audit trail: every act of a person, written in the same transaction as what it changed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ActKind(StrEnum):
    """What somebody did; the part before the full stop is the room of the house."""

    SIGN_IN = "session.sign_in"
    SIGN_OUT = "session.sign_out"
    ACKNOWLEDGE = "incident.acknowledge"
    SNOOZE = "incident.snooze"
    RESOLVE = "incident.resolve"
    NOT_NEGATIVE = "incident.not_negative"
    OPEN_CASE = "case.open"
    TAKE_CASE = "case.take"
    CONTACT = "case.contact"
    PAUSE_CASE = "case.pause"
    CLOSE_CASE = "case.close"
    REOPEN_CASE = "case.reopen"
    NOTE_OUTCOME = "case.outcome"
    EDIT_REPLY = "reply.edit"
    APPROVE_REPLY = "reply.approve"
    TAKE_REQUEST = "request.take"
    ANSWER_REQUEST = "request.answer"
    MERGE_PROFILES = "profile.merge"
    SPLIT_PROFILE = "profile.split"
    MOVE_QUOTE = "map.move"
    HIDE_QUOTE = "map.hide"
    NOTE_IMPROVEMENT = "improvement.note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act: who (a contact's name) did what to what, and when.

    `about` names the row that changed (`case:9f…`, `spike-000012`, `reply:9f…`); `detail` is a
    word or a number of ours. Neither ever holds a customer's words, name or address.
    """

    business_id: str
    at: datetime
    who: str
    what: ActKind
    about: str
    detail: str = ""

    def __post_init__(self) -> None:
        if not self.who:
            raise ValueError("an act without a person")
        if self.at.tzinfo is None:
            raise ValueError("the time of an act needs a time zone")
