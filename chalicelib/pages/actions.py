"""What a form on the incident page asks for, read from the body of its POST.

Every action may be asked for twice; none depends on being the first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import parse_qsl

from chalicelib.domain.incident import Outcome

SNOOZE_HOURS = (4, 24, 168)
BODY_LIMIT = 16_384
FIELDS_LIMIT = 300
ID_LENGTH = 32
OUTCOME_PREFIX = "outcome."


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    """I take it on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snooze:
    """Say nothing for so many hours."""

    hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolve:
    """It is done, and so it ended with these customers (feedback id to outcome)."""

    outcomes: Mapping[str, Outcome] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveOutcomes:
    """How it ended, known after it was closed."""

    outcomes: Mapping[str, Outcome] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class NotNegative:
    """The reading of this feedback was wrong."""

    feedback_id: str


Action = Acknowledge | Snooze | Resolve | SaveOutcomes | NotNegative


def read_action(body: str) -> Action | None:
    """The action in a form's body (`act=snooze&hours=24`), or None when it is none of ours."""
    return action_of(read_form(body))


def action_of(fields: Mapping[str, str]) -> Action | None:
    """The same of a form's fields."""
    match fields.get("act"):
        case "acknowledge":
            return Acknowledge()
        case "snooze":
            hours = fields.get("hours", "")
            known = {str(number): number for number in SNOOZE_HOURS}
            return Snooze(hours=known[hours]) if hours in known else None
        case "resolve":
            return Resolve(outcomes=_outcomes(fields))
        case "outcomes":
            return SaveOutcomes(outcomes=_outcomes(fields))
        case "not_negative":
            named = fields.get("feedback", "")
            return NotNegative(feedback_id=named) if _is_id(named) else None
        case _:
            return None


def read_form(body: str) -> Mapping[str, str]:
    """A form's fields; empty when the body is too long or no form. Of two of a name the last."""
    if len(body) > BODY_LIMIT:
        return {}
    try:
        pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=FIELDS_LIMIT)
    except ValueError:
        return {}
    return dict(pairs)


def _outcomes(fields: Mapping[str, str]) -> Mapping[str, Outcome]:
    known = {str(outcome): outcome for outcome in Outcome}
    return {
        name.removeprefix(OUTCOME_PREFIX): known[value]
        for name, value in fields.items()
        if name.startswith(OUTCOME_PREFIX)
        and _is_id(name.removeprefix(OUTCOME_PREFIX))
        and value in known
    }


def _is_id(text: str) -> bool:
    return len(text) == ID_LENGTH and all(sign in "0123456789abcdef" for sign in text)
