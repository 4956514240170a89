"""The table: what each metric must be for given counts, worked out by hand and by `otherwise`."""

import csv
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from pathlib import Path

from chalicelib.domain.metric import Metric
from chalicelib.learn import answers, metrics
from chalicelib.pages.metric_words import name_words, range_words, value_words
from chalicelib.wording.words import languages, words_in
from proofs.metrics import otherwise, people

TABLE = Path(__file__).parent / "table.csv"
# Half a unit of the last of four decimals; Student's points are right to 0.0002.
AS_PRINTED = 0.000051
NEAR = {"ces": 0.0006}
CES_SCALE = (1, 7)

METRICS: Mapping[str, Callable[[Mapping[str, int]], Metric]] = {
    "nps": metrics.net_promoter_score,
    "csat": metrics.satisfaction,
    "ces": metrics.effort,
    "sentiment_index": metrics.sentiment_index,
    "emotion_share": lambda total: next(
        one for one in metrics.emotion_mix(total) if one.about == "anger"
    ),
    "advocacy_rate": metrics.advocacy_rate,
    "empathy_quotient": metrics.empathy_quotient,
    "response_rate": lambda total: answers.response_rate(total, frozenset({"maps"})),
    "response_time": answers.response_time,
    "recovery_rate": people.recovered,
    "reopened": people.unhappy_again,
    "first_contact": people.first_contact,
    "retention": people.retention,
    "churn": people.churn,
    "lifetime_value": people.lifetime_value,
    "empathy_return": people.empathy_return,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line: the counts, and what is expected: a value or why there is none, and the bounds."""

    metric: str
    counts: Mapping[str, int]
    n: int
    value: str
    low: str
    high: str


def rows() -> list[Row]:
    """All lines of table.csv."""
    with TABLE.open(encoding="utf-8", newline="") as held:
        return [
            Row(
                metric=line["metric"],
                counts=_counts(line["counts"]),
                n=int(line["n"]),
                value=line["value"],
                low=line["low"],
                high=line["high"],
            )
            for line in csv.DictReader(held)
        ]


def wrong_in(row: Row) -> list[str]:
    """What differs between the line, the product, and the figures reached another way."""
    metric = METRICS[row.metric](row.counts)
    wrong = [] if metric.n == row.n else [f"n is {metric.n}"]
    if row.value in ("too_few", "not_known"):
        if metric.missing != row.value or (metric.value, metric.low, metric.high) != (None,) * 3:
            wrong.append(f"{row.value} expected, there is {metric.value} ({metric.missing})")
        return wrong + wrong_words(metric)
    near = NEAR.get(row.metric, AS_PRINTED)
    for name, expected, found in (
        ("value", row.value, metric.value),
        ("low", row.low, metric.low),
        ("high", row.high, metric.high),
    ):
        if not _agree(expected, found, near):
            wrong.append(f"{name} is {found}, expected {expected or 'none'}")
    for name, other, found in zip(
        ("low", "high"), _bounds(row), (metric.low, metric.high), strict=True
    ):
        if other is not None and not _agree(str(other), found, near):
            wrong.append(f"{name} is {found}, {other} reached another way")
    return wrong + wrong_words(metric)


def wrong_words(metric: Metric) -> list[str]:
    """What no page may say, in any language: an unfilled blank, no number, a range of nothing."""
    wrong = []
    for language in languages():
        words = words_in(language)
        value, said = value_words(metric, words), range_words(metric, words)
        text = f"{name_words(metric, words)} {value} {said}"
        if any(sign in text for sign in ("{", "None", "nan", "inf")):
            wrong.append(f"says {text!r}")
        if says_twice(value):
            wrong.append(f"says a range from itself to itself: {value!r}")
        if bool(value) is not metric.is_known:
            wrong.append(f"{language}: the value is {value!r}")
        if metric.missing == "too_few" and str(metric.minimum) not in said:
            wrong.append(f"{language}: the minimum is not said: {said!r}")
    return wrong


def says_twice(value: str) -> bool:
    """Whether a text says a range from something to the very same: `between a day and a day`."""
    plain = value.removeprefix("between ").removeprefix("zwischen ")
    for link in (" to ", " bis ", " and ", " und "):
        before, found, after = plain.partition(link)
        if found and before == after:
            return True
    return False


def _bounds(row: Row) -> tuple[float | None, float | None]:
    counts, n = Counter(row.counts), row.n
    if row.metric == "nps":
        return otherwise.balance_bounds(counts["nps.promoter"], counts["nps.detractor"], n)
    if row.metric == "sentiment_index":
        return otherwise.balance_bounds(counts["positive"], counts["negative"], n)
    parts = {
        "csat": "csat.satisfied",
        "emotion_share": "emotion.anger",
        "advocacy_rate": "stage.returning_telling.positive",
        "empathy_quotient": "topic.staff_service.positive",
        "response_rate": "answered",
        "recovery_rate": "recovered",
        "reopened": "again",
        "retention": "returned",
    }
    if row.metric in parts:
        return otherwise.share_bounds(counts[parts[row.metric]], n)
    if row.metric == "ces":
        total, squares = Fraction(counts["ces.sum"], 100), Fraction(counts["ces.squares"], 10_000)
        return otherwise.mean_bounds(total, squares, n, CES_SCALE)
    if row.metric in ("churn", "lifetime_value"):
        low, high = otherwise.share_bounds(n - counts["returned"], n)
        if row.metric == "churn":
            return low, high
        years = [10.0 if share * 10 <= 1 else 1 / share for share in (high, low)]
        return counts["from"] * years[0], counts["to"] * years[1]
    if row.metric == "empathy_return":
        spent = counts["cents"] * n / 100
        return 0.0, counts["recovered"] * counts["to"] / spent
    return None, None


def _agree(expected: str, found: float | None, near: float) -> bool:
    if not expected or found is None:
        return not expected and found is None
    other = float(expected)
    return other == found if inf in (other, found) else abs(other - found) < near


def _counts(text: str) -> dict[str, int]:
    return {name: int(n) for name, _, n in (one.partition("=") for one in text.split())}
