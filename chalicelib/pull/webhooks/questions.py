"""Which question of a form means what: the table `questions` of a survey source in heedful.toml.

    questions = {nps = "recommend", text = ["why", "anything else?"], consent = "may we call you?"}

A question is named by its id, its reference or its own words. A score may name its scale, the worst
answer first: `csat = {field = "stars", scale = [1, 10]}`; `scale = [7, 1]` where low is good.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from chalicelib.domain.feedback import SurveyMetric

ROLES = ("respondent", "order", "location", "language")
NAMES = (*SurveyMetric, "text", "consent", *ROLES)
MEANING = (
    "which question is what, by id, reference or wording: "
    'for example {nps = "recommend", text = ["why"]}'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreQuestion:
    """The question behind a score; `scale` runs from the worst answer to the best."""

    name: str
    scale: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """What heedful.toml says of a form; `texts` is None where nothing is said and we may guess.

    `consent` is the question whose answer yes is consent, or `consent_value` where it is other
    words.
    """

    scores: Mapping[SurveyMetric, ScoreQuestion] = field(
        default_factory=lambda: MappingProxyType({})
    )
    texts: tuple[str, ...] | None = None
    consent: str | None = None
    consent_value: str | None = None
    roles: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def named(self) -> frozenset[str]:
        """Every question that is named for anything: no guess may use it for something else."""
        names = [one.name for one in self.scores.values()]
        names += [*(self.texts or ()), *self.roles.values()]
        return frozenset(plain(one) for one in (*names, self.consent or "") if one)


def plain(name: str) -> str:
    """A question's name as it is compared: without case, outer spaces or a final mark."""
    return " ".join(name.split()).casefold().rstrip(" ?:*.!")


def questions_of(options: Mapping[str, object]) -> Questions:
    """The table as values; what `mistake_in` would mind is left out."""
    table = options.get("questions")
    if not isinstance(table, Mapping) or mistake_in(table):
        return Questions()
    texts = table.get("text")
    consent = table.get("consent")
    return Questions(
        scores=MappingProxyType(
            {one: _score(table[one]) for one in SurveyMetric if table.get(one) is not None}
        ),
        texts=None if texts is None else _several(texts),
        consent=_field(consent),
        consent_value=str(consent["value"]) if isinstance(consent, Mapping) else None,
        roles=MappingProxyType({role: str(table[role]) for role in ROLES if role in table}),
    )


def mistake_in(table: object) -> str | None:
    """What is wrong with a table `questions`, as the end of a sentence; None when nothing is."""
    if not isinstance(table, Mapping):
        return 'must be a table such as {nps = "recommend", text = ["why"]}'
    for name, value in table.items():
        if name not in NAMES:
            return f"knows no {name}; it may name {', '.join(NAMES)}"
        if name == "text":
            is_right = _is_name(value) or (isinstance(value, list) and all(map(_is_name, value)))
        elif name == "consent":
            is_right = _is_name(value) or _is_table(value, "value", _is_name)
        elif name in ROLES:
            is_right = _is_name(value)
        else:
            is_right = _is_name(value) or _is_table(value, "scale", _is_scale)
        if not is_right:
            return _HINTS.get(name, _SCORE_HINT if name in tuple(SurveyMetric) else _NAME_HINT)
    return None


_NAME_HINT = "must name each question by a text in quotation marks"
_SCORE_HINT = 'must give a score as "question" or as {field = "question", scale = [worst, best]}'
_HINTS = {
    "text": 'must give text as "question" or as a list ["one", "two"]',
    "consent": 'must give consent as "question" or as {field = "question", value = "the yes"}',
}


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_table(value: object, other: str, is_right: Callable[[object], bool]) -> bool:
    return (
        isinstance(value, Mapping)
        and value.keys() == {"field", other}
        and _is_name(value["field"])
        and is_right(value[other])
    )


def _is_scale(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(end, int | float) and not isinstance(end, bool) for end in value)
        and value[0] != value[1]
    )


def _field(value: object) -> str | None:
    if isinstance(value, Mapping):
        return str(value["field"])
    return None if value is None else str(value)


def _several(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def _score(value: object) -> ScoreQuestion:
    if isinstance(value, Mapping):
        worst, best = value["scale"]
        return ScoreQuestion(name=str(value["field"]), scale=(float(worst), float(best)))
    return ScoreQuestion(name=str(value))
