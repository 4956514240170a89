"""What the page says of one metric: its value, its range, or why there is none. Pure words."""

from math import ceil, floor, isinf

from chalicelib.domain.metric import Metric, MetricName, Missing, Unit
from chalicelib.wording.words import Words

# What the n of a metric counts; of all others it is voices.
COUNTED_FROM = {
    MetricName.NPS: "answers",
    MetricName.CSAT: "answers",
    MetricName.CES: "answers",
    MetricName.RESPONSE_TIME: "replies",
    MetricName.RECOVERY_RATE: "cases",
    MetricName.FIRST_CONTACT: "cases",
    MetricName.REOPENED: "cases",
    MetricName.EMPATHY_RETURN: "cases",
}
MINUS = "\N{MINUS SIGN}"
HOURS_OF_A_DAY = 24
# Longer waits are told in days.
LONGEST_IN_HOURS = 48
# A range narrower than this many of 100 is told to a tenth.
NARROW = 2.0


def value_words(metric: Metric, words: Words) -> str:
    """The figure that stands large; a range where there is no point, "" where there is nothing."""
    if metric.low is None or metric.high is None:
        return ""
    if metric.unit is Unit.HOURS:
        return _wait_words(metric.low, metric.high, words)
    if metric.value is None:
        low, high = bounds_words(metric, words)
        return low if low == high else words.say("metrics.only_between", low=low, high=high)
    figure = _figure(metric.value, metric.unit, words, metric)
    if metric.unit is Unit.SCALE:
        return words.say("metrics.of_seven", number=figure)
    return figure


def range_words(metric: Metric, words: Words) -> str:
    """`between 31 and 52, from 48 answers`; why there is no figure; or from how many it is."""
    if metric.missing is Missing.TOO_FEW:
        return words.count("metrics.too_few", metric.n, minimum=metric.minimum)
    if metric.missing is Missing.NOT_KNOWN:
        return words.say(f"metrics.missing.{metric.name}")
    if metric.unit is Unit.HOURS or metric.value is None:
        return from_words(metric, words)
    low, high = bounds_words(metric, words)
    return words.say("metrics.between", low=low, high=high, source=from_words(metric, words))


def bounds_words(metric: Metric, words: Words) -> tuple[str, str]:
    """Both bounds, rounded away from each other: a range never claims more than it holds.

    Raises ValueError for a metric that is not known.
    """
    if metric.low is None or metric.high is None:
        raise ValueError(f"{metric.name} has no bounds")
    return (
        _figure(metric.low, metric.unit, words, metric, towards=-1),
        _figure(metric.high, metric.unit, words, metric, towards=1),
    )


def from_words(metric: Metric, words: Words) -> str:
    """`from 48 answers`."""
    kind = COUNTED_FROM.get(metric.name, "voices")
    form = "one" if metric.n == 1 else "other"
    return words.say(f"metrics.from.{kind}.{form}", n=whole(metric.n, words))


def whole(number: int, words: Words) -> str:
    """`100,000`."""
    return f"{number:,}".replace(",", words.say("metrics.thousands_mark"))


def name_words(metric: Metric, words: Words) -> str:
    """What the metric is called; an emotion by its own name."""
    if metric.name is MetricName.EMOTION_SHARE:
        return words.label("emotion", metric.about)
    return words.say(f"metrics.name.{metric.name}")


def _figure(value: float, unit: Unit, words: Words, metric: Metric, *, towards: int = 0) -> str:
    if unit in (Unit.SCALE, Unit.MULTIPLE):
        return _decimal(_rounded(value, 1, towards), 1, words)
    if unit is Unit.MONEY:
        return whole(int(_rounded(value, 0, towards)), words)
    width = 100 * ((metric.high or 0) - (metric.low or 0))
    rounded = _rounded(100 * value, 1 if width < NARROW else 0, towards)
    number = _decimal(rounded, 0 if rounded == round(rounded) else 1, words)
    if unit is Unit.SHARE:
        return words.say("metrics.percent", number=number)
    return number if value < 0 or not number.strip("0.,") else f"+{number}"


def _rounded(value: float, digits: int, towards: int) -> float:
    scale = 10.0**digits
    scaled = value * scale
    # What floating point makes of 0.29 * 100 is no reason to say 30.
    near = round(scaled)
    if abs(scaled - near) < 1e-9 or not towards:
        return near / scale
    return (floor(scaled) if towards < 0 else ceil(scaled)) / scale


def _decimal(value: float, digits: int, words: Words) -> str:
    text = f"{abs(value):.{digits}f}".replace(".", words.say("format.decimal_mark"))
    return f"{MINUS}{text}" if value < 0 and text.strip("0.,") else text


def _wait_words(low: float, high: float, words: Words) -> str:
    if isinf(high) and low < 1:
        return words.say("metrics.wait.still")
    if isinf(high):
        return words.say("metrics.wait.over", shortest=_wait(low, words, towards=-1))
    longest = _wait(high, words, towards=1)
    if low < 1:
        return words.say("metrics.wait.within", longest=longest)
    shortest = _wait(low, words, towards=-1)
    if shortest == longest:
        return longest
    return words.say("metrics.wait.between", shortest=shortest, longest=longest)


def _wait(hours: float, words: Words, *, towards: int) -> str:
    """In whole hours or days, rounded away from what is claimed."""
    if hours >= LONGEST_IN_HOURS:
        n = int(_rounded(hours / HOURS_OF_A_DAY, 0, towards))
        name, whole_hours = "metrics.wait.days", n * HOURS_OF_A_DAY
    else:
        n = whole_hours = int(_rounded(hours, 0, towards))
        name = "metrics.wait.hours"
    spoken = f"metrics.wait.{whole_hours}"
    return words.say(spoken) if words.knows(spoken) else words.count(name, n)
